"""Folding a net changes nothing of what can go wrong in it: on random diagrams the whole net gives the same answer."""

from copy import deepcopy
from random import Random

import pytest

from engine.definitions.folding import folded, without_harmless_places
from engine.definitions.model import Event, EventKind, Flow, Node, NodeKind, Scope
from engine.definitions.net import Net, net_of
from engine.definitions.soundness import Budget, Game
from engine.definitions.structure import drawing

NONE = Event(kind=EventKind.NONE)
INNER = (NodeKind.USER_TASK, NodeKind.USER_TASK, NodeKind.EXCLUSIVE_GATEWAY, NodeKind.PARALLEL_GATEWAY,
         NodeKind.INCLUSIVE_GATEWAY)
SEEDS, BATCH = 600, 100


def random_scope(random: Random) -> Scope:
    """A start, some nodes each reached from an earlier one, a few more flows anywhere, and an end."""
    count = random.randint(2, 6)
    nodes = [Node(id="start", kind=NodeKind.START_EVENT, event=NONE),
             *(Node(id=f"n{number}", kind=random.choice(INNER)) for number in range(count)),
             Node(id="end", kind=NodeKind.END_EVENT, event=NONE)]
    ends = [(random.choice(nodes[:place + 1] if place else nodes[:1]).id, f"n{place}") for place in range(count)]
    ends += [(f"n{random.randrange(count)}", random.choice(nodes[1:]).id) for _ in range(random.randint(1, count))]
    ends += [(node.id, "end") for node in nodes[1:-1] if node.id not in {source for source, _ in ends}]
    chooses = {node.id for node in nodes if node.kind in (NodeKind.EXCLUSIVE_GATEWAY, NodeKind.INCLUSIVE_GATEWAY)}
    return Scope(nodes=tuple(nodes), flows=tuple(
        Flow(id=f"f{number}", source=source, target=target, condition="x" if source in chooses else None)
        for number, (source, target) in enumerate(ends)))


def answers(net: Net) -> set[str]:
    """Can it get stuck, can something be done twice?"""
    defects = Game(net, Budget(500_000)).play()
    assert "not_proved" not in {defect.code for defect in defects}
    return {defect.code for defect in defects}


def goes_round_for_ever(net: Net) -> bool:
    """Is there a marking from which the end cannot be reached? `no_way_out` says so; folding may say it in its own way."""
    game = Game(net, Budget(500_000))
    start = sum(1 << place for place in net.start)
    into: dict[int, set[int]] = {}
    left, seen = [start], {start}
    while left:
        marking = left.pop()
        for after in game._following(marking):
            if after is not None:
                into.setdefault(after, set()).add(marking)
                if after not in seen:
                    seen.add(after)
                    left.append(after)
    ending, left = {0}, [0]
    while left:
        left += new if (new := into.get(left.pop(), set()) - ending) else ()
        ending |= new
    return not seen <= ending


@pytest.mark.parametrize("batch", range(SEEDS // BATCH))
def test_a_folded_net_can_go_wrong_where_the_whole_net_can(batch: int) -> None:
    for seed in range(batch * BATCH, (batch + 1) * BATCH):
        drawn = drawing(random_scope(Random(seed)))
        for all_ways in (False, True):
            net = net_of(drawn, drawn.out["start"], all_ways=all_ways)
            whole, small = answers(without_harmless_places(net)), answers(folded(deepcopy(net)))
            is_endless = not whole and goes_round_for_ever(without_harmless_places(net))
            assert is_endless or bool(whole) == bool(small), (seed, all_ways, whole, small)
