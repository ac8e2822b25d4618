"""What the program itself needs: counters, deployed definitions, what keyed requests were told, secrets."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from services.database import Instant
from services.tables.naming import metadata

counter = Table(
    "counter", metadata,
    Column("name", String(40), primary_key=True),
    Column("value", BigInteger, nullable=False),
)

definition = Table(
    "definition", metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("process", String(200), nullable=False),
    Column("version", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("name", String(500), nullable=False),
    Column("file", String(500), nullable=False),
    Column("source", LargeBinary, nullable=False),
    Column("calls", LargeBinary, nullable=False),  # JSON: called process → definition id, bound at deployment
    Column("deployed_at", Instant, nullable=False),
    UniqueConstraint("process", "version"),
    UniqueConstraint("process", "hash"),
    Index(None, "name"),
)

secret = Table(
    "secret", metadata,
    Column("name", String(40), primary_key=True),  # what it is for
    Column("value", LargeBinary, nullable=False),  # random bytes, made when the tables were
)

answer = Table(
    "answer", metadata,
    Column("key", String(200), primary_key=True),  # the Idempotency-Key of a request that was carried out
    Column("fingerprint", LargeBinary, nullable=False),  # digest of method, path and body
    Column("status", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("at", Instant, nullable=False),
    Index(None, "at"),
)
