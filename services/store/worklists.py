"""The statements of a person's worklist: what he has, and what lies open for a role within a scope. Each reads one index in the
order of the page, so that it stops after so many rows however many tasks are open. An index that holds some rows only is used
where the statement says the same words, which is why `unit` is said not to be empty beside what it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, String, bindparam, or_, select, tuple_

from services import tables as t
from services.store.rows import TaskRow


class Listed(NamedTuple):
    """An open task with the number and the version of its case."""

    number: str
    version: int
    task: TaskRow

    @property
    def key(self) -> tuple[int, int]:
        """By which lists of tasks are ordered."""
        return self.task.case_id, self.task.token


_TASKS = (
    select(t.case.c.number, t.case.c.version, *(t.task.c[name] for name in TaskRow._fields)).join_from(t.task, t.case)
    .where(tuple_(t.task.c.case_id, t.task.c.token) > tuple_(bindparam("case_id"), bindparam("token")))
    .order_by(t.task.c.case_id, t.task.c.token).limit(bindparam("most")))
_PARK, _PROCESS = (bindparam(name, type_=String) for name in ("park", "process"))
_HELD = _TASKS.where(t.task.c.assignee == bindparam("person"))
_OPEN = _TASKS.where(
    t.task.c.role == bindparam("role"), t.task.c.assignee.is_(None), or_(_PARK == "", t.case.c.park == _PARK),
    or_(_PROCESS == "", t.case.c.process == _PROCESS))
_OPEN_OF_UNIT = _OPEN.where(t.task.c.unit == bindparam("department"), t.task.c.unit != "")
_OPEN_OF_DEPARTMENT = _OPEN.where(t.task.c.unit == "", t.case.c.department == bindparam("department"))
_FOLDS = select(t.case.c.id, t.case.c.fold).where(t.case.c.id.in_(bindparam("ids", expanding=True)))


def held(connection: Connection, person: str, *, after: tuple[int, int], most: int) -> list[Listed]:
    """The open tasks an account has, after a key."""
    return _listed(connection, _HELD, {"person": person}, after, most)


def offered(
    connection: Connection, *, role: str, park: str, department: str, process: str, after: tuple[int, int], most: int,
) -> list[Listed]:
    """The open tasks of a role nobody has claimed, after a key, within a scope: "" in a place means everywhere. A task is of
    its unit, or, when it has none, of the department of its case."""
    given: dict[str, object] = {"role": role, "park": park, "process": process}
    if not department:
        return _listed(connection, _OPEN, given, after, most)
    given["department"] = department
    both = (_listed(connection, statement, given, after, most) for statement in (_OPEN_OF_UNIT, _OPEN_OF_DEPARTMENT))
    return sorted((each for rows in both for each in rows), key=lambda each: each.key)[:most]


def folds(connection: Connection, case_ids: Sequence[int]) -> dict[int, bytes]:
    """The stored cases of several ids."""
    return {row[0]: row[1] for row in connection.execute(_FOLDS, {"ids": list(case_ids)})}


def _listed(
    connection: Connection, statement: Select[Any], given: dict[str, object], after: tuple[int, int], most: int,
) -> list[Listed]:
    found = connection.execute(statement, {**given, "case_id": after[0], "token": after[1], "most": most})
    return [Listed(number=row[0], version=row[1], task=TaskRow._make(row[2:])) for row in found]
