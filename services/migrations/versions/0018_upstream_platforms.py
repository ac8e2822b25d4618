"""What comes in from upstream platforms: secrets, applications, messages; whoever waits for a message, by its name; which
endpoint is a platform. Three more kinds of facts are told outside: those of before were handed over to nobody."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


_OF_BEFORE = """
    INSERT INTO outbox (case_id, seq, kind, created_at, sent_at, book)
    SELECT case_id, seq, kind, at, at, 0 FROM fact WHERE kind IN ('ReviewStarted', 'CorrectionSubmitted', 'PermitActTold')
"""


def upgrade() -> None:
    op.create_table(
        "platform_secret",
        sa.Column("platform", sa.String(length=40), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("secret", sa.String(length=120), nullable=False),
        sa.Column("issued_by", sa.String(length=100), nullable=False),
        sa.Column("issued_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_by", sa.String(length=100), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("platform", "id", name="pk_platform_secret"),
    )
    op.create_table(
        "submission",
        sa.Column("platform", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=100), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_submission_case_id"),
        sa.PrimaryKeyConstraint("platform", "number", name="pk_submission"),
        sa.UniqueConstraint("case_id", name="uq_submission_case_id"),
    )
    op.create_table(
        "platform_answer",
        sa.Column("platform", sa.String(length=40), nullable=False),
        sa.Column("webhook_id", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "webhook_id", name="pk_platform_answer"),
    )
    op.create_index("ix_platform_answer_at", "platform_answer", ["at"], unique=False)
    op.create_table(
        "platform_message",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("platform", sa.String(length=40), nullable=False),
        sa.Column("webhook_id", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("ask", sa.String(length=20), nullable=False),
        sa.Column("code", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("keys", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("try_at", sa.BigInteger(), nullable=True),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.Column("settled_by", sa.String(length=100), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_platform_message_case_id"),
        sa.PrimaryKeyConstraint("id", name="pk_platform_message"),
    )
    op.create_index("ix_platform_message_platform_digest", "platform_message", ["platform", "digest"], unique=False)
    op.create_index("ix_platform_message_open", "platform_message", ["id"], unique=False,
                    postgresql_where=sa.text("settled_at IS NULL"), sqlite_where=sa.text("settled_at IS NULL"))
    op.create_index("ix_platform_message_try_at", "platform_message", ["try_at"], unique=False,
                    postgresql_where=sa.text("try_at IS NOT NULL"), sqlite_where=sa.text("try_at IS NOT NULL"))
    op.create_index("ix_platform_message_case_id", "platform_message", ["case_id"], unique=False)
    op.create_index("ix_platform_message_platform_received_at", "platform_message", ["platform", "received_at"], unique=False)
    op.create_table(
        "platform_tally",
        sa.Column("platform", sa.String(length=40), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("sort", sa.String(length=20), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "day", "sort", name="pk_platform_tally"),
    )
    op.create_index("ix_message_name", "message", ["name"], unique=False)
    op.add_column("endpoint", sa.Column("platform", sa.String(length=40), nullable=False, server_default=""))
    op.execute(_OF_BEFORE)
