"""What lies before an open wait: what must have been done to come there, and what may have been."""

import pytest

from engine.definitions.model import EventKind
from engine.errors import AlreadyDecided
from engine.process import kernel
from engine.process.earlier import earlier_tasks
from tests.engine.process.drawing import done, drawn, edge, event, fired, program, several, timer, wait_at

PROCESS = program(
    "start > a > xor_i > b > xor; xor > c > xor_m if c == 1; xor > xor_m default; xor_m > and_s; and_s > d > and_j; "
    "and_s > e > and_j; and_j > sub > vote > f > xor_2; xor_2 > xor_i if again == 1; xor_2 > end default; "
    "edge_t > order > order_2 > end_t", {
        "edge_t": edge("a", timer(), interrupting=False), "vote": several("n"),
        "sub": {"body": drawn("start_i > p > xor_p; xor_p > q > end_q if c == 1; xor_p > end_r default")}})


def before(process, step, node):
    """Node → is certain."""
    return {each.node: each.is_certain for each in earlier_tasks(process, step.state, wait_at(process, step, node).id)}


@pytest.mark.parametrize(("path", "node", "certain", "possible"), [
    ([], "a", "", ""),
    ([], "edge_t", "", ""),  # a is not done yet
    (["a"], "b", "a", "c d e f p q vote"),  # the loop
    (["a", "b"], "d", "a b", "c"),
    (["a", "b", "d", "e"], "p", "a b d e", "c"),
    (["a", "b", "d", "e", "p", "vote"], "f", "a b d e p", "c q vote"),
])
def test_what_no_way_leads_past_is_certain_and_what_lies_on_some_way_is_possible(path, node, certain, possible):
    step = done(PROCESS, kernel.start(PROCESS, {"n": 1, "c": 0}), *path)

    found = before(PROCESS, step, node)

    assert {name for name, is_certain in found.items() if is_certain} == set(certain.split())
    assert {name for name, is_certain in found.items() if not is_certain} >= set(possible.split()) - {node}


def test_a_path_beside_a_step_does_not_tell_that_the_step_is_done():
    step = fired(PROCESS, kernel.start(PROCESS, {"n": 1}), "edge_t")

    assert before(PROCESS, done(PROCESS, step, "order"), "order_2") == {"order": True}


def test_what_was_interrupted_inside_is_not_certain():
    process = program("start > sub > a > end; edge_m > b > end_b", {
        "sub": {"body": drawn("start_i > p > q > end_i")}, "edge_m": edge("sub", event(EventKind.MESSAGE, "m"))})
    step = kernel.start(process)

    assert before(process, kernel.correlate(process, step.state, "m"), "b") == {"p": False, "q": False}
    assert before(process, done(process, step, "p", "q"), "a") == {"p": True, "q": True}
    assert before(process, done(process, step, "p"), "q") == {"p": True}


def test_the_scopes_of_what_lies_before_are_named():
    step = done(PROCESS, kernel.start(PROCESS, {"n": 1, "c": 0}), "a", "b", "d", "e", "p")

    found = {each.node: each.scope for each in earlier_tasks(PROCESS, step.state, wait_at(PROCESS, step, "vote").id)}

    assert found["p"] == ("sub",) and found["a"] == ()
    with pytest.raises(AlreadyDecided):
        earlier_tasks(PROCESS, step.state, 2)
