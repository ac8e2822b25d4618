"""The account of a deadline 时限说明: every day from the event to the due day, counted or not, why, and by which rule.

Decides how far the account goes; the deadline itself is decided by `engine.limits` and never counted anew. The account
walks from day to day, says of each what it adds, and ends where the deadline ends. Tests hold the two together: the days
it calls counted are the days of the limit, and their number is its amount.

What is told of a day is decided by `engine.accounted_days`, which rules are named by `engine.applied_rules`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from engine.accounted_days import SHORTER_THAN_A_DAY, Course, Day, days_of
from engine.applied_rules import Rule, rules_of
from engine.calendar import SHANGHAI, Calendar
from engine.counting import Suspension
from engine.day_sort import DaySorts
from engine.errors import InvalidInput
from engine.limits import Extension, Limit, Unit, deadline
from engine.sentences import say
from engine.stops import GROUNDS

LONGEST = 20_000
"""Days of an account: over fifty years, and with fifty stops and closures a quarter of a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The account of one deadline. `due`, `due_on`, `provisional`: as `engine.limits.deadline` has them, so None, None and
    False while a stop is open. `amount`: of the limit with its extensions."""

    limit: Limit
    amount: int
    due: str | None
    due_on: date | None
    provisional: bool
    days: tuple[Day, ...]
    rules: tuple[Rule, ...]


def explain(
    calendar: Calendar, limit: Limit, at: datetime, *, event: str = "accepted", suspensions: Iterable[Suspension] = (),
    extensions: Iterable[Extension] = (), grounds: Mapping[str, str] = GROUNDS, until: date | None = None,
) -> Account:
    """The account of the deadline that `engine.limits.deadline` gives for the same question, from the event's day to the
    due day, both included.

    `grounds`: the grounds of special procedures by their Chinese names; any other is told as a stop by its own name.
    `until`: the last day listed while an open stop leaves the due day unknown; None: the day that stop begins. Raises
    InvalidInput as `deadline` does, and when the account would be longer than LONGEST days."""
    stops, added = tuple(suspensions), tuple(extensions)
    found = deadline(calendar, limit, at, event=event, suspensions=stops, extensions=added)
    happened_on = at.astimezone(SHANGHAI).date()
    last = found.due_on or max(happened_on, until or min(stop.start for stop in stops if stop.end is None))
    if (last - happened_on).days >= LONGEST:
        field = "limit.amount" if found.due_on else "until"
        raise InvalidInput(field, say(
            "from {happened_on} to {last} are more than the {most} days that are explained one by one; ask for the deadline "
            "alone", happened_on=happened_on, last=last, most=LONGEST))
    unrolled = deadline(calendar, replace(limit, roll_off_holiday=False), at, event=event, suspensions=stops, extensions=added)
    due_at = found.lapses_at.astimezone(SHANGHAI) if found.lapses_at is not None and limit.unit in SHORTER_THAN_A_DAY else None
    extra = sum(extension.amount for extension in added)
    course = Course(
        limit=limit, amount=limit.amount + extra, extended=extra > 0, happened_on=happened_on,
        start=_start(calendar, at, event), ends_on=unrolled.due_on, due_on=found.due_on, due_at=due_at, stops=stops,
        grounds=grounds, sorts=DaySorts(calendar=calendar))
    days = tuple(days_of(course, last))
    return Account(limit=limit, amount=course.amount, due=found.text, due_on=found.due_on, provisional=found.is_provisional,
                   days=days, rules=tuple(rules_of(course, days)))


def _start(calendar: Calendar, at: datetime, event: str) -> datetime:
    """The instant counting begins from: 0 calendar days after the event is the day it counts as received on."""
    happened = at.astimezone(SHANGHAI).replace(second=0, microsecond=0)
    received_on = deadline(calendar, Limit(amount=0, unit=Unit.CALENDAR_DAY, roll_off_holiday=False), at, event=event).due_on
    if received_on is None or received_on == happened.date():
        return happened
    return datetime.combine(received_on, time(), SHANGHAI) + timedelta(minutes=calendar.hours.opens)
