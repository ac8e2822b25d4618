"""Every state × move is either allowed or refused with a reason (domain rules §5.8; 行政许可法 arts. 32, 45)."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from engine import events, moves
from engine.case import Case, Terms, evolve, tell
from engine.errors import Forbidden, Incident, InvalidInput
from engine.lifecycle import ALLOWED, TARGETS, Standing, State
from engine.limits import Limit, LimitKind
from engine.supervision import Policy
from services.calendars import load_calendar
from services.settings import SHELF

NOW = datetime(2026, 2, 11, 2, 0, tzinfo=UTC)  # Wednesday 10:00 in the hall
TERMS = Terms(
    limits=(Limit(amount=5, kind=LimitKind.PROMISED), Limit(amount=20, kind=LimitKind.STATUTORY)),
    calendar=load_calendar(SHELF), policy=Policy())


def opened() -> Case:
    fact = events.CaseOpened(process="p", definition="d", received_on=date(2026, 2, 11), data={})
    return evolve(None, events.record("430600", 1, events.GENESIS, NOW, "王", fact))


def in_state(state: State) -> Case:
    return replace(opened(), state=state)


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("milestone", sorted(moves.MILESTONE_FACTS))
def test_a_milestone_is_passed_or_refused_as_the_lifecycle_table_says(state: State, milestone: str) -> None:
    case = in_state(state)
    target = TARGETS[type(moves.MILESTONE_FACTS[milestone](case, NOW, "node"))]

    if target in ALLOWED[state]:
        assert moves.reach(case, milestone, "node", NOW) is not None
    else:
        with pytest.raises(Incident, match=state.value):
            moves.reach(case, milestone, "node", NOW)


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize(("command", "target"), [
    (lambda case: moves.withdraw(case, reason="不办了"), State.WITHDRAWN),
    (lambda case: moves.terminate(case, reason="项目取消"), State.TERMINATED),
    (lambda case: moves.void(case, reason="录入错误"), State.VOIDED),
    (lambda case: moves.suspend(case, ground="expert_review", document="特2026-1", expected_end=date(2026, 3, 2),
                                now=NOW), State.SUSPENDED),
])
def test_a_persons_move_is_made_or_refused_with_what_may_follow(state: State, command, target: State) -> None:
    case = in_state(state)

    if target in ALLOWED[state]:
        assert TARGETS[type(command(case))] is target
    else:
        with pytest.raises(Forbidden, match="only"):
            command(case)


def test_an_applicant_withdraws_until_the_decision_and_not_after() -> None:
    assert moves.withdraw(in_state(State.REVIEWING), reason="") is not None
    with pytest.raises(Forbidden):
        moves.withdraw(in_state(State.DECIDED), reason="")


@pytest.mark.parametrize(("change", "why"), [
    ({"ground": "rectification"}, "art. 45"),  # 整改 is not among the eight grounds
    ({"document": " "}, "特别程序告知书"),  # the applicant is told in writing
    ({"expected_end": date(2026, 2, 11)}, "not after today"),
])
def test_a_special_procedure_needs_a_ground_a_notice_and_an_expected_end(change: dict, why: str) -> None:
    given = {"ground": "testing", "document": "特2026-1", "expected_end": date(2026, 3, 2)} | change

    with pytest.raises(InvalidInput, match=why):
        moves.suspend(in_state(State.REVIEWING), now=NOW, **given)


def test_acceptance_starts_the_promised_and_the_statutory_clock() -> None:
    case, recorded = tell(opened(), moves.reach(opened(), "accepted", "n", NOW), TERMS, now=NOW, by="王")

    assert [r.kind for r in recorded] == ["CaseAccepted", "ClockStarted", "ClockStarted"]
    assert case.governing.due_on == date(2026, 2, 25)  # five working days across the Spring Festival of 2026
    assert case.clock(LimitKind.STATUTORY).due_on == date(2026, 3, 17)


def test_deemed_acceptance_counts_from_the_day_of_receipt() -> None:
    later = datetime(2026, 3, 3, 16, 0, tzinfo=UTC)

    case, _ = tell(opened(), moves.reach(opened(), "deemed_accepted", "n", later), TERMS, now=later, by="时钟")

    assert case.accepted_on == date(2026, 2, 11)
    assert case.governing.due_on == date(2026, 2, 25)


def test_a_special_procedure_stops_the_clocks_and_its_end_moves_them_by_the_working_days_it_covered() -> None:
    case, _ = tell(opened(), moves.reach(opened(), "accepted", "n", NOW), TERMS, now=NOW, by="王")
    case, _ = tell(case, moves.suspend(case, ground="expert_review", document="特1", expected_end=date(2026, 3, 2),
                                       now=datetime(2026, 2, 12, 2, tzinfo=UTC)), TERMS,
                   now=datetime(2026, 2, 12, 2, tzinfo=UTC), by="李")
    stopped = case
    case, recorded = tell(case, moves.resume(case, now=datetime(2026, 2, 26, 2, tzinfo=UTC)), TERMS,
                          now=datetime(2026, 2, 26, 2, tzinfo=UTC), by="李")

    assert stopped.governing.due_on is None
    assert [r.kind for r in recorded] == ["CaseResumed", "ClockMoved", "ClockMoved"]
    assert case.governing.due_on == date(2026, 3, 3)  # 2/12 consumed; 2/27, 2/28 (make-up), 3/2, 3/3 remain
    assert case.governing.version == 3


def lapse(clock: str) -> events.DeadlineLapsed:
    return events.DeadlineLapsed(clock=clock, node="timer", due_on=date(2026, 2, 25), scheduled_at=NOW, noticed_at=NOW)


@pytest.mark.parametrize(("clock", "colour"), [("promised", "yellow"), ("statutory", "red"), ("stage", "yellow")])
def test_a_lapse_issues_one_card_of_its_colour_and_never_a_second(clock: str, colour: str) -> None:
    case, first = tell(opened(), lapse(clock), TERMS, now=NOW, by="时钟")
    _, second = tell(case, lapse(clock), TERMS, now=NOW, by="时钟")

    assert first[1].fact.colour == colour
    assert [r.kind for r in second] == ["DeadlineLapsed"]


@pytest.mark.parametrize("clock", ["target", "notice", "applicant"])
def test_a_lapsed_target_notice_or_applicants_period_issues_no_card(clock: str) -> None:
    _, recorded = tell(opened(), lapse(clock), TERMS, now=NOW, by="时钟")

    assert [r.kind for r in recorded] == ["DeadlineLapsed"]


@pytest.mark.parametrize(("concluded_at", "standing"), [
    (datetime(2026, 2, 24, 2, tzinfo=UTC), Standing.EARLY),
    (datetime(2026, 2, 25, 15, 59, tzinfo=UTC), Standing.ON_TIME),  # 23:59 of the due day
    (datetime(2026, 2, 25, 16, 0, tzinfo=UTC), Standing.LATE),  # the next day has begun in Shanghai
])
def test_standing_is_judged_by_the_date_of_conclusion(concluded_at: datetime, standing: Standing) -> None:
    case, _ = tell(opened(), moves.reach(opened(), "accepted", "n", NOW), TERMS, now=NOW, by="王")
    case, _ = tell(case, moves.reach(case, "concluded", "n", concluded_at), TERMS, now=concluded_at, by="王")

    assert case.standing is standing


def test_a_process_that_ends_without_drawing_a_conclusion_concludes_the_case() -> None:
    case, recorded = tell(opened(), events.ProcessCompleted(ends=("end",)), TERMS, now=NOW, by="王")

    assert [r.kind for r in recorded] == ["ProcessCompleted", "CaseConcluded"]
    assert case.ended_at == NOW
    assert case.state is State.CONCLUDED


def test_a_fact_is_read_back_as_it_was_written() -> None:
    written = events.record("430600", 7, bytes(32), NOW, "王", lapse("promised"))

    assert events.read(written.body, written.hash) == written
