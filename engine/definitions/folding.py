"""A net made small without changing what can go wrong in it.

Decides what may be left out or folded (Murata's reductions): places from which a token only ever comes to ends, for which two
at once mean nothing; a place with only one thing that can follow it becomes what follows; of transitions that do the same one
is kept, one that does nothing is dropped; of places that are always filled and emptied together one is kept. A
block-structured diagram folds to almost nothing, so that playing it through costs nothing; what is left is where it is not
block-structured. The work grows with the net's size, not with its square: each fold touches its neighbours.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from engine.definitions.net import Join, Net, Places, Transition


def folded(net: Net) -> Net:
    """The net, folded as far as it goes."""
    net = without_harmless_places(net)
    while True:
        folding = _Folding(net)
        folding.fold_places()
        net = folding.net()
        copies = _copied_places(net)
        transitions = _without_copies(net.transitions, copies)
        if len(transitions) == len(net.transitions) and not copies:
            return net
        net.transitions, net.start = transitions, net.start - copies


def without_harmless_places(net: Net) -> Net:
    """The net without the places from which a token comes to no activity, merge, join or terminate event any more."""
    harmful = set(net.kept) | {place for join in net.joins for place in join.takes}
    harmful |= {place for each in net.transitions if len(each.takes) > 1 or each.clears for place in each.takes}
    givers: dict[int, list[Transition | Join]] = defaultdict(list)
    everything: list[Transition | Join] = [*net.transitions, *net.joins]
    for each in everything:
        for place in each.gives:
            givers[place].append(each)
    left = list(harmful)
    while left:
        new = {place for giving in givers[left.pop()] for place in giving.takes} - harmful
        harmful |= new
        left += new
    return Net(transitions=[Transition(each.node, each.takes, each.gives & harmful, each.clears) for each in net.transitions
                            if each.takes <= harmful],
               joins=[Join(join.node, join.takes, join.gives & harmful) for join in net.joins],
               start=net.start & harmful, target=net.target, kept=net.kept)


class _Folding:
    """The net while places are folded, with the transitions by what they take and give."""

    def __init__(self, net: Net) -> None:
        self._kept = dict(net.kept)
        self._target = net.target
        self._start = net.start
        self._joins = list(net.joins)
        self._fixed = {place for join in net.joins for place in join.takes}
        self._transitions = dict(enumerate(net.transitions))
        self._takers: dict[int, set[int]] = defaultdict(set)
        self._givers: dict[int, set[int]] = defaultdict(set)
        for key, transition in self._transitions.items():
            self._link(key, transition)

    def net(self) -> Net:
        """What is left."""
        return Net(transitions=list(self._transitions.values()), joins=self._joins, start=self._start,
                   target=self._target, kept=self._kept)

    def fold_places(self) -> None:
        """Fold every place that can be folded."""
        left = sorted(self._takers)
        while left:
            place = left.pop()
            takers = self._takers[place]
            if len(takers) == 1 and place not in self._fixed:
                (key,) = takers
                if self._can_fold(place, self._transitions[key]):
                    left += self._fold(place, key)

    def _link(self, key: int, transition: Transition) -> None:
        for place in transition.takes:
            self._takers[place].add(key)
        for place in transition.gives:
            self._givers[place].add(key)

    def _can_fold(self, place: int, follows: Transition) -> bool:
        """Not what ends everything, what waits for others, a circle, or what comes right before an end, where two at once would
        no longer be seen. Folded must not put two tokens where the place had one."""
        if follows.clears or not follows.gives or len(follows.takes) > 1 or place in follows.gives:
            return False
        filled = [self._start, *(self._transitions[key].gives for key in self._givers[place]),
                  *(join.gives for join in self._joins)]
        return not any(follows.gives & places for places in filled if place in places)

    def _fold(self, place: int, key: int) -> Iterable[int]:
        """What gave the place a token gives it to what follows. Returns the places that may now be folded too."""
        follows = self._transitions.pop(key)
        self._takers[place].discard(key)
        for given in follows.gives:
            self._givers[given].discard(key)
        if place in self._kept:
            named = dict.fromkeys(follows.gives, self._kept[place])
            is_merge = len(self._givers[place]) > 1  # then what is done twice begins here
            self._kept = self._kept | named if is_merge else named | self._kept
        self._start = _behind(self._start, place, follows.gives)
        self._joins = [Join(join.node, join.takes, _behind(join.gives, place, follows.gives)) for join in self._joins]
        for giver in self._givers.pop(place, ()):
            giving = self._transitions[giver]
            changed = Transition(giving.node, giving.takes, _behind(giving.gives, place, follows.gives), giving.clears)
            self._transitions[giver] = changed
            self._link(giver, changed)
            yield from changed.takes
        yield from follows.gives


def _behind(places: Places, place: int, gives: Places) -> Places:
    return (places - {place}) | gives if place in places else places


def _without_copies(transitions: Iterable[Transition], copies: Places) -> list[Transition]:
    """One of those that do the same, none that do nothing; the places that are copies left out."""
    kept: dict[tuple[Places, Places, bool], Transition] = {}
    for each in transitions:
        left = Transition(each.node, each.takes - copies, each.gives - copies, each.clears)
        if left.takes != left.gives:
            kept.setdefault((left.takes, left.gives, left.clears), left)
    return list(kept.values())


def _copied_places(net: Net) -> Places:
    """Places that are filled and emptied by the same transitions as another, which then stands for both."""
    special = {place for join in net.joins for place in (*join.takes, *join.gives)} | net.start
    roles: dict[int, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for number, transition in enumerate(net.transitions):
        for place in transition.takes:
            roles[place][0].append(number)
        for place in transition.gives:
            roles[place][1].append(number)
    first: dict[tuple[tuple[int, ...], tuple[int, ...]], int] = {}
    copies = set()
    for place, (taken, given) in roles.items():
        if place not in special and (same := first.setdefault((tuple(taken), tuple(given)), place)) != place:
            copies.add(place)
            if place in net.kept:
                net.kept.setdefault(same, net.kept[place])
    return frozenset(copies)
