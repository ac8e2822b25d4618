"""Whose a task is: the unit whose people may do it, who has it, who gets it back, and beside which task it stands."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("task", sa.Column("unit", sa.String(length=100), nullable=False, server_default=""))
    op.add_column("task", sa.Column("assignee", sa.String(length=100), nullable=True))
    op.add_column("task", sa.Column("owner", sa.String(length=100), nullable=True))
    op.add_column("task", sa.Column("host", sa.BigInteger(), nullable=True))
    op.create_index("ix_task_assignee", "task", ["assignee", "case_id", "token"], unique=False,
                    postgresql_where=sa.text("assignee IS NOT NULL"), sqlite_where=sa.text("assignee IS NOT NULL"))
    op.create_index("ix_task_unit", "task", ["unit", "role", "case_id", "token"], unique=False,
                    postgresql_where=sa.text("unit <> ''"), sqlite_where=sa.text("unit <> ''"))
