"""The statements that read running clocks, built once at import: pages of them in the order in which they lapse, and the board.

A page begins after the key of the page before, (instant, case, clock), and walks one index from there; what is asked beyond a
span of time is tested on the way. The board is read from its counts and never from the clocks: it costs what there are
different counts, not what there are clocks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import combinations
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Connection, Select, String, bindparam, cast, func, select, tuple_

from services import tables as t
from services.database import Instant
from services.store.rows import ClockRow, Counted

LAST_CASE = 2**62
"""After the newest case: with it a key stands after every clock that lapses at its instant."""


class Key(NamedTuple):
    """The place of a clock in the order of lapsing."""

    lapses_at: datetime
    case_id: int
    clock: str


FIRST = Key(datetime(1970, 1, 1, tzinfo=UTC), 0, "")
"""Before every clock."""


class RunningRow(NamedTuple):
    """A running clock with the case it belongs to. `matter`: the name of its process. `fold`: as in `CaseRow`."""

    number: str
    matter: str
    fold: bytes
    clock: ClockRow


_OF_CASE = [t.case.c.number, t.definition.c.name, t.case.c.fold]
_OF_CLOCK = [t.clock.c[name] for name in ClockRow._fields]
_IN_SPAN = (
    tuple_(t.clock.c.lapses_at, t.clock.c.case_id, t.clock.c.clock)
    > tuple_(bindparam("lapses_at", type_=Instant), bindparam("case_id", type_=BigInteger), bindparam("clock", type_=String)),
    t.clock.c.lapses_at >= bindparam("lapses_at", type_=Instant),  # said again for planners that do not see it in the key
    t.clock.c.lapses_at <= bindparam("until", type_=Instant))
_ASKED = ("kind", "park", "process")
_WHICH = {names: [t.clock.c[name] == bindparam(f"of_{name}") for name in names]
          for most in range(len(_ASKED) + 1) for names in combinations(_ASKED, most)}

_PAGES: Mapping[tuple[str, ...], Select[Any]] = {
    names: select(*_OF_CASE, *_OF_CLOCK)
    .join_from(t.clock, t.case, t.clock.c.case_id == t.case.c.id)
    .join(t.definition, t.definition.c.id == t.case.c.definition_id)
    .where(*_IN_SPAN, *wanted).order_by(t.clock.c.lapses_at, t.clock.c.case_id, t.clock.c.clock).limit(bindparam("most"))
    for names, wanted in _WHICH.items()}
_COUNTS: Mapping[tuple[str, ...], Select[Any]] = {
    names: select(func.count()).select_from(t.clock).where(*_IN_SPAN, *wanted) for names, wanted in _WHICH.items()}

_COUNTED = [t.clock_count.c[name] for name in Counted._fields]
_BOARD = (select(*_COUNTED, cast(func.sum(t.clock_count.c.clocks), BigInteger))
          .where(t.clock_count.c.clocks != 0).group_by(*_COUNTED)
          .having(func.sum(t.clock_count.c.clocks) != 0))  # begun in one shard and over in another
_MATTERS = select(t.definition.c.process, t.definition.c.name).order_by(t.definition.c.version)


def running_page(connection: Connection, *, after: Key, until: datetime, most: int, **wanted: str) -> list[RunningRow]:
    """Running clocks that lapse by `until`, earliest first, after a key. `wanted`: kind, park, process."""
    given = {**after._asdict(), "until": until, "most": most, **_given(wanted)}
    width = len(_OF_CASE)
    return [RunningRow(row[0], row[1], row[2], ClockRow._make(row[width:]))
            for row in connection.execute(_PAGES[tuple(sorted(wanted))], given)]


def running_count(connection: Connection, *, after: Key, until: datetime, **wanted: str) -> int:
    """How many clocks a walk through all pages would find."""
    given = {**after._asdict(), "until": until, **_given(wanted)}
    return int(connection.execute(_COUNTS[tuple(sorted(wanted))], given).scalar_one())


def counted(connection: Connection) -> Sequence[Sequence[Any]]:
    """How many running clocks there are of each that have the same lamp: the fields of `Counted`, and the number last."""
    return connection.execute(_BOARD).all()


def matters(connection: Connection) -> dict[str, str]:
    """The names of all processes by id, each as its newest version has it."""
    return {row[0]: row[1] for row in connection.execute(_MATTERS)}


def _given(wanted: Mapping[str, str]) -> dict[str, str]:
    return {f"of_{name}": value for name, value in wanted.items()}
