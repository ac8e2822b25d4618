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
  working day (calendar days and months: if they roll); in units shorter than a day, the close of that day (after the
  close, of the next working day).
- A matter's own rule comes first (民法典 art. 204): whether the first day counts and whether an end rolls are data of
  the limit. Deemed acceptance (行政许可法 art. 32(4)) is no special case: the same count from the earlier day of
  receipt.
- The answer is provisional 暂定 when a year without a published notice lies anywhere from the event to the due date.

Each operation costs a few table look-ups, and one more pair for each stop: O(1) in the length of the limit.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum

from engine.calendar import FIRST_ORDINAL, FIRST_YEAR, LAST_ORDINAL, LAST_YEAR, SHANGHAI, Calendar
from engine.counting import CountedDays, Gap, Suspension, merged
from engine.errors import InvalidInput
from engine.sentences import say

SUBMITTED = "submitted"  # an online filing: the event that moves to the next working day
EVENTS = ("accepted", "decided", "noticed", "granted", SUBMITTED)
"""What a limit may count from; only `submitted` moves to the next working day."""
_DAY = timedelta(days=1)
_MINUTES_A_DAY = 24 * 60


class LimitKind(Enum):
    """What force a limit has."""

    STATUTORY = "statutory"  # 法定时限: lapse is a red card
    PROMISED = "promised"  # 承诺时限: lapse is a yellow card
    TARGET = "target"  # 力争时限: lapse escalates, no card unless a park switches it on
    STAGE = "stage"  # 环节时限: one step of the way; lapse is a yellow card
    NOTICE = "notice"  # 公示期, 补正告知期限: never a card
    APPLICANT = "applicant"  # 申请人期限: never a card
    HAND_OVER = "hand_over"  # 送达期限: ten working days after the decision (行政许可法 art. 44)
    STOP = "stop"  # 停表预计结束: a stop lasts longer than the applicant was told
    HEARING = "hearing"  # 组织听证期限: twenty working days from the request (行政许可法 art. 47)
    ORDER = "order"  # 督办答复期限: a supervision order has not been answered
    FOLLOW_UP = "follow_up"  # 后续期限: of a granted permit or a declaration, after the case has ended
    RECTIFICATION = "rectification"  # 差评整改期限: a bad rating has not been answered
    PUSH = "push"  # 推送签收期限: whoever supervises has not signed for a pushed result


NAMES: Mapping[LimitKind, str] = {
    LimitKind.STATUTORY: "法定时限", LimitKind.PROMISED: "承诺时限", LimitKind.TARGET: "力争时限", LimitKind.STAGE: "环节时限",
    LimitKind.NOTICE: "告知公示期限", LimitKind.APPLICANT: "申请人期限", LimitKind.HAND_OVER: "送达期限",
    LimitKind.STOP: "停表预计期限", LimitKind.HEARING: "组织听证期限", LimitKind.ORDER: "督办答复期限",
    LimitKind.FOLLOW_UP: "后续期限", LimitKind.RECTIFICATION: "差评整改期限",
    LimitKind.PUSH: "推送签收期限",
}
"""What the offices call each (glossary)."""

DRAWN = frozenset({LimitKind.STATUTORY, LimitKind.PROMISED, LimitKind.TARGET, LimitKind.STAGE, LimitKind.NOTICE,
                   LimitKind.APPLICANT})
"""The limits a diagram may speak of; the others follow from what happens to a case."""

CASE_CLOCKS = frozenset({LimitKind.STATUTORY, LimitKind.PROMISED, LimitKind.TARGET})
"""The limits of a case as a whole: they start with its acceptance and escalate when they lapse."""


OUTLIVING = frozenset({LimitKind.ORDER, LimitKind.FOLLOW_UP, LimitKind.RECTIFICATION, LimitKind.PUSH})
"""The limits that do not end with their case: a supervision order and a bad rating want their answer, a permit its conditions
met, a pushed result its receipt."""


class Unit(Enum):
    """In what a limit is counted."""

    WORKDAY = "workday"  # 工作日
    HALF_DAY = "half_day"  # 半日: a morning or afternoon session of a working day
    WORKING_HOUR = "working_hour"  # 工作小时: hall hours
    HOUR = "hour"  # 自然小时: clock hours
    CALENDAR_DAY = "calendar_day"  # 自然日
    MONTH = "month"  # 月


