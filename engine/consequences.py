"""What follows from a fact: clocks start, stop and move; a lapse issues a card; an end leaves nothing open.

`respond` says which facts follow, `tell` records a fact with all of them. Everything is decided on the case as it stands
after the fact, on the calendar, the limits and the policy it runs under (`Terms`), and on one instant; nothing is asked of
the outside.

    收件 routed       ──► who only receives has a day to hand the case on to who accepts it
    受理 accepted     ──► the clocks of the case start (statutory, promised, target); the park's review, of a case it reports
    deemed accepted  ──► the same, counted from the receipt: what is over lapses at once, with its cards
    a stop           ──► clocks it stops lose their due date, and get it back when it ends; its expected end is a clock too
    an extension     ──► clocks that have not lapsed are counted anew from their original start
    the decision     ──► ten working days to hand over (行政许可法 art. 44)
    办结 concluded    ──► the clocks of the case are over
    a child's news   ──► the clocks of its bundle, which stand still while its open children do, are counted anew
    brought in       ──► stops that last, clocks from the original acceptance; what lapsed before is noticed, without a card
    a lapse          ──► a card, where the policy issues one: at most one for each rule and deadline
    a bad rating     ──► a clock of whoever administers the department, until it is answered
    办结 of a grant    ──► its result is pushed to whoever supervises it, with a clock until it is signed for
    an undertaking, a permit ──► clocks of what follows (`engine.follow_ups`), which may outlive the case
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time

from msgspec.structs import replace

from engine import events, follow_ups, lapsing, pushes, pushing
from engine.calendar import SHANGHAI, Calendar
from engine.case import Case, ends, evolve, local_day
from engine.clocks import Clock
from engine.events import Fact, Recorded
from engine.lifecycle import ALLOWED, State
from engine.limits import CASE_CLOCKS, OUTLIVING, Deadline, Limit, LimitKind, Unit
from engine.permits import Act
from engine.precedence import Settled, Source
from engine.ratings import BAD, clock_of
from engine.routing import FIRST_REVIEW_WORKDAYS, reviews_first
from engine.stops import CHILDREN, SUPPLY_LAPSED, Stop, StopKind
from engine.supervision import Policy
from engine.undertakings import SUPPLY, SUPPLY_BASIS, OnLapse

HAND_OVER = Limit(amount=10, kind=LimitKind.HAND_OVER, basis="行政许可法第四十四条")
FIRST_REVIEW = Limit(amount=FIRST_REVIEW_WORKDAYS, kind=LimitKind.STAGE, basis="行政许可法第四十三条")
FIRST_REVIEW_CLOCK = "first_review"
"""审批直报: the park's own limit, beside those of the case, from acceptance until it has reviewed."""
TRANSFER_CLOCK = "transfer"
"""收件转送: the limit of whoever only receives, until the case is with the department that accepts it."""

HEARING_REQUEST = Limit(amount=5, kind=LimitKind.APPLICANT, basis="行政许可法第四十七条")
HEARING = Limit(amount=20, kind=LimitKind.HEARING, basis="行政许可法第四十七条")
RATED = "国办发〔2019〕51号"
"""On what a bad rating's answer rests."""
BY_LAW, BY_ORDER = "law", "order"
"""Where a clock's number comes from that no diagram draws."""

