"""What the model of time (`time_model`) is made of: days that are worked, by calendars that are not ours; clocks and what stops
them.

Uses nothing of the engine, and decides nothing: what starts, moves and ends a clock is the model's.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

import chinese_calendar

from tests.engine import limits_oracle as oracle

Length = tuple[int, str]
OFFICE = ("promised", "target", "statutory")
FIXED = ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))
CERTAIN_2027 = {date(2027, *day) for day in ((2, 5), (2, 6), (2, 7), (2, 8), (4, 5), (6, 9), (9, 15))}
NOTICE_2027 = Path(__file__).parent / "data" / "2027_fixture.json"


@cache
def works(day: date) -> bool:
    """A working day, as far as it was known in 2026."""
    if day.year <= 2026:
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < 5 and (day.month, day.day) not in FIXED and day not in CERTAIN_2027


@cache
def works_by_the_notice_of_2027(day: date) -> bool:
    """The same, once that notice is out."""
    for holiday in json.loads(NOTICE_2027.read_text())["holidays"]:
        if holiday["first"] <= day.isoformat() <= holiday["last"]:
            return False
        if day.isoformat() in holiday.get("make_up", ()):
            return True
    return works(day)


@dataclass
class Clock:
    """A limit that runs, or ran. `due`: a date, or a minute; None while it is stopped."""

    name: str
    kind: str
    length: Length
    since: datetime
    event: str = "accepted"
    rolls: bool = True
    extra: int = 0
    due: str | None = None
    is_provisional: bool = False
    version: int = 1
    has_lapsed: bool = False
    told: set[str] = field(default_factory=set)
    stopped_on: date | None = None

    @property
    def due_on(self) -> date | None:
        """Its last day."""
        return None if self.due is None else date.fromisoformat(self.due[:10])

    @property
    def lapses_at(self) -> datetime | None:
        """From when on it is late: midnight after a day, a minute itself."""
        if self.due is None:
            return None
        return datetime.fromisoformat(self.due) if "T" in self.due else datetime.fromisoformat(self.due) + timedelta(days=1)


@dataclass
class Stop:
    """Days that do not count: after `start`, up to and including `end`."""

    kind: str
    ground: str
    start: date
    end: date | None = None


@dataclass
class Order:
    """A supervision order."""

    state: str = "open"
    replied_by: str = ""


def counted(
    clock: Clock, works: oracle.Works, stops: list[Stop], *, published_until: int,
) -> tuple[str | None, bool]:
    """When a clock is due, and whether that is provisional. The office's clocks stand still during every stop; the time for
    handing over only while a hold lasts; nothing else does."""
    stopping = [(stop.start, stop.end) for stop in stops
                if clock.kind in (*OFFICE, "stage") or (clock.kind == "hand_over" and stop.kind == "hold")]
    amount, unit = clock.length
    due = oracle.due(works, unit, amount, clock.since, event=clock.event, roll=clock.rolls, stops=stopping, extra=clock.extra)
    return (None, False) if due is None else (due.isoformat()[:16], max(clock.since.year, due.year) > published_until)
