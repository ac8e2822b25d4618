"""The statements a supervisor's pages read with, built once at import: running clocks, cards, orders and notifications within
some parks, departments and processes, page by page; and how many clocks lapse within two spans of time.

What is asked is a set of names for each column, as a superset of what somebody may see: a scope that names a park in one row
and a department in another is no set of columns, so whoever asks tests each row again (`services.watching`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import combinations
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Connection, Integer, Select, String, and_, bindparam, case, func, select, tuple_

from services import tables as t
from services.database import Instant
from services.store.clocks import Key, RunningRow
from services.store.oversight_pages import ListedCard, ListedNotification, ListedOrder
from services.store.rows import CardRow, ClockRow, NotificationRow, OrderRow

Wanted = Mapping[str, Sequence[str]]
"""Which values of a column are wanted, by its name; a column that is not named may hold anything."""


class Place(NamedTuple):
    """Whose a row is."""

    park: str
    department: str
    process: str


class Lapsing(NamedTuple):
    """How many clocks of a place lapse within a first span of time, and within the one that follows it."""

    place: Place
    first: int
    second: int


def _asked(columns: Mapping[str, Any], page: Select[Any]) -> dict[tuple[str, ...], Select[Any]]:
    """A statement for each set of columns that may be asked for, in the order of their names."""
    return {names: page.where(*(columns[name].in_(bindparam(f"of_{name}", expanding=True)) for name in names))
            for most in range(len(columns) + 1) for names in combinations(sorted(columns), most)}


_CLOCK = [t.clock.c[name] for name in ClockRow._fields]
_AT, _CASE_ID, _NAME = (bindparam(name, type_=kind) for name, kind in (
    ("lapses_at", Instant), ("case_id", BigInteger), ("clock", String)))
_SEQ, _PLACE, _UNTIL = bindparam("seq", type_=Integer), bindparam("place", type_=Integer), bindparam("until", type_=Instant)
_OF_CLOCKS = {name: t.clock.c[name] for name in ("park", "department", "process", "kind")}
_OF_CASES = {name: t.case.c[name] for name in ("park", "department", "process")}
_MOST = bindparam("most", type_=Integer)

_RUNNING = (select(t.case.c.number, t.definition.c.name, t.case.c.fold, *_CLOCK)
            .join_from(t.clock, t.case, t.clock.c.case_id == t.case.c.id)
            .join(t.definition, t.definition.c.id == t.case.c.definition_id).limit(_MOST))
_LAPSING = _asked(_OF_CLOCKS, _RUNNING.where(
    tuple_(t.clock.c.lapses_at, t.clock.c.case_id, t.clock.c.clock) > tuple_(_AT, _CASE_ID, _NAME),
    t.clock.c.lapses_at >= _AT, t.clock.c.lapses_at <= _UNTIL)
    .order_by(t.clock.c.lapses_at, t.clock.c.case_id, t.clock.c.clock))
_STOPPED = _asked(_OF_CLOCKS, _RUNNING.where(
    t.clock.c.lapses_at.is_(None), tuple_(t.clock.c.case_id, t.clock.c.clock) > tuple_(_CASE_ID, _NAME))
    .order_by(t.clock.c.case_id, t.clock.c.clock))
_BETWEEN = bindparam("between", type_=Instant)
_IN_TWO_SPANS = (
    select(*(t.clock.c[name] for name in Place._fields),
           func.sum(case((t.clock.c.lapses_at <= _BETWEEN, 1), else_=0)),
           func.sum(case((t.clock.c.lapses_at > _BETWEEN, 1), else_=0)))
    .where(t.clock.c.lapses_at > _AT, t.clock.c.lapses_at <= _UNTIL).group_by(*(t.clock.c[name] for name in Place._fields)))

_OF_CASE = [t.case.c.park, t.case.c.department, t.case.c.process]
_ISSUED_AT = bindparam("issued_at", type_=Instant)
_CARDS = _asked({**{name: t.card.c[name] for name in Place._fields}, "state": t.card.c.state, "colour": t.card.c.colour}, (
    select(t.case.c.number, *_OF_CASE, *(t.card.c[name] for name in CardRow._fields))
    .join_from(t.card, t.case, t.card.c.case_id == t.case.c.id)
    .where(tuple_(t.card.c.issued_at, t.card.c.case_id, t.card.c.seq) < tuple_(_ISSUED_AT, _CASE_ID, _SEQ),
           t.card.c.issued_at <= _ISSUED_AT, t.card.c.issued_at > bindparam("since", type_=Instant))
    .order_by(t.card.c.issued_at.desc(), t.card.c.case_id.desc(), t.card.c.seq.desc()).limit(_MOST)))
_DUE_ON = bindparam("due_on", type_=String)
_ORDERS = _asked(_OF_CASES, (
    select(t.case.c.number, *_OF_CASE, *(t.supervision_order.c[name] for name in OrderRow._fields))
    .join_from(t.supervision_order, t.case, t.supervision_order.c.case_id == t.case.c.id)
    .where(t.supervision_order.c.state == bindparam("state"),
           tuple_(t.supervision_order.c.due_on, t.supervision_order.c.case_id, t.supervision_order.c.seq)
           > tuple_(_DUE_ON, _CASE_ID, _SEQ), t.supervision_order.c.due_on >= _DUE_ON)
    .order_by(t.supervision_order.c.due_on, t.supervision_order.c.case_id, t.supervision_order.c.seq).limit(_MOST)))
_CREATED_AT = bindparam("created_at", type_=Instant)
_TOLD = (
    select(t.case.c.number, *_OF_CASE, *(t.notification.c[name] for name in NotificationRow._fields))
    .join_from(t.notification, t.case, t.notification.c.case_id == t.case.c.id)
    .where(t.notification.c.recipient.in_(bindparam("recipients", expanding=True)),
           tuple_(t.notification.c.created_at, t.notification.c.case_id, t.notification.c.seq, t.notification.c.place)
           < tuple_(_CREATED_AT, _CASE_ID, _SEQ, _PLACE), t.notification.c.created_at <= _CREATED_AT)
    .order_by(t.notification.c.created_at.desc(), t.notification.c.case_id.desc(), t.notification.c.seq.desc(),
              t.notification.c.place.desc()).limit(_MOST))
_MESSAGES = {False: _TOLD, True: _TOLD.where(t.notification.c.read_at.is_(None))}
_CONCLUDED = _asked(_OF_CASES, (
    select(*_OF_CASE, t.case.c.standing, func.count()).where(and_(
        t.case.c.concluded_on >= bindparam("since_on", type_=String), t.case.c.concluded_on.is_not(None)))
    .group_by(*_OF_CASE, t.case.c.standing)))


def lapsing(connection: Connection, *, after: Key, until: datetime, most: int, wanted: Wanted) -> list[RunningRow]:
    """Running clocks that lapse by `until`, earliest first, after a key. `wanted`: kind, park, department, process."""
    return _running(connection, _LAPSING, {**after._asdict(), "until": until, "most": most}, wanted)


def stopped(connection: Connection, *, after: tuple[int, str], most: int, wanted: Wanted) -> list[RunningRow]:
    """Clocks that a stop holds still, after the key (case id, clock). `wanted` as above."""
    return _running(connection, _STOPPED, {"case_id": after[0], "clock": after[1], "most": most}, wanted)


def in_two_spans(connection: Connection, *, after: datetime, between: datetime, until: datetime) -> list[Lapsing]:
    """How many running clocks lapse in (after, between] and in (between, until], of each place that has one."""
    rows = connection.execute(_IN_TWO_SPANS, {"lapses_at": after, "between": between, "until": until})
    return [Lapsing(Place._make(row[:3]), int(row[3]), int(row[4])) for row in rows]


def cards(
    connection: Connection, *, before: tuple[datetime, int, int], since: datetime, most: int, wanted: Wanted,
) -> list[tuple[Place, ListedCard]]:
    """Cards issued after `since`, newest first, before the key (issued at, case id, seq). `wanted`: park, department, process,
    state, colour."""
    given = {**dict(zip(("issued_at", "case_id", "seq"), before, strict=True)), "since": since, "most": most, **_given(wanted)}
    return [(Place._make(row[1:4]), ListedCard(row[0], CardRow._make(row[4:])))
            for row in connection.execute(_CARDS[tuple(sorted(wanted))], given)]


def orders(
    connection: Connection, *, state: str, after: tuple[str, int, int], most: int, wanted: Wanted,
) -> list[tuple[Place, ListedOrder]]:
    """Supervision orders in a state, first due first, after the key (due on, case id, seq). `wanted`: park, department,
    process."""
    given = {**dict(zip(("due_on", "case_id", "seq"), after, strict=True)), "state": state, "most": most, **_given(wanted)}
    return [(Place._make(row[1:4]), ListedOrder(row[0], OrderRow._make(row[4:])))
            for row in connection.execute(_ORDERS[tuple(sorted(wanted))], given)]


def messages(
    connection: Connection, *, recipients: Sequence[str], before: tuple[datetime, int, int, int], is_unread: bool, most: int,
) -> list[tuple[Place, ListedNotification]]:
    """What recipients were told, newest first, before the key (created at, case id, seq, place)."""
    given = {**dict(zip(("created_at", "case_id", "seq", "place"), before, strict=True)), "recipients": list(recipients),
             "most": most}
    return [(Place._make(row[1:4]), ListedNotification(row[0], NotificationRow._make(row[4:])))
            for row in connection.execute(_MESSAGES[is_unread], given)]


def concluded(connection: Connection, *, since_on: str, wanted: Wanted) -> list[tuple[Place, str, int]]:
    """How many cases were concluded since a day, by place and how they came out. `wanted` as for orders."""
    given = {"since_on": since_on, **_given(wanted)}
    return [(Place._make(row[:3]), row[3] or "", int(row[4]))
            for row in connection.execute(_CONCLUDED[tuple(sorted(wanted))], given)]


def _running(
    connection: Connection, statements: Mapping[tuple[str, ...], Select[Any]], given: dict[str, object], wanted: Wanted,
) -> list[RunningRow]:
    found = connection.execute(statements[tuple(sorted(wanted))], {**given, **_given(wanted)})
    return [RunningRow(row[0], row[1], row[2], ClockRow._make(row[3:])) for row in found]


def _given(wanted: Wanted) -> dict[str, object]:
    return {f"of_{name}": list(values) for name, values in wanted.items()}
