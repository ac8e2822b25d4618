"""Sending back (退回): where to, what ends with it, what is asked again; and nowhere a case would get stuck or be doubled.

The worst bugs of the engines people use today have a test each, named after the report: returning into a branch leaves the
join stuck (flowable#1641), nobody knows which steps are legal (flowable#3919), from one task of several signers to another
tasks are lost (flowable#3944), a step returned to is not timed again (ruoyi-vue-pro#1018).
"""

import pytest

from engine.definitions.model import EventKind, TimerKind
from engine.errors import AlreadyDecided, InvalidInput, MissingVariable, NotFound
from engine.process import kernel
from engine.process.returning import barred, send_back, targets
from engine.process.step import Ending
from tests.engine.process.drawing import done, drawn, edge, event, fired, open_nodes, program, several, timer, wait_at

BLOCK = program(
    "start > x > and_s; and_s > a > b > and_j; and_s > c > and_j; and_s > first > catch_t > d > xor; first > catch_m > xor; "
    "xor > and_j > e > end; edge_x > order > order_2 > end_x; edge_c > hurry > end_c", {
        "x": {"name": "受理"}, "catch_t": {"event": timer()}, "catch_m": {"event": event(EventKind.MESSAGE, "m")},
        "edge_x": edge("x", timer(), interrupting=False), "edge_c": edge("c", timer(), interrupting=False)})


def at(*nodes, process=BLOCK, **data):
    """The state in which these tasks have been completed."""
    return done(process, kernel.start(process, data), *nodes)


def legal(process, step, task):
    return {each.node: each for each in targets(process, step.state, wait_at(process, step, task).id)}


def reasons(process, step, task):
    return {each.node: each.reason for each in barred(process, step.state, wait_at(process, step, task).id)}


def sent(process, step, task, node, scope=None):
    return send_back(process, step.state, wait_at(process, step, task).id, node, scope)


def ended(step):
    return sorted(each.node for each in step.ended)


def test_a_task_goes_back_within_its_branch_and_the_other_branches_stay():
    step = at("x", "a")

    after = sent(BLOCK, step, "b", "a")

    assert sorted(open_nodes(BLOCK, after)) == ["a", "c", "catch_m", "catch_t", "edge_c"]
    assert ended(after) == ["b"] and after.ended[0].how is Ending.CANCELLED
    assert [wait.node for wait in after.opened] == ["a"]


def test_a_task_goes_back_before_a_split_and_everything_inside_the_block_ends_with_it():
    step = fired(BLOCK, at("x", "a"), "edge_c")

    after = sent(BLOCK, step, "b", "x")

    assert sorted(open_nodes(BLOCK, after)) == ["edge_x", "x"]
    assert ended(after) == ["b", "c", "catch_m", "catch_t", "hurry"]


def test_what_waits_in_a_join_is_taken_back_so_that_it_does_not_fire_early_the_next_time():
    step = done(BLOCK, at("x", "a"), "c")  # c waits in the join

    after = done(BLOCK, sent(BLOCK, step, "b", "x"), "x", "a", "b")
    after = done(BLOCK, fired(BLOCK, after, "catch_t"), "d")

    assert open_nodes(BLOCK, after) == ["c", "edge_c"]
    assert open_nodes(BLOCK, done(BLOCK, after, "c")) == ["e"]


def test_what_is_shown_is_what_is_done():
    step = fired(BLOCK, at("x", "a"), "edge_c")
    shown = legal(BLOCK, step, "b")

    for node, each in shown.items():
        after = sent(BLOCK, step, "b", node)
        task = wait_at(BLOCK, step, "b").id
        assert [wait.id for wait in each.cancels] == sorted({one.id for one in after.ended} - {task})
    assert shown["x"].rearms == ("edge_x",) and shown["x"].interrupts == () and not shown["x"].needs_round
    assert shown["x"].name == "受理" and shown["x"].scope == ()
    assert set(shown) == {"x", "a"}


def test_the_supervisors_task_beside_the_step_goes_on_when_no_block_around_that_step_is_left():
    step = done(BLOCK, fired(BLOCK, kernel.start(BLOCK), "edge_x"), "x", "a")

    after = sent(BLOCK, step, "b", "x")

    assert sorted(open_nodes(BLOCK, after)) == ["edge_x", "order", "x"]


