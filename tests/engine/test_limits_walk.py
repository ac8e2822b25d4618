"""Limits against a slow, independent walk from day to day (`limits_oracle`), over random questions of 2024–2026."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path

import chinese_calendar
from hypothesis import given, settings
from hypothesis import strategies as some

from engine.calendar import SHANGHAI
from engine.counting import Suspension
from engine.limits import Extension, Limit, Unit, deadline, latest_start
from engine.notices import Closure
from services.calendars import load_calendar
from tests.engine import limits_oracle as oracle

CALENDAR = load_calendar(Path(__file__).parents[2] / "bpmn")
STATUTORY_2027 = {date(2027, *day) for day in (
    (1, 1), (2, 5), (2, 6), (2, 7), (2, 8), (4, 5), (5, 1), (5, 2), (6, 9), (9, 15), (10, 1), (10, 2), (10, 3))}
FIXED = ((1, 1), (5, 1), (10, 1), (10, 2), (10, 3))


@cache
def works(day: date) -> bool:
    """A working day, by calendars that are not ours."""
    if day.year in (2024, 2025, 2026):
        return bool(chinese_calendar.is_workday(day))
    if day.year >= 2025 and (day.month, day.day) == (5, 2):
        return False
    return day.weekday() < 5 and (day.month, day.day) not in FIXED and day not in STATUTORY_2027


LENGTHS = {Unit.WORKDAY: 60, Unit.HALF_DAY: 30, Unit.WORKING_HOUR: 30, Unit.HOUR: 60, Unit.CALENDAR_DAY: 90,
           Unit.MONTH: 6}
days = some.dates(date(2024, 1, 1), date(2026, 12, 31))
instants = some.builds(
    lambda day, hour, minute: datetime.combine(day, time(hour, minute), SHANGHAI),
    days, some.integers(0, 23), some.sampled_from((0, 1, 30, 59)))
after = some.integers(-10, 60)  # days from the event to a stop or closure
stops = some.lists(some.tuples(after, some.none() | some.integers(0, 30)), max_size=3)
closings = some.lists(some.tuples(after, some.integers(0, 4)), max_size=2)


@settings(derandomize=True, max_examples=500, deadline=None, database=None)
@given(at=instants, unit=some.sampled_from(Unit), share=some.floats(0, 1),
       event=some.sampled_from(("accepted", "submitted")), count_first_day=some.booleans(), roll=some.booleans(),
       stops=stops, extra=some.integers(0, 10), closings=closings)
def test_any_limit_is_due_when_a_walk_from_day_to_day_says_so(
    at: datetime, unit: Unit, share: float, event: str, count_first_day: bool, roll: bool,
    stops: list[tuple[int, int | None]], extra: int, closings: list[tuple[int, int]],
) -> None:
    amount = int(share * LENGTHS[unit])
    suspensions = [
        Suspension(start=start, end=None if length is None else start + timedelta(days=length), ground="testing")
        for offset, length in stops for start in (at.date() + timedelta(days=offset),)]
    closures = [
        Closure(first=first, last=first + timedelta(days=length), reference="停办公告")
        for offset, length in closings for first in (at.date() + timedelta(days=offset),)]

    found = deadline(
        CALENDAR.with_closures(closures), at=at, event=event, suspensions=suspensions,
        limit=Limit(amount=amount, unit=unit, count_first_day=count_first_day, roll_off_holiday=roll),
        extensions=[Extension(amount=extra, unit=unit)])

    walked = oracle.due(
        lambda day: works(day) and not any(closure.first <= day <= closure.last for closure in closures),
        unit.value, amount, at.replace(tzinfo=None), event=event, count_first_day=count_first_day, roll=roll,
        stops=[(stop.start, stop.end) for stop in suspensions], extra=extra)
    assert found.text == (None if walked is None else walked.isoformat()[:16])


@settings(derandomize=True, max_examples=300, deadline=None, database=None)
@given(day=days, unit=some.sampled_from((Unit.WORKDAY, Unit.CALENDAR_DAY)), amount=some.integers(0, 60))
def test_any_latest_start_is_where_a_walk_backward_says(day: date, unit: Unit, amount: int) -> None:
    found = latest_start(CALENDAR, Limit(amount=amount, unit=unit), day)

    assert found == oracle.latest_start(works, unit.value, amount, day)
