"""What is due now, done once: clocks and timers are claimed and dealt with in the transaction that moves their case.

The model. A clock that has to ring and a timer are rows with an indexed instant; nothing is held in memory, so nothing is lost
with the machine. `run_due` takes a batch of due rows **together with their cases**, skipping what another worker holds
(PostgreSQL `SKIP LOCKED`; on SQLite the write lock makes workers take turns), deals with them, and commits once::

    due ──claim (lock it and its case)──► rung or fired, set anew or dropped ──commit──► gone
      ▲                                        │
      └──────────── crash or rollback ─────────┘   as if it had not begun; claimed again

A crash anywhere leaves the row as it was. Two workers never hold the same row, and a case's row is locked before its timer
is fired, so a clerk and a timer take turns. What a bug of ours cannot deal with would block what is behind it: its batch is
rolled back and gone through one by one, and the culprit is parked with an incident for a person.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from operator import attrgetter
from typing import Any, TypeAlias

from sqlalchemy import Connection, Engine

from engine.errors import Incident
from engine.sentences import say
from services import (
    errands,
    figures,
    lapses,
    metrics,
    permits,
    quarters,
    recounting,
    relighting,
    ringing,
    throttling,
    visits,
)
from services.chapter import Chapter, save_all
from services.database import DatabaseUnavailable
from services.database import reading as read
from services.database import writing as write
from services.deliveries import outgoing
from services.office import Office
from services.platforms import callbacks
from services.store import platforms, reading, writing
from services.store.rows import HeldCase

BATCH = 20
ANSWERS_KEPT = timedelta(days=30)
"""How long a request may be repeated under its key: far beyond any network's patience, and well within a disk's."""
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a pass did: `fired` timers and clocks that rang, `moved` ones about which nothing was due any more, `parked` ones
    that failed; `errands` between the cases of bundles that were done."""

    fired: int = 0
    moved: int = 0
    parked: int = 0
    errands: int = 0

    def __add__(self, other: Done) -> Done:
        return Done(fired=self.fired + other.fired, moved=self.moved + other.moved, parked=self.parked + other.parked,
                    errands=self.errands + other.errands)

    @property
    def total(self) -> int:
        """How many rows the pass has dealt with."""
        return self.fired + self.moved + self.parked + self.errands


@dataclass(frozen=True, slots=True, kw_only=True)
class CaughtUp:
    """What a pass over all cases did: clocks `recounted` and lapses `repaired` after a change of the calendar, red cards that
    sections came to (`reddened`), whether a month was frozen, months' figures `amended`; what cases were told of permits, or
    opened about them (`settled`), messages of platforms that were `given` to the case they had waited for."""

    recounted: int = 0
    repaired: int = 0
    reddened: int = 0
    is_frozen: bool = False
    amended: int = 0
    settled: int = 0
    given: int = 0


def run_due(database: Engine, office: Office, *, now: datetime, batch: int = BATCH, most: int = 1_000_000) -> Done:
    """Deal with every clock and timer due at `now` (at most `most`), in batches of one transaction each, and with the errands
    between cases, each in its own. A tick with nothing due only reads: on SQLite it takes no turn from a writer."""
    done = Done()
    while done.total < most and (sorts := _due(database, now)):
        passed = Done()
        for sort in sorts:
            passed += sort(database, office, now, min(batch, most - done.total))
        if passed.total == 0:
            break
        done += passed
    return done


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sort:
    """A sort of rows that are due: how they are claimed, dealt with, and set aside, and its instant. `claim` gives each case
    once."""

    claim: Callable[[Connection, datetime, int], list[tuple[HeldCase, Any]]]
    run: Callable[..., tuple[Chapter, bool]]
    park: Callable[[Chapter, Any, Incident], int]
    due_at: Callable[[Any], datetime]


_Pass: TypeAlias = Callable[[Engine, Office, datetime, int], Done]
_CLOCKS = _Sort(claim=reading.claim_ringing, run=ringing.ring, park=lambda chapter, clock, incident: chapter.silence(
    incident, clock.clock), due_at=attrgetter("rings_at"))
_TIMERS = _Sort(claim=reading.claim_due, run=lapses.fire, park=lambda chapter, timer, incident: chapter.fail(
    incident, timer.token, is_timer=True), due_at=attrgetter("due_at"))


