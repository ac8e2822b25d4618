"""Results pushed to who supervises, and the register of connected systems. A case knows now when it was granted in part: every
case is folded anew."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "push",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("department", sa.String(length=100), nullable=False),
        sa.Column("process", sa.String(length=200), nullable=False),
        sa.Column("park", sa.String(length=100), nullable=False),
        sa.Column("result", sa.String(length=20), nullable=False),
        sa.Column("pushed_on", sa.String(length=10), nullable=False),
        sa.Column("received_on", sa.String(length=10), nullable=True),
        sa.Column("received_by", sa.String(length=100), nullable=False),
        sa.Column("lapsed_on", sa.String(length=10), nullable=True),
        sa.Column("findings", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_push_case_id"),
        sa.PrimaryKeyConstraint("case_id", "seq", name="pk_push"),
    )
    op.create_index("ix_push_department_received_on_case_id", "push", ["department", "received_on", "case_id"], unique=False)
    op.create_index("ix_push_pushed_on", "push", ["pushed_on"], unique=False)
    op.create_table(
        "system_check",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("park", sa.String(length=100), nullable=False),
        sa.Column("system", sa.String(length=100), nullable=False),
        sa.Column("item", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("is_in_place", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("checked_on", sa.String(length=10), nullable=False),
        sa.Column("entered_by", sa.String(length=100), nullable=False),
        sa.Column("entered_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_system_check"),
        sa.UniqueConstraint("park", "system", "item", "version", name="uq_system_check_park_system_item_version"),
    )
    op.create_table(
        "rectification",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("park", sa.String(length=100), nullable=False),
        sa.Column("system", sa.String(length=100), nullable=False),
        sa.Column("item", sa.String(length=20), nullable=False),
        sa.Column("department", sa.String(length=100), nullable=False),
        sa.Column("owner", sa.String(length=100), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_on", sa.String(length=10), nullable=False),
        sa.Column("ordered_by", sa.String(length=100), nullable=False),
        sa.Column("ordered_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rectification"),
    )
    op.create_index("ix_rectification_department_id", "rectification", ["department", "id"], unique=False)
    op.create_table(
        "rectification_event",
        sa.Column("rectification_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("natural", sa.String(length=100), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_on", sa.String(length=10), nullable=True),
        sa.ForeignKeyConstraint(["rectification_id"], ["rectification.id"],
                                name="fk_rectification_event_rectification_id"),
        sa.PrimaryKeyConstraint("rectification_id", "place", name="pk_rectification_event"),
    )
    op.execute("DELETE FROM counter WHERE name = 'refolded'")
    op.execute("INSERT INTO counter (name, value) SELECT 'refolded', 0 WHERE EXISTS (SELECT 1 FROM \"case\")")
