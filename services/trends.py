"""The figures of the last months within a scope, side by side.

A month that was frozen is what was written down of it; another one is counted as it stands. Figures are sums and fractions of
sums, so those of several groups add up to those of all of them; the one that does not, the rate by matters, is not among them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from engine.case import local_day
from engine.counted import NOT_STATED, Group
from engine.figures import BY_NAME, CASES, Figures, Ratio, Value
from engine.months import Month, month_before, month_of
from engine.sight import EVERYWHERE
from services.figures import report
from services.office import Office
from services.store.watching import Place
from services.watching import Within

MONTHS = 6
SHOWN = ("accepted", "concluded", "early", "on_time", "late", "overdue", "on_time_rate", "mean_net", "mean_span",
         "mean_special", "mean_pause", "timed")
"""Which figures, in the order they are shown."""

_PARTS = Group._fields


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthShown:
    """A month's figures. `is_frozen`: they are those the month ended with."""

    month: Month
    is_frozen: bool
    figures: Figures


def trend(connection: Connection, office: Office, within: Within, *, now: datetime, months: int = MONTHS) -> list[MonthShown]:
    """The last months, the present one last."""
    wanted = [month_of(local_day(now))]
    while len(wanted) < months:
        wanted.insert(0, month_before(wanted[0].first))
    return [_shown(connection, office, within, month, now) for month in wanted]


def _shown(connection: Connection, office: Office, within: Within, month: Month, now: datetime) -> MonthShown:
    is_all = within == Within(scopes=EVERYWHERE)
    found = report(connection, office, month, by=() if is_all else _PARTS, now=now)
    groups = [values for group, values in found.groups if (group == Group()) is is_all
              and (is_all or within.holds(_place(group)))]
    return MonthShown(month=month, is_frozen=found.is_frozen, figures={name: _sum(groups, name) for name in SHOWN})


def _place(group: Group) -> Place:
    park, department = ("" if value == NOT_STATED else value for value in (group.park, group.department))
    return Place(park, department, group.process)


def _sum(groups: Iterable[Figures], name: str) -> Value:
    values = [values[name] for values in groups if name in values]
    if BY_NAME[name].unit == CASES:
        return sum(value for value in values if isinstance(value, int))
    ratios = [value for value in values if isinstance(value, Ratio)]
    return Ratio(numerator=sum(each.numerator for each in ratios), denominator=sum(each.denominator for each in ratios))
