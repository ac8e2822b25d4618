"""What is between an applicant and the office beside his cases: the files he has handed in, and how he rates the service."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, text

from services.database import Instant
from services.tables.naming import case_key, metadata

upload = Table(
    "upload", metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("case_id", BigInteger, ForeignKey("case.id"), nullable=False),
    Column("material", String(200), nullable=False),  # which of the matter's materials it is
    Column("name", String(200), nullable=False),  # as its sender calls it; never a name on our disk
    Column("media_type", String(100), nullable=False),  # by what is in it
    Column("size", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),  # where it lies among the files
    Column("by", String(100), nullable=False),
    Column("at", Instant, nullable=False),
    Column("removed_at", Instant),  # NULL: it is there
    Index(None, "case_id", "id"),
)

rating = Table(
    "rating", metadata,
    case_key(),  # once a case
    Column("seq", Integer, nullable=False),  # the number of the fact
    Column("level", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("process", String(200), nullable=False),
    Column("park", String(100), nullable=False),
    Column("department", String(100), nullable=False),
    Column("rated_on", String(10), nullable=False),
    Column("lapsed_on", String(10)),  # the day by which a bad one should have been answered and was not
    Column("answered_on", String(10)),
    Index(None, "rated_on"),
    Index("ix_rating_bad", "department", "case_id", postgresql_where=text("level <= 2"), sqlite_where=text("level <= 2")),
)
