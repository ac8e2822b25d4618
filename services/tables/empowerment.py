"""The empowerment list 赋权清单: one table for its three kinds of rows, which differ only in what they say of a park.

A row says the same for ever: it is approved or refused by a second person, and it may be ended before its last day. What was in
force on a past day can therefore always be told.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Index, LargeBinary, String, Table

from services.database import Instant
from services.tables.naming import metadata

routing_rule = Table(
    "routing_rule", metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(20), nullable=False),  # empowerment | park_mode | local_authority
    Column("park", String(100), nullable=False),
    Column("matter", String(100), nullable=False),  # "": every matter of the park
    Column("situation", String(100), nullable=False),  # 业务情形; "": every one
    Column("batch", String(100), nullable=False),  # 批次号
    Column("valid_from", String(10), nullable=False),  # the first and the last day, both included
    Column("valid_until", String(10)),  # NULL: without end
    Column("body", LargeBinary, nullable=False),  # JSON: what else it says
    Column("entered_by", String(100), nullable=False),
    Column("entered_at", Instant, nullable=False),
    Column("decided_by", String(100)),
    Column("decided_at", Instant),
    Column("is_approved", Boolean(create_constraint=False)),  # NULL: nobody has decided yet
    Column("ended_on", String(10)),  # the last day instead of valid_until
    Column("ended_by", String(100)),
    Column("ended_at", Instant),
    Column("ending", String(1000)),  # why
    CheckConstraint("decided_by IS NULL OR decided_by <> entered_by", name="second_person"),
    Index(None, "park", "matter"),
    Index(None, "batch"),
)
