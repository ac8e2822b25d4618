"""Stock SpiffWorkflow in memory, as an oracle: its own parser on XML written from our model, its own engine.

Conditions are the same text for both engines: what is used here reads alike in Python and CEL. Time is not waited for: a
timer's due instant is set into the past.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from lxml import etree
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.specs.defaults import EndEvent, InclusiveGateway
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.util.event import BpmnEvent
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from engine.definitions.model import Definition, EventKind, MultiInstance, Node, NodeKind, Scope, StandardLoop

logging.getLogger("spiff").setLevel(logging.WARNING)

_TAGS = {
    NodeKind.START_EVENT: "startEvent", NodeKind.END_EVENT: "endEvent", NodeKind.USER_TASK: "userTask",
    NodeKind.CATCH_EVENT: "intermediateCatchEvent", NodeKind.THROW_EVENT: "intermediateThrowEvent",
    NodeKind.BOUNDARY_EVENT: "boundaryEvent", NodeKind.EXCLUSIVE_GATEWAY: "exclusiveGateway",
    NodeKind.PARALLEL_GATEWAY: "parallelGateway", NodeKind.INCLUSIVE_GATEWAY: "inclusiveGateway",
    NodeKind.EVENT_GATEWAY: "eventBasedGateway", NodeKind.SUBPROCESS: "subProcess", NodeKind.CALL_ACTIVITY: "callActivity",
}
_PAST = "2020-01-01T00:00:00+00:00"
Label = tuple[tuple[str, ...], str, Any]  # ids of what is around it, its id, number of the nearest instance


def xml_of(definition: Definition) -> bytes:
    """The definition as BPMN, without a drawing."""
    roots: dict[str, str] = {}
    bodies = "".join(f'<process id="{process.id}" isExecutable="true">{_scope(process.scope, roots)}</process>'
                     for process in definition.processes.values())
    return (f'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">'
            f'{"".join(roots.values())}{bodies}</definitions>').encode()


def _scope(scope: Scope, roots: dict[str, str]) -> str:
    nodes = "".join(_node(node, scope, roots) for node in scope.nodes)
    flows = "".join(
        f'<sequenceFlow id="{flow.id}" sourceRef="{flow.source}" targetRef="{flow.target}">'
        + (f"<conditionExpression>{escape(flow.condition)}</conditionExpression>" if flow.condition else "")
        + "</sequenceFlow>" for flow in scope.flows)
    return nodes + flows


def _node(node: Node, scope: Scope, roots: dict[str, str]) -> str:
    attributes = {"id": node.id, "name": node.name, "default": node.default, "calledElement": node.called,
                  "attachedToRef": node.attached_to,
                  "cancelActivity": str(node.interrupting).lower() if node.attached_to else None}
    inner = "".join(f"<incoming>{flow.id}</incoming>" for flow in scope.flows if flow.target == node.id)
    inner += "".join(f"<outgoing>{flow.id}</outgoing>" for flow in scope.flows if flow.source == node.id)
    inner += _event(node, roots) + _loop(node) + (_scope(node.body, roots) if node.body is not None else "")
    text = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items() if value)
    return f"<{_TAGS[node.kind]}{text}>{inner}</{_TAGS[node.kind]}>"


def _event(node: Node, roots: dict[str, str]) -> str:
    if node.event is None or node.event.kind is EventKind.NONE:
        return ""
    kind, name, timer = node.event.kind, node.event.name, node.event.timer
    if timer is not None:
        form = {"duration": "timeDuration", "cycle": "timeCycle", "date": "timeDate"}[timer.kind.value]
        return f'<timerEventDefinition id="d_{node.id}"><{form}>"{timer.text}"</{form}></timerEventDefinition>'
    if kind is EventKind.TERMINATE:
        return f'<terminateEventDefinition id="d_{node.id}"/>'
    code = {EventKind.ERROR: "errorCode", EventKind.ESCALATION: "escalationCode"}.get(kind)
    if name is None:
        return f'<{kind.value}EventDefinition id="d_{node.id}"/>'
    roots[f"{kind.value}_{name}"] = (f'<{kind.value} id="{kind.value}_{name}" name="{name}"'
                                     + (f' {code}="{name}"' if code else "") + "/>")
    return f'<{kind.value}EventDefinition id="d_{node.id}" {kind.value}Ref="{kind.value}_{name}"/>'


def _loop(node: Node) -> str:
    match node.loop:
        case MultiInstance() as loop:
            condition = f"<completionCondition>{escape(loop.completion)}</completionCondition>" if loop.completion else ""
            return (f'<multiInstanceLoopCharacteristics isSequential="{str(loop.sequential).lower()}">'
                    f"<loopCardinality>{loop.cardinality}</loopCardinality>{condition}</multiInstanceLoopCharacteristics>")
        case StandardLoop() as loop:
            maximum = f' loopMaximum="{loop.maximum}"' if loop.maximum is not None else ""
            condition = f"<loopCondition>{escape(loop.condition)}</loopCondition>" if loop.condition else ""
            return (f'<standardLoopCharacteristics testBefore="{str(loop.test_before).lower()}"{maximum}>{condition}'
                    "</standardLoopCharacteristics>")
    return ""


@contextmanager
def mended_inclusive_joins() -> Iterator[None]:
    """Stock whose inclusive joins look at every way that leads to them, and at what is STARTED: its own search follows only
    the first way into each node (`test_stock_bugs` shows it)."""
    original = InclusiveGateway._check_threshold_unstructured
    InclusiveGateway._check_threshold_unstructured = _is_nothing_on_its_way
    try:
        yield
    finally:
        InclusiveGateway._check_threshold_unstructured = original


def _is_nothing_on_its_way(join: Any, my_task: Any) -> bool:
    tasks = list(my_task.workflow.get_tasks(end_at_spec=join.name))
    own = [task for task in tasks if task.task_spec is join]
    filled = {task.parent.task_spec for task in own if task.parent.state == TaskState.COMPLETED}
    empty = [spec for spec in join.inputs if spec not in filled]
    if any(task.parent.has_state(TaskState.DEFINITE_MASK) and task.parent.task_spec in empty for task in own):
        return False
    on_its_way = _upstream(empty, join) - _upstream(filled, join)
    return not any(task.has_state(TaskState.DEFINITE_MASK) and task.task_spec in on_its_way for task in tasks)


def _upstream(specs: Iterable[Any], join: Any) -> set[Any]:
    found: set[Any] = set()
    left = list(specs)
    while left:
        spec = left.pop()
        if spec is not join and spec not in found:
            found.add(spec)
            left += spec.inputs
    return found


def workflow_of(xml: bytes, process: str) -> BpmnWorkflow:
    """Stock's workflow of a file, not yet begun."""
    parser = BpmnParser()
    parser.add_bpmn_xml(etree.fromstring(xml))
    return BpmnWorkflow(parser.get_spec(process), parser.get_subprocess_specs(process))


