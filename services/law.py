"""The calendar as law 历法: which notices, statutory days and closures are in force, under a version number.

Version 0 is the shelf, the law as shipped; each accepted change makes the next version (`services.calendar_changes`). A law
is a value: it is read whole from the shelf and the few rows that changed it, and never changes; whoever keeps one asks
`law_version` whether it is still the law. A closure binds the city, or only the cases of one park, window or system, so a law
has as many calendars as there are sets of closures that bind together.

It decides what is in force. It does not know who may change it, and counts no days (`engine.calendar`).
"""

from __future__ import annotations

from calendar import monthrange
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from datetime import date
from functools import reduce
from itertools import pairwise
from pathlib import Path

import orjson
from sqlalchemy import Connection

from engine.calendar import FIRST_YEAR, LAST_YEAR, Calendar
from engine.errors import InvalidInput
from engine.notices import Closure, Holiday, Notice, StatutoryYear, read_closures, read_notice
from engine.sentences import say
from services.calendars import read_shelf
from services.store import law as store

_KEPT = 32  # a calendar takes 3 MB


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """What is in force. `_calendars`: those already made, by the closures they rest on."""

    version: int = 0
    notices: tuple[Notice, ...] = ()
    statutory: tuple[StatutoryYear, ...] = ()
    closures: tuple[Closure, ...] = ()
    _calendars: OrderedDict[tuple[Closure, ...], Calendar] = field(
        default_factory=OrderedDict, init=False, repr=False, compare=False)

    def calendar(self, *, park: str = "", window: str = "", system: str = "") -> Calendar:
        """The calendar of a case of this park, window and system; without any, the city's. Two places under the same closures
        get the same value. Raises InvalidInput when two notices disagree about a day."""
        closures = tuple(closure for closure in self.closures if closure.binds(park=park, window=window, system=system))
        kept = self._calendars.get(closures)
        if kept is None:
            kept = self._calendars[closures] = Calendar(notices=self.notices, statutory=self.statutory, closures=closures)
            while len(self._calendars) > _KEPT:
                self._calendars.popitem(last=False)
        return kept

    def notice(self, year: int) -> Notice | None:
        """The notice of a year. None: not published, its days are provisional 暂定."""
        return next((notice for notice in self.notices if notice.year == year), None)

    def amended(self, ruling: Notice | Closure, *, version: int) -> Law:
        """This law with one more ruling: a closure is added, a notice takes the place of the one of its year."""
        if isinstance(ruling, Closure):
            return replace(self, version=version, closures=(*self.closures, ruling))
        others = tuple(notice for notice in self.notices if notice.year != ruling.year)
        return replace(self, version=version, notices=tuple(sorted((*others, ruling), key=lambda notice: notice.year)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """A year as the law has it, for the city. `notice`: None while the year is provisional; `holidays` are then the statutory
    ones that are known. `months`: working days of each, January first."""

    year: int
    notice: Notice | None
    holidays: tuple[Holiday, ...]
    months: tuple[int, ...]


def shelf_law(shelf: Path) -> Law:
    """The law as shipped: version 0. Raises InvalidInput as `services.calendars.read_shelf` does, or when two of its notices
    disagree about a day."""
    shelved = read_shelf(shelf)
    law = Law(notices=shelved.notices, statutory=shelved.statutory, closures=shelved.closures)
    law.calendar()
    return law


def load_law(connection: Connection, shelf: Path, *, version: int | None = None) -> Law:
    """The law: what was shipped, and every accepted change in the order of acceptance, up to a version. None: all of them, the
    law in force."""
    rows = [row for row in store.accepted(connection) if version is None or row.version <= version]
    return reduce(lambda law, row: law.amended(read_ruling(row.kind, row.body), version=row.version), rows, shelf_law(shelf))


def law_version(connection: Connection) -> int:
    """The version of the law in force; 0 while nothing was changed since it was shipped."""
    return store.version(connection)


def read_ruling(kind: str, body: bytes) -> Notice | Closure:
    """What a stored change says."""
    said = orjson.loads(orjson.loads(body)["text"])
    return read_notice(said) if kind == "notice" else read_closures([said])[0]


def known_years(law: Law) -> list[int]:
    """The years with a notice or known statutory days, in order."""
    return sorted({notice.year for notice in law.notices} | {year.year for year in law.statutory})


def year_of(law: Law, year: int) -> Year:
    """A year as the law has it. Raises InvalidInput outside the calendar, whose first year has nothing before it to count
    from."""
    if not FIRST_YEAR < year <= LAST_YEAR:
        raise InvalidInput("year", say(
            "expected a year from {first_year} to {last_year}, found {found}",
            first_year=FIRST_YEAR + 1, last_year=LAST_YEAR, found=year))
    notice = law.notice(year)
    holidays = notice.holidays if notice else tuple(
        holiday for known in law.statutory if known.year == year for holiday in known.holidays)
    ends = [date(year - 1, 12, 31), *(date(year, month, monthrange(year, month)[1]) for month in range(1, 13))]
    months = tuple(law.calendar().workdays_between(after, until) for after, until in pairwise(ends))
    return Year(year=year, notice=notice, holidays=holidays, months=months)
