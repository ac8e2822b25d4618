"""A scope as a Petri net: places are the flows, transitions what can happen to a token that has come over one.

Decides which net stands for which drawing; `folding` makes it small.

An activity is passed when it is done or when an interrupting boundary event ends it; sub-processes are nets of their own.
Paths that begin beside an activity (non-interrupting events) are not part of its net, since how often they begin is not known.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from engine.definitions.model import Event, EventKind, Flow, Node, NodeKind
from engine.definitions.normalise import ACTIVITIES
from engine.definitions.structure import Drawing

Places = frozenset[int]


@dataclass(frozen=True, slots=True)
class Transition:
    """What happens at `node`: takes a token from each of `takes`, puts one on each of `gives`. `clears`: ends everything."""

    node: str
    takes: Places
    gives: Places
    clears: bool = False


@dataclass(frozen=True, slots=True)
class Join:
    """An inclusive join: takes what has come once nothing more can come."""

    node: str
    takes: tuple[int, ...]
    gives: Places


@dataclass(slots=True)
class Net:
    """`target`: the node a token on a place comes to. `kept`: places before or behind an activity or an exclusive merge, with
    the node at which two tokens at once would mean that something is done twice; two that meet in an end event mean nothing."""

    transitions: list[Transition] = field(default_factory=list)
    joins: list[Join] = field(default_factory=list)
    start: Places = frozenset()
    target: dict[int, str] = field(default_factory=dict)
    kept: dict[int, str] = field(default_factory=dict)


def net_of(drawn: Drawing, starts: Iterable[Flow], *, all_ways: bool) -> Net:
    """The net of a scope, a token on each of `starts` at first. `all_ways`: where conditions may choose several
    flows, all of them are taken together; otherwise any one."""
    builder = _Builder(drawn, all_ways)
    net = Net(target={number: flow.target for number, flow in enumerate(drawn.scope.flows)})
    net.start = frozenset(builder.number[flow.id] for flow in starts)
    for node in drawn.scope.nodes:
        builder.add(net, node)
    return net


class _Builder:
    """The net of one scope in the making."""

    def __init__(self, drawn: Drawing, all_ways: bool) -> None:
        self.drawn = drawn
        self.all_ways = all_ways
        self.number = {flow.id: number for number, flow in enumerate(drawn.scope.flows)}
        self.boundary: dict[str, list[Node]] = {}
        for node in drawn.scope.nodes:
            if node.attached_to is not None and node.interrupting:
                self.boundary.setdefault(node.attached_to, []).append(node)

    def add(self, net: Net, node: Node) -> None:
        """The transitions of a node."""
        into = [self.number[flow.id] for flow in self.drawn.into[node.id]]
        if not into:
            return
        if node.kind in ACTIVITIES and node.event is None:
            into = self._activity(net, node, into)
        if node.kind is NodeKind.EXCLUSIVE_GATEWAY and len(into) > 1:
            net.kept |= {place: net.target[place] for place in self._all(node)}
        if node.kind is NodeKind.PARALLEL_GATEWAY:
            net.transitions.append(Transition(node.id, frozenset(into), self._all(node)))
        elif node.kind is NodeKind.INCLUSIVE_GATEWAY and len(into) > 1:
            self._join(net, node, into)
        else:
            net.transitions += [Transition(node.id, frozenset({place}), gives, _clears(node))
                                for place in into for gives in self._ways(node)]

    def _activity(self, net: Net, node: Node, into: list[int]) -> list[int]:
        """The one place before an activity: its several ways in come together there."""
        before = into[0] if len(into) == 1 else self._place(net, node)
        net.kept[before] = node.id
        if len(into) > 1:
            net.transitions += [Transition(node.id, frozenset({place}), frozenset({before})) for place in into]
        return [before]

    def _join(self, net: Net, node: Node, into: list[int]) -> None:
        """The join, and behind it the split on a place of its own."""
        between = self._place(net, node)
        net.joins.append(Join(node.id, tuple(into), frozenset({between})))
        net.transitions += [Transition(node.id, frozenset({between}), gives) for gives in self._ways(node)]

    def _place(self, net: Net, node: Node) -> int:
        """A place that is no flow."""
        place = len(net.target)
        net.target[place] = node.id
        return place

    def _ways(self, node: Node) -> list[Places]:
        """The sets of flows a token can go out over, one set at a time."""
        flows = self.drawn.out[node.id]
        if node.kind in (NodeKind.EXCLUSIVE_GATEWAY, NodeKind.EVENT_GATEWAY):
            ways = [self._some([flow]) for flow in flows]
        elif node.kind is NodeKind.INCLUSIVE_GATEWAY or any(flow.condition is not None for flow in flows):
            ways = self._chosen(node, flows)
        else:
            ways = [self._some(flows)]
        ways += [self._all(event) for event in self.boundary.get(node.id, [])]
        return ways or [frozenset()]

    def _chosen(self, node: Node, flows: list[Flow]) -> list[Places]:
        always = [flow for flow in flows if flow.condition is None and flow.id != node.default]
        asked = [flow for flow in flows if flow.condition is not None]
        ways = [self._some([*always, *asked])] if self.all_ways else [self._some([*always, flow]) for flow in asked]
        return ways + [self._some([flow]) for flow in flows if flow.id == node.default] + (
            [self._some(always)] if always and not asked else [])

    def _all(self, node: Node) -> Places:
        return self._some(self.drawn.out[node.id])

    def _some(self, flows: list[Flow]) -> Places:
        return frozenset(self.number[flow.id] for flow in flows)


def _clears(node: Node) -> bool:
    """Terminate ends the scope; so does an error, which leaves it."""
    event: Event | None = node.event
    return node.kind is NodeKind.END_EVENT and event is not None and event.kind in (EventKind.TERMINATE, EventKind.ERROR)
