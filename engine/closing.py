"""After the decision: certify 制证, seal 用印, hand over 送达, archive 归档, where the diagram has no step for it; and ending
a case before acceptance by returning it.

A diagram that draws these steps makes them its milestones. A case whose diagram does not, or has ended, is closed by these
moves; the lifecycle table says when.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from engine import events
from engine.case import Case
from engine.errors import Forbidden, InvalidInput
from engine.events import Fact
from engine.lifecycle import ALLOWED, State
from engine.moves import certified, required
from engine.sentences import say, sentence_of

WAYS: Mapping[str, str] = {"window": "窗口领取", "post": "邮寄送达"}
"""How a result may be handed over."""

_BEFORE_HAND_OVER = frozenset({State.RECEIVED, State.CORRECTING, State.ACCEPTED, State.REVIEWING, State.SUSPENDED,
                               State.DECIDED, State.CONCLUDED, State.CERTIFIED})
_SEALABLE = frozenset({State.DECIDED, State.CONCLUDED, State.CERTIFIED})


def certify(case: Case) -> Fact:
    """制证: the certificate of a concluded case is made. Raises Forbidden."""
    _guard(case, State.CERTIFIED, "certify", "制证 follows 办结")
    return certified(case)


def seal(case: Case, *, document: str, number: str, seal: str, unit: str) -> Fact:
    """用印: a document of the decision gets the seal of whoever decides; from then on it is numbered. Raises Forbidden,
    InvalidInput."""
    if case.state not in _SEALABLE:
        raise Forbidden("seal", say(
            "case {case} is {state}: a seal follows the decision 决定 and precedes the hand-over 送达",
            case=case.number, state=case.state))
    return events.DocumentSealed(document=required("document", document, "the name of the document"),
                                 number=required("number", number, "its number"),
                                 seal=required("seal", _seal_of(case, seal), "the number of the seal"),
                                 unit=case.routing.seals if case.routing else unit)


def hand_over(case: Case) -> Fact:
    """送达: the applicant has the result (行政许可法 art. 44). Raises Forbidden."""
    _guard(case, State.HANDED_OVER, "hand over", "送达 follows 办结")
    return events.CaseHandedOver()


def choose_hand_over(case: Case, *, way: str, recipient: str, phone: str, address: str, mandate: str = "") -> Fact:
    """选择领取方式, by the applicant, until the result is handed over; he may change his mind. `mandate`: of the agent who
    chooses for him. Raises Forbidden, InvalidInput."""
    if case.state not in _BEFORE_HAND_OVER or (case.ended_at is not None and case.concluded_on is None):
        raise Forbidden("choose_hand_over", say(
            "case {case} is {state}: there is nothing to be handed over any more", case=case.number, state=case.state))
    if way not in WAYS:
        raise InvalidInput("way", say("expected one of {known}, found “{found}”", known=tuple(WAYS), found=way[:20]))
    if way == "window":
        return events.HandOverChosen(way=way, mandate=mandate)
    return events.HandOverChosen(
        way=way, recipient=_line("recipient", recipient, 50, "whom it is posted to"), phone=_phone(phone),
        address=_line("address", address, 200, "where it is posted"), mandate=mandate)


def archive(case: Case) -> Fact:
    """归档: the last step of all. Raises Forbidden."""
    _guard(case, State.ARCHIVED, "archive", "归档 follows 办结")
    return events.CaseArchived()


def return_to_applicant(case: Case, *, reason: str) -> Fact:
    """退件: before acceptance, with a reason. Raises Forbidden, InvalidInput."""
    state = case.state
    if case.ended_at is not None or State.RETURNED not in ALLOWED[state]:
        raise Forbidden("return", say(
            "case {case} is {state}: 退件 comes before 受理; after it, a case is sent back 退回 within the office, withdrawn "
            "撤件 by the applicant, or decided", case=case.number, state=state))
    return events.CaseReturned(reason=required("reason", reason))


def _line(field: str, text: str, longest: int, what: str) -> str:
    """A text on one line. Raises InvalidInput."""
    kept = required(field, text, what)
    if len(kept) > longest or not kept.isprintable():
        raise InvalidInput(field, say("expected at most {most} printable characters on one line", most=longest))
    return kept


def _phone(text: str) -> str:
    kept = _line("phone", text, 20, "the telephone number of whom it is posted to")
    if not re.fullmatch(r"\+?[0-9][0-9 \-]{4,18}[0-9]", kept):
        raise InvalidInput("phone", say("expected a telephone number like 0730-8880000, found “{found}”", found=kept))
    return kept


def _seal_of(case: Case, given: str) -> str:
    """The seal a routed case carries (in the pilot 一枚印章), which need not be named; another is refused."""
    routing = case.routing
    if routing is None or not routing.seal:
        return given
    if given.strip() not in ("", routing.seal):
        raise Forbidden("seal", say(
            "case {case} is decided in the name of {in_name_of} and carries the seal {seal}, not “{found}”; {seals} seals it",
            case=case.number, in_name_of=routing.in_name_of, seal=routing.seal, found=given.strip()[:40], seals=routing.seals))
    return routing.seal


def _guard(case: Case, target: State, command: str, rule: str) -> None:
    if target not in ALLOWED[case.state]:
        raise Forbidden(command, say(
            "case {case} is {state}: {rule}, and happens once", case=case.number, state=case.state, rule=sentence_of(rule)))
