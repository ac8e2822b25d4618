"""Every state × move is either allowed or refused with a reason (domain rules §5.8; 行政许可法 art. 32)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from engine import events, moves, stopping
from engine.case import Case
from engine.errors import Forbidden, Incident, InvalidInput
from engine.events import Fact
from engine.lifecycle import ALLOWED, TARGETS, State
from tests.engine.telling import NOW, accepted, day, in_state, opened, then

ENDINGS: dict[str, tuple[Callable[[Case], Fact], State]] = {
    "withdraw": (lambda case: moves.withdraw(case, reason="不办了"), State.WITHDRAWN),
    "terminate": (lambda case: moves.terminate(case, reason="项目取消"), State.TERMINATED),
    "void": (lambda case: moves.void(case, reason="录入错误"), State.VOIDED),
}


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("milestone", sorted(moves.MILESTONE_FACTS))
def test_a_milestone_is_passed_or_refused_as_the_lifecycle_table_says(state: State, milestone: str) -> None:
    case = in_state(state)
    target = TARGETS[type(moves.MILESTONE_FACTS[milestone](case, NOW, "node"))]

    if state is State.SUSPENDED:
        with pytest.raises(Forbidden, match="resume"):
            moves.reach(case, milestone, "node", NOW)
    elif target in ALLOWED[state]:
        assert TARGETS[type(moves.reach(case, milestone, "node", NOW))] is target
    else:
        with pytest.raises(Incident, match=state.value):
            moves.reach(case, milestone, "node", NOW)


@pytest.mark.parametrize("state", [state for state in State if state is not State.SUSPENDED])
@pytest.mark.parametrize("command", ENDINGS)
def test_a_case_is_ended_by_order_or_the_order_is_refused_with_what_may_follow(state: State, command: str) -> None:
    move, target = ENDINGS[command]
    case = in_state(state)

    if target in ALLOWED[state]:
        assert TARGETS[type(move(case))] is target
    else:
        with pytest.raises(Forbidden, match="only"):
            move(case)


@pytest.mark.parametrize(("before", "command", "may"), [
    (State.ACCEPTED, "withdraw", True), (State.REVIEWING, "withdraw", True),
    (State.DECIDED, "withdraw", False),  # the decision is made, whatever stopped the case afterwards
    (State.DECIDED, "terminate", True), (State.REVIEWING, "terminate", True), (State.REVIEWING, "void", False),
])
def test_a_stopped_case_is_ended_as_far_as_it_might_have_been_before_the_stop(before: State, command: str, may: bool) -> None:
    stopped = then(in_state(before), stopping.hold(in_state(before), order="1号", reason="法院", now=NOW))

    if may:
        assert ENDINGS[command][0](stopped) is not None
    else:
        with pytest.raises(Forbidden):
            ENDINGS[command][0](stopped)


@pytest.mark.parametrize("command", ENDINGS)
def test_what_has_ended_is_not_ended_again(command: str) -> None:
    ended = then(opened(), ENDINGS[command][0](opened()))

    with pytest.raises(Forbidden):
        ENDINGS[command][0](ended)


@pytest.mark.parametrize("move", [moves.terminate, moves.void])
def test_who_ends_a_case_gives_a_reason(move: Callable[..., Fact]) -> None:
    with pytest.raises(InvalidInput, match="a reason is required"):
        move(opened(), reason=" ")


def test_deemed_acceptance_counts_from_the_receipt_of_what_was_resubmitted() -> None:
    case = then(opened(), moves.reach(opened(), "correcting", "n", NOW))
    case = then(case, moves.reach(case, "resubmitted", "n", day(9)), now=day(9))

    fact = moves.reach(case, "deemed_accepted", "n", day(17))

    assert isinstance(fact, events.CaseAccepted) and fact.deemed
    assert (fact.accepted_on, fact.counted_from) == (date(2026, 3, 9), datetime(2026, 3, 9, 1, tzinfo=UTC))


def corrected() -> Case:
    """Has had its one correction notice, and its documents again."""
    case = then(opened(), moves.reach(opened(), "correcting", "n", NOW))
    return then(case, moves.reach(case, "resubmitted", "n", NOW))


def test_the_law_knows_one_correction_notice() -> None:
    with pytest.raises(Forbidden, match=r"art\. 32\(4\): 一次告知.*accept or decline.*legal officer"):
        moves.reach(corrected(), "correcting", "n", NOW)


@pytest.mark.parametrize("role", sorted(moves.APPROVERS_OF_CORRECTIONS))
def test_a_further_correction_is_given_once_it_is_approved_and_each_approval_is_good_for_one(role: str) -> None:
    case = then(corrected(), moves.approve_correction(corrected(), role=role, reason="首次告知有遗漏"))

    second = moves.reach(case, "correcting", "n", NOW)
    case = then(case, second)
    case = then(case, moves.reach(case, "resubmitted", "n", NOW))

    assert second == events.CorrectionRequested(number=2)
    with pytest.raises(Forbidden, match="一次告知"):
        moves.reach(case, "correcting", "n", NOW)


@pytest.mark.parametrize(("case", "given", "error", "words"), [
    (opened, {}, Forbidden, "the first needs no approval"),  # nothing was corrected yet
    (accepted, {}, Forbidden, "审查补正 is a pause"),  # after acceptance there is none
    (corrected, {"role": "reviewer"}, Forbidden, "not by “reviewer”"),
    (corrected, {"reason": " "}, InvalidInput, "a reason is required"),
])
def test_an_approval_of_a_correction_needs_its_moment_its_role_and_its_reason(
    case: Callable[[], Case], given: dict[str, str], error: type[Exception], words: str,
) -> None:
    with pytest.raises(error, match=words):
        moves.approve_correction(case(), **({"role": "legal_officer", "reason": "遗漏"} | given))


def test_a_fact_is_read_back_as_it_was_written() -> None:
    fact = events.DeadlineLapsed(clock="promised", node="timer", due_on=date(2026, 3, 11), scheduled_at=NOW,
                                 noticed_at=NOW + timedelta(hours=1), version=2)

    written = events.record("430600", 7, bytes(32), NOW, "王", fact)

    assert events.read(written.body, written.hash) == written
