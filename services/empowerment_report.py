"""赋权一批、承接一批、有效运行一批: how many rows of the empowerment list are in force in each park, taken over, and running.

Decides what each count means. A row runs when at least one case that was routed by it has been concluded 办结 in the last
months up to the day, which nobody enters: it is read from the facts of the cases.
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import MINYEAR, date

import orjson
from sqlalchemy import Connection

from engine.empowerment import Empowerment, Taking, is_valid
from engine.errors import InvalidInput
from engine.sentences import say
from services import empowerment
from services.empowerment import EVERY, rule_of
from services.store import empowerment as store
from services.store.empowerment import RuleRow


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkCounts:
    """The rows of a park on a day. `granted` 赋权: in force; of these `taken_over` 承接, `not_taken_over` 未有效承接 and
    `running` 有效运行. `taken_back` 收回: ended before their time. `concluded`: cases concluded by the rows in force, in the
    months asked."""

    park: str
    granted: int
    taken_over: int
    not_taken_over: int
    running: int
    taken_back: int
    concluded: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TakingReport:
    """The parks in the order of their names, and all of them as one whose name is "". `after`, `on`: the cases counted were
    concluded after the one day and not later than the other."""

    on: date
    after: date
    months: int
    parks: tuple[ParkCounts, ...]
    total: ParkCounts


def report(connection: Connection, *, on: date, months: int) -> TakingReport:
    """Count the approved rows on a day, and the cases of the `months` before it."""
    after = months_earlier(on, months)
    concluded = Counter(_rule(body) for body in store.concluded(connection, after=after, until=on))
    rows = [row for row in empowerment.rows(connection, kind="empowerment", most=EVERY) if row.is_approved]
    parks = sorted({row.park for row in rows})
    return TakingReport(on=on, after=after, months=months, total=_counts("", rows, concluded, on), parks=tuple(
        _counts(park, [row for row in rows if row.park == park], concluded, on) for park in parks))


def months_earlier(day: date, months: int) -> date:
    """The corresponding day so many months before, or the month's last (民法典 art. 202). Raises InvalidInput before year 1."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    if year < MINYEAR:
        raise InvalidInput("on", say("there is no day {months} months before {day}", months=months, day=day))
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _rule(body: bytes) -> int:
    """The row of the empowerment list a case was routed by; 0 when the local authority has it."""
    routed = orjson.loads(body)["data"]
    return int(routed["rule"]) if routed["source"] == "empowerment" else 0


def _counts(park: str, rows: Iterable[RuleRow], concluded: Counter[int], on: date) -> ParkCounts:
    listed = [(row, rule) for row in rows if isinstance(rule := rule_of(row), Empowerment)]
    valid = [rule for _, rule in listed if is_valid(rule, on)]
    return ParkCounts(
        park=park, granted=len(valid),
        taken_over=sum(rule.taking is Taking.TAKEN_OVER for rule in valid),
        not_taken_over=sum(rule.taking is Taking.NOT_TAKEN_OVER for rule in valid),
        running=sum(is_running(rule, concluded) for rule in valid),
        taken_back=sum(row.ended_on is not None and row.ended_on < on.isoformat() for row, _ in listed),
        concluded=sum(concluded[rule.id] for rule in valid))


def is_running(rule: Empowerment, concluded: Counter[int]) -> bool:
    """有效运行: the park does what it was given, and a case has come out of it."""
    return rule.taking is not Taking.NOT_TAKEN_OVER and concluded[rule.id] > 0
