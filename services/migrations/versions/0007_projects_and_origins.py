"""Where cases were begun that are brought in; projects, their plans, and the register of regional assessments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


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

    op.create_table(
        "project",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("park", sa.String(length=200), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_project"),
        sa.UniqueConstraint("number", name="uq_project_number"),
    )
    op.create_index("ix_project_code", "project", ["code"], unique=True,
                    postgresql_where=sa.text("code <> ''"), sqlite_where=sa.text("code <> ''"))
    op.create_index("ix_project_park_id", "project", ["park", "id"], unique=False)

    op.create_table(
        "project_event",
        sa.Column("project_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name="fk_project_event_project_id"),
        sa.PrimaryKeyConstraint("project_id", "seq", name="pk_project_event"),
    )

    op.create_table(
        "project_case",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("item", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_project_case_case_id"),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name="fk_project_case_project_id"),
        sa.PrimaryKeyConstraint("case_id", name="pk_project_case"),
    )
    op.create_index("ix_project_case_project_id_case_id", "project_case", ["project_id", "case_id"], unique=False)

    op.create_table(
        "assessment",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("park", sa.String(length=200), nullable=False),
        sa.Column("document", sa.String(length=200), nullable=False),
        sa.Column("valid_from", sa.String(length=10), nullable=False),
        sa.Column("valid_until", sa.String(length=10), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("entered_by", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_assessment"),
    )
    op.create_index("ix_assessment_park_kind", "assessment", ["park", "kind"], unique=False)
