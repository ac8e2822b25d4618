"""The office's own values of the catalogue of matters, and its decision lists. A row is never changed in meaning: a new one
follows it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from services.database import Instant
from services.tables.naming import metadata

catalogue_entry = Table(
    "catalogue_entry", metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("category", String(20), nullable=False),  # matter | bundle | park | department
    Column("code", String(100), nullable=False),
    Column("body", LargeBinary, nullable=False),  # JSON: the fields the office gives, and their values
    Column("basis", Text, nullable=False),
    Column("since", Instant, nullable=False),
    Column("until", Instant),
    Column("entered_by", String(100), nullable=False),
    Index(None, "category", "code"),
)

decision_list = Table(
    "decision_list", metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("list", String(100), nullable=False),
    Column("version", Integer),  # NULL: not approved
    Column("hit", String(10), nullable=False),  # first | unique
    Column("body", LargeBinary, nullable=False),  # JSON: its rows
    Column("document", String(200), nullable=False),
    Column("valid_from", String(10), nullable=False),  # as the document says
    Column("in_force_on", String(10)),  # NULL: not approved
    Column("entered_by", String(100), nullable=False),
    Column("entered_at", Instant, nullable=False),
    Column("decided_by", String(100)),
    Column("decided_at", Instant),
    Column("is_approved", Boolean(create_constraint=False)),  # NULL: not decided
    UniqueConstraint("list", "version"),
)
