"""What another system says of a case becomes one fact, or a reason why not; what follows from the fact."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from engine import moves
from engine.bells import strokes
from engine.bringing_in import MILESTONE_STATES, Past, Standpoint, brought_in, opening_of
from engine.case import Case
from engine.errors import InvalidInput
from engine.events import CaseBroughtIn, PastStop
from engine.lifecycle import TARGETS
from tests.engine.telling import NOW, TERMS, day, opened, then

REVIEWING = Standpoint(nodes=("review",), way=(), milestones=("accepted", "reviewing"))
PAST = Past(received_on=date(2026, 2, 2), accepted_at=opening_of(date(2026, 2, 3)))
STOP = PastStop(ground="testing", start=date(2026, 2, 5), end=date(2026, 2, 11), document="特〔2026〕1号")


def fact(past: Past = PAST, at: Standpoint = REVIEWING) -> CaseBroughtIn:
    return brought_in(past, at, source="老系统", old_number="1", today=date(2026, 3, 4))


def refused(past: Past, at: Standpoint = REVIEWING) -> str:
    with pytest.raises(InvalidInput) as refusal:
        fact(past, at)
    return refusal.value.field


def case_of(said: CaseBroughtIn) -> Case:
    """The case after the fact and all that follows from it, on 4 March."""
    return then(opened(), said)


def test_every_milestone_a_diagram_may_draw_leads_to_the_state_its_fact_does() -> None:
    of_facts = {name: TARGETS[type(make(opened(), NOW, "n"))] for name, make in moves.MILESTONE_FACTS.items()}

    assert of_facts == MILESTONE_STATES


def test_the_clocks_count_from_the_original_acceptance() -> None:
    case = case_of(fact())

    promised, statutory = case.clock("promised"), case.clock("statutory")
    assert promised is not None and statutory is not None
    assert (case.accepted_on, promised.due, statutory.due) == (date(2026, 2, 3), "2026-02-10", "2026-03-09")


@pytest.mark.parametrize(("milestones", "granted"), [((), None), (("granted",), True), (("granted", "refused"), False)])
def test_a_case_that_was_decided_there_is_decided_here(milestones: tuple[str, ...], granted: bool | None) -> None:
    at = replace(REVIEWING, milestones=(*REVIEWING.milestones, *milestones))

    case = case_of(fact(replace(PAST, decided_on=date(2026, 2, 10) if milestones else None), at))

    assert case.granted is granted


def test_the_days_of_the_original_stops_are_left_out() -> None:
    promised = case_of(fact(replace(PAST, stops=(STOP,)))).clock("promised")

    assert promised is not None and promised.due == "2026-02-14"  # a make-up Saturday


def test_what_lapsed_there_is_noticed_without_a_card_unless_it_is_asked_for() -> None:
    silent, carded = case_of(fact()), case_of(fact(replace(PAST, is_carded=True)))

    assert all(clock.has_lapsed for clock in (silent.clock("promised"), carded.clock("promised")) if clock)
    assert silent.cards == () and [card.colour for card in carded.cards] == ["yellow"]


def test_no_rung_of_the_ladder_is_climbed_for_what_lies_before_the_switch_over() -> None:
    case = case_of(fact())

    left = [stroke for clock in case.running for stroke in strokes(case, clock, TERMS)]

    assert left and all(stroke.at > day(4) for stroke in left)


@pytest.mark.parametrize(("changes", "field"), [
    ({"received_on": date(2026, 3, 5), "accepted_at": None}, "received_on"),  # received tomorrow
    ({"accepted_at": opening_of(date(2026, 2, 1))}, "accepted_at"),  # accepted before it was received
    ({"accepted_at": opening_of(date(2026, 3, 5))}, "accepted_at"),  # accepted tomorrow
    ({"accepted_at": None}, "accepted_at"),  # it stands behind the acceptance
    ({"decided_on": date(2026, 2, 9)}, "decided_on"),  # it stands before the decision
    ({"concluded_on": date(2026, 2, 9)}, "concluded_on"),  # and before it is concluded
    ({"since": date(2026, 3, 5)}, "since"),  # it comes there tomorrow
    ({"extension": 10}, "extension"),  # an extension without its notice
    ({"extension": 16, "extension_document": "延1号"}, "extension"),  # longer than the law knows
    ({"stops": (replace(STOP, ground="整顿"),)}, "stops.0"),  # no ground
    ({"stops": (replace(STOP, document=""),)}, "stops.0"),  # without its document
    ({"stops": (STOP, replace(STOP, start=date(2026, 2, 2)))}, "stops.1"),  # before the acceptance
    ({"stops": (replace(STOP, end=date(2026, 2, 4)),)}, "stops.0"),  # ends before it begins
    ({"stops": (replace(STOP, end=date(2026, 3, 5)),)}, "stops.0"),  # ended tomorrow
    ({"stops": (replace(STOP, ground="rectification", kind="pause"),)}, "stops.0"),  # a pause without its rule
    ({"stops": (replace(STOP, end=None), replace(STOP, end=None))}, "stops.1"),  # stopped twice on one ground
    ({"stops": (STOP,) * 21}, "stops"),  # more than anybody has seen
])
def test_what_cannot_have_been_so_is_refused_by_its_field(changes: dict[str, Any], field: str) -> None:
    assert refused(replace(PAST, **changes)) == field


def test_before_acceptance_nothing_can_be_stopped() -> None:
    at = Standpoint(nodes=("verify",), way=(), milestones=())

    assert refused(Past(received_on=date(2026, 2, 2), stops=(STOP,)), at) == "stops"


def test_a_concluded_case_does_not_stand_still() -> None:
    at = Standpoint(nodes=("hand_over",), way=(), milestones=("accepted", "reviewing", "granted", "concluded"))
    done = replace(PAST, decided_on=date(2026, 2, 9), concluded_on=date(2026, 2, 9))

    assert refused(replace(done, stops=(replace(STOP, end=None),)), at) == "stops.0"
    assert fact(done, at).state == "concluded"


def test_a_diagram_that_draws_the_moments_in_an_order_no_case_can_have_is_named() -> None:
    assert refused(PAST, Standpoint(nodes=("x",), way=(), milestones=("granted", "accepted"))) == "steps"


def test_a_case_that_was_concluded_in_time_there_is_not_late_here() -> None:
    at = Standpoint(nodes=("hand_over",), way=(), milestones=("accepted", "reviewing", "granted", "concluded"))
    done = replace(PAST, decided_on=date(2026, 2, 10), concluded_on=date(2026, 2, 10))

    in_time = case_of(fact(done, at))
    late = case_of(fact(replace(done, concluded_on=date(2026, 2, 10) + timedelta(days=1)), at))

    assert [case.standing.value for case in (in_time, late) if case.standing] == ["on_time", "late"]
    assert [clock.has_lapsed for case in (in_time, late) for clock in case.clocks if clock.name == "promised"] == [False, True]
