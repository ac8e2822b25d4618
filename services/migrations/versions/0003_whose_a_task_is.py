"""Whose a task is: the unit whose people may do it, who has it, who gets it back, and beside which task it stands; and the
people: accounts, roles, absences, mandates. A case is found again by its applicant."""

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
    op.add_column("case", sa.Column("applicant", sa.String(length=200), nullable=False, server_default=""))
    op.create_index("ix_case_applicant", "case", ["applicant", "process"], unique=False,
                    postgresql_where=sa.text("applicant <> ''"), sqlite_where=sa.text("applicant <> ''"))

    op.create_table(
        "person",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("unit", sa.String(length=100), nullable=False),
        sa.Column("identity", sa.String(length=64), nullable=False),
        sa.Column("natural", sa.String(length=100), nullable=False),
        sa.Column("since_on", sa.String(length=10), nullable=False),
        sa.Column("until_on", sa.String(length=10), nullable=True),
        sa.Column("entered_by", sa.String(length=100), nullable=False),
        sa.Column("entered_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sa.UniqueConstraint("number", name="uq_person_number"),
    )
    op.create_index("ix_person_identity", "person", ["identity"], unique=False)

    op.create_table(
        "role_grant",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.Column("role", sa.String(length=100), nullable=False),
        sa.Column("park", sa.String(length=100), nullable=False),
        sa.Column("department", sa.String(length=100), nullable=False),
        sa.Column("process", sa.String(length=200), nullable=False),
        sa.Column("since_on", sa.String(length=10), nullable=False),
        sa.Column("until_on", sa.String(length=10), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.String(length=100), nullable=False),
        sa.Column("entered_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_by", sa.String(length=100), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_role_grant"),
    )
    op.create_index("ix_role_grant_person_id", "role_grant", ["person", "id"], unique=False)

    op.create_table(
        "absence",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.Column("substitute", sa.String(length=100), nullable=False),
        sa.Column("first_on", sa.String(length=10), nullable=False),
        sa.Column("last_on", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.String(length=100), nullable=False),
        sa.Column("entered_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_absence"),
    )
    op.create_index("ix_absence_person_id", "absence", ["person", "id"], unique=False)

    op.create_table(
        "mandate",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.String(length=100), nullable=False),
        sa.Column("agent", sa.String(length=100), nullable=False),
        sa.Column("principal", sa.String(length=200), nullable=False),
        sa.Column("project", sa.String(length=100), nullable=False),
        sa.Column("deeds", sa.String(length=200), nullable=False),
        sa.Column("first_on", sa.String(length=10), nullable=False),
        sa.Column("last_on", sa.String(length=10), nullable=False),
        sa.Column("is_revoked", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("entered_by", sa.String(length=100), nullable=False),
        sa.Column("entered_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_mandate"),
        sa.UniqueConstraint("number", name="uq_mandate_number"),
    )
    op.create_index("ix_mandate_agent_id", "mandate", ["agent", "id"], unique=False)
    op.create_index("ix_mandate_principal_id", "mandate", ["principal", "id"], unique=False)
