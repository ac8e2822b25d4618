"""A diagram that can get stuck or do something twice is refused before anybody's case runs into it."""

import pytest

from engine.definitions.check import check
from engine.definitions.diagnostic import Severity
from tests.engine.definitions.drawn import END, START, TASKS, file, flows, task

XOR, AND, OR = ('<exclusiveGateway id="{}"/>', '<parallelGateway id="{}"/>', '<inclusiveGateway id="{}"/>')
DIAMOND = "start>x x>a:p x>b:q a>j b>j j>c c>d d>end"
PLAIN_DIAMOND = "start>x x>a x>b a>j b>j j>c c>d d>end"


def findings(inner: str) -> set[tuple[str, str | None, str]]:
    checked = check(file(inner), file="x.bpmn", known="pqrs")
    return {(each.code, each.element, each.severity.value) for each in checked.diagnostics
            if each.severity is not Severity.NOTE and each.code != "limit_not_drawn"}


def gateways(split: str, join: str) -> str:
    return split.format("x") + join.format("j")


@pytest.mark.parametrize(("split", "join", "way", "expected"), [
    (XOR, XOR, "start>x x>a:p x>b a>j b>j j>c c>d d>end", set()),
    (AND, AND, PLAIN_DIAMOND, set()),
    (OR, OR, DIAMOND, set()),
    (AND, OR, PLAIN_DIAMOND, set()),
    (XOR, OR, "start>x x>a:p x>b a>j b>j j>c c>d d>end", set()),
    (XOR, AND, "start>x x>a:p x>b a>j b>j j>c c>d d>end", {("deadlock", "j", "error")}),
    (AND, XOR, PLAIN_DIAMOND, {("done_twice", "c", "error")}),
    (OR, AND, DIAMOND, {("deadlock", "j", "warning")}),
    (OR, XOR, DIAMOND, {("done_twice", "c", "warning")}),
])
def test_ways_are_joined_by_the_kind_of_gateway_that_split_them(
    split: str, join: str, way: str, expected: set[tuple[str, str, str]],
) -> None:
    assert findings(TASKS + gateways(split, join) + flows(way)) == expected


def test_a_task_that_splits_into_paths_with_their_own_ends_is_sound() -> None:
    assert findings(TASKS + flows("start>a a>b a>c a>d b>end c>end d>end")) == set()


def test_an_exclusive_gateway_does_not_join_what_runs_side_by_side_even_right_before_the_end() -> None:
    assert findings(TASKS + gateways(AND, XOR) + flows("start>x x>a x>b a>c b>d c>j d>j j>end")) == {
        ("done_twice", "end", "error")}


def test_a_task_done_twice_after_a_split_without_join_is_refused() -> None:
    assert findings(TASKS + flows("start>a a>b a>c b>d c>d d>end")) == {("done_twice", "d", "error")}


def test_conditions_on_the_flows_of_a_task_may_exclude_each_other() -> None:
    assert findings(TASKS + flows("start>a a>b:p a>c:q b>d c>d d>end")) == {("done_twice", "d", "warning")}


def test_a_loop_with_a_way_out_is_sound_and_one_without_is_not() -> None:
    rework = TASKS + XOR.format("m") + XOR.format("x")

    assert findings(rework + flows("start>m m>a a>x x>m:p x>b b>c c>d d>end")) == set()
    assert ("no_way_out", "b", "error") in findings(rework + flows("start>x x>a:p x>c a>b b>m m>a c>d d>end"))


def test_an_interrupting_event_must_not_leave_a_join_waiting() -> None:
    inner = (TASKS + gateways(AND, AND) + '<boundaryEvent id="late" attachedToRef="a"><timerEventDefinition><timeDuration>P1D'
             "</timeDuration></timerEventDefinition></boundaryEvent>")

    stuck = findings(inner + flows("start>x x>a x>b a>j b>j j>c c>end late>d d>end"))
    joined = findings(inner + flows("start>x x>a x>b a>j b>j j>c c>end late>d d>j"))

    assert ("deadlock", "j", "error") in stuck
    assert ("deadlock", "j", "error") in joined  # the gateway waits for three, of which one is always missing


def test_a_terminate_end_lets_nothing_wait_for_ever() -> None:
    inner = (TASKS + gateways(AND, AND) + XOR.format("g")
             + '<endEvent id="stop"><terminateEventDefinition/></endEvent>')

    way = flows("start>x x>a a>g g>stop:p g>j x>b b>j j>c c>d d>end")

    stopped, left = findings(inner + way), findings(inner.replace("<terminateEventDefinition/>", "") + way)

    assert stopped == set()
    assert ("deadlock", "j", "error") in left


def test_an_escalation_beside_the_work_may_run_as_often_as_it_likes() -> None:
    inner = (TASKS + '<boundaryEvent id="late" attachedToRef="a" cancelActivity="false"><timerEventDefinition><timeCycle>R/P1D'
             "</timeCycle></timerEventDefinition></boundaryEvent>")

    assert findings(inner + flows("start>a a>b b>c c>end late>d d>end")) == set()
    assert findings(inner + flows("start>a a>b b>c c>end late>d d>b")) == {
        ("joins_main", "late", "warning")}


def test_fifty_parallel_branches_with_loops_are_proved_at_once() -> None:
    inner, way = START + END + gateways(AND, AND), "start>x j>end "
    for n in range(50):
        inner += task(f"t{n}") + XOR.format(f"m{n}") + XOR.format(f"n{n}")
        way += f"x>m{n} m{n}>t{n} t{n}>n{n} n{n}>m{n}:p n{n}>j "

    assert findings(inner + flows(way)) == set()


def test_what_cannot_be_proved_within_the_bound_is_said_to_be_so() -> None:
    inner, way = START + END + gateways(AND, OR), "start>x j>end "
    for n in range(16):
        inner += AND.format(f"k{n}") + "".join(task(f"{letter}{n}") for letter in "tu") + OR.format(f"o{n}") + task(f"v{n}")
        way += f"x>k{n} k{n}>t{n} k{n}>u{n} t{n}>o{n} u{n}>o{n} o{n}>v{n} v{n}>j "

    assert {code for code, _, severity in findings(inner + flows(way)) if severity == "error"} == set()
    assert "not_proved" in {code for code, _, _ in findings(inner + flows(way))}


def test_inside_a_sub_process_the_same_is_asked() -> None:
    body = ('<startEvent id="begin"/><endEvent id="over"/>' + gateways(XOR, AND)
            + "".join(task(own) for own in "abcd") + flows("begin>x x>a:p x>b a>j b>j j>c c>d d>over"))
    inner = START + END + f'<subProcess id="s">{body}</subProcess>' + flows("start>s s>end")

    assert ("deadlock", "j", "error") in findings(inner)
