"""Events: what is awaited, what is thrown, and who catches it (BPMN 2.0 §13.5).

A timer never fires by itself: it is a wait like a message, and a command fires it; nothing here reads a clock. Messages and
signals thrown inside an instance reach everything in it that awaits them at that moment, and are reported for the world
outside. Errors and escalations look for the nearest enclosing activity with a boundary event for their code: the exact
code first, then the one without a code, which catches any.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from engine.definitions.model import EventKind, Node, Timer, TimerKind
from engine.errors import ExpressionFailed, Incident
from engine.expressions import compile_expression
from engine.iso8601 import parse_cycle, parse_duration, parse_instant
from engine.process.activities import ActivitySpec
from engine.process.nodes import NodeSpec, evaluate, note
from engine.process.step import Ending, WaitKind
from engine.process.token import WAITING, Token
from engine.sentences import say, sentence_of

if TYPE_CHECKING:
    from engine.process.instance import Instance
    from engine.process.nodes import FlowSpec
    from engine.process.scope import ScopeSpec

_AWAITED = {EventKind.TIMER: WaitKind.TIMER, EventKind.MESSAGE: WaitKind.MESSAGE, EventKind.SIGNAL: WaitKind.SIGNAL}


class CatchSpec(ActivitySpec):
    """An intermediate catch event or a receive task. A timer's memory is [its text or None, firings left or None for
    without end]; it has none when the diagram says it all."""

    def __init__(self, scope: ScopeSpec, node: Node, number: int) -> None:
        super().__init__(scope, node, number)
        self.wait_kind = _AWAITED.get(self.event.kind)  # errors and escalations are not awaited from outside
        timer = self.event.timer
        self.expression = compile_expression(timer.expression) if timer is not None and timer.expression else None

    def memory_of(self, instance: Instance) -> list[Any] | None:
        """What the timer's expression says now, and how often it fires. Raises MissingVariable or ExpressionFailed."""
        timer = self.event.timer
        if timer is None:
            return None
        if self.expression is not None:
            return self._evaluated(timer, evaluate(self.expression, instance.values, self.node.id))
        repetitions = self.repetitions(timer.repetitions)
        return None if repetitions == 1 else [None, repetitions]

    def _evaluated(self, timer: Timer, text: object) -> list[Any]:
        assert self.expression is not None
        try:
            if not isinstance(text, str):
                raise ValueError(say("expected a text, found {found}", found=f"{text!r:.80}"))
            return [text, self.repetitions(_repetitions(timer, text))]
        except ValueError as error:
            raise ExpressionFailed(self.node.id, self.expression.text, sentence_of(error)) from error

    def repetitions(self, drawn: int | None) -> int | None:
        """How often the event can happen here: a token goes on once."""
        return 1

    def timer(self, token: Token) -> Timer | None:
        """The timer as it stands in this token, its expression evaluated; None when the event is no timer."""
        timer = self.event.timer
        if timer is None or token.memory is None or token.memory[0] is None:
            return timer
        return replace(timer, text=token.memory[0], expression=None)

    def happen(self, token: Token) -> None:
        """What was awaited has come about: the token goes on; of an event gateway's events it is the first."""
        host = holder(token)
        gateway = token.workflow.tasks.get(host._parent)
        if gateway is not None:
            host._parent = None
            gateway.cancel()
        token.complete()


class BoundarySpec(CatchSpec):
    """A boundary event. Awaited ones are tokens that belong to their host; error and escalation events are looked up when
    something is thrown. What leaves belongs to nobody, so it outlives the host."""

    def arrive(self, instance: Instance, flow: FlowSpec | None, parent: int | None = None) -> None:
        """The host has begun."""
        instance.add(self, WAITING, parent, memory=self.memory_of(instance))

    def repetitions(self, drawn: int | None) -> int | None:
        """Only a non-interrupting event can happen again."""
        return 1 if self.node.interrupting else drawn

    def happen(self, token: Token) -> None:
        """The host is overtaken, or a path begins beside it. Messages and signals can come again as long as the host
        runs; a timer as often as its cycle says."""
        if self.node.interrupting:
            host = token.workflow.tasks[token._parent]
            self.forget(token, Ending.COMPLETED)
            self.catch(host)
        elif self.wait_kind is not WaitKind.TIMER:
            self.leave(token)
        else:
            self._fire_again(token)

    def catch(self, host: Token) -> None:
        """The event happens to this host. Whoever holds the host, an event gateway, is overtaken with it."""
        if self.node.interrupting:
            (host.workflow.tasks.get(host._parent) or host).cancel()
        self.leave(host)

    def leave(self, token: Token) -> None:
        """Begin the event's path."""
        for flow in self.flows:
            flow.target.arrive(token.workflow, flow)

    def _fire_again(self, token: Token) -> None:
        left = 1 if token.memory is None else token.memory[1]
        if left == 1:
            token.complete()
            return
        token.memory[1] = None if left is None else left - 1
        self.leave(token)


