"""Limits 时限: lengths of time with their unit, and the instant at which they lapse.

Decides the due date of a limit from the instant its event happened, the stops that befell it and the extensions
granted, on a calendar. It does not know cases, who is told, nor what a lapse leads to.

The model is one sentence: **a limit is a number of counted slots after a base**. A slot is a day, a half-day session or
a minute; a slot is *counted* when its day is of the right sort (working days, or all days) and not stopped.

    unit           slot                     base                            answer
    workday        working day              end of the event's day          a date
    calendar_day   day                      end of the event's day          a date, moved off a day off
    month          day (see below)          end of the event's day          a date, moved off a day off
    half_day       session of a working day end of the event's session      the session's last minute
    working_hour   minute of hall hours     the event's minute              a minute
    hour           minute                   the event's minute              a minute

The law, and what we made of it where it is silent:

- The day of the event is not counted (民法典 art. 201(1)); with `count_first_day` it is day one, if it is a counted day
  at all: a notice published on a holiday has its first working day as day one. Hours run from the instant (art.
  201(2)).
- Working days leave out public holidays and closures (行政许可法 art. 82); make-up working days count.
- Months end on the corresponding day, or the month's last (民法典 art. 202); with the first day counted, on the day
  before the corresponding day, so that from 1 March one month ends on 31 March.
- An end in calendar days or months on a day off moves to the next working day (art. 203(1)): a closure is a day off, a
  make-up Saturday is not. The other units never end on a day off, except clock hours, which do not move.
- `submitted` is the only event that moves: filed after the close or on a day off, an application is received on the
  next working day as the hall opens (art. 203(2); before the opening and at lunch the day, and the instant, are kept).
  An acceptance entered on a holiday stays there, and counting begins with the next counted slot.
- The forenoon half-day of a working day reaches to the break, the afternoon half-day from then on; the one the event
  falls in is not counted, be it before the opening or at lunch.
- Suspensions (行政许可法 art. 45): the days in (start, end] are not counted: the day of the stop is used, the day of
  resuming is not. Overlaps count once; what begins on the due day or later changes nothing. A stop without an end
  leaves the due date unknown. For a month, the days it lasts are fixed by the calendar first; stopped days then push
  its end. A moved end is not counted again: an end on a Saturday, stopped from that Saturday on, is due on Monday.
- An extension (art. 42) is added to the amount and counted from the original start, so it must be in the limit's unit.
- An amount of 0 (即办件, 行政许可法 art. 34) is the same business day: the event's day if it is worked, else the next
  working day; in units shorter than a day, the close of that day (after the close, of the next working day).
- The answer is provisional 暂定 when a year without a published notice lies anywhere from the event to the due date.

Each operation costs a few table look-ups, and one more pair for each stop: O(1) in the length of the limit.
"""

from __future__ import annotations

import calendar as gregorian
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum

from engine.calendar import FIRST_ORDINAL, LAST_ORDINAL, SHANGHAI, Calendar
from engine.errors import InvalidInput

_DAY = timedelta(days=1)
_MINUTES_A_DAY = 24 * 60


class LimitKind(Enum):
    """What force a limit has."""

    STATUTORY = "statutory"  # 法定时限: lapse is a red card
    PROMISED = "promised"  # 承诺时限: lapse is a yellow card
    TARGET = "target"  # 力争时限: lapse escalates, no card unless a park switches it on
    STAGE = "stage"  # 环节时限: one step of the way; lapse is a yellow card
    NOTICE = "notice"  # 公示期: never a card
    APPLICANT = "applicant"  # 申请人期限: never a card


