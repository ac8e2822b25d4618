"""The visit of a browser: it begins when somebody signs in and ends when he signs out, is idle for too long, has been there
too long, is disabled or leaves the office.

The browser has a token of 256 random bits; here is its digest, so that whoever reads the database has no visit. Everything
that ends a visit is asked at every request, of the rows as they are then; that somebody was seen is written at most once a
minute, so that reading a page does not write.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection

from engine.case import local_day
from services import people
from services.store import visits as store
from services.store.visits import SeenRow, VisitRow

SEEN_EVERY = timedelta(minutes=1)
KEPT = timedelta(days=7)
"""For so long a visit is kept after it began, none lasts half as long."""

_LONGEST_TOKEN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetimes:
    """How long a visit lasts: without a request, and at most."""

    idle: timedelta
    whole: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Whoever is signed in. `csrf`: what the forms shown to him bear; `roles`: those he has today, also for others; `digest`:
    of his visit; `seen_at`: when that was last written; `must_change`: others know his password."""

    id: str
    name: str
    unit: str
    csrf: str
    roles: frozenset[str]
    must_change: bool
    digest: bytes
    seen_at: datetime


def begin(connection: Connection, person: str, now: datetime) -> str:
    """Somebody signs in. Returns the token, for his browser alone."""
    token = secrets.token_urlsafe(32)
    store.insert_visit(connection, VisitRow(digest=digest_of(token), person=person, csrf=secrets.token_urlsafe(32),
                                            begun_at=now, last_seen_at=now, ended_at=None))
    return token


def visitor(connection: Connection, token: str, now: datetime, lifetimes: Lifetimes) -> Visitor | None:
    """Whose visit a token is; None when it is nobody's, or over. Reads only."""
    row = store.seen(connection, digest_of(token)) if len(token) <= _LONGEST_TOKEN else None
    if row is None or not _lasts(row, now, lifetimes):
        return None
    return Visitor(id=row.person, name=row.name, unit=row.unit, csrf=row.csrf, must_change=row.must_change,
                   roles=people.roles_on(connection, row.person, local_day(now)), digest=row.digest, seen_at=row.last_seen_at)


def is_to_be_noted(visitor: Visitor, now: datetime) -> bool:
    """Is it long enough since it was written that he was seen?"""
    return now - visitor.seen_at >= SEEN_EVERY


def note(connection: Connection, visitor: Visitor, now: datetime) -> None:
    """A visitor was seen; unless his visit has ended meanwhile."""
    store.touch(connection, visitor.digest, now)


def end(connection: Connection, token: str, now: datetime) -> bool:
    """A visit ends. Returns whether it had not before."""
    return store.end(connection, digest_of(token), now)


def end_all(connection: Connection, person: str, now: datetime) -> int:
    """All visits of somebody end. Returns how many did."""
    return store.end_all(connection, person, now)


def forget(connection: Connection, now: datetime) -> int:
    """Forget old visits. Returns how many rows went."""
    return store.forget(connection, now - KEPT)


def digest_of(token: str) -> bytes:
    """What is kept of a token. It is random enough to need no salt and no slowness."""
    return sha256(token.encode("utf-8", "replace")).digest()


def _lasts(row: SeenRow, now: datetime, lifetimes: Lifetimes) -> bool:
    return (row.ended_at is None and row.disabled_at is None and now - row.last_seen_at < lifetimes.idle
            and now - row.begun_at < lifetimes.whole and people.is_in_office(row.since_on, row.until_on, local_day(now)))
