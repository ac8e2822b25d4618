"""双报告: whoever supervises signs for a pushed result 签收 and reports what was found 监管反馈 (seed measure 3).

Who belongs to the department is held against its people: whoever reviews, decides, administers or heads there, within his
scope. A supervisor 督查员 watches that it is done, and does not do it.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine import events
from engine.case import Case
from engine.errors import Forbidden, InvalidInput, NotFound
from engine.moves import required
from engine.oversight_facts import Reminded
from engine.pushes import ALLOWED, SORTS, Push, PushState
from engine.sentences import say

SUPERVISING = ("reviewer", "approver", "department_admin", "head_of_office")
"""Whose office it is in the supervising department."""

LONGEST = 2000
"""Characters of what was found."""


def push_of(case: Case, push: int) -> Push:
    """One of its pushed results, by the number of the fact. Raises NotFound."""
    found = next((each for each in case.pushes if each.seq == push), None)
    if found is None:
        known = tuple(each.seq for each in case.pushes) or say("none")
        raise NotFound("pushed result", str(push), say("case {case} has: {known}", case=case.number, known=known))
    return found


def receive(case: Case, *, push: int) -> events.PushReceived:
    """签收. Raises NotFound, Forbidden."""
    found = push_of(case, push)
    if PushState.RECEIVED not in ALLOWED[found.state]:
        raise Forbidden("receive_push", say(
            "the result of case {case} was signed for by {by} on {received_on}: it is signed for once",
            case=case.number, by=found.received_by, received_on=found.received_on))
    return events.PushReceived(push=push)


def report(
    case: Case, *, push: int, sort: str, text: str, measure: str, document: str, told: Sequence[Reminded],
) -> events.FindingReported:
    """监管反馈, as often as something is found. `told`: whom it concerns. Raises NotFound, Forbidden, InvalidInput."""
    found = push_of(case, push)
    if found.state is not PushState.RECEIVED:
        raise Forbidden("report_finding", say(
            "the result of case {case} has not been signed for by {department}: sign for it first (签收, receive_push)",
            case=case.number, department=found.department))
    if sort not in SORTS:
        raise InvalidInput("sort", say("expected one of {known}, found “{found}”", known=tuple(SORTS), found=sort[:20]))
    return events.FindingReported(
        push=push, sort=sort, text=_within("text", required("text", text, "what was found")),
        measure=_within("measure", measure), document=_within("document", document), told=tuple(told))


def _within(field: str, text: str) -> str:
    kept = text.strip()
    if len(kept) > LONGEST or not all(each.isprintable() or each in "\n\r\t" for each in kept):
        raise InvalidInput(field, say("expected at most {most} printable characters", most=LONGEST))
    return kept
