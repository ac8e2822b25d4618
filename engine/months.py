"""A month of the calendar, as figures are kept by it: how it is written, which days lie in it."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from engine.calendar import FIRST_YEAR, LAST_YEAR
from engine.errors import InvalidInput
from engine.sentences import say


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Month:
    """A month of the calendar."""

    year: int
    number: int

    @property
    def text(self) -> str:
        """As it is written: ``2026-09``."""
        return f"{self.year:04d}-{self.number:02d}"

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return date(self.year, self.number, monthrange(self.year, self.number)[1])

    def includes(self, day: date | None) -> bool:
        """Does the day lie in it? No day lies in none."""
        return day is not None and self.first <= day <= self.last


def month_of(day: date) -> Month:
    """The month a day lies in."""
    return Month(year=day.year, number=day.month)


def month_before(day: date) -> Month:
    """The month before the one a day lies in."""
    return month_of(day.replace(day=1) - timedelta(days=1))


def read_month(text: str) -> Month:
    """A month as people write it. Raises InvalidInput for anything but ``YYYY-MM`` within the calendar."""
    found = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text, re.ASCII)
    if found is None:
        raise InvalidInput("month", say("expected a month like 2026-09, found “{found}”", found=text[:20]))
    month = Month(year=int(found[1]), number=int(found[2]))
    if not FIRST_YEAR <= month.year <= LAST_YEAR:
        raise InvalidInput("month", say(
            "the calendar covers {first_year}–{last_year}, not {month}",
            first_year=FIRST_YEAR, last_year=LAST_YEAR, month=month.text))
    return month
