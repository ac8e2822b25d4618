"""Does a scope come to a good end from where its tokens would stand? Played through as a diagram is before it is deployed.

In a diagram whose splits and joins pair up as blocks, the rule of `leaving` alone is enough, and the net folds to nothing. A
sound diagram need not be made of blocks: there a token that has gone back may meet its former self. So what would stand is
played through, with what is known of the diagram itself left out: what may get stuck from its start on is no news.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from engine.definitions.folding import folded
from engine.definitions.net import Net, net_of
from engine.definitions.soundness import Budget, Game
from engine.definitions.structure import drawing

if TYPE_CHECKING:
    from engine.process.scope import ScopeSpec

MAX_WORK = 60_000
"""Transitions looked at: a thirtieth of a second. Blocks need a few dozen."""
_CACHED = 2048


def comes_to_good_end(scope: ScopeSpec, nodes: Iterable[str], flows: Iterable[str]) -> bool:
    """Can a scope with a token at each of these nodes, and one that has come over each of these flows, neither get stuck nor
    do something twice that it would not from its start on? False as well when too much goes on side by side to be sure."""
    places = {place for node in nodes for place in _resting(scope)[node]}
    return _played(scope, frozenset(places | {_numbers(scope)[flow] for flow in flows})) <= _known(scope)


@lru_cache(maxsize=_CACHED)
def _known(scope: ScopeSpec) -> frozenset[str]:
    return _played(scope, _nets(scope)[0].start)


@lru_cache(maxsize=_CACHED)
def _played(scope: ScopeSpec, start: frozenset[int]) -> frozenset[str]:
    """Codes of what can go wrong, whichever ways conditions choose."""
    budget = Budget(MAX_WORK)
    return frozenset(defect.code for net in _nets(scope) for defect in Game(folded(replace(net, start=start)), budget).play())


@lru_cache(maxsize=_CACHED)
def _nets(scope: ScopeSpec) -> tuple[Net, Net]:
    """With conditions that choose one flow, and all of them."""
    drawn = drawing(scope.drawn)
    starts = [flow for node in drawn.starts for flow in drawn.out[node.id]]
    return net_of(drawn, starts, all_ways=False), net_of(drawn, starts, all_ways=True)


@lru_cache(maxsize=_CACHED)
def _numbers(scope: ScopeSpec) -> dict[str, int]:
    return {flow.id: number for number, flow in enumerate(scope.drawn.flows)}


@lru_cache(maxsize=_CACHED)
def _resting(scope: ScopeSpec) -> dict[str, frozenset[int]]:
    """The place on which a token stands at each node: the one before it; behind it, where nothing leads to it."""
    net, drawn, number = _nets(scope)[0], drawing(scope.drawn), _numbers(scope)
    resting = {node.id: frozenset(number[flow.id] for flow in drawn.into[node.id][:1] or drawn.out[node.id])
               for node in scope.drawn.nodes}
    return resting | {node: frozenset({place}) for place, node in net.target.items() if place >= len(number)
                      and net.kept.get(place) == node}
