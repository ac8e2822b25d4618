"""Sending back out of sub-processes, called processes and tasks of several, and what the caller learns of the way between."""

import pytest

from engine.definitions.model import EventKind, NodeKind
from engine.errors import InvalidInput
from engine.process import kernel
from tests.engine.process.drawing import done, drawn, edge, event, fired, open_nodes, program, several, timer, wait_at
from tests.engine.process.sending import at, legal, reasons, sent

NESTED = program(
    "start > x > sub > y > call > z > end; edge_s > order > end_s; edge_e > sorry > end_e", {
        "sub": {"name": "联合审查", "body": drawn("start_i > p > q > and_s; and_s > r > and_j; and_s > s > and_j; "
                                              "and_j > throw_g > t > end_i", {"throw_g": {"milestone": "granted"}})},
        "call": {"called": "receipt"}, "edge_s": edge("sub", timer(), interrupting=False),
        "edge_e": edge("call", event(EventKind.ERROR, "no"))},
    called={"receipt": drawn("start_r > u > v > xor; xor > end_a default; xor > end_no if v == \"no\"", {
        "end_a": {"milestone": "accepted"}, "end_no": {"milestone": "declined", "event": event(EventKind.ERROR, "no")}})})


def test_out_of_a_sub_process_everything_in_it_ends_and_the_path_beside_it_goes_on():
    step = done(NESTED, fired(NESTED, at(NESTED, "x"), "edge_s"), "p", "q", "s")

    after = sent(NESTED, step, "r", "x")

    assert sorted(open_nodes(NESTED, after)) == ["order", "x"]
    assert legal(NESTED, step, "r")["x"].interrupts == ("sub",)
    assert legal(NESTED, step, "r")["x"].repeats == ("p", "q", "s")
    again = done(NESTED, after, "x")
    assert sorted(open_nodes(NESTED, again)) == ["edge_s", "order", "p"]


def test_within_a_sub_process_its_own_timers_stay():
    step = done(NESTED, at(NESTED, "x"), "p", "q")
    clock = wait_at(NESTED, step, "edge_s").id

    after = sent(NESTED, step, "r", "p")

    assert wait_at(NESTED, after, "edge_s").id == clock
    assert sorted(open_nodes(NESTED, after)) == ["edge_s", "p"]
    assert legal(NESTED, step, "r")["p"].scope == ("sub",)


def test_into_a_sub_process_or_called_process_that_is_over_nobody_returns():
    step = done(NESTED, at(NESTED, "x"), "p", "q", "r", "s", "t", "y", "u", "v", v="yes")

    assert "联合审查" in reasons(NESTED, step, "z")["p"] and "子流程" in reasons(NESTED, step, "z")["p"]
    assert "被调用流程" in reasons(NESTED, step, "z")["u"]
    with pytest.raises(InvalidInput, match="no way leads back into it"):
        sent(NESTED, step, "z", "u")


def test_a_caller_learns_of_the_legal_moments_between():
    step = done(NESTED, at(NESTED, "x"), "p", "q", "r", "s", "t", "y", "u", "v", v="yes")
    shown = legal(NESTED, step, "z")

    assert set(shown["y"].milestones.values()) == {"accepted"}  # not “declined”: from there no case comes here
    assert set(shown["x"].milestones.values()) == {"accepted", "granted"}
    refused = done(NESTED, at(NESTED, "x"), "p", "q", "r", "s", "t", "y", "u", "v", v="no")
    assert set(legal(NESTED, refused, "sorry")["y"].milestones.values()) == {"accepted", "declined"}  # left over an error
    assert shown["x"].repeats == ("y", "p", "q", "r", "s", "t", "u", "v")  # what lies inside others after them


def test_legal_moments_of_a_branch_that_ends_with_it_count_too():
    process = program("start > x > and_s; and_s > a > throw_g > b > and_j; and_s > c > and_j; and_s > e > throw_r > end_e; "
                      "and_j > d > end", {"throw_g": {"milestone": "granted"}, "throw_r": {"milestone": "refused"}})
    step = at(process, "x")

    assert set(legal(process, step, "c")["x"].milestones.values()) == set()
    assert set(legal(process, done(process, step, "a"), "c")["x"].milestones.values()) == {"granted"}
    assert set(legal(process, done(process, step, "a", "b"), "c")["x"].milestones.values()) == {"granted"}
    assert set(legal(process, done(process, step, "e"), "c")["x"].milestones.values()) == {"refused"}  # that branch is over
    assert legal(process, done(process, step, "e"), "c")["x"].repeats == ("e",)


def test_a_process_that_calls_itself_is_left_at_the_level_that_is_meant():
    process = program("start > first_1 > end", {"first_1": {"kind": NodeKind.CALL_ACTIVITY, "called": "q"}}, called={
        "q": drawn("start_q > a > b > xor; xor > call > end_q if deeper == 1; xor > end_2 default", {"call": {"called": "q"}})})
    step = done(process, kernel.start(process, {"deeper": 1}), "a", "b", "a")

    inner = sent(process, step, "b", "a")
    outer = sent(process, step, "b", "a", ("first_1",))

    assert [wait.scope for wait in kernel.waits(process, inner.state)] == [("first_1", "call")]
    assert [wait.scope for wait in kernel.waits(process, outer.state)] == [("first_1",)]


def test_of_one_sub_process_of_several_the_others_stay_or_all_are_left():
    process = program("start > x > sub > end", {"sub": {
        "body": drawn("start_i > a > b > end_i"), **several(None, collection="who", element="one")}})
    step = done(process, at(process, "x", who=["消防", "人防"]), "a")

    within = sent(process, step, "b", "a")
    out = sent(process, step, "b", "x")

    assert [(wait.node, wait.item) for wait in kernel.waits(process, within.state)] == [("a", "人防"), ("a", "消防")]
    assert open_nodes(process, out) == ["x"]
    assert legal(process, step, "b")["x"].interrupts == ("sub",)
