"""What is due now, done once: timers are claimed, fired and removed in the transaction that moves their case.

The model. A timer is a row with an indexed instant; nothing is held in memory, so nothing is lost with the machine.
`run_due` takes a batch of due rows **together with their cases**, skipping what another worker holds (PostgreSQL `SKIP
LOCKED`; on SQLite the write lock makes workers take turns), fires them, and commits once::

    due ──claim (lock timer and case)──► fired, rescheduled or dropped ──commit──► gone
      ▲                                        │
      └──────────── crash or rollback ─────────┘   as if it had not begun; claimed again

A crash anywhere leaves the row as it was. Two workers never hold the same row, and a case's row is locked before its timer
is fired, so a clerk and a timer take turns. A timer that a bug of ours cannot fire would block the ones behind it: its
batch is rolled back and gone through one by one, and the culprit is parked with an incident for a person.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from engine.errors import Incident
from services import lapses
from services.chapter import Chapter, save_all
from services.database import DatabaseUnavailable
from services.database import reading as read
from services.database import writing as write
from services.office import Office
from services.store import reading, writing
from services.store.rows import HeldCase, TimerRow

BATCH = 20
ANSWERS_KEPT = timedelta(days=30)
"""How long a request may be repeated under its key: far beyond any network's patience, and well within a disk's."""
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a pass did: `fired` timers, `moved` ones that were not due any more, `parked` ones that failed."""

    fired: int = 0
    moved: int = 0
    parked: int = 0

    def __add__(self, other: Done) -> Done:
        return Done(fired=self.fired + other.fired, moved=self.moved + other.moved, parked=self.parked + other.parked)

    @property
    def total(self) -> int:
        """How many rows the pass has dealt with."""
        return self.fired + self.moved + self.parked


def run_due(database: Engine, office: Office, *, now: datetime, batch: int = BATCH, most: int = 1_000_000) -> Done:
    """Fire every timer due at `now` (at most `most`), in batches of one transaction each. A tick with nothing due only
    reads: on SQLite it takes no turn from a writer."""
    done = Done()
    while _is_anything_due(database, now) and done.total < most:
        passed = _run_batch(database, office, now, min(batch, most - done.total))
        if passed.total == 0:
            break
        done += passed
    return done


def _is_anything_due(database: Engine, now: datetime) -> bool:
    with read(database) as connection:
        earliest = reading.next_due(connection)
    return earliest is not None and earliest <= now


def forget_answers(database: Engine, *, now: datetime) -> int:
    """Forget what keyed requests were told longer than `ANSWERS_KEPT` ago. Returns how many were forgotten."""
    with write(database) as connection:
        return writing.forget_answers(connection, now - ANSWERS_KEPT)


def _run_batch(database: Engine, office: Office, now: datetime, batch: int) -> Done:
    try:
        with write(database) as connection:
            return _fire(connection, office, reading.claim_due(connection, now, batch), now)
    except DatabaseUnavailable:
        raise  # no timer's fault: the next tick finds them all as they were
    except Exception:  # noqa: BLE001
        # The door of the jobs: a bug of ours in one case must not stop every other case's clock.
        _LOG.exception("a batch of due timers failed; going through it one by one")
        return _run_singly(database, office, now, batch)


def _run_singly(database: Engine, office: Office, now: datetime, batch: int) -> Done:
    done = Done()
    for _ in range(batch):
        passed = _run_one(database, office, now)
        if passed.total == 0:
            break
        done += passed
    return done


def _run_one(database: Engine, office: Office, now: datetime) -> Done:
    claimed: list[tuple[HeldCase, TimerRow]] = []
    try:
        with write(database) as connection:
            claimed = reading.claim_due(connection, now, 1)
            return _fire(connection, office, claimed, now)
    except DatabaseUnavailable:
        raise
    except Exception as error:
        if not claimed:
            raise
        with write(database) as connection:
            _park(connection, office, claimed[0][1], error, now)
        return Done(parked=1)


def _fire(connection: Connection, office: Office, claimed: list[tuple[HeldCase, TimerRow]], now: datetime) -> Done:
    lapsed = [lapses.fire(connection, office, row, timer, now=now) for row, timer in claimed]
    save_all(connection, [chapter for chapter, _ in lapsed])
    fired = sum(is_fired for _, is_fired in lapsed)
    return Done(fired=fired, moved=len(claimed) - fired)


def _park(connection: Connection, office: Office, timer: TimerRow, error: Exception, now: datetime) -> None:
    row = reading.load_case_by_id(connection, timer.case_id)
    chapter = Chapter.resume(connection, office, office.deployment(connection, row.definition_id), row, now=now,
                             by=lapses.CLOCK)
    chapter.fail(Incident(timer.node, f"the timer could not be fired: {type(error).__name__}: {error}"), timer.token,
                 is_timer=True)