_IN_WORKING_TIME = frozenset({Unit.WORKDAY, Unit.HALF_DAY, Unit.WORKING_HOUR})
_SHORTER_THAN_A_DAY = frozenset({Unit.HALF_DAY, Unit.WORKING_HOUR, Unit.HOUR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A length of time. `amount` ≥ 0 in `unit`; `basis`: the article or document it rests on.

    `item`: what a project's commitment calls this limit, "" for the process itself. `needs_commitment`: the diagram has no
    number; a project's commitment (the seed's 承诺时间内发布土地出让公告) or else the catalogue gives it; `amount` then means
    nothing. `exception`: why a promise may be longer than the statute, with basis and approver; "" when it is not.
    """

    amount: int
    unit: Unit = Unit.WORKDAY
    kind: LimitKind = LimitKind.PROMISED
    count_first_day: bool = False
    roll_off_holiday: bool = True
    basis: str = ""
    item: str = ""
    needs_commitment: bool = False
    exception: str = ""

    def __post_init__(self) -> None:
        _check_amount(self.amount, "limit.amount")

    @property
    def key(self) -> str:
        """By what it is told from the other limits of its process: its kind, and what commitments call it."""
        return f"{self.kind.value}/{self.item}" if self.item else self.kind.value


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
    happened = _local(at)
    start = _received(calendar, happened) if event == SUBMITTED else happened.replace(second=0, microsecond=0)
    due = _due(calendar, limit, _total(limit, extensions), start, merged(suspensions))
    if due is None:
        return Deadline(text=None, due_on=None, lapses_at=None, is_provisional=False)
    due_on = due.date() if isinstance(due, datetime) else due
    is_provisional = calendar.is_provisional(happened.date(), due_on)
    if isinstance(due, datetime):
        return Deadline(text=due.isoformat()[:16], due_on=due_on, lapses_at=due.astimezone(UTC),
                        is_provisional=is_provisional)
    return Deadline(text=due.isoformat(), due_on=due, lapses_at=_minute(due + _DAY, 0).astimezone(UTC),
                    is_provisional=is_provisional)


def latest_start(calendar: Calendar, limit: Limit, day: date, extensions: Iterable[Extension] = ()) -> date:
    """The last day on which a notice may begin so that the whole limit lies between it and `day`, neither end counted
    (with `count_first_day` the beginning is counted). It may be a day off: a notice can begin on one, and
    `roll_off_holiday` is about ends. Raises InvalidInput for units shorter than a day."""
    amount, last = _total(limit, extensions), day - _DAY
    if limit.unit is Unit.MONTH:
        return _latest_start_of_months(limit, amount, last)
    if amount == 0:
        return last
    counted_in = 0 if limit.count_first_day else 1
    match limit.unit:
        case Unit.WORKDAY:
            return calendar.workday_after(last, 1 - amount) - counted_in * _DAY
        case Unit.CALENDAR_DAY:
            return _day(last.toordinal() - amount + 1 - counted_in)
    raise InvalidInput("limit.unit", say("a latest start is counted in days or months, not in {unit}", unit=limit.unit))


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
    calendar.workday_after(_day(min(days)), 1)
    calendar.workday_after(_day(max(days)), max(amount, 1))
    if amount == 0:  # the first working day on or after: one more than there are before the day
        return [workdays[counts[day - FIRST_ORDINAL]] for day in days]
    first, back = FIRST_ORDINAL - 1, amount - 1
    return [workdays[counts[day - first] + back] for day in days]


def _check_amount(amount: int, field: str) -> None:
    if not isinstance(amount, int) or isinstance(amount, bool) or amount < 0:
        raise InvalidInput(field, say("expected a whole number from 0 up, found {found}", found=f"{amount!r}"))


def _total(limit: Limit, extensions: Iterable[Extension]) -> int:
    amount = limit.amount
    for extension in extensions:
        if extension.unit is not limit.unit:
            raise InvalidInput("extensions.unit", say(
                "an extension is added to the limit, so it is counted in {unit} too, not in {found}",
                unit=limit.unit, found=extension.unit))
        amount += extension.amount
    return amount


def _local(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise InvalidInput("at", say("{at} has no time zone", at=at))
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise InvalidInput("at", say(
            "the calendar covers {first_year}–{last_year}; {at} lies outside",
            first_year=FIRST_YEAR, last_year=LAST_YEAR, at=at))
    return at.astimezone(SHANGHAI)


def _received(calendar: Calendar, at: datetime) -> datetime:
    """收件: when a filing counts as received (rule R18). The close itself, to the second, is still in time."""
    day = at.date()
    if calendar.is_workday(day) and at <= _minute(day, calendar.hours.closes):
        return at.replace(second=0, microsecond=0)
    return _minute(calendar.workday_after(day, 1), calendar.hours.opens)


def _due(
    calendar: Calendar, limit: Limit, amount: int, start: datetime, stops: tuple[Gap, ...],
) -> date | datetime | None:
    if amount == 0 and limit.unit in _SHORTER_THAN_A_DAY:
        return _close_of_business(CountedDays(calendar=calendar, stops=stops), start)
    counted = CountedDays(calendar=calendar, stops=stops, only_workdays=limit.unit in _IN_WORKING_TIME)
    match limit.unit:
        case Unit.WORKDAY:
            return _date(counted.after(*_span(limit, amount, start.date())))
        case Unit.CALENDAR_DAY | Unit.MONTH:
            return _rolled(calendar, limit, counted.after(*_span(limit, amount, start.date())))
        case Unit.HALF_DAY:
            return _half_days(counted, limit, amount, start)
        case Unit.WORKING_HOUR:
            return _working_hours(counted, amount, start)
        case Unit.HOUR:
            return _hours(counted, amount, start)


def _span(limit: Limit, amount: int, start: date) -> tuple[int, int]:
    """After which day to count, and how many days. 0 is the event's own day if it counts: one day, counted from it."""
    base = start.toordinal() - (limit.count_first_day or amount == 0)
    if limit.unit is Unit.MONTH and amount:
        return base, _end_of_months(limit, amount, start).toordinal() - base
    return base, max(amount, 1)


def _rolled(calendar: Calendar, limit: Limit, ordinal: int | None) -> date | None:
    """The day, or the next working day when it is a day off and the limit rolls (民法典 art. 203(1))."""
    day = _date(ordinal)
    return calendar.next_workday(day) if day is not None and limit.roll_off_holiday else day


def _close_of_business(worked: CountedDays, start: datetime) -> datetime | None:
    """The close of the same business day; after the close, of the next."""
    day, close = start.toordinal(), worked.calendar.hours.closes
    return _at(worked.after(day - 1 if _minute_of(start) <= close else day, 1), close)


def _half_days(worked: CountedDays, limit: Limit, amount: int, start: datetime) -> datetime | None:
    day, hours, spent = start.toordinal(), worked.calendar.hours, 0
    if worked.includes(day):
        spent = (1 if _minute_of(start) <= hours.breaks else 2) - limit.count_first_day
    found, session = worked.slot(day, spent + amount, 2)
    return _at(found, hours.breaks if session == 1 else hours.closes)


def _working_hours(worked: CountedDays, amount: int, start: datetime) -> datetime | None:
    day, hours = start.toordinal(), worked.calendar.hours
    spent = hours.worked(_minute_of(start)) if worked.includes(day) else 0
    found, minutes = worked.slot(day, spent + amount * 60, hours.minutes)
    return _at(found, hours.reached(minutes))


def _hours(every: CountedDays, amount: int, start: datetime) -> datetime | None:
    day = start.toordinal()
    spent = _minute_of(start) if every.includes(day) else 0
    return _at(*every.slot(day, spent + amount * 60, _MINUTES_A_DAY))


def _end_of_months(limit: Limit, months: int, start: date) -> date:
    """The corresponding day, or without one the last of its month (民法典 art. 202); when the first day is counted, the
    day before the corresponding day."""
    end = _months_after(start, months)
    return end - _DAY if limit.count_first_day and end.day == start.day else end


def _latest_start_of_months(limit: Limit, months: int, end: date) -> date:
    """The latest day from which the months reach no further than `end`: 31 January for one month to 28 February."""
    if months == 0:
        return end
    found = _months_after(end, -months)
    while _end_of_months(limit, months, found + _DAY) <= end:
        found += _DAY
    return found


def _months_after(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise InvalidInput("limit.amount", say(
            "the count leaves the calendar, which covers {first_year}–{last_year}", first_year=FIRST_YEAR, last_year=LAST_YEAR))
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _day(ordinal: int) -> date:
    if not FIRST_ORDINAL <= ordinal <= LAST_ORDINAL:
        raise InvalidInput("day", say(
            "the count leaves the calendar, which covers {first_year}–{last_year}", first_year=FIRST_YEAR, last_year=LAST_YEAR))
    return date.fromordinal(ordinal)


def _date(ordinal: int | None) -> date | None:
    return None if ordinal is None else date.fromordinal(ordinal)


def _at(ordinal: int | None, minute: int) -> datetime | None:
    return None if ordinal is None else _minute(date.fromordinal(ordinal), minute)


def _minute(day: date, minute: int) -> datetime:
    return datetime.combine(day, time(), SHANGHAI) + timedelta(minutes=minute)


def _minute_of(at: datetime) -> int:
    return at.hour * 60 + at.minute
