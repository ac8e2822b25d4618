"""The kernel's commands on tasks: what each does, what it refuses, and that the same commands give the same bytes."""

import os
import subprocess
import sys

import pytest

from engine.definitions.model import ChildCase, EventKind
from engine.errors import (
    AlreadyDecided,
    ExpressionFailed,
    Incident,
    InvalidInput,
    MissingVariable,
    NoPath,
    NotFound,
    StepBudgetExceeded,
)
from engine.process import kernel
from engine.process.step import Ending, WaitKind
from tests.engine.process.drawing import done, drawn, edge, event, open_nodes, program, several, timer, wait_at

CHOICE = program("start > a > xor; xor > b if c == 1; xor > e default; b > end; e > end")
BRANCHES = program("start > and_s; and_s > a > and_j; and_s > b > and_j; and_j > c > end")
KINDS = program("start > and; and > task > end; and > service > end; and > catch_t > end; and > catch_m > end; "
                "and > catch_s > end; and > call > end",
                {"catch_t": {"event": timer()}, "catch_m": {"event": event(EventKind.MESSAGE, "m")},
                 "catch_s": {"event": event(EventKind.SIGNAL, "s")}, "service": {"topic": "seal"}, "call": {"called": "q"}})


def test_a_process_begins_at_its_start_event_and_waits_at_its_first_task():
    step = kernel.start(CHOICE, {"amount": 3})

    [wait] = step.opened
    assert (wait.node, wait.kind, wait.scope, wait.index) == ("a", WaitKind.TASK, (), None)
    assert (step.waiting, step.is_completed, step.variables) == (1, False, {"amount": 3})


def test_a_process_starts_with_its_defaults_and_what_is_given_counts_more():
    with_defaults = program("start > a > end", defaults={"amount": 1, "kind": "新办"})

    assert kernel.start(with_defaults, {"amount": 3}).variables == {"amount": 3, "kind": "新办"}


def test_completing_the_last_task_completes_the_process_through_its_end_event():
    step = kernel.start(CHOICE, {"c": 0})

    step = done(CHOICE, step, "a", "e")

    assert step.is_completed and step.waiting == 0
    assert [(passed.node, passed.is_end) for passed in step.passed] == [("end", True)]
    assert [(ended.node, ended.how) for ended in step.ended] == [("e", Ending.COMPLETED)]


@pytest.mark.parametrize(("c", "way"), [(1, "b"), (0, "e")])
def test_what_is_given_on_completion_decides_the_way(c, way):
    assert open_nodes(CHOICE, done(CHOICE, kernel.start(CHOICE), "a", c=c)) == [way]


def test_a_join_waits_for_every_branch_whatever_their_order():
    step = kernel.start(BRANCHES)

    assert open_nodes(BRANCHES, done(BRANCHES, step, "b")) == ["a"]
    assert open_nodes(BRANCHES, done(BRANCHES, step, "b", "a")) == ["c"]


def test_ids_come_from_a_counter_and_are_never_used_again():
    loop = program("start > xor_i > a > xor; xor > xor_i if again == 1; xor > end default")
    step, seen = kernel.start(loop), []

    for _ in range(5):
        seen.append(wait_at(loop, step, "a").id)
        step = done(loop, step, "a", again=1)

    assert seen == sorted(set(seen))


def test_every_open_wait_is_told_by_kind():
    step = kernel.start(KINDS)

    assert {wait.node: wait.kind.value for wait in kernel.waits(KINDS, step.state)} == {
        "task": "task", "service": "connector", "catch_t": "timer", "catch_m": "message", "catch_s": "signal", "call": "call"}
    assert {wait.node: wait.event for wait in step.opened if wait.event} == {
        "service": "seal", "catch_m": "m", "catch_s": "s", "call": "q"}


COMMANDS = {
    "complete": lambda state, id: kernel.complete(KINDS, state, id),
    "fire": lambda state, id: kernel.fire(KINDS, state, id),
    "correlate": lambda state, id: kernel.correlate(KINDS, state, "m", {}, id),
    "fail": lambda state, id: kernel.fail(KINDS, state, id, "code"),
    "move": lambda state, id: kernel.move(KINDS, state, id, "task"),
}
FITTING = {"complete": {"task", "service"}, "fire": {"catch_t"}, "correlate": {"catch_m"}, "fail": {"task", "service"},
           "move": {"task", "service", "call"}}