class Stock:
    """One instance of a definition on stock SpiffWorkflow."""

    def __init__(self, definition: Definition, data: Mapping[str, Any] | None = None) -> None:
        self.workflow = workflow_of(xml_of(definition), definition.primary)
        self.workflow.get_next_task(state=TaskState.READY).data.update(data or {})
        self.settle()

    @classmethod
    def of_xml(cls, xml: bytes) -> Stock:
        """An instance of a process “p” in XML that we would write otherwise."""
        stock = cls.__new__(cls)
        stock.workflow = workflow_of(xml, "p")
        stock.settle()
        return stock

    def settle(self) -> None:
        """Run what runs by itself. Stock refreshes timers after its last step, which leaves a fired one READY: once more. Not
        for ever: what is too deep in its tree stays READY for good."""
        for _ in range(3):
            self.workflow.refresh_timers()
            self.workflow.do_engine_steps()
            if all(task.task_spec.manual for task in self._all(TaskState.READY)):
                return

    def tasks(self) -> dict[Label, list[Any]]:
        """Open user tasks."""
        return self._labelled(task for task in self._all(TaskState.READY) if task.task_spec.manual)

    def events(self) -> dict[Label, list[Any]]:
        """Awaited timers and messages; those of an event gateway under the events' own labels."""
        found: dict[Label, list[Any]] = {}
        for label, tasks in self._labelled(self._all(TaskState.WAITING)).items():
            spec = tasks[0].task_spec
            if type(spec).__name__ == "EventBasedGateway":
                for output in spec.outputs:
                    found[label[0], output.bpmn_id, label[2]] = tasks
            elif getattr(spec, "event_definition", None) is not None:
                found[label] = tasks
        return found

    def names(self) -> list[str]:
        """Ids of the open user tasks, each as often as it is open."""
        return sorted(node for (_, node, _), tasks in self.tasks().items() for _ in tasks)

    def do(self, *nodes: str, **data: Any) -> None:
        """Complete the tasks at these nodes one after the other, each with `data`."""
        for node in nodes:
            self.complete(next(label for label in self.tasks() if label[1] == node), data)

    def complete(self, label: Label, data: Mapping[str, Any]) -> None:
        """Complete a task."""
        task = self.tasks()[label][0]
        task.data.update(data)
        task.run()
        self.settle()

    def fire(self, label: Label) -> None:
        """A timer is due."""
        task = self.events()[label][0]
        value = task.internal_data["event_value"]
        task.internal_data["event_value"] = {**value, "next": _PAST} if isinstance(value, dict) else _PAST
        self.settle()

    def send(self, name: str) -> None:
        """A message has come."""
        self.workflow.send_event(BpmnEvent(MessageEventDefinition(name)))
        self.settle()

    def ends(self) -> list[str]:
        """End events reached so far."""
        return sorted(task.task_spec.bpmn_id for task in self._all(TaskState.COMPLETED)
                      if isinstance(task.task_spec, EndEvent))

    def is_completed(self) -> bool:
        """Does stock say it is over?"""
        return bool(self.workflow.is_completed())

    def _all(self, state: int) -> Iterator[Any]:
        for workflow in (self.workflow, *self.workflow.subprocesses.values()):
            yield from (task for task in workflow.tasks.values() if task.state == state)

    def _labelled(self, tasks: Iterator[Any]) -> dict[Label, list[Any]]:
        found: dict[Label, list[Any]] = {}
        for task in tasks:
            found.setdefault((self._path(task.workflow), task.task_spec.bpmn_id, self._index(task)), []).append(task)
        return found

    def _path(self, workflow: Any) -> tuple[str, ...]:
        if workflow.parent_task_id is None:
            return ()
        host = self.workflow.get_task_from_id(workflow.parent_task_id)
        return (*self._path(host.workflow), host.task_spec.bpmn_id)

    def _index(self, task: Any) -> Any:
        while task is not None:
            for name in ("key_or_index", "item", "iteration"):
                if name in task.internal_data:
                    return task.internal_data[name]
            owner = task.workflow.parent_task_id
            task = self.workflow.get_task_from_id(owner) if owner is not None else None
        return None
