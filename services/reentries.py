"""二次录入: how often people entered by hand what a system knows already, by month, park and system.

Counted is each completion of a task that was opened for people because a system was not connected, or because a person had
said so: not that it was opened, since somebody else may have answered meanwhile. A case counts in the month in which it was
entered there. """

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from engine.errors import InvalidInput
from engine.months import Month, read_month
from engine.sentences import say
from services.sheets import write_sheet
from services.store import reentries as store
from services.store.reentries import CountedRow

COLUMNS = ("月份", "园区", "系统", "二次录入次数")
MOST_MONTHS = 24


def counted(connection: Connection, *, since: str, until: str) -> list[CountedRow]:
    """From a month to a month, both included, at most two years. Raises InvalidInput."""
    first, last = read_month(since), read_month(until)
    if not 0 <= _number(last) - _number(first) < MOST_MONTHS:
        raise InvalidInput("until", say("expected a month from {first} on, at most {most} months", first=first.text,
                                        most=MOST_MONTHS))
    return store.counted(connection, f"{first.text}-01", f"{last.text}-31")


def sheet(rows: Iterable[CountedRow]) -> str:
    """The same as CSV."""
    return write_sheet(COLUMNS, ([row.month, row.park, row.system, str(row.times)] for row in rows))


def _number(month: Month) -> int:
    return month.year * 12 + month.number
