"""Which stop may begin, on what it rests, and how it ends (行政许可法 art. 45; domain rules R10, R13)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from msgspec.structs import replace

from engine import stopping
from engine.case import Case
from engine.errors import Forbidden, InvalidInput
from engine.events import Fact
from engine.lifecycle import ALLOWED, State
from engine.limits import LimitKind
from engine.stops import GROUNDS, PAUSES, StopKind, ground_name
from engine.stops import stopping as stopping_stops
from tests.engine.telling import CALENDAR, NOW, accepted, day, in_state, then

END = date(2026, 3, 31)


def special(case: Case, **given: object) -> Fact:
    return stopping.suspend(case, **({"ground": "expert_review", "document": "特1号", "expected_end": END, "now": NOW} | given))  # type: ignore[arg-type]


def pause(case: Case, **given: object) -> Fact:
    return stopping.pause(case, **({"ground": "rectification", "basis": "园区验收办法第八条", "now": NOW} | given))  # type: ignore[arg-type]


def hold(case: Case, **given: object) -> Fact:
    return stopping.hold(case, **({"order": "岳中法〔2026〕9号", "reason": "岳阳市中级人民法院,保全", "now": NOW} | given))  # type: ignore[arg-type]


def examine(case: Case, **given: object) -> Fact:
    return stopping.examine(case, CALENDAR, **({"size": "ordinary", "examiner": "审图中心", "now": NOW} | given))  # type: ignore[arg-type]


STOPS: dict[StopKind, Callable[..., Fact]] = {
    StopKind.SPECIAL: special, StopKind.PAUSE: pause, StopKind.HOLD: hold, StopKind.EXAMINATION: examine,
}


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("kind", STOPS)  # a bundle has its stops from its children, by no command
def test_only_the_days_between_acceptance_and_conclusion_can_be_stopped(state: State, kind: StopKind) -> None:
    case = in_state(state)

    if State.SUSPENDED in ALLOWED[state]:
        assert then(case, STOPS[kind](case)).open_stops[0].kind is kind
    else:
        with pytest.raises(Forbidden, match=rf"{state.value}; only the days between 受理 and 办结.*by its reviewer"):
            STOPS[kind](case)


@pytest.mark.parametrize("kind", STOPS)  # a bundle has its stops from its children, by no command
def test_a_case_that_has_ended_is_not_stopped(kind: StopKind) -> None:
    with pytest.raises(Forbidden):
        STOPS[kind](replace(accepted(), ended_at=NOW))


@pytest.mark.parametrize("ground", [*GROUNDS, "statute"])
def test_each_ground_of_the_law_begins_a_special_procedure(ground: str) -> None:
    case = then(accepted(), special(accepted(), ground=ground, basis="消防法第十三条"))

    assert (case.state, case.open_stops[0].ground) == (State.SUSPENDED, ground)


@pytest.mark.parametrize("ground", PAUSES)
def test_each_ground_of_a_rule_begins_a_pause(ground: str) -> None:
    case = then(accepted(), pause(accepted(), ground=ground))

    assert case.open_stops[0].kind is StopKind.PAUSE


@pytest.mark.parametrize(("begin", "given", "field", "words"), [
    (special, {"ground": "rectification"}, "ground", "整改 and 审查补正 are a pause"),  # not among the eight
    (special, {"ground": "statute"}, "basis", "the article of the law that adds this ground"),
    (special, {"document": " "}, "document", "特别程序告知书"),  # the applicant is told in writing
    (special, {"expected_end": date(2026, 3, 4)}, "expected_end", "not after today"),
    (pause, {"ground": "expert_review"}, "ground", "art. 45 are a special procedure"),
    (pause, {"basis": ""}, "basis", "no general law allows one"),
    (pause, {"expected_end": date(2026, 3, 3)}, "expected_end", "not after today"),
    (hold, {"order": " "}, "order", "the number of the order"),
    (hold, {"reason": ""}, "reason", "whose order it is"),
    (examine, {"size": "huge"}, "size", "large, ordinary"),
    (examine, {"examiner": ""}, "examiner", "the examining body"),
])
def test_a_stop_without_what_it_rests_on_is_refused_by_name(
    begin: Callable[..., Fact], given: dict[str, object], field: str, words: str,
) -> None:
    with pytest.raises(InvalidInput, match=words) as refused:
        begin(accepted(), **given)

    assert refused.value.field == field


def test_two_stops_on_one_ground_are_one() -> None:
    with pytest.raises(Forbidden, match="already; end that stop first"):
        special(then(accepted(), special(accepted())))


@pytest.mark.parametrize(("size", "ends_on"), [("ordinary", date(2026, 3, 18)), ("large", date(2026, 3, 25))])
def test_the_drawing_examiner_has_a_clock_of_his_own_of_ten_or_fifteen_working_days(size: str, ends_on: date) -> None:
    case = then(accepted(), examine(accepted(), size=size))

    (clock,) = [clock for clock in case.running if clock.kind is LimitKind.STOP]
    assert (clock.due_on, clock.unit.value, clock.basis) == (ends_on, "workday", "住建部令第13号")


def test_what_runs_cannot_be_resumed() -> None:
    with pytest.raises(Forbidden, match="nothing is stopped, its days count"):
        stopping.resume(accepted(), now=NOW)


@pytest.mark.parametrize("state", [State.ACCEPTED, State.REVIEWING, State.DECIDED])
def test_a_case_goes_on_where_it_was_stopped(state: State) -> None:
    case = then(in_state(state), hold(in_state(state)))

    assert then(case, stopping.resume(case, now=day(9)), now=day(9)).state is state


def stopped_twice() -> Case:
    case = then(accepted(), special(accepted()))
    return then(case, pause(case, now=day(6)), now=day(6))


def test_of_two_stops_the_one_that_is_over_is_named() -> None:
    case = stopped_twice()

    with pytest.raises(InvalidInput, match=r"name the stop .*special: expert_review.*pause: rectification"):
        stopping.resume(case, now=day(9))
    with pytest.raises(InvalidInput, match="name the stop"):
        stopping.resume(case, now=day(9), stop=1)


def test_a_case_stands_still_until_its_last_stop_is_over_and_days_covered_twice_are_left_out_once() -> None:
    case = stopped_twice()
    first, second = case.open_stops

    one_left = then(case, stopping.resume(case, now=day(9), stop=first.seq), now=day(9))
    none_left = then(one_left, stopping.resume(one_left, now=day(11)), now=day(11))

    assert (one_left.state, one_left.open_stops) == (State.SUSPENDED, (second,))
    assert one_left.governing is not None and one_left.governing.due_on is None
    assert none_left.state is State.REVIEWING and none_left.governing is not None
    assert none_left.governing.due_on == date(2026, 3, 18)  # 5, 6, 9, 10 and 11 March are left out of the five working days


@pytest.mark.parametrize(("kind", "held", "paused"), [
    (LimitKind.PROMISED, True, True), (LimitKind.STATUTORY, True, True), (LimitKind.TARGET, True, True),
    (LimitKind.STAGE, True, True),
    (LimitKind.HAND_OVER, True, False),  # only by order
    (LimitKind.APPLICANT, False, False), (LimitKind.NOTICE, False, False), (LimitKind.STOP, False, False),
    (LimitKind.HEARING, False, False), (LimitKind.ORDER, False, False),
])
def test_each_kind_of_clock_is_stopped_or_runs_on(kind: LimitKind, held: bool, paused: bool) -> None:
    by_order, by_rule = then(accepted(), hold(accepted())), then(accepted(), pause(accepted()))

    assert bool(stopping_stops(by_order.stops, kind)) is held
    assert bool(stopping_stops(by_rule.stops, kind)) is paused


def test_every_ground_has_a_name_of_the_office() -> None:
    grounds = [*GROUNDS, *PAUSES, "statute", "order", "drawing_examination"]

    assert all(ground_name(ground) != ground for ground in grounds) and ground_name("雨") == "雨"
