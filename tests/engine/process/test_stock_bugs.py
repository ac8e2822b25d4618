"""Where stock SpiffWorkflow moves tokens wrongly, and that we do not: each test shows both sides on one process.

A release of SpiffWorkflow that mends a fault makes the first half of its test fail: then the fault may come back into the
comparison with stock (`blocks`), and its test goes. What stock makes of a file is in `test_stock_parsing`, what it does with
data in `test_stock_data`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from engine.definitions.model import TimerKind
from engine.errors import AlreadyDecided, Incident, StepBudgetExceeded
from engine.process import kernel
from engine.process.compile import compile_program
from tests.engine.process.drawing import (
    defined,
    done,
    drawn,
    edge,
    fired,
    open_nodes,
    program,
    timer,
    wait_at,
)
from tests.engine.process.stock_runner import Stock, workflow_of, xml_of

LOOP = "start > xor_in > a > xor_out; xor_out > xor_in if again == 1; xor_out > end default"


def test_a_parallel_block_in_a_loop_ends_early_in_stock_and_waits_for_both_branches_here():
    text = ("start > xor_in > and_s; and_s > a > and_j; and_s > b > and_j; and_j > c > xor_out; "
            "xor_out > xor_in if again == 1; xor_out > end default")
    stock, ours = Stock(defined(text)), program(text)
    stock.do("a", "b")
    stock.do("c", again=1)
    step = done(ours, done(ours, kernel.start(ours), "a", "b"), "c", again=1)

    stock.do("b")  # the other branch first this time
    step = done(ours, step, "b")

    assert stock.names() == ["a", "c"]
    assert open_nodes(ours, step) == ["a"]
    assert open_nodes(ours, done(ours, step, "a")) == ["c"]


def test_an_inclusive_join_forgets_a_running_subprocess_in_stock_and_waits_for_it_here():
    text = ("start > or_s; or_s > a if x == 1; a > or_j; or_s > sub if y == 1; sub > xor; "
            "xor > b if z == 1; xor > e default; b > or_j; e > or_j; or_j > d > end")
    nodes = {"sub": {"body": drawn("start_i > inner > end_i")}}
    data = {"x": 1, "y": 1, "z": 1}
    stock, ours = Stock(defined(text, nodes), data), program(text, nodes)

    stock.do("a")
    step = done(ours, kernel.start(ours, data), "a")

    assert stock.names() == ["d", "inner"]
    assert open_nodes(ours, step) == ["inner"]
    assert open_nodes(ours, done(ours, step, "inner", "b")) == ["d"]


def test_an_inclusive_join_looks_back_along_one_way_only_in_stock_and_along_all_here():
    text = ("start > or_s; or_s > a if x == 1; a > or_j; or_s > xor_s if y == 1; xor_s > b if w == 1; xor_s > c default; "
            "b > xor_m; c > xor_m > xor; xor > e if z == 1; xor > f default; e > or_j; f > or_j; or_j > d > end")
    data = {"x": 1, "y": 1, "w": 0, "z": 1}
    stock, ours = Stock(defined(text), data), program(text)

    stock.do("a")
    step = done(ours, kernel.start(ours, data), "a")

    assert stock.names() == ["c", "d"]
    assert open_nodes(ours, step) == ["c"]
    assert open_nodes(ours, done(ours, step, "c", "e")) == ["d"]


def test_completing_the_task_cancels_the_orders_its_repeating_timer_gave_in_stock_and_not_here():
    text = "start > a > b > end; edge_t > supervise > end_t"
    nodes = {"edge_t": edge("a", timer("R3/P1D", TimerKind.CYCLE, repetitions=3), interrupting=False)}
    stock, ours = Stock(defined(text, nodes)), program(text, nodes)
    stock.fire(next(label for label in stock.events() if label[1] == "edge_t"))
    step = fired(ours, kernel.start(ours), "edge_t")
    assert "supervise" in stock.names() and "supervise" in open_nodes(ours, step)

    stock.do("a")
    step = done(ours, step, "a")

    assert stock.names() == ["b"]  # nobody supervises any more
    assert sorted(open_nodes(ours, step)) == ["b", "supervise"]


def test_of_two_timers_on_an_event_gateway_the_shorter_never_fires_in_stock_and_both_may_here():
    text = "start > first; first > catch_long > a > end_a; first > catch_short > b > end_b"
    nodes = {"catch_long": {"event": timer("P5D")}, "catch_short": {"event": timer("PT1S")}}
    stock, ours = Stock(defined(text, nodes)), program(text, nodes)
    gateway = next(task for task in stock.workflow.tasks.values() if task.task_spec.bpmn_id == "first")

    step = kernel.start(ours)

    assert isinstance(gateway.internal_data["event_value"], str)  # one due instant for both
    assert [(wait.node, wait.timer.text) for wait in step.opened] == [("catch_long", "P5D"), ("catch_short", "PT1S")]
    assert open_nodes(ours, fired(ours, step, "catch_short")) == ["b"]
    assert open_nodes(ours, fired(ours, step, "catch_long")) == ["a"]


def test_after_some_hundred_rounds_of_rework_the_task_is_gone_in_stock_and_here_two_thousand_change_nothing():
    stock, ours = Stock(defined(LOOP)), program(LOOP)
    rounds = 0
    while stock.tasks() and rounds < 400:
        task = next(iter(stock.workflow.get_tasks(state=TaskState.READY, manual=True)), None)
        if task is None:
            break
        task.data["again"] = 1
        task.run()
        stock.workflow.do_engine_steps()
        rounds += 1

    step = kernel.start(ours)
    sizes = []
    for _ in range(2000):
        step = done(ours, step, "a", again=1)
        sizes.append(len(step.state))
    last = done(ours, step, "a", again=0)

    assert rounds < 400 and not stock.workflow.get_tasks(state=TaskState.READY)
    assert max(sizes[1000:]) <= sizes[10] + 8  # only the counter of tokens grows a little
    assert last.is_completed


def test_a_loop_without_a_person_stops_silently_in_stock_and_is_an_incident_here():
    text = "start > xor > throw > xor_2; xor_2 > xor if again == 1; xor_2 > end default"
    stock, ours = Stock(defined(text), {"again": 1}), program(text)

    with pytest.raises(StepBudgetExceeded, match="1000 automatic activities"):
        kernel.start(ours, {"again": 1})

    assert stock.is_completed() and stock.ends() == []


def test_a_task_is_completed_twice_in_stock_and_takes_one_decision_here():
    stock, ours = Stock(defined("start > a > b > end")), program("start > a > b > end")
    [[task]] = stock.tasks().values()
    step = kernel.start(ours)
    wait = wait_at(ours, step, "a")

    stock.do("a")
    step = done(ours, step, "a")

    assert task.run() is True  # a second time
    with pytest.raises(AlreadyDecided):
        kernel.complete(ours, step.state, wait.id)


def test_a_process_that_calls_itself_never_stops_in_stock_and_is_an_incident_here():
    definition = defined("start > call > end", {"call": {"called": "q"}}, called={
        "q": drawn("start > call > end", {"call": {"called": "q"}})})
    workflow = workflow_of(xml_of(definition), "p")

    with pytest.raises(_Enough):
        workflow.do_engine_steps(will_complete_task=_stop_at(40, workflow))
    with pytest.raises(Incident, match="does a process call itself"):
        kernel.start(compile_program(definition))


class _Enough(Exception):
    """Stock would go on."""


def _stop_at(depth: int, workflow: BpmnWorkflow) -> Callable[[Any], None]:
    def stop(task: Any) -> None:
        if len(workflow.subprocesses) >= depth:
            raise _Enough
    return stop


def test_an_interrupting_timer_of_ours_never_fires_by_itself():
    text = "start > a > end; edge_t > b > end_b"
    nodes = {"edge_t": edge("a", timer("2020-01-01T00:00:00+00:00", TimerKind.DATE))}
    stock, ours = Stock(defined(text, nodes)), program(text, nodes)

    step = kernel.start(ours)

    assert stock.names() == ["b"]  # it reads the wall clock
    assert open_nodes(ours, step) == ["a", "edge_t"]
    assert open_nodes(ours, fired(ours, step, "edge_t")) == ["b"]


def test_every_missed_period_of_a_cycle_is_made_up_for():
    text = "start > a > end; edge_t > supervise > end_t"
    nodes = {"edge_t": edge("a", timer("R3/PT1M", TimerKind.CYCLE, repetitions=3), interrupting=False)}
    ours = program(text, nodes)

    step = fired(ours, kernel.start(ours), "edge_t", "edge_t", "edge_t")

    assert open_nodes(ours, step) == ["a", "supervise", "supervise", "supervise"]
    assert step.ended[-1].node == "edge_t"  # and no fourth
