"""双推送: which result of a case has to be pushed to whom, and that nothing is archived before it was (seed measure 3).

A case pushes once, as it is concluded 办结: when something was granted in it 准予, also beside a refusal, or when it did
something to a permit (变更、延续、撤销、撤回、注销). A service, what is no matter of the catalogue, what was refused and a
bundle (each of its matters pushes for itself) are supervised by nobody after the approval. Who supervises is not decided
here: None says that nobody has to, "" that somebody should and nobody is named.

What was concluded in another system before it was brought in was a matter of that system.
"""

from __future__ import annotations

from engine import events
from engine.case import Case, local_day
from engine.errors import Forbidden
from engine.pushes import GRANTED
from engine.sentences import say

_WAY_OUT = say(
    "name who supervises it in the responsibility list 监管责任清单 (`jiban catalogue set matter … supervisor DEPARTMENT`), "
    "then push it (推送监管部门, push_result)")


def result_of(case: Case) -> str:
    """What of a case is supervised afterwards; "" for nothing."""
    if case.is_bundle or not (case.granted or case.is_partly_granted):
        return ""
    return case.subject.act.value if case.subject is not None else GRANTED


def owes(case: Case, supervised_by: str | None) -> bool:
    """Is there a result of a concluded case that has to be pushed, and was not?"""
    if supervised_by is None or case.concluded_on is None or case.pushes or not result_of(case):
        return False
    return case.brought_in_at is None or case.concluded_on >= local_day(case.brought_in_at)


def pushed(case: Case, supervised_by: str | None, matter: str) -> events.ResultPushed | None:
    """The fact that is told as a case is concluded; None: there is nothing to be pushed, or nobody to push it to, which the
    archive will ask about."""
    if not supervised_by or not owes(case, supervised_by):
        return None
    return events.ResultPushed(department=supervised_by, result=result_of(case), matter=matter)


def push(case: Case, supervised_by: str | None, matter: str) -> events.ResultPushed:
    """推送监管部门, by hand: what was concluded while nobody was named, or before this release. Raises Forbidden."""
    told = pushed(case, supervised_by, matter)
    if told is not None:
        return told
    if owes(case, supervised_by):
        raise Forbidden("push_result", say(
            "nobody supervises the matter of case {case}: {way_out}", case=case.number, way_out=_WAY_OUT))
    if case.pushes:
        raise Forbidden("push_result", say(
            "the result of case {case} was pushed to {department} on {pushed_on}: it is pushed once",
            case=case.number, department=case.pushes[0].department, pushed_on=case.pushes[0].pushed_on))
    raise Forbidden("push_result", say(
        "case {case} is {state}, and nothing of it is supervised: what was granted is pushed once it is concluded 办结",
        case=case.number, state=case.state))


def require_pushed(case: Case, supervised_by: str | None, command: str) -> None:
    """Nothing is archived whose result its supervisors do not have. Raises Forbidden."""
    if not owes(case, supervised_by):
        return
    if supervised_by:
        raise Forbidden(command, say(
            "the result of case {case} has not been pushed to {department} (双推送): push it first (推送监管部门, push_result)",
            case=case.number, department=supervised_by))
    raise Forbidden(command, say(
        "the result of case {case} has not been pushed to whoever supervises it (双推送), because nobody does: {way_out}",
        case=case.number, way_out=_WAY_OUT))
