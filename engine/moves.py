"""The moves: a case and a wish become one fact, or a reason why not.

Every move is guarded by the lifecycle table and by the article of law it cites. A milestone is a move the diagram
makes (a legal moment it draws); the others are made by people. Nothing here changes a case: `engine.case.tell` records
the fact.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import TypeAlias

from engine import events
from engine.calendar import SHANGHAI
from engine.case import Case, local_day
from engine.errors import Forbidden, Incident, InvalidInput
from engine.events import Fact
from engine.lifecycle import ALLOWED, TARGETS, State

GROUNDS: Mapping[str, str] = {
    "hearing": "听证", "tender": "招标", "auction": "拍卖", "inspection": "检验", "testing": "检测",
    "quarantine": "检疫", "appraisal": "鉴定", "expert_review": "专家评审",
}
"""The eight grounds on which no day counts: 行政许可法 art. 45."""

Milestone: TypeAlias = Callable[[Case, datetime, str], Fact]


def _accepted(case: Case, now: datetime, node: str) -> Fact:
    return events.CaseAccepted(accepted_on=local_day(now), counted_from=now)


def _deemed_accepted(case: Case, now: datetime, node: str) -> Fact:
    """No notice within five working days: accepted as of the day of receipt (行政许可法 art. 32(4))."""
    counted_from = datetime.combine(case.received_on, time(9), SHANGHAI)
    return events.CaseAccepted(accepted_on=case.received_on, counted_from=counted_from, deemed=True)


MILESTONE_FACTS: Mapping[str, Milestone] = {
    "accepted": _accepted,
    "deemed_accepted": _deemed_accepted,
    "correcting": lambda case, now, node: events.CorrectionRequested(),
    "resubmitted": lambda case, now, node: events.CorrectionSubmitted(),
    "reviewing": lambda case, now, node: events.ReviewStarted(),
    "granted": lambda case, now, node: events.DecisionMade(granted=True, node=node),
    "refused": lambda case, now, node: events.DecisionMade(granted=False, node=node),
    "concluded": lambda case, now, node: events.CaseConcluded(concluded_on=local_day(now)),
    "certified": lambda case, now, node: events.CaseCertified(),
    "handed_over": lambda case, now, node: events.CaseHandedOver(),
    "archived": lambda case, now, node: events.CaseArchived(),
    "declined": lambda case, now, node: events.CaseDeclined(),
    "not_applicable": lambda case, now, node: events.CaseNotApplicable(),
    "returned": lambda case, now, node: events.CaseReturned(),
    "deemed_withdrawn": lambda case, now, node: events.CaseDeemedWithdrawn(),
}


def reach(case: Case, milestone: str, node: str, now: datetime) -> Fact:
    """The fact of a milestone the diagram has passed. Raises Incident when the lifecycle does not allow it now: the
    diagram draws the legal moments in an impossible order, and a person has to look."""
    fact = MILESTONE_FACTS[milestone](case, now, node)
    target = TARGETS[type(fact)]
    if target not in ALLOWED[case.state]:
        raise Incident(node, f"“{node}” draws “{milestone}”, but case {case.number} is {case.state.value}: "
                             f"from there only {_names(ALLOWED[case.state])} may follow")
    return fact


def suspend(case: Case, *, ground: str, document: str, expected_end: date, now: datetime) -> Fact:
    """特别程序开始 (行政许可法 art. 45): needs one of the eight grounds, the written notice's number and the time it is
    expected to take, which the applicant was told. Raises InvalidInput for one of them, Forbidden in the wrong state."""
    _guard(case, State.SUSPENDED, "suspend")
    if ground not in GROUNDS:
        raise InvalidInput("ground", f"“{ground}” is not one of the grounds of 行政许可法 art. 45: {', '.join(GROUNDS)}")
    if not document.strip():
        raise InvalidInput("document", "the number of the 特别程序告知书 is missing: the applicant is told in writing")
    if expected_end <= local_day(now):
        raise InvalidInput("expected_end", f"the expected end {expected_end} is not after today")
    return events.CaseSuspended(ground=ground, suspended_on=local_day(now), expected_end=expected_end,
                                document=document.strip())


def resume(case: Case, *, now: datetime) -> Fact:
    """特别程序结束."""
    if not case.is_suspended:
        raise Forbidden("resume", f"case {case.number} is not suspended but {case.state.value}")
    return events.CaseResumed(ground=case.suspensions[-1].ground, resumed_on=local_day(now))


def withdraw(case: Case, *, reason: str) -> Fact:
    """撤件: by the applicant, before the decision."""
    _guard(case, State.WITHDRAWN, "withdraw")
    return events.CaseWithdrawn(reason=reason)


def terminate(case: Case, *, reason: str) -> Fact:
    """终止: ends without a decision, with a reason."""
    _guard(case, State.TERMINATED, "terminate")
    if not reason.strip():
        raise InvalidInput("reason", "a reason is required")
    return events.CaseTerminated(reason=reason.strip())


def void(case: Case, *, reason: str) -> Fact:
    """作废: only at receipt, for a case entered by mistake."""
    _guard(case, State.VOIDED, "void")
    if not reason.strip():
        raise InvalidInput("reason", "a reason is required")
    return events.CaseVoided(reason=reason.strip())


def _guard(case: Case, target: State, command: str) -> None:
    if case.ended_at is not None or target not in ALLOWED[case.state]:
        raise Forbidden(command, f"case {case.number} is {case.state.value}; from there only "
                                 f"{_names(ALLOWED[case.state])} may follow")


def _names(states: frozenset[State]) -> str:
    return ", ".join(sorted(state.value for state in states)) or "nothing"
