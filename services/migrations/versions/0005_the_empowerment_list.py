"""The empowerment list 赋权清单: who receives, decides and seals what in which park, from which day to which."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "routing_rule",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("park", sa.String(length=100), nullable=False),
        sa.Column("matter", sa.String(length=100), nullable=False),
        sa.Column("situation", sa.String(length=100), nullable=False),
        sa.Column("batch", sa.String(length=100), nullable=False),
        sa.Column("valid_from", sa.String(length=10), nullable=False),
        sa.Column("valid_until", sa.String(length=10), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("entered_by", sa.String(length=100), nullable=False),
        sa.Column("entered_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", sa.String(length=100), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("is_approved", sa.Boolean(create_constraint=False), nullable=True),
        sa.Column("ended_on", sa.String(length=10), nullable=True),
        sa.Column("ended_by", sa.String(length=100), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("ending", sa.String(length=1000), nullable=True),
        sa.CheckConstraint("decided_by IS NULL OR decided_by <> entered_by", name="ck_routing_rule_second_person"),
        sa.PrimaryKeyConstraint("id", name="pk_routing_rule"),
    )
    op.create_index("ix_routing_rule_park_matter", "routing_rule", ["park", "matter"], unique=False)
    op.create_index("ix_routing_rule_batch", "routing_rule", ["batch"], unique=False)
