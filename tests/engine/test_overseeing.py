"""Cards and supervision orders: every state × command, and nobody judges his own lapse (measures 18–20)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace as replaced
from datetime import date

import pytest
from msgspec.structs import replace

from engine import events, overseeing
from engine.cards import CARD_ALLOWED, ORDER_ALLOWED, Card, CardState, Order, OrderState
from engine.case import Case
from engine.errors import Forbidden, InvalidInput, NotFound
from engine.events import Fact
from engine.lifecycle import State
from engine.limits import LimitKind
from tests.engine.telling import NOW, accepted, day, lapse, opened, then

TARGETS = {"appeal": CardState.APPEALED, "uphold": CardState.UPHELD, "write_off": CardState.WRITTEN_OFF,
           "exempt": CardState.EXEMPTED}
CARDS: dict[str, Callable[..., Fact]] = {
    "appeal": lambda case, by="孙": overseeing.appeal(case, card=case.cards[0].seq, reason="系统故障"),
    "uphold": lambda case, by="孙": overseeing.uphold(case, card=case.cards[0].seq, reason="查无故障", by=by),
    "write_off": lambda case, by="孙": overseeing.write_off(case, card=case.cards[0].seq, reason="系统故障属实", by=by),
    "exempt": lambda case, by="孙": overseeing.exempt(case, card=case.cards[0].seq, conclusion="exempt", document="容1号",
                                                     reason="先行先试", by=by),
}
ORDERS: dict[str, tuple[Callable[[Case], Fact], OrderState]] = {
    "reply": (lambda case: overseeing.reply_to_order(case, order=case.orders[0].seq, text="已办"), OrderState.REPLIED),
    "return": (lambda case: overseeing.return_order(case, order=case.orders[0].seq, reason="不实", due_on=date(2026, 3, 20),
                                                    by="孙", now=NOW), OrderState.OPEN),
    "close": (lambda case: overseeing.close_order(case, order=case.orders[0].seq, text="属实", by="孙"), OrderState.CLOSED),
}


def carded(state: CardState = CardState.ISSUED) -> Case:
    """Handled by 李, late by its promise, with a yellow card."""
    case = then(accepted(), lapse(accepted(), "promised"), now=day(12))
    return replace(case, cards=(replaced(case.cards[0], state=state),))


def ordered(state: OrderState = OrderState.OPEN, replied_by: str = "李") -> Case:
    """With an order to be answered by the 11th."""
    fact = overseeing.issue_order(accepted(), addressee="李", text="说明原因", due_on=date(2026, 3, 11), now=NOW)
    case = then(accepted(), fact, by="孙")
    return replace(case, orders=(replaced(case.orders[0], state=state, replied_by=replied_by),))


@pytest.mark.parametrize("state", CardState)
@pytest.mark.parametrize("command", CARDS)
def test_a_card_is_led_on_or_the_command_is_refused_with_what_may_follow(state: CardState, command: str) -> None:
    case = carded(state)

    if TARGETS[command] in CARD_ALLOWED[state]:
        assert then(case, CARDS[command](case)).cards[0].state is TARGETS[command]
    else:
        with pytest.raises(Forbidden, match=f"is {state.value}: "):
            CARDS[command](case)


@pytest.mark.parametrize("command", ["uphold", "write_off", "exempt"])
def test_whoever_has_handled_the_case_never_judges_its_cards(command: str) -> None:
    state = CardState.APPEALED if command == "uphold" else CardState.ISSUED

    with pytest.raises(Forbidden, match=r"李 has handled case 430600.*supervisor 督查员 who has not handled it does"):
        CARDS[command](carded(state), by="李")


def test_whoever_got_a_card_may_appeal_against_it() -> None:
    case = then(carded(), CARDS["appeal"](carded()), by="李")

    assert (case.cards[0].holder, case.cards[0].state) == ("李", CardState.APPEALED)


@pytest.mark.parametrize(("command", "error", "words"), [
    (lambda case: overseeing.appeal(case, card=99, reason="x"), NotFound, "no card “99”: case 430600 has: "),
    (lambda case: overseeing.appeal(case, card=case.cards[0].seq, reason=" "), InvalidInput, "a reason is required"),
    (lambda case: overseeing.write_off(case, card=case.cards[0].seq, reason="", by="孙"), InvalidInput, "a reason is required"),
    # 不予容错 is no finding in somebody's favour
    (lambda case: overseeing.exempt(case, card=case.cards[0].seq, conclusion="none", document="容1号", reason="x", by="孙"),
     InvalidInput, "expected one of exempt, lenient"),
    (lambda case: overseeing.exempt(case, card=case.cards[0].seq, conclusion="lenient", document="", reason="x", by="孙"),
     InvalidInput, "认定文书"),
])
def test_what_is_done_about_a_card_has_its_card_its_reason_and_its_document(
    command: Callable[[Case], Fact], error: type[Exception], words: str,
) -> None:
    with pytest.raises(error, match=words):
        command(carded())


def test_a_card_stays_on_record_whatever_becomes_of_it() -> None:
    case = then(carded(), CARDS["write_off"](carded()))

    card = case.cards[0]
    assert isinstance(card, Card) and (card.colour, card.rule, card.version) == ("yellow", "promised_lapsed", 1)


@pytest.mark.parametrize("state", OrderState)
@pytest.mark.parametrize("command", ORDERS)
def test_an_order_is_led_on_or_the_command_is_refused_with_what_may_follow(state: OrderState, command: str) -> None:
    move, target = ORDERS[command]
    case = ordered(state)

    if target in ORDER_ALLOWED[state]:
        assert then(case, move(case)).orders[0].state is target
    else:
        with pytest.raises(Forbidden, match=f"is {state.value}: "):
            move(case)


@pytest.mark.parametrize("command", ["return", "close"])
def test_an_order_is_closed_by_another_than_who_mended(command: str) -> None:
    with pytest.raises(Forbidden, match="整改人≠销号人"):
        ORDERS[command][0](ordered(OrderState.REPLIED, replied_by="孙"))


@pytest.mark.parametrize(("command", "error", "words"), [
    (lambda case: overseeing.issue_order(case, addressee="", text="x", due_on=date(2026, 3, 9), now=NOW), InvalidInput,
     "who has to answer"),
    (lambda case: overseeing.issue_order(case, addressee="李", text=" ", due_on=date(2026, 3, 9), now=NOW), InvalidInput,
     "what is ordered"),
    (lambda case: overseeing.issue_order(case, addressee="李", text="x", due_on=date(2026, 3, 3), now=NOW), InvalidInput,
     "lies in the past"),
    (lambda case: overseeing.reply_to_order(case, order=99, text="x"), NotFound, "no supervision order “99”"),
    (lambda case: overseeing.reply_to_order(case, order=case.orders[0].seq, text=""), InvalidInput, "what was done about it"),
    (lambda case: overseeing.remind(case, addressee=" ", text="x", holders=()), InvalidInput, "whom to remind"),
])
def test_an_order_and_a_reminder_say_whom_and_what_and_by_when(
    command: Callable[[Case], Fact], error: type[Exception], words: str,
) -> None:
    with pytest.raises(error, match=words):
        command(ordered())


def test_an_order_runs_a_clock_until_it_is_answered_and_anew_when_it_is_returned() -> None:
    case = ordered()
    name = f"order:{case.orders[0].seq}"

    answered = then(case, ORDERS["reply"][0](case), by="李")
    returned = then(answered, ORDERS["return"][0](answered), by="孙")

    first, again = case.clock(name), returned.clock(name)
    assert first is not None and (first.kind, first.due_on) == (LimitKind.ORDER, date(2026, 3, 11))
    assert answered.clock(name) is None and answered.orders[0].replied_by == "李"
    assert returned.orders[0].due_on == date(2026, 3, 20)
    assert again is not None and again.due_on == date(2026, 3, 20)


def test_an_order_may_fall_due_on_a_day_off() -> None:
    fact = overseeing.issue_order(accepted(), addressee="李", text="x", due_on=date(2026, 3, 7), now=NOW)  # a Saturday

    case = then(accepted(), fact, by="孙")

    assert [clock.due_on for clock in case.running if clock.kind is LimitKind.ORDER] == [date(2026, 3, 7)]
    assert isinstance(case.orders[0], Order) and case.orders[0].issued_by == "孙"


def test_who_supervises_changes_neither_the_case_nor_a_clock_of_the_office() -> None:
    case = accepted()

    told = then(case, overseeing.remind(case, addressee="李", text="请尽快办理", holders=()), by="孙")

    assert (told.state, told.clocks, told.handlers) == (case.state, case.clocks, case.handlers)


def test_what_has_ended_is_not_reminded_of() -> None:
    ended = then(opened(), events.CaseWithdrawn(reason="不办了"))

    assert ended.state is State.WITHDRAWN
    with pytest.raises(Forbidden, match="nothing is left to be done"):
        overseeing.remind(ended, addressee="李", text="x", holders=())
