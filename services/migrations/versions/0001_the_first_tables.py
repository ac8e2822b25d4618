"""The first tables: definitions, cases with their facts, reasons to wait, answers, outbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "counter",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_counter"),
    )
    op.create_table(
        "definition",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("process", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("file", sa.String(length=500), nullable=False),
        sa.Column("source", sa.LargeBinary(), nullable=False),
        sa.Column("calls", sa.LargeBinary(), nullable=False),
        sa.Column("deployed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_definition"),
        sa.UniqueConstraint("process", "hash", name="uq_definition_process_hash"),
        sa.UniqueConstraint("process", "version", name="uq_definition_process_version"),
    )
    op.create_index("ix_definition_name", "definition", ["name"], unique=False)

    op.create_table(
        "case",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("process", sa.String(length=200), nullable=False),
        sa.Column("definition_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("standing", sa.String(length=10), nullable=True),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("accepted_on", sa.String(length=10), nullable=True),
        sa.Column("due_on", sa.String(length=10), nullable=True),
        sa.Column("is_provisional", sa.Boolean(), nullable=False),
        sa.Column("concluded_on", sa.String(length=10), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.Column("tokens", sa.LargeBinary(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("fold", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("seq > 0", name="ck_case_seq_positive"),
        sa.CheckConstraint("version > 0", name="ck_case_version_positive"),
        sa.ForeignKeyConstraint(["definition_id"], ["definition.id"], name="fk_case_definition_id"),
        sa.PrimaryKeyConstraint("id", name="pk_case"),
        sa.UniqueConstraint("number", name="uq_case_number"),
    )
    op.create_index("ix_case_state_id", "case", ["state", "id"], unique=False)

    op.create_table(
        "answer",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_answer"),
    )
    op.create_index("ix_answer_at", "answer", ["at"], unique=False)
    op.create_table(
        "fact",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("decides", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_fact_case_id"),
        sa.PrimaryKeyConstraint("case_id", "seq", name="pk_fact"),
    )
    op.create_index(
        "ix_fact_decides",
        "fact",
        ["case_id", "decides"],
        unique=True,
        postgresql_where=sa.text("decides IS NOT NULL"),
        sqlite_where=sa.text("decides IS NOT NULL"),
    )
    op.create_table(
        "incident",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("token", sa.BigInteger(), nullable=True),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("node", sa.String(length=200), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_incident_case_id"),
        sa.PrimaryKeyConstraint("case_id", "seq", name="pk_incident"),
    )
    op.create_table(
        "message",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("token", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("node", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_message_case_id"),
        sa.PrimaryKeyConstraint("case_id", "token", name="pk_message"),
    )
    op.create_table(
        "outbox",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_outbox_case_id"),
        sa.PrimaryKeyConstraint("case_id", "seq", name="pk_outbox"),
    )
    op.create_index(
        "ix_outbox_unsent",
        "outbox",
        ["created_at"],
        unique=False,
        postgresql_where=sa.text("sent_at IS NULL"),
        sqlite_where=sa.text("sent_at IS NULL"),
    )

    op.create_table(
        "task",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("token", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("node", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("role", sa.String(length=100), nullable=True),
        sa.Column("form", sa.String(length=200), nullable=True),
        sa.Column("outcomes", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_task_case_id"),
        sa.PrimaryKeyConstraint("case_id", "token", name="pk_task"),
    )
    op.create_index("ix_task_role_case_id_token", "task", ["role", "case_id", "token"], unique=False)

    op.create_table(
        "timer",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("token", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("node", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("firing", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_timer_case_id"),
        sa.PrimaryKeyConstraint("case_id", "token", name="pk_timer"),
    )
    op.create_index(
        "ix_timer_due",
        "timer",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("due_at IS NOT NULL"),
        sqlite_where=sa.text("due_at IS NOT NULL"),
    )
