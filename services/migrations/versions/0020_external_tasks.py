"""External tasks of service tasks, the systems that are asked for them, and what people entered by hand instead."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_table(
        "external_task",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("token", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("node", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("topic", sa.String(length=200), nullable=False),
        sa.Column("system", sa.String(length=100), nullable=False),
        sa.Column("takes", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("retries", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("worker", sa.String(length=100), server_default="", nullable=False),
        sa.Column("fence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error", sa.String(length=1000), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_external_task_case_id"),
        sa.PrimaryKeyConstraint("case_id", "token", name="pk_external_task"),
    )
    op.create_index("ix_external_task_due", "external_task", ["topic", "due_at"], unique=False,
                    postgresql_where=sa.text("due_at IS NOT NULL"), sqlite_where=sa.text("due_at IS NOT NULL"))
    op.create_table(
        "reentry",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("park", sa.String(length=100), nullable=False),
        sa.Column("system", sa.String(length=100), nullable=False),
        sa.Column("topic", sa.String(length=200), nullable=False),
        sa.Column("entered_on", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_reentry_case_id"),
        sa.PrimaryKeyConstraint("case_id", "seq", name="pk_reentry"),
    )
    op.create_index("ix_reentry_entered_on", "reentry", ["entered_on"], unique=False)
    op.create_table(
        "connector",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=200), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("method", sa.String(length=4), nullable=False),
        sa.Column("sends", sa.Text(), nullable=False),
        sa.Column("reads", sa.Text(), nullable=False),
        sa.Column("errors", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("secret", sa.String(length=200), nullable=False),
        sa.Column("is_latest", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("entered_by", sa.String(length=100), nullable=False),
        sa.Column("entered_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_by", sa.String(length=100), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_connector"),
    )
    op.create_index("ix_connector_topic", "connector", ["topic"], unique=True,
                    postgresql_where=sa.text("is_latest AND ended_at IS NULL"),
                    sqlite_where=sa.text("is_latest AND ended_at IS NULL"))
    op.create_index("ix_connector_name_version", "connector", ["name", "version"], unique=True)
