"""The register of granted permits with its history, the credit register, the templates of undertakings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "permit",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.String(length=100), nullable=False),
        sa.Column("sort", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("holder", sa.String(length=200), nullable=False),
        sa.Column("holder_code", sa.String(length=18), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("process", sa.String(length=200), nullable=False),
        sa.Column("park", sa.String(length=100), nullable=False),
        sa.Column("department", sa.String(length=100), nullable=False),
        sa.Column("authority", sa.String(length=100), nullable=False),
        sa.Column("seal", sa.String(length=100), nullable=False),
        sa.Column("granted_on", sa.String(length=10), nullable=False),
        sa.Column("valid_from", sa.String(length=10), nullable=False),
        sa.Column("valid_until", sa.String(length=10), nullable=True),
        sa.Column("conditions", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("follows", sa.String(length=100), nullable=False),
        sa.Column("untold", sa.BigInteger(), nullable=True),
        sa.Column("wanted", sa.String(length=20), nullable=False),
        sa.Column("wanted_for", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_permit_case_id"),
        sa.PrimaryKeyConstraint("id", name="pk_permit"),
        sa.UniqueConstraint("number", name="uq_permit_number"),
    )
    op.create_index("ix_permit_case_id", "permit", ["case_id"], unique=False)
    op.create_index("ix_permit_holder_code_id", "permit", ["holder_code", "id"], unique=False)
    op.create_index("ix_permit_news", "permit", ["id"], unique=False,
                    postgresql_where=sa.text("untold IS NOT NULL OR wanted <> ''"),
                    sqlite_where=sa.text("untold IS NOT NULL OR wanted <> ''"))

    op.create_table(
        "permit_event",
        sa.Column("permit_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["permit_id"], ["permit.id"], name="fk_permit_event_permit_id"),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_permit_event_case_id"),
        sa.PrimaryKeyConstraint("permit_id", "place", name="pk_permit_event"),
    )
    op.create_index("ix_permit_event_case_id_permit_id", "permit_event", ["case_id", "permit_id"], unique=False)

    op.create_table(
        "credit_record",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=18), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("document", sa.String(length=200), nullable=False),
        sa.Column("case_number", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until_on", sa.String(length=10), nullable=True),
        sa.Column("proposed_by", sa.String(length=100), nullable=False),
        sa.Column("decided_by", sa.String(length=100), nullable=False),
        sa.Column("restored_at", sa.BigInteger(), nullable=True),
        sa.Column("restored_for", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_credit_record"),
    )
    op.create_index("ix_credit_record_code_id", "credit_record", ["code", "id"], unique=False)

    op.create_table(
        "undertaking_template",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("process", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("verify_workdays", sa.Integer(), nullable=False),
        sa.Column("correct_workdays", sa.Integer(), nullable=False),
        sa.Column("on_lapse", sa.String(length=20), nullable=False),
        sa.Column("excluded", sa.String(length=200), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("entered_by", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_undertaking_template"),
        sa.UniqueConstraint("kind", "process", "version", name="uq_undertaking_template_version"),
    )
    op.execute("INSERT INTO counter (name, value) SELECT 'refolded', 0 WHERE EXISTS (SELECT 1 FROM \"case\")")
