"""A case and what it waits for. The facts are the truth; the other columns of the case are a fold of them.

`task`, `timer`, `clock`, `message` and `incident` hold only what is open: reasons to wait. What is over is a fact; one that
decides a task is unique for it. Keys of a case's rows are ours: (case, token), (case, clock) or (case, number of the fact).
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
    String,
    Table,
    Text,
    text,
)

from services.database import Instant
from services.tables.naming import case_key, metadata

NEVER = 253402214400000000
"""9999-12-31 as instants are stored: where no limit presses (`engine.queues`)."""

_BY_BYTES = String(200).with_variant(String(200, collation="C"), "postgresql")
"""Compared byte by byte, as SQLite does: an index finds what begins with a text only in that order."""

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
    Column("park", String(100), nullable=False, server_default=""),
    Column("department", String(100), nullable=False, server_default=""),
    Column("project", String(100), nullable=False, server_default=""),
    Column("applicant", String(200), nullable=False, server_default=""),
    Column("parent", String(40)),  # the number of the bundle a child case belongs to; NULL: it is no child
    Column("parent_token", BigInteger),  # by which the bundle knows it
    Column("seq", Integer, nullable=False),
    Column("head", LargeBinary, nullable=False),
    Column("tokens", LargeBinary, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("fold", LargeBinary, nullable=False),
    Column("awaits", String(20), nullable=False, server_default=""),  # of an ended case: to be handed over, or archived
    Column("applicant_name", _BY_BYTES, nullable=False, server_default=""),  # as he is searched for
    Column("credit_code", String(18), nullable=False, server_default=""),
    CheckConstraint("seq > 0", name="seq_positive"),
    CheckConstraint("version > 0", name="version_positive"),
    Index(None, "state", "id"),
    Index("ix_case_running", "definition_id", postgresql_where=text("ended_at IS NULL"),
          sqlite_where=text("ended_at IS NULL")),
    Index("ix_case_concluded_on", "concluded_on", postgresql_where=text("concluded_on IS NOT NULL"),
          sqlite_where=text("concluded_on IS NOT NULL")),
    Index("ix_case_applicant", "applicant", "process", postgresql_where=text("applicant <> ''"),
          sqlite_where=text("applicant <> ''")),
    Index("ix_case_parent", "parent", "parent_token", unique=True, postgresql_where=text("parent IS NOT NULL"),
          sqlite_where=text("parent IS NOT NULL")),
    Index("ix_case_project", "project", postgresql_where=text("project <> ''"), sqlite_where=text("project <> ''")),
    *(Index("_".join(("ix_case_awaits", *places)), "awaits", *places, "id", "process",
            postgresql_where=text("awaits <> ''"), sqlite_where=text("awaits <> ''"))
      for places in ((), ("park",), ("department",), ("park", "department"))),
    Index("ix_case_applicant_name", "applicant_name", "id", postgresql_where=text("applicant_name <> ''"),
          sqlite_where=text("applicant_name <> ''")),
    Index("ix_case_credit_code", "credit_code", "id", postgresql_where=text("credit_code <> ''"),
          sqlite_where=text("credit_code <> ''")),
)

fact = Table(
    "fact", metadata,
    case_key(),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(40), nullable=False),
    Column("at", Instant, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("decides", BigInteger),  # the token of the task it decides: one decision a task
    Column("doer", String(100)),  # who decided it; NULL for a fact that decides none
    Index("ix_fact_decides", "case_id", "decides", unique=True, postgresql_where=text("decides IS NOT NULL"),
          sqlite_where=text("decides IS NOT NULL")),
    Index("ix_fact_doer", "doer", "at", "case_id", "seq", postgresql_where=text("doer IS NOT NULL"),
          sqlite_where=text("doer IS NOT NULL")),
)

task = Table(
    "task", metadata,
    case_key(),
    Column("token", BigInteger, primary_key=True, autoincrement=False),
    Column("node", String(200), nullable=False),
    Column("name", String(500), nullable=False),
    Column("act", String(20), nullable=False),
    Column("role", String(100)),
    Column("form", String(200)),
    Column("outcomes", Text, nullable=False),  # JSON: [[key, label], …] in the order drawn
    Column("opened_at", Instant, nullable=False),
    Column("unit", String(100), nullable=False, server_default=""),  # whose people may do it; "": nobody's in particular
    Column("assignee", String(100)),  # who has claimed it, or was given it
    Column("owner", String(100)),  # who has delegated it and gets it back
    Column("host", BigInteger),  # the task beside which a person has asked for it; NULL: the diagram draws it
    Column("park", String(100), nullable=False, server_default=""),  # of the case, as are those that follow
    Column("department", String(100), nullable=False, server_default=""),  # the unit, or else that of the case
    Column("process", String(200), nullable=False, server_default=""),
    Column("phase", String(10), nullable=False, server_default=""),  # receipt | counting | stopped | result
    Column("warns_at", Instant, nullable=False, server_default=str(NEVER)),  # when the lamp of its limit turns yellow
    Column("late_at", Instant, nullable=False, server_default=str(NEVER)),  # and red
    *(Index("_".join(("ix_task_offered", *places)), "role", *places, "phase", "late_at", "case_id", "token", "warns_at",
            "department" if "process" in places else "process",
            postgresql_where=text("assignee IS NULL"), sqlite_where=text("assignee IS NULL"))
      for places in ((), ("process",), ("park",), ("department",), ("park", "department"), ("park", "process"))),
    Index("ix_task_held", "assignee", "phase", "late_at", "case_id", "token", "warns_at",
          postgresql_where=text("assignee IS NOT NULL"), sqlite_where=text("assignee IS NOT NULL")),
    Index(None, "role", "case_id", "token"),
    Index("ix_task_assignee", "assignee", "case_id", "token", postgresql_where=text("assignee IS NOT NULL"),
          sqlite_where=text("assignee IS NOT NULL")),
    Index("ix_task_unit", "unit", "role", "case_id", "token", postgresql_where=text("unit <> ''"),
          sqlite_where=text("unit <> ''")),
)

timer = Table(
    "timer", metadata,
    case_key(),
    Column("token", BigInteger, primary_key=True, autoincrement=False),
    Column("node", String(200), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("firing", Integer, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("due_at", Instant),  # NULL: parked after an incident
    Index("ix_timer_due", "due_at", postgresql_where=text("due_at IS NOT NULL"), sqlite_where=text("due_at IS NOT NULL")),
)

clock = Table(
    "clock", metadata,
    case_key(),
    Column("clock", String(60), primary_key=True),  # the clock's name within the case: "promised", "stage:17"
    Column("kind", String(20), nullable=False),
    Column("node", String(200), nullable=False),  # where it is drawn, "" for a clock of the whole case
    Column("process", String(200), nullable=False),
    Column("park", String(100), nullable=False),
    Column("department", String(100), nullable=False),
    Column("amount", Integer, nullable=False),
    Column("unit", String(20), nullable=False),
    Column("since_on", String(10), nullable=False),
    Column("due", String(16)),  # a date, or a minute of a limit shorter than a day; NULL while stopped
    Column("lapses_at", Instant),
    Column("is_provisional", Boolean(create_constraint=False), nullable=False),
    Column("has_lapsed", Boolean(create_constraint=False), nullable=False),
    Column("version", Integer, nullable=False),
    Column("law", Integer, nullable=False),  # the version of the calendar it was last counted with
    Column("rings_at", Instant),  # when something has to be done about it next; NULL: nothing
    Index("ix_clock_rings_at", "rings_at", postgresql_where=text("rings_at IS NOT NULL"),
          sqlite_where=text("rings_at IS NOT NULL")),
    Index(None, "lapses_at", "case_id", "clock"),
)

message = Table(
    "message", metadata,
    case_key(),
    Column("token", BigInteger, primary_key=True, autoincrement=False),
    Column("node", String(200), nullable=False),
    Column("name", String(500), nullable=False),
    Index(None, "name"),
)

external_task = Table(
    "external_task", metadata,
    case_key(),
    Column("token", BigInteger, primary_key=True, autoincrement=False),
    Column("node", String(200), nullable=False),
    Column("name", String(500), nullable=False),
    Column("topic", String(200), nullable=False),
    Column("system", String(100), nullable=False),  # that answers; "": the diagram names none
    Column("takes", Text, nullable=False),  # the names of the case's data a worker is given, with spaces between
    Column("opened_at", Instant, nullable=False),
    Column("retries", Integer, nullable=False),  # how often it may still fail
    Column("due_at", Instant),  # when a worker may take it: at once, after a failure, when a lock runs out; NULL: an incident
    Column("worker", String(100), nullable=False, server_default=""),  # who has taken it last and not given it up
    Column("fence", Integer, nullable=False, server_default="0"),  # how often it was taken: of two that hold it, who is later
    Column("error", String(1000), nullable=False, server_default=""),  # of the last failure
    Index("ix_external_task_due", "topic", "due_at", postgresql_where=text("due_at IS NOT NULL"),
          sqlite_where=text("due_at IS NOT NULL")),
)

reentry = Table(
    "reentry", metadata,
    case_key(),
    Column("seq", Integer, primary_key=True, autoincrement=False),  # the number of the fact
    Column("park", String(100), nullable=False),
    Column("system", String(100), nullable=False),
    Column("topic", String(200), nullable=False),
    Column("entered_on", String(10), nullable=False),
    Index(None, "entered_on"),
)

incident = Table(
    "incident", metadata,
    case_key(),
    Column("seq", Integer, primary_key=True, autoincrement=False),  # the number of the fact that raised it
    Column("token", BigInteger),
    Column("code", String(40), nullable=False),
    Column("node", String(200), nullable=False),
    Column("message", Text, nullable=False),
    Column("opened_at", Instant, nullable=False),
)

outbox = Table(
    "outbox", metadata,
    case_key(),
    Column("seq", Integer, primary_key=True, autoincrement=False),  # the number of the fact that leaves
    Column("kind", String(40), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("sent_at", Instant),  # when it was handed over to every endpoint that is told of it
    Column("book", Integer),  # the edition of the subscriptions by which; NULL: not yet
    Index("ix_outbox_unsent", "created_at", postgresql_where=text("sent_at IS NULL"), sqlite_where=text("sent_at IS NULL")),
)
