"""The days of an account 逐日说明: which of them counts, what it adds, and why another does not.

Decides what is told of one day of a deadline. Where the deadline begins and ends it is told by a `Course`; it counts no
limit.

Of several reasons not to count a day, one is told, in this order:

    before_receipt     filed after the close or on a day off: received on the next working day
    event_day          the event's own day, or what of it lies before the event
    holiday, statutory_holiday, weekend, closure
                       in working time: a day off. It would not have counted anyway, so it is told before the stop that
                       covers it too, as a closure on a Saturday is told as a Saturday (`engine.day_sort`)
    suspended          a stop, with its ground; where several overlap, with all their grounds
    after_hours        即办件 after the close: due on the next working day
    midnight           clock hours that end as this day begins
    rolled             after the last day, which was a day off; the day on which it is due in the end is the last of these

What counts is a `workday`, a `make_up_workday` or a `calendar_day`. The day of a limit of 0 (即办件) is a `same_day`: nothing
is counted, it is only due. In a year without a published notice every day is marked 暂定, since the notice may change its
sort.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from engine.counting import Suspension
from engine.day_sort import MAKE_UP, DaySort, DaySorts
from engine.limits import Limit, Unit
from engine.sentences import Sentence, listed, say, sentence_of
from engine.stops import ground_name

EVENT_DAY, BEFORE_RECEIPT, SUSPENDED, ROLLED = "event_day", "before_receipt", "suspended", "rolled"
SAME_DAY, AFTER_HOURS, AT_MIDNIGHT, CALENDAR_DAY = "same_day", "after_hours", "midnight", "calendar_day"
SHORTER_THAN_A_DAY = frozenset({Unit.HALF_DAY, Unit.WORKING_HOUR, Unit.HOUR})

_DAY = timedelta(days=1)
_MIDNIGHT = 24 * 60
_DAYS_AS_SUCH = frozenset({Unit.CALENDAR_DAY, Unit.MONTH, Unit.HOUR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day of the account. `number`: how many days (workday, calendar_day, month), half-days (half_day) or minutes
    (working_hour, hour) have been counted by its end; None on a day that is not counted. `code`: one of the words above.
    `why`: a phrase in Chinese that cites its source."""

    date: date
    counted: bool
    number: int | None
    code: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What the days are judged by. `start`: the instant counting begins from, later than the event for a late filing.
    `ends_on`: the last counted day, before it is rolled; `due_on`: after. `due_at`: the due minute of a unit shorter than a
    day, else None."""

    limit: Limit
    amount: int
    extended: bool
    happened_on: date
    start: datetime
    ends_on: date | None
    due_on: date | None
    due_at: datetime | None
    stops: tuple[Suspension, ...]
    grounds: Mapping[str, str]
    sorts: DaySorts

    @property
    def is_in_working_time(self) -> bool:
        """Do days off not count? An amount of 0 hours is the close of business, so there they do not either."""
        return self.limit.unit not in _DAYS_AS_SUCH or (self.limit.unit is Unit.HOUR and self.amount == 0)

    def stops_on(self, day: date) -> list[Suspension]:
        """The stops that leave a day out: not the day they begin, but the day they end."""
        return [stop for stop in self.stops if stop.start < day and (stop.end is None or day <= stop.end)]

    def named(self, stops: Iterable[Suspension]) -> tuple[list[str], list[str]]:
        """The names of the grounds of special procedures and those of other stops, each once and in order."""
        grounds = list(dict.fromkeys(stop.ground for stop in stops))
        return ([self.grounds[ground] for ground in grounds if ground in self.grounds],
                [ground_name(ground) for ground in grounds if ground not in self.grounds])


def days_of(course: Course, last: date) -> Iterator[Day]:
    """Every day from the event's to `last`, both included."""
    reached = 0
    for offset in range((last - course.happened_on).days + 1):
        day = _day(course, course.happened_on + offset * _DAY, reached)
        reached = day.number or reached
        yield day


def _day(course: Course, day: date, reached: int) -> Day:
    calendar, sort = course.sorts.calendar, course.sorts.of(day)
    mark = "" if calendar.is_published(day.year) else say(",暂定({year}年放假通知未公布)", year=day.year)
    left_out = _left_out(course, day, sort)
    if left_out is not None:
        code, why = left_out
        return Day(date=day, counted=False, number=None, code=code, why=_joined(why, mark))
    slots = _slots(course, day)
    code = sort.code if course.is_in_working_time else CALENDAR_DAY
    begins = say(",停表当日计入") if any(stop.start == day != stop.end for stop in course.stops) else ""
    return Day(date=day, counted=True, number=reached + slots, code=code,
               why=_joined(_counted(course, day, sort, slots, reached + slots), begins, mark))


def _left_out(course: Course, day: date, sort: DaySort) -> tuple[str, str] | None:
    """Why a day is not counted; None when it is."""
    start_on = course.start.date()
    if day < start_on:
        return _before_receipt(course, day, sort)
    if course.ends_on is not None and day > course.ends_on:
        return ROLLED, _rolled(course, day, sort)
    if course.due_at is not None and course.amount and _minute(course.due_at) == 0 and day == course.due_on:
        return AT_MIDNIGHT, say("零时届满,当日不计")
    if day == start_on and course.amount and course.limit.unit not in SHORTER_THAN_A_DAY and not course.limit.count_first_day:
        return EVENT_DAY, (say("收件当日不计(民法典第201条)") if day > course.happened_on
                           else say("起算当日不计(民法典第201条)"))
    if course.is_in_working_time and not sort.is_worked:
        return sort.code, say("{sort},不计{source}", sort=sort.phrase, source=_cited(sort.source))
    if stops := course.stops_on(day):
        return SUSPENDED, _suspended(course, stops)
    if course.amount == 0:
        return _at_once(course, day, sort)
    if _slots(course, day) == 0:
        return EVENT_DAY, _spent(course)
    return None


