"""The statements of the figures, built once at import: the cases of a month, and its snapshot. Commits nothing.

The cases of a month are read in one statement, as a stream: it sees one moment even where other transactions commit meanwhile,
so that no case is missed or counted twice, and holds a few hundred rows however many there are. Its parts never share a case:

- concluded in the month or later, found by the index on the day of conclusion;
- still open, ended without a conclusion, or turned away, found by the index on the state.

Asked soon after a month's end it reads little more than that month; about a month long past, all that was concluded since.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, Executable, String, and_, bindparam, insert, or_, select, union_all, update

from engine.calendar import SHANGHAI
from engine.lifecycle import State
from engine.months import Month
from services import tables as t
from services.database import Instant
from services.store import writing

_STREAMED = 500
_COMPARED = "figures-law"  # the counter of the version of the calendar that every snapshot was compared with
_LOCK = "figures"  # the counter whose row makes those who write snapshots take turns

_OPEN = [state.value for state in (State.ACCEPTED, State.REVIEWING, State.SUSPENDED, State.DECIDED)]
_ENDED = [state.value for state in (State.WITHDRAWN, State.TERMINATED)]
_TURNED_AWAY = [state.value for state in (State.DECLINED, State.NOT_APPLICABLE, State.RETURNED)]


class SnapshotRow(NamedTuple):
    """A group's figures as they were written down. `number` 0: as the month ended; from 1 on: a amendment 更正, with its
    `reason`. `body`: JSON, the figures."""

    month: str
    park: str
    department: str
    process: str
    number: int
    body: bytes
    reason: str
    made_at: datetime


class FoldRow(NamedTuple):
    """Of a case, what figures are counted from: its fold, MessagePack."""

    id: int
    fold: bytes


class LawChangeRow(NamedTuple):
    """An accepted change of the calendar, and the first day it changes. `applied_at`: when every open clock had been counted
    again; None: not yet."""

    version: int
    kind: str
    reference: str
    first_on: str
    decided_at: datetime
    applied_at: datetime | None


_FOLD = [t.case.c[name] for name in FoldRow._fields]
_SNAPSHOT = [t.snapshot.c[name] for name in SnapshotRow._fields]
_CHANGE = [t.calendar_change.c[name] for name in LawChangeRow._fields]
_FIRST, _LAST = bindparam("first", type_=String), bindparam("last", type_=String)
_BEGINS, _ENDS = bindparam("begins", type_=Instant), bindparam("ends", type_=Instant)

_WAS_ACCEPTED, _WAS_DUE = t.case.c.accepted_on >= _FIRST, t.case.c.due_on <= _LAST
_CONCLUDED = and_(t.case.c.concluded_on >= _FIRST, or_(t.case.c.concluded_on <= _LAST, t.case.c.accepted_on <= _LAST))
_UNCONCLUDED = and_(t.case.c.concluded_on.is_(None), t.case.c.accepted_on <= _LAST)
_STILL_OPEN = and_(_UNCONCLUDED, t.case.c.state.in_(_OPEN))
_ENDED_WITHOUT = and_(_UNCONCLUDED, t.case.c.state.in_(_ENDED))
_REFUSED = and_(t.case.c.concluded_on.is_(None), t.case.c.state.in_(_TURNED_AWAY), t.case.c.ended_at >= _BEGINS,
                t.case.c.ended_at < _ENDS)
_COUNTED = union_all(
    select(*_FOLD).where(_CONCLUDED, or_(t.case.c.concluded_on <= _LAST, _WAS_ACCEPTED, _WAS_DUE)),
    select(*_FOLD).where(_STILL_OPEN, or_(_WAS_ACCEPTED, _WAS_DUE)),
    select(*_FOLD).where(_ENDED_WITHOUT, or_(_WAS_ACCEPTED, and_(_WAS_DUE, t.case.c.ended_at >= _ENDS))),
    select(*_FOLD).where(_REFUSED))
_CONCERNED = union_all(*(select(*_FOLD).where(part) for part in (_CONCLUDED, _STILL_OPEN, _ENDED_WITHOUT, _REFUSED)))

_RATED = (
    select(*_FOLD).join_from(t.rating, t.case, t.rating.c.case_id == t.case.c.id)
    .where(t.rating.c.rated_on <= _LAST,
           or_(t.rating.c.rated_on >= _FIRST,
               and_(t.rating.c.level <= 2, or_(t.rating.c.answered_on.is_(None), t.rating.c.answered_on >= _FIRST)))))

_IS_TOTAL = and_(t.snapshot.c.park == "", t.snapshot.c.department == "", t.snapshot.c.process == "", t.snapshot.c.number == 0)
_FROZEN_AT = select(t.snapshot.c.made_at).where(t.snapshot.c.month == bindparam("month"), _IS_TOTAL)
_FROZEN_SINCE = (select(t.snapshot.c.month).where(t.snapshot.c.month >= bindparam("month"), _IS_TOTAL)
                 .order_by(t.snapshot.c.month))
_SNAPSHOTS = (select(*_SNAPSHOT).where(t.snapshot.c.month == bindparam("month"))
              .order_by(t.snapshot.c.park, t.snapshot.c.department, t.snapshot.c.process, t.snapshot.c.number))
_INSERT = insert(t.snapshot)
_CHANGES_AFTER = (select(*_CHANGE).where(t.calendar_change.c.version > bindparam("version"))
                  .order_by(t.calendar_change.c.version))
_COMPARED_WITH = select(t.counter.c.value).where(t.counter.c.name == _COMPARED)
_SET_COMPARED = update(t.counter).where(t.counter.c.name == _COMPARED).values(value=bindparam("version"))
_START_COMPARED = insert(t.counter)


def cases_of(connection: Connection, month: Month) -> Iterator[FoldRow]:
    """The cases the figures of a month may count, by their dates as they stand; each once, in no order."""
    return _stream(connection, _COUNTED, month)


def cases_concerned(connection: Connection, month: Month) -> Iterator[FoldRow]:
    """As `cases_of`, with those that counted under some deadline they had before."""
    return _stream(connection, _CONCERNED, month)


def rated_of(connection: Connection, month: Month) -> Iterator[FoldRow]:
    """The cases whose ratings the figures of a month may count: rated in it, or badly before and not answered before it."""
    return _stream(connection, _RATED, month)


def _stream(connection: Connection, statement: Executable, month: Month) -> Iterator[FoldRow]:
    begins = datetime.combine(month.first, time(), SHANGHAI)
    ends = datetime.combine(month.last + timedelta(days=1), time(), SHANGHAI)
    given = {"first": month.first.isoformat(), "last": month.last.isoformat(), "begins": begins, "ends": ends}
    rows = connection.execute(statement, given, execution_options={"yield_per": _STREAMED})
    return (FoldRow._make(row) for row in rows)


def take_turn(connection: Connection) -> None:
    """Wait until nobody else writes snapshots, and let nobody until this transaction is over."""
    writing.next_number(connection, _LOCK)


def frozen_at(connection: Connection, month: Month) -> datetime | None:
    """When a month was frozen; None: it is not."""
    return connection.execute(_FROZEN_AT, {"month": month.text}).scalar_one_or_none()


def frozen_since(connection: Connection, month: str) -> list[str]:
    """The frozen months from one on, in order."""
    return list(connection.execute(_FROZEN_SINCE, {"month": month}).scalars())


def snapshots(connection: Connection, month: Month) -> list[SnapshotRow]:
    """What was written down about a month: for each group the original, then its amendments."""
    return [SnapshotRow._make(row) for row in connection.execute(_SNAPSHOTS, {"month": month.text})]


def insert_snapshots(connection: Connection, rows: Sequence[SnapshotRow]) -> None:
    """Write rows down."""
    if rows:
        connection.execute(_INSERT, [row._asdict() for row in rows])


def law_changes(connection: Connection, *, after: int = 0) -> list[LawChangeRow]:
    """The accepted changes of the calendar after a version, in order."""
    return [LawChangeRow._make(row) for row in connection.execute(_CHANGES_AFTER, {"version": after})]


def compared_with(connection: Connection) -> int:
    """The version of the calendar every snapshot was compared with; 0: the one that was shipped."""
    return int(connection.execute(_COMPARED_WITH).scalar_one_or_none() or 0)


def set_compared_with(connection: Connection, version: int) -> None:
    """Remember the version of the calendar every snapshot was compared with."""
    if connection.execute(_SET_COMPARED, {"version": version}).rowcount == 0:
        connection.execute(_START_COMPARED, {"name": _COMPARED, "value": version})
