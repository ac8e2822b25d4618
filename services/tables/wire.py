"""What leaves the house: endpoints and their secrets, subscriptions, deliveries in lanes, and what was sent and answered.

A secret stands here in clear, since every message is signed with it; no statement reads it but the one of whoever signs. A
subscription is never changed: it is ended and another is made, so that for each fact it can be said later who had to be told.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, text

from services.database import Instant
from services.tables.naming import case_key, metadata

endpoint = Table(
    "endpoint", metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", String(100), nullable=False),
    Column("url", String(2000), nullable=False),
    Column("concurrency", Integer, nullable=False),  # lanes that are leased at once
    Column("made_by", String(100), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("paused_at", Instant),  # nothing is posted; deliveries wait
    Column("paused_by", String(100)),
    Column("retired_at", Instant),  # for good
    Column("retired_by", String(100)),
    Column("failures", Integer, nullable=False),  # of the breaker: in a row
    Column("open_until", Instant),  # of the breaker; NULL: closed
    Column("test_asked_at", Instant),  # somebody wants to see whether it is reached; NULL: nobody
    Column("test_asked_by", String(100)),
    Column("platform", String(40), nullable=False, server_default=""),  # told in its words, of its cases; "": CloudEvents
)

endpoint_secret = Table(
    "endpoint_secret", metadata,
    Column("endpoint", BigInteger, ForeignKey("endpoint.id"), primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("value", String(200), nullable=False),
    Column("made_by", String(100), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant),  # signs until then, exclusive; NULL: until another is made
)

subscription = Table(
    "subscription", metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("endpoint", BigInteger, ForeignKey("endpoint.id"), nullable=False),
    Column("kinds", Text, nullable=False),  # comma-separated kinds of facts; "" for every kind
    Column("process", String(200), nullable=False),  # "" for any
    Column("park", String(100), nullable=False),  # "" for any
    Column("supervisor", String(100), nullable=False),  # only of results pushed to this department; "" for any fact
    Column("is_personal", Boolean(create_constraint=False), nullable=False),  # personal data go with it, unmasked
    Column("basis", String(500), nullable=False),  # on what that rests; "" when none goes
    Column("made_by", String(100), nullable=False),
    Column("since_at", Instant, nullable=False),  # facts from then on
    Column("since_book", Integer, nullable=False),  # handed over with this edition of the subscriptions, or a later one
    Column("ended_by", String(100)),
    Column("ended_at", Instant),
    Column("until_book", Integer),  # handed over with an earlier edition than this; NULL: it has not ended
    Index(None, "endpoint"),
    Index(None, "supervisor"),
)

delivery = Table(
    "delivery", metadata,
    case_key(),
    Column("seq", Integer, primary_key=True, autoincrement=False),  # the number of the fact
    Column("endpoint", BigInteger, ForeignKey("endpoint.id"), primary_key=True, autoincrement=False),
    Column("id", String(40), nullable=False, unique=True),  # the same over every retry and redrive
    Column("kind", String(40), nullable=False),
    Column("is_personal", Boolean(create_constraint=False), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("state", String(20), nullable=False),
    Column("attempts", Integer, nullable=False),  # since it was made, or last redriven
    Column("redriven", Integer, nullable=False),
    Column("settled_at", Instant),  # delivered or dismissed; NULL: it holds the later ones of its case back
    Column("dismissed_by", String(100)),
    Column("reason", String(500)),  # why it was dismissed
    Index("ix_delivery_unsettled", "endpoint", "case_id", "seq", postgresql_where=text("settled_at IS NULL"),
          sqlite_where=text("settled_at IS NULL")),
    Index("ix_delivery_dead", "endpoint", "case_id", "seq", postgresql_where=text("state = 'dead'"),
          sqlite_where=text("state = 'dead'")),
)

lane = Table(
    "lane", metadata,
    Column("endpoint", BigInteger, ForeignKey("endpoint.id"), primary_key=True, autoincrement=False),
    case_key(),
    Column("due_at", Instant),  # when its first delivery is to be tried; NULL: it has none, or a dead one holds it
    Column("leased_until", Instant),  # a sender has it until then; NULL: nobody
    Column("fence", Integer, nullable=False),  # how often it was leased: an earlier sender writes nothing any more
    Index("ix_lane_due", "endpoint", "due_at", postgresql_where=text("due_at IS NOT NULL"),
          sqlite_where=text("due_at IS NOT NULL")),
    Index("ix_lane_leased", "endpoint", "leased_until", postgresql_where=text("leased_until IS NOT NULL"),
          sqlite_where=text("leased_until IS NOT NULL")),
)

attempt = Table(
    "attempt", metadata,  # appended to, never changed
    Column("delivery", String(40), primary_key=True),
    Column("fence", Integer, primary_key=True, autoincrement=False),  # of the lease under which it was posted
    Column("endpoint", BigInteger, ForeignKey("endpoint.id"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("digest", String(64), nullable=False),  # SHA-256 of the body that was sent
    Column("bytes", Integer, nullable=False),
    Column("milliseconds", Integer, nullable=False),
    Column("status", Integer),  # NULL: there was no answer
    Column("failure", String(20)),  # why there was none
    Column("said", Text, nullable=False),  # the beginning of the answer, or the sentence that says why there was none
    Column("is_late", Boolean(create_constraint=False), nullable=False),  # another sender had the lane by then
    Index(None, "endpoint", "at"),
    Index(None, "at"),
)