class ThrowSpec(NodeSpec):
    """An intermediate throw event, and the throwing half of an end event."""

    is_end = False

    def _run_hook(self, my_task: Token) -> bool:
        note(my_task, is_end=self.is_end)
        return True

    def _on_complete(self, my_task: Token) -> None:
        self.forget(my_task, Ending.COMPLETED)
        instance = my_task.workflow
        self.throw(instance)
        if not instance.is_closed:
            self.leave(my_task)

    def throw(self, instance: Instance) -> None:
        """Send the event to who awaits it."""
        match self.event.kind:
            case EventKind.MESSAGE | EventKind.SIGNAL as kind:
                deliver(instance, _AWAITED[kind], self.event_name)
            case EventKind.ESCALATION:
                if found := catcher(instance, EventKind.ESCALATION, self.event_name):
                    boundary, host = found
                    boundary.catch(host)


class EndSpec(ThrowSpec):
    """An end event. A none, message, signal or escalation end takes its own token only; an error leaves the scope, terminate
    ends it."""

    is_end = True

    def throw(self, instance: Instance) -> None:
        """The scope has reached an end."""
        instance.end = self.node.id
        if self.event.kind is EventKind.TERMINATE:
            instance.cancel_all()
        elif self.event.kind is EventKind.ERROR:
            raise_error(instance, self.node.id, self.event_name)
        else:
            super().throw(instance)


def deliver(instance: Instance, kind: WaitKind, name: str | None) -> None:
    """A message or signal reaches whatever awaits it anywhere in the process instance."""
    tasks = instance.tasks
    for token in [token for token in tasks.values() if awaits(token, kind, name)]:
        if token.id in tasks:
            token.task_spec.happen(token)


def awaits(token: Token, kind: WaitKind, name: str | None) -> bool:
    """Does this token await a message or signal of this name?"""
    spec = token.task_spec
    return name is not None and spec.waits_for(token) is kind and spec.event_name == name


def raise_error(instance: Instance, node: str, code: str | None) -> None:
    """An error leaves this scope. At the top it ends the process instance, by the end event that threw it; from inside a
    sub-process nobody may have foreseen it, and a case must not vanish: that is an incident. Raises Incident."""
    found = catcher(instance, EventKind.ERROR, code)
    if found is not None:
        boundary, host = found
        boundary.catch(host)
    elif instance.host is None:
        instance.cancel_all()
    else:
        raise uncaught(node, code)


def uncaught(node: str, code: str | None) -> Incident:
    """An error for which there is no boundary event."""
    return Incident(node, say(
        "the error “{error}” raised at “{node}” is caught by no boundary event around it", error=code or "", node=node))


def catcher(instance: Instance, kind: EventKind, code: str | None) -> tuple[BoundarySpec, Token] | None:
    """The boundary event that catches what is thrown in this scope, and the host it is attached to; None: nobody."""
    while instance.host is not None:
        host = holder(instance.host)
        if boundary := boundary_for(host, kind, code):
            return boundary, host
        instance = host.workflow
    return None


def boundary_for(host: Token, kind: EventKind, code: str | None) -> BoundarySpec | None:
    """The host's own boundary event for a code: the exact one before the one that catches any."""
    fitting: list[BoundarySpec] = [boundary for boundary in host.task_spec.boundary
                                   if boundary.event.kind is kind and boundary.event_name in (code, None)]
    return min(fitting, key=lambda boundary: boundary.event_name is None, default=None)


def holder(token: Token) -> Token:
    """The token boundary events belong to: the whole activity, not one of its instances."""
    return token.workflow.tasks[token._parent] if token.index is not None else token


def _repetitions(timer: Timer, text: str) -> int | None:
    """How often a timer with this text fires. Raises ValueError when it is no ISO 8601, or never."""
    match timer.kind:
        case TimerKind.CYCLE:
            repetitions = parse_cycle(text).repetitions
            if repetitions == 0:
                raise ValueError(say("“{text}” repeats no time at all", text=text))
            return repetitions
        case TimerKind.DURATION:
            parse_duration(text)
        case TimerKind.DATE:
            parse_instant(text)
    return 1
