"""What supervision sees beside the cases: counts of clocks, cards, orders, who was told, frozen months."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from services.database import Instant
from services.tables.naming import case_key, metadata

clock_count = Table(
    "clock_count", metadata,
    Column("process", String(200), primary_key=True),
    Column("park", String(100), primary_key=True),
    Column("department", String(100), primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("amount", Integer, primary_key=True, autoincrement=False),
    Column("unit", String(20), primary_key=True),
    Column("due", String(16), primary_key=True),  # "" while stopped
    Column("is_provisional", Boolean(create_constraint=False), primary_key=True),
    Column("shard", Integer, primary_key=True, autoincrement=False),  # so that clerks rarely wait for each other
    Column("clocks", BigInteger, nullable=False),
)

card = Table(
    "card", metadata,
    case_key(),
    Column("seq", Integer, primary_key=True, autoincrement=False),  # the number of the fact that issued it
    Column("colour", String(10), nullable=False),
    Column("rule", String(60), nullable=False),
    Column("clock", String(60), nullable=False),
    Column("process", String(200), nullable=False),
    Column("park", String(100), nullable=False),
    Column("department", String(100), nullable=False),
    Column("holder", String(100), nullable=False),
    Column("scheduled_at", Instant, nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("state", String(20), nullable=False),
    Index(None, "issued_at", "case_id", "seq"),
    Index(None, "department", "issued_at"),
)

supervision_order = Table(
    "supervision_order", metadata,
    case_key(),
    Column("seq", Integer, primary_key=True, autoincrement=False),  # the number of the fact that issued it
    Column("text", Text, nullable=False),
    Column("addressee", String(100), nullable=False),
    Column("issued_by", String(100), nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("due_on", String(10), nullable=False),
    Column("state", String(20), nullable=False),
    Index(None, "state", "due_on", "case_id", "seq"),
)

notification = Table(
    "notification", metadata,
    case_key(),
    Column("seq", Integer, primary_key=True, autoincrement=False),  # the number of the fact it tells of
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("recipient", String(100), nullable=False),  # a person of the contact book, or a role
    Column("unit", String(100), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("subject", String(500), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("read_at", Instant),
    Index(None, "recipient", "created_at"),
)

snapshot = Table(
    "snapshot", metadata,
    Column("month", String(7), primary_key=True),
    Column("park", String(100), primary_key=True),  # "": all, as for the two that follow
    Column("department", String(100), primary_key=True),
    Column("process", String(200), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),  # 0: as the month ended; from 1: 更正
    Column("body", LargeBinary, nullable=False),  # JSON: the figures
    Column("reason", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
)
