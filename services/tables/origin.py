"""Where cases were begun that were brought in from another system."""

from __future__ import annotations

from sqlalchemy import Column, String, Table, UniqueConstraint

from services.tables.naming import case_key, metadata

origin = Table(
    "origin", metadata,
    case_key(),
    Column("source", String(100), nullable=False),  # the other system
    Column("old_number", String(100), nullable=False),  # the case's number there
    UniqueConstraint("source", "old_number"),
)
