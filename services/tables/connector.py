"""Which systems answer which topics over HTTP. A secret stands here in clear, since every request is signed with it; no
statement reads it but that of whoever signs."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text, text

from services.database import Instant
from services.tables.naming import metadata

connector = Table(
    "connector", metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", String(100), nullable=False),
    Column("version", Integer, nullable=False),
    Column("topic", String(200), nullable=False),
    Column("url", String(2000), nullable=False),
    Column("method", String(4), nullable=False),
    Column("sends", Text, nullable=False),  # JSON: the variable by the name of its field
    Column("reads", Text, nullable=False),  # JSON: the JSON pointer by the name of its variable
    Column("errors", Text, nullable=False),  # JSON: the code of a BPMN error by the status that means it
    Column("seconds", Integer, nullable=False),  # for one request
    Column("secret", String(200), nullable=False),
    Column("is_latest", Boolean(create_constraint=False), nullable=False),
    Column("entered_by", String(100), nullable=False),
    Column("entered_at", Instant, nullable=False),
    Column("ended_by", String(100)),
    Column("ended_at", Instant),
    Column("reason", String(500), server_default="", nullable=False),  # why it ended
    Index("ix_connector_topic", "topic", unique=True, postgresql_where=text("is_latest AND ended_at IS NULL"),
          sqlite_where=text("is_latest AND ended_at IS NULL")),
    Index("ix_connector_name_version", "name", "version", unique=True),
)
