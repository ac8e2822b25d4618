"""Statements of the adoption: how far it has come, and the cases that are still to be adopted.

How far is a row of `counter`, written by the migration of the tables where there are cases, gone when all of them are adopted.
Whoever adopts holds that row, so that two take turns. Called inside the caller's transaction; commits nothing.
"""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, delete, func, select, update

from services import tables as t
from services.store.rows import HeldCase

MARKER = "adopted"
"""The counter that says up to which case, by id, all are adopted. Migration 0002 and `services.migrations` name it too."""

_HELD = [t.case.c[name] for name in HeldCase._fields[:-1]]
_FAR = select(t.counter.c.value).where(t.counter.c.name == MARKER)
_HOLD = _FAR.with_for_update()
_LEFT = select(func.count()).select_from(t.case).where(t.case.c.id > bindparam("after"))
_NEXT = (select(*_HELD).where(t.case.c.id > bindparam("after")).order_by(t.case.c.id).limit(bindparam("most"))
         .with_for_update())
_ADVANCE = update(t.counter).where(t.counter.c.name == MARKER).values(value=bindparam("to"))
_FINISH = delete(t.counter).where(t.counter.c.name == MARKER)


def left(connection: Connection) -> int:
    """How many cases are still to be adopted."""
    after = connection.execute(_FAR).scalar()
    return 0 if after is None else int(connection.execute(_LEFT, {"after": after}).scalar_one())


def hold(connection: Connection) -> int | None:
    """Up to which case, by id, all are adopted, held until the transaction ends; None: every case there is."""
    after = connection.execute(_HOLD).scalar()
    return None if after is None else int(after)


def next_cases(connection: Connection, *, after: int, most: int, rules: int) -> list[HeldCase]:
    """The next cases by id, locked. Their folds are still those of the earlier release. `rules`: as `HeldCase` has it."""
    return [HeldCase._make((*row, rules)) for row in connection.execute(_NEXT, {"after": after, "most": most})]


def advance(connection: Connection, to: int) -> None:
    """All cases up to this id are adopted."""
    connection.execute(_ADVANCE, {"to": to})


def finish(connection: Connection) -> None:
    """All cases are adopted."""
    connection.execute(_FINISH)
