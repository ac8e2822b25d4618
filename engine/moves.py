"""The moves: a case and a wish become one fact, or a reason why not.

Every move is guarded by the lifecycle table and by the article of law it cites. A milestone is a move the diagram
makes (a legal moment it draws); the others are made by people. Nothing here changes a case: `engine.consequences.tell` records
the fact. What moves a clock has rooms of its own: `engine.stopping`, `engine.extending`; what supervises, `engine.overseeing`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, time
from typing import TypeAlias

from engine import events
from engine.calendar import SHANGHAI
from engine.case import Case, local_day
from engine.errors import Forbidden, Incident, InvalidInput
from engine.events import Fact
from engine.lifecycle import ALLOWED, TARGETS, State
from engine.sentences import Sentence, listed, say, sentence_of

APPROVERS_OF_CORRECTIONS = frozenset({"legal_officer", "head_of_office"})
_WAITING_FOR_SUPPLY = frozenset({"certified", "handed_over", "archived"})
_AFTER_SUPPLY = _WAITING_FOR_SUPPLY | {"granted"}
_BEFORE_ACCEPTANCE = frozenset({State.RECEIVED, State.CORRECTING})
_A_REASON = say("a reason")

Milestone: TypeAlias = Callable[[Case, datetime, str], Fact]


def _accepted(case: Case, now: datetime, node: str) -> Fact:
    return events.CaseAccepted(accepted_on=local_day(now), counted_from=now)


def _deemed_accepted(case: Case, now: datetime, node: str) -> Fact:
    """No notice within five working days: accepted as of the day the documents were received (行政许可法 art. 32(4))."""
    day = case.resubmitted_on or case.received_on
    return events.CaseAccepted(accepted_on=day, counted_from=datetime.combine(day, time(9), SHANGHAI), deemed=True)


def _correcting(case: Case, now: datetime, node: str) -> Fact:
    """补正: everything that is missing is told once (行政许可法 art. 32(4)); a further notice needs an approval."""
    if case.corrections and not case.may_correct:
        raise Forbidden("correction", say(
            "case {case} has had its one correction notice (行政许可法 art. 32(4): 一次告知); now accept or decline it, or "
            "let the legal officer 法制审核员 or the head of office 机关负责人 approve a further notice with a reason",
            case=case.number))
    return events.CorrectionRequested(number=case.corrections + 1)


MILESTONE_FACTS: Mapping[str, Milestone] = {
    "accepted": _accepted,
    "accepted_conditionally": _accepted,
    "declared": _accepted,
    "on_the_spot": _accepted,
    "deemed_accepted": _deemed_accepted,
    "correcting": _correcting,
    "resubmitted": lambda case, now, node: events.CorrectionSubmitted(received_on=local_day(now)),
    "reviewing": lambda case, now, node: events.ReviewStarted(),
    "granted": lambda case, now, node: events.DecisionMade(granted=True, node=node),
    "refused": lambda case, now, node: events.DecisionMade(granted=False, node=node),
    "concluded": lambda case, now, node: events.CaseConcluded(concluded_on=local_day(now)),
    "certified": lambda case, now, node: certified(case),
    "handed_over": lambda case, now, node: events.CaseHandedOver(),
    "archived": lambda case, now, node: events.CaseArchived(),
    "declined": lambda case, now, node: events.CaseDeclined(),
    "not_applicable": lambda case, now, node: events.CaseNotApplicable(),
    "returned": lambda case, now, node: events.CaseReturned(),
    "deemed_withdrawn": lambda case, now, node: events.CaseDeemedWithdrawn(),
}


def reach(case: Case, milestone: str, node: str, now: datetime) -> Fact:
    """The fact of a milestone the diagram has passed. Raises Incident when the lifecycle does not allow it now: the
    diagram draws the legal moments in an impossible order, and a person has to look; Forbidden while it is stopped, for a
    second correction, and for what may not leave the house while materials are missing."""
    fact = MILESTONE_FACTS[milestone](case, now, node)
    if case.is_suspended:
        raise Forbidden(milestone, say(
            "case {case} is stopped ({grounds}); whoever handles it ends that first (resume)",
            case=case.number, grounds=tuple(stop.ground for stop in case.open_stops)))
    if milestone == "granted":
        guard_order(case, milestone)
    _check_supplied(case, milestone)
    if TARGETS[type(fact)] not in ALLOWED[case.state]:
        raise Incident(node, say(
            "“{node}” draws “{milestone}”, but case {case} is {state}: from there only {may} may follow",
            node=node, milestone=milestone, case=case.number, state=case.state, may=_names(ALLOWED[case.state])))
    return fact


def certified(case: Case) -> Fact:
    """制证: with the seal, and in the name, that the case was routed to."""
    routing = case.routing
    return events.CaseCertified() if routing is None else events.CaseCertified(seal=routing.seal, in_name_of=routing.in_name_of)


def guard_order(case: Case, command: str) -> None:
    """Raises Forbidden for a decision on a child case before those that come first are granted."""
    if case.after:
        first = listed((f"“{each.name}”" for each in case.after), "、")
        raise Forbidden(command, say(
            "case {case} is decided after {first} of bundle {parent}, not granted yet: its own department decides that first; "
            "the review may go on meanwhile", case=case.number, first=first, parent=case.parent))


def _check_supplied(case: Case, milestone: str) -> None:
    """容缺受理: the work goes on while minor materials are missing, but nothing leaves the house; after the supply period
    nothing is granted either (domain rules R23)."""
    supply = case.supply
    if supply is None or milestone not in (_AFTER_SUPPLY if supply.has_lapsed else _WAITING_FOR_SUPPLY):
        return
    missing = listed((say("{name} (by {supply_on})", name=each.name, supply_on=each.supply_on)
                      for each in supply.missing), "、")
    way_out = (say("the supply period is over: the approver 审批人 refuses (不予许可), or lets them come late (supply)")
               if supply.has_lapsed else say("the applicant supplies them first (补齐, supply)"))
    raise Forbidden(milestone, say(
        "case {case} was accepted conditionally 容缺受理, and still missing are {missing}; {way_out}",
        case=case.number, missing=missing, way_out=way_out))


def approve_correction(case: Case, *, role: str, reason: str) -> Fact:
    """Approve a further correction notice, with a reason (行政许可法 art. 32(4) knows one). Raises Forbidden, InvalidInput."""
    if case.state not in _BEFORE_ACCEPTANCE or case.corrections == 0:
        raise Forbidden("approve a correction", say(
            "case {case} is {state} and has had {corrections} correction notices: the first needs no approval, and after "
            "acceptance there is none (审查补正 is a pause)", case=case.number, state=case.state, corrections=case.corrections))
    if role not in APPROVERS_OF_CORRECTIONS:
        raise Forbidden("approve a correction", say(
            "a further notice is approved by the legal officer 法制审核员 (legal_officer) or the head of office 机关负责人 "
            "(head_of_office), not by “{role}”", role=role))
    return events.CorrectionApproved(role=role, reason=required("reason", reason))


def withdraw(case: Case, *, reason: str, mandate: str = "") -> Fact:
    """撤件: by the applicant, before the decision. `mandate`: of the agent who does it for him."""
    _guard(case, State.WITHDRAWN, "withdraw")
    return events.CaseWithdrawn(reason=reason, mandate=mandate)


def terminate(case: Case, *, reason: str) -> Fact:
    """终止: ends without a decision, with a reason."""
    _guard(case, State.TERMINATED, "terminate")
    return events.CaseTerminated(reason=required("reason", reason))


def void(case: Case, *, reason: str) -> Fact:
    """作废: only at receipt, for a case entered by mistake."""
    _guard(case, State.VOIDED, "void")
    return events.CaseVoided(reason=required("reason", reason))


def required(field: str, text: str, what: str = _A_REASON) -> str:
    """A text that has to be there, without the space around it. Raises InvalidInput."""
    if not text.strip():
        raise InvalidInput(field, say("{what} is required", what=sentence_of(what)))
    return text.strip()


def _guard(case: Case, target: State, command: str) -> None:
    """A stopped case may be ended as far as it might have been before the stop."""
    state = case.resumes_to if case.is_suspended else case.state
    if case.ended_at is not None or target not in ALLOWED[state]:
        raise Forbidden(command, say(
            "case {case} is {state}; from there only {may} may follow",
            case=case.number, state=case.state, may=_names(ALLOWED[state])))


def _names(states: frozenset[State]) -> Sentence:
    allowed = sorted(states, key=lambda state: state.value)
    return listed(allowed) if allowed else say("nothing")
