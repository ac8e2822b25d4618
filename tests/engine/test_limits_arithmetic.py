"""Limits counted backward, in batches and in how many steps; days left."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from engine.calendar import SHANGHAI
from engine.errors import InvalidInput
from engine.limits import Limit, Unit, batch_due, deadline, latest_start, remaining_workdays
from engine.notices import Closure
from services.calendars import load_calendar

CALENDAR = load_calendar(Path(__file__).parents[2] / "bpmn")


@pytest.mark.parametrize(("unit", "amount", "day", "expected"), [
    ("calendar_day", 20, "2026-03-02", "2026-02-09"),
    ("calendar_day", 0, "2026-03-02", "2026-03-01"),
    ("workday", 1, "2026-02-25", "2026-02-23"),  # the 24th lies between; a notice may begin on the holiday before
    ("workday", 5, "2026-02-27", "2026-02-12"),  # 13, 14, 24, 25, 26
    ("month", 1, "2026-03-31", "2026-02-28"),  # to 28 March; from 1 March it would reach 1 April
    ("month", 1, "2025-03-01", "2025-01-31"),  # every day from the 28th reaches 28 February
])
def test_the_latest_start_leaves_the_whole_limit_before_the_day(
    unit: str, amount: int, day: str, expected: str,
) -> None:
    found = latest_start(CALENDAR, Limit(amount=amount, unit=Unit(unit)), date.fromisoformat(day))

    assert found == date.fromisoformat(expected)


def test_the_latest_start_of_working_days_goes_around_a_closure() -> None:
    calendar = CALENDAR.with_closures([Closure(first=date(2026, 7, 6), last=date(2026, 7, 7), reference="停办公告")])

    found = latest_start(calendar, Limit(amount=3), date(2026, 7, 10))

    assert found == date(2026, 7, 2)  # 3, 8 and 9 July lie between


@pytest.mark.parametrize("count_first_day", [False, True])
@pytest.mark.parametrize("unit", [Unit.WORKDAY, Unit.CALENDAR_DAY, Unit.MONTH])
@pytest.mark.parametrize("amount", [1, 2, 7])
def test_a_notice_begun_one_day_after_the_latest_start_would_not_be_over(
    unit: Unit, amount: int, count_first_day: bool,
) -> None:
    limit = Limit(amount=amount, unit=unit, count_first_day=count_first_day, roll_off_holiday=False)

    for offset in range(366):
        day = date(2025, 9, 1) + timedelta(days=offset)
        start = datetime.combine(latest_start(CALENDAR, limit, day), time(), SHANGHAI)
        in_time, too_late = (deadline(CALENDAR, limit, start + timedelta(days=late)).due_on for late in (0, 1))

        assert in_time is not None and too_late is not None and in_time < day <= too_late


def test_a_latest_start_in_hours_is_refused() -> None:
    with pytest.raises(InvalidInput, match="days or months"):
        latest_start(CALENDAR, Limit(amount=3, unit=Unit.HOUR), date(2026, 3, 2))


@pytest.mark.parametrize(("today", "due_on", "left"), [
    ("2026-02-13", "2026-02-24", 2),
    ("2026-02-24", "2026-02-24", 0),
    ("2026-02-26", "2026-02-24", -2),
    ("2026-02-16", "2026-02-24", 1),
])
def test_the_days_left_are_working_days_and_negative_when_late(today: str, due_on: str, left: int) -> None:
    assert remaining_workdays(CALENDAR, date.fromisoformat(today), date.fromisoformat(due_on)) == left


@pytest.mark.parametrize("amount", [0, 1, 5, 45])
def test_a_batch_of_due_dates_equals_each_alone(amount: int) -> None:
    days = [date(2024, 1, 1) + timedelta(days=n) for n in range(0, 1090, 7)]

    found = batch_due(CALENDAR, amount, [day.toordinal() for day in days])

    alone = [deadline(CALENDAR, Limit(amount=amount), datetime.combine(day, time(10), SHANGHAI)).due_on for day in days]
    assert [date.fromordinal(ordinal) for ordinal in found] == alone


def test_a_batch_with_a_day_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(InvalidInput):
        batch_due(CALENDAR, 1, [date(2026, 1, 1).toordinal(), date(1979, 1, 1).toordinal()])
    with pytest.raises(InvalidInput):
        batch_due(CALENDAR, 20, [date(2100, 12, 31).toordinal()])
    assert batch_due(CALENDAR, 20, []) == []


@pytest.mark.parametrize("unit", list(Unit))
def test_a_long_limit_takes_as_few_steps_as_a_short_one(unit: Unit) -> None:
    def steps(amount: int) -> int:
        limit = Limit(amount=amount, unit=unit)
        return calls_during(lambda: deadline(CALENDAR, limit, datetime(2026, 3, 2, 10, tzinfo=SHANGHAI)))

    assert steps(500) <= steps(2) + 2


def calls_during(action: Callable[[], object]) -> int:
    """How many functions are called while `action` runs."""
    count = 0

    def note(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        action()
    finally:
        sys.setprofile(None)
    return count
