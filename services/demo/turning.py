"""Turning the clock of a demonstration: time passes, stopping wherever something is due, and what is due is done there.

The stage turns it from scene to scene; the bell of a served demonstration turns it to where somebody has moved it. A long way
is gone in slices, so that no request and no tick takes longer than its share; the clock shows how far it has come, and never
goes back. Two who turn it at once take turns.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from threading import Lock
from time import monotonic

from sqlalchemy import Engine

from services import demonstration, jobs
from services.database import reading, writing
from services.office import Office
from services.store import reading as store

Machine = Callable[[], datetime]
"""What shows the time of the machine."""

_TURNING = Lock()


def turn(
    database: Engine, office: Office, until: datetime, *, reached: Callable[[datetime], None] = lambda at: None,
    is_over: Callable[[], bool] = lambda: False,
) -> bool:
    """Let time pass up to and including `until`, stopping wherever something is due. `reached`: told each instant before what
    is due then is done; `is_over`: whether to leave the rest for later. Returns whether it came to `until`."""
    while (due := _next_due(database)) is not None and due <= until:
        if is_over():
            return False
        reached(due)
        if jobs.run_due(database, office, now=due).total == 0:
            return False  # another process holds what is due
    return True


def turn_on(database: Engine, office: Office, machine: Machine, *, seconds: float) -> bool:
    """Let the clock of a demonstration go on to where it was moved, for so many seconds at most. Returns whether it stands
    there: True also when nobody has moved it."""
    ends = monotonic() + seconds
    if not _TURNING.acquire(timeout=seconds):
        return False
    try:
        return _turn_on(database, office, machine, lambda: monotonic() >= ends)
    finally:
        _TURNING.release()


def _turn_on(database: Engine, office: Office, machine: Machine, is_over: Callable[[], bool]) -> bool:
    with reading(database) as connection:
        until = demonstration.require(connection).until
    if until is None:
        return True

    def reached(at: datetime) -> None:
        with writing(database) as connection:
            demonstration.reach(connection, at, machine=machine())

    if not turn(database, office, until, reached=reached, is_over=is_over):
        return False
    with writing(database) as connection:
        demonstration.arrive(connection, until, machine=machine())
    return True


def _next_due(database: Engine) -> datetime | None:
    with reading(database) as connection:
        return min((at for at in store.next_due(connection) if at is not None), default=None)
