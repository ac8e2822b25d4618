"""Limits and their accounts against a slow, independent walk from day to day (`limits_oracle`), over random questions of
2024–2026.

`make oracle` asks 100,000 questions with the numbers of a fixed seed; `make test` asks the first of them. A question that is
answered differently is shown whole.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from engine.calendar import SHANGHAI, Calendar
from engine.counting import Suspension
from engine.explanation import Account, explain
from engine.limits import Extension, Limit, Unit, deadline, latest_start
from engine.notices import Closure
from services.calendars import load_calendar
from tests.engine import limits_oracle as oracle

CALENDAR = load_calendar(Path(__file__).parents[2] / "bpmn")
STATUTORY_2027 = {date(2027, *day) for day in (
    (1, 1), (2, 5), (2, 6), (2, 7), (2, 8), (4, 5), (5, 1), (5, 2), (6, 9), (9, 15), (10, 1), (10, 2), (10, 3))}
FIXED = ((1, 1), (5, 1), (10, 1), (10, 2), (10, 3))


@cache
def works(day: date) -> bool:
    """A working day, by calendars that are not ours."""
    if day.year in (2024, 2025, 2026):
        return bool(chinese_calendar.is_workday(day))
    if day.year >= 2025 and (day.month, day.day) == (5, 2):
        return False
    return day.weekday() < 5 and (day.month, day.day) not in FIXED and day not in STATUTORY_2027


LENGTHS = {Unit.WORKDAY: 60, Unit.HALF_DAY: 30, Unit.WORKING_HOUR: 30, Unit.HOUR: 60, Unit.CALENDAR_DAY: 90,
           Unit.MONTH: 6}
days = some.dates(date(2024, 1, 1), date(2026, 12, 31))
instants = some.builds(
    lambda day, hour, minute: datetime.combine(day, time(hour, minute), SHANGHAI),
    days, some.integers(0, 23), some.sampled_from((0, 1, 30, 59)))
after = some.integers(-10, 60)  # days from the event to a stop or closure
stops = some.lists(some.tuples(after, some.none() | some.integers(0, 30)), max_size=3)
closings = some.lists(some.tuples(after, some.integers(0, 4)), max_size=2)


@settings(derandomize=True, max_examples=500, deadline=None, database=None)
@given(at=instants, unit=some.sampled_from(Unit), share=some.floats(0, 1),
       event=some.sampled_from(("accepted", "submitted")), count_first_day=some.booleans(), roll=some.booleans(),
       stops=stops, extra=some.integers(0, 10), closings=closings)
def test_any_limit_is_due_when_a_walk_from_day_to_day_says_so(
    at: datetime, unit: Unit, share: float, event: str, count_first_day: bool, roll: bool,
    stops: list[tuple[int, int | None]], extra: int, closings: list[tuple[int, int]],
) -> None:
    amount = int(share * LENGTHS[unit])
    suspensions = [
        Suspension(start=start, end=None if length is None else start + timedelta(days=length), ground="testing")
        for offset, length in stops for start in (at.date() + timedelta(days=offset),)]
    closures = [
        Closure(first=first, last=first + timedelta(days=length), reference="停办公告")
        for offset, length in closings for first in (at.date() + timedelta(days=offset),)]

    found = deadline(
        CALENDAR.with_closures(closures), at=at, event=event, suspensions=suspensions,
        limit=Limit(amount=amount, unit=unit, count_first_day=count_first_day, roll_off_holiday=roll),
        extensions=[Extension(amount=extra, unit=unit)])

    walked = oracle.due(
        lambda day: works(day) and not any(closure.first <= day <= closure.last for closure in closures),
        unit.value, amount, at.replace(tzinfo=None), event=event, count_first_day=count_first_day, roll=roll,
        stops=[(stop.start, stop.end) for stop in suspensions], extra=extra)
    assert found.text == (None if walked is None else walked.isoformat()[:16])


@settings(derandomize=True, max_examples=300, deadline=None, database=None)
@given(day=days, unit=some.sampled_from((Unit.WORKDAY, Unit.CALENDAR_DAY)), amount=some.integers(0, 60))
def test_any_latest_start_is_where_a_walk_backward_says(day: date, unit: Unit, amount: int) -> None:
    found = latest_start(CALENDAR, Limit(amount=amount, unit=unit), day)

    assert found == oracle.latest_start(works, unit.value, amount, day)


BATCH, ASKED_EACH = 1000, 20  # questions of one test; of them, on one calendar with its closures, which takes long to make
QUESTIONS = int(os.environ.get("JIBAN_ORACLE_QUESTIONS", "2000"))


@pytest.mark.parametrize("batch", range(-(-QUESTIONS // BATCH)))
def test_any_account_counts_the_very_days_a_walk_counts_and_ends_on_its_due_day(batch: int) -> None:
    random = Random(f"jiban {batch}")

    for _ in range(BATCH // ASKED_EACH):
        around = date(2024, 1, 1) + random.randrange(1096) * timedelta(days=1)
        closures = _closures(random, around)
        calendar = CALENDAR.with_closures(closures)
        works_then = _with(closures)
        for question in _questions(random, around):
            _agree(calendar, works_then, **question)


def _agree(
    calendar: Calendar, works_then: Callable[[date], bool], *, limit: Limit, at: datetime, event: str,
    stops: list[tuple[date, date | None]], extra: int,
) -> None:
    """The account, the deadline and the walk say the same."""
    suspensions = [Suspension(start=start, end=end, ground="testing") for start, end in stops]
    extensions = [Extension(amount=extra, unit=limit.unit)]

    account = explain(calendar, limit, at, event=event, suspensions=suspensions, extensions=extensions)

    found = deadline(calendar, limit, at, event=event, suspensions=suspensions, extensions=extensions)
    tally: list[date] = []
    walked = oracle.due(
        works_then, limit.unit.value, limit.amount, at.replace(tzinfo=None), event=event, roll=limit.roll_off_holiday,
        count_first_day=limit.count_first_day, stops=stops, extra=extra, tally=tally)
    shown = f"{limit} at {at} {event} stops {stops} extra {extra} closures {calendar.closures}"
    assert account.due == found.text == (None if walked is None else walked.isoformat()[:16]), shown
    assert (account.due_on, account.provisional) == (found.due_on, found.is_provisional), shown
    assert _without_gap(account, at.date()), shown
    assert _counted(account) == Counter(day for day in tally if day <= account.days[-1].date), shown
    if walked is not None:
        length = (limit.amount + extra) * (60 if limit.unit in (Unit.WORKING_HOUR, Unit.HOUR) else 1)
        assert account.days[-1].date == found.due_on, shown
        assert limit.unit is Unit.MONTH or len(tally) == length == sum(_counted(account).values()), shown


def _counted(account: Account) -> Counter[date]:
    """What each counted day adds: the difference of the running numbers."""
    found: Counter[date] = Counter()
    reached = 0
    for day in account.days:
        assert day.counted == (day.number is not None) and day.why and day.code
        if day.number is not None:
            found[day.date], reached = day.number - reached, day.number
    return found


def _without_gap(account: Account, first: date) -> bool:
    return [day.date for day in account.days] == [first + timedelta(days=n) for n in range(len(account.days))]


def _closures(random: Random, around: date) -> list[Closure]:
    """None to two closures near a day, of one to five days."""
    firsts = [around + random.randint(-15, 60) * timedelta(days=1) for _ in range(random.choice((0, 1, 1, 2)))]
    return [Closure(first=first, last=first + random.randint(0, 4) * timedelta(days=1), reference="停办公告")
            for first in firsts]


def _with(closures: list[Closure]) -> Callable[[date], bool]:
    closed = {closure.first + timedelta(days=n) for closure in closures
              for n in range((closure.last - closure.first).days + 1)}
    return cache(lambda day: works(day) and day not in closed)


def _questions(random: Random, around: date) -> Iterator[dict[str, Any]]:
    """Questions whose event lies within two weeks of a day, in 2024–2026."""
    for _ in range(ASKED_EACH):
        day = min(max(around + random.randint(-14, 14) * timedelta(days=1), date(2024, 1, 1)), date(2026, 12, 31))
        unit = random.choice(list(Unit))
        minute = time(random.choice((*range(24), 9, 12, 17)), random.choice((0, 0, 1, 30, 59)))
        yield {
            "at": datetime.combine(day, minute, SHANGHAI),
            "limit": Limit(amount=random.choice((0, 1, random.randint(0, LENGTHS[unit]))), unit=unit,
                           count_first_day=random.random() < 0.4, roll_off_holiday=random.random() < 0.7),
            "event": random.choice(("accepted", "submitted")), "stops": _stops(random, day),
            "extra": random.choice((0, 0, 1, random.randint(0, 10)))}


def _stops(random: Random, day: date) -> list[tuple[date, date | None]]:
    """None to three stops that begin ten days before to sixty days after a day; one in twelve is still open."""
    firsts = [day + random.randint(-10, 60) * timedelta(days=1) for _ in range(random.choice((0, 0, 1, 1, 2, 3)))]
    return [(first, None if random.random() < 0.08 else first + random.randint(0, 30) * timedelta(days=1)) for first in firsts]
