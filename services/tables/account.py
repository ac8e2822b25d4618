"""Who may sign in and what with: secrets, links to the provider of unified authentication, visits of browsers, tokens of
programs; what happened to them; how often strangers tried.

Of a token only its digest is kept, of a password only its hash: whoever reads these tables can sign in as nobody.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from services.database import Instant
from services.tables.naming import metadata

account_secret = Table(
    "account_secret", metadata,
    Column("person", String(100), ForeignKey("person.id"), primary_key=True),
    Column("hash", String(200), nullable=False),  # argon2id
    Column("changed_at", Instant, nullable=False),
    Column("must_change", Boolean(create_constraint=False), nullable=False),  # somebody else has set it
    Column("failures", Integer, nullable=False),  # one after another, since the last success or lock
    Column("locked_until", Instant),
    Column("disabled_at", Instant),
    Column("disabled_by", String(100)),
)

account_link = Table(
    "account_link", metadata,
    Column("issuer", String(500), primary_key=True),  # of the provider 统一身份认证: another's subjects are others
    Column("subject", String(200), primary_key=True),  # as its tokens name whoever owns the account
    Column("person", String(100), ForeignKey("person.id"), nullable=False),
    Column("linked_by", String(100), nullable=False),
    Column("linked_at", Instant, nullable=False),
    Index(None, "person", "issuer", unique=True),
)

visit = Table(
    "visit", metadata,
    Column("digest", LargeBinary, primary_key=True),  # SHA-256 of the token that the browser has
    Column("person", String(100), ForeignKey("person.id"), nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("begun_at", Instant, nullable=False),
    Column("last_seen_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Index(None, "person"),
    Index(None, "begun_at"),
)

api_token = Table(
    "api_token", metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("digest", LargeBinary, nullable=False, unique=True),  # SHA-256 of the token
    Column("person", String(100), ForeignKey("person.id"), nullable=False),
    Column("name", String(100), nullable=False),  # what it is for
    Column("scopes", String(100), nullable=False),  # comma-separated: read,work,rule,administer
    Column("issued_by", String(100), nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("expires_on", String(10), nullable=False),  # its last day
    Column("revoked_at", Instant),
    Column("last_used_at", Instant),
    Index(None, "person", "id"),
)

account_event = Table(
    "account_event", metadata,  # appended to, never changed
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # without a gap
    Column("at", Instant, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("person", String(100), nullable=False),  # whose account
    Column("by", String(100), nullable=False),
    Column("detail", Text, nullable=False),
    Index(None, "person", "id"),
)

throttle = Table(
    "throttle", metadata,
    Column("room", String(40), primary_key=True),  # what is tried: sign_in, …
    Column("key", String(100), primary_key=True),  # by whom: an address, …
    Column("minute", BigInteger, primary_key=True, autoincrement=False),  # since 1970
    Column("count", Integer, nullable=False),
    Index(None, "minute"),
)
