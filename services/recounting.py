"""Counting anew after the calendar has changed: every clock with a day in the span of the change gets the deadline it now has.

The model. An accepted change of the law waits with `applied_at` NULL. A pass goes through the cases in the order of their
ids, a chunk a transaction: read, count each of their clocks by the calendar of their park, tell the facts of those that moved
(old and new due date, the ruling that moved it), write behind the version guard; a case that a clerk has moved meanwhile has
its chunk counted once more. A pass that is broken off costs nothing: what was counted is not counted again, and a further one
finds the rest. Whoever moves a case meanwhile counts by the new calendar already (`Office.refresh`); only one who had read
his case before the change was accepted may write a clock by the old one after the pass has gone by. So a change is applied
when a pass finds nothing left, and every transaction from before it is long over.

A closure or a corrected notice may reach back: concluded cases are counted anew as well, and what had lapsed and has not is
told as repaired, with the ruling's number and the supervisor who signed it off. Cards stay until somebody writes them off.

Many clocks share their beginning and their limit, so what was counted for one is remembered for the others of the pass.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from threading import local
from typing import Any

from sqlalchemy import Connection, Engine

from engine import events
from engine.bells import rings_at
from engine.case import Case, local_day
from engine.clocks import Clock
from engine.consequences import Terms, tell
from engine.errors import Stale
from engine.events import Recorded
from engine.limits import Deadline, Unit
from engine.outbound import LEAVES
from services.database import connect
from services.database import reading as read
from services.database import writing as write
from services.folded import bytes_of, counted_as, derived, fold_of_bytes, standing_of
from services.office import Office, open_office
from services.settings import DEFAULTS
from services.store import recounts
from services.store.law import ChangeRow
from services.store.recounts import CaseChange, ClockChange, FactRow, LeavingRow, TaskChange, Touched
from services.store.rows import Counted
from services.store.writing import SHARDS

CHUNK, AHEAD, TRIES = 1000, 3, 10
MANY, PROCESSES = 50_000, 2
"""Clocks from which on it pays to start processes; how many."""
LONGEST_TRANSACTION = timedelta(seconds=60)
"""No transaction that moves a case lasts so long."""

Progress = Callable[[int, int], None]
"""Told after each chunk: how many cases were looked at, how many clocks have moved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recounted:
    """What counting anew did: `cases` looked at, `clocks` that moved, `repaired` lapses."""

    cases: int = 0
    clocks: int = 0
    repaired: int = 0

    def __add__(self, other: Recounted) -> Recounted:
        return Recounted(cases=self.cases + other.cases, clocks=self.clocks + other.clocks,
                         repaired=self.repaired + other.repaired)


def recount_due(database: Engine, office: Office, *, now: datetime, progress: Progress | None = None) -> Recounted:
    """Count anew what the changes of the calendar touch that are not applied yet, oldest change first. With none it reads one
    small table."""
    with read(database) as connection:
        pending = recounts.pending(connection)
    done = Recounted()
    for change in pending:
        passed = recount(database, office, change, now=now, progress=progress)
        assert change.decided_at is not None
        if passed.clocks == 0 and now - change.decided_at >= LONGEST_TRANSACTION:
            with write(database) as connection:
                recounts.applied(connection, change.id, now)
        done += passed
    return done


def recount(
    database: Engine, office: Office, change: ChangeRow, *, now: datetime, progress: Progress | None = None,
) -> Recounted:
    """One pass for one change. On PostgreSQL very many clocks are counted in processes of their own, one chunk while another is
    being written."""
    with read(database) as connection:
        office.refresh(connection)
        many = database.dialect.name == "postgresql" and recounts.at_least(connection, change, MANY)
    done = Recounted()
    with _pool(database, office, change, now) if many else _alone(database, office, change, now) as pool:
        for counted in _in_turn(pool, _chunks(database, change)):
            done += counted
            if progress is not None:
                progress(done.cases, done.clocks)
    return done


def _pool(database: Engine, office: Office, change: ChangeRow, now: datetime) -> Executor:
    """Processes that count; each has its own connections and reads the rules itself."""
    url = database.url.render_as_string(hide_password=False)
    return ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn"), initializer=_begin,
                               initargs=(url, office.shelf, change, now))


