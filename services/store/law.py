"""The statements of the law's changes, built once at import. Called inside the caller's transaction; commits nothing."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, func, insert, select, update

from services import tables as t
from services.store import writing


class ChangeRow(NamedTuple):
    """A change of the law as stored. `is_accepted` None: nobody has decided yet. `body`: JSON with the `text` as it was
    published or approved, and the `reason` of a closure or the `refusal` of a proposal."""

    id: int
    kind: str
    scope: str
    place: str
    year: int | None
    first_on: str
    last_on: str
    reference: str
    approver: str
    body: bytes
    is_fixture: bool
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    is_accepted: bool | None
    signed_off_by: str | None
    version: int | None
    applied_at: datetime | None


class AcceptedRow(NamedTuple):
    """What of an accepted change makes the law."""

    version: int
    kind: str
    body: bytes


_CHANGE = [t.calendar_change.c[name] for name in ChangeRow._fields]
_DECIDED = ("first_on", "last_on", "body", "decided_by", "decided_at", "is_accepted", "signed_off_by", "version")

_VERSION = select(func.max(t.calendar_change.c.version))
_ACCEPTED = (
    select(*(t.calendar_change.c[name] for name in AcceptedRow._fields))
    .where(t.calendar_change.c.version.is_not(None)).order_by(t.calendar_change.c.version))
_CHANGES = select(*_CHANGE).order_by(t.calendar_change.c.id)
_PAGE = _CHANGES.where(t.calendar_change.c.id > bindparam("after")).limit(bindparam("most"))
_PENDING = _CHANGES.where(t.calendar_change.c.is_accepted.is_(None))
_BY_ID = select(*_CHANGE).where(t.calendar_change.c.id == bindparam("id"))
_INSERT = insert(t.calendar_change)
_DECIDE = (
    update(t.calendar_change)
    .where(t.calendar_change.c.id == bindparam("change_id"), t.calendar_change.c.is_accepted.is_(None))
    .values({name: bindparam(name) for name in _DECIDED}))
_OPEN_CLOCKS = (
    select(func.count()).select_from(t.clock)
    .where(t.clock.c.lapses_at.is_not(None), t.clock.c.due >= bindparam("first"), t.clock.c.since_on <= bindparam("last")))
_OPEN_CLOCKS_OF_PARK = _OPEN_CLOCKS.where(t.clock.c.park == bindparam("park"))


def version(connection: Connection) -> int:
    """The version of the newest accepted change, 0 when there is none."""
    return int(connection.execute(_VERSION).scalar_one() or 0)


def accepted(connection: Connection) -> list[AcceptedRow]:
    """What was accepted, oldest first."""
    return [AcceptedRow._make(row) for row in connection.execute(_ACCEPTED)]


def changes(connection: Connection, *, after: int, most: int) -> list[ChangeRow]:
    """The changes that were ever proposed, oldest first, from number `after` + 1."""
    return [ChangeRow._make(row) for row in connection.execute(_PAGE, {"after": after, "most": most})]


def pending(connection: Connection) -> list[ChangeRow]:
    """The changes nobody has decided on, oldest first."""
    return [ChangeRow._make(row) for row in connection.execute(_PENDING)]


def change(connection: Connection, change_id: int) -> ChangeRow | None:
    """One change."""
    row = connection.execute(_BY_ID, {"id": change_id}).first()
    return ChangeRow._make(row) if row else None


def insert_change(connection: Connection, row: ChangeRow) -> None:
    """Write a proposal."""
    connection.execute(_INSERT, row._asdict())


def decide(connection: Connection, row: ChangeRow) -> bool:
    """Write the decision on a proposal. False: somebody else has decided it meanwhile."""
    given = {name: getattr(row, name) for name in _DECIDED}
    return connection.execute(_DECIDE, {**given, "change_id": row.id}).rowcount > 0


def next_version(connection: Connection) -> int:
    """The number of the next law. Its row is the lock of the law: whoever asks waits until the one before has committed."""
    return writing.next_number(connection, "law")


def open_clocks(connection: Connection, first: date, last: date, *, park: str = "") -> int:
    """How many running clocks have a day from `first` to `last`, both included. `park`: only of its cases, "": of all."""
    span = {"first": first.isoformat(), "last": last.isoformat()}
    if park:
        return int(connection.execute(_OPEN_CLOCKS_OF_PARK, {**span, "park": park}).scalar_one())
    return int(connection.execute(_OPEN_CLOCKS, span).scalar_one())
