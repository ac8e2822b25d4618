"""Projects and the register of regional assessments. The file of a project is a fold of its events; its row is kept to be
listed."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, text

from services.database import Instant
from services.tables.naming import metadata

project = Table(
    "project", metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("number", String(20), nullable=False, unique=True),
    Column("code", String(30), nullable=False),  # 项目代码; "" until it is given
    Column("name", String(200), nullable=False),
    Column("park", String(200), nullable=False),
    Column("stage", String(20), nullable=False),
    Column("seq", Integer, nullable=False),  # how many events it has: the guard of a change
    Index("ix_project_code", "code", unique=True, postgresql_where=text("code <> ''"), sqlite_where=text("code <> ''")),
    Index(None, "park", "id"),
)

project_event = Table(
    "project_event", metadata,
    Column("project_id", BigInteger, ForeignKey("project.id"), primary_key=True, autoincrement=False),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(40), nullable=False),
    Column("at", Instant, nullable=False),
    Column("by", String(100), nullable=False),
    Column("body", LargeBinary, nullable=False),  # JSON
)

project_case = Table(
    "project_case", metadata,
    Column("case_id", BigInteger, ForeignKey("case.id"), primary_key=True, autoincrement=False),
    Column("project_id", BigInteger, ForeignKey("project.id"), nullable=False),
    Column("item", String(200), nullable=False),  # of the plan; "" for none in particular
    Index(None, "project_id", "case_id"),
)

assessment = Table(
    "assessment", metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(40), nullable=False),
    Column("park", String(200), nullable=False),
    Column("document", String(200), nullable=False),
    Column("valid_from", String(10), nullable=False),
    Column("valid_until", String(10), nullable=False),
    Column("body", LargeBinary, nullable=False),  # JSON: parcels, area, excluded projects, mode
    Column("since", Instant, nullable=False),
    Column("until", Instant),
    Column("entered_by", String(100), nullable=False),
    Index(None, "park", "kind"),
)
