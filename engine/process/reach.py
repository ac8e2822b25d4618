"""From where a token can come to a join: what an inclusive join waits for, and where a token may be moved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from engine.process.gateways import EventGatewaySpec, ExclusiveSpec, ParallelSpec

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


def ahead(at: Iterable[NodeSpec]) -> frozenset[str]:
    """The nodes that tokens at these can still come to, those inside sub-processes and called processes on the way too."""
    seen: set[NodeSpec] = set()
    left = [target for spec in at for target in _next(spec)]
    while left:
        spec = left.pop()
        if spec not in seen:
            seen.add(spec)
            left += _next(spec)
            left += spec.body.nodes.values() if getattr(spec, "body", None) is not None else ()
    return frozenset(spec.bpmn_id for spec in seen)


def _next(spec: NodeSpec) -> list[NodeSpec]:
    return [flow.target for flow in spec.flows] + [other for boundary in spec.boundary for other in _next(boundary)]


def branch_of(scope: ScopeSpec, spec: NodeSpec) -> tuple[object, ...]:
    """Inside which branches a node lies. Two nodes alike in this can stand in for each other: moving a token between them
    leaves no join waiting for ever, fires none twice, and makes no branch run a second time."""
    return _towards_joins(scope, spec), ways_taken(scope)[spec.bpmn_id]


def _towards_joins(scope: ScopeSpec, spec: NodeSpec) -> tuple[tuple[int, ...], ...]:
    """For each join, the incoming flows a token from here can come over; none of them when it can come over all or none."""
    found = []
    for join in scope.nodes.values():
        if isinstance(join, ParallelSpec) and join.incoming > 1:
            flows = [at for at, bits in enumerate(nodes_reaching(scope, join)) if bits >> spec.place & 1]
            found.append(tuple(flows) if len(flows) < join.incoming else ())
    return tuple(found)


@lru_cache(maxsize=2048)
def ways_taken(scope: ScopeSpec) -> Mapping[str, frozenset[str]]:
    """For each node the branches a token must have come by to be there: flows out of a split, and boundary events that
    begin a path beside their host."""
    ways = [flow.id for split in scope.nodes.values() if splits(split) for flow in split.flows]
    ways += [id for id, boundary in scope.nodes.items() if boundary.node.attached_to and not boundary.node.interrupting]
    without = {way: _reached(scope, way) for way in ways}
    return {id: frozenset(way for way, reached in without.items() if id not in reached) for id in scope.nodes}


def splits(spec: NodeSpec) -> bool:
    """Does a token that comes here go on as several?"""
    return len(spec.flows) > 1 and not isinstance(spec, ExclusiveSpec | EventGatewaySpec)


def _reached(scope: ScopeSpec, without: str) -> set[str]:
    """Where a token can come to from the start when this flow or boundary event is taken away."""
    seen: set[str] = set()
    left = list(scope.starts)
    while left:
        at = left.pop()
        if at.bpmn_id not in seen:
            seen.add(at.bpmn_id)
            left += [flow.target for flow in at.flows if flow.id != without]
            left += [boundary for boundary in at.boundary if boundary.bpmn_id != without]
    return seen
