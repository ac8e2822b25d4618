"""The register of issued documents 文书. A row is written once and never changed: it is what was told, as it was told."""

from __future__ import annotations

from sqlalchemy import Column, Integer, LargeBinary, String, Table, UniqueConstraint

from services.database import Instant
from services.tables.naming import case_key, metadata

document = Table(
    "document", metadata,
    case_key(),
    Column("place", Integer, primary_key=True, autoincrement=False),  # in the case, from 1
    Column("kind", String(40), nullable=False),
    Column("seq", Integer, nullable=False),  # the number of the fact it is about
    Column("number", String(100), nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("by", String(100), nullable=False),
    Column("content", LargeBinary, nullable=False),  # canonical JSON
    Column("digest", String(64), nullable=False),  # SHA-256 of the content, hexadecimal
    UniqueConstraint("number", name="uq_document_number"),
    UniqueConstraint("case_id", "kind", "seq", name="uq_document_fact"),
)
