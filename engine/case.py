"""The case 办件: what the facts have made of it. `evolve` folds one fact and cannot refuse.

Nothing here knows BPMN or SQL, nor what follows from a fact (`engine.consequences`). The fold holds what the next command has
to know and grows only with what is open: a clock that belonged to a drawn timer is forgotten when it is over; its facts
remain.

A case and its clocks are read, replaced and written at every step: they are msgspec structs, which do that ten times as fast as
dataclasses, and leave out of the stored bytes what stands at its default.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import replace as replaced
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from engine import cards, children, clocks, events, permits, pushes, ratings, undertakings
from engine.bundle_facts import Awaited
from engine.calendar import SHANGHAI, Calendar
from engine.cards import Card, Order
from engine.children import Child, shared_stops
from engine.clocks import Clock
from engine.duties import Duty, Hand, duty_of, stands_outside
from engine.events import Fact, Recorded
from engine.lifecycle import TARGETS, Standing, State
from engine.limits import Limit, LimitKind, Unit, deadline
from engine.permits import Permit, Subject
from engine.pushes import Push
from engine.ratings import Rating
from engine.side_tasks import Help, token_of
from engine.stops import Stop, StopKind
from engine.undertakings import Declaration, Supply

_DECLINED = frozenset({State.DECLINED, State.NOT_APPLICABLE, State.RETURNED})
_WITHDRAWN = frozenset({State.WITHDRAWN, State.DEEMED_WITHDRAWN, State.TERMINATED, State.VOIDED})
_GOVERNING = (LimitKind.PROMISED, LimitKind.TARGET, LimitKind.STATUTORY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """An extension that waits for the head of the office. `by`: the reviewer."""

    amount: int
    unit: Unit
    is_joint: bool
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedList:
    """The row of a decision list that picked a branch of the case, and what it made of the diagram's variable."""

    list: str
    version: int
    row: int
    variable: str
    value: str | bool


