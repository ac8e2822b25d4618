"""The statements about the steps of a process: the facts of its last concluded cases, and its open tasks by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, select

from services import tables as t
from services.store.watching import Place, Wanted

_PLACE = [t.case.c[name] for name in Place._fields]
_OF_CASES: Mapping[str, Any] = {name: t.case.c[name] for name in ("park", "department", "process")}


def _asked(page: Select[Any]) -> dict[tuple[str, ...], Select[Any]]:
    return {names: page.where(*(_OF_CASES[name].in_(bindparam(f"of_{name}", expanding=True)) for name in names))
            for most in range(len(_OF_CASES) + 1) for names in combinations(sorted(_OF_CASES), most)}


def _facts(cases: Select[Any]) -> Select[Any]:
    """The facts of some kinds of these cases, case by case, in order."""
    last = cases.subquery()
    return (select(t.fact.c.case_id, last.c.park, last.c.department, last.c.process, t.fact.c.body, t.fact.c.hash)
            .join_from(last, t.fact, t.fact.c.case_id == last.c.id)
            .where(t.fact.c.kind.in_(bindparam("kinds", expanding=True))).order_by(t.fact.c.case_id, t.fact.c.seq))


_LAST = {names: _facts(cases.order_by(t.case.c.concluded_on.desc(), t.case.c.id.desc()).limit(bindparam("most")))
         for names, cases in _asked(select(t.case.c.id, *_PLACE).where(t.case.c.concluded_on.is_not(None))).items()}
_OPEN = {names: page.group_by(*_PLACE, t.task.c.node, t.task.c.name) for names, page in _asked(
    select(*_PLACE, t.task.c.node, t.task.c.name, func.count()).join_from(t.task, t.case)).items()}


def last_concluded(
    connection: Connection, *, kinds: Sequence[str], most: int, wanted: Wanted,
) -> list[tuple[int, Place, bytes, bytes]]:
    """(case id, place, body, hash) of the facts of some kinds of the cases concluded last, case by case. `wanted`: park,
    department, process."""
    given: dict[str, object] = {"kinds": list(kinds), "most": most, **_given(wanted)}
    return [(row[0], Place._make(row[1:4]), row[4], row[5])
            for row in connection.execute(_LAST[tuple(sorted(wanted))], given)]


def open_tasks(connection: Connection, wanted: Wanted) -> list[tuple[Place, str, str, int]]:
    """(place, node, name, how many) of the open tasks. `wanted` as above."""
    return [(Place._make(row[:3]), row[3], row[4], int(row[5]))
            for row in connection.execute(_OPEN[tuple(sorted(wanted))], _given(wanted))]


def _given(wanted: Wanted) -> dict[str, object]:
    return {f"of_{name}": list(values) for name, values in wanted.items()}
