"""Which day is a working day 工作日, and arithmetic on working days in O(1).

Decides, from published notices, statutory days and approved closures, for every day of 1980–2100 whether work is done
in the hall, and counts such days. It knows neither limits nor files.

The order of force, strongest first: a closure; a make-up working day 调休上班日 or a day off of a notice; the statutory
days (放假办法 art. 2); Saturday and Sunday. In a year without a notice only the last two are known: it is still
answered, and `is_provisional` says so (暂定). Women's day and Youth day half-days (放假办法 art. 3) stay working days;
a hall that opens on Saturdays by its own will does not make them working days.

The arithmetic rests on two tables made once per calendar (about 5 ms):

    counts[i]     working days among the first i days since 1980-01-01
    workdays[k]   proleptic ordinal of the k-th working day (from 0)

The n-th working day after a day is `workdays[counts[day] + n - 1]`, the working days in (a, b] are
`counts[b] - counts[a]`: two look-ups, whatever the length. Tables and values never change; a closure makes a new
calendar.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta, timezone
from itertools import accumulate, compress

from engine.errors import InvalidInput
from engine.notices import Closure, Notice, StatutoryYear, fixed_days_off
from engine.sentences import say

# China keeps one offset and no summer time since 1991.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
FIRST_YEAR, LAST_YEAR = 1980, 2100
FIRST_ORDINAL, LAST_ORDINAL = date(FIRST_YEAR, 1, 1).toordinal(), date(LAST_YEAR, 12, 31).toordinal()


@dataclass(frozen=True, slots=True, kw_only=True)
class HallHours:
    """The hall's two sessions, in minutes since midnight: 09:00–12:00 and 13:00–17:00. Both ends belong to a session:
    what comes in at 17:00 sharp is in time (民法典 art. 203(2): 停止业务活动的时间为截止时间)."""

    opens: int = 9 * 60
    breaks: int = 12 * 60
    resumes: int = 13 * 60
    closes: int = 17 * 60

    def __post_init__(self) -> None:
        if not 0 <= self.opens < self.breaks <= self.resumes < self.closes <= 24 * 60:
            raise InvalidInput("hours", "a hall opens, breaks, resumes and closes in this order within one day")

    @property
    def minutes(self) -> int:
        """Working minutes of a working day."""
        return self.breaks - self.opens + self.closes - self.resumes

    def worked(self, minute: int) -> int:
        """Working minutes of the day done by `minute`."""
        morning = min(max(minute - self.opens, 0), self.breaks - self.opens)
        return morning + min(max(minute - self.resumes, 0), self.closes - self.resumes)

    def reached(self, worked: int) -> int:
        """The first minute of the day by which `worked` ≥ 1 working minutes are done."""
        morning = self.breaks - self.opens
        return self.opens + worked if worked <= morning else self.resumes + worked - morning


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The working days of one office. Two calendars are equal when they rest on the same notices and closures."""

    notices: tuple[Notice, ...] = ()
    statutory: tuple[StatutoryYear, ...] = ()
    closures: tuple[Closure, ...] = ()
    hours: HallHours = HallHours()
    counts: tuple[int, ...] = field(init=False, repr=False, compare=False)
    workdays: tuple[int, ...] = field(init=False, repr=False, compare=False)
    _unpublished: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        flags = _working_flags(self.notices, self.statutory, self.closures)
        published = {notice.year for notice in self.notices}
        unpublished = (year not in published for year in range(FIRST_YEAR, LAST_YEAR + 1))
        object.__setattr__(self, "counts", tuple(accumulate(flags, initial=0)))
        object.__setattr__(self, "workdays", tuple(compress(range(FIRST_ORDINAL, LAST_ORDINAL + 1), flags)))
        object.__setattr__(self, "_unpublished", tuple(accumulate(unpublished, initial=0)))

    def with_closures(self, closures: Iterable[Closure]) -> Calendar:
        """This calendar with further closures."""
        return replace(self, closures=self.closures + tuple(closures))

    def is_workday(self, day: date) -> bool:
        """Is work done in the hall on this day? A make-up Saturday or Sunday is a working day."""
        index = _index(day.toordinal())
        return self.counts[index + 1] > self.counts[index]

    def is_published(self, year: int) -> bool:
        """Has the notice of this year been published (to us)?"""
        return not self.is_provisional(date(year, 1, 1), date(year, 12, 31))

    def is_provisional(self, first: date, last: date) -> bool:
        """暂定: does the span from `first` to `last`, both included, touch a year without a published notice?"""
        if not FIRST_YEAR <= first.year <= last.year <= LAST_YEAR:
            raise InvalidInput("day", say(
                "the calendar covers {first_year}–{last_year}, not {first} to {last}",
                first_year=FIRST_YEAR, last_year=LAST_YEAR, first=first, last=last))
        return self._unpublished[last.year - FIRST_YEAR + 1] > self._unpublished[first.year - FIRST_YEAR]

    def changed_days(self, other: Calendar) -> tuple[date, date] | None:
        """The first and the last day that the two calendars know differently: worked in one and not in the other, or in a year
        that only one has the notice of. None when there is none. Looks at every day of both, so it is not for each case."""
        days = set(self.differing_days(other))
        for index, year in enumerate(range(FIRST_YEAR, LAST_YEAR + 1)):
            if self._is_unpublished(index) != other._is_unpublished(index):
                days |= {date(year, 1, 1), date(year, 12, 31)}
        return (min(days), max(days)) if days else None

    def differing_days(self, other: Calendar) -> list[date]:
        """The days worked in one of the two calendars and not in the other, in order."""
        return [date.fromordinal(day) for day in sorted(set(self.workdays) ^ set(other.workdays))]

    def _is_unpublished(self, index: int) -> bool:
        return self._unpublished[index + 1] > self._unpublished[index]

    def count(self, day: date) -> int:
        """The number of working days up to and including `day`, since the calendar begins."""
        return self.counts[_index(day.toordinal()) + 1]

    def workdays_between(self, after: date, until: date) -> int:
        """Working days in (after, until]; negative when `until` is the earlier day."""
        return self.count(until) - self.count(after)

    def workday_number(self, number: int) -> date:
        """The day on which `count` becomes `number`: the inverse of `count`."""
        if not 1 <= number <= len(self.workdays):
            raise InvalidInput("day", say(
                "the count leaves the calendar, which covers {first_year}–{last_year}",
                first_year=FIRST_YEAR, last_year=LAST_YEAR))
        return date.fromordinal(self.workdays[number - 1])

    def workday_after(self, day: date, n: int) -> date:
        """The n-th working day after `day`; `day` itself is not counted. n ≤ 0 counts backward: 0 is the nearest
        working day on or before `day`, -1 the working day before that one."""
        return self.workday_number(self.count(day) + n)

    def next_workday(self, day: date) -> date:
        """The day itself or the nearest working day after it."""
        return self.workday_after(day, 0 if self.is_workday(day) else 1)

    def previous_workday(self, day: date) -> date:
        """The day itself or the nearest working day before it."""
        return self.workday_after(day, 0)


