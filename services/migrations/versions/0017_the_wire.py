"""Endpoints that are told of facts, their subscriptions, and what is delivered to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column("outbox", sa.Column("book", sa.Integer(), nullable=True))
    op.create_table(
        "endpoint",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("concurrency", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(length=100), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("paused_at", sa.BigInteger(), nullable=True),
        sa.Column("paused_by", sa.String(length=100), nullable=True),
        sa.Column("retired_at", sa.BigInteger(), nullable=True),
        sa.Column("retired_by", sa.String(length=100), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("open_until", sa.BigInteger(), nullable=True),
        sa.Column("test_asked_at", sa.BigInteger(), nullable=True),
        sa.Column("test_asked_by", sa.String(length=100), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_endpoint"),
    )
    op.create_table(
        "endpoint_secret",
        sa.Column("endpoint", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.Column("made_by", sa.String(length=100), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["endpoint"], ["endpoint.id"], name="fk_endpoint_secret_endpoint"),
        sa.PrimaryKeyConstraint("endpoint", "number", name="pk_endpoint_secret"),
    )
    op.create_table(
        "subscription",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("endpoint", sa.BigInteger(), nullable=False),
        sa.Column("kinds", sa.Text(), nullable=False),
        sa.Column("process", sa.String(length=200), nullable=False),
        sa.Column("park", sa.String(length=100), nullable=False),
        sa.Column("supervisor", sa.String(length=100), nullable=False),
        sa.Column("is_personal", sa.Boolean(), nullable=False),
        sa.Column("basis", sa.String(length=500), nullable=False),
        sa.Column("made_by", sa.String(length=100), nullable=False),
        sa.Column("since_at", sa.BigInteger(), nullable=False),
        sa.Column("since_book", sa.Integer(), nullable=False),
        sa.Column("ended_by", sa.String(length=100), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("until_book", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["endpoint"], ["endpoint.id"], name="fk_subscription_endpoint"),
        sa.PrimaryKeyConstraint("id", name="pk_subscription"),
    )
    op.create_index("ix_subscription_endpoint", "subscription", ["endpoint"])
    op.create_index("ix_subscription_supervisor", "subscription", ["supervisor"])
    op.create_table(
        "delivery",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("endpoint", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("is_personal", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("redriven", sa.Integer(), nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.Column("dismissed_by", sa.String(length=100), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_delivery_case_id"),
        sa.ForeignKeyConstraint(["endpoint"], ["endpoint.id"], name="fk_delivery_endpoint"),
        sa.PrimaryKeyConstraint("case_id", "seq", "endpoint", name="pk_delivery"),
        sa.UniqueConstraint("id", name="uq_delivery_id"),
    )
    op.create_index(
        "ix_delivery_dead", "delivery", ["endpoint", "case_id", "seq"],
        postgresql_where=sa.text("state = 'dead'"), sqlite_where=sa.text("state = 'dead'"))
    op.create_index(
        "ix_delivery_unsettled", "delivery", ["endpoint", "case_id", "seq"],
        postgresql_where=sa.text("settled_at IS NULL"), sqlite_where=sa.text("settled_at IS NULL"))
    op.create_table(
        "lane",
        sa.Column("endpoint", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("leased_until", sa.BigInteger(), nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_lane_case_id"),
        sa.ForeignKeyConstraint(["endpoint"], ["endpoint.id"], name="fk_lane_endpoint"),
        sa.PrimaryKeyConstraint("endpoint", "case_id", name="pk_lane"),
    )
    op.create_index(
        "ix_lane_due", "lane", ["endpoint", "due_at"],
        postgresql_where=sa.text("due_at IS NOT NULL"), sqlite_where=sa.text("due_at IS NOT NULL"))
    op.create_index(
        "ix_lane_leased", "lane", ["endpoint", "leased_until"],
        postgresql_where=sa.text("leased_until IS NOT NULL"), sqlite_where=sa.text("leased_until IS NOT NULL"))
    op.create_table(
        "attempt",
        sa.Column("delivery", sa.String(length=40), nullable=False),
        sa.Column("fence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("endpoint", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("failure", sa.String(length=20), nullable=True),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["endpoint"], ["endpoint.id"], name="fk_attempt_endpoint"),
        sa.PrimaryKeyConstraint("delivery", "fence", name="pk_attempt"),
    )
    op.create_index("ix_attempt_at", "attempt", ["at"])
    op.create_index("ix_attempt_endpoint_at", "attempt", ["endpoint", "at"])
    op.execute("INSERT INTO counter (name, value) VALUES ('subscriptions', 0)")
