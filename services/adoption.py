"""Adoption: the cases an earlier release left in flight are taken over, each with the clocks it has to have today.

The model. In release 0001 a drawn limit was a timer, a clock was not told to be over, and the fold of a case held less. Facts
are the truth, and what a later release has added to a fact has a default: so each case is folded anew from its facts, what they
lack is told by “升级” at the instant of the upgrade, and its rows are written as if it had always run here::

    concluded or ended            ──► its clocks are over, since the day that was
    a drawn limit that is open    ──► a clock of its own, counted from when it opened; or it hangs on one of the case
    a stop that lasts             ──► the clock of its expected end
    decided, not handed over      ──► the ten working days of 行政许可法 art. 44, from the decision
    stopped after its last day    ──► has its deadline back: a stop repairs no lapse
    lapsed before a stop          ──► has lapsed still: the card it was given then is the card of this deadline

Nothing lapses here, no card is issued and no timer fires: a deadline that is over rings at the next tick, as after any
downtime. What an incident holds up goes on standing still.

The cases are gone through in the order of their ids, a portion a transaction, and a row of `counter` says how far: a crash
costs a portion, and nobody serves the database until that row is gone (`services.migrations.require_current`). No node of the
earlier release may be running meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
import orjson
from sqlalchemy import Connection, Engine

from engine import events
from engine.case import Case, evolve, local_day
from engine.clocks import Clock
from engine.consequences import moved, respond, started
from engine.errors import JibanError
from engine.events import ClockStarted, Fact, Recorded
from engine.lifecycle import State
from engine.limits import DRAWN, Limit, LimitKind
from engine.process import kernel
from services import waiting
from services.chapter import Chapter, save_all
from services.database import reading as read
from services.database import writing as write
from services.deployments import Deployment
from services.migrations import SchemaRefused
from services.office import Office
from services.store import adoption as store
from services.store import reading
from services.store.rows import HeldCase, TimerRow

UPGRADE = "升级"
"""Who tells what an earlier release did not."""

PORTION, FACTS = 200, 1000
"""Cases in a transaction, facts held at a time."""

Progress = Callable[[int, int], None]
"""Told after each portion: how many cases are adopted, of how many."""

_LIMITS = frozenset(kind.value for kind in DRAWN)
_HANDED_OVER = frozenset({State.HANDED_OVER, State.ARCHIVED})
_UNREADABLE = (JibanError, msgspec.MsgspecError, LookupError)


def adopt(database: Engine, office: Office, *, now: datetime, progress: Progress | None = None) -> int:
    """Take over every case that is not taken over yet. Returns how many were; with none left it reads one row. Raises
    SchemaRefused for a case whose facts or diagram cannot be read: those before it are taken over, the database is not
    served."""
    with read(database) as connection:
        total = store.left(connection, store.ADOPTED)
    done = 0
    while (adopted := _portion(database, office, now)) is not None:
        done += adopted
        if progress is not None:
            progress(done, max(total, done))
    return done


def _portion(database: Engine, office: Office, now: datetime) -> int | None:
    """The next cases, in a transaction. None: there was nothing left to do."""
    with write(database) as connection:
        after = store.hold(connection, store.ADOPTED)
        if after is None:
            return None
        office.refresh(connection)
        cases = store.next_cases(connection, after=after, most=PORTION, rules=office.rules)
        save_all(connection, [_named(connection, office, row, now) for row in cases])
        if cases:
            store.advance(connection, store.ADOPTED, cases[-1].id)
        else:
            store.finish(connection, store.ADOPTED)
        return len(cases)


def _named(connection: Connection, office: Office, row: HeldCase, now: datetime) -> Chapter:
    """The chapter of a case; what cannot be read names it."""
    try:
        return _adopted(connection, office, row, now)
    except _UNREADABLE as error:
        raise SchemaRefused(f"case {row.number} cannot be taken over: {error or type(error).__name__}; look at it with the "
                            "release that made it (`jiban verify --fold`), then run `jiban migrate` again") from error


def _adopted(connection: Connection, office: Office, row: HeldCase, now: datetime) -> Chapter:
    """The chapter in which a case is taken over. None of the rows that its fold determines is there before it."""
    deployment = office.deployment(connection, row.definition_id)
    past = _past(connection, office, deployment, row.id)
    chapter = Chapter(connection=connection, office=office, terms=office.terms(deployment, past.case), deployment=deployment,
                      stored=row, before=None, case=past.case, tokens=row.tokens, data=orjson.loads(row.data),
                      now=max(now, past.case.recorded_at), by=UPGRADE)
    timers = [timer for timer in reading.timers_of(connection, row.id) if timer.kind in _LIMITS]
    chapter.rows.ended_timers = [timer.token for timer in timers]
    _stop_what_is_over(chapter)
    if chapter.case.ended_at is None:
        _count_as_drawn(chapter)
        _move_back(chapter)
        for fact in past.missing():
            _tell(chapter, fact)
        _keep_lapsed(chapter, past)
        _start_drawn(chapter, timers)
    return chapter


@dataclass(slots=True, kw_only=True)
class _Past:
    """What the facts of a case say. `untold`: the clocks that two of them would start today, by name; `lapsed`: the deadlines
    that have lapsed, as the clock's name and the instant."""

    case: Case
    untold: dict[str, ClockStarted] = field(default_factory=dict)
    lapsed: set[tuple[str, datetime]] = field(default_factory=set)

    def take(self, recorded: Recorded, office: Office, deployment: Deployment) -> None:
        """Take the next fact."""
        self.case = evolve(self.case, recorded)
        match fact := recorded.fact:
            case events.CaseSuspended() | events.DecisionMade():
                for each in respond(self.case, fact, office.terms(deployment, self.case), recorded.at):
                    if isinstance(each, ClockStarted):
                        self.untold.setdefault(each.clock, each)
            case events.DeadlineLapsed():
                self.lapsed.add((fact.clock, fact.scheduled_at))

    def missing(self) -> Iterator[ClockStarted]:
        """The untold clocks that still run: of a stop while it lasts, of the hand-over until it is done."""
        stops = {f"{LimitKind.STOP.value}:{stop.seq}" for stop in self.case.open_stops}
        for name, fact in self.untold.items():
            if name in stops or (name == LimitKind.HAND_OVER.value and self.case.state not in _HANDED_OVER):
                yield fact


