"""The statements about visits of browsers."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from services import tables as t


class VisitRow(NamedTuple):
    """A visit as it began. `digest`: of the token the browser has."""

    digest: bytes
    person: str
    csrf: str
    begun_at: datetime
    last_seen_at: datetime
    ended_at: datetime | None


class SeenRow(NamedTuple):
    """A visit with what is known of its person now."""

    digest: bytes
    person: str
    csrf: str
    begun_at: datetime
    last_seen_at: datetime
    ended_at: datetime | None
    name: str
    unit: str
    since_on: str
    until_on: str | None
    must_change: bool
    disabled_at: datetime | None


_SEEN = (
    select(*(t.visit.c[name] for name in VisitRow._fields), t.person.c.name, t.person.c.unit, t.person.c.since_on,
           t.person.c.until_on, t.account_secret.c.must_change, t.account_secret.c.disabled_at)
    .join_from(t.visit, t.person, t.person.c.id == t.visit.c.person)
    .join(t.account_secret, t.account_secret.c.person == t.visit.c.person)
    .where(t.visit.c.digest == bindparam("of_digest")))
_INSERT = insert(t.visit)
_TOUCH = (update(t.visit).where(t.visit.c.digest == bindparam("of_digest"), t.visit.c.ended_at.is_(None),
                                t.visit.c.last_seen_at < bindparam("at", type_=t.visit.c.last_seen_at.type))
          .values(last_seen_at=bindparam("at", type_=t.visit.c.last_seen_at.type)))
_ENDED = {"ended_at": bindparam("at", type_=t.visit.c.ended_at.type)}
_END = update(t.visit).where(t.visit.c.digest == bindparam("of_digest"), t.visit.c.ended_at.is_(None)).values(_ENDED)
_END_ALL = update(t.visit).where(t.visit.c.person == bindparam("of_person"), t.visit.c.ended_at.is_(None)).values(_ENDED)
_FORGET = delete(t.visit).where(t.visit.c.begun_at < bindparam("before", type_=t.visit.c.begun_at.type))


def insert_visit(connection: Connection, row: VisitRow) -> None:
    """A visit begins."""
    connection.execute(_INSERT, row._asdict())


def seen(connection: Connection, digest: bytes) -> SeenRow | None:
    """The visit of a token."""
    row = connection.execute(_SEEN, {"of_digest": digest}).first()
    return SeenRow._make(row) if row else None


def touch(connection: Connection, digest: bytes, at: datetime) -> None:
    """A visit that lasts was seen."""
    connection.execute(_TOUCH, {"of_digest": digest, "at": at})


def end(connection: Connection, digest: bytes, at: datetime) -> bool:
    """A visit ends. Returns whether it had not before."""
    return connection.execute(_END, {"of_digest": digest, "at": at}).rowcount > 0


def end_all(connection: Connection, person: str, at: datetime) -> int:
    """All visits of somebody end. Returns how many did."""
    return connection.execute(_END_ALL, {"of_person": person, "at": at}).rowcount


def forget(connection: Connection, before: datetime) -> int:
    """Forget the visits begun before an instant. Returns how many rows went."""
    return connection.execute(_FORGET, {"before": before}).rowcount
