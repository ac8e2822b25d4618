"""What the program itself needs: counters, deployed definitions, what keyed requests were told, secrets; and whether all of it
is only a demonstration."""

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
    Index(None, "process", "hash"),  # not unique: an earlier version may be published again
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

demonstration = Table(
    "demonstration", metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # 1: there is one, or the database is a real office's
    Column("begun_at", Instant, nullable=False),  # what its clock showed first
    Column("ahead", BigInteger, nullable=False),  # microseconds by which its clock is ahead of the machine's
    Column("until", Instant),  # where the clock was moved to and has not come yet
    Column("prepared_at", Instant),  # by the machine's clock; NULL: its office is not all entered yet
)

queue_script = Table(
    "queue_script", metadata,
    Column("name", String(200), primary_key=True),  # a script of the queue's own tables, PostgreSQL only; see migrations.queue
)
