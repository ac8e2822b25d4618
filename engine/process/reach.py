"""From where a token can come to a join: what an inclusive join waits for, and where a token may be moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.process.gateways import ParallelSpec

if TYPE_CHECKING:
    from engine.process.nodes import NodeSpec
    from engine.process.scope import ScopeSpec


def nodes_reaching(scope: ScopeSpec, join: NodeSpec) -> tuple[int, ...]:
    """For each incoming flow of a join, in order: the places of the nodes from which a token can come over it without
    passing the join, as bits. An activity also goes where its boundary events lead."""
    into: dict[str, list[NodeSpec]] = {id: [] for id in scope.nodes}
    for spec in scope.nodes.values():
        for flow in spec.flows:
            into[flow.target.bpmn_id].append(spec)
        for boundary in spec.boundary:
            into[boundary.bpmn_id].append(spec)
    flows = sorted((flow for spec in scope.nodes.values() for flow in spec.flows if flow.target is join),
                   key=lambda flow: flow.position)
    return tuple(_upstream(into, flow.source, join) for flow in flows)


def _upstream(into: dict[str, list[NodeSpec]], source: NodeSpec, join: NodeSpec) -> int:
    seen: set[str] = set()
    bits, left = 0, [source]
    while left:
        spec = left.pop()
        if spec is not join and spec.bpmn_id not in seen:
            seen.add(spec.bpmn_id)
            bits |= 1 << spec.place
            left += into[spec.bpmn_id]
    return bits


def branch_of(scope: ScopeSpec, spec: NodeSpec) -> tuple[tuple[int, ...], ...]:
    """Inside which branches of parallel and inclusive blocks a node lies: for each join, the incoming flows a token from
    here can come over, none of them when it can come over all or none. Two nodes alike in this can stand in for each
    other: moving a token between them leaves no join waiting for ever and fires none twice."""
    found = []
    for join in scope.nodes.values():
        if isinstance(join, ParallelSpec) and join.incoming > 1:
            flows = [at for at, bits in enumerate(nodes_reaching(scope, join)) if bits >> spec.place & 1]
            found.append(tuple(flows) if len(flows) < join.incoming else ())
    return tuple(found)