def test_the_supervisors_task_goes_back_within_its_own_path_and_the_case_does_not_notice():
    step = done(BLOCK, fired(BLOCK, kernel.start(BLOCK), "edge_x"), "order", "x")
    before = sorted(open_nodes(BLOCK, step))

    after = sent(BLOCK, step, "order_2", "order")

    assert sorted(open_nodes(BLOCK, after)) == sorted({*before, "order"} - {"order_2"})


@pytest.mark.parametrize(("task", "node", "reason"), [
    ("b", "b", "where the case stands already"),
    ("b", "c", "another branch"),
    ("b", "d", "another branch"),
    ("b", "e", "comes after"),
    ("a", "b", "comes after"),
    ("b", "order", "path beside"),
    ("order", "x", "outside the path beside"),
    ("order", "order_2", "comes after"),
    ("order", "hurry", "another way"),
    ("e", "a", "branches have met"),
    ("e", "d", "branches have met"),
    ("e", "hurry", "path beside"),
])
def test_a_step_that_is_no_legal_target_is_refused_with_its_reason_and_nothing_happens(task, node, reason):
    step = fired(BLOCK, kernel.start(BLOCK), "edge_x")
    path = {"a": ["x"], "b": ["x", "a"], "order": ["x"], "e": ["x", "a", "b", "c"]}[task]
    step = done(BLOCK, step, *path)
    if task == "e":
        step = done(BLOCK, fired(BLOCK, step, "catch_t"), "d")

    with pytest.raises(InvalidInput, match=reason):
        sent(BLOCK, step, task, node)

    assert reason in reasons(BLOCK, step, task)[node]
    assert node not in legal(BLOCK, step, task)


def test_every_user_task_is_either_a_legal_target_or_refused_with_a_reason():
    step = at("x", "a")

    assert set(legal(BLOCK, step, "b")) | set(reasons(BLOCK, step, "b")) == {
        "x", "a", "b", "c", "d", "e", "order", "order_2", "hurry"}
    assert not set(legal(BLOCK, step, "b")) & set(reasons(BLOCK, step, "b"))


@pytest.mark.parametrize("node", ["and_s", "and_j", "start", "edge_x", "catch_t"])
def test_only_a_user_task_is_a_step_to_go_back_to(node):
    with pytest.raises(InvalidInput, match="expected a user task"):
        sent(BLOCK, at("x"), "a", node)


def test_a_step_that_is_nowhere_is_not_found_and_a_task_that_is_over_takes_no_decision():
    step = at("x", "a")

    with pytest.raises(NotFound, match="nowhere"):
        sent(BLOCK, step, "b", "nowhere")
    with pytest.raises(AlreadyDecided):
        send_back(BLOCK, step.state, 1, "x")
    with pytest.raises(InvalidInput, match="expected a task"):
        sent(BLOCK, step, "catch_t", "x")


def test_flowable_1641_after_the_branches_have_met_nobody_returns_into_one_of_them():
    process = program("start > x > and_s; and_s > a > and_j; and_s > b > and_j; and_j > c > end")
    step = at("x", "a", "b", process=process)

    assert list(legal(process, step, "c")) == ["x"]
    assert legal(process, step, "c")["x"].repeats == ("a", "b")
    with pytest.raises(InvalidInput, match="before the split"):
        sent(process, step, "c", "a")


def test_into_one_branch_of_an_inclusive_split_a_case_may_return_since_its_join_waits_for_nobody_else():
    process = program("start > x > or_s; or_s > a if c == 1; or_s > b default; or_s > d if c == 1; or_j > e > end; "
                      "a > or_j; b > or_j; d > or_j")
    step = at("x", "a", "d", process=process, c=1)

    after = sent(process, step, "e", "a")

    assert open_nodes(process, after) == ["a"]
    assert open_nodes(process, done(process, after, "a")) == ["e"]


