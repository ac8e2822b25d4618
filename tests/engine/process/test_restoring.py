"""Taking back (拿回): the case stands as before, and no id that somebody saw end ever means something open again."""

from random import Random

import pytest

from engine.definitions.model import EventKind, TimerKind
from engine.errors import InvalidInput, StateCorrupt
from engine.process import kernel
from engine.process.compile import compile_program
from engine.process.restoring import restore
from engine.process.step import Ending, WaitKind
from tests.engine.process.blocks import VARIABLES, Maker
from tests.engine.process.drawing import done, drawn, edge, event, fired, program, several, timer, wait_at

PROCESS = program(
    "start > a > xor; xor > b if a == 1; xor > d > end default; b > end; edge_a > hurry > end_a; edge_2 > x > end", {
        "edge_a": edge("a", timer("R3/PT1H", TimerKind.CYCLE, repetitions=3), interrupting=False),
        "edge_2": edge("a", event(EventKind.MESSAGE, "m"))})


def shape(process, state):
    """What can be seen of a state but for the ids."""
    return sorted((wait.kind.value, wait.node, str(wait.index), str(wait.item), str(wait.remaining), wait.scope)
                  for wait in kernel.waits(process, state))


def taken_back(process, step, task, **data):
    """(before, after, restored) of completing a task and taking that back."""
    wait = wait_at(process, step, task).id
    after = kernel.complete(process, step.state, wait, data)
    return step, after, restore(process, step.state, after.state, wait)


def test_a_task_taken_back_is_open_again_under_an_id_of_its_own():
    before, after, back = taken_back(PROCESS, kernel.start(PROCESS, {"a": 0}), "a", a=1)

    assert shape(PROCESS, back.state) == shape(PROCESS, before.state)
    assert back.variables == {"a": 0} and after.variables == {"a": 1}
    assert [(one.node, one.how) for one in back.ended] == [("b", Ending.CANCELLED)]
    assert {wait.node for wait in back.opened} == {"a", "edge_a", "edge_2"}
    assert min(wait.id for wait in back.opened) > max(wait.id for wait in (*before.opened, *after.opened))
    assert back.waiting == 3 and not back.is_completed


def test_what_was_untouched_keeps_its_id_and_is_not_told_again():
    process = program("start > and_s; and_s > a > and_j; and_s > b > and_j; and_j > c > end; edge_b > hurry > end_b",
                      {"edge_b": edge("b", timer(), interrupting=False)})
    before, _, back = taken_back(process, kernel.start(process), "a")

    kept = {wait.id for wait in kernel.waits(process, before.state) if wait.node != "a"}
    assert kept < {wait.id for wait in kernel.waits(process, back.state)}
    assert [wait.node for wait in back.opened] == ["a"] and back.ended == ()
    assert [wait.node for wait in done(process, back, "a", "b").opened] == ["c"]  # the join has not kept the first arrival


def test_the_path_beside_and_the_firings_left_of_a_cycle_are_as_before():
    step = fired(PROCESS, kernel.start(PROCESS, {"a": 0}), "edge_a")
    before, _, back = taken_back(PROCESS, step, "a", a=1)

    assert wait_at(PROCESS, back, "hurry").id == wait_at(PROCESS, before, "hurry").id
    assert wait_at(PROCESS, back, "edge_a").remaining == wait_at(PROCESS, before, "edge_a").remaining == 2
    assert {one.node for one in fired(PROCESS, back, "edge_a").opened} == {"hurry"}


def test_one_of_several_signers_takes_back_and_all_counts_are_right():
    process = program("start > vote > b > end", {
        "vote": several(None, collection="who", completion="nrOfCompletedInstances >= 2")})
    step = done(process, kernel.start(process, {"who": ["张", "王", "李"]}), "vote")
    second = wait_at(process, step, "vote", 1).id

    after = kernel.complete(process, step.state, second, {})
    back = restore(process, step.state, after.state, second)

    assert [wait.item for wait in back.opened] == ["王", "李"]  # 李 had been called off, since two were enough
    assert [wait.node for wait in done(process, back, "vote").opened] == ["b"]


def test_what_happened_inside_sub_processes_is_undone_too():
    process = program("start > sub > call > end", {
        "sub": {"body": drawn("start_i > a > end_i")}, "call": {"called": "q"}}, called={"q": drawn("start_q > u > v > end_q")})
    before, _, back = taken_back(process, kernel.start(process, {"n": 1}), "a", n=2)

    assert shape(process, back.state) == shape(process, before.state)
    assert [one.node for one in back.ended] == ["u"]
    again = done(process, back, "a", "u", "v", n=3)
    assert again.is_completed and again.variables == {"n": 3}


