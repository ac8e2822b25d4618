"""Moving a token: forward and back within its own branch, and nowhere it would be lost or doubled."""

import pytest

from engine.definitions.model import EventKind
from engine.errors import InvalidInput, NotFound
from engine.process import kernel
from engine.process.step import Ending
from tests.engine.process.drawing import done, drawn, edge, event, fired, open_nodes, program, several, timer, wait_at

PROCESS = program(
    "start > xor_in > a > b > and_s; and_s > c > d > and_j; and_s > e > and_j; and_j > f > xor; xor > xor_in if again == 1; "
    "xor > g default; edge_t > order > end_t; g > and_o; and_o > sub > end_s; and_o > vote > end_v; and_o > h > end_h",
    {"edge_t": edge("b", timer(), interrupting=False), "vote": several("2"),
     "sub": {"body": drawn("start_i > inner > inner_2 > end_i")}})


def at(*nodes, **data):
    return done(PROCESS, kernel.start(PROCESS), *nodes, **{"again": 0, **data})


def moved(step, task, node):
    return kernel.move(PROCESS, step.state, wait_at(PROCESS, step, task).id, node)


@pytest.mark.parametrize(("before", "task", "node", "after"), [
    ([], "a", "b", ["b", "edge_t"]),  # forward
    (["a"], "b", "a", ["a"]),  # back, and what was awaited beside it ends
    (["a"], "b", "b", ["b", "edge_t"]),  # begin again
    (["a"], "b", "f", ["f"]),  # past a whole block
    (["a", "b"], "c", "d", ["d", "e"]),  # within a branch
    (["a", "b", "c"], "d", "c", ["c", "e"]),
    (["a", "b", "c", "d", "e"], "f", "a", ["a"]),  # back before a block
    (["a", "b", "c", "d", "e"], "f", "and_s", ["c", "e"]),  # the whole block again
    (["a", "b", "c", "d", "e", "f", "g"], "h", "end_h", ["inner", "vote", "vote"]),
    (["a", "b", "c", "d", "e", "f", "g"], "inner", "inner_2", ["h", "inner_2", "vote", "vote"]),  # in its own scope
])
def test_a_token_moves_within_its_branch(before, task, node, after):
    step = moved(at(*before), task, node)

    assert sorted(open_nodes(PROCESS, step)) == after
    assert (task, Ending.CANCELLED) in [(ended.node, ended.how) for ended in step.ended]


@pytest.mark.parametrize(("before", "task", "node"), [
    (["a", "b"], "c", "e"),  # into another branch: one join would wait for ever
    (["a", "b"], "c", "b"),  # out of a branch: the others would run twice
    (["a", "b"], "c", "f"),  # past the join
    (["a"], "b", "c"),  # into a branch
    (["a"], "b", "and_j"),  # onto a join
    (["a"], "b", "start"),
    (["a"], "b", "edge_t"),
    (["a"], "b", "order"),  # into the path beside: nobody would do the work itself
    (["a", "b", "c", "d", "e", "f", "g"], "h", "end_v"),  # into another branch of a split without a join
    (["a", "b", "c", "d", "e", "f", "g"], "h", "a"),
    (["a", "b", "c", "d", "e", "f", "g"], "vote", "end_v"),  # one of several
])
def test_a_token_moves_nowhere_it_would_be_lost_or_doubled(before, task, node):
    step = at(*before)

    with pytest.raises(InvalidInput, match="node"):
        moved(step, task, node)

    assert task in open_nodes(PROCESS, step)


def test_the_path_beside_an_activity_does_not_come_back_into_it():
    step = fired(PROCESS, at("a"), "edge_t")

    with pytest.raises(InvalidInput, match="another branch"):
        moved(step, "order", "f")
    assert sorted(open_nodes(PROCESS, moved(step, "order", "end_t"))) == ["b"]


@pytest.mark.parametrize("node", ["nowhere", "inner", ""])
def test_a_node_of_another_scope_is_not_there(node):
    with pytest.raises(NotFound, match="node"):
        moved(at(), "a", node)


def test_a_moved_case_goes_on_as_any_other():
    step = moved(at("a"), "b", "g")

    step = done(PROCESS, step, "g", "h", "vote", "vote", "inner", "inner_2")

    assert step.is_completed


def test_moving_out_of_an_activity_leaves_its_event_paths_running():
    process = program("start > a > b > end; edge_m > c > end_c",
                      {"edge_m": edge("a", event(EventKind.MESSAGE, "m"), interrupting=False)})
    step = kernel.start(process)
    step = kernel.correlate(process, step.state, "m")

    step = kernel.move(process, step.state, wait_at(process, step, "a").id, "b")

    assert sorted(open_nodes(process, step)) == ["b", "c"]


def test_two_branches_that_either_of_two_splits_may_have_opened_are_still_two():
    process = program(
        "start > xor; xor > and_1 if c == 1; xor > and_2 default; and_1 > a > xor_m > d > and_j; "
        "and_1 > b > xor_n > e > and_j; and_2 > f > xor_m; and_2 > g > xor_n; and_j > end")
    step = done(process, kernel.start(process, {"c": 1}), "a")

    with pytest.raises(InvalidInput, match="another branch"):
        kernel.move(process, step.state, wait_at(process, step, "d").id, "e")