def test_beside_that_branch_another_of_an_outer_split_goes_on_though_a_loop_leads_round_all_of_it():
    process = program(
        "start > xor_i > or_1; or_1 > or_2 if c == 1; or_1 > y if c == 1; or_1 > z default; or_2 > a if c == 1; "
        "or_2 > b default; a > or_3; b > or_3; or_3 > t > or_4; y > or_4; z > or_4; or_4 > xor; xor > xor_i if again == 1; "
        "xor > end default")
    step = at("a", process=process, c=1, again=0)

    after = sent(process, step, "t", "a")

    assert ended(after) == ["t"] and sorted(open_nodes(process, after)) == ["a", "y"]
    assert done(process, after, "a", "t", "y").is_completed


def test_what_waits_in_a_join_beside_the_main_path_does_not_keep_the_case_from_going_back():
    process = program("start > a > b > end; edge_a > and_s; and_s > o > and_j; and_s > p > and_j; and_j > end_a",
                      {"edge_a": edge("a", timer(), interrupting=False)})
    step = done(process, fired(process, kernel.start(process), "edge_a"), "o", "a")

    assert sorted(open_nodes(process, sent(process, step, "b", "a"))) == ["a", "edge_a", "p"]


def test_a_diagram_that_may_get_stuck_whatever_one_does_is_no_reason_against_a_return():
    process = program("start > a > or_s; or_s > b if c == 1; or_s > d default; b > and_j; d > and_j; and_j > end")
    step = at("a", process=process, c=0)

    assert open_nodes(process, sent(process, step, "d", "a")) == ["a"]


def test_several_signers_beside_the_main_path_go_back_together():
    process = program("start > a > end; edge_a > o > vote > end_a", {
        "edge_a": edge("a", timer(), interrupting=False), "vote": several("2")})
    step = done(process, fired(process, kernel.start(process), "edge_a"), "o")

    assert sorted(open_nodes(process, sent(process, step, "vote", "o"))) == ["a", "o"]


def test_flowable_3919_a_step_of_a_rework_loop_is_legal_but_said_to_need_a_round():
    process = program("start > xor_i > a > b > xor; xor > c > xor_i if again == 1; xor > d > end default")
    step = done(process, done(process, at(process=process), "a"), "b", again=1)
    step = done(process, step, "c")

    shown = legal(process, step, "a")

    assert {node: each.needs_round for node, each in shown.items()} == {"b": True, "c": True}
    assert shown["b"].repeats == ("c",) and shown["c"].repeats == ()
    assert "comes after" in reasons(process, step, "a")["d"]


def test_flowable_3944_from_several_signers_to_several_signers_no_task_is_lost():
    process = program("start > x > vote > sign > end", {
        "vote": several(None, collection="who", element="one"), "sign": several(None, collection="who")})
    step = at("x", "vote", "vote", process=process, who=["张", "王"])

    after = send_back(process, step.state, wait_at(process, step, "sign", 1).id, "vote")

    assert [(wait.node, wait.item) for wait in kernel.waits(process, after.state)] == [("vote", "张"), ("vote", "王")]
    assert ended(after) == ["sign", "sign"]
    assert legal(process, step, "sign")["vote"].interrupts == ("sign",)
    assert done(process, after, "vote", "vote", "sign", "sign").is_completed


def test_one_signer_sends_the_whole_task_back_and_the_list_is_read_afresh():
    process = program("start > x > vote > end; edge_v > hurry > end_v", {
        "vote": several(None, collection="who"), "edge_v": edge("vote", timer(), interrupting=False)})
    step = done(process, at("x", process=process, who=["张", "王", "李"]), "vote")

    after = done(process, sent(process, step, "vote", "x"), "x", who=["赵"])

    assert [wait.item for wait in kernel.waits(process, after.state) if wait.node == "vote"] == ["赵"]
    assert "edge_v" in legal(process, step, "vote")["x"].rearms


def test_ruoyi_1018_the_step_returned_to_is_timed_again():
    process = program("start > a > b > end; edge_a > hurry > end_a; edge_b > late > end_b", {
        "edge_a": edge("a", timer("R2/PT1H", TimerKind.CYCLE, repetitions=2), interrupting=False),
        "edge_b": edge("b", timer())})
    step = fired(process, kernel.start(process), "edge_a")
    step = done(process, step, "hurry", "a")
    gone = wait_at(process, step, "edge_b")

    after = sent(process, step, "b", "a")

    assert [(wait.node, wait.remaining) for wait in after.opened] == [("a", 1), ("edge_a", 2)]
    assert gone.id in {each.id for each in after.ended}
    assert legal(process, step, "b")["a"].rearms == ("edge_b", "edge_a")
    assert wait_at(process, done(process, after, "a"), "edge_b").id > gone.id


