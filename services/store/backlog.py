"""What waits to be dealt with, counted up to a bound by the indexes that those who deal with it read anyway."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, select

from services import tables as t
from services.database import Instant

BOUND = 10_000
"""Nobody does anything else at eleven thousand than at ten."""

_NOW = bindparam("now", type_=Instant)


def _counted(at: ColumnElement[datetime], *is_waiting: ColumnElement[bool]) -> Select[int, datetime | None]:
    """How many wait, and the earliest instant among those counted."""
    some = select(at.label("at")).where(*is_waiting).limit(BOUND).subquery()
    return select(func.count(), func.min(some.c.at)).select_from(some)


_SORTS = {
    "timers": _counted(t.timer.c.due_at, t.timer.c.due_at <= _NOW),
    "clocks": _counted(t.clock.c.rings_at, t.clock.c.rings_at <= _NOW),
    "errands": _counted(t.errand.c.due_at, t.errand.c.due_at <= _NOW),
    "outbox": _counted(t.outbox.c.created_at, t.outbox.c.sent_at.is_(None)),
    "lanes": _counted(t.lane.c.due_at, t.lane.c.due_at <= _NOW),
    "dead_letters": _counted(t.delivery.c.made_at, t.delivery.c.state == "dead"),
    "incidents": _counted(t.incident.c.opened_at),
}


def backlogs(connection: Connection, now: datetime) -> dict[str, tuple[int, timedelta]]:
    """By sort: how many wait, at most `BOUND`, and for how long the eldest of those has."""
    found: dict[str, tuple[int, timedelta]] = {}
    for name, counted in _SORTS.items():
        waiting, since = connection.execute(counted, {"now": now}).one()
        found[name] = waiting, max(timedelta(0), now - since) if since is not None else timedelta(0)
    return found
