"""Sending back (退回): where to, what ends with it, what is asked again; and nowhere a case would get stuck or be doubled.

The worst bugs of the engines people use today have a test each, named after the report: returning into a branch leaves the
join stuck (flowable#1641), nobody knows which steps are legal (flowable#3919), from one task of several signers to another
tasks are lost (flowable#3944), a step returned to is not timed again (ruoyi-vue-pro#1018).
"""

import pytest

from engine.definitions.model import EventKind, TimerKind
from engine.errors import AlreadyDecided, InvalidInput, MissingVariable, NotFound
from engine.process import kernel
from engine.process.returning import send_back
from engine.process.step import Ending
from tests.engine.process.drawing import done, edge, event, fired, open_nodes, program, several, timer, wait_at
from tests.engine.process.sending import at, ended, legal, reasons, sent

BLOCK = program(
    "start > x > and_s; and_s > a > b > and_j; and_s > c > and_j; and_s > first > catch_t > d > xor; first > catch_m > xor; "
    "xor > and_j > e > end; edge_x > order > order_2 > end_x; edge_c > hurry > end_c", {
        "x": {"name": "受理"}, "catch_t": {"event": timer()}, "catch_m": {"event": event(EventKind.MESSAGE, "m")},
        "edge_x": edge("x", timer(), interrupting=False), "edge_c": edge("c", timer(), interrupting=False)})


def test_a_task_goes_back_within_its_branch_and_the_other_branches_stay():
    step = at(BLOCK, "x", "a")

    after = sent(BLOCK, step, "b", "a")

    assert sorted(open_nodes(BLOCK, after)) == ["a", "c", "catch_m", "catch_t", "edge_c"]
    assert ended(after) == ["b"] and after.ended[0].how is Ending.CANCELLED
    assert [wait.node for wait in after.opened] == ["a"]


def test_a_task_goes_back_before_a_split_and_everything_inside_the_block_ends_with_it():
    step = fired(BLOCK, at(BLOCK, "x", "a"), "edge_c")

    after = sent(BLOCK, step, "b", "x")

    assert sorted(open_nodes(BLOCK, after)) == ["edge_x", "x"]
    assert ended(after) == ["b", "c", "catch_m", "catch_t", "hurry"]


def test_what_waits_in_a_join_is_taken_back_so_that_it_does_not_fire_early_the_next_time():
    step = done(BLOCK, at(BLOCK, "x", "a"), "c")  # c waits in the join

    after = done(BLOCK, sent(BLOCK, step, "b", "x"), "x", "a", "b")
    after = done(BLOCK, fired(BLOCK, after, "catch_t"), "d")

    assert open_nodes(BLOCK, after) == ["c", "edge_c"]
    assert open_nodes(BLOCK, done(BLOCK, after, "c")) == ["e"]


def test_what_is_shown_is_what_is_done():
    step = fired(BLOCK, at(BLOCK, "x", "a"), "edge_c")
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
    step = at(BLOCK, "x", "a")

    assert set(legal(BLOCK, step, "b")) | set(reasons(BLOCK, step, "b")) == {
        "x", "a", "b", "c", "d", "e", "order", "order_2", "hurry"}
    assert not set(legal(BLOCK, step, "b")) & set(reasons(BLOCK, step, "b"))


@pytest.mark.parametrize("node", ["and_s", "and_j", "start", "edge_x", "catch_t"])
def test_only_a_user_task_is_a_step_to_go_back_to(node):
    with pytest.raises(InvalidInput, match="expected a user task"):
        sent(BLOCK, at(BLOCK, "x"), "a", node)


def test_a_step_that_is_nowhere_is_not_found_and_a_task_that_is_over_takes_no_decision():
    step = at(BLOCK, "x", "a")

    with pytest.raises(NotFound, match="nowhere"):
        sent(BLOCK, step, "b", "nowhere")
    with pytest.raises(AlreadyDecided):
        send_back(BLOCK, step.state, 1, "x")
    with pytest.raises(InvalidInput, match="expected a task"):
        sent(BLOCK, step, "catch_t", "x")


def test_flowable_1641_after_the_branches_have_met_nobody_returns_into_one_of_them():
    process = program("start > x > and_s; and_s > a > and_j; and_s > b > and_j; and_j > c > end")
    step = at(process, "x", "a", "b")

    assert list(legal(process, step, "c")) == ["x"]
    assert legal(process, step, "c")["x"].repeats == ("a", "b")
    with pytest.raises(InvalidInput, match="before the split"):
        sent(process, step, "c", "a")


