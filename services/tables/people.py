"""Who works here: people, their roles with a scope, who stands in for whom, and mandates of agents.

Rows are ended, never changed in meaning, so that it can be told on any past day who was allowed to do what.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, String, Table, Text

from services.database import Instant
from services.tables.naming import metadata

person = Table(
    "person", metadata,
    Column("id", String(100), primary_key=True),  # the account: who is recorded as acting
    Column("number", BigInteger, nullable=False, unique=True),  # in the order of entry
    Column("name", String(100), nullable=False),
    Column("unit", String(100), nullable=False),
    Column("identity", String(64), nullable=False),  # digest of the identity document; "" when none was given
    Column("natural", String(100), nullable=False),  # the first account of the same natural person
    Column("since_on", String(10), nullable=False),
    Column("until_on", String(10)),
    Column("entered_by", String(100), nullable=False),
    Column("entered_at", Instant, nullable=False),
    Index("ix_person_identity", "identity"),
)

role_grant = Table(
    "role_grant", metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("person", String(100), nullable=False),
    Column("role", String(100), nullable=False),
    Column("park", String(100), nullable=False),  # "": everywhere, as for the two that follow
    Column("department", String(100), nullable=False),
    Column("process", String(200), nullable=False),
    Column("since_on", String(10), nullable=False),
    Column("until_on", String(10)),
    Column("reason", Text, nullable=False),
    Column("entered_by", String(100), nullable=False),
    Column("entered_at", Instant, nullable=False),
    Column("ended_by", String(100)),
    Index(None, "person", "id"),
)

absence = Table(
    "absence", metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("person", String(100), nullable=False),
    Column("substitute", String(100), nullable=False),
    Column("first_on", String(10), nullable=False),
    Column("last_on", String(10), nullable=False),
    Column("reason", Text, nullable=False),
    Column("entered_by", String(100), nullable=False),
    Column("entered_at", Instant, nullable=False),
    Index(None, "person", "id"),
    Index(None, "substitute", "last_on"),
)

mandate = Table(
    "mandate", metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("number", String(100), nullable=False, unique=True),  # of the 委托书
    Column("agent", String(100), nullable=False),
    Column("principal", String(200), nullable=False),  # the applicant, by code or name
    Column("project", String(100), nullable=False),  # "": all of his
    Column("deeds", String(200), nullable=False),  # comma-separated: apply,supply,withdraw,collect,declare
    Column("first_on", String(10), nullable=False),
    Column("last_on", String(10), nullable=False),
    Column("is_revoked", Boolean(create_constraint=False), nullable=False),
    Column("entered_by", String(100), nullable=False),
    Column("entered_at", Instant, nullable=False),
    Index(None, "agent", "id"),
    Index(None, "principal", "id"),
)
