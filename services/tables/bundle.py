"""Errands: what one case asks to have done in a transaction of another, until it is done."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, text

from services.database import Instant
from services.tables.naming import case_key, metadata

errand = Table(
    "errand", metadata,
    case_key(),  # the case that asks
    Column("seq", Integer, primary_key=True, autoincrement=False),  # the number its facts had reached then
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(10), nullable=False),  # open | report | look | order
    Column("token", BigInteger, nullable=False),  # by which the parent knows the child
    Column("by", String(100), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("due_at", Instant),  # NULL: set aside with an incident, for a person
    Index("ix_errand_due", "due_at", "case_id", "seq", "place", postgresql_where=text("due_at IS NOT NULL"),
          sqlite_where=text("due_at IS NOT NULL")),
)
