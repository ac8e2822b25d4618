"""The register of granted permits with the history of each, the credit register, and the templates of undertakings.

A permit's row is what the facts of cases have made of it; its events say which fact of which case did what.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from services.database import Instant
from services.tables.naming import metadata

permit = Table(
    "permit", metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("number", String(100), nullable=False, unique=True),
    Column("sort", String(40), nullable=False),  # of the shelf's list
    Column("name", String(200), nullable=False),
    Column("holder", String(200), nullable=False),
    Column("holder_code", String(18), nullable=False),
    Column("case_id", BigInteger, ForeignKey("case.id"), nullable=False),  # that granted it
    Column("process", String(200), nullable=False),
    Column("park", String(100), nullable=False),
    Column("department", String(100), nullable=False),
    Column("authority", String(100), nullable=False),  # who decided
    Column("seal", String(100), nullable=False),
    Column("granted_on", String(10), nullable=False),
    Column("valid_from", String(10), nullable=False),
    Column("valid_until", String(10)),  # NULL: without end
    Column("conditions", Text, nullable=False),  # JSON, as they were granted
    Column("state", String(20), nullable=False),
    Column("version", Integer, nullable=False),  # of its content: a change 变更 makes the next
    Column("follows", String(100), nullable=False),  # the number of the permit it renews
    Column("untold", BigInteger),  # the case whose act the granting case has not learnt yet
    Column("wanted", String(20), nullable=False),  # the act for which a case is to be opened; "": none
    Column("wanted_for", Text, nullable=False),  # why
    Index(None, "holder_code", "id"),
    Index(None, "case_id"),
    Index("ix_permit_news", "id", postgresql_where=text("untold IS NOT NULL OR wanted <> ''"),
          sqlite_where=text("untold IS NOT NULL OR wanted <> ''")),
)

permit_event = Table(
    "permit_event", metadata,
    Column("permit_id", BigInteger, ForeignKey("permit.id"), primary_key=True, autoincrement=False),
    Column("place", Integer, primary_key=True, autoincrement=False),  # from 1
    Column("kind", String(40), nullable=False),  # of the fact
    Column("act", String(20), nullable=False),  # change | renew | annul | revoke | cancel; "": none of them
    Column("case_id", BigInteger, ForeignKey("case.id"), nullable=False),
    Column("seq", Integer, nullable=False),  # the number of the fact in that case
    Column("at", Instant, nullable=False),
    Column("by", String(100), nullable=False),
    Column("state", String(20), nullable=False),  # of the permit afterwards
    Index(None, "case_id", "permit_id"),
)

credit_record = Table(
    "credit_record", metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("code", String(18), nullable=False),  # 统一社会信用代码, or the number of an identity card
    Column("name", String(200), nullable=False),
    Column("reason", Text, nullable=False),
    Column("document", String(200), nullable=False),
    Column("case_number", String(40), nullable=False),  # where it came up; "": outside
    Column("state", String(20), nullable=False),  # proposed | in_force | dropped | restored
    Column("since", Instant, nullable=False),
    Column("until_on", String(10)),  # the last day; NULL: until restored
    Column("proposed_by", String(100), nullable=False),
    Column("decided_by", String(100), nullable=False),
    Column("restored_at", Instant),
    Column("restored_for", String(200), nullable=False),  # 信用修复: the document it rests on
    Index(None, "code", "id"),
)

undertaking_template = Table(
    "undertaking_template", metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(20), nullable=False),  # conditional | declared
    Column("process", String(200), nullable=False),  # "": all matters
    Column("version", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("verify_workdays", Integer, nullable=False),
    Column("correct_workdays", Integer, nullable=False),
    Column("on_lapse", String(20), nullable=False),  # decide | pause
    Column("excluded", String(200), nullable=False),  # why the matter is not decided on a declaration; "": it may be
    Column("basis", Text, nullable=False),
    Column("since", Instant, nullable=False),
    Column("until", Instant),
    Column("entered_by", String(100), nullable=False),
    UniqueConstraint("kind", "process", "version", name="uq_undertaking_template_version"),
)
