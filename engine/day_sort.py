"""The sort of a day 日别: what makes it a working day or a day off, in words, with the source.

Decides for one day which of the things that bear on it is named. `engine.calendar` decides whether it is worked; this
module never answers that anew. It counts nothing and knows no limits.

A day that several things take from work is named by the one that would have taken it anyway: the notice's holiday, the
statute's, Saturday or Sunday, and a closure 停办 last, since a closure on a Saturday changes nothing. A closed make-up
Saturday is a closure: without it the day would have been worked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from engine.calendar import Calendar
from engine.notices import fixed_days_off
from engine.sentences import say, sentence_of

WORKDAY, MAKE_UP = "workday", "make_up_workday"
HOLIDAY, STATUTORY, WEEKEND, CLOSURE = "holiday", "statutory_holiday", "weekend", "closure"
STATUTE = "全国年节及纪念日放假办法第2条"

_WEEKDAYS = "周一", "周二", "周三", "周四", "周五", "周六", "周日"
_FIXED_NAMES = {1: "元旦", 5: "劳动节", 10: "国庆节"}  # by month: the days the statute names by date
_SATURDAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySort:
    """`code`: one of the words above. `phrase`: as people say it (周六, 春节放假, 调休上班). `source`: the document it rests
    on, "" where none is needed."""

    code: str
    phrase: str
    source: str = ""

    @property
    def is_worked(self) -> bool:
        """Is it a working day?"""
        return self.code in (WORKDAY, MAKE_UP)


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySorts:
    """The sorts of the days of one calendar, looked up by day."""

    calendar: Calendar
    _off: dict[date, tuple[str, str]] = field(init=False, repr=False, compare=False)
    _statutory: dict[date, str] = field(init=False, repr=False, compare=False)
    _made_up: dict[date, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        held, notices = self.calendar, self.calendar.notices
        published = {notice.year for notice in notices}
        object.__setattr__(self, "_off", {
            day: (holiday.name, notice.citation) for notice in notices for holiday in notice.holidays
            for day in holiday.days()})
        object.__setattr__(self, "_statutory", {
            day: holiday.name for year in held.statutory if year.year not in published for holiday in year.holidays
            for day in holiday.days()})
        object.__setattr__(self, "_made_up", {
            day: notice.citation for notice in notices for holiday in notice.holidays for day in holiday.make_up})

    def of(self, day: date) -> DaySort:
        """The sort of a day. Raises InvalidInput outside the calendar."""
        if self.calendar.is_workday(day):
            made_up = self._made_up.get(day)
            return DaySort(code=MAKE_UP, phrase=say("调休上班"), source=made_up) if made_up else DaySort(
                code=WORKDAY, phrase=weekday(day))
        if day in self._off:
            name, number = self._off[day]
            return DaySort(code=HOLIDAY, phrase=say("{holiday}放假", holiday=sentence_of(name)), source=number)
        if name := self._statutory.get(day) or _fixed(day):
            return DaySort(code=STATUTORY, phrase=say("{holiday}法定放假", holiday=sentence_of(name)), source=STATUTE)
        if day.weekday() >= _SATURDAY and day not in self._made_up:
            return DaySort(code=WEEKEND, phrase=weekday(day))
        return DaySort(code=CLOSURE, phrase=say("停办"), source=self._order(day))

    def _order(self, day: date) -> str:
        """The number of the order that closes the hall on this day; several are named one after the other."""
        found = (closure.reference for closure in self.calendar.closures if closure.first <= day <= closure.last)
        return "、".join(dict.fromkeys(filter(None, found)))


def weekday(day: date) -> str:
    """周一 to 周日."""
    return sentence_of(_WEEKDAYS[day.weekday()])


def _fixed(day: date) -> str:
    return _FIXED_NAMES[day.month] if day in fixed_days_off(day.year) else ""
