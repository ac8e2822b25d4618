"""The rules of an account 依据: which rules made a deadline what it is, each with its source.

Decides which rules are named: those that left out, moved or added a day of this account, never those that might have. It
reads the days as `engine.accounted_days` tells them and counts nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.accounted_days import BEFORE_RECEIPT, ROLLED, SUSPENDED, Course, Day
from engine.day_sort import CLOSURE, HOLIDAY, MAKE_UP, STATUTE, STATUTORY
from engine.limits import Limit, Unit
from engine.sentences import listed, say, sentence_of

_UNITS = {Unit.WORKDAY: "个工作日", Unit.HALF_DAY: "个半日", Unit.WORKING_HOUR: "工作小时", Unit.HOUR: "小时",
          Unit.CALENDAR_DAY: "日", Unit.MONTH: "个月"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule that was applied, in Chinese, and the article or document it rests on."""

    text: str
    source: str


def rules_of(course: Course, days: Sequence[Day]) -> Iterator[Rule]:
    """The rules that made these days what they are, from the beginning of the count to its end."""
    codes = {day.code for day in days}
    if BEFORE_RECEIPT in codes:
        yield Rule(text=say("下班后或休息日提交的,下一工作日为收件日"), source="民法典第203条第2款")
    yield _beginning(course)
    if course.amount:
        yield _unit(course.limit)
    if course.is_in_working_time and codes & {HOLIDAY, MAKE_UP}:
        yield Rule(text=say("放假与调休依国务院办公厅通知"), source=_sources(course, days, HOLIDAY, MAKE_UP))
    if course.is_in_working_time and STATUTORY in codes:
        yield Rule(text=say("放假通知未公布的年份,法定节日不计"), source=STATUTE)
    if CLOSURE in codes:
        yield Rule(text=say("经批准的停办日不计"), source=_sources(course, days, CLOSURE))
    yield from _stopped(course, days)
    if course.extended:
        yield Rule(text=say("经批准延长,共{amount}{unit},自原起算日连续计算", amount=course.amount,
                            unit=sentence_of(_UNITS[course.limit.unit])), source="行政许可法第42条")
    yield from _ending(course, codes)


def _beginning(course: Course) -> Rule:
    if course.amount == 0:
        return Rule(text=say("时限为0(即办件),当日办结"), source="行政许可法第34条")
    match course.limit.unit:
        case Unit.WORKING_HOUR | Unit.HOUR:
            return Rule(text=say("按小时计算的,自事件发生时起算"), source="民法典第201条第2款")
        case _ if course.limit.count_first_day:
            return Rule(text=say("依事项规定,起算当日计入"), source=course.limit.basis or "民法典第204条")
        case Unit.HALF_DAY:
            return Rule(text=say("起算的半日不计"), source="民法典第201条")
    return Rule(text=say("起算当日不计,自下一日起算"), source="民法典第201条")


def _unit(limit: Limit) -> Rule:
    match limit.unit:
        case Unit.CALENDAR_DAY:
            return Rule(text=say("按自然日连续计算"), source=limit.basis or "民法典第200条")
        case Unit.HOUR:
            return Rule(text=say("按自然小时连续计算"), source=limit.basis or "民法典第200条")
        case Unit.MONTH:
            return Rule(text=say("按月计算,到期月的对应日届满,无对应日的为月末日"), source="民法典第202条")
    return Rule(text=say("期限按工作日计算,不含法定节假日,调休上班日计入"), source="行政许可法第82条")


def _stopped(course: Course, days: Sequence[Day]) -> Iterator[Rule]:
    left_out = (day.date for day in days if day.code == SUSPENDED)
    special, other = course.named(stop for day in left_out for stop in course.stops_on(day))
    if special:
        yield Rule(text=say("特别程序({grounds})所需时间不计,开始当日计入,结束当日不计",
                            grounds=listed(map(sentence_of, special), "、")), source="行政许可法第45条")
    if other:
        yield Rule(text=say("停表期间不计,开始当日计入,结束当日不计"), source="、".join(filter(None, other)))


def _ending(course: Course, codes: set[str]) -> Iterator[Rule]:
    if ROLLED in codes:
        yield Rule(text=say("末日为法定休假日的,顺延至下一工作日"), source="民法典第203条")
    elif course.ends_on is not None and not course.limit.roll_off_holiday and not course.sorts.of(course.ends_on).is_worked:
        yield Rule(text=say("依事项规定,末日逢休假日不顺延"), source=course.limit.basis or "民法典第204条")
    if course.due_on is None:
        yield Rule(text=say("停表尚未结束,到期日待恢复后计算"), source="行政许可法第45条" if any(
            stop.end is None and stop.ground in course.grounds for stop in course.stops) else "")
        return
    years = [year for year in range(course.happened_on.year, course.due_on.year + 1)
             if not course.sorts.calendar.is_published(year)]
    if years:
        yield Rule(text=say("{years}年放假通知未公布,到期日暂定,公布后重算", years=listed(years, "、")), source=STATUTE)


def _sources(course: Course, days: Sequence[Day], *codes: str) -> str:
    sorts = (course.sorts.of(day.date) for day in days if day.code in {*codes, ROLLED})
    return "、".join(dict.fromkeys(sort.source for sort in sorts if sort.code in codes and sort.source))
