"""Statements of a pass over the cases with open tasks: how far the rules have changed, and which tasks there are."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, insert, select, update

from services import tables as t
from services.store.rows import PlacedTask

RELIT = "relit"
"""The counter that says by which rules all open tasks stand in their queues."""

_RULES = ("law", "policy")
_COUNTERS = select(t.counter.c.name, t.counter.c.value).where(t.counter.c.name.in_((*_RULES, RELIT)))
_NOTE = update(t.counter).where(t.counter.c.name == RELIT).values(value=bindparam("rules"))
_NOTE_FIRST = insert(t.counter)
_WORKING = (select(t.task.c.case_id).where(t.task.c.case_id > bindparam("after")).distinct().order_by(t.task.c.case_id)
            .limit(bindparam("most")))
_FOLDS = (select(t.case.c.id, t.case.c.fold).where(t.case.c.id.in_(bindparam("ids", expanding=True))).order_by(t.case.c.id)
          .with_for_update())
_PLACED = (select(*(t.task.c[name] for name in PlacedTask._fields))
           .where(t.task.c.case_id.in_(bindparam("ids", expanding=True))).order_by(t.task.c.case_id, t.task.c.token))


def relit(connection: Connection) -> tuple[int, int]:
    """How often the calendar and the policies have changed, and how often they had when all tasks were last gone through."""
    counters = {name: int(value) for name, value in connection.execute(_COUNTERS)}
    return sum(counters.get(name, 0) for name in _RULES), counters.get(RELIT, 0)


def note_relit(connection: Connection, rules: int) -> None:
    """All tasks have been gone through by these rules."""
    if connection.execute(_NOTE, {"rules": rules}).rowcount == 0:
        connection.execute(_NOTE_FIRST, {"name": RELIT, "value": rules})


def hold_working(connection: Connection, *, after: int, most: int) -> dict[int, bytes]:
    """The next cases with open tasks, by id, with their folds; locked until the transaction ends."""
    ids = list(connection.execute(_WORKING, {"after": after, "most": most}).scalars())
    return {row[0]: row[1] for row in connection.execute(_FOLDS, {"ids": ids})} if ids else {}


def placed_of(connection: Connection, case_ids: Sequence[int]) -> dict[int, list[PlacedTask]]:
    """The open tasks of cases as they are stored, by case id; a case without one is left out."""
    tasks: dict[int, list[PlacedTask]] = {}
    for row in connection.execute(_PLACED, {"ids": list(case_ids)}):
        tasks.setdefault(row[0], []).append(PlacedTask._make(row))
    return tasks
