"""What stock SpiffWorkflow does with data, and that we lose none: each test shows both sides (see `test_stock_bugs`)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.specs.defaults import EndEvent
from SpiffWorkflow.bpmn.util.diff import diff_workflow, migrate_workflow
from SpiffWorkflow.util.task import TaskState

from engine.definitions.model import Definition
from engine.errors import InvalidInput, StateCorrupt
from engine.process import kernel
from engine.process.compile import compile_program
from tests.engine.process.drawing import (
    defined,
    done,
    program,
    several,
    wait_at,
)
from tests.engine.process.stock_runner import Stock, workflow_of, xml_of


def test_parallel_branches_lose_each_others_lists_in_stock_and_keep_each_others_variables_here():
    text = "start > and_s; and_s > a > and_j; and_s > b > and_j; and_j > c > end"
    stock, ours = Stock(defined(text), {"ticked": []}), program(text)
    for label, tick in [(label, label[1]) for label in list(stock.tasks())]:
        task = stock.tasks()[label][0]
        stock.complete(label, {"ticked": [*task.data["ticked"], tick]})

    step = done(ours, kernel.start(ours), "a", ticked_a=True)
    step = done(ours, step, "b", ticked_b=True)

    [[last]] = stock.tasks().values()
    assert len(last.data["ticked"]) == 1
    assert step.variables == {"ticked_a": True, "ticked_b": True}


def test_nested_values_of_finished_work_change_later_in_stock_and_nothing_nested_is_kept_here():
    stock, ours = Stock(defined("start > a > b > end"), {"form": {"ticks": []}}), program("start > a > b > end")
    [[a]] = stock.tasks().values()
    stock.do("a")
    [[b]] = stock.tasks().values()

    b.data["form"]["ticks"].append("late")

    assert a.data["form"] == {"ticks": ["late"]}  # of a task completed before
    with pytest.raises(InvalidInput, match=r"data\.form"):
        kernel.start(ours, {"form": {"ticks": []}})


def test_votes_on_several_instances_are_lost_in_stock_and_counted_from_waits_here():
    text, nodes = "start > vote > end", {"vote": several("3")}
    stock, ours = Stock(defined(text, nodes), {"votes": 0}), program(text, nodes)
    for label in list(stock.tasks()):
        stock.complete(label, {"votes": stock.tasks()[label][0].data["votes"] + 1})
    step, votes = kernel.start(ours), 0
    while not step.is_completed:
        votes += 1
        step = done(ours, step, "vote", votes=votes)

    end = next(task for task in stock.workflow.tasks.values() if isinstance(task.task_spec, EndEvent))
    assert end.data["votes"] == 1
    assert step.variables["votes"] == 3


def test_sorted_keys_destroy_the_data_in_stock_and_our_state_has_no_keys_to_sort():
    stock, ours = Stock(defined("start > a > b > c > d > end"), {"n": 0}), program("start > a > b > c > d > end")
    step = kernel.start(ours, {"n": 0})
    wrong = 0
    for n, node in enumerate("abc", 1):
        stock.do(node, n=n)
        step = done(ours, step, node, n=n)
        wrong += _after_sorting(stock) != n

    assert wrong > 0
    assert kernel.waits(ours, bytes(step.state))[0].node == "d" and step.variables == {"n": 3}


def _after_sorting(stock: Stock) -> Any:
    """What the open task knows after its row has been through a store that sorts keys, as JSONB does."""
    serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure())
    text = json.dumps(json.loads(serializer.serialize_json(stock.workflow)), sort_keys=True)
    try:
        restored = serializer.deserialize_json(text)
    except (KeyError, TypeError, AttributeError) as failure:
        return failure
    return restored.get_next_task(state=TaskState.READY).data.get("n")


def test_a_variable_called_typename_makes_the_state_unreadable_in_stock_and_not_here():
    data = {"typename": "企业"}
    stock, ours = Stock(defined("start > a > end"), {"form": data}), program("start > a > end")
    serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure())
    text = serializer.serialize_json(stock.workflow)

    step = kernel.start(ours, data)

    with pytest.raises((TypeError, KeyError)):
        serializer.deserialize_json(text)
    assert done(ours, step, "a").variables == data


def test_one_changed_to_true_is_lost_in_stock_and_kept_here():
    stock, ours = Stock(defined("start > a > b > end"), {"n": 1}), program("start > a > b > end")
    stock.do("a", n=True)
    serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure())

    restored = serializer.deserialize_json(serializer.serialize_json(stock.workflow))
    step = done(ours, kernel.start(ours, {"n": 1}), "a", n=True)

    assert restored.get_next_task(state=TaskState.READY).data["n"] is not True
    assert done(ours, step, "b").variables["n"] is True


def test_moving_to_a_new_version_loses_what_was_not_yet_saved_in_stock_and_is_refused_here():
    old, new = defined("start > a > end"), defined("start > a > b > end")
    stock, ours = Stock(old), compile_program(old)
    [[task]] = stock.tasks().values()
    task.data["draft"] = "三页意见"
    step = kernel.start(ours)

    _migrate(stock, new)

    [[task]] = stock.tasks().values()
    assert "draft" not in task.data
    with pytest.raises(StateCorrupt, match="belongs to another process definition"):
        kernel.complete(compile_program(new), step.state, wait_at(ours, step, "a").id)


def _migrate(stock: Stock, definition: Definition) -> None:
    """Stock's own way to a new version."""
    registry, spec = BpmnWorkflowSerializer().registry, workflow_of(xml_of(definition), "p").spec
    difference, _ = diff_workflow(registry, stock.workflow, spec, {})
    migrate_workflow(difference, stock.workflow, spec)
