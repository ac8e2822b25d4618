"""Supervision 效能监督: what may be done about cards and orders, and by whom (measures 18–20; domain rules §4.2, §6).

A supervisor reminds, orders, writes off; changes no case and no clock. Nobody judges his own lapse: who has handled the case
neither writes off nor exempts its cards, and who mended does not close the order.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from engine import events
from engine.cards import CARD_ALLOWED, CARD_TARGETS, ORDER_ALLOWED, Card, CardState, Order, OrderState
from engine.case import Case, local_day
from engine.errors import Forbidden, InvalidInput, NotFound
from engine.events import Fact
from engine.moves import required
from engine.oversight_facts import Reminded
from engine.sentences import say

CONCLUSIONS = {"exempt": "予以容错免责", "lenient": "从轻减轻"}
"""What a finding under measure 19 may say in favour of a person; 不予容错 is no finding that changes a card."""


_COMMANDS = {events.CardAppealed: "appeal against a card", events.CardUpheld: "uphold a card",
             events.CardWrittenOff: "write off a card", events.CardExempted: "exempt a card"}
_CARD_SAYS = {
    CardState.ISSUED: say("its holder may appeal, a supervisor 督查员 write it off or, with a finding, exempt it"),
    CardState.APPEALED: say("a supervisor 督查员 hears the appeal: the card is upheld, written off or exempted"),
    CardState.UPHELD: say("only a finding under measure 19 can still exempt it"),
    CardState.WRITTEN_OFF: say("nothing is left to be done about it"),
    CardState.EXEMPTED: say("nothing is left to be done about it"),
}
_ORDER_SAYS = {
    OrderState.OPEN: say("it waits for its addressee's reply"),
    OrderState.REPLIED: say("a supervisor 督查员 other than who mended closes it, or returns it"),
    OrderState.CLOSED: say("nothing is left to be done about it"),
}
"""What is allowed in each state, and to whom."""


def appeal(case: Case, *, card: int, reason: str) -> Fact:
    """申诉 against a card."""
    return _told(_card(case, card), events.CardAppealed(card=card, reason=required("reason", reason)))


def uphold(case: Case, *, card: int, reason: str, by: str) -> Fact:
    """The appeal was heard, the card stays."""
    _not_concerned(case, by, "uphold a card")
    return _told(_card(case, card), events.CardUpheld(card=card, reason=required("reason", reason)))


def write_off(case: Case, *, card: int, reason: str, by: str) -> Fact:
    """核销, by a supervisor, with a reason."""
    _not_concerned(case, by, "write off a card")
    return _told(_card(case, card), events.CardWrittenOff(card=card, reason=required("reason", reason)))


def exempt(case: Case, *, card: int, conclusion: str, document: str, reason: str, by: str) -> Fact:
    """容错 (measure 19), found by the body whose `document` it is; never by the person concerned."""
    _not_concerned(case, by, "exempt a card")
    if conclusion not in CONCLUSIONS:
        raise InvalidInput("conclusion", say(
            "expected one of {known}, found “{found}”", known=tuple(CONCLUSIONS), found=conclusion))
    return _told(_card(case, card), events.CardExempted(
        card=card, conclusion=conclusion, reason=required("reason", reason),
        document=required("document", document, "the number of the finding 认定文书")))


def remind(case: Case, *, addressee: str, text: str, holders: Sequence[Reminded]) -> events.CaseReminded:
    """催办 of an open case. `holders`: who has it in hand, and is told beside whom the reminder names."""
    if case.ended_at is not None:
        raise Forbidden("remind", say(
            "case {case} has ended ({state}): nothing is left to be done", case=case.number, state=case.state))
    named = required("addressee", addressee, "whom to remind")
    is_among = any(named in (each.recipient, each.unit) for each in holders)
    told = dict.fromkeys(holders if is_among else (Reminded(recipient=named), *holders))
    return events.CaseReminded(addressee=named, text=required("text", text, "what to remind of"), told=tuple(told))


def issue_order(case: Case, *, addressee: str, text: str, due_on: date, now: datetime) -> Fact:
    """督办单, with the day by which it has to be answered."""
    return events.OrderIssued(addressee=required("addressee", addressee, "who has to answer"),
                              text=required("text", text, "what is ordered"), due_on=_not_past(due_on, now))


def reply_to_order(case: Case, *, order: int, text: str) -> Fact:
    """What was done about it."""
    _order(case, order, OrderState.REPLIED, "reply to an order")
    return events.OrderReplied(order=order, text=required("text", text, "what was done about it"))


def return_order(case: Case, *, order: int, reason: str, due_on: date, by: str, now: datetime) -> Fact:
    """The reply does not do; it is due again."""
    _not_who_mended(_order(case, order, OrderState.OPEN, "return an order"), by, "return")
    return events.OrderReturned(order=order, reason=required("reason", reason), due_on=_not_past(due_on, now))


def close_order(case: Case, *, order: int, text: str, by: str) -> Fact:
    """销号, by another than who mended."""
    _not_who_mended(_order(case, order, OrderState.CLOSED, "close an order"), by, "close")
    return events.OrderClosed(order=order, text=required("text", text, "what was found"))


def _card(case: Case, seq: int) -> Card:
    card = next((each for each in case.cards if each.seq == seq), None)
    if card is None:
        known = tuple(each.seq for each in case.cards) or say("none")
        raise NotFound("card", str(seq), say("case {case} has: {known}", case=case.number, known=known))
    return card


def _told(card: Card, fact: events.CardAppealed | events.CardUpheld | events.CardWrittenOff | events.CardExempted) -> Fact:
    target = CARD_TARGETS[type(fact)]
    if target not in CARD_ALLOWED[card.state]:
        raise Forbidden(_COMMANDS[type(fact)], say(
            "card {card} is {state}: {way_out}", card=card.seq, state=card.state, way_out=_CARD_SAYS[card.state]))
    return fact


def _not_concerned(case: Case, by: str, command: str) -> None:
    if by in case.handlers:
        raise Forbidden(command, say(
            "{by} has handled case {case}: whoever is concerned never judges his own card (measure 19, 20); a supervisor "
            "督查员 who has not handled it does", by=by, case=case.number))


def _order(case: Case, seq: int, target: OrderState, command: str) -> Order:
    order = next((each for each in case.orders if each.seq == seq), None)
    if order is None:
        known = tuple(each.seq for each in case.orders) or say("none")
        raise NotFound("supervision order", str(seq), say("case {case} has: {known}", case=case.number, known=known))
    if target not in ORDER_ALLOWED[order.state]:
        raise Forbidden(command, say(
            "order {order} is {state}: {way_out}", order=seq, state=order.state, way_out=_ORDER_SAYS[order.state]))
    return order


def _not_who_mended(order: Order, by: str, command: str) -> None:
    if by == order.replied_by:
        raise Forbidden(say("{command} an order", command=command), say(
            "{by} has answered order {order}: it is closed by another than who mended (整改人≠销号人), a supervisor 督查员",
            by=by, order=order.seq))


def _not_past(due_on: date, now: datetime) -> date:
    if due_on < local_day(now):
        raise InvalidInput("due_on", say("{due_on} lies in the past", due_on=due_on))
    return due_on