def test_a_case_that_had_come_to_its_end_goes_on():
    process = program("start > a > end")
    _, after, back = taken_back(process, kernel.start(process), "a")

    assert after.is_completed and not back.is_completed and back.end is None
    assert done(process, back, "a").is_completed


def test_a_task_can_be_taken_back_again_and_again():
    step, ids = kernel.start(PROCESS, {"a": 0}), []
    for _ in range(5):
        _, _, step = taken_back(PROCESS, step, "a", a=1)
        ids += [wait.id for wait in kernel.waits(PROCESS, step.state)]

    assert len(set(ids)) == len(ids)


def test_what_was_not_completed_is_not_taken_back():
    step = kernel.start(PROCESS, {"a": 0})
    task, clock = wait_at(PROCESS, step, "a").id, wait_at(PROCESS, step, "edge_a").id
    after = done(PROCESS, step, "a", a=1)

    for before, now, wait in ((step, after, 99), (step, after, clock), (step, after, wait_at(PROCESS, after, "b").id),
                              (after, after, task), (step, step, task)):
        with pytest.raises(InvalidInput, match="wait_id"):
            restore(PROCESS, before.state, now.state, wait)


def test_a_state_that_did_not_come_of_the_other_is_refused():
    step = kernel.start(PROCESS, {"a": 0})
    after = done(PROCESS, step, "a", a=1)
    lapsed = fired(PROCESS, step, "edge_a")
    hurried, lapsed_again = done(PROCESS, lapsed, "hurry"), done(PROCESS, fired(PROCESS, lapsed, "edge_a"), "a", a=1)

    longer = done(PROCESS, fired(PROCESS, hurried, "edge_a"), "hurry")
    over = done(PROCESS, kernel.start(PROCESS, {"a": 0}), "a", "d")

    for before, now, node in ((after, step, "b"), (hurried, lapsed_again, "a"), (longer, over, "a")):
        with pytest.raises(InvalidInput, match="after"):
            restore(PROCESS, before.state, now.state, wait_at(PROCESS, before, node).id)
    with pytest.raises(StateCorrupt):
        restore(PROCESS, step.state, b"", wait_at(PROCESS, step, "a").id)


@pytest.mark.parametrize("batch", range(6))
def test_in_random_processes_whatever_is_taken_back_is_as_before_and_goes_on_the_same_way(batch):
    for seed in range(batch * 40, (batch + 1) * 40):
        random, maker = Random(seed), Maker(seed, is_free=True)
        process = compile_program(maker.definition())
        step = kernel.start(process, {name: random.randint(0, 1) for name in VARIABLES})
        for _ in range(15):
            tasks = [wait for wait in kernel.waits(process, step.state) if wait.kind is WaitKind.TASK]
            if not tasks:
                break
            task = random.choice(tasks)
            data = {maker.answers[task.node]: random.randint(0, 1)} if task.node in maker.answers else {}
            after = kernel.complete(process, step.state, task.id, data)
            back = restore(process, step.state, after.state, task.id)
            check(process, step, after, back, task, data)
            step = after if random.random() < 0.5 else kernel.complete(
                process, back.state, next(wait.id for wait in back.opened if wait.node == task.node
                                          and wait.scope == task.scope and wait.index == task.index), data)


def check(process, before, after, back, task, data):
    """All that is promised of a step back."""
    ids = [{wait.id for wait in kernel.waits(process, each.state)} for each in (before, after, back)]
    assert shape(process, back.state) == shape(process, before.state) and back.variables == before.variables
    assert ids[2] - ids[0] == {wait.id for wait in back.opened} and ids[1] - ids[2] == {one.id for one in back.ended}
    assert not (ids[2] - ids[0]) & (ids[0] | ids[1]) and ids[0] & ids[1] <= ids[2] and task.id not in ids[2]
    gone = sorted(ids[0] - ids[1])
    named = {wait.id: wait.node for wait in kernel.waits(process, before.state)}
    assert [named[id] for id in gone] == [wait.node for wait in back.opened]
    fresh = [wait for wait in back.opened if (wait.node, wait.scope, wait.index) == (task.node, task.scope, task.index)]
    same = {shape(process, kernel.complete(process, back.state, wait.id, data).state) == shape(process, after.state)
            for wait in fresh}
    assert True in same