@pytest.mark.parametrize("node", ["task", "service", "catch_t", "catch_m", "catch_s", "call"])
@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_is_for_its_own_kinds_of_wait(command, node):
    step = kernel.start(KINDS)
    before = bytes(step.state)

    try:
        COMMANDS[command](step.state, wait_at(KINDS, step, node).id)
        outcome = "done"
    except Incident:
        outcome = "done"  # fail: it was let through, and nobody catches
    except (InvalidInput, NotFound):
        outcome = "refused"

    # moving between the branches of a block is refused whatever the kind
    allowed = node in FITTING[command] and (command != "move" or node == "task")
    assert outcome == ("done" if allowed else "refused")
    assert step.state == before


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(("id", "error"), [
    (999, NotFound), (0, NotFound), (-1, NotFound), ("7", NotFound), (1, AlreadyDecided)])
def test_each_command_names_a_wait_that_is_not_open(command, id, error):
    with pytest.raises(error, match=str(id)):
        COMMANDS[command](kernel.start(KINDS).state, id)


def test_a_task_takes_one_decision():
    step = kernel.start(CHOICE)
    wait = wait_at(CHOICE, step, "a")
    after = done(CHOICE, step, "a", c=1)

    with pytest.raises(AlreadyDecided):
        kernel.complete(CHOICE, after.state, wait.id)


@pytest.mark.parametrize("value", [{"a": 1}, [[1]], 2**63, float("nan"), float("inf"), b"x", object(), "\ud800", [{}], {1}])
def test_only_scalars_and_lists_of_them_come_into_the_state(value):
    with pytest.raises(InvalidInput, match=r"data\.x"):
        kernel.start(CHOICE, {"x": value})


@pytest.mark.parametrize("name", ["", 3, None, "\udfff"])
def test_a_variable_has_a_text_for_its_name(name):
    with pytest.raises(InvalidInput, match="variable's name"):
        kernel.start(CHOICE, {name: 1})


@pytest.mark.parametrize("value", [None, True, -2**63, 2**63 - 1, 1.5, "汉字", [], [1, "a", None, True]])
def test_a_value_comes_back_as_it_was_given(value):
    step = done(CHOICE, kernel.start(CHOICE, {"x": value}), "a", c=1)

    assert step.variables["x"] == value and type(step.variables["x"]) is type(value)


@pytest.mark.parametrize(("data", "error", "sentence"), [
    ({}, MissingVariable, "“xor” needs the variable “c”"),
    ({"c": [1]}, NoPath, "no condition leaving gateway “xor”"),
    ({"c": None}, NoPath, "no condition leaving gateway “xor”"),
])
def test_a_gateway_that_cannot_decide_is_an_incident_and_the_task_stays_open(data, error, sentence):
    strict = program("start > a > xor; xor > b if c == 1; xor > e if c == 0; b > end; e > end")
    step = kernel.start(strict)

    with pytest.raises(error, match=sentence) as caught:
        done(strict, step, "a", **data)

    assert caught.value.node == "xor"
    assert open_nodes(strict, step) == ["a"]


def test_a_condition_that_gives_no_truth_is_an_incident():
    odd = program("start > xor; xor > a if c; xor > end default; a > end")

    with pytest.raises(ExpressionFailed, match="true or false"):
        kernel.start(odd, {"c": 1})


def test_a_cancelled_instance_has_no_waits_and_is_not_complete():
    step = kernel.start(KINDS)

    step = kernel.cancel(KINDS, step.state)

    assert step.waiting == 0 and not step.is_completed and step.passed == ()
    assert {ended.how for ended in step.ended} == {Ending.CANCELLED} and len(step.ended) == 6
    assert kernel.cancel(KINDS, step.state).ended == ()  # once more changes nothing


def test_a_loop_without_a_person_meets_the_budget_and_nothing_has_changed():
    loop = program("start > a > xor_i > xor; xor > xor_i if again == 1; xor > end default")
    step = kernel.start(loop)
    before = bytes(step.state)

    with pytest.raises(StepBudgetExceeded, match="more than 50 automatic activities"):
        kernel.complete(loop, step.state, wait_at(loop, step, "a").id, {"again": 1}, budget=50)

    assert step.state == before
    assert done(loop, step, "a", again=0).is_completed


