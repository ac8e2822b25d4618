"""Running clocks as supervisors ask for them: what is overdue, what will be soon, in the order in which it lapses.

Reads only. Overdue is what the law calls so: the instant of the lapse is over, whether or not the machine has noticed yet. Due
within N working days is what has at most N left after today, as the list itself counts them: 0 is the rest of today and the
days off that follow it. A clock that a stop holds still has no deadline and is in no list.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import Connection

from engine.calendar import SHANGHAI, Calendar
from engine.case import Case, local_day
from engine.clocks import Clock
from engine.errors import InvalidInput
from engine.limits import LimitKind, remaining_workdays
from engine.sentences import say
from engine.supervision import Lamp
from services.folded import fold_of_bytes
from services.lamps import clock_lamp
from services.office import Office
from services.store import clocks as store
from services.store.clocks import FIRST, LAST_CASE, Key, RunningRow

MOST_WORKDAYS = 250
"""A year ahead; a list of what is due later is a list of everything."""

_PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which running clocks: those that lapse after the key `after` and by `until`; of a kind, process, park, None for any."""

    after: Key
    until: datetime
    kind: LimitKind | None = None
    process: str | None = None
    park: str | None = None

    @property
    def wanted(self) -> dict[str, str]:
        """What is asked beyond the span of time, by column."""
        kind = None if self.kind is None else self.kind.value
        return {name: value for name, value in (("kind", kind), ("process", self.process), ("park", self.park))
                if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A running clock in a list. `late_workdays`: how many working days have passed since its last day, 0 while it is not over;
    `left_workdays`: how many are left after today, 0 on the last day and after. `key`: its place in the list."""

    key: Key
    case: Case
    matter: str
    clock: Clock
    lamp: Lamp
    late_workdays: int
    left_workdays: int


def overdue(now: datetime) -> tuple[Key, datetime]:
    """The span of what has lapsed: after which key, until when."""
    return FIRST, now


def due_within(calendar: Calendar, workdays: int, now: datetime) -> tuple[Key, datetime]:
    """The span of what has not lapsed and has at most so many working days left. Raises InvalidInput beyond a year."""
    if not 0 <= workdays <= MOST_WORKDAYS:
        raise InvalidInput("due_within", say(
            "expected 0 to {most} working days, found {found}", most=MOST_WORKDAYS, found=workdays))
    beyond = calendar.workday_after(local_day(now), workdays + 1)
    return _after(now), datetime.combine(beyond, time(), SHANGHAI).astimezone(UTC)


def whenever() -> tuple[Key, datetime]:
    """The span of every clock that has a deadline."""
    return FIRST, datetime.max.replace(tzinfo=UTC) - timedelta(days=1)


def asked(
    office: Office, *, is_overdue: bool, within: int | None, kind: LimitKind | None, process: str | None, park: str | None,
    now: datetime,
) -> Asked:
    """What a door was asked for: what is overdue, or due within so many working days of the park's calendar, or, with neither,
    every clock that has a deadline. Raises InvalidInput for both."""
    if is_overdue and within is not None:
        raise InvalidInput("due_within", "what is overdue is due no more: ask for one of the two")
    if within is not None:
        after, until = due_within(office.law.calendar(park=park or ""), within, now)
    else:
        after, until = overdue(now) if is_overdue else whenever()
    return Asked(after=after, until=until, kind=kind, process=process, park=park)


def running(
    connection: Connection, office: Office, which: Asked, *, now: datetime, most: int, after: Key | None = None,
) -> list[Running]:
    """The first of the clocks that were asked for; after a key, the next ones."""
    rows = store.running_page(connection, after=which.after if after is None else max(after, which.after), until=which.until,
                              most=most, **which.wanted)
    return [_running(office, row, now) for row in rows]


def walk(connection: Connection, office: Office, which: Asked, *, now: datetime, most: int) -> Iterator[Running]:
    """All of them, at most so many, read page by page."""
    after, left = which.after, most
    while left > 0:
        page = running(connection, office, which, now=now, most=min(left, _PAGE), after=after)
        yield from page
        if len(page) < min(left, _PAGE):
            return
        after, left = page[-1].key, left - len(page)


def count(connection: Connection, which: Asked) -> int:
    """How many there are."""
    return store.running_count(connection, after=which.after, until=which.until, **which.wanted)


def _running(office: Office, row: RunningRow, now: datetime) -> Running:
    case = fold_of_bytes(row.fold)
    clock = case.clock(row.clock.clock)
    assert clock is not None and clock.due_on is not None and row.clock.lapses_at is not None
    left = remaining_workdays(office.general_terms(case).calendar, local_day(now), clock.due_on)
    return Running(key=Key(row.clock.lapses_at, row.clock.case_id, row.clock.clock), case=case, matter=row.matter, clock=clock,
                   lamp=clock_lamp(office, case, clock, now), late_workdays=max(-left, 0), left_workdays=max(left, 0))


def _after(now: datetime) -> Key:
    """After every clock that lapses by now."""
    return Key(now, LAST_CASE, "")