def _alone(database: Engine, office: Office, change: ChangeRow, now: datetime) -> Executor:
    """A thread of this process."""
    return ThreadPoolExecutor(1, initializer=_take_up, initargs=(database, office, change, now))


_UNDER_WAY = local()
"""What this thread counts: in a process of its own, its only thread."""


def _begin(url: str, shelf: Path, change: ChangeRow, now: datetime) -> None:
    database, office = connect(url), open_office(replace(DEFAULTS, shelf=shelf))
    with read(database) as connection:
        office.refresh(connection)
    _take_up(database, office, change, now)


def _take_up(database: Engine, office: Office, change: ChangeRow, now: datetime) -> None:
    _UNDER_WAY.database, _UNDER_WAY.counting = database, _Counting(office=office, change=change, now=now)


def _count(ids: list[int]) -> Recounted:
    for _ in range(TRIES):
        with suppress(Stale), write(_UNDER_WAY.database) as connection:
            return _UNDER_WAY.counting.run(connection, recounts.touched(connection, ids))
    return Recounted()  # so busy a chunk is for the next pass


def _in_turn(pool: Executor, chunks: Iterator[list[int]]) -> Iterator[Recounted]:
    """Each chunk counted, a few ahead of the one that is awaited."""
    ahead: deque[Future[Recounted]] = deque()
    for ids in chunks:
        ahead.append(pool.submit(_count, ids))
        if len(ahead) > AHEAD:
            yield ahead.popleft().result()
    while ahead:
        yield ahead.popleft().result()


def _chunks(database: Engine, change: ChangeRow) -> Iterator[list[int]]:
    """The cases of a pass: those with a running clock, then the concluded ones."""
    for find in (recounts.running, recounts.concluded):
        after = 0
        while True:
            with read(database) as connection:
                ids = find(connection, change, after=after, most=CHUNK)
            if not ids:
                break
            yield ids
            after = ids[-1]


