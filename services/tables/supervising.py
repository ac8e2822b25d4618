"""What goes between whoever approves and whoever supervises (seed measures 3 and 4): results pushed 双推送, and the register of
which park is connected with which system 系统对接台账, with what has to be mended in it.

A push is a fold of its case's facts. The register is appended to and never changed: a cell says what its newest version says,
a rectification what has happened to it since.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from services.database import Instant
from services.tables.naming import case_key, metadata

push = Table(
    "push", metadata,
    case_key(),
    Column("seq", Integer, primary_key=True, autoincrement=False),  # the number of the fact
    Column("department", String(100), nullable=False),  # who supervises
    Column("process", String(200), nullable=False),
    Column("park", String(100), nullable=False),
    Column("result", String(20), nullable=False),  # granted, or what was done about a permit
    Column("pushed_on", String(10), nullable=False),
    Column("received_on", String(10)),  # NULL: nobody has signed for it
    Column("received_by", String(100), nullable=False),
    Column("lapsed_on", String(10)),  # the day by which it should have been signed for and was not
    Column("findings", Integer, nullable=False),
    Index(None, "department", "received_on", "case_id"),
    Index(None, "pushed_on"),
)

system_check = Table(
    "system_check", metadata,  # appended to, never changed
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # without a gap
    Column("park", String(100), nullable=False),
    Column("system", String(100), nullable=False),  # its code in the catalogue
    Column("item", String(20), nullable=False),  # through 打通 | port 端口 | account 账号 | data 数据共享
    Column("version", Integer, nullable=False),  # of this cell, from 1
    Column("is_in_place", Boolean(create_constraint=False), nullable=False),
    Column("evidence", Text, nullable=False),
    Column("checked_on", String(10), nullable=False),
    Column("entered_by", String(100), nullable=False),
    Column("entered_at", Instant, nullable=False),
    UniqueConstraint("park", "system", "item", "version"),
)

rectification = Table(
    "rectification", metadata,  # never changed
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("park", String(100), nullable=False),
    Column("system", String(100), nullable=False),
    Column("item", String(20), nullable=False),
    Column("department", String(100), nullable=False),  # which mends it
    Column("owner", String(100), nullable=False),  # who answers for it there
    Column("text", Text, nullable=False),
    Column("due_on", String(10), nullable=False),
    Column("ordered_by", String(100), nullable=False),
    Column("ordered_at", Instant, nullable=False),
    Index(None, "department", "id"),
)

rectification_event = Table(
    "rectification_event", metadata,  # appended to, never changed
    Column("rectification_id", BigInteger, ForeignKey("rectification.id"), primary_key=True, autoincrement=False),
    Column("place", Integer, primary_key=True, autoincrement=False),  # from 1, without a gap
    Column("kind", String(20), nullable=False),  # replied | returned | closed
    Column("by", String(100), nullable=False),
    Column("natural", String(100), nullable=False),  # the natural person
    Column("at", Instant, nullable=False),
    Column("text", Text, nullable=False),
    Column("due_on", String(10)),  # of a return: the new day
)
