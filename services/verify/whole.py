"""What no single case shows: definitions, counters, and what the board counts."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, func, select

from services.verify.report import Problem
from services.verify.rows import Definitions
from services.verify.stored import CASE, CLOCK_COUNT, COUNTED, COUNTER, DEFINITION, scan

_NUMBER = re.compile(r"[0-9]{6}([0-9]{8})[0-9]{6,}")
"""Division, day, number of that day."""


def definitions_of(connection: Connection) -> dict[int, tuple[str, str]]:
    """Process and hash of every definition."""
    return {row.id: (row.process, row.hash) for row in scan(connection, DEFINITION, ("id",))}


def check_definitions(connection: Connection, known: Definitions) -> Iterator[Problem]:
    """Versions of a process follow each other, and what a definition calls is there."""
    versions: Counter[str] = Counter()
    for row in scan(connection, DEFINITION, ("id",)):
        versions[row.process] += 1
        if row.version != versions[row.process]:
            yield _problem("definition", f"definition {row.id} is version {row.version} of “{row.process}”, expected was "
                                         f"version {versions[row.process]}")
        missing = [called for called in _called(row.calls) if called not in known]
        if missing:
            yield _problem("reference", f"definition {row.id} calls definitions that do not exist: {missing}")


def check_counters(connection: Connection, opened: Counter[str]) -> Iterator[Problem]:
    """Numbers are given without a gap, so a counter says how many there must be. `opened`: cases by the day they bear."""
    counters = {row.name: row.value for row in scan(connection, COUNTER, ("name",))}
    for name, rows in (("case", CASE), ("definition", DEFINITION)):
        most, count = connection.execute(select(func.coalesce(func.max(rows.c.id), 0), func.count()).select_from(rows)).one()
        if not counters.get(name, 0) == most == count:
            yield _problem("counter", f"{counters.get(name, 0)} rows of “{name}” were numbered, {count} are there, up to id "
                                      f"{most}: some were removed or put in")
    for day in sorted({name.removeprefix("case-") for name in counters if name.startswith("case-")} | set(opened)):
        if counters.get(f"case-{day}", 0) != opened[day]:
            yield _problem("counter", f"{counters.get(f'case-{day}', 0)} cases were numbered on {day}, {opened[day]} are there")


def counted_as(clock: Row[Any]) -> tuple[object, ...]:
    """With which clocks the board counts one; a stopped one is counted under no due date."""
    return (clock.process, clock.park, clock.department, clock.kind, clock.amount, clock.unit, clock.due or "",
            clock.is_provisional)


def check_counts(connection: Connection, clocks: Counter[tuple[object, ...]]) -> Iterator[Problem]:
    """The board counts as many clocks of each sort as there are, its shards taken together. `clocks`: those that are there, by
    `counted_as`."""
    counted: Counter[tuple[object, ...]] = Counter()
    for row in scan(connection, CLOCK_COUNT, (*COUNTED, "shard")):
        counted[tuple(getattr(row, name) for name in COUNTED)] += row.clocks
    for sort in sorted(counted.keys() | clocks.keys(), key=str):
        if counted[sort] != clocks[sort]:
            yield _problem("count", f"the board counts {counted[sort]} clocks, {clocks[sort]} are there, of: "
                                    f"{', '.join(map(str, sort))}")


def day_of(number: str) -> str | None:
    """The day a case number bears; None when it is not one of ours."""
    match = _NUMBER.fullmatch(number)
    return match[1] if match else None


def _called(calls: bytes) -> list[int]:
    try:
        return list(json.loads(calls).values())
    except (ValueError, TypeError, AttributeError):
        return [-1]


def _problem(check: str, message: str) -> Problem:
    return Problem(check=check, case="", seq=None, message=message)