_UNHANDED = frozenset({State.DECIDED, State.CONCLUDED, State.CERTIFIED})
_UNCONCLUDED = frozenset({State.RECEIVED, State.ACCEPTED, State.REVIEWING, State.SUSPENDED, State.DECIDED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Under what terms a case runs: the limits of its definition and, by the kind they are drawn with, whose value counts
    instead (None: only a project can give the number, and has not); the calendar and its version; the office's policy;
    `hands_over`: whether its process has a hand-over. `supervised_by`: the department that supervises afterwards what is
    granted here, "" while nobody is named, None where nobody has to; `matter`: the code of the row that says so."""

    limits: tuple[Limit, ...]
    calendar: Calendar
    policy: Policy
    law: int = 0
    settled: Mapping[str, Settled | None] = field(default_factory=dict)
    hands_over: bool = False
    supervised_by: str | None = None
    matter: str = ""


def respond(case: Case, fact: Fact, terms: Terms, now: datetime) -> tuple[Fact, ...]:
    """The facts that follow from `fact`, which `case` already contains, in the order to be told."""
    match fact:
        case events.CaseRouted() if fact.accepts != fact.receives and terms.policy.transfer_workdays:
            limit = Limit(amount=terms.policy.transfer_workdays, kind=LimitKind.STAGE, basis="收受分离")
            return (started(TRANSFER_CLOCK, limit, terms, now, source=Source.OFFICE),)
        case events.CaseAccepted():
            return (*_over(case, TRANSFER_CLOCK, "accepted", now), *_accepted(case, terms))
        case events.CaseBroughtIn():
            return tuple(_brought_in(case, fact, terms))
        case events.ClockStarted():
            return lapsing.already(case, fact, now)
        case events.CaseSuspended():
            return (*_expected(fact, case.seq, terms, now), *_recounted(case, terms, f"stopped: {fact.ground}"))
        case events.CaseResumed():
            return (*_over(case, f"stop:{fact.stop}", "resumed", now), *_recounted(case, terms, f"resumed: {fact.ground}"))
        case events.ChildStopped():
            return tuple(_recounted(case, terms, f"stopped: {CHILDREN}"))
        case events.ChildResumed() | events.ChildEnded() | events.ChildDropped() | events.ChildRequested():
            return tuple(_recounted(case, terms, f"resumed: {CHILDREN}"))
        case events.ExtensionApproved():
            return tuple(_extended(case, fact, terms, now))
        case events.DecisionMade():
            return tuple(_decided(case, fact, terms, now))
        case events.CaseConcluded():
            return (*(_ended(clock, fact.concluded_on, "concluded") for clock in case.running
                      if clock.token is None and clock.kind in CASE_CLOCKS), *_pushed(case, terms))
        case events.CaseHandedOver() | events.CaseArchived():
            return _over(case, LimitKind.HAND_OVER.value, "handed over", now)
        case events.DeadlineLapsed():
            return (*_cards(case, fact, terms), *_overdue(case, fact, now))
        case events.ServiceRated() if fact.level <= BAD and terms.policy.rectify_workdays:
            limit = Limit(amount=terms.policy.rectify_workdays, kind=LimitKind.RECTIFICATION, basis=RATED)
            return (started(clock_of(case.seq), limit, terms, now, source=Source.OFFICE, event="noticed"),)
        case events.RatingAnswered() if case.rating is not None:
            return _over(case, case.rating.clock, "answered", now)
        case events.ResultPushed() if terms.policy.receipt_workdays:
            limit = Limit(amount=terms.policy.receipt_workdays, kind=LimitKind.PUSH, basis=pushes.BASIS)
            return (started(pushes.clock_of(case.seq), limit, terms, now, source=Source.OFFICE, event="noticed"),)
        case events.PushReceived(push=push):
            return _over(case, pushes.clock_of(push), "received", now)
    return (_of_hearings(case, fact, terms, now) or _of_orders(case, fact, terms, now) or _of_ends(case, fact, now)
            or tuple(_of_undertakings(case, fact, terms, now)) or tuple(_of_permits(case, fact, terms, now)))


def started(
    name: str, limit: Limit, terms: Terms, counted_from: datetime, *, source: str = "diagram", event: str = "accepted",
    node: str = "", token: int | None = None, case: Case | None = None, extra: int = 0,
) -> events.ClockStarted:
    """The fact that a clock has begun; `case`: whose stops count, None for a clock that begins now and that none stops.
    `extra`: what an extension has added to it already. Raises InvalidInput when the count leaves the calendar."""
    clock = Clock(
        name=name, kind=limit.kind, amount=limit.amount, unit=limit.unit, counted_from=counted_from, due=None, due_on=None,
        lapses_at=None, event=event, extra=extra, count_first_day=limit.count_first_day,
        roll_off_holiday=limit.roll_off_holiday)
    due = clock.counted(terms.calendar, case.all_stops if case else ())
    return events.ClockStarted(
        clock=name, kind=limit.kind.value, amount=limit.amount, unit=limit.unit.value, basis=limit.basis, source=source,
        due=due.text, due_on=due.due_on, lapses_at=due.lapses_at, is_provisional=due.is_provisional,
        count_first_day=limit.count_first_day, roll_off_holiday=limit.roll_off_holiday, counted_from=counted_from,
        event=event, node=node, token=token, law=terms.law, extra=extra)


def restarted(clock: Clock, token: int, case: Case, terms: Terms) -> events.ClockStarted:
    """The fact that a drawn limit's clock runs again for the same wait under another number, from when it had begun: what was
    taken back gains nobody a day."""
    limit = Limit(amount=clock.amount, unit=clock.unit, kind=clock.kind, basis=clock.basis,
                  count_first_day=clock.count_first_day, roll_off_holiday=clock.roll_off_holiday)
    return started(f"{clock.kind.value}:{token}", limit, terms, clock.counted_from, source=clock.source, event=clock.event,
                   node=clock.node, token=token, case=case)


def moved(clock: Clock, due: Deadline, terms: Terms, reason: str, extra: int | None = None) -> events.ClockMoved:
    """The fact that a clock's deadline is another one now."""
    return events.ClockMoved(
        clock=clock.name, due=due.text, due_on=due.due_on, lapses_at=due.lapses_at, is_provisional=due.is_provisional,
        reason=reason, was=clock.due, extra=clock.extra if extra is None else extra, law=terms.law)


def tell(case: Case, fact: Fact, terms: Terms, *, now: datetime, by: str) -> tuple[Case, list[Recorded]]:
    """Record a fact and all that follows from it; the case afterwards and what was recorded, in order. A lapse that nobody has
    noticed yet is told before what would hide it: who concludes late, before the bell has rung, is late all the same."""
    recorded: list[Recorded] = []
    for lapse in lapsing.unnoticed(case, fact, now):
        case, more = tell(case, lapse, terms, now=now, by=by)
        recorded += more
    written = events.record(case.number, case.seq + 1, case.head, now, by, fact)
    case = evolve(case, written)
    recorded.append(written)
    for consequence in respond(case, fact, terms, now):
        case, more = tell(case, consequence, terms, now=now, by=by)
        recorded += more
    return case, recorded


def _accepted(case: Case, terms: Terms, extension: int = 0) -> Iterator[events.ClockStarted]:
    """The clocks of the case begin. `extension`: working days added before it was brought in."""
    assert case.counted_from is not None
    for drawn in terms.limits:
        if drawn.kind not in CASE_CLOCKS:
            continue
        settled = terms.settled.get(drawn.key, Settled(limit=drawn, source=Source.DIAGRAM, becomes=drawn.kind))
        if settled is not None:
            yield started(drawn.kind.value, settled.limit, terms, case.counted_from, source=settled.source, case=case,
                          extra=extension if settled.limit.unit is Unit.WORKDAY else 0)
    if case.routing is not None and reviews_first(case.routing):
        yield started(FIRST_REVIEW_CLOCK, FIRST_REVIEW, terms, case.counted_from, source=BY_LAW, case=case)


def _brought_in(case: Case, fact: events.CaseBroughtIn, terms: Terms) -> Iterator[Fact]:
    """What runs in a case that was begun elsewhere: the stops that last, the clocks from their original acceptance with the
    original stops, over already where the case was concluded; the time to hand over from its decision."""
    lasting = tuple(_lasting(stop) for stop in fact.stops if stop.end is None)
    yield from lasting
    stopped = replace(case, stops=(*case.stops, *(Stop(
        seq=0, kind=StopKind(stop.kind), ground=stop.ground, start=stop.suspended_on) for stop in lasting)))
    clocks = tuple(_accepted(stopped, terms, fact.extension)) if case.counted_from is not None else ()
    for clock in clocks:
        yield clock
        if fact.concluded_on is not None:
            yield events.ClockStopped(clock=clock.clock, stopped_on=fact.concluded_on, reason="concluded")
    if fact.decided_at is not None and fact.granted and terms.hands_over and case.state in _UNHANDED:
        yield started(HAND_OVER.kind.value, HAND_OVER, terms, fact.decided_at, source=BY_LAW, event="decided", case=stopped)


def _lasting(stop: events.PastStop) -> events.CaseSuspended:
    return events.CaseSuspended(ground=stop.ground, suspended_on=stop.start, expected_end=stop.expected_end,
                                document=stop.document, kind=stop.kind, basis=stop.basis)


def _expected(fact: events.CaseSuspended, seq: int, terms: Terms, now: datetime) -> tuple[Fact, ...]:
    """What the applicant was told: overrunning it raises an alarm of its own."""
    if fact.expected_end is None:
        return ()
    begun = now if fact.suspended_on == local_day(now) else datetime.combine(fact.suspended_on, time(9), SHANGHAI)
    limit = Limit(amount=fact.workdays, kind=LimitKind.STOP, basis=fact.basis) if fact.workdays else follow_ups.until(
        fact.expected_end, local_day(begun), LimitKind.STOP, fact.basis)
    return (started(f"stop:{seq}", limit, terms, begun, source=BY_LAW if fact.workdays else BY_ORDER),)


def _recounted(case: Case, terms: Terms, reason: str) -> Iterator[Fact]:
    stops = case.all_stops
    for clock in case.running:
        due = clock.counted(terms.calendar, stops)
        if (due.text, due.is_provisional) != (clock.due, clock.is_provisional):
            yield moved(clock, due, terms, reason)


def _extended(case: Case, fact: events.ExtensionApproved, terms: Terms, now: datetime) -> Iterator[Fact]:
    stops = case.all_stops
    for clock in case.running:
        if is_extendable(clock, Unit(fact.unit), now):
            longer = replace(clock, extra=clock.extra + fact.amount)
            yield moved(clock, longer.counted(terms.calendar, stops), terms, f"extended: {fact.document}", longer.extra)


def is_extendable(clock: Clock, unit: Unit, now: datetime) -> bool:
    """Can an extension in this unit still reach the clock? What has lapsed stays lapsed (行政许可法 art. 42)."""
    is_of_the_case = clock.token is None and clock.kind in CASE_CLOCKS
    return is_of_the_case and clock.unit is unit and not clock.has_lapsed and (clock.lapses_at is None or clock.lapses_at > now)


def _decided(case: Case, fact: events.DecisionMade, terms: Terms, now: datetime) -> Iterator[Fact]:
    """A grant is handed over, verified where it rests on a declaration, and does to a permit what was asked; after a refusal
    nothing is missing any more."""
    if not fact.granted:
        yield from _over(case, SUPPLY, "refused", now)
        return
    if terms.hands_over and case.clock(LimitKind.HAND_OVER.value) is None:
        yield started(HAND_OVER.kind.value, HAND_OVER, terms, now, source=BY_LAW, event="decided")
    if (declaration := case.declaration) is not None:
        name = follow_ups.name_of(declaration.seq, follow_ups.VERIFICATION)
        if case.clock(name) is None:
            yield started(name, follow_ups.of_verification(declaration), terms, now, source=BY_LAW, event="decided")
    if (subject := case.subject) is not None and not subject.is_done and subject.act is not Act.RENEW:
        yield _acted_on(case)


def _pushed(case: Case, terms: Terms) -> tuple[Fact, ...]:
    told = pushing.pushed(case, terms.supervised_by, terms.matter)
    return () if told is None else (told,)


def _acted_on(case: Case) -> events.PermitActedOn:
    subject = case.subject
    assert subject is not None
    return events.PermitActedOn(permit=subject.permit, act=subject.act.value, basis=subject.basis, changes=subject.changes)


def _overdue(case: Case, lapse: events.DeadlineLapsed, now: datetime) -> tuple[Fact, ...]:
    """What a lapse leads to beside a card: the limits of an applicant and of a permit have their own consequences."""
    if lapse.clock != SUPPLY:
        meant = follow_ups.lapsed(case, lapse.clock)
        return () if meant is None else (meant,)
    is_stopped = any(stop.ground == SUPPLY_LAPSED for stop in case.open_stops)
    if case.supply is None or case.supply.on_lapse is not OnLapse.PAUSE or is_stopped \
            or State.SUSPENDED not in ALLOWED[case.state]:
        return ()
    return (events.CaseSuspended(ground=SUPPLY_LAPSED, suspended_on=local_day(now), expected_end=None, document="",
                                 kind=StopKind.PAUSE.value, basis=SUPPLY_BASIS),)


def _of_undertakings(case: Case, fact: Fact, terms: Terms, now: datetime) -> Iterator[Fact]:
    """The supply period runs to the next day on which something is due; a declaration not met is to be mended in time."""
    match fact:
        case events.AcceptedConditionally() | events.MaterialsSupplied():
            yield from _over(case, SUPPLY, "supplied", now)
            if case.supply is not None and case.supply.next_on is not None:
                yield started(SUPPLY, follow_ups.of_supply(case.supply.next_on, local_day(now)), terms, now, source=BY_ORDER,
                              event="noticed")
            else:
                yield from _no_longer_paused(case, now)
        case events.DeclarationVerified() | events.DeclarationUnmet() | events.DeclarationFailed():
            for name in follow_ups.over(case, fact):
                yield from _over(case, name, "verified", now)
            if isinstance(fact, events.DeclarationUnmet) and case.declaration is not None:
                name = follow_ups.name_of(case.declaration.seq, follow_ups.CORRECTION)
                yield started(name, follow_ups.of_correction(case.declaration), terms, now, source=BY_LAW, event="noticed")


def _no_longer_paused(case: Case, now: datetime) -> Iterator[Fact]:
    for stop in case.open_stops:
        if stop.ground == SUPPLY_LAPSED:
            yield events.CaseResumed(ground=stop.ground, resumed_on=local_day(now), stop=stop.seq,
                                     remaining=len(case.open_stops) - 1, back_to=case.resumes_to.value)


def _of_permits(case: Case, fact: Fact, terms: Terms, now: datetime) -> Iterator[Fact]:
    match fact:
        case events.PermitGranted():
            for name, limit in follow_ups.of_permit(case.seq, fact, local_day(now)):
                yield started(name, limit, terms, now, source=BY_LAW, event="granted")
            if case.subject is not None and fact.follows:
                yield _acted_on(case)
        case events.ConditionExtended():
            for permit in case.permits:
                clock = case.clock(follow_ups.name_of(permit.seq, fact.condition))
                if permit.number == fact.permit and clock is not None:
                    longer = replace(clock, extra=clock.extra + fact.amount)
                    yield moved(clock, longer.counted(terms.calendar, ()), terms, f"extended: {fact.document}", longer.extra)
        case events.ConditionMet() | events.PermitLapsed() | events.PermitExpired() | events.PermitActTold():
            for name in follow_ups.over(case, fact):
                yield from _over(case, name, "over", now)


def _over(case: Case, name: str, reason: str, now: datetime) -> tuple[Fact, ...]:
    clock = case.clock(name)
    return () if clock is None or not clock.is_running else (_ended(clock, local_day(now), reason),)


def _ended(clock: Clock, day: date, reason: str) -> Fact:
    return events.ClockStopped(clock=clock.name, stopped_on=day, reason=reason)


def _cards(case: Case, fact: events.DeadlineLapsed, terms: Terms) -> tuple[Fact, ...]:
    clock = case.clock(fact.clock)
    colour = terms.policy.card(clock.kind) if clock is not None else None
    if clock is None or colour is None or _is_spared(case, fact.scheduled_at):
        return ()
    return card(case, clock, colour.value, f"{clock.kind.value}_lapsed", fact.scheduled_at)


def _is_spared(case: Case, lapsed_at: datetime) -> bool:
    """Did it lapse before the case was brought in? Its card was a matter of the system it came from, unless that had it brought
    along (`is_carded`)."""
    return case.brought_in_at is not None and not case.is_carded and lapsed_at <= case.brought_in_at


def card(case: Case, clock: Clock, colour: str, rule: str, scheduled_at: datetime) -> tuple[Fact, ...]:
    """A card for the clock's present deadline, unless this rule has issued one for it."""
    if any((each.rule, each.clock, each.version) == (rule, clock.name, clock.version) for each in case.cards):
        return ()
    return (events.CardIssued(
        colour=colour, rule=rule, clock=clock.name, node=clock.node, due_on=clock.due_on, scheduled_at=scheduled_at,
        version=clock.version, holder=case.handlers[-1] if case.handlers else ""),)


def _of_hearings(case: Case, fact: Fact, terms: Terms, now: datetime) -> tuple[Fact, ...]:
    """行政许可法 art. 47: five days to ask for a hearing, twenty to hold it."""
    match fact:
        case events.HearingOffered():
            return (started("hearing_request", HEARING_REQUEST, terms, now, source=BY_LAW, event="noticed"),)
        case events.HearingRequested():
            return (*_over(case, "hearing_request", "requested", now),
                    started("hearing", HEARING, terms, now, source=BY_LAW))
        case events.HearingScheduled():
            return _over(case, "hearing", "scheduled", now)
    return ()


def _of_orders(case: Case, fact: Fact, terms: Terms, now: datetime) -> tuple[Fact, ...]:
    match fact:
        case events.OrderIssued(due_on=due_on):
            return (_awaited(case.seq, due_on, terms, now),)
        case events.OrderReturned(order=order, due_on=due_on):
            return (_awaited(order, due_on, terms, now),)
        case events.OrderReplied(order=order) | events.OrderClosed(order=order):
            return _over(case, f"order:{order}", "answered", now)
    return ()


def _awaited(order: int, due_on: date, terms: Terms, now: datetime) -> Fact:
    return started(f"order:{order}", follow_ups.until(due_on, local_day(now), LimitKind.ORDER, ""), terms, now, source=BY_ORDER)


def _of_ends(case: Case, fact: Fact, now: datetime) -> tuple[Fact, ...]:
    """A case that has ended waits for nobody and its limits are over; an order still wants its answer."""
    match fact:
        case events.ProcessCompleted() if case.state in _UNCONCLUDED:
            return (events.CaseConcluded(concluded_on=local_day(now)), *_nothing_left(case, now, CASE_CLOCKS))
    return tuple(_nothing_left(case, now)) if ends(fact) else ()


def _nothing_left(case: Case, now: datetime, concluded: frozenset[LimitKind] = frozenset()) -> Iterator[Fact]:
    """`concluded`: the kinds of case clocks that 办结 has stopped already."""
    yield from (events.IncidentResolved(raised=seq) for seq, _ in case.incidents)
    yield from (events.HelpRecalled(token=each.token, reason="the case has ended") for each in case.helps)
    for clock in case.running:
        if clock.kind not in OUTLIVING and not (clock.token is None and clock.kind in concluded):
            yield _ended(clock, local_day(now), "ended")