def _before_receipt(course: Course, day: date, sort: DaySort) -> tuple[str, str]:
    if day == course.happened_on:
        when = say("{sort}下班后", sort=sort.phrase) if sort.is_worked else sort.phrase
        return BEFORE_RECEIPT, say("{when}提交,下一工作日为收件日(民法典第203条)", when=when)
    return sort.code, say("{sort},尚未收件{source}", sort=sort.phrase, source=_cited(sort.source))


def _at_once(course: Course, day: date, sort: DaySort) -> tuple[str, str]:
    """即办件: the day it is due, before it is rolled; a day before it that is neither off nor stopped was over already."""
    if day != course.ends_on:
        return AFTER_HOURS, say("下班后起算,下一工作日办结(行政许可法第34条)")
    if day != course.due_on:
        return SAME_DAY, say("即办件,当日逢{sort},顺延(民法典第203条)", sort=sort.phrase)
    return SAME_DAY, say("即办件,当日办结(行政许可法第34条)")


def _rolled(course: Course, day: date, sort: DaySort) -> str:
    if day == course.due_on:
        return (say("调休上班,顺延至本日到期(民法典第203条)") if sort.code == MAKE_UP
                else say("顺延至本日到期(民法典第203条)"))
    return say("{sort}{source},顺延至下一工作日(民法典第203条)", sort=sort.phrase, source=_cited(sort.source))


def _suspended(course: Course, stops: Sequence[Suspension]) -> str:
    """The grounds of every stop that covers the day, those of art. 45 first."""
    special, other = course.named(stops)
    told = [say("特别程序:{grounds}", grounds=_named(special))] if special else []
    told += [say("停表:{grounds}", grounds=_named(other)) if other[0] else say("停表")] if other else []
    given = listed(told, ";")
    return say("{stops},不计(行政许可法第45条)", stops=given) if special else say("{stops},不计", stops=given)


def _spent(course: Course) -> str:
    """Why a day that would count has nothing left to count after the event."""
    if course.limit.unit is Unit.HALF_DAY:
        return say("起算的半日不计(民法典第201条)")
    return say("下班后起算,当日无工作时间(民法典第203条)")


def _counted(course: Course, day: date, sort: DaySort, slots: int, number: int) -> str:
    made_up = sort.code == MAKE_UP and course.is_in_working_time
    before, cited = (say("调休上班,"), _cited(sort.source)) if made_up else ("", "")
    match course.limit.unit:
        case Unit.WORKDAY:
            return say("{before}第{number}个工作日{source}", before=before, number=number, source=cited)
        case Unit.HALF_DAY:
            return say("{before}计{count}个半日,累计{number}个半日{source}", before=before, count=slots, number=number,
                       source=cited)
        case Unit.WORKING_HOUR | Unit.HOUR:
            return say("{before}计{span},累计{sum}{source}", before=before, span=_span(slots), sum=_span(number), source=cited)
    return say("第{number}日{end}", number=number, end=_end(course, sort) if day == course.ends_on else "")


def _end(course: Course, sort: DaySort) -> str:
    """What is told of the last of a number of calendar days or months."""
    ended = say(",期间届满(民法典第202条)") if course.limit.unit is Unit.MONTH else ""
    if sort.is_worked:
        return ended
    if course.limit.roll_off_holiday:
        return say("{ended},末日逢{sort},顺延(民法典第203条)", ended=ended, sort=sort.phrase)
    return say("{ended},末日逢{sort},按事项规定不顺延", ended=ended, sort=sort.phrase)


def _slots(course: Course, day: date) -> int:
    """What a day adds that nothing keeps from counting: 1, or its half-days or minutes between the event and the due minute."""
    hours, limit = course.sorts.calendar.hours, course.limit
    since = _minute(course.start) if day == course.start.date() else 0
    until = _minute(course.due_at) if course.due_at is not None and day == course.due_on else _MIDNIGHT
    match limit.unit:
        case Unit.HALF_DAY:
            spent = (1 if since <= hours.breaks else 2) - limit.count_first_day if day == course.start.date() else 0
            return (1 if until <= hours.breaks else 2) - spent
        case Unit.WORKING_HOUR:
            return hours.worked(until) - hours.worked(since)
        case Unit.HOUR:
            return until - since
    return 1


def _minute(at: datetime) -> int:
    return at.hour * 60 + at.minute


def _span(minutes: int) -> str:
    """Minutes as people say them: 3小时30分."""
    hours, rest = divmod(minutes, 60)
    if hours and rest:
        return say("{hours}小时{minutes}分", hours=hours, minutes=rest)
    return say("{hours}小时", hours=hours) if hours else say("{minutes}分", minutes=rest)


def _named(grounds: Iterable[str]) -> Sentence:
    return listed(map(sentence_of, grounds), "、")


def _joined(why: str, *more: str) -> Sentence:
    """A reason with what is told beside it."""
    return listed(filter(None, (why, *more)), "")


def _cited(source: str) -> str:
    return f"({source})" if source else ""
