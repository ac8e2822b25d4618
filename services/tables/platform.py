"""What comes in from upstream platforms 一网通办, 工改: with which secrets, which application became which case, what was told
and what became of it.

The secrets are kept as they are, for a signature is made anew with them; whoever reads this table can sign as the platform.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, text

from services.database import Instant
from services.tables.naming import metadata

platform_secret = Table(
    "platform_secret", metadata,
    Column("platform", String(40), primary_key=True),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("secret", String(120), nullable=False),
    Column("issued_by", String(100), nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("ended_by", String(100)),
    Column("ended_at", Instant),  # NULL: it lives
)

submission = Table(
    "submission", metadata,
    Column("platform", String(40), primary_key=True),
    Column("number", String(100), primary_key=True),  # of the application there: it opens one case, ever
    Column("case_id", BigInteger, ForeignKey("case.id"), nullable=False, unique=True),
    Column("digest", LargeBinary, nullable=False),  # SHA-256 of what was applied for, however it was written
    Column("received_at", Instant, nullable=False),
)

platform_answer = Table(
    "platform_answer", metadata,
    Column("platform", String(40), primary_key=True),
    Column("webhook_id", String(200), primary_key=True),  # as its sender calls what it has sent
    Column("digest", LargeBinary, nullable=False),  # SHA-256 of the body that came under it
    Column("status", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("at", Instant, nullable=False),
    Index(None, "at"),
)

platform_message = Table(
    "platform_message", metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("platform", String(40), nullable=False),
    Column("webhook_id", String(200), nullable=False),
    Column("digest", LargeBinary, nullable=False),  # SHA-256 of the body
    Column("body", LargeBinary, nullable=False),
    Column("ask", String(20), nullable=False),  # what it asks of us (`engine.platforms.Ask`)
    Column("code", String(100), nullable=False),
    Column("name", String(200), nullable=False),  # of the message a case may wait for
    Column("keys", Text, nullable=False),  # JSON: by what it names its case
    Column("state", String(20), nullable=False),  # waiting | unmatched | done | dismissed
    Column("why", Text, nullable=False),  # it is not done yet, "" once it is
    Column("case_id", BigInteger, ForeignKey("case.id")),  # NULL: not known
    Column("received_at", Instant, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("try_at", Instant),  # NULL: nobody but a person tries it again
    Column("settled_at", Instant),
    Column("settled_by", String(100)),
    Column("reason", Text, nullable=False),  # of whoever has dismissed it
    Index(None, "platform", "digest"),
    Index("ix_platform_message_open", "id", postgresql_where=text("settled_at IS NULL"),
          sqlite_where=text("settled_at IS NULL")),
    Index("ix_platform_message_try_at", "try_at", postgresql_where=text("try_at IS NOT NULL"),
          sqlite_where=text("try_at IS NOT NULL")),
    Index(None, "case_id"),
    Index(None, "platform", "received_at"),
)

platform_tally = Table(
    "platform_tally", metadata,
    Column("platform", String(40), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("sort", String(20), primary_key=True),  # forged: came without a signature that fits
    Column("times", Integer, nullable=False),
    Column("last_at", Instant, nullable=False),
)
