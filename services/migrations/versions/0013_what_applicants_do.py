"""What applicants do: files handed in, ratings, and the secret their query codes are made with."""

from __future__ import annotations

from secrets import token_bytes

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    secret = op.create_table(
        "secret",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_secret"),
    )
    assert secret is not None
    op.bulk_insert(secret, [{"name": "query_code", "value": token_bytes(32)}])
    op.create_table(
        "upload",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("material", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("removed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_upload_case_id"),
        sa.PrimaryKeyConstraint("id", name="pk_upload"),
    )
    op.create_index("ix_upload_case_id_id", "upload", ["case_id", "id"], unique=False)
    op.create_table(
        "rating",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("process", sa.String(length=200), nullable=False),
        sa.Column("park", sa.String(length=100), nullable=False),
        sa.Column("department", sa.String(length=100), nullable=False),
        sa.Column("rated_on", sa.String(length=10), nullable=False),
        sa.Column("lapsed_on", sa.String(length=10), nullable=True),
        sa.Column("answered_on", sa.String(length=10), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_rating_case_id"),
        sa.PrimaryKeyConstraint("case_id", name="pk_rating"),
    )
    op.create_index("ix_rating_rated_on", "rating", ["rated_on"], unique=False)
    op.create_index("ix_rating_bad", "rating", ["department", "case_id"], unique=False,
                    postgresql_where=sa.text("level <= 2"), sqlite_where=sa.text("level <= 2"))
