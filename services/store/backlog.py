"""What waits to be dealt with, counted up to a bound by the indexes that those who deal with it read anyway."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Select, Table, bindparam, func, select

from services import tables as t
from services.database import Instant

BOUND = 10_000
"""Nobody does anything else at eleven thousand than at ten."""

_NOW = bindparam("now", type_=Instant)


def _waiting(
    table: Table, at: ColumnElement[datetime], *is_waiting: ColumnElement[bool],
) -> tuple[Select[int], Select[datetime]]:
    """How many wait, and since when the eldest has."""
    some = select(at).select_from(table).where(*is_waiting).limit(BOUND).subquery()
    return select(func.count()).select_from(some), select(func.min(at)).where(*is_waiting)


_SORTS = {
    "timers": _waiting(t.timer, t.timer.c.due_at, t.timer.c.due_at <= _NOW),
    "clocks": _waiting(t.clock, t.clock.c.rings_at, t.clock.c.rings_at <= _NOW),
    "errands": _waiting(t.errand, t.errand.c.due_at, t.errand.c.due_at <= _NOW),
    "outbox": _waiting(t.outbox, t.outbox.c.created_at, t.outbox.c.sent_at.is_(None)),
    "incidents": _waiting(t.incident, t.incident.c.opened_at),
}


def backlogs(connection: Connection, now: datetime) -> dict[str, tuple[int, timedelta]]:
    """By sort: how many wait, at most `BOUND`, and for how long the eldest has."""
    found: dict[str, tuple[int, timedelta]] = {}
    for name, (count, eldest) in _SORTS.items():
        waiting = int(connection.execute(count, {"now": now}).scalar_one())
        since = connection.execute(eldest, {"now": now}).scalar_one() if waiting else None
        found[name] = waiting, max(timedelta(0), now - since) if since is not None else timedelta(0)
    return found