def test_into_one_branch_of_an_inclusive_split_a_case_may_return_since_its_join_waits_for_nobody_else():
    process = program("start > x > or_s; or_s > a if c == 1; or_s > b default; or_s > d if c == 1; or_j > e > end; "
                      "a > or_j; b > or_j; d > or_j")
    step = at(process, "x", "a", "d", c=1)

    after = sent(process, step, "e", "a")

    assert open_nodes(process, after) == ["a"]
    assert open_nodes(process, done(process, after, "a")) == ["e"]


def test_beside_that_branch_another_of_an_outer_split_goes_on_though_a_loop_leads_round_all_of_it():
    process = program(
        "start > xor_i > or_1; or_1 > or_2 if c == 1; or_1 > y if c == 1; or_1 > z default; or_2 > a if c == 1; "
        "or_2 > b default; a > or_3; b > or_3; or_3 > t > or_4; y > or_4; z > or_4; or_4 > xor; xor > xor_i if again == 1; "
        "xor > end default")
    step = at(process, "a", c=1, again=0)

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
    step = at(process, "a", c=0)

    assert open_nodes(process, sent(process, step, "d", "a")) == ["a"]


def test_several_signers_beside_the_main_path_go_back_together():
    process = program("start > a > end; edge_a > o > vote > end_a", {
        "edge_a": edge("a", timer(), interrupting=False), "vote": several("2")})
    step = done(process, fired(process, kernel.start(process), "edge_a"), "o")

    assert sorted(open_nodes(process, sent(process, step, "vote", "o"))) == ["a", "o"]


def test_flowable_3919_a_step_of_a_rework_loop_is_legal_but_said_to_need_a_round():
    process = program("start > xor_i > a > b > xor; xor > c > xor_i if again == 1; xor > d > end default")
    step = done(process, done(process, at(process), "a"), "b", again=1)
    step = done(process, step, "c")

    shown = legal(process, step, "a")

    assert {node: each.needs_round for node, each in shown.items()} == {"b": True, "c": True}
    assert shown["b"].repeats == ("c",) and shown["c"].repeats == ()
    assert "comes after" in reasons(process, step, "a")["d"]


def test_flowable_3944_from_several_signers_to_several_signers_no_task_is_lost():
    process = program("start > x > vote > sign > end", {
        "vote": several(None, collection="who", element="one"), "sign": several(None, collection="who")})
    step = at(process, "x", "vote", "vote", who=["张", "王"])

    after = send_back(process, step.state, wait_at(process, step, "sign", 1).id, "vote")

    assert [(wait.node, wait.item) for wait in kernel.waits(process, after.state)] == [("vote", "张"), ("vote", "王")]
    assert ended(after) == ["sign", "sign"]
    assert legal(process, step, "sign")["vote"].interrupts == ("sign",)
    assert done(process, after, "vote", "vote", "sign", "sign").is_completed


def test_one_signer_sends_the_whole_task_back_and_the_list_is_read_afresh():
    process = program("start > x > vote > end; edge_v > hurry > end_v", {
        "vote": several(None, collection="who"), "edge_v": edge("vote", timer(), interrupting=False)})
    step = done(process, at(process, "x", who=["张", "王", "李"]), "vote")

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
    step = at(BLOCK, "x", "a")

    after = sent(BLOCK, step, "b", "a")

    assert wait_at(BLOCK, after, "a").id > max(wait.id for wait in step.opened)


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
    step = at(process, "x", "b", "a", "c")  # d and e are open: b has been used up by e

    assert list(legal(process, step, "d")) == ["x"]
    assert "get stuck" in reasons(process, step, "d")["a"]
    with pytest.raises(InvalidInput, match="do not pair up"):
        sent(process, step, "d", "a")
    assert list(legal(process, at(process, "x", "a"), "d")) == ["x", "a"]  # c goes back with d


def test_a_step_that_cannot_be_entered_leaves_the_case_as_it_was():
    process = program("start > vote > a > end", {"vote": several("n")})
    step = done(process, kernel.start(process, {"n": 1}), "vote", n=1)
    broken = program("start > xor; xor > vote if c == 1; xor > a default; vote > a > end", {"vote": several("n")})
    missing = kernel.start(broken, {"c": 0})

    assert open_nodes(process, sent(process, step, "a", "vote")) == ["vote"]
    with pytest.raises(MissingVariable):
        sent(broken, missing, "a", "vote")
