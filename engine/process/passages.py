"""Where a token comes to by itself in one scope, and what lies between two of its nodes.

Decides from the diagram alone: nothing here knows where the tokens of a case stand. A path that begins beside an activity,
over a boundary event that does not interrupt it, is a path of its own: no token comes to it, one is made for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from engine.process.activities import SubprocessSpec
from engine.process.gateways import InclusiveSpec, ParallelSpec

if TYPE_CHECKING:
    from engine.process.nodes import NodeSpec
    from engine.process.scope import ScopeSpec

Passes = Callable[[InclusiveSpec, frozenset[int], frozenset[str]], bool]
"""May an inclusive join fire with what has come: (the join, positions of the flows a token came over, nodes it came to)?"""
_CACHED = 2048


def alone_from(
    origins: Iterable[NodeSpec], passes: Passes | None = None, *, without: NodeSpec | None = None, beside: bool = False,
) -> frozenset[str]:
    """Ids of the nodes that tokens at `origins` can come to with no help from another branch. A join is passed when they and
    what has split from them come over each of its flows, an inclusive one also when `passes` says so. `without` is never
    completed; `beside`: paths beside activities are gone too."""
    nodes: set[str] = set()
    came: dict[ParallelSpec, set[int]] = {}
    left = list(origins)
    while left or _let_pass(came, nodes, left, passes):
        at = left.pop()
        if at.bpmn_id in nodes:
            continue
        nodes.add(at.bpmn_id)
        left += [boundary for boundary in at.boundary if beside or boundary.node.interrupting]
        for flow in at.flows if at is not without else ():
            if isinstance(flow.target, ParallelSpec) and flow.target.incoming > 1:
                came.setdefault(flow.target, set()).add(flow.position)
                if len(came[flow.target]) < flow.target.incoming:
                    continue
            left.append(flow.target)
    return frozenset(nodes)


def _let_pass(came: dict[ParallelSpec, set[int]], nodes: set[str], left: list[NodeSpec], passes: Passes | None) -> bool:
    """Everything else has been gone through: does an inclusive join fire with what has come?"""
    if passes is not None:
        left += [join for join, positions in came.items() if isinstance(join, InclusiveSpec) and join.bpmn_id not in nodes
                 and passes(join, frozenset(positions), frozenset(nodes))]
    return bool(left)


def leads_to(origin: NodeSpec, goal: NodeSpec) -> bool:
    """Is there any way from one node to the other, whatever joins lie on it, but over no path beside an activity?"""
    return goal.bpmn_id in _forward([origin], None, beside=False)


def is_first_reached_through(scope: ScopeSpec, spec: NodeSpec, other: NodeSpec) -> bool:
    """Does every way from the start to `spec` lead through `other`?"""
    return spec.bpmn_id not in _forward(scope.starts, other)


def between(scope: ScopeSpec, origins: Iterable[NodeSpec], goal: NodeSpec) -> set[NodeSpec]:
    """The nodes on any way from `origins` to `goal` on which neither is passed twice; the origins among them, the goal not."""
    first = list(origins)
    ids = _forward(first, goal) & _backward(scope, goal, {spec.bpmn_id for spec in first})
    return {scope.nodes[id] for id in ids if id != goal.bpmn_id}


def before(scope: ScopeSpec, goal: NodeSpec) -> set[NodeSpec]:
    """The nodes on any way to the goal, by loops too; itself among them only in a loop."""
    into = _into(scope)
    return {scope.nodes[id] for id in _closed(into[goal.bpmn_id], lambda spec: into[spec.bpmn_id], set())}


def inside(spec: NodeSpec, *, whole: bool = False) -> set[NodeSpec]:
    """The nodes that may have been passed inside a sub-process or called process that is over, those inside these included.
    `whole`: however it ended; otherwise not those that lead only to an error, over which it is left by a boundary event."""
    found: set[NodeSpec] = set()
    left = [spec]
    while left:
        at = left.pop()
        if isinstance(at, SubprocessSpec) and at.body is not None:
            new = {node for node in at.body.nodes.values() if whole or node.bpmn_id in finishing(at.body)} - found
            found |= new
            left += new
    return found


@lru_cache(maxsize=_CACHED)
def main_path(scope: ScopeSpec) -> frozenset[str]:
    """Ids of the nodes that do not lie on a path beside an activity."""
    return frozenset(_forward(scope.starts, None, beside=False))


@lru_cache(maxsize=_CACHED)
def hosts_beside(scope: ScopeSpec) -> Mapping[str, frozenset[str]]:
    """For each node on a path beside an activity, the activities beside which such a path to it begins; of paths beside
    paths the nearest. No entry for a node of the main path."""
    found: dict[str, frozenset[str]] = {}
    for host in scope.nodes.values():
        for boundary in host.boundary:
            if not boundary.node.interrupting:
                for id in _forward([boundary], None, beside=False) - main_path(scope):
                    found[id] = found.get(id, frozenset()) | {host.bpmn_id}
    return found


@lru_cache(maxsize=_CACHED)
def finishing(scope: ScopeSpec) -> frozenset[str]:
    """Ids of the nodes from which the scope can come to its end without an error."""
    ends = [spec for spec in scope.nodes.values() if not spec.flows and spec.event.kind.value != "error"]
    return frozenset(id for end in ends for id in _backward(scope, end, set()))


def _forward(origins: Iterable[NodeSpec], until: NodeSpec | None, *, beside: bool = True) -> set[str]:
    """Ids of what can be come to, the origins included, going on from everything but `until`, which is left out."""
    return _closed(origins, lambda spec: _following(spec, beside), set() if until is None else {until.bpmn_id})


def _backward(scope: ScopeSpec, goal: NodeSpec, until: set[str]) -> set[str]:
    """Ids of that from which the goal can be come to, itself included; nothing before what is in `until`."""
    into = _into(scope)
    return _closed([goal], lambda spec: into[spec.bpmn_id] if spec.bpmn_id not in until or spec is goal else (), set())


def _closed(origins: Iterable[NodeSpec], following: Callable[[NodeSpec], Iterable[NodeSpec]], without: set[str]) -> set[str]:
    found: set[str] = set()
    left = list(origins)
    while left:
        at = left.pop()
        if at.bpmn_id not in found and at.bpmn_id not in without:
            found.add(at.bpmn_id)
            left += following(at)
    return found


def _following(spec: NodeSpec, beside: bool) -> Iterator[NodeSpec]:
    yield from (flow.target for flow in spec.flows)
    yield from (boundary for boundary in spec.boundary if beside or boundary.node.interrupting)


@lru_cache(maxsize=_CACHED)
def _into(scope: ScopeSpec) -> dict[str, list[NodeSpec]]:
    into: dict[str, list[NodeSpec]] = {id: [] for id in scope.nodes}
    for spec in scope.nodes.values():
        for following in _following(spec, beside=True):
            into[following.bpmn_id].append(spec)
    return into