@dataclass(slots=True, kw_only=True)
class _Counting:
    """A pass. `terms`: by park, window, system and process; `deadlines`, `rings`: what was counted, by what it depends on."""

    office: Office
    change: ChangeRow
    now: datetime
    terms: dict[tuple[str, str, str, str], Terms] = field(default_factory=dict)
    deadlines: dict[tuple[Any, ...], Deadline] = field(default_factory=dict)
    rings: dict[tuple[Any, ...], datetime | None] = field(default_factory=dict)

    def run(self, connection: Connection, cases: list[Touched]) -> Recounted:
        """Count a chunk of cases anew and write those that changed."""
        written = _Written()
        for row in cases:
            self._count(row, fold_of_bytes(row.fold), written)
        recounts.write(connection, written.cases, written.clocks, written.facts, written.leaving, written.tasks, written.counts)
        return Recounted(cases=len(cases), clocks=written.moved, repaired=written.repaired)

    def _count(self, row: Touched, case: Case, written: _Written) -> None:
        terms, at = self._terms_of(case), max(self.now, case.recorded_at)
        found = list(self._recounts(case, terms))
        if not found:
            return
        facts: list[events.Fact] = [events.ClocksRecounted(
            reference=self.change.reference, law=terms.law, recounts=[_recount(clock, due) for clock, due in found])]
        facts += [self._repaired(clock, due) for clock, due in found if clock.has_lapsed and _is_repaired(clock, due, at)]
        after, recorded = case, list[Recorded]()
        for fact in facts:
            after, told = tell(after, fact, terms, now=at, by=self.change.decided_by or "")
            recorded += told
        written.moved += len(found)
        written.repaired += len(facts) - 1
        self._write(row, case, after, recorded, terms, written)

    def _recounts(self, case: Case, terms: Terms) -> Iterator[tuple[Clock, Deadline]]:
        """The clocks whose deadline is another one by this calendar, or no longer provisional."""
        for clock in case.clocks:
            if clock.due is None or (clock.law >= terms.law and clock.is_running):
                continue
            due = self._deadline(case, clock, terms)
            if (due.text, due.is_provisional) != (clock.due, clock.is_provisional):
                yield clock, due

    def _repaired(self, clock: Clock, due: Deadline) -> events.LapseRepaired:
        return events.LapseRepaired(clock=clock.name, was=clock.due or "", due=due.text or "", reference=self.change.reference,
                                    signed_off_by=self.change.signed_off_by or "")

    def _write(
        self, row: Touched, before: Case, after: Case, recorded: list[Recorded], terms: Terms, written: _Written,
    ) -> None:
        written.cases.append(CaseChange(row.id, row.version, *derived(after), after.seq, after.head, bytes_of(after)))
        for fact in recorded:
            written.facts.append(FactRow(row.id, fact.seq, fact.kind, fact.at, fact.body, fact.hash))
            if type(fact.fact) in LEAVES:
                written.leaving.append(LeavingRow(row.id, fact.seq, fact.kind, fact.at))
        changed = [(old, new) for old, new in zip(before.clocks, after.clocks, strict=True) if old != new and new.is_running]
        for _, clock in changed:
            written.clocks.append(ClockChange(
                row.id, clock.name, clock.due, clock.lapses_at, clock.is_provisional, clock.has_lapsed, clock.version,
                clock.law, self._rings_at(after, clock, terms)))
        standing = standing_of(after, terms)
        if after.ended_at is None and standing != standing_of(before, terms):
            written.tasks.append(TaskChange(row.id, *standing.result[1:], *standing.other[1:]))
        for old, clock in changed:
            written.counts[counted_as(before, old), row.id % SHARDS] -= 1
            written.counts[counted_as(after, clock), row.id % SHARDS] += 1

    def _terms_of(self, case: Case) -> Terms:
        place = (case.park, case.window, case.system, case.process)
        if place not in self.terms:
            self.terms[place] = self.office.general_terms(case)
        return self.terms[place]

    def _deadline(self, case: Case, clock: Clock, terms: Terms) -> Deadline:
        """What was stopped is counted for itself; of the others those with one beginning have one deadline."""
        if case.stops or case.children:
            return clock.counted(terms.calendar, case.all_stops)
        begins: Any = clock.counted_from if clock.unit in _SHORT or clock.event != "accepted" else local_day(clock.counted_from)
        key = (id(terms.calendar), clock.amount + clock.extra, clock.unit, clock.event, clock.count_first_day,
               clock.roll_off_holiday, begins)
        if key not in self.deadlines:
            self.deadlines[key] = clock.counted(terms.calendar, ())
        return self.deadlines[key]

    def _rings_at(self, case: Case, clock: Clock, terms: Terms) -> datetime | None:
        if case.cards:
            return rings_at(case, clock, terms)
        key = (id(terms), clock.kind, clock.amount, clock.unit, clock.due, clock.has_lapsed, clock.told)
        if key not in self.rings:
            self.rings[key] = rings_at(case, clock, terms)
        return self.rings[key]


_SHORT = frozenset({Unit.HALF_DAY, Unit.WORKING_HOUR, Unit.HOUR})


@dataclass(slots=True, kw_only=True)
class _Written:
    """What a chunk writes."""

    cases: list[CaseChange] = field(default_factory=list)
    clocks: list[ClockChange] = field(default_factory=list)
    facts: list[FactRow] = field(default_factory=list)
    leaving: list[LeavingRow] = field(default_factory=list)
    tasks: list[TaskChange] = field(default_factory=list)
    counts: Counter[tuple[Counted, int]] = field(default_factory=Counter)
    moved: int = 0
    repaired: int = 0


def _recount(clock: Clock, due: Deadline) -> events.Recount:
    return events.Recount(clock=clock.name, was=clock.due or "", due=due.text, due_on=due.due_on, lapses_at=due.lapses_at,
                          is_provisional=due.is_provisional)


def _is_repaired(clock: Clock, due: Deadline, at: datetime) -> bool:
    """Was it late and is not any more? A clock that has stopped is judged by the day it stopped on."""
    if due.due_on is None or due.lapses_at is None:
        return False
    if clock.stopped_on is not None:
        return clock.due_on is not None and clock.due_on < clock.stopped_on <= due.due_on
    return due.lapses_at > at
