"""The days of the demonstration's house, told from its first: “three working days ago at 10:15”.

So every limit of its cases stands where the story wants it whatever the date is: limits are counted in working days, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from engine.calendar import SHANGHAI, Calendar
from engine.case import local_day
from services.demo.script import Act, Scene

OPENS_AT = time(9, 30)
"""When the first day begins for whoever opens the demonstration: the hall has been open for half an hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """`today`: the first day, a working day."""

    today: date
    calendar: Calendar

    @property
    def begins_at(self) -> datetime:
        """What the clock shows first."""
        return datetime.combine(self.today, OPENS_AT, SHANGHAI).astimezone(UTC)

    def day(self, workdays: int) -> date:
        """So many working days after the first day; negative: before it."""
        return self.calendar.workday_after(self.today, workdays)

    def at(self, workdays: int, clock: str) -> datetime:
        """An instant on such a day."""
        return datetime.combine(self.day(workdays), time.fromisoformat(clock), SHANGHAI)

    def on(self, workdays: int, clock: str, act: Act) -> Scene:
        """A scene then."""
        return Scene(at=self.at(workdays, clock), act=act)


def first_days(machine: datetime, calendar: Calendar) -> Days:
    """The days of a house that is entered now: it opens this morning, or on the next working day."""
    return Days(today=calendar.next_workday(local_day(machine)), calendar=calendar)