class Case(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A case as its facts have made it. `recorded_at`: when its last fact was. `counted_from`: the instant its limits count
    from; None before acceptance. `applicant`: by which the applicant is found again; `refiles`: the withdrawn case that is
    filed again; `agent`: who filed for him. `handlers`: who has completed its tasks; `hands`: which natural person has done
    which of the duties that are kept apart. `helps`: open tasks beside the diagram. `corrections`: notices given;
    `may_correct`: a further one is approved. `resumes_to`: the state it goes on in when no stop lasts. `incidents`: the open
    ones, as the number of the fact that raised it and the wait it holds up, None for the whole case. `routing`: whose it is
    by the empowerment list, None when the list was not asked; `lists`: the decision lists that were applied to it.
    `brought_in_at`: when it came here from another system, None when it was received here; `is_carded`: what lapsed before
    then gets its card.

    Of a bundle: `children`, whose stops stop its clocks as `stopped_by` says. Of a child: `parent`, in which it is known by
    `parent_token`; `after`: the siblings it still waits for.

    `granted`: how it was decided, None before; of several decisions one refusal is enough to refuse. `supply`: what is missing
    of a case accepted conditionally; `declaration`: what it was decided on; `permits`: those it has granted; `subject`: the
    one it points at. `signed`: the number of the fact that a declaration was signed before acceptance, 0 for none; `collects`:
    how the result is to be handed over, None while nobody has chosen; `rating`: what the applicant says of the service.
    `is_partly_granted`: of several decisions one granted and one refused; `pushes`: to whom its result was pushed. `by_hand`:
    the waits of service tasks that people do or have done instead of a system, by token."""

    number: str
    process: str
    state: State
    opened_at: datetime
    received_on: date
    seq: int
    head: bytes
    recorded_at: datetime
    park: str = ""
    window: str = ""
    system: str = ""
    department: str = ""
    project: str = ""
    applicant: str = ""
    refiles: str = ""
    agent: str = ""
    counted_from: datetime | None = None
    resubmitted_on: date | None = None
    accepted_on: date | None = None
    concluded_on: date | None = None
    ended_at: datetime | None = None
    stops: tuple[Stop, ...] = ()
    resumes_to: State = State.REVIEWING
    clocks: tuple[Clock, ...] = ()
    cards: tuple[Card, ...] = ()
    orders: tuple[Order, ...] = ()
    handlers: tuple[str, ...] = ()
    hands: tuple[Hand, ...] = ()
    helps: tuple[Help, ...] = ()
    corrections: int = 0
    may_correct: bool = False
    proposal: Proposal | None = None
    is_extended: bool = False
    is_hearing_told: bool = False
    incidents: tuple[tuple[int, int | None], ...] = ()
    routing: events.CaseRouted | None = None
    is_bundle: bool = False
    stopped_by: str = "all"
    children: tuple[Child, ...] = ()
    parent: str = ""
    parent_token: int = 0
    is_optional: bool = False
    after: tuple[Awaited, ...] = ()
    granted: bool | None = None
    lists: tuple[AppliedList, ...] = ()
    brought_in_at: datetime | None = None
    is_carded: bool = False
    supply: Supply | None = None
    declaration: Declaration | None = None
    permits: tuple[Permit, ...] = ()
    subject: Subject | None = None
    signed: int = 0
    collects: events.HandOverChosen | None = None
    rating: Rating | None = None
    is_partly_granted: bool = False
    pushes: tuple[Push, ...] = ()
    by_hand: tuple[int, ...] = ()

    @property
    def governing(self) -> Clock | None:
        """The clock people look at: what was promised, else the target, else the statutory one. None before
        acceptance and for a process without limits."""
        for kind in _GOVERNING:
            for clock in self.clocks:
                if clock.kind is kind and clock.token is None:
                    return clock
        return None

    def clock(self, name: str) -> Clock | None:
        """The case's clock of this name, if it has one."""
        return next((clock for clock in self.clocks if clock.name == name), None)

    @property
    def running(self) -> Iterator[Clock]:
        """The clocks that are not over."""
        return (clock for clock in self.clocks if clock.is_running)

    @property
    def open_stops(self) -> tuple[Stop, ...]:
        """The stops that last."""
        return tuple(stop for stop in self.stops if stop.end is None)

    @property
    def all_stops(self) -> tuple[Stop, ...]:
        """Its stops, and those that its clocks have from its children."""
        return (*self.stops, *shared_stops(self.children, any_stops=self.stopped_by == "any")) if self.children else self.stops

    def child(self, token: int) -> Child | None:
        """The child that the case knows by this token, if there is one."""
        return next((child for child in self.children if child.token == token), None)

    @property
    def is_suspended(self) -> bool:
        """Does no day count at present?"""
        return self.state is State.SUSPENDED

    @property
    def standing(self) -> Standing | None:
        """How the case came out; None while it is open. A case without a limit cannot be late. A limit of half-days or hours is
        over within its last day, so what was concluded on that day after the lapse is late, too."""
        if self.state in _DECLINED:
            return Standing.DECLINED
        if self.state in _WITHDRAWN:
            return Standing.WITHDRAWN
        if self.concluded_on is None:
            return None
        clock = self.governing
        if clock is None or clock.due_on is None:
            return Standing.ON_TIME
        if self.concluded_on == clock.due_on:
            return Standing.LATE if clock.has_lapsed else Standing.ON_TIME
        return Standing.EARLY if self.concluded_on < clock.due_on else Standing.LATE


_ENDING = (events.CaseWithdrawn, events.CaseTerminated, events.CaseVoided, events.ProcessCompleted)
"""What ends a case; a return to the applicant does when a person made it beside the diagram (`ends`)."""
_AFTERMATH = (
    events.DecisionMade, events.DeadlineLapsed, events.AcceptedConditionally, events.MaterialsSupplied,
    events.ComplianceDeclared, events.DeclarationVerified, events.DeclarationUnmet, events.DeclarationFailed,
    events.PermitGranted, events.PermitNamed, events.PermitActedOn, events.PermitActTold, events.ConditionMet,
    events.ConditionExtended, events.PermitLapsed, events.PermitDeemedRenewed, events.PermitExpired, events.ServiceRated,
    events.RatingAnswered, events.LapseRepaired, events.ResultPushed, events.PushReceived, events.FindingReported)
"""The facts about undertakings, permits, the rating and what was pushed; the others need not be asked."""


def evolve(case: Case | None, recorded: Recorded) -> Case:
    """Fold one fact into the case. `case` is None before the first fact, which is CaseOpened."""
    fact = recorded.fact
    if isinstance(fact, events.CaseOpened):
        return Case(number=recorded.case, process=fact.process, state=State.RECEIVED, opened_at=recorded.at,
                    received_on=fact.received_on, seq=recorded.seq, head=recorded.hash, recorded_at=recorded.at,
                    park=fact.park, window=fact.window, system=fact.system, department=fact.department,
                    project=fact.project, applicant=fact.applicant, refiles=fact.refiles, agent=fact.agent,
                    hands=_opening_hands(fact),
                    is_bundle=fact.is_bundle, stopped_by=fact.stopped_by, parent=fact.parent,
                    parent_token=fact.parent_token, is_optional=fact.is_optional, after=tuple(fact.after))
    assert case is not None
    changes: dict[str, Any] = {"seq": recorded.seq, "head": recorded.hash, "recorded_at": recorded.at}
    if (state := TARGETS.get(type(fact))) is not None:
        changes["state"] = state
    changes |= (_case_changes(case, recorded) or clocks.folded(case.clocks, case.counted_from, recorded)
                or cards.folded(case.cards, case.orders, recorded) or _help_changes(case, recorded)
                or children.folded(case.children, recorded))
    if isinstance(fact, _AFTERMATH):
        changes |= _aftermath_changes(case, recorded)
    if ends(fact):
        changes["ended_at"] = recorded.at
    return replace(case, **changes)


def ends(fact: Fact) -> bool:
    """Does this fact end the case?"""
    return isinstance(fact, _ENDING) or (isinstance(fact, events.CaseReturned) and fact.reason != "")


def _case_changes(case: Case, recorded: Recorded) -> dict[str, Any]:
    match fact := recorded.fact:
        case events.CaseRouted():
            return {"routing": fact}
        case events.TaskCompleted():
            return {"handlers": _with_handler(case, recorded.by),
                    "hands": _with_hands(case, fact.duty, fact.natural or (recorded.by,), fact.act)}
        case events.CaseAccepted():
            return {"accepted_on": fact.accepted_on, "counted_from": fact.counted_from}
        case events.CaseBroughtIn():
            return _brought_in(fact, recorded)
        case events.CorrectionRequested():
            return {"corrections": case.corrections + 1, "may_correct": False}
        case events.CorrectionSubmitted():
            return {"resubmitted_on": fact.received_on or local_day(recorded.at)}  # an earlier release did not tell it
        case events.CorrectionApproved():
            return {"may_correct": True}
        case events.DeclarationSigned():
            return {"signed": recorded.seq}
        case events.HandOverChosen():
            return {"collects": fact}
        case events.DecisionMade():
            return {"granted": fact.granted and case.granted is not False,
                    "is_partly_granted": case.is_partly_granted or case.granted not in (None, fact.granted)}
        case events.SiblingCleared():
            return {"after": tuple(each for each in case.after if each.node != fact.node)}
        case events.DecisionListApplied():
            return {"lists": (*(each for each in case.lists if each.list != fact.list), AppliedList(
                list=fact.list, version=fact.version, row=fact.row, variable=fact.variable, value=fact.value))}
        case events.CaseConcluded():
            return {"concluded_on": fact.concluded_on}
        case events.CaseSuspended():
            return _suspended(case, recorded.seq, fact)
        case events.CaseResumed():
            return _resumed(case, fact)
        case events.ExtensionProposed():
            return {"proposal": Proposal(amount=fact.amount, unit=Unit(fact.unit), is_joint=fact.is_joint, by=recorded.by)}
        case events.ExtensionApproved():
            return {"proposal": None, "is_extended": True}
        case events.ExtensionRefused():
            return {"proposal": None}
        case events.HearingOffered():
            return {"is_hearing_told": True}
        case events.ReentryAsked():
            return {"by_hand": (*case.by_hand, fact.token)}
        case events.IncidentRaised():
            return {"incidents": (*case.incidents, (recorded.seq, fact.token))}
        case events.IncidentResolved():
            return {"incidents": tuple(each for each in case.incidents if each[0] != fact.raised)}
    return {}


def _with_handler(case: Case, by: str) -> tuple[str, ...]:
    """Who handles the case, the last at the end. The applicant does not, nor does a platform: no card is his."""
    return case.handlers if stands_outside(by) else (*(name for name in case.handlers if name != by), by)


def _opening_hands(fact: events.CaseOpened) -> tuple[Hand, ...]:
    """What people have done on the case it is part of, and that somebody files for the applicant."""
    agent = ((Duty.AGENT.value, fact.agent),) if fact.agent else ()
    return (*(tuple(hand) for hand in fact.hands), *agent)


def _with_hands(case: Case, duty: str | None, natural: tuple[str, ...], act: str = "") -> tuple[Hand, ...]:
    """The hands after somebody did something; an earlier release did not tell the duty, and it follows from the act."""
    if duty is None:
        found = duty_of(act, None)
        duty = found.value if found else ""
    new = [(duty, person) for person in natural if duty and (duty, person) not in case.hands]
    return (*case.hands, *new)


def _help_changes(case: Case, recorded: Recorded) -> dict[str, Any]:
    match fact := recorded.fact:
        case events.HelpAsked():
            return {"helps": (*case.helps, Help(token=token_of(recorded.seq), host=fact.host, kind=fact.kind,
                                                is_awaited=fact.is_awaited))}
        case events.HelpGiven():
            return {"helps": _without(case, fact.token), "hands": _with_hands(case, fact.duty, fact.natural)}
        case events.HelpRecalled():
            return {"helps": _without(case, fact.token)}
        case events.TaskResolved():
            return {"hands": _with_hands(case, fact.duty, fact.natural)}
    return {}


def _without(case: Case, token: int) -> tuple[Help, ...]:
    return tuple(each for each in case.helps if each.token != token)


def _brought_in(fact: events.CaseBroughtIn, recorded: Recorded) -> dict[str, Any]:
    """Stops that last are begun by facts of their own, which follow, so that they can be ended by their number."""
    stops = tuple(Stop(seq=recorded.seq, kind=StopKind(stop.kind), ground=stop.ground, start=stop.start, end=stop.end,
                       expected_end=stop.expected_end, document=stop.document, basis=stop.basis)
                  for stop in fact.stops if stop.end is not None)
    return {
        "state": State(fact.state), "accepted_on": fact.accepted_on, "counted_from": fact.counted_from,
        "resubmitted_on": fact.resubmitted_on, "concluded_on": fact.concluded_on, "stops": stops,
        "corrections": fact.corrections, "is_extended": bool(fact.extension), "granted": _decided_there(fact),
        "handlers": (fact.handler,) if fact.handler else (), "brought_in_at": recorded.at, "is_carded": fact.is_carded,
    }


def _decided_there(fact: events.CaseBroughtIn) -> bool | None:
    return False if fact.refused else True if fact.granted else None


def _aftermath_changes(case: Case, recorded: Recorded) -> dict[str, Any]:
    """What was undertaken, the permits, the rating, what was pushed."""
    return {
        "pushes": pushes.folded(case.pushes, recorded),
        "rating": ratings.folded(case.rating, recorded),
        "supply": undertakings.supplied(case.supply, recorded),
        "declaration": undertakings.declared(case.declaration, recorded),
        "permits": permits.granted(case.permits, recorded), "subject": permits.pointed_at(case.subject, recorded)}


def _suspended(case: Case, seq: int, fact: events.CaseSuspended) -> dict[str, Any]:
    stop = Stop(seq=seq, kind=StopKind(fact.kind), ground=fact.ground, start=fact.suspended_on,
                expected_end=fact.expected_end, document=fact.document, basis=fact.basis)
    return {"stops": (*case.stops, stop), "resumes_to": case.resumes_to if case.is_suspended else case.state}


def _resumed(case: Case, fact: events.CaseResumed) -> dict[str, Any]:
    over = fact.stop or (case.open_stops[-1].seq if case.open_stops else 0)
    stops = tuple(replaced(stop, end=fact.resumed_on) if stop.seq == over else stop for stop in case.stops)
    return {"stops": stops, "state": State.SUSPENDED if fact.remaining else State(fact.back_to)}


def local_day(at: datetime) -> date:
    """The calendar date of an instant where the office is (Asia/Shanghai)."""
    return at.astimezone(SHANGHAI).date()


def receipt_day(calendar: Calendar, at: datetime) -> date:
    """计时用收件日: the day of filing, or the next working day when filed after hours or on a day off (R18)."""
    due = deadline(calendar, Limit(amount=0, unit=Unit.WORKDAY), at, event="submitted")
    assert due.due_on is not None
    return due.due_on
