"""好差评 rule by rule: who may be rated and when, what a bad rating needs and opens, and how it is answered."""

from __future__ import annotations

from dataclasses import replace as replaced
from datetime import date

import pytest
from msgspec.structs import replace

from engine import appraising, events
from engine.case import Case
from engine.errors import Forbidden, InvalidInput, NotFound
from engine.events import ServiceRated
from engine.lifecycle import State
from engine.limits import LimitKind
from engine.ratings import LEVELS, REASONS, RatingState
from engine.supervision import Policy
from tests.engine.telling import NOW, TERMS, after, day, in_state, then

RATEABLE = {State.CONCLUDED, State.CERTIFIED, State.HANDED_OVER, State.ARCHIVED}
"""While the case is open; when it has ended, every state but 作废 is."""


def rating(case: Case, level: int = 2, **given: object) -> ServiceRated:
    fact = appraising.rate(case, **{"level": level, "reasons": ["late"], "text": "", "channel": "web", **given})  # type: ignore[arg-type]
    assert isinstance(fact, ServiceRated)
    return fact


def rated(level: int = 1) -> Case:
    """A concluded case, rated on Wednesday the 4th."""
    case = in_state(State.CONCLUDED)
    return then(case, rating(case, level), by="申请人")


@pytest.mark.parametrize("state", State)
def test_an_open_case_is_rated_when_its_result_is_to_be_handed_over_and_not_before(state: State) -> None:
    case = in_state(state)

    if state in RATEABLE:
        assert rating(case).level == 2
    else:
        with pytest.raises(Forbidden, match=r"is rated when the result is handed over|voided 作废"):
            rating(case)


@pytest.mark.parametrize("state", State)
def test_a_case_that_has_ended_is_rated_however_it_ended_unless_it_was_entered_by_mistake(state: State) -> None:
    case = replace(in_state(state), ended_at=NOW)

    if state is State.VOIDED:
        with pytest.raises(Forbidden, match="voided 作废"):
            rating(case)
    else:
        assert rating(case).level == 2


def test_the_five_levels_have_their_names_and_there_is_no_sixth() -> None:
    assert LEVELS == {5: "非常满意", 4: "满意", 3: "基本满意", 2: "不满意", 1: "非常不满意"}
    for level in (0, 6, -1, True):
        with pytest.raises(InvalidInput, match="level"):
            rating(in_state(State.CONCLUDED), level)


def test_a_bad_rating_names_a_reason_and_a_good_one_needs_none() -> None:
    case = in_state(State.CONCLUDED)

    assert rating(case, 3, reasons=[]).reasons == () and rating(case, 5, reasons=["late"]).reasons == ()
    for level in (1, 2):
        with pytest.raises(InvalidInput, match="reasons"):
            rating(case, level, reasons=[])
    with pytest.raises(InvalidInput, match="reasons"):
        rating(case, reasons=["late", "weather"])
    assert set(rating(case, reasons=[*REASONS, "late"]).reasons) == set(REASONS)


def test_a_case_is_rated_once_whatever_the_first_rating_was() -> None:
    for level in LEVELS:
        with pytest.raises(Forbidden, match="一次一评"):
            rating(rated(level))


def test_a_bad_rating_starts_a_clock_of_fifteen_working_days_and_a_good_one_none() -> None:
    good, bad = rated(3), rated(2)

    assert bad.rating is not None and bad.rating.state is RatingState.OPEN
    clock = bad.clock(bad.rating.clock)
    assert clock is not None and (clock.kind, clock.due_on) == (LimitKind.RECTIFICATION, date(2026, 3, 25))
    assert good.rating is not None and good.rating.state is RatingState.SETTLED and list(good.running) == []


def test_the_office_sets_how_long_it_has_and_without_a_number_no_clock_runs() -> None:
    case = in_state(State.CONCLUDED)

    short = then(case, rating(case), terms=replaced(TERMS, policy=Policy(rectify_workdays=5)))
    never = then(case, rating(case), terms=replaced(TERMS, policy=Policy(rectify_workdays=0)))

    assert [clock.due_on for clock in short.running] == [date(2026, 3, 11)] and list(never.running) == []


def test_the_answer_ends_the_clock_and_comes_once() -> None:
    case = rated()
    assert case.rating is not None

    answered = then(case, appraising.answer(case, token=case.rating.token, text="已约谈窗口人员并电话回访"), now=day(20))

    assert answered.rating is not None and list(answered.running) == []
    assert (answered.rating.state, answered.rating.answered_on, answered.rating.lapsed_on) == (
        RatingState.ANSWERED, date(2026, 3, 20), None)
    with pytest.raises(Forbidden, match="nothing is to be done"):
        appraising.answer(answered, token=case.rating.token, text="再答")
    with pytest.raises(NotFound):
        appraising.answer(case, token=case.rating.token + 1, text="答错了")
    with pytest.raises(InvalidInput, match="text"):
        appraising.answer(case, token=case.rating.token, text="  ")


def test_who_answers_late_before_the_bell_has_rung_is_late_all_the_same() -> None:
    case = rated()
    assert case.rating is not None

    answered, recorded = after(case, appraising.answer(case, token=case.rating.token, text="已整改"), now=day(27))

    assert [type(each.fact).__name__ for each in recorded] == ["RatingAnswered", "DeadlineLapsed", "ClockStopped"]
    assert answered.rating is not None and answered.rating.lapsed_on == date(2026, 3, 25)
    assert not any(isinstance(each.fact, events.CardIssued) for each in recorded)  # the office's policy issues none


def test_the_end_of_the_case_leaves_the_clock_of_its_rating_running() -> None:
    ended = then(rated(), events.ProcessCompleted(ends=("end",)), now=day(5))

    assert ended.ended_at is not None and [clock.kind for clock in ended.running] == [LimitKind.RECTIFICATION]