class Unit(Enum):
    """In what a limit is counted."""

    WORKDAY = "workday"  # 工作日
    HALF_DAY = "half_day"  # 半日: a morning or afternoon session of a working day
    WORKING_HOUR = "working_hour"  # 工作小时: hall hours
    HOUR = "hour"  # 自然小时: clock hours
    CALENDAR_DAY = "calendar_day"  # 自然日
    MONTH = "month"  # 月


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A length of time. `amount` ≥ 0 in `unit`; `basis`: the article or document it rests on."""

    amount: int
    unit: Unit = Unit.WORKDAY
    kind: LimitKind = LimitKind.PROMISED
    count_first_day: bool = False
    roll_off_holiday: bool = True
    basis: str = ""

    def __post_init__(self) -> None:
        _check_amount(self.amount, "limit.amount")


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    """A stop of the count: `start` is used, the days after it up to and including `end` are not. `end` None: still
    stopped. `ground`: one of art. 45, or the rule or order it rests on."""

    start: date
    end: date | None
    ground: str

    def __post_init__(self) -> None:
        if self.end is not None and self.end < self.start:
            raise InvalidInput("suspensions", f"a suspension ends on {self.end}, before it begins on {self.start}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """延长: an approved addition to a limit, in the limit's unit."""

    amount: int
    unit: Unit = Unit.WORKDAY

    def __post_init__(self) -> None:
        _check_amount(self.amount, "extensions.amount")


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """When a limit lapses. All but `is_provisional` are None while a suspension without an end covers the rest of it.

    `text`: as people read it, a date or a minute `YYYY-MM-DDTHH:MM` (Asia/Shanghai). `due_on`: its date there.
    `lapses_at`: the UTC instant after which it is late: the end of `due_on` for days and months (on time is judged by
    the date), the due minute itself for shorter units.
    """

    text: str | None
    due_on: date | None
    lapses_at: datetime | None
    is_provisional: bool


def deadline(
    calendar: Calendar, limit: Limit, at: datetime, *, event: str = "accepted",
    suspensions: Iterable[Suspension] = (), extensions: Iterable[Extension] = (),
) -> Deadline:
    """The deadline of a limit whose event happened at `at` (aware). Only the event `submitted` moves to the next
    working day. Raises InvalidInput when an extension has another unit than the limit, or the count leaves the
    calendar."""
    happened = at.astimezone(SHANGHAI)
    start = _received(calendar, happened) if event == "submitted" else happened.replace(second=0, microsecond=0)
    due = _due(calendar, limit, _total(limit, extensions), start, _merged(suspensions))
    if due is None:
        return Deadline(text=None, due_on=None, lapses_at=None, is_provisional=False)
    if isinstance(due, datetime):
        provisional = calendar.is_provisional(happened.date(), due.date())
        return Deadline(text=due.isoformat()[:16], due_on=due.date(), lapses_at=due.astimezone(UTC),
                        is_provisional=provisional)
    return Deadline(text=due.isoformat(), due_on=due, lapses_at=_end_of(due),
                    is_provisional=calendar.is_provisional(happened.date(), due))


def latest_start(calendar: Calendar, limit: Limit, day: date, extensions: Iterable[Extension] = ()) -> date:
    """The last day on which a notice may begin so that the whole limit lies between it and `day`, neither end counted
    (with `count_first_day` the beginning is counted). It may be a day off: a notice can begin on one, and
    `roll_off_holiday` is about ends. Raises InvalidInput for units shorter than a day."""
    amount = _total(limit, extensions)
    if limit.unit is Unit.CALENDAR_DAY:
        found = day.toordinal() - amount - 1
    elif limit.unit is Unit.WORKDAY:
        found = calendar.workday_after(day - _DAY, 1 - amount).toordinal() - 1 if amount else day.toordinal() - 1
    elif limit.unit is Unit.MONTH:
        found = _last_day_reaching(day - _DAY, amount).toordinal()
    else:
        raise InvalidInput("limit.unit", f"a latest start is counted in days or months, not in {limit.unit.value}")
    return date.fromordinal(found + 1 if limit.count_first_day and amount else found)


def previous_workday(calendar: Calendar, day: date) -> date:
    """The day itself or the nearest working day before it: when a reminder for a date is due."""
    return calendar.previous_workday(day)


def workdays_between(calendar: Calendar, after: date, until: date) -> int:
    """Working days in (after, until]; negative when `until` is the earlier."""
    return calendar.workdays_between(after, until)


def remaining_workdays(calendar: Calendar, today: date, due_on: date) -> int:
    """Working days left after `today` until `due_on`: 0 on the due day, negative by the working days it is late."""
    return calendar.workdays_between(today, due_on)


