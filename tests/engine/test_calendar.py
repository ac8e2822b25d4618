"""Which days are worked: the notices of 2024–2026 against a calendar made by others, and the arithmetic on them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.calendar import Calendar, HallHours
from engine.errors import InvalidInput
from engine.notices import Closure
from services.calendars import load_calendar

CALENDAR = load_calendar(Path(__file__).parents[2] / "bpmn")
DAY = timedelta(days=1)


def days_of(*years: int) -> list[date]:
    return [date(year, 1, 1) + n * DAY for year in years for n in range(365 + (year % 4 == 0))]


def test_every_day_of_2024_to_2026_is_worked_or_off_as_other_calendars_say() -> None:
    days = days_of(2024, 2025, 2026)

    differing = [day for day in days if CALENDAR.is_workday(day) != chinese_calendar.is_workday(day)]

    assert differing == []


@pytest.mark.parametrize(("day", "is_worked"), [
    ("2026-02-14", True),  # 调休: Saturday before the Spring Festival
    ("2026-02-28", True),  # 调休: Saturday
    ("2026-01-04", True),  # 调休: Sunday
    ("2026-02-16", False),  # 除夕, a Monday
    ("2026-02-23", False),  # a Monday off by exchange
    ("2026-02-24", True),  # the first day after the festival
    ("2025-10-11", True),  # 调休: Saturday
    ("2024-02-09", True),  # 除夕 2024: rest was recommended, not ordered
    ("2026-03-08", False),  # 妇女节 falls on a Sunday
    ("2024-03-08", True),  # 妇女节 on a Friday stays a working day
    ("2026-05-04", False),  # inside the Labour Day break
    ("2027-02-05", False),  # 除夕 2027: statutory
    ("2027-05-02", False),  # statutory, a Sunday
    ("2027-09-15", False),  # 中秋节 2027
    ("2027-02-09", True),  # a Tuesday: whether it will be off is not known yet
    ("2030-10-01", False),  # fixed by statute in every year
    ("2030-05-02", False),
    ("2023-05-02", True),  # 2 May is statutory since 2025
])
def test_a_day_is_worked_as_published_or_by_statute(day: str, is_worked: bool) -> None:
    assert CALENDAR.is_workday(date.fromisoformat(day)) is is_worked


@pytest.mark.parametrize(("year", "count"), [(2024, 251), (2025, 248), (2026, 248)])
def test_the_year_has_as_many_working_days_as_published(year: int, count: int) -> None:
    assert CALENDAR.workdays_between(date(year - 1, 12, 31), date(year, 12, 31)) == count


@pytest.mark.parametrize(("year", "statutory_days"), [(2024, 11), (2025, 13), (2026, 13)])
def test_each_notice_swaps_days_without_giving_or_taking_any(year: int, statutory_days: int) -> None:
    notice = next(notice for notice in CALENDAR.notices if notice.year == year)

    weekdays_off = [day for holiday in notice.holidays for day in holiday.days() if day.weekday() < 5]
    made_up = [day for holiday in notice.holidays for day in holiday.make_up]

    assert len(weekdays_off) - len(made_up) == statutory_days


def test_notices_are_known_by_their_document_numbers() -> None:
    numbers = {notice.year: notice.number for notice in CALENDAR.notices}

    assert numbers == {2024: "国办发明电〔2023〕7号", 2025: "国办发明电〔2024〕12号", 2026: "国办发明电〔2025〕7号"}


def test_counting_forth_and_back_agrees_with_walking_the_days() -> None:
    worked = [day for day in days_of(2025, 2026) if CALENDAR.is_workday(day)]

    for place, day in enumerate(worked[30:-30], start=30):
        assert CALENDAR.workday_after(day, 17) == worked[place + 17]
        assert CALENDAR.workday_after(day, -17) == worked[place - 17]
        assert CALENDAR.workdays_between(day, worked[place + 17]) == 17
        assert CALENDAR.workdays_between(worked[place + 17], day) == -17


@pytest.mark.parametrize(("day", "previous", "following"), [
    ("2026-02-18", "2026-02-14", "2026-02-24"),  # inside the Spring Festival, between its make-up Saturday and its end
    ("2026-02-14", "2026-02-14", "2026-02-14"),  # a make-up Saturday is itself a working day
    ("2026-10-04", "2026-09-30", "2026-10-08"),
    ("2026-01-01", "2025-12-31", "2026-01-04"),  # the New Year's make-up Sunday
    ("2026-12-31", "2026-12-31", "2026-12-31"),
    ("2027-01-01", "2026-12-31", "2027-01-04"),
])
def test_the_nearest_working_days_of_a_day(day: str, previous: str, following: str) -> None:
    asked = date.fromisoformat(day)

    assert CALENDAR.previous_workday(asked) == date.fromisoformat(previous)
    assert CALENDAR.next_workday(asked) == date.fromisoformat(following)


def test_a_closure_takes_its_days_out_of_a_new_calendar_only() -> None:
    flood = Closure(first=date(2026, 7, 6), last=date(2026, 7, 7), reference="停办公告")

    closed = CALENDAR.with_closures([flood])

    assert not closed.is_workday(date(2026, 7, 6)) and not closed.is_workday(date(2026, 7, 7))
    assert closed.is_workday(date(2026, 7, 8)) and CALENDAR.is_workday(date(2026, 7, 6))
    assert closed.workdays_between(date(2026, 7, 1), date(2026, 7, 31)) == 20


def test_a_closure_also_closes_a_make_up_saturday() -> None:
    frost = Closure(first=date(2026, 2, 13), last=date(2026, 2, 14), reference="冰冻停办")

    assert CALENDAR.with_closures([frost]).next_workday(date(2026, 2, 13)) == date(2026, 2, 24)


def test_overlapping_closures_count_once() -> None:
    first = Closure(first=date(2026, 7, 6), last=date(2026, 7, 8), reference="a")
    second = Closure(first=date(2026, 7, 8), last=date(2026, 7, 9), reference="b")

    assert CALENDAR.with_closures([first, second]).workdays_between(date(2026, 7, 5), date(2026, 7, 10)) == 1


@pytest.mark.parametrize(("first", "last", "is_provisional"), [
    ("2024-01-01", "2026-12-31", False),
    ("2026-12-31", "2027-01-01", True),
    ("2023-12-31", "2024-01-02", True),
    ("2020-01-01", "2030-01-01", True),  # passes through unpublished years at both ends
    ("1990-05-01", "1990-05-02", True),
])
def test_a_span_is_provisional_when_it_touches_a_year_without_a_notice(
    first: str, last: str, is_provisional: bool,
) -> None:
    assert CALENDAR.is_provisional(date.fromisoformat(first), date.fromisoformat(last)) is is_provisional


def test_years_far_away_are_answered_and_marked() -> None:
    assert CALENDAR.is_workday(date(1990, 6, 4)) and not CALENDAR.is_published(1990)
    assert CALENDAR.workday_after(date(2099, 12, 31), 1) == date(2100, 1, 4)


@pytest.mark.parametrize("day", [date(1979, 12, 31), date(2101, 1, 1), date.min, date.max])
def test_a_day_beyond_the_calendar_is_refused(day: date) -> None:
    with pytest.raises(InvalidInput, match="1980–2100"):
        CALENDAR.is_workday(day)


@pytest.mark.parametrize(("day", "n"), [(date(2100, 12, 31), 1), (date(1980, 1, 1), -1), (date(2026, 1, 1), 10**12)])
def test_a_count_that_leaves_the_calendar_is_refused(day: date, n: int) -> None:
    with pytest.raises(InvalidInput, match="1980–2100"):
        CALENDAR.workday_after(day, n)


def test_calendars_are_equal_when_they_rest_on_the_same_law() -> None:
    closure = Closure(first=date(2026, 12, 31), last=date(2026, 12, 31), reference="停办公告")

    again = load_calendar(Path(__file__).parents[2] / "bpmn")

    assert again == CALENDAR
    assert again.with_closures([closure]) != CALENDAR


def test_the_days_a_closure_changes_are_the_worked_ones_it_covers() -> None:
    week = Closure(first=date(2026, 7, 4), last=date(2026, 7, 12), reference="停办公告")  # Saturday to Sunday
    weekend = Closure(first=date(2026, 7, 4), last=date(2026, 7, 5), reference="停办公告")

    assert CALENDAR.changed_days(CALENDAR.with_closures([week])) == (date(2026, 7, 6), date(2026, 7, 10))
    assert CALENDAR.with_closures([week]).changed_days(CALENDAR) == (date(2026, 7, 6), date(2026, 7, 10))
    assert CALENDAR.changed_days(CALENDAR.with_closures([weekend])) is None
    assert CALENDAR.changed_days(CALENDAR) is None


def test_the_days_a_notice_changes_reach_over_its_year_and_what_it_exchanges_around_it() -> None:
    until_2025 = replace(CALENDAR, notices=CALENDAR.notices[:2])
    new_year = replace(CALENDAR.notices[2].holidays[0], first=date(2025, 12, 31), make_up=(date(2025, 12, 28),))
    early = replace(CALENDAR.notices[2], holidays=(new_year, *CALENDAR.notices[2].holidays[1:]))

    assert until_2025.changed_days(CALENDAR) == (date(2026, 1, 1), date(2026, 12, 31))
    assert until_2025.changed_days(replace(CALENDAR, notices=(*CALENDAR.notices[:2], early))) == (
        date(2025, 12, 28), date(2026, 12, 31))


def test_a_corrected_notice_changes_only_the_days_it_corrects() -> None:
    corrected = replace(CALENDAR.notices[2], holidays=tuple(
        replace(holiday, make_up=()) if holiday.name == "劳动节" else holiday for holiday in CALENDAR.notices[2].holidays))

    changed = CALENDAR.changed_days(replace(CALENDAR, notices=(*CALENDAR.notices[:2], corrected)))

    assert changed == (date(2026, 5, 9), date(2026, 5, 9))


@given(st.lists(st.tuples(st.dates(date(1980, 1, 1), date(2100, 12, 31)), st.integers(0, 40)), max_size=3))
@settings(max_examples=25, deadline=None)
def test_no_day_outside_the_changed_days_is_counted_otherwise(spells: list[tuple[date, int]]) -> None:
    closures = [Closure(first=first, last=min(first + n * DAY, date(2100, 12, 31)), reference="停办") for first, n in spells]
    closed = CALENDAR.with_closures(closures)

    days = CALENDAR.differing_days(closed)

    assert days == sorted({day for closure in closures for day in closure.days() if CALENDAR.is_workday(day)})
    assert CALENDAR.changed_days(closed) == ((days[0], days[-1]) if days else None)


def test_two_notices_for_one_year_are_refused() -> None:
    notice = CALENDAR.notices[0]

    with pytest.raises(InvalidInput, match="2024 has two notices"):
        Calendar(notices=(notice, notice))


def test_the_hall_works_seven_hours_a_day_around_its_lunch() -> None:
    hours = HallHours()

    assert hours.minutes == 7 * 60
    assert [hours.worked(minute) for minute in (0, 540, 541, 720, 750, 780, 781, 1020, 1439)] == [
        0, 0, 1, 180, 180, 180, 181, 420, 420]
    assert [hours.reached(worked) for worked in (1, 180, 181, 420)] == [541, 720, 781, 1020]


def test_hall_hours_out_of_order_are_refused() -> None:
    with pytest.raises(InvalidInput, match="in this order"):
        HallHours(opens=600, breaks=540)
