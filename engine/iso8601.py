"""The ISO 8601 forms a timer may use: instants, durations and repeating intervals (ISO 8601-1:2019 §5.4–5.6).

Bounded on purpose: a diagram is a stranger's text. Durations are positive and at most a hundred years, a cycle's period is
at least a minute, so no timer can make the engine spin.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.calendar import SHANGHAI

_DURATION = re.compile(
    r"P(?:(?P<weeks>\d{1,6})W|(?=.)(?:(?P<years>\d{1,6})Y)?(?:(?P<months>\d{1,6})M)?(?:(?P<days>\d{1,6})D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d{1,7})H)?(?:(?P<minutes>\d{1,8})M)?(?:(?P<seconds>\d{1,9}(?:\.\d{1,6})?)S)?)?)\Z")
_CENTURY = timedelta(days=36525)
SHORTEST_PERIOD = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Duration:
    """A length of time: whole calendar months and an exact rest."""

    months: int
    rest: timedelta

    def after(self, start: datetime) -> datetime:
        """`start` plus this duration; a month without the day ends on its last day (民法典 art. 202)."""
        year, month = divmod(start.year * 12 + start.month - 1 + self.months, 12)
        moved = start.replace(year=year, month=month + 1, day=1)
        return moved.replace(day=min(start.day, _month_length(year, month + 1))) + self.rest


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    """A repeating interval. `repetitions`: number of firings, None without end. `start`: first firing, None: one
    `period` after the wait opens."""

    repetitions: int | None
    start: datetime | None
    period: Duration


def parse_instant(text: str) -> datetime:
    """An aware instant. A time without an offset is Asia/Shanghai. Raises ValueError with a sentence."""
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"“{text}” is not an ISO 8601 date and time such as 2026-02-11T09:00+08:00") from None
    return at if at.tzinfo is not None else at.replace(tzinfo=SHANGHAI)


def parse_duration(text: str) -> Duration:
    """A positive duration of at most a hundred years. Raises ValueError with a sentence."""
    match = _DURATION.match(text.strip())
    if match is None:
        raise ValueError(f"“{text}” is not an ISO 8601 duration such as P5D or PT4H")
    part = {key: float(value) for key, value in match.groupdict().items() if value is not None}
    months = int(part.get("years", 0)) * 12 + int(part.get("months", 0))
    rest = timedelta(weeks=part.get("weeks", 0), days=part.get("days", 0), hours=part.get("hours", 0),
                     minutes=part.get("minutes", 0), seconds=part.get("seconds", 0))
    if months > 1200 or rest > _CENTURY:
        raise ValueError(f"“{text}” is longer than a hundred years")
    return Duration(months=months, rest=rest)


def parse_cycle(text: str) -> Cycle:
    """``R3/PT1H``, ``R/2026-01-01T09:00+08:00/P1D``. Raises ValueError with a sentence."""
    parts = text.strip().split("/")
    if not re.fullmatch(r"R\d{0,6}", parts[0]) or len(parts) not in (2, 3):
        raise ValueError(f"“{text}” is not an ISO 8601 repeating interval such as R3/PT1H; cron is not understood")
    period = parse_duration(parts[-1])
    if period.months == 0 and period.rest < SHORTEST_PERIOD:
        raise ValueError(f"“{text}” repeats more often than once a minute")
    return Cycle(repetitions=int(parts[0][1:]) if len(parts[0]) > 1 else None,
                 start=parse_instant(parts[1]) if len(parts) == 3 else None, period=period)


def _month_length(year: int, month: int) -> int:
    following = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=SHANGHAI)
    return (following - timedelta(days=1)).day
