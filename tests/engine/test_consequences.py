"""What follows from a fact: clocks start, stop and move; a lapse issues a card; an end leaves nothing open."""

from __future__ import annotations

from dataclasses import replace as replaced
from datetime import UTC, date, datetime

import pytest

from engine import events, extending, moves, overseeing, stopping
from engine.case import Case
from engine.consequences import started
from engine.lifecycle import State
from engine.limits import Limit, LimitKind, Unit
from engine.precedence import Settled, Source
from engine.supervision import Colour, Policy
from tests.engine.telling import JOINT, NOW, TERMS, accepted, after, day, in_state, kinds, lapse, opened, then


def test_acceptance_starts_the_clocks_of_the_case_from_the_next_day() -> None:
    case, recorded = after(opened(), moves.reach(opened(), "accepted", "n", NOW))

    assert kinds(recorded) == ["CaseAccepted", "ClockStarted", "ClockStarted"]
    assert [(clock.name, clock.due_on, clock.source) for clock in case.running] == [
        ("promised", date(2026, 3, 11), "diagram"), ("statutory", date(2026, 4, 1), "diagram")]


def test_a_limit_of_the_office_or_of_a_project_takes_the_place_of_the_drawn_one() -> None:
    drawn = Limit(amount=5, kind=LimitKind.TARGET)
    terms = replaced(TERMS, limits=(drawn,), settled={"target": Settled(
        limit=Limit(amount=3, kind=LimitKind.PROMISED), source=Source.COMMITMENT, becomes=LimitKind.PROMISED)})

    case = then(opened(), moves.reach(opened(), "accepted", "n", NOW), terms=terms)

    (clock,) = case.running
    assert (clock.name, clock.kind, clock.amount, clock.source) == ("target", LimitKind.PROMISED, 3, "commitment")
    assert case.governing == clock and clock.due_on == date(2026, 3, 9)


def test_a_limit_whose_number_nobody_has_given_does_not_start() -> None:
    terms = replaced(TERMS, settled={"promised": None})

    case = then(opened(), moves.reach(opened(), "accepted", "n", NOW), terms=terms)

    assert [clock.name for clock in case.running] == ["statutory"]


def test_deemed_acceptance_lapses_at_once_what_was_over_by_its_scheduled_time_and_cards_it() -> None:
    now = datetime(2026, 3, 11, 16, tzinfo=UTC)  # five working days after the 4th are over

    case, recorded = after(opened(), moves.reach(opened(), "deemed_accepted", "n", now), now=now, by="时钟")

    assert kinds(recorded) == ["CaseAccepted", "ClockStarted", "DeadlineLapsed", "CardIssued", "ClockStarted"]
    fact = recorded[2].fact
    assert isinstance(fact, events.DeadlineLapsed) and (fact.scheduled_at, fact.noticed_at) == (now, now)
    assert case.accepted_on == date(2026, 3, 4) and case.cards[0].scheduled_at == now
    assert [clock.has_lapsed for clock in case.running] == [True, False]


def stopped(case: Case | None = None) -> Case:
    case = case or accepted()
    return then(case, stopping.suspend(case, ground="expert_review", document="特1", expected_end=date(2026, 3, 20),
                                       now=day(5)), now=day(5))


def test_a_stop_takes_the_due_dates_away_and_its_end_gives_them_back_later_by_the_days_it_covered() -> None:
    fact = stopping.suspend(accepted(), ground="expert_review", document="特1", expected_end=date(2026, 3, 20), now=day(5))

    case, recorded = after(accepted(), fact, now=day(5))
    back, more = after(case, stopping.resume(case, now=day(12)), now=day(12))

    assert kinds(recorded) == ["CaseSuspended", "ClockStarted", "ClockMoved", "ClockMoved"]
    assert [clock.due_on for clock in case.clocks] == [None, None, date(2026, 3, 20)]
    assert kinds(more) == ["CaseResumed", "ClockStopped", "ClockMoved", "ClockMoved"]
    assert back.governing is not None and back.governing.due_on == date(2026, 3, 18)  # the 5th used, 6 and 9–12 left out
    assert back.governing.version == 3


def test_a_stop_that_begins_after_the_due_day_changes_nothing() -> None:
    case = then(accepted(), lapse(accepted(), "promised"), now=day(12))

    later = then(case, stopping.hold(case, order="1号", reason="法院", now=day(13)), now=day(13))

    assert later.clock("promised") == case.clock("promised")


def test_a_stop_without_an_end_that_was_told_raises_no_alarm() -> None:
    case = then(accepted(), stopping.hold(accepted(), order="1号", reason="法院", now=NOW))

    assert [clock for clock in case.running if clock.kind is LimitKind.STOP] == []


@pytest.mark.parametrize(("kind", "policy", "colour"), [
    (LimitKind.PROMISED, Policy(), "yellow"), (LimitKind.STATUTORY, Policy(), "red"), (LimitKind.STAGE, Policy(), "yellow"),
    (LimitKind.HAND_OVER, Policy(), "red"),
    (LimitKind.TARGET, Policy(), None), (LimitKind.TARGET, Policy(target_cards=True), "yellow"),  # a park may switch it on
    (LimitKind.NOTICE, Policy(), None), (LimitKind.APPLICANT, Policy(), None), (LimitKind.STOP, Policy(), None),
    (LimitKind.HEARING, Policy(), "red"),  # twenty working days by law
    (LimitKind.ORDER, Policy(), None),
    (LimitKind.PROMISED, Policy(cards={LimitKind.PROMISED: Colour.RED}), "red"),
])
def test_a_lapse_issues_the_card_of_its_kind_of_limit(kind: LimitKind, policy: Policy, colour: str | None) -> None:
    terms = replaced(TERMS, policy=policy)
    case = then(accepted(), started("clock", Limit(amount=1, kind=kind), terms, NOW), terms=terms)

    case, recorded = after(case, lapse(case, "clock"), now=day(9), terms=terms)

    assert [card.colour for card in case.cards] == ([] if colour is None else [colour])
    assert kinds(recorded) == ["DeadlineLapsed", *["CardIssued"] * (colour is not None)]