def _past(connection: Connection, office: Office, deployment: Deployment, case_id: int) -> _Past:
    past: _Past | None = None
    after = 0
    while page := reading.facts_of(connection, case_id, after=after, most=FACTS):
        for recorded in (events.read(body, link) for body, link in page):
            if past is None:
                past = _Past(case=evolve(None, recorded))
            else:
                past.take(recorded, office, deployment)
        after += len(page)
    if past is None:
        raise LookupError("it has no facts")
    return past


def _tell(chapter: Chapter, fact: Fact) -> None:
    """Record a fact without its consequences: what is due rings afterwards."""
    case = chapter.case
    recorded = events.record(case.number, case.seq + 1, case.head, chapter.now, chapter.by, fact)
    chapter.case = evolve(case, recorded)
    chapter.recorded.append(recorded)


def _stop_what_is_over(chapter: Chapter) -> None:
    """办结 stopped the clocks of a case, and its end whatever it had; that was not told then."""
    case = chapter.case
    if case.concluded_on is not None:
        day, reason = case.concluded_on, "concluded"
    elif case.ended_at is not None:
        day, reason = local_day(case.ended_at), "ended"
    else:
        return
    for clock in case.running:
        _tell(chapter, events.ClockStopped(clock=clock.name, stopped_on=day, reason=reason))


def _count_as_drawn(chapter: Chapter) -> None:
    """Whether the first day counts and whether a last day off is moved was not told with the start of a clock: where the
    diagram has it otherwise than is usual, the clock starts once more, so that it is counted as before."""
    case = chapter.case
    for drawn in chapter.terms.limits:
        clock = case.clock(drawn.kind.value)
        if clock is None or not clock.is_running or _counting(clock) == _counting(drawn):
            continue
        assert case.counted_from is not None
        _tell(chapter, events.ClockStopped(clock=clock.name, stopped_on=local_day(chapter.now), reason="counted as drawn"))
        _tell(chapter, started(clock.name, drawn, chapter.terms, case.counted_from, case=case))


def _counting(limit: Clock | Limit) -> tuple[bool, bool]:
    return limit.count_first_day, limit.roll_off_holiday


def _move_back(chapter: Chapter) -> None:
    """A stop that began after the last day changes nothing; an earlier release took the due date away all the same."""
    for clock in chapter.case.running:
        if clock.due is None and (due := clock.counted(chapter.terms.calendar, chapter.case.all_stops)).text is not None:
            _tell(chapter, moved(clock, due, chapter.terms, "stopped after its last day"))


def _keep_lapsed(chapter: Chapter, past: _Past) -> None:
    """A deadline lapses once. The fold has forgotten those whose clock has been stopped since: they are told again, and get no
    further card."""
    for clock in chapter.case.running:
        if clock.lapses_at is not None and not clock.has_lapsed and (clock.name, clock.lapses_at) in past.lapsed:
            _tell(chapter, events.DeadlineLapsed(clock=clock.name, node=clock.node, due_on=clock.due_on, version=clock.version,
                                                 scheduled_at=clock.lapses_at, noticed_at=chapter.now))


def _start_drawn(chapter: Chapter, timers: list[TimerRow]) -> None:
    """The drawn limits that are open: each starts a clock, or hangs on one of the case and rings with it. One that an incident
    holds up does neither until somebody has looked."""
    waits = {wait.id: wait for wait in kernel.waits(chapter.deployment.program, chapter.tokens)} if timers else {}
    parked = {token for _, token in chapter.case.incidents}
    for timer in timers:
        wait = waits[timer.token]
        limit, clock = waiting.limit_of(wait), waiting.hangs_on(wait, chapter.case)
        assert limit is not None
        name = clock.name if clock is not None else f"{limit.kind.value}:{wait.id}"
        if clock is None:
            _tell(chapter, started(name, limit, chapter.terms, timer.opened_at, event=waiting.event_of(limit, chapter.case),
                                   node=wait.node, token=wait.id, case=chapter.case))
        elif clock.has_lapsed:
            chapter.late.add(name)
        if timer.token in parked:
            chapter.silenced.add(name)
