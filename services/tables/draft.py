"""Diagrams that are being drawn 流程草稿, and what was done with each: by whom, when, with which content."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from services.database import Instant
from services.tables.naming import metadata

draft = Table(
    "draft", metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("process", String(200), nullable=False),  # the process it draws; "": not readable yet
    Column("name", String(500), nullable=False),
    Column("state", String(20), nullable=False),  # drawing | submitted | returned | published | dropped
    Column("source", LargeBinary, nullable=False),  # BPMN XML as last saved
    Column("sha256", String(64), nullable=False),  # of the source
    Column("version", Integer, nullable=False),  # counts its changes; a save names the one it began from
    Column("origin", String(20), nullable=False),  # empty | shelf | version | upload
    Column("origin_name", String(500), nullable=False),  # the file or the version it began from
    Column("drawn_by", String(100), nullable=False),
    Column("drawn_at", Instant, nullable=False),
    Column("changed_by", String(100), nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("definition_id", BigInteger, ForeignKey("definition.id")),  # what it was published as
    Index(None, "state", "id"),
    Index(None, "process", "id"),
    Index("ix_draft_definition_id", "definition_id"),
)

draft_event = Table(
    "draft_event", metadata,
    Column("draft_id", BigInteger, ForeignKey("draft.id"), primary_key=True, autoincrement=False),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(20), nullable=False),  # created, saved, submitted, taken_back, returned, published, dropped
    Column("by", String(100), nullable=False),
    Column("natural", String(100), nullable=False),  # the natural person
    Column("at", Instant, nullable=False),
    Column("sha256", String(64), nullable=False),  # of the source at that moment
    Column("reason", Text, nullable=False),
)