def batch_due(calendar: Calendar, amount: int, days: Sequence[int]) -> list[int]:
    """The due dates of one limit of `amount` working days for many events, as proleptic ordinals (`date.toordinal`), in
    the order given. `days` are the ordinals of the events' days. Nothing stopped, first day not counted; an amount of 0
    is the same business day. Raises InvalidInput when a day or a due date lies outside the calendar."""
    _check_amount(amount, "limit.amount")
    if not days:
        return []
    counts, workdays = calendar.counts, calendar.workdays
    _check_batch(calendar, amount, min(days), max(days))
    if amount == 0:  # the first working day on or after: one more than there are before the day
        return [workdays[counts[day - FIRST_ORDINAL]] for day in days]
    first, back = FIRST_ORDINAL - 1, amount - 1
    return [workdays[counts[day - first] + back] for day in days]


def _check_batch(calendar: Calendar, amount: int, earliest: int, latest: int) -> None:
    if earliest < FIRST_ORDINAL or latest > LAST_ORDINAL:
        raise InvalidInput("days", "a day lies outside the calendar")
    calendar.workday_number(calendar.count(date.fromordinal(latest)) + max(amount, 1))


def _check_amount(amount: int, field: str) -> None:
    if not isinstance(amount, int) or isinstance(amount, bool) or amount < 0:
        raise InvalidInput(field, f"expected a whole number from 0 up, found {amount!r}")


def _total(limit: Limit, extensions: Iterable[Extension]) -> int:
    amount = limit.amount
    for extension in extensions:
        if extension.unit is not limit.unit:
            raise InvalidInput("extensions.unit", f"an extension is added to the limit, so it is counted in "
                                                  f"{limit.unit.value} too, not in {extension.unit.value}")
        amount += extension.amount
    return amount


def _received(calendar: Calendar, at: datetime) -> datetime:
    """收件: when a filing counts as received (rule R18). The close itself, to the second, is still in time."""
    day, hours = at.date(), calendar.hours
    closes = datetime.combine(day, time(), SHANGHAI) + timedelta(minutes=hours.closes)
    if calendar.is_workday(day) and at <= closes:
        return at.replace(second=0, microsecond=0)
    return _minute(calendar.workday_after(day, 1), hours.opens)


# A stop as ordinals: days in (start, end] are not counted; end None: until further notice.
_Stop = tuple[int, int | None]


def _merged(suspensions: Iterable[Suspension]) -> list[_Stop]:
    """The stops in order, overlapping and adjoining ones made one."""
    merged: list[_Stop] = []
    for stop in sorted(suspensions, key=lambda stop: stop.start):
        start, end = stop.start.toordinal(), stop.end.toordinal() if stop.end else None
        if merged and (merged[-1][1] is None or start <= merged[-1][1]):
            earlier, until = merged[-1]
            merged[-1] = (earlier, None if until is None or end is None else max(until, end))
        else:
            merged.append((start, end))
    return merged


def _due(calendar: Calendar, limit: Limit, amount: int, start: datetime, stops: list[_Stop]) -> date | datetime | None:
    day, minute = start.toordinal(), start.hour * 60 + start.minute
    match limit.unit:
        case Unit.WORKDAY:
            return _date(_worked(calendar, stops, *_whole_days(limit, amount, day)))
        case Unit.CALENDAR_DAY | Unit.MONTH:
            base, days = _whole_days(limit, amount, day)
            if limit.unit is Unit.MONTH and amount:
                days = _months_after(start.date(), amount).toordinal() - day
            return _rolled(calendar, limit, _any(calendar, stops, base, days))
    if amount == 0:
        close = calendar.hours.closes
        return _at(_worked(calendar, stops, day - 1 if minute <= close else day, 1), close)
    if limit.unit is Unit.HALF_DAY:
        return _half_day(calendar, limit, amount, day, minute, stops)
    if limit.unit is Unit.WORKING_HOUR:
        spent = calendar.hours.worked(minute) if _counts(calendar, stops, day, _worked) else 0
        found, worked = _slot(calendar, stops, day, spent + amount * 60, calendar.hours.minutes, _worked)
        return _at(found, calendar.hours.reached(worked))
    spent = minute if _counts(calendar, stops, day, _any) else 0
    return _at(*_slot(calendar, stops, day, spent + amount * 60, _MINUTES_A_DAY, _any))


