"""What lies between an earlier step and where a token stands: what has to be done again when it goes back.

A diagram does not know which way a case has taken: what may have been passed counts, on each way to a token that ends, to
what waits in a join, in branches that are over, and inside the sub-processes among them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from engine.process.leaving import Leaving, arrived, independent
from engine.process.passages import between, inside
from engine.process.reach import splits, ways_taken

if TYPE_CHECKING:
    from engine.process.instance import Instance
    from engine.process.nodes import NodeSpec
    from engine.process.scope import ScopeSpec
    from engine.process.token import Token


def passed_since(plan: Leaving) -> set[NodeSpec]:
    """The nodes that may have been passed since the target, itself left out."""
    return _passed(plan.target.scope, [plan.target], plan.tokens, plan.arrivals, plan.ways, plan.alone) - {plan.target}


def _passed(scope: ScopeSpec, origins: Iterable[NodeSpec], tokens: Iterable[Token], arrivals: Iterable[tuple[Token, int]],
            ways: frozenset[str], among: Iterable[str]) -> set[NodeSpec]:
    first, taken = list(origins), ways_taken(scope)
    found: set[NodeSpec] = set()
    begun: set[str] = set()
    for token in tokens:
        begun |= taken[token.task_spec.bpmn_id]
        found |= between(scope, first, token.task_spec) | _passed_within(token)
    sources = {(join.id, position): (source, flow_id) for instance in {join.workflow for join, _ in arrivals}
               for join, position, flow_id, source in arrived(instance)}
    for join, position in arrivals:
        source, flow_id = sources[join.id, position]
        begun |= taken[source] | {flow_id}
        found |= between(scope, first, scope.nodes[source]) | {scope.nodes[source]}
    over = ways - begun
    found |= {scope.nodes[id] for id in among if not over.isdisjoint(taken[id])}
    return found | {inner for spec in found for inner in inside(spec, whole=_was_interrupted(spec, found))}


def _was_interrupted(spec: NodeSpec, found: set[NodeSpec]) -> bool:
    """May the activity have been left over an interrupting boundary event?"""
    return any(boundary in found and boundary.node.interrupting for boundary in spec.boundary)


def _passed_within(host: Token) -> set[NodeSpec]:
    """The nodes that may have been passed inside an activity that goes on."""
    found: set[NodeSpec] = inside(host.task_spec) if host.task_spec.loop is not None else set()
    run = host.workflow.run
    for token in (host, *host.children):
        inner = run.instances.get(token.id)
        if inner is not None:
            found |= _passed_in(inner)
    return found


def _passed_in(instance: Instance) -> set[NodeSpec]:
    """The nodes that may have been passed in a scope that goes on."""
    scope, taken = instance.spec, ways_taken(instance.spec)
    tokens = independent(instance)
    arrivals = [(join, position) for join, position, _, _ in arrived(instance)]
    begun = {way for token in tokens for way in taken[token.task_spec.bpmn_id]}
    ways = frozenset(flow.id for split in scope.nodes.values() if splits(split)
                     and any(flow.id in begun for flow in split.flows) for flow in split.flows)
    return _passed(scope, scope.starts, tokens, arrivals, ways, scope.nodes)
