"""How a token behaves at a node: our task specs on SpiffWorkflow's, with the prediction taken out.

A spec is told three things: a token *arrives* over a flow, a READY token *runs*, a token *completes* and its successors
come about. Conditions keep the file's order, never the drawing's. What waits or holds others is in `activities`, what
repeats in `loops`, what joins in `gateways`, what throws and catches in `events`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec

from engine.definitions.model import Event, EventKind, Node
from engine.errors import ExpressionFailed, MissingVariable, NoPath
from engine.expressions import EvaluationFailed, Expression, UnknownName
from engine.process.step import Ending, Passed, WaitKind
from engine.process.token import READY, Token

if TYPE_CHECKING:
    from engine.process.events import BoundarySpec
    from engine.process.instance import Instance
    from engine.process.loops import Loop
    from engine.process.scope import ScopeSpec


_NONE = Event(kind=EventKind.NONE)


class NodeSpec(BpmnTaskSpec):
    """A flow node; by itself one a token goes through, such as a start event.

    `number`: what the state refers to, unique in a program; `place`: its number in its scope. `flows`: outgoing flows in
    document order; `is_choice`: their conditions decide. `boundary`: the boundary events attached here. `loop`: what
    repeats the activity, None for once. `wait_kind`: what a token here waits for, None when for nothing outside.
    `holds_others`: something goes on inside the token.
    """

    wait_kind: WaitKind | None = None
    holds_others = False

    def __init__(self, scope: ScopeSpec, node: Node, number: int) -> None:
        super().__init__(scope, node.id, lane=node.lane)
        self.bpmn_id, self.bpmn_name = node.id, node.name
        self.scope = scope
        self.node = node
        self.event = node.event or _NONE
        self.event_name = self.event.name
        self.place = 0
        self.number = number
        self.flows: list[FlowSpec] = []
        self.is_choice = False
        self.boundary: list[BoundarySpec] = []
        self.loop: Loop | None = None

    def arrive(self, instance: Instance, flow: FlowSpec | None, parent: int | None = None) -> None:
        """A token comes in over `flow`; None: it begins here. `parent`: the event gateway that awaits it."""
        instance.add(self, READY, parent)

    def leave(self, token: Token) -> None:
        """A token goes out over every flow, or over those whose condition holds."""
        instance = token.workflow
        for flow in self.chosen(instance.values) if self.is_choice else self.flows:
            flow.target.arrive(instance, flow)

    def chosen(self, values: Mapping[str, Any]) -> list[FlowSpec]:
        """The flows whose condition holds, else the default flow (BPMN 2.0 §13.3.3). Raises NoPath."""
        default = self.node.default
        chosen = [flow for flow in self.flows if flow.id != default and flow.holds(values)]
        return chosen or self.by_default()

    def by_default(self) -> list[FlowSpec]:
        """The default flow. Raises NoPath when there is none."""
        found = [flow for flow in self.flows if flow.id == self.node.default]
        if not found:
            raise NoPath(self.node.id)
        return found

    def waits_for(self, token: Token) -> WaitKind | None:
        """What this token waits for from outside; the activity that holds a loop's instances waits for nothing."""
        return None if self.loop is not None and token.index is None else self.wait_kind

    def is_host(self, token: Token) -> bool:
        """Does the token stand for something that goes on inside it?"""
        return self.holds_others or (self.loop is not None and token.index is None)

    def forget(self, token: Token, how: Ending) -> None:
        """The token is over, completed or overtaken, and with it what belongs to it."""
        instance = token.workflow
        kind = self.waits_for(token)
        if kind is not None:
            instance.run.end(token, kind, how)
        instance.remove(token)
        if (self.boundary and token.index is None) or self.is_host(token):
            for owned in token.children:
                if owned.id in instance.tasks:
                    owned.cancel()

    def _predict(self, my_task: Token, *args: object, **kwargs: object) -> None:
        """Nothing is predicted: successors come about when a token completes."""

    def _run_hook(self, my_task: Token) -> bool:
        return True

    def _on_complete(self, my_task: Token) -> None:
        self.forget(my_task, Ending.COMPLETED)
        self.leave(my_task)

    def _on_cancel(self, my_task: Token) -> None:
        self.forget(my_task, Ending.CANCELLED)


class FlowSpec:
    """A sequence flow, resolved. `position`: its place among the flows into `target`."""

    __slots__ = ("condition", "id", "position", "source", "target")

    def __init__(self, id: str, source: NodeSpec, target: NodeSpec, condition: Expression | None, position: int) -> None:
        self.id, self.source, self.target = id, source, target
        self.condition, self.position = condition, position

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Does the condition hold? Raises MissingVariable or ExpressionFailed."""
        return self.condition is None or evaluate(self.condition, values, self.source.bpmn_id, is_condition=True) is True


def evaluate(expression: Expression, values: Mapping[str, Any], node: str, *, is_condition: bool = False) -> object:
    """Evaluate for a node. Raises MissingVariable or ExpressionFailed, both incidents that name the node."""
    try:
        return expression.holds(values) if is_condition else expression.evaluate(values)
    except UnknownName as error:
        raise MissingVariable(node, error.name) from error
    except EvaluationFailed as error:
        raise ExpressionFailed(node, expression.text, error.reason) from error


def note(token: Token, *, is_end: bool) -> None:
    """Write down that a token went through a throw or end event."""
    spec, instance = token.task_spec, token.workflow
    instance.run.passed.append(Passed(
        node=spec.bpmn_id, kind=spec.event.kind.value, event=spec.event_name, is_end=is_end, milestone=spec.node.milestone,
        scope=instance.path))
