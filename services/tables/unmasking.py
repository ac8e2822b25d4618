"""Who has looked at the personal data of a case, when and why."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, String, Table, Text

from services.database import Instant
from services.tables.naming import metadata

unmasking = Table(
    "unmasking", metadata,  # appended to, never changed
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # without a gap
    Column("at", Instant, nullable=False),
    Column("by", String(100), nullable=False),
    Column("number", String(40), nullable=False),  # of the case
    Column("reason", Text, nullable=False),
    Index(None, "number", "id"),
)
