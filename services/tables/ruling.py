"""What an office rules: the calendar's changes, limits, commitments, policies, the contact book.

Their rows are never changed in meaning: a new ruling ends the one before (`until`), so that every past day can be explained.
"""

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
from services.tables.naming import metadata

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
