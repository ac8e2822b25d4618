"""Bundles 一件事: child cases name their parent, and errands carry what one case asks of another."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("case", sa.Column("parent", sa.String(length=40), nullable=True))
    op.add_column("case", sa.Column("parent_token", sa.BigInteger(), nullable=True))
    op.create_index("ix_case_parent", "case", ["parent", "parent_token"], unique=True,
                    postgresql_where=sa.text("parent IS NOT NULL"), sqlite_where=sa.text("parent IS NOT NULL"))

    op.create_table(
        "errand",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("token", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_errand_case_id"),
        sa.PrimaryKeyConstraint("case_id", "seq", "place", name="pk_errand"),
    )
    op.create_index("ix_errand_due", "errand", ["due_at", "case_id", "seq", "place"], unique=False,
                    postgresql_where=sa.text("due_at IS NOT NULL"), sqlite_where=sa.text("due_at IS NOT NULL"))
