"""Activities: what a token waits in (BPMN 2.0 §13.2): tasks, sub-processes, call activities, and awaited events.

An activity may have boundary events and may repeat. A repeating activity is one *host* token with one token for each
instance; boundary events belong to the host. A sub-process is a token with another instance inside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.definitions.model import Node, NodeKind
from engine.errors import Incident
from engine.process.instance import Instance
from engine.process.nodes import NodeSpec
from engine.process.step import Ending, WaitKind
from engine.process.token import STARTED, WAITING, Token
from engine.sentences import say

if TYPE_CHECKING:
    from engine.process.nodes import FlowSpec
    from engine.process.scope import ScopeSpec

MAX_DEPTH = 20
"""Instances inside one another: a process that calls itself without end becomes an incident."""


class ActivitySpec(NodeSpec):
    """A task that waits for a person or a connector, and what activities have in common."""

    def __init__(self, scope: ScopeSpec, node: Node, number: int) -> None:
        super().__init__(scope, node, number)
        self.wait_kind = WaitKind.CONNECTOR if node.kind is NodeKind.SERVICE_TASK else WaitKind.TASK

    def arrive(self, instance: Instance, flow: FlowSpec | None, parent: int | None = None) -> None:
        """The activity begins, with the events that are awaited meanwhile."""
        if self.loop is not None:
            host = instance.add(self, STARTED, parent)
            self.attach(host)
            self.loop.begin(host)
        else:
            token = instance.add(self, WAITING, parent, memory=self.memory_of(instance))
            if self.boundary:
                self.attach(token)
            self.begin(token)

    def memory_of(self, instance: Instance) -> list[Any] | None:
        """What a new token has to remember."""
        return None

    def attach(self, host: Token) -> None:
        """Boundary events that wait for something outside begin with the activity."""
        for boundary in self.boundary:
            if boundary.wait_kind is not None:
                boundary.arrive(host.workflow, None, host.id)

    def add_instance(self, host: Token, index: int) -> None:
        """One more instance of a repeating activity."""
        instance = host.workflow
        self.begin(instance.add(self, WAITING, host.id, index, self.memory_of(instance)))

    def begin(self, token: Token) -> None:
        """The work of this token starts; a task has nothing to do but wait."""

    def _on_complete(self, my_task: Token) -> None:
        if my_task.index is None or self.loop is None:
            super()._on_complete(my_task)
        else:
            host = my_task.workflow.tasks[my_task._parent]
            self.forget(my_task, Ending.COMPLETED)
            self.loop.instance_done(host)


class SubprocessSpec(ActivitySpec):
    """An embedded sub-process or a call activity. `body`: the scope that runs inside; None when the called process is a
    case of its own, or is not there: then it is something to wait for."""

    def __init__(self, scope: ScopeSpec, node: Node, number: int) -> None:
        super().__init__(scope, node, number)
        self.body: ScopeSpec | None = None
        self.wait_kind = WaitKind.CALL

    def contain(self, body: ScopeSpec) -> None:
        """The scope that runs inside is there."""
        self.body, self.wait_kind, self.holds_others = body, None, True

    def begin(self, token: Token) -> None:
        """Begin an instance of the body. Raises Incident when processes call each other too deep."""
        if self.body is None:
            return
        token._state = STARTED
        outer = token.workflow
        if len(outer.path) >= MAX_DEPTH:
            raise Incident(self.node.id, say(
                "“{node}” is the {most}th process inside another: does a process call itself without end?",
                node=self.node.id, most=MAX_DEPTH + 1))
        own: dict[str, Any] | None = self.locals(token)
        if self.body.is_called:
            own = {**self.body.defaults, **outer.values, **(own or {})}
        self.body.begin(Instance(self.body, outer.run, token, own))

    def locals(self, token: Token) -> dict[str, Any] | None:
        """Variables that only this instance of a repeating activity sees."""
        return self.loop.locals(token) if self.loop is not None else None

    def inner_done(self, inner: Instance) -> None:
        """The inner instance is over: a called process gives back what it has written."""
        token = inner.host
        assert token is not None
        if inner.spec.is_called:
            local = self.locals(token) or {}
            token.workflow.store({name: inner.values[name] for name in token.memory or () if name not in local})
        token.complete()

    def forget(self, token: Token, how: Ending) -> None:
        """Ending the activity ends what is inside."""
        inner = token.workflow.run.instances.get(token.id)
        if inner is not None:
            inner.close()
        super().forget(token, how)