def _due(database: Engine, now: datetime) -> list[_Pass]:
    """What to do, of which something is due."""
    sorts: tuple[_Pass, ...] = (partial(_run_batch, _CLOCKS), partial(_run_batch, _TIMERS), _run_errands)
    with read(database) as connection:
        earliest = zip(sorts, reading.next_due(connection), strict=True)
    return [sort for sort, at in earliest if at is not None and at <= now]


def catch_up(database: Engine, office: Office, *, now: datetime) -> CaughtUp:
    """What no single case waits for: count anew after a change of the calendar, relight the queues after that or a change of a
    policy, freeze a month that is over and correct it, issue what a section's cards add up to. With nothing to do it reads a
    few small tables."""
    recounted = recounting.recount_due(database, office, now=now)
    relighting.relight_due(database, office)
    given = callbacks.run(database, office, now=now)
    return CaughtUp(
        given=given, recounted=recounted.clocks, repaired=recounted.repaired,
        reddened=quarters.redden_due(database, office, now=now),
        is_frozen=figures.freeze_due(database, office, now=now) is not None,
        amended=figures.amend_due(database, office, now=now), settled=permits.settle_due(database, office, now=now))


def tidy(database: Engine, office: Office, *, now: datetime) -> int:
    """Every hour: forget what keyed requests were told longer than `ANSWERS_KEPT` ago and what the board counts none of any
    more, old visits, tries and posts, and compare the months just frozen with how they stand. Returns how many answers were
    forgotten."""
    figures.amend_recent(database, office, now=now)
    with write(database) as connection:
        writing.forget_counts(connection)
        visits.forget(connection, now)
        throttling.forget(connection, now)
        outgoing.forget(connection, now)
        platforms.forget_answers(connection, now - ANSWERS_KEPT)
        return writing.forget_answers(connection, now - ANSWERS_KEPT)


def _run_errands(database: Engine, office: Office, now: datetime, most: int) -> Done:
    return Done(errands=errands.run(database, office, now=now, most=most))


def _run_batch(sort: _Sort, database: Engine, office: Office, now: datetime, batch: int) -> Done:
    try:
        with write(database) as connection:
            claimed = sort.claim(connection, now, batch)
            done = _run(connection, office, sort, claimed, now)
    except DatabaseUnavailable:
        raise  # no row's fault: the next tick finds them all as they were
    except Exception:  # noqa: BLE001
        # The door of the jobs: a bug of ours in one case must not stop every other case's clock.
        _LOG.exception("a batch of due rows failed; going through it one by one")
        return _run_singly(database, office, sort, now, batch)
    _observe(sort, claimed, now)
    return done


def _run_singly(database: Engine, office: Office, sort: _Sort, now: datetime, batch: int) -> Done:
    done = Done()
    for _ in range(batch):
        passed = _run_one(database, office, sort, now)
        if passed.total == 0:
            break
        done += passed
    return done


def _run_one(database: Engine, office: Office, sort: _Sort, now: datetime) -> Done:
    claimed: list[tuple[HeldCase, Any]] = []
    try:
        with write(database) as connection:
            claimed = sort.claim(connection, now, 1)
            done = _run(connection, office, sort, claimed, now)
    except DatabaseUnavailable:
        raise
    except Exception as error:
        if not claimed:
            raise
        with write(database) as connection:
            _park(connection, office, sort, claimed[0][1], error, now)
        return Done(parked=1)
    _observe(sort, claimed, now)
    return done


def _run(
    connection: Connection, office: Office, sort: _Sort, claimed: list[tuple[HeldCase, Any]], now: datetime,
) -> Done:
    done = [sort.run(connection, office, row, due, now=now) for row, due in claimed]
    save_all(connection, [chapter for chapter, _ in done])
    fired = sum(is_fired for _, is_fired in done)
    return Done(fired=fired, moved=len(claimed) - fired)


def _observe(sort: _Sort, claimed: list[tuple[HeldCase, Any]], now: datetime) -> None:
    """How late each was that has been dealt with."""
    for _, due in claimed:
        metrics.rung((now - sort.due_at(due)).total_seconds())


def _park(connection: Connection, office: Office, sort: _Sort, due: Any, error: Exception, now: datetime) -> None:
    row = reading.load_case_by_id(connection, due.case_id)
    chapter = Chapter.resume(connection, office, row, now=now, by=ringing.CLOCK)
    sort.park(chapter, due, Incident(due.node, say(
        "the timer could not be fired: {technical}", technical=f"{type(error).__name__}: {error}")))