def test_a_task_that_was_sent_back_has_an_id_of_its_own():
    step = at("x", "a")

    after = sent(BLOCK, step, "b", "a")

    assert wait_at(BLOCK, after, "a").id > max(wait.id for wait in step.opened)


NESTED = program(
    "start > x > sub > y > call > z > end; edge_s > order > end_s; edge_e > sorry > end_e", {
        "sub": {"name": "联合审查", "body": drawn("start_i > p > q > and_s; and_s > r > and_j; and_s > s > and_j; "
                                              "and_j > throw_g > t > end_i", {"throw_g": {"milestone": "granted"}})},
        "call": {"called": "receipt"}, "edge_s": edge("sub", timer(), interrupting=False),
        "edge_e": edge("call", event(EventKind.ERROR, "no"))},
    called={"receipt": drawn("start_r > u > v > xor; xor > end_a default; xor > end_no if v == \"no\"", {
        "end_a": {"milestone": "accepted"}, "end_no": {"milestone": "declined", "event": event(EventKind.ERROR, "no")}})})


def test_out_of_a_sub_process_everything_in_it_ends_and_the_path_beside_it_goes_on():
    step = done(NESTED, fired(NESTED, at("x", process=NESTED), "edge_s"), "p", "q", "s")

    after = sent(NESTED, step, "r", "x")

    assert sorted(open_nodes(NESTED, after)) == ["order", "x"]
    assert legal(NESTED, step, "r")["x"].interrupts == ("sub",)
    assert legal(NESTED, step, "r")["x"].repeats == ("p", "q", "s")
    again = done(NESTED, after, "x")
    assert sorted(open_nodes(NESTED, again)) == ["edge_s", "order", "p"]


def test_within_a_sub_process_its_own_timers_stay():
    step = done(NESTED, at("x", process=NESTED), "p", "q")
    clock = wait_at(NESTED, step, "edge_s").id

    after = sent(NESTED, step, "r", "p")

    assert wait_at(NESTED, after, "edge_s").id == clock
    assert sorted(open_nodes(NESTED, after)) == ["edge_s", "p"]
    assert legal(NESTED, step, "r")["p"].scope == ("sub",)


def test_into_a_sub_process_or_called_process_that_is_over_nobody_returns():
    step = done(NESTED, at("x", process=NESTED), "p", "q", "r", "s", "t", "y", "u", "v", v="yes")

    assert "联合审查" in reasons(NESTED, step, "z")["p"] and "子流程" in reasons(NESTED, step, "z")["p"]
    assert "被调用流程" in reasons(NESTED, step, "z")["u"]
    with pytest.raises(InvalidInput, match="no way leads back into it"):
        sent(NESTED, step, "z", "u")


def test_a_caller_learns_of_the_legal_moments_between():
    step = done(NESTED, at("x", process=NESTED), "p", "q", "r", "s", "t", "y", "u", "v", v="yes")
    shown = legal(NESTED, step, "z")

    assert shown["y"].milestones == {"accepted"}  # not “declined”: from there no case comes here
    assert shown["x"].milestones == {"accepted", "granted"}
    refused = done(NESTED, at("x", process=NESTED), "p", "q", "r", "s", "t", "y", "u", "v", v="no")
    assert legal(NESTED, refused, "sorry")["y"].milestones == {"accepted", "declined"}  # it was left over an error
    assert shown["x"].repeats == ("y", "p", "q", "r", "s", "t", "u", "v")  # what lies inside others after them


