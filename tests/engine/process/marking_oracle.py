"""Whether a token may go back, found out by brute force: by walking through every marking the diagram can come to.

Nothing here shares code with `engine.process.leaving`: places are flows of the Petri net of `engine.definitions.net`. A
token may go back to a node exactly when it leaves a marking that can be reached from the start anyway, once some living
tokens of its scope, itself among them, have ended.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import combinations

from engine.definitions.model import Flow, Scope
from engine.definitions.net import Net, net_of
from engine.definitions.soundness import Budget, Game, _without_way_out
from engine.definitions.structure import drawing, reachable
from engine.process.codec import load
from engine.process.compile import Program
from engine.process.events import BoundarySpec
from engine.process.gateways import ParallelSpec
from engine.process.instance import Instance
from engine.process.scope import ScopeSpec
from engine.process.token import Token

MOST_MARKINGS = 800


class Field:
    """The markings of one scope that can be reached; None when there are too many to look at."""

    def __init__(self, spec: ScopeSpec) -> None:
        flows = tuple(Flow(id=flow.id, source=node.bpmn_id, target=flow.target.bpmn_id,
                           condition=None if flow.condition is None else flow.condition.text)
                      for node in spec.nodes.values() for flow in node.flows)
        self.drawn = drawing(Scope(nodes=tuple(node.node for node in spec.nodes.values()), flows=flows))
        self.place = {flow.id: number for number, flow in enumerate(flows)}
        starts = [flow for node in self.drawn.starts for flow in self.drawn.out[node.id]]
        self.nets = [net_of(self.drawn, starts, all_ways=all_ways) for all_ways in (False, True)]
        self.before = {node: place for place, node in self._resting(self.nets[0])}
        self.markings = self._reached(starts)

    def _resting(self, net: Net) -> Iterator[tuple[int, str]]:
        """The place before each node at which a token can stand still."""
        for place, node in net.target.items():
            if net.kept.get(place) == node or (place < len(self.place) and len(self.drawn.into[node]) == 1):
                yield place, node

    def _reached(self, starts: list[Flow]) -> set[int] | None:
        return self.reached_from(sum(1 << self.place[flow.id] for flow in starts))

    def reached_from(self, start: int) -> set[int] | None:
        """The markings that can be come to; None when there are too many."""
        games = [Game(net, Budget(10**9)) for net in self.nets]
        seen = {start}
        left = list(seen)
        while left:
            marking = left.pop()
            new = {after for game in games for after in game._following(marking) if after is not None} - seen
            seen |= new
            left += new
            if len(seen) > MOST_MARKINGS:
                return None
        return seen


@cache
def field_of(spec: ScopeSpec) -> Field:
    return Field(spec)


def standing(instance: Instance) -> dict[int, int]:
    """The places on which something stands in a scope → the token's id; paths beside an activity are not looked at."""
    field, found = field_of(instance.spec), {}
    for token in instance.tasks.values():
        spec = token.task_spec
        if token.workflow is not instance or token._parent is not None or isinstance(spec, BoundarySpec):
            continue
        if isinstance(spec, ParallelSpec) and token.memory is not None:
            for node in instance.spec.nodes.values():
                for flow in node.flows:
                    if flow.target is spec and token.memory[flow.position]:
                        found[field.place[flow.id]] = token.id
        elif spec.bpmn_id not in beside(instance.spec):
            found[field.before[spec.bpmn_id]] = token.id
    return found


@cache
def beside(spec: ScopeSpec) -> frozenset[str]:
    """Nodes that lie only on a path that begins beside an activity."""
    seen: set[str] = set()
    left = list(spec.starts)
    while left:
        at = left.pop()
        if at.bpmn_id not in seen:
            seen.add(at.bpmn_id)
            left += [flow.target for flow in at.flows] + [edge for edge in at.boundary if edge.node.interrupting]
    return frozenset(set(spec.nodes) - seen)


def marking(instance: Instance) -> int:
    """What stands in a scope, as bits."""
    return sum(1 << place for place in standing(instance))


def can_be_reached(instance: Instance) -> bool | None:
    """Could the diagram have come to what stands in this scope? None: too many markings to look at."""
    markings = field_of(instance.spec).markings
    return None if markings is None else marking(instance) in markings


def every_scope_can_be_reached(program: Program, state: bytes) -> bool:
    """Is every scope of a state one that the diagram could have come to?"""
    run = load(program, state)
    return all(can_be_reached(instance) is not False for instance in run.instances.values())


def ways_back(present: Token, node: str) -> list[int] | None:
    """The least sets of places, the present token's among them, without which and with a token at `node` a marking results
    that can be reached; None: too many markings to look at."""
    instance = present.workflow
    field = field_of(instance.spec)
    if field.markings is None:
        return None
    stands = standing(instance)
    whole = sum(1 << place for place in stands)
    own = field.before[present.task_spec.bpmn_id]
    others = [place for place in stands if place != own]
    for count in range(len(others) + 1):
        found = [ended for chosen in combinations(others, count)
                 if whole & ~(ended := sum(1 << place for place in (own, *chosen))) & (1 << field.before[node]) == 0
                 and whole & ~ended | 1 << field.before[node] in field.markings]
        if found:
            return found
    return []


@cache
def comes_to(spec: ScopeSpec, node: str, other: str) -> bool:
    """Can a single token at a node come to the other by itself?"""
    field = field_of(spec)
    markings = field.reached_from(1 << field.before[node])
    return markings is None or any(marking >> field.before[other] & 1 for marking in markings)


@cache
def is_later_or_beside(spec: ScopeSpec, node: str, other: str) -> bool:
    """May both stand at once, or is the other come to first on every way from the start, or are they on two ways that exclude
    each other, within a branch? Then only a loop around the whole block leads back."""
    field = field_of(spec)
    assert field.markings is not None
    both = 1 << field.before[node] | 1 << field.before[other]
    return (any(marking & both == both for marking in field.markings)
            or not _is_reached_without(spec, node, other) or not _is_reached_in_branch(spec, node, other))


def _is_reached_without(spec: ScopeSpec, node: str, other: str) -> bool:
    seen = {other}
    left = list(spec.starts)
    while left:
        at = left.pop()
        if at.bpmn_id not in seen:
            seen.add(at.bpmn_id)
            left += [flow.target for flow in at.flows] + list(at.boundary)
    return node in seen - {other}


def _is_reached_in_branch(spec: ScopeSpec, node: str, other: str) -> bool:
    """Is there a way that passes no join?"""
    seen: set[str] = set()
    left = [spec.nodes[node]]
    while left:
        at = left.pop()
        if at.bpmn_id not in seen and not (isinstance(at, ParallelSpec) and at.incoming > 1):
            seen.add(at.bpmn_id)
            left += [flow.target for flow in at.flows] + [edge for edge in at.boundary if edge.node.interrupting]
    return other in seen


def sound(scope: Scope) -> Scope | None:
    """The scope, if everything in it is reached and no way of playing it through goes wrong; None otherwise."""
    drawn = drawing(scope)
    if len(reachable(drawn, ["start"])) < len(scope.nodes) or _without_way_out(drawn):
        return None
    nets = [net_of(drawn, drawn.out["start"], all_ways=all_ways) for all_ways in (False, True)]
    return None if any(Game(net, Budget(200_000)).play() for net in nets) else scope
