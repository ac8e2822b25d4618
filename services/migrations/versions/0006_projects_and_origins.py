"""Where cases were begun that are brought in; projects, their plans, and the register of regional assessments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "origin",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("old_number", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_origin_case_id"),
        sa.PrimaryKeyConstraint("case_id", name="pk_origin"),
        sa.UniqueConstraint("source", "old_number", name="uq_origin_source_old_number"),
    )
