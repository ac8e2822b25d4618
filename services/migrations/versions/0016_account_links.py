"""Whom the provider of unified authentication knows by which subject."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "account_link",
        sa.Column("issuer", sa.String(length=500), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.Column("linked_by", sa.String(length=100), nullable=False),
        sa.Column("linked_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_account_link_person"),
        sa.PrimaryKeyConstraint("issuer", "subject", name="pk_account_link"),
    )
    op.create_index("ix_account_link_person_issuer", "account_link", ["person", "issuer"], unique=True)
