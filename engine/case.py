"""The case 办件: what the facts have made of it (`evolve`), and what follows from a fact (`respond`).

An acceptance starts the clocks, a suspension stops them, a lapse issues a card. `evolve` folds one fact and cannot
refuse; `tell` records a fact with all its consequences. Nothing here knows BPMN or SQL: the diagram speaks to a case
through milestones (`engine.moves`), through limits that lapse and through the end of its process.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from engine import events
from engine.calendar import SHANGHAI, Calendar
from engine.events import Fact, Recorded
from engine.lifecycle import TARGETS, Standing, State
from engine.limits import CASE_CLOCKS, Limit, LimitKind, Suspension, Unit, deadline
from engine.supervision import Policy

_UNCONCLUDED = frozenset({State.RECEIVED, State.ACCEPTED, State.REVIEWING, State.DECIDED})
_DECLINED = frozenset({State.DECLINED, State.NOT_APPLICABLE, State.RETURNED})
_WITHDRAWN = frozenset({State.WITHDRAWN, State.DEEMED_WITHDRAWN, State.TERMINATED, State.VOIDED})
_GOVERNING = (LimitKind.PROMISED, LimitKind.TARGET, LimitKind.STATUTORY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A running or stopped limit of the case. `due` is the date, or the minute of a shorter unit; None while
    suspended. `lapses_at` is the instant from which it is late. `version` counts its deadlines."""

    kind: LimitKind
    amount: int
    unit: Unit
    due: str | None
    due_on: date | None
    lapses_at: datetime | None
    is_provisional: bool = False
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case as its facts have made it. `recorded_at`: when its last fact was. `counted_from`: the instant its limits
    count from; None before acceptance. `incidents`: the open ones, as the number of the fact that raised it and the wait it
    holds up, None for the whole case."""

    number: str
    process: str
    state: State
    opened_at: datetime
    received_on: date
    seq: int
    head: bytes
    recorded_at: datetime
    counted_from: datetime | None = None
    accepted_on: date | None = None
    concluded_on: date | None = None
    ended_at: datetime | None = None
    suspensions: tuple[Suspension, ...] = ()
    clocks: tuple[Clock, ...] = ()
    cards: tuple[str, ...] = ()
    incidents: tuple[tuple[int, int | None], ...] = ()

    @property
    def governing(self) -> Clock | None:
        """The clock people look at: what was promised, else the target, else the statutory one. None before
        acceptance and for a process without limits."""
        for kind in _GOVERNING:
            if (clock := self.clock(kind)) is not None:
                return clock
        return None

    def clock(self, kind: LimitKind) -> Clock | None:
        """The case's clock of this kind, if it runs one."""
        return next((clock for clock in self.clocks if clock.kind is kind), None)

    @property
    def is_suspended(self) -> bool:
        """Does no day count at present?"""
        return self.state is State.SUSPENDED

    @property
    def standing(self) -> Standing | None:
        """How the case came out; None while it is open. A case without a limit cannot be late."""
        if self.state in _DECLINED:
            return Standing.DECLINED
        if self.state in _WITHDRAWN:
            return Standing.WITHDRAWN
        if self.concluded_on is None:
            return None
        clock = self.governing
        if clock is None or clock.due_on is None or self.concluded_on == clock.due_on:
            return Standing.ON_TIME
        return Standing.EARLY if self.concluded_on < clock.due_on else Standing.LATE


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Under what terms a case runs: the limits of its definition, the calendar as published, the office's policy."""

    limits: tuple[Limit, ...]
    calendar: Calendar
    policy: Policy


def respond(case: Case, fact: Fact, terms: Terms, now: datetime) -> tuple[Fact, ...]:
    """The facts that follow from `fact`, which `case` already contains."""
    match fact:
        case events.CaseAccepted():
            return tuple(_start(case, limit, terms) for limit in terms.limits if limit.kind in CASE_CLOCKS)
        case events.CaseSuspended(ground=ground):
            return tuple(_stop(clock, ground) for clock in case.clocks)
        case events.CaseResumed(ground=ground):
            return tuple(_move(case, clock, terms, f"resumed: {ground}") for clock in case.clocks)
        case events.DeadlineLapsed():
            return _cards(case, fact, terms)
        case events.ProcessCompleted() if case.state in _UNCONCLUDED:
            return (events.CaseConcluded(concluded_on=local_day(now)), *_resolved(case))
        case events.ProcessCompleted() | events.CaseWithdrawn() | events.CaseTerminated() | events.CaseVoided():
            return _resolved(case)
    return ()


def _resolved(case: Case) -> tuple[Fact, ...]:
    """A case that has ended waits for nobody."""
    return tuple(events.IncidentResolved(raised=seq) for seq, _ in case.incidents)


def _start(case: Case, limit: Limit, terms: Terms) -> Fact:
    assert case.counted_from is not None
    due = deadline(terms.calendar, limit, case.counted_from)
    assert due.text is not None and due.due_on is not None and due.lapses_at is not None
    return events.ClockStarted(
        clock=limit.kind.value, amount=limit.amount, unit=limit.unit.value, basis=limit.basis, source="diagram",
        due=due.text, due_on=due.due_on, lapses_at=due.lapses_at, is_provisional=due.is_provisional)


