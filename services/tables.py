"""The tables. Facts are the truth; a case's other columns are a fold of them, kept for the next step and for lists.

`task`, `timer`, `message` and `incident` hold only what is open: reasons to wait. What is over is a fact; one that decides a
task is unique for it. `answer` keeps what a keyed request was told, to tell it again. All other keys are ours: (case, token) or
(case, number of the fact).
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from services.database import Instant

metadata = MetaData(naming_convention={
    "ix": "ix_%(table_name)s_%(column_0_N_name)s", "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s", "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
})
"""Named constraints: a migration must be able to name what it changes, on both databases."""


def _case_key(name: str = "case_id") -> Column[int]:
    return Column(name, BigInteger, ForeignKey("case.id"), primary_key=True, autoincrement=False)


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

case = Table(
    "case", metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("number", String(40), nullable=False, unique=True),
    Column("process", String(200), nullable=False),
    Column("definition_id", BigInteger, ForeignKey("definition.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("standing", String(10)),
    Column("opened_at", Instant, nullable=False),
    Column("accepted_on", String(10)),
    Column("due_on", String(10)),
    Column("is_provisional", Boolean(create_constraint=False), nullable=False),
    Column("concluded_on", String(10)),
    Column("ended_at", Instant),
    Column("seq", Integer, nullable=False),
    Column("head", LargeBinary, nullable=False),
    Column("tokens", LargeBinary, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("fold", LargeBinary, nullable=False),
    CheckConstraint("seq > 0", name="seq_positive"),
    CheckConstraint("version > 0", name="version_positive"),
    Index(None, "state", "id"),
)

fact = Table(
    "fact", metadata,
    _case_key(),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(40), nullable=False),
    Column("at", Instant, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("decides", BigInteger),  # the token of the task it decides: one decision a task
    Index("ix_fact_decides", "case_id", "decides", unique=True, postgresql_where=text("decides IS NOT NULL"),
          sqlite_where=text("decides IS NOT NULL")),
)

task = Table(
    "task", metadata,
    _case_key(),
    Column("token", BigInteger, primary_key=True, autoincrement=False),
    Column("node", String(200), nullable=False),
    Column("name", String(500), nullable=False),
    Column("act", String(20), nullable=False),
    Column("role", String(100)),
    Column("form", String(200)),
    Column("outcomes", Text, nullable=False),  # JSON: [[key, label], …] in the order drawn
    Column("opened_at", Instant, nullable=False),
    Index(None, "role", "case_id", "token"),
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

timer = Table(
    "timer", metadata,
    _case_key(),
    Column("token", BigInteger, primary_key=True, autoincrement=False),
    Column("node", String(200), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("firing", Integer, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("due_at", Instant),  # NULL: stands still during a special procedure, or parked after an incident
    Index("ix_timer_due", "due_at", postgresql_where=text("due_at IS NOT NULL"), sqlite_where=text("due_at IS NOT NULL")),
)

message = Table(
    "message", metadata,
    _case_key(),
    Column("token", BigInteger, primary_key=True, autoincrement=False),
    Column("node", String(200), nullable=False),
    Column("name", String(500), nullable=False),
)

incident = Table(
    "incident", metadata,
    _case_key(),
    Column("seq", Integer, primary_key=True, autoincrement=False),  # the number of the fact that raised it
    Column("token", BigInteger),
    Column("code", String(40), nullable=False),
    Column("node", String(200), nullable=False),
    Column("message", Text, nullable=False),
    Column("opened_at", Instant, nullable=False),
)

outbox = Table(
    "outbox", metadata,
    _case_key(),
    Column("seq", Integer, primary_key=True, autoincrement=False),  # the number of the fact that leaves
    Column("kind", String(40), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("sent_at", Instant),
    Index("ix_outbox_unsent", "created_at", postgresql_where=text("sent_at IS NULL"), sqlite_where=text("sent_at IS NULL")),
)
