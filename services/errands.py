"""Errands between cases, done: claimed one at a time, each in a transaction of its own.

An errand is a row written in the transaction of the case that leaves it, so that it is there exactly when that case has moved.
It is locked while it is done (another worker passes it by), and removed in the transaction of the case that it moves: a crash
anywhere leaves it to be claimed again, and done twice it changes nothing (`services.bundles`)::

    left ──claim──► the other case locked, told, saved, the errand removed ──commit──► gone
      ▲                 │                         └─ cannot be done: set aside, with an incident for a person
      └── crash ────────┘

Jobs do what is due at every tick; a door has it done right after it has committed. An errand may leave further ones, as when a
decided child tells its parent and the parent its other children: they are done in the same run.
"""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy import Engine

from engine.errors import Stale
from services import bundles
from services.database import DatabaseUnavailable
from services.database import reading as read
from services.database import writing as write
from services.office import Office
from services.store import errands as store
from services.store import reading
from services.store.rows import ErrandRow

AT_ONCE = 200
"""What a door does by itself at most; the next tick does the rest."""
_LOG = logging.getLogger(__name__)


def run(database: Engine, office: Office, *, now: datetime, most: int) -> int:
    """Do the errands that are there, at most so many. Returns how many were done or set aside."""
    done = 0
    while done < most and _is_due(database, now) and _do_next(database, office, now):
        done += 1
    return done


def run_now(database: Engine, office: Office, *, now: datetime) -> None:
    """For a door, after its commit: what it has done stays done, even where the database has just gone away."""
    try:
        run(database, office, now=now, most=AT_ONCE)
    except DatabaseUnavailable as error:
        _LOG.warning("errands wait for the next tick: %s", error)


def _is_due(database: Engine, now: datetime) -> bool:
    with read(database) as connection:
        due = reading.next_due(connection)[-1]
    return due is not None and due <= now


def _do_next(database: Engine, office: Office, now: datetime) -> bool:
    """Do the next errand that nobody else is doing; False: there is none."""
    claimed: list[ErrandRow] = []
    try:
        with write(database) as connection:
            if (errand := store.claim(connection, now)) is None:
                return False
            claimed.append(errand)
            is_done = bundles.do(connection, office, errand, now=now)
            (store.finish if is_done else store.set_aside)(connection, errand)
    except DatabaseUnavailable:
        raise  # no errand's fault: the next tick finds them all as they were
    except Stale:
        return False  # somebody has moved the case meanwhile: at the next tick
    except Exception as error:  # the door of the jobs: a bug of ours must not stop every other errand
        if not claimed:
            raise
        _LOG.exception("an errand could not be done; it is set aside for a person")
        _set_aside(database, office, claimed[0], error, now)
    return True


def _set_aside(database: Engine, office: Office, errand: ErrandRow, error: Exception, now: datetime) -> None:
    with write(database) as connection:
        if store.is_there(connection, errand):  # nobody else has done it meanwhile
            bundles.park(connection, office, errand, error, now=now)
            store.set_aside(connection, errand)