def _stop(clock: Clock, ground: str) -> Fact:
    return events.ClockMoved(clock=clock.kind.value, due=None, due_on=None, lapses_at=None, is_provisional=False,
                             reason=f"suspended: {ground}")


def _move(case: Case, clock: Clock, terms: Terms, reason: str) -> Fact:
    assert case.counted_from is not None
    limit = next(limit for limit in terms.limits if limit.kind is clock.kind)
    due = deadline(terms.calendar, limit, case.counted_from, suspensions=case.suspensions)
    return events.ClockMoved(clock=clock.kind.value, due=due.text, due_on=due.due_on, lapses_at=due.lapses_at,
                             is_provisional=due.is_provisional, reason=reason)


def _cards(case: Case, fact: events.DeadlineLapsed, terms: Terms) -> tuple[Fact, ...]:
    colour = terms.policy.card(LimitKind(fact.clock))
    if colour is None or _card_key(fact.clock, fact.node, fact.due_on) in case.cards:
        return ()
    return (events.CardIssued(colour=colour.value, rule=f"{fact.clock} limit lapsed", clock=fact.clock, node=fact.node,
                              due_on=fact.due_on, scheduled_at=fact.scheduled_at),)


def _card_key(clock: str, node: str, due_on: date | None) -> str:
    return f"{clock}:{node}:{due_on}"


_ENDING = (events.CaseWithdrawn, events.CaseTerminated, events.CaseVoided, events.ProcessCompleted)


def evolve(case: Case | None, recorded: Recorded) -> Case:
    """Fold one fact into the case. `case` is None before the first fact, which is CaseOpened."""
    fact = recorded.fact
    if isinstance(fact, events.CaseOpened):
        return Case(number=recorded.case, process=fact.process, state=State.RECEIVED, opened_at=recorded.at,
                    received_on=fact.received_on, seq=recorded.seq, head=recorded.hash, recorded_at=recorded.at)
    assert case is not None
    changes: dict[str, Any] = {"seq": recorded.seq, "head": recorded.hash, "recorded_at": recorded.at,
                               **_changes(case, recorded)}
    if (state := TARGETS.get(type(fact))) is not None:
        changes["state"] = state
    if isinstance(fact, _ENDING):
        changes["ended_at"] = recorded.at
    return replace(case, **changes)


def _changes(case: Case, recorded: Recorded) -> dict[str, Any]:
    match fact := recorded.fact:
        case events.CaseAccepted():
            return {"accepted_on": fact.accepted_on, "counted_from": fact.counted_from}
        case events.CaseConcluded():
            return {"concluded_on": fact.concluded_on}
        case events.CaseSuspended():
            stop = Suspension(start=fact.suspended_on, end=None, ground=fact.ground)
            return {"suspensions": (*case.suspensions, stop)}
        case events.CaseResumed():
            return {"suspensions": (*case.suspensions[:-1], replace(case.suspensions[-1], end=fact.resumed_on))}
        case events.ClockStarted():
            return {"clocks": (*case.clocks, Clock(
                kind=LimitKind(fact.clock), amount=fact.amount, unit=Unit(fact.unit), due=fact.due, due_on=fact.due_on,
                lapses_at=fact.lapses_at, is_provisional=fact.is_provisional))}
        case events.ClockMoved():
            return {"clocks": tuple(_moved(clock, fact) for clock in case.clocks)}
        case events.CardIssued():
            return {"cards": (*case.cards, _card_key(fact.clock, fact.node, fact.due_on))}
        case events.IncidentRaised():
            return {"incidents": (*case.incidents, (recorded.seq, fact.token))}
        case events.IncidentResolved():
            return {"incidents": tuple(each for each in case.incidents if each[0] != fact.raised)}
    return {}


def _moved(clock: Clock, fact: events.ClockMoved) -> Clock:
    if clock.kind.value != fact.clock:
        return clock
    return replace(clock, due=fact.due, due_on=fact.due_on, lapses_at=fact.lapses_at,
                   is_provisional=fact.is_provisional, version=clock.version + 1)


def tell(case: Case, fact: Fact, terms: Terms, *, now: datetime, by: str) -> tuple[Case, list[Recorded]]:
    """Record a fact and all that follows from it; the case afterwards and what was recorded, in order."""
    written = events.record(case.number, case.seq + 1, case.head, now, by, fact)
    case = evolve(case, written)
    recorded = [written]
    for consequence in respond(case, fact, terms, now):
        case, more = tell(case, consequence, terms, now=now, by=by)
        recorded += more
    return case, recorded


def local_day(at: datetime) -> date:
    """The calendar date of an instant where the office is (Asia/Shanghai)."""
    return at.astimezone(SHANGHAI).date()


def receipt_day(calendar: Calendar, at: datetime) -> date:
    """计时用收件日: the day of filing, or the next working day when filed after hours or on a day off (R18)."""
    due = deadline(calendar, Limit(amount=0, unit=Unit.WORKDAY), at, event="submitted")
    assert due.due_on is not None
    return due.due_on