def _whole_days(limit: Limit, amount: int, day: int) -> tuple[int, int]:
    """After which day to count, and how many days. 0 is the event's own day, if it counts: one day, counted from
    there."""
    return (day - 1, max(amount, 1)) if limit.count_first_day or amount == 0 else (day, amount)


def _half_day(
    calendar: Calendar, limit: Limit, amount: int, day: int, minute: int, stops: list[_Stop],
) -> datetime | None:
    hours, spent = calendar.hours, 0
    if _counts(calendar, stops, day, _worked):
        spent = (1 if minute <= hours.breaks else 2) - limit.count_first_day
    found, session = _slot(calendar, stops, day, spent + amount, 2, _worked)
    return _at(found, hours.breaks if session == 1 else hours.closes)


# Counts days of one sort: the n-th counted day after a base, None behind an open stop. (calendar, stops, base, n)
_Days = Callable[[Calendar, list[_Stop], int, int], "int | None"]


def _worked(calendar: Calendar, stops: list[_Stop], base: int, n: int) -> int | None:
    """The n-th working day after `base` that is not stopped, as an ordinal."""
    number = calendar.count(date.fromordinal(base)) + n
    for start, end in stops:
        if calendar.workday_number(number).toordinal() <= max(start, base):
            break
        if end is None:
            return None
        if end > base:
            number += calendar.workdays_between(date.fromordinal(max(start, base)), date.fromordinal(end))
    return calendar.workday_number(number).toordinal()


def _any(calendar: Calendar, stops: list[_Stop], base: int, n: int) -> int | None:
    """The n-th day after `base` that is not stopped, as an ordinal."""
    found = base + n
    for start, end in stops:
        if found <= max(start, base):
            break
        if end is None:
            return None
        found += max(end - max(start, base), 0)
    if found > LAST_ORDINAL:
        raise InvalidInput("day", "the count leaves the calendar")
    return found


def _counts(calendar: Calendar, stops: list[_Stop], day: int, days: _Days) -> bool:
    """Is the day itself one that is counted?"""
    return days(calendar, stops, day - 1, 1) == day


def _slot(
    calendar: Calendar, stops: list[_Stop], day: int, slots: int, a_day: int, days: _Days,
) -> tuple[int | None, int]:
    """Where the last of `slots` ≥ 1 slots falls, counted from the beginning of `day`: the day, and which of the `a_day`
    slots of that day (from 1)."""
    before, slot = divmod(slots - 1, a_day)
    return days(calendar, stops, day - 1, before + 1), slot + 1


def _rolled(calendar: Calendar, limit: Limit, ordinal: int | None) -> date | None:
    day = _date(ordinal)
    return calendar.next_workday(day) if day is not None and limit.roll_off_holiday else day


def _months_after(day: date, months: int) -> date:
    """The corresponding day, or the last of its month (民法典 art. 202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        raise InvalidInput("limit.amount", "the count leaves the calendar")
    return date(year, month + 1, min(day.day, gregorian.monthrange(year, month + 1)[1]))


def _last_day_reaching(end: date, months: int) -> date:
    """The latest day from which `months` months reach no further than `end`: 31 January for one month to 28
    February."""
    found = _months_after(end, -months)
    while _months_after(found + _DAY, months) <= end:
        found += _DAY
    return found


def _date(ordinal: int | None) -> date | None:
    return None if ordinal is None else date.fromordinal(ordinal)


def _at(ordinal: int | None, minute: int) -> datetime | None:
    return None if ordinal is None else _minute(date.fromordinal(ordinal), minute)


def _minute(day: date, minute: int) -> datetime:
    return datetime.combine(day, time(), SHANGHAI) + timedelta(minutes=minute)


def _end_of(day: date) -> datetime:
    return datetime.combine(day + _DAY, time(), SHANGHAI).astimezone(UTC)
