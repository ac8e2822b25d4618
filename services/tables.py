"""The tables. Facts are the truth; a case's other columns are a fold of them, kept for the next step and for lists.

`task`, `timer`, `clock`, `message` and `incident` hold only what is open: reasons to wait. What is over is a fact; one that
decides a task is unique for it. `clock_count` counts the open clocks by what their lamp depends on, so that a board of a
million is read in milliseconds. `answer` keeps what a keyed request was told, to tell it again. Keys of a case's rows are
ours: (case, token), (case, clock) or (case, number of the fact).

What an office rules is beside the cases: `calendar_change`, `office_limit`, `commitment`, `policy`, `contact`. Their rows are
never changed in meaning: a new ruling ends the one before (`until`), so that every past day can be explained.
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
    Column("park", String(100), nullable=False, server_default=""),
    Column("department", String(100), nullable=False, server_default=""),
    Column("project", String(100), nullable=False, server_default=""),
    Column("seq", Integer, nullable=False),
    Column("head", LargeBinary, nullable=False),
    Column("tokens", LargeBinary, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("fold", LargeBinary, nullable=False),
    CheckConstraint("seq > 0", name="seq_positive"),
    CheckConstraint("version > 0", name="version_positive"),
    Index(None, "state", "id"),
    Index("ix_case_concluded_on", "concluded_on", postgresql_where=text("concluded_on IS NOT NULL"),
          sqlite_where=text("concluded_on IS NOT NULL")),
    Index("ix_case_project", "project", postgresql_where=text("project <> ''"), sqlite_where=text("project <> ''")),
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
    Column("due_at", Instant),  # NULL: parked after an incident
    Index("ix_timer_due", "due_at", postgresql_where=text("due_at IS NOT NULL"), sqlite_where=text("due_at IS NOT NULL")),
)

clock = Table(
    "clock", metadata,
    _case_key(),
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
    _case_key(),
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
    _case_key(),
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
    _case_key(),
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

calendar_change = Table(
    "calendar_change", metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(10), nullable=False),  # notice | closure
    Column("scope", String(10), nullable=False),  # city | park | window | system
    Column("place", String(100), nullable=False),  # which one; "" for the city
    Column("year", Integer),  # of a notice
    Column("first_on", String(10), nullable=False),  # the first and the last day whose counting it changes
    Column("last_on", String(10), nullable=False),
    Column("reference", String(200), nullable=False),  # 文号
    Column("approver", String(100), nullable=False),  # who approved a closure
    Column("body", LargeBinary, nullable=False),  # JSON, as it was published or approved
    Column("is_fixture", Boolean(create_constraint=False), nullable=False),
    Column("proposed_by", String(100), nullable=False),
    Column("proposed_at", Instant, nullable=False),
    Column("decided_by", String(100)),
    Column("decided_at", Instant),
    Column("is_accepted", Boolean(create_constraint=False)),  # NULL: nobody has decided yet
    Column("signed_off_by", String(100)),  # the supervisor, where it repairs what had lapsed
    Column("version", Integer, unique=True),  # of the calendar it made; NULL until accepted
    Column("applied_at", Instant),  # when every open clock had been counted again
)

office_limit = Table(
    "office_limit", metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("process", String(200), nullable=False),
    Column("park", String(100), nullable=False),  # "": all parks
    Column("kind", String(20), nullable=False),
    Column("amount", Integer, nullable=False),
    Column("unit", String(20), nullable=False),
    Column("basis", Text, nullable=False),
    Column("exception", Text, nullable=False),  # why a promise may be longer than the statute; "" when it is not
    Column("approver", String(100), nullable=False),
    Column("since", Instant, nullable=False),
    Column("until", Instant),
    Column("entered_by", String(100), nullable=False),
    Index(None, "process", "park", "kind"),
)

commitment = Table(
    "commitment", metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("project", String(100), nullable=False),
    Column("item", String(200), nullable=False),  # a process, or the name a diagram's limit asks for
    Column("amount", Integer, nullable=False),
    Column("unit", String(20), nullable=False),
    Column("start_event", String(100), nullable=False),
    Column("clause", Text, nullable=False),
    Column("agreement", String(200), nullable=False),
    Column("responsible", String(100), nullable=False),
    Column("since", Instant, nullable=False),
    Column("until", Instant),
    Column("entered_by", String(100), nullable=False),
    Index(None, "project", "item"),
)

policy = Table(
    "policy", metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("process", String(200), nullable=False),  # "": all
    Column("park", String(100), nullable=False),  # "": all
    Column("body", LargeBinary, nullable=False),  # JSON
    Column("since", Instant, nullable=False),
    Column("until", Instant),
    Column("entered_by", String(100), nullable=False),
    Index(None, "process", "park"),
)

contact = Table(
    "contact", metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("unit", String(100), nullable=False),
    Column("rank", String(20), nullable=False),  # leader 分管领导 | head 负责人 | liaison 联络员
    Column("name", String(100), nullable=False),
    Column("title", String(100), nullable=False),
    Column("office_phone", String(40), nullable=False),
    Column("mobile", String(40), nullable=False),
    Column("note", Text, nullable=False),
    Column("since", Instant, nullable=False),
    Column("until", Instant),
    Column("entered_by", String(100), nullable=False),
    Index(None, "unit", "rank"),
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