def test_a_diagram_that_multiplies_itself_is_an_incident_and_never_a_hang():
    doubling = program("start > xor > and; and > xor; and > xor")
    deep = program("start > and > call_1 > end; and > call_2 > end", {"call_1": {"called": "q"}, "call_2": {"called": "q"}},
                   called={"q": drawn("start_q > and_q > call_3 > end_q; and_q > call_4 > end_q",
                                      {"call_3": {"called": "q"}, "call_4": {"called": "q"}})})

    for wild in (doubling, deep):
        with pytest.raises(Incident):
            kernel.start(wild)


def test_a_process_that_calls_itself_is_an_incident():
    itself = program("start > call > end", {"call": {"called": "p"}})

    with pytest.raises(Incident, match="does a process call itself"):
        kernel.start(itself)


def test_more_instances_than_people_can_be_asked_are_an_incident():
    many = program("start > vote > end", {"vote": several("n")})

    assert kernel.start(many, {"n": 500}).waiting == 500
    with pytest.raises(Incident, match="501 instances, more than 500"):
        kernel.start(many, {"n": 501})


def test_more_going_on_at_once_than_a_case_can_bear_is_an_incident():
    crowd = program("start > sub > end", {"sub": {**several("500"), "body": drawn(
        "start_i > vote > end_i", {"vote": several("500")})}})

    with pytest.raises(Incident, match="more than 5000 things"):
        kernel.start(crowd)


WALK = """
from engine.process import kernel
from tests.engine.process.drawing import done, edge, program, several, timer
p = program("start > or_s; or_s > a if x == 1; a > or_j; or_s > b if y == 1; b > or_j; or_j > c > end; edge_t > d > end_d",
            {"a": several("3"), "edge_t": edge("b", timer(), interrupting=False)})
step = kernel.start(p, {"y": 1, "x": 1, "z": ["b", "a"]})
print(step.state.hex())
for node in ("a", "b", "a", "a", "c"):
    step = done(p, step, node, w=1, v=2)
    print(step.state.hex(), [w.id for w in step.opened], step.ended)
"""


def test_the_same_commands_give_the_same_bytes_in_every_process():
    outputs = [subprocess.run([sys.executable, "-c", WALK], capture_output=True, check=True, text=True, cwd=os.getcwd(),
                              env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)}).stdout
               for seed in ("0", "1", "4242")]

    assert outputs[0] == outputs[1] == outputs[2]
    assert len(outputs[0].splitlines()) == 6


def test_a_wait_of_a_boundary_event_names_its_host_and_whether_it_interrupts():
    guarded = program("start > a > end; edge_t > b > end_b", {"edge_t": edge("a", timer(), interrupting=False)})

    step = kernel.start(guarded)

    wait = wait_at(guarded, step, "edge_t")
    assert (wait.kind, wait.host, wait.interrupting, wait.timer.text) == (WaitKind.TIMER, "a", False, "P5D")


def test_a_call_that_is_a_case_of_its_own_is_completed_with_what_that_case_gives() -> None:
    text = "start > call > xor; xor > a > end_1 if call == 'granted'; xor > b > end_2 default"
    child = program(text, {"call": {"called": "q", "child": ChildCase(result="call")}})
    step = kernel.start(child)

    done = kernel.complete(child, step.state, wait_at(child, step, "call").id, {"call": "granted"})

    assert [wait.node for wait in done.opened] == ["a"]


def test_what_can_still_come_does_not_count_what_comes_after_the_wait_itself() -> None:
    text = "start > and_s; and_s > call > late > and_j; and_s > a > b > and_j; and_j > c > end"
    drawn = program(text, {"call": {"called": "q", "child": ChildCase(result="call")}})
    step = kernel.start(drawn)
    call, first = wait_at(drawn, step, "call").id, wait_at(drawn, step, "a").id

    assert {"b", "c"} <= kernel.coming(drawn, step.state, call) and "late" not in kernel.coming(drawn, step.state, call)
    assert "b" not in kernel.coming(drawn, kernel.complete(drawn, step.state, first).state, call)
