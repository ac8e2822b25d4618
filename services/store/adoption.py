"""Statements of a pass over all cases after an upgrade (adoption, refolding): how far it has come, and the cases still to come.

How far is a row of `counter`, named by the `marker` of the pass, written by the migration of the tables where there are
cases, gone when all of them are done. Whoever makes the pass holds that row, so that two take turns. Called inside the
caller's transaction; commits nothing. """

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete, func, select, update

from services import tables as t
from services.store.rows import CaseRow, HeldCase, PlacedTask

ADOPTED, REFOLDED = "adopted", "refolded"
"""The counters that say up to which case, by id, all are done. Migrations 0002, 0008 and 0010 and `services.migrations` name
them too."""

_HELD = [t.case.c[name] for name in HeldCase._fields[:-1]]
_OF = t.counter.c.name == bindparam("marker")
_FAR = select(t.counter.c.value).where(_OF)
_HOLD = _FAR.with_for_update()
_LEFT = select(func.count()).select_from(t.case).where(t.case.c.id > bindparam("after"))
_NEXT = (select(*_HELD).where(t.case.c.id > bindparam("after")).order_by(t.case.c.id).limit(bindparam("most"))
         .with_for_update())
_ADVANCE = update(t.counter).where(_OF).values(value=bindparam("to"))
_FINISH = delete(t.counter).where(_OF)
_FOLDED = ("fold", "applicant", "awaits", "applicant_name", "credit_code")
_PLACED = ("unit", "park", "department", "process", "phase", "warns_at", "late_at")
_REFOLD = (update(t.case).where(t.case.c.id == bindparam("of_id"))
           .values({name: bindparam(f"new_{name}") for name in _FOLDED}))
_PLACE_TASKS = (update(t.task).where(t.task.c.case_id == bindparam("of_case"), t.task.c.token == bindparam("of_token"))
                .values({name: bindparam(f"new_{name}") for name in _PLACED}))


def left(connection: Connection, marker: str) -> int:
    """How many cases are still to come."""
    after = connection.execute(_FAR, {"marker": marker}).scalar()
    return 0 if after is None else int(connection.execute(_LEFT, {"after": after}).scalar_one())


def hold(connection: Connection, marker: str) -> int | None:
    """Up to which case, by id, all are done, held until the transaction ends; None: every case there is."""
    after = connection.execute(_HOLD, {"marker": marker}).scalar()
    return None if after is None else int(after)


def next_cases(connection: Connection, *, after: int, most: int, rules: int) -> list[HeldCase]:
    """The next cases by id, locked. Their folds are still those of the earlier release. `rules`: as `HeldCase` has it."""
    return [HeldCase._make((*row, rules)) for row in connection.execute(_NEXT, {"after": after, "most": most})]


def advance(connection: Connection, marker: str, to: int) -> None:
    """All cases up to this id are done."""
    connection.execute(_ADVANCE, {"marker": marker, "to": to})


def finish(connection: Connection, marker: str) -> None:
    """All cases are done."""
    connection.execute(_FINISH, {"marker": marker})


def refold(connection: Connection, row: CaseRow, tasks: Sequence[PlacedTask]) -> None:
    """Write a case's fold, by whom it is found again, what it awaits; and of its open tasks whose they are and where they
    stand."""
    connection.execute(_REFOLD, {"of_id": row.id, **{f"new_{name}": getattr(row, name) for name in _FOLDED}})
    if tasks:
        connection.execute(_PLACE_TASKS, [{"of_case": row.id, "of_token": task.token,
                                           **{f"new_{name}": getattr(task, name) for name in _PLACED}} for task in tasks])
