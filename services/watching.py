"""What a supervisor 督查员 watches: the wall of lamps by department and matter, within a scope of parks,
departments and matters.

Reads only. What lies within a scope is asked of the database as far as columns can say it, and tested again row by row: a scope
that names a park in one grant and a department in another is no set of columns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection

from engine import sight
from engine.sight import Scope
from engine.supervision import Lamp
from services import board
from services.board import Group
from services.office import Office
from services.store.watching import Place

ORDER = (Lamp.RED, Lamp.YELLOW, Lamp.GREEN, Lamp.GREY, Lamp.BLUE)
"""The lamps as a wall shows them, the worst first."""

PAGE = 200
"""Rows that are fetched at a time."""

ROUNDS = 25
"""So many times for one page at most: what is sought too rarely goes on with the next."""

_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class Within:
    """What is asked of what one may see: of a park, a department, a process; None for any of them."""

    scopes: tuple[Scope, ...]
    park: str | None = None
    department: str | None = None
    process: str | None = None

    def holds(self, place: Place) -> bool:
        """May it be seen, and was it asked for?"""
        return (self.park in (None, place.park) and self.department in (None, place.department)
                and self.process in (None, place.process)
                and sight.sees(self.scopes, place.park, (place.department,), place.process))

    @property
    def wanted(self) -> dict[str, Sequence[str]]:
        """The same by column, as far as columns can say it; nobody's scope is wanted of no process at all."""
        named: dict[str, Sequence[str]] = {}
        for name in Place._fields:
            asked = getattr(self, name)
            values = {getattr(scope, name) for scope in self.scopes}
            if asked is not None:
                named[name] = (asked,)
            elif "" not in values:
                named[name] = sorted(values)
        return named


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the wall: the clocks of a matter in a department, by lamp."""

    process: str
    matter: str
    lamps: Counter[Lamp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A department of the wall, its worst matter first."""

    department: str
    rows: tuple[Row, ...]

    @property
    def lamps(self) -> Counter[Lamp]:
        """Its sums."""
        return sum((row.lamps for row in self.rows), Counter[Lamp]())


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """The wall, the worst department first. `parks`: those with a running clock within the scope, whatever park was asked
    for."""

    blocks: tuple[Block, ...]
    parks: tuple[str, ...]

    @property
    def lamps(self) -> Counter[Lamp]:
        """All of it."""
        return sum((block.lamps for block in self.blocks), Counter[Lamp]())


def wall(connection: Connection, office: Office, within: Within, *, now: datetime) -> Wall:
    """The wall at this instant. Two statements."""
    everything = Within(scopes=within.scopes)
    groups = [group for group in board.board(connection, office, now=now) if everything.holds(place_of(group))]
    departments: dict[str, dict[str, Row]] = {}
    for group in groups:
        if within.holds(place_of(group)) and group.lamps.total():
            rows = departments.setdefault(group.department, {})
            before = rows[group.process].lamps if group.process in rows else Counter[Lamp]()
            rows[group.process] = Row(process=group.process, matter=group.matter, lamps=before + group.lamps)
    blocks = (Block(department=name, rows=tuple(sorted(rows.values(), key=lambda row: (_badness(row.lamps), row.matter))))
              for name, rows in departments.items())
    return Wall(blocks=tuple(sorted(blocks, key=lambda block: (_badness(block.lamps), block.department))),
                parks=tuple(sorted({group.park for group in groups})))


def walked(
    fetch: Callable[[_Row | None], Sequence[_Row]], is_wanted: Callable[[_Row], bool], most: int,
) -> tuple[list[_Row], _Row | None]:
    """The first of the rows that are wanted, and after which row their list goes on; None: nothing follows. Pages of `PAGE`
    rows are fetched after the last row seen, until there are enough, one is short, or so many were read that the rest is for
    another time, however few were wanted."""
    found: list[_Row] = []
    last: _Row | None = None
    for _ in range(ROUNDS):
        page = fetch(last)
        for row in page:
            last = row
            if is_wanted(row):
                if len(found) == most:
                    return found, found[-1]
                found.append(row)
        if len(page) < PAGE:
            return found, None
    return found, last


def place_of(group: Group) -> Place:
    """Whose the clocks of a group are."""
    return Place(group.park, group.department, group.process)


def _badness(lamps: Counter[Lamp]) -> tuple[int, ...]:
    """The more of the worst, the earlier."""
    return tuple(-lamps[lamp] for lamp in ORDER[:2])
