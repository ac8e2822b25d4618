"""Months: as they are written, and which days lie in them."""

from __future__ import annotations

from datetime import date

import pytest

from engine.errors import InvalidInput
from engine.months import month_before, month_of, read_month


@pytest.mark.parametrize(("text", "first", "last"), [
    ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
    ("2028-02", date(2028, 2, 1), date(2028, 2, 29)),  # a leap year
    ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
])
def test_a_month_reaches_from_its_first_to_its_last_day(text: str, first: date, last: date) -> None:
    month = read_month(text)

    assert (month.first, month.last, month.text) == (first, last, text)
    assert month.includes(first) and month.includes(last) and not month.includes(None)
    assert not month.includes(date(last.year + 1, last.month, 1))


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "2026-00", "2026-9", "202609", "２０２６-０９", "2026-09-01",
                                  " 2026-09", "2026-09\n", "1979-12", "2101-01", "九月"])
def test_what_is_no_month_of_the_calendar_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_month(text)

    assert refused.value.field == "month"


def test_the_month_before_january_lies_in_the_year_before() -> None:
    assert month_before(date(2026, 1, 31)).text == "2025-12" and month_before(date(2026, 3, 31)).text == "2026-02"
    assert month_of(date(2026, 1, 31)).text == "2026-01"