def _index(ordinal: int) -> int:
    if not FIRST_ORDINAL <= ordinal <= LAST_ORDINAL:
        day = date.fromordinal(ordinal)
        raise InvalidInput("day", say(
            "the calendar covers {first_year}–{last_year}; {day} lies outside",
            first_year=FIRST_YEAR, last_year=LAST_YEAR, day=day))
    return ordinal - FIRST_ORDINAL


def _working_flags(
    notices: tuple[Notice, ...], statutory: tuple[StatutoryYear, ...], closures: tuple[Closure, ...],
) -> bytearray:
    """One byte a day: 1 when it is worked."""
    days = LAST_ORDINAL - FIRST_ORDINAL + 1
    week = bytes(date.fromordinal(FIRST_ORDINAL + n).weekday() < 5 for n in range(7))
    flags = bytearray((week * (days // 7 + 1))[:days])
    _mark(flags, (day for year in range(FIRST_YEAR, LAST_YEAR + 1) for day in fixed_days_off(year)), 0)
    published = _published(notices)
    for year in statutory:
        if year.year not in published:
            _mark(flags, (day for holiday in year.holidays for day in holiday.days()), 0)
    for notice in notices:
        _mark(flags, (day for holiday in notice.holidays for day in holiday.days()), 0)
    for notice in notices:
        _mark(flags, (day for holiday in notice.holidays for day in holiday.make_up), 1)
    for closure in closures:
        _mark(flags, closure.days(), 0)
    return flags


def _mark(flags: bytearray, days: Iterable[date], value: int) -> None:
    for day in days:
        flags[_index(day.toordinal())] = value


def _published(notices: tuple[Notice, ...]) -> set[int]:
    """The years of the notices, which must not rule a year or a day twice, and differently."""
    numbers: dict[int, str] = {}
    off: dict[date, str] = {}
    for notice in notices:
        if notice.year in numbers:
            raise InvalidInput("year", say(
                "{year} has two notices: {number} and {other}",
                year=notice.year, number=numbers[notice.year], other=notice.number))
        numbers[notice.year] = notice.number
        off.update((day, notice.number) for holiday in notice.holidays for day in holiday.days())
    for notice in notices:
        for day in (day for holiday in notice.holidays for day in holiday.make_up if day in off):
            raise InvalidInput("holidays", say(
                "{day} is off under {number} and worked under {other}", day=day, number=off[day], other=notice.number))
    return set(numbers)
