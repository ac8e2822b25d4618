"""Which of the things that bear on a day is named, and that none of them contradicts the calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from engine.calendar import Calendar
from engine.day_sort import STATUTE, DaySort, DaySorts
from engine.notices import Closure, Holiday, Notice
from services.calendars import load_calendar

CALENDAR = load_calendar(Path(__file__).parents[2] / "bpmn")
CLOSED = CALENDAR.with_closures([
    Closure(first=date(2026, 2, 13), last=date(2026, 2, 15), reference="岳园办〔2026〕3号"),
    Closure(first=date(2026, 2, 13), last=date(2026, 2, 13), reference="岳防汛〔2026〕1号")])
NOTICE = "国办发明电〔2025〕7号"


@pytest.mark.parametrize(("calendar", "day", "sort"), [
    (CALENDAR, date(2026, 2, 13), DaySort(code="workday", phrase="周五")),
    (CALENDAR, date(2026, 2, 14), DaySort(code="make_up_workday", phrase="调休上班", source=NOTICE)),
    (CALENDAR, date(2026, 2, 15), DaySort(code="holiday", phrase="春节放假", source=NOTICE)),  # a Sunday, in the break
    (CALENDAR, date(2026, 3, 7), DaySort(code="weekend", phrase="周六")),
    (CALENDAR, date(2027, 2, 6), DaySort(code="statutory_holiday", phrase="春节法定放假", source=STATUTE)),
    (CLOSED, date(2026, 2, 13), DaySort(code="closure", phrase="停办", source="岳园办〔2026〕3号、岳防汛〔2026〕1号")),
    (CLOSED, date(2026, 2, 14), DaySort(code="closure", phrase="停办", source="岳园办〔2026〕3号")),  # would have been worked
    (CLOSED, date(2026, 2, 15), DaySort(code="holiday", phrase="春节放假", source=NOTICE)),  # off without the closure
])
def test_a_day_is_named_by_what_would_have_decided_it_anyway(calendar: Calendar, day: date, sort: DaySort) -> None:
    assert DaySorts(calendar=calendar).of(day) == sort


def test_once_a_notice_is_published_the_statutory_days_of_its_year_are_read_from_it_alone() -> None:
    new_year = Holiday(name="元旦", first=date(2027, 1, 1), last=date(2027, 1, 3))
    notice = Notice(year=2027, number="测发〔2026〕1号", title="测试", published_on=date(2026, 11, 1), source="",
                    holidays=(new_year,), is_fixture=True)

    sorts = DaySorts(calendar=replace(CALENDAR, notices=(*CALENDAR.notices, notice)))

    assert sorts.of(date(2027, 2, 6)) == DaySort(code="weekend", phrase="周六")


@pytest.mark.parametrize("calendar", [CALENDAR, CLOSED], ids=["published", "closed"])
def test_the_sort_of_every_day_agrees_with_the_calendar(calendar: Calendar) -> None:
    sorts = DaySorts(calendar=calendar)

    for day in (date(2023, 1, 1) + timedelta(days=n) for n in range(6 * 366)):
        assert sorts.of(day).is_worked == calendar.is_workday(day), day
