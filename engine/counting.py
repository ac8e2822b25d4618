"""Counted days: the days of one sort (working days, or all days) that are not stopped.

Decides on which day a count ends, with stops left out. A stop `(start, end]` uses its first day and leaves out the days
after it up to and including its last (行政许可法 art. 45; the edges by 民法典 art. 201: the day of the event is not
counted). The count jumps over each stop by the number of days of its sort that it covers, so it costs a few look-ups a
stop and none for the length.

::

    base      1    2    3   start            end   4    5
    ──┼───────┼────┼────┼────┼════════════════┼────┼────┼──▶      the 5th counted day after base
                             └ used    └ left out ┘
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import product

from engine.calendar import LAST_ORDINAL, LAST_YEAR, Calendar
from engine.errors import InvalidInput
from engine.sentences import say


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    """A stop of the count: `start` is used, the days after it up to and including `end` are not. `end` None: still
    stopped. `ground`: one of art. 45, or the rule or order it rests on."""

    start: date
    end: date | None
    ground: str

    def __post_init__(self) -> None:
        if self.end is not None and self.end < self.start:
            raise InvalidInput("suspensions", say(
                "a suspension ends on {end}, before it begins on {start}", end=self.end, start=self.start))


# A stop as ordinals: days in (start, end] are not counted; end None: until further notice.
Gap = tuple[int, int | None]


def merged(suspensions: Iterable[Suspension]) -> tuple[Gap, ...]:
    """The stops in order, overlapping and adjoining ones made one: each day is left out once."""
    stops: list[Gap] = []
    for suspension in sorted(suspensions, key=lambda each: each.start):
        start, end = suspension.start.toordinal(), suspension.end.toordinal() if suspension.end else None
        if stops and (stops[-1][1] is None or start <= stops[-1][1]):
            first, until = stops[-1]
            stops[-1] = (first, None if until is None or end is None else max(until, end))
        else:
            stops.append((start, end))
    return tuple(stops)


def shared(children: Iterable[Iterable[Suspension]], *, any_stops: bool = False) -> tuple[Suspension, ...]:
    """The stops of a parent's clock: while all of its children are stopped, or with `any_stops` while one of them is (domain
    rules §3.2). `children`: the stops of each open mandatory child on the critical path; none gives none. A child never stops
    its siblings: each is counted by its own stops."""
    gaps = [merged(stops) for stops in children]
    if any_stops:
        return tuple(_suspension(gap) for gap in merged(_suspension(gap) for each in gaps for gap in each))
    if not gaps:
        return ()
    found = gaps[0]
    for other in gaps[1:]:
        found = tuple(_overlaps(found, other))
    return tuple(_suspension(gap) for gap in found)


def _overlaps(one: Iterable[Gap], other: tuple[Gap, ...]) -> Iterator[Gap]:
    for (first, until), (begins, ends) in product(one, other):
        start = max(first, begins)
        end = ends if until is None else until if ends is None else min(until, ends)
        if end is None or start < end:
            yield start, end


def _suspension(gap: Gap) -> Suspension:
    return Suspension(start=date.fromordinal(gap[0]), end=_end(gap[1]), ground="children")


def _end(ordinal: int | None) -> date | None:
    return None if ordinal is None else date.fromordinal(ordinal)


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedDays:
    """What counts: working days of the calendar, or every day; in either case only while not stopped. Days are ordinals
    (`date.toordinal`); None stands for a day that an open stop still keeps unknown."""

    calendar: Calendar
    stops: tuple[Gap, ...] = ()
    only_workdays: bool = True

    def after(self, base: int, n: int) -> int | None:
        """The n-th counted day after `base`, n ≥ 1. A stop that begins on that day or later changes nothing."""
        place = self._place(base) + n
        for start, end in self.stops:
            begins = max(start, base)
            if self._day(place) <= begins:
                break
            if end is None:
                return None
            if end > begins:
                place += self._place(end) - self._place(begins)
        return self._day(place)

    def includes(self, day: int) -> bool:
        """Is the day itself counted?"""
        return self.after(day - 1, 1) == day

    def slot(self, day: int, slots: int, a_day: int) -> tuple[int | None, int]:
        """Where the last of `slots` ≥ 1 slots falls when each counted day has `a_day` of them, from the beginning of
        `day` on: on which day, and which of its slots (from 1)."""
        days, slot = divmod(slots - 1, a_day)
        return self.after(day - 1, days + 1), slot + 1

    def _place(self, day: int) -> int:
        """The number of days of this sort up to and including `day`, stopped or not."""
        return self.calendar.count(date.fromordinal(day)) if self.only_workdays else day

    def _day(self, place: int) -> int:
        if self.only_workdays:
            return self.calendar.workday_number(place).toordinal()
        if place > LAST_ORDINAL:
            raise InvalidInput("day", say("the count goes on past {last_year}, where the calendar ends", last_year=LAST_YEAR))
        return place
