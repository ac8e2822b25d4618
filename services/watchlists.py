"""The clocks behind the numbers of the wall, and what is due today and on the next working day.

A number and its list cannot differ: both ask of a clock what the board counts it as, and the board says which lamp that has. So
a clock whose window alone is closed has here the lamp it has on the board; the page of its case judges it by its own calendar.

A list is walked in the order in which its clocks lapse, those that a stop holds still last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Connection

from engine.calendar import SHANGHAI
from engine.case import Case, local_day
from engine.clocks import Clock
from engine.limits import LimitKind, remaining_workdays
from engine.supervision import Lamp
from services import board, clocks
from services.board import Lit
from services.folded import fold_of_bytes
from services.lamps import clock_lamp
from services.office import Office
from services.store import reading
from services.store import watching as store
from services.store.clocks import FIRST, LAST_CASE, Key, RunningRow
from services.store.rows import Counted, TaskRow
from services.store.watching import Place, Wanted
from services.watching import PAGE, ROUNDS, Within, place_of

STILL = datetime(9000, 1, 1, tzinfo=UTC)
"""In the key of a list: a clock that is stopped, after all that lapse."""

_FOREVER = datetime(8999, 1, 1, tzinfo=UTC)
_LOOKED_AT = (LimitKind.PROMISED.value, LimitKind.TARGET.value, LimitKind.STATUTORY.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A running clock in a list, with who has its case. `lamp` as on the board. `late_workdays`, `left_workdays`: as in
    `services.clocks.Running`; both 0 while it is stopped."""

    key: Key
    case: Case
    matter: str
    clock: Clock
    lamp: Lamp
    late_workdays: int
    left_workdays: int
    tasks: tuple[TaskRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A page of a list. `next`: after which key it goes on; None: nothing follows. `total`: how many clocks the whole list has;
    None: they were not counted."""

    items: tuple[Watched, ...]
    next: Key | None
    total: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What lapses in the rest of today and on the next working day, `next_on`: how many, and which come first."""

    next_on: date
    today: int
    tomorrow: int
    first_today: tuple[Watched, ...]
    first_tomorrow: tuple[Watched, ...]


def behind(
    connection: Connection, office: Office, within: Within, *, lamp: Lamp | None, now: datetime, after: Key | None, most: int,
) -> Listed:
    """The clocks behind a number of the wall, of one lamp or of all. Two statements, where most of a span are wanted."""
    lit = {each.counted: each for each in _shown(connection, office, within, now) if lamp in (None, each.lamp)}
    instants = [_lapse(counted.due) for counted in lit if counted.due]
    parts = _Parts(first=min(instants, default=_FOREVER), last=max(instants, default=FIRST.lapses_at),
                   is_still=any(not counted.due for counted in lit))

    def judged(row: RunningRow) -> Lamp | None:
        found = lit.get(_counted(row))
        return None if found is None else found.lamp

    page = _page(connection, office, parts, {**within.wanted, "kind": _LOOKED_AT}, judged, now, after, most)
    return replace(page, total=sum(each.clocks for each in lit.values()))


def due_list(
    connection: Connection, office: Office, within: Within, *, which: str, since: datetime | None = None, now: datetime,
    after: Key | None, most: int,
) -> Listed:
    """What is due: `overdue` (lapsed, of every kind of limit; `since` an instant, None: ever), `today`, or `tomorrow`, the next
    working day."""
    middle, last = _spans(office, within, now)
    first, until = {"overdue": (since or FIRST.lapses_at, now), "today": (now, middle), "tomorrow": (middle, last)}[which]

    def judged(row: RunningRow) -> Lamp | None:
        case = fold_of_bytes(row.fold)
        clock = case.clock(row.clock.clock)
        if clock is None or not within.holds(Place(case.park, case.department, case.process)):
            return None
        return clock_lamp(office, case, clock, now)

    start = Key(first, LAST_CASE, "")
    parts = _Parts(first=first, last=until, is_still=False)
    return _page(connection, office, parts, within.wanted, judged, now, max(after or start, start), most)


def due(connection: Connection, office: Office, within: Within, *, now: datetime, most: int) -> Due:
    """What is due next. Three statements."""
    middle, last = _spans(office, within, now)
    counts = [each for each in store.in_two_spans(connection, after=now, between=middle, until=last)
              if within.holds(each.place)]
    today, tomorrow = sum(each.first for each in counts), sum(each.second for each in counts)

    def first(which: str, is_any: int) -> tuple[Watched, ...]:
        return due_list(connection, office, within, which=which, now=now, after=None, most=most).items if is_any else ()

    return Due(next_on=office.law.calendar(park=within.park or "").workday_after(local_day(now), 1), today=today,
               tomorrow=tomorrow, first_today=first("today", today), first_tomorrow=first("tomorrow", tomorrow))


def with_tasks(connection: Connection, items: Sequence[Watched]) -> tuple[Watched, ...]:
    """The same with the open tasks of their cases. One statement."""
    tasks = reading.tasks_of_cases(connection, sorted({each.key.case_id for each in items})) if items else {}
    return tuple(replace(each, tasks=tuple(tasks.get(each.key.case_id, ()))) for each in items)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """Which parts of all running clocks a list is in: a span of time, and those that are stopped."""

    first: datetime
    last: datetime
    is_still: bool


def _page(
    connection: Connection, office: Office, parts: _Parts, wanted: Wanted, judged: Callable[[RunningRow], Lamp | None],
    now: datetime, after: Key | None, most: int,
) -> Listed:
    """A page of a list. Of a short one the next begins after the last row that was read, so that none is read for ever."""
    found: list[Watched] = []
    for rows, (key, row) in enumerate(_rows(connection, parts, wanted, after, min(2 * most + 1, PAGE)), start=1):
        if (lamp := judged(row)) is not None:
            if len(found) == most:
                return Listed(items=tuple(found), next=found[-1].key)
            found.append(_watched(office, key, row, lamp, now))
        if rows == PAGE * ROUNDS:
            return Listed(items=tuple(found), next=key)
    return Listed(items=tuple(found), next=None)


def _rows(
    connection: Connection, parts: _Parts, wanted: Wanted, after: Key | None, first: int,
) -> Iterator[tuple[Key, RunningRow]]:
    """The rows of a list after a key; `first`: how many are fetched at first, in the hope that they are wanted."""
    most = first
    at = after or Key(parts.first - timedelta(microseconds=1), LAST_CASE, "")
    while at.lapses_at <= parts.last:
        page = store.lapsing(connection, after=at, until=parts.last, most=most, wanted=wanted)
        for row in page:
            assert row.clock.lapses_at is not None
            at = Key(row.clock.lapses_at, row.clock.case_id, row.clock.clock)
            yield at, row
        if len(page) < most:
            break
        most = PAGE
    if not parts.is_still:
        return
    place = (at.case_id, at.clock) if at.lapses_at == STILL else (0, "")
    while True:
        page = store.stopped(connection, after=place, most=PAGE, wanted=wanted)
        for row in page:
            place = row.clock.case_id, row.clock.clock
            yield Key(STILL, *place), row
        if len(page) < PAGE:
            return


def _shown(connection: Connection, office: Office, within: Within, now: datetime) -> list[Lit]:
    """What the wall counts: of each place the clocks people look at there."""
    lit = [each for each in board.lit(connection, office, now=now) if within.holds(_place(each.counted))]
    looked_at = {(place_of(group), kind.value) for group in board.grouped(lit, {}) for kind in group.looked_at}
    return [each for each in lit if (_place(each.counted), each.counted.kind) in looked_at]


def _spans(office: Office, within: Within, now: datetime) -> tuple[datetime, datetime]:
    """When the rest of today is over, with the days off that follow it, and the next working day, with those that follow."""
    calendar = office.law.calendar(park=within.park or "")
    return clocks.due_within(calendar, 0, now)[1], clocks.due_within(calendar, 1, now)[1]


def _counted(row: RunningRow) -> Counted:
    clock = row.clock
    return Counted(clock.process, clock.park, clock.department, clock.kind, clock.amount, clock.unit, clock.due or "",
                   clock.is_provisional)


def _lapse(due: str) -> datetime:
    """The instant at which a clock lapses that is due on a day or at a minute."""
    if "T" in due:
        return datetime.fromisoformat(due).replace(tzinfo=SHANGHAI).astimezone(UTC)
    return datetime.combine(date.fromisoformat(due) + timedelta(days=1), time(), SHANGHAI).astimezone(UTC)


def _watched(office: Office, key: Key, row: RunningRow, lamp: Lamp, now: datetime) -> Watched:
    case = fold_of_bytes(row.fold)
    clock = case.clock(row.clock.clock)
    assert clock is not None
    left = 0
    if clock.due_on is not None:
        left = remaining_workdays(office.general_terms(case).calendar, local_day(now), clock.due_on)
    return Watched(key=key, case=case, matter=row.matter, clock=clock, lamp=lamp, late_workdays=max(-left, 0),
                   left_workdays=max(left, 0))


def _place(counted: Counted) -> Place:
    return Place(counted.park, counted.department, counted.process)
