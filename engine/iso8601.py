"""The ISO 8601 forms a timer may use: instants, durations and repeating intervals (ISO 8601-1:2019 §5.4–5.6).

Bounded on purpose: a diagram is a stranger's text. Durations are positive and at most a hundred years, a cycle's period is
at least a minute, so no timer can make the engine spin.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from engine.calendar import SHANGHAI
from engine.sentences import say

_DURATION = re.compile(
    r"P(?:(?P<weeks>\d{1,6})W|(?=.)(?:(?P<years>\d{1,6})Y)?(?:(?P<months>\d{1,6})M)?(?:(?P<days>\d{1,6})D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d{1,7})H)?(?:(?P<minutes>\d{1,8})M)?(?:(?P<seconds>\d{1,9}(?:\.\d{1,6})?)S)?)?)\Z", re.ASCII)
_CYCLE = re.compile(r"R(?P<repetitions>\d{0,6})\Z", re.ASCII)
_CENTURY = timedelta(days=36525)
_SHORTEST_MONTH = timedelta(days=28)
SHORTEST_PERIOD = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Duration:
    """A length of time: whole calendar months and an exact rest."""

    months: int
    rest: timedelta

    def after(self, start: datetime) -> datetime:
        """`start` plus this duration; a month without the day ends on its last day (民法典 art. 202). Raises ValueError
        past the year 9999."""
        year, month = divmod(start.year * 12 + start.month - 1 + self.months, 12)
        try:
            return start.replace(year=year, month=month + 1, day=min(start.day, monthrange(year, month + 1)[1])) + self.rest
        except (ValueError, OverflowError):
            raise ValueError(say("the instant this long after {start:%Y-%m-%d} lies past the year 9999", start=start)) from None

    def times(self, count: int) -> Duration:
        """This duration, `count` times over."""
        return Duration(months=self.months * count, rest=self.rest * count)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    """A repeating interval. `repetitions`: number of firings, None without end. `start`: first firing, None: one
    `period` after the wait opens."""

    repetitions: int | None
    start: datetime | None
    period: Duration

    def first(self, opened_at: datetime) -> datetime:
        """The first firing for a wait that opened at this instant. What a start long past would have fired before is not
        made up for: a start in 2020 and a period of a minute would ring three million times. Raises ValueError past the
        year 9999."""
        start = self.start
        if start is None:
            return self.period.after(opened_at)
        if start >= opened_at:
            return start
        most = (opened_at - start) // (_SHORTEST_MONTH * self.period.months + self.period.rest) + 1
        return self.period.times(bisect_left(
            range(most), opened_at, key=lambda count: self.period.times(count).after(start))).after(start)


def parse_instant(text: str) -> datetime:
    """An aware instant. A time without an offset is Asia/Shanghai. Raises ValueError with a sentence."""
    try:
        found = datetime.fromisoformat(text.strip())
        at = found if found.tzinfo is not None else found.replace(tzinfo=SHANGHAI)
        at.astimezone(UTC)  # an offset can push the first and the last day of all out of what can be told
    except (ValueError, OverflowError):
        raise ValueError(say(
            "“{text}” is not an ISO 8601 date and time such as 2026-02-11T09:00+08:00", text=text)) from None
    return at


@lru_cache(maxsize=1024)  # the few texts of the deployed diagrams, at every step
def parse_duration(text: str) -> Duration:
    """A positive duration of at most a hundred years. Raises ValueError with a sentence."""
    match = _DURATION.match(text.strip())
    if match is None:
        raise ValueError(say("“{text}” is not an ISO 8601 duration such as P5D or PT4H", text=text))
    part = {key: float(value) for key, value in match.groupdict().items() if value is not None}
    months = int(part.get("years", 0)) * 12 + int(part.get("months", 0))
    rest = timedelta(weeks=part.get("weeks", 0), days=part.get("days", 0), hours=part.get("hours", 0),
                     minutes=part.get("minutes", 0), seconds=part.get("seconds", 0))
    if months > 1200 or rest > _CENTURY:
        raise ValueError(say("“{text}” is longer than a hundred years", text=text))
    return Duration(months=months, rest=rest)


def parse_cycle(text: str) -> Cycle:
    """``R3/PT1H``, ``R/2026-01-01T09:00+08:00/P1D``. Raises ValueError with a sentence."""
    parts = text.strip().split("/")
    match = _CYCLE.match(parts[0])
    if match is None or len(parts) not in (2, 3):
        raise ValueError(say(
            "“{text}” is not an ISO 8601 repeating interval such as R3/PT1H; cron is not understood", text=text))
    period = parse_duration(parts[-1])
    if period.months == 0 and period.rest < SHORTEST_PERIOD:
        raise ValueError(say("“{text}” repeats more often than once a minute", text=text))
    return Cycle(repetitions=int(match["repetitions"]) if match["repetitions"] else None,
                 start=parse_instant(parts[1]) if len(parts) == 3 else None, period=period)
