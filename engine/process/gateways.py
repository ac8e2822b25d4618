"""Gateways: where tokens choose, split and join (BPMN 2.0 §13.3).

A join's memory is one WAITING token that counts what has arrived over each incoming flow: so a branch that completes twice
never stands in for another (Spiff's parallel join counts children, and fires early in the second round of a loop). An
inclusive join waits for every living token that can still reach an empty incoming flow, unless that token can reach a
filled one as well; a sub-process upstream counts as long as it runs (Spiff's forgets STARTED tasks).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.process.nodes import FlowSpec, NodeSpec
from engine.process.step import Ending
from engine.process.token import READY, STARTED, WAITING, Token

if TYPE_CHECKING:
    from engine.process.instance import Instance


class ExclusiveSpec(NodeSpec):
    """One way out: the first flow in document order whose condition holds, else the default."""

    def chosen(self, values: Mapping[str, Any]) -> list[FlowSpec]:
        """The one flow. Raises NoPath, MissingVariable or ExpressionFailed."""
        default = self.node.default
        for flow in self.flows:
            if flow.id != default and flow.holds(values):
                return [flow]
        return self.by_default()


class ParallelSpec(NodeSpec):
    """Every way out; with several ways in, once something has come over each of them."""

    incoming = 0

    def arrive(self, instance: Instance, flow: FlowSpec | None, parent: int | None = None) -> None:
        """Count the arrival; fire when the gateway is complete."""
        if self.incoming < 2 or flow is None:
            instance.add(self, READY)
            return
        join = instance.joins.get(self.number)
        if join is None:
            join = instance.joins[self.number] = instance.add(self, WAITING, memory=[0] * self.incoming)
        join.memory[flow.position] += 1
        if self.is_complete(join):
            self.fire(join)

    def is_complete(self, join: Token) -> bool:
        """May the gateway fire the moment something arrives?"""
        return all(join.memory)

    def fire(self, join: Token) -> None:
        """Consume one token from each flow that has one, and pass on."""
        join.memory = [max(0, count - 1) for count in join.memory]
        instance = join.workflow
        instance.add(self, READY)
        if not any(join.memory):
            self.forget(join, Ending.COMPLETED)

    def forget(self, token: Token, how: Ending) -> None:
        """The token is over; if it was the join's memory, so is that."""
        if token.memory is not None:
            del token.workflow.joins[self.number]
        super().forget(token, how)


class InclusiveSpec(ParallelSpec):
    """Every way out whose condition holds. `reach`: for each incoming flow, the numbers of the nodes from which a token
    can come over it without passing this gateway, as bits."""

    reach: tuple[int, ...] = ()

    def is_complete(self, join: Token) -> bool:
        """What else may come is judged when everything else stands still."""
        return False

    def is_awaited(self, join: Token) -> bool:
        """Can a living token still come over a flow that has brought none (BPMN 2.0 §13.3.3)?"""
        filled = empty = 0
        for count, nodes in zip(join.memory, self.reach, strict=True):
            if count:
                filled |= nodes
            else:
                empty |= nodes
        upstream = empty & ~filled
        instance = join.workflow
        return any(upstream >> token.task_spec.place & 1 for token in instance.tasks.values()
                   if token.workflow is instance and token is not join)


class EventGatewaySpec(NodeSpec):
    """The first of several awaited events decides the way. Each awaits by itself, so two timers do not disturb each
    other (Spiff's share one due date)."""

    holds_others = True

    def arrive(self, instance: Instance, flow: FlowSpec | None, parent: int | None = None) -> None:
        """Begin to await every event; they belong to the gateway's token."""
        token = instance.add(self, STARTED)
        for outgoing in self.flows:
            outgoing.target.arrive(instance, outgoing, token.id)