def test_legal_moments_of_a_branch_that_ends_with_it_count_too():
    process = program("start > x > and_s; and_s > a > throw_g > b > and_j; and_s > c > and_j; and_s > e > throw_r > end_e; "
                      "and_j > d > end", {"throw_g": {"milestone": "granted"}, "throw_r": {"milestone": "refused"}})
    step = at("x", process=process)

    assert legal(process, step, "c")["x"].milestones == set()
    assert legal(process, done(process, step, "a"), "c")["x"].milestones == {"granted"}
    assert legal(process, done(process, step, "a", "b"), "c")["x"].milestones == {"granted"}
    assert legal(process, done(process, step, "e"), "c")["x"].milestones == {"refused"}  # that branch is over
    assert legal(process, done(process, step, "e"), "c")["x"].repeats == ("e",)


def test_a_process_that_calls_itself_is_left_at_the_level_that_is_meant():
    process = program("start > first_1 > end", {"first_1": {"kind": kernel.NodeKind.CALL_ACTIVITY, "called": "q"}}, called={
        "q": drawn("start_q > a > b > xor; xor > call > end_q if deeper == 1; xor > end_2 default", {"call": {"called": "q"}})})
    step = done(process, kernel.start(process, {"deeper": 1}), "a", "b", "a")

    inner = sent(process, step, "b", "a")
    outer = sent(process, step, "b", "a", ("first_1",))

    assert [wait.scope for wait in kernel.waits(process, inner.state)] == [("first_1", "call")]
    assert [wait.scope for wait in kernel.waits(process, outer.state)] == [("first_1",)]


def test_of_one_sub_process_of_several_the_others_stay_or_all_are_left():
    process = program("start > x > sub > end", {"sub": {
        "body": drawn("start_i > a > b > end_i"), **several(None, collection="who", element="one")}})
    step = done(process, at("x", process=process, who=["消防", "人防"]), "a")

    within = sent(process, step, "b", "a")
    out = sent(process, step, "b", "x")

    assert [(wait.node, wait.item) for wait in kernel.waits(process, within.state)] == [("a", "人防"), ("a", "消防")]
    assert open_nodes(process, out) == ["x"]
    assert legal(process, step, "b")["x"].interrupts == ("sub",)


def test_a_path_that_goes_on_twice_at_once_loses_none_of_its_tasks():
    process = program("start > a > end; edge_m > o > p > and_s; and_s > q > and_j; and_s > r > and_j; and_j > end_m",
                      {"edge_m": edge("a", event(EventKind.MESSAGE, "m"), interrupting=False)})
    step = kernel.start(process)
    for _ in range(2):
        step = kernel.correlate(process, step.state, "m")
    one = done(process, step, "o")
    two = done(process, one, "o", "p", "p")

    back = sent(process, one, "p", "o")

    assert sorted(open_nodes(process, back)) == ["a", "edge_m", "o", "o"]
    with pytest.raises(InvalidInput, match="cannot be told"):
        sent(process, two, "q", "p")
    single = done(process, one, "p")
    assert sorted(open_nodes(process, sent(process, single, "q", "p"))) == ["a", "edge_m", "o", "p"]


def test_where_branches_do_not_pair_up_a_return_after_which_the_case_would_get_stuck_is_refused():
    process = program("start > x > and_1; and_1 > a > and_2; and_1 > b > and_3; and_2 > c > and_3; and_2 > d > and_4; "
                      "and_3 > e > and_4; and_4 > f > end")
    step = at("x", "b", "a", "c", process=process)  # d and e are open: b has been used up by e

    assert list(legal(process, step, "d")) == ["x"]
    assert "get stuck" in reasons(process, step, "d")["a"]
    with pytest.raises(InvalidInput, match="do not pair up"):
        sent(process, step, "d", "a")
    assert list(legal(process, at("x", "a", process=process), "d")) == ["x", "a"]  # c goes back with d


def test_a_step_that_cannot_be_entered_leaves_the_case_as_it_was():
    process = program("start > vote > a > end", {"vote": several("n")})
    step = done(process, kernel.start(process, {"n": 1}), "vote", n=1)
    broken = program("start > xor; xor > vote if c == 1; xor > a default; vote > a > end", {"vote": several("n")})
    missing = kernel.start(broken, {"c": 0})

    assert open_nodes(process, sent(process, step, "a", "vote")) == ["vote"]
    with pytest.raises(MissingVariable):
        sent(broken, missing, "a", "vote")