def test_a_rule_issues_one_card_for_each_deadline() -> None:
    case = then(accepted(), lapse(accepted(), "promised"), lapse(accepted(), "promised"), now=day(12))
    moved = events.ClockMoved(clock="promised", due="2026-03-13", due_on=date(2026, 3, 13), is_provisional=False,
                              lapses_at=datetime(2026, 3, 13, 16, tzinfo=UTC), reason="calendar: 1号", was="2026-03-11")
    case = then(case, moved, now=day(12))

    again = then(case, lapse(case, "promised"), now=day(14))

    assert [(card.rule, card.version, card.holder) for card in again.cards] == [
        ("promised_lapsed", 1, "李"), ("promised_lapsed", 2, "李")]


def test_the_first_decision_that_grants_starts_ten_working_days_to_hand_over() -> None:
    granted = events.DecisionMade(granted=True, node="d")
    case, recorded = after(accepted(), granted, granted)

    (clock,) = [clock for clock in case.running if clock.kind is LimitKind.HAND_OVER]
    assert (clock.due_on, clock.basis) == (date(2026, 3, 18), "行政许可法第四十四条")
    assert kinds(recorded) == ["DecisionMade", "ClockStarted", "DecisionMade"]


@pytest.mark.parametrize(("granted", "hands_over"), [(False, True), (True, False)])
def test_nothing_is_handed_over_after_a_refusal_or_where_the_process_draws_no_hand_over(
    granted: bool, hands_over: bool,
) -> None:
    terms = replaced(TERMS, hands_over=hands_over)

    _, recorded = after(accepted(), events.DecisionMade(granted=granted, node="d"), terms=terms)

    assert kinds(recorded) == ["DecisionMade"]


def test_conclusion_stops_the_clocks_of_the_case_and_the_hand_over_stops_its_own() -> None:
    case = then(accepted(), events.DecisionMade(granted=True, node="d"), events.CaseConcluded(concluded_on=date(2026, 3, 6)))
    assert [clock.name for clock in case.running] == ["hand_over"]

    case = then(case, events.CaseHandedOver())

    assert list(case.running) == [] and {clock.stopped_on for clock in case.clocks} == {date(2026, 3, 4), date(2026, 3, 6)}


@pytest.mark.parametrize("ending", [
    events.ProcessCompleted(ends=("end",)), events.CaseWithdrawn(reason=""), events.CaseTerminated(reason="x"),
    events.CaseVoided(reason="x"),
])
def test_an_end_stops_every_clock_but_that_of_an_order_and_resolves_every_incident(ending: events.Fact) -> None:
    case = then(stopped(), extending.propose(stopped(), amount=5, reason="x", is_joint=False, now=day(5)),
                events.IncidentRaised(code="c", node="n", message="m"))
    case = then(case, overseeing.issue_order(case, addressee="李", text="x", due_on=date(2026, 3, 20), now=NOW))

    ended = then(case, ending)

    assert [clock.kind for clock in ended.running] == [LimitKind.ORDER]
    assert ended.incidents == () and ended.ended_at == NOW


@pytest.mark.parametrize("state", [State.RECEIVED, State.ACCEPTED, State.REVIEWING, State.SUSPENDED, State.DECIDED])
def test_a_process_that_ends_without_drawing_a_conclusion_concludes_the_case(state: State) -> None:
    case, recorded = after(in_state(state), events.ProcessCompleted(ends=("end",)))

    assert kinds(recorded) == ["ProcessCompleted", "CaseConcluded"]
    assert (case.ended_at, case.state) == (NOW, State.CONCLUDED)


@pytest.mark.parametrize("state", [State.CONCLUDED, State.HANDED_OVER, State.DECLINED, State.DEEMED_WITHDRAWN])
def test_a_process_that_ends_after_its_conclusion_says_nothing_more(state: State) -> None:
    _, recorded = after(in_state(state), events.ProcessCompleted(ends=("end",)))

    assert kinds(recorded) == ["ProcessCompleted"]


@pytest.mark.parametrize(("clock", "change", "unit", "may"), [
    ("promised", {}, Unit.WORKDAY, True), ("statutory", {}, Unit.WORKDAY, True),
    ("promised", {}, Unit.CALENDAR_DAY, False),  # what is added is in the limit's unit
])
def test_an_extension_reaches_the_running_clocks_of_its_unit(clock: str, change: dict, unit: Unit, may: bool) -> None:
    fact = events.ExtensionApproved(amount=5, unit=unit.value, document="延1", role="head_of_office")

    case = then(accepted(), fact)

    moved = case.clock(clock)
    assert moved is not None and (moved.extra == 5) is may


def test_forty_five_working_days_of_a_joint_handling_become_sixty() -> None:
    case = accepted(JOINT)
    fact = events.ExtensionApproved(amount=15, unit="workday", document="延1", role="head_of_government")

    longer = then(case, fact, terms=JOINT)

    assert case.clocks[0].due_on == date(2026, 5, 11) and longer.clocks[0].due_on == date(2026, 6, 1)
