"""Which tokens end when one of them goes back to an earlier node, or why it may not go there.

The rule in one sentence: a token may go back to a node from which a single token comes, by itself, to where it stands; and
what ends with it is whatever that single token would have become. So a marking results that the diagram could have come to
anyway: no join waits for ever, none fires twice, no branch runs a second time. In pictures::

    ── x ──┬── a ── b ──┐
           │            ├─ j ── d ──         b → a   a token moves within its branch, c stays
           └── c ───────┘                    b → x   out of the block: c, its timers and what waits in j end
                                             d → a   refused: by itself a token at a never passes j
                                             b → c   refused: another branch

An inclusive join passes what has come once nothing more can come: into one branch of an inclusive split that is over a token
may go back, since the join will not wait for the others. A path beside an activity (a supervisor's task, 督办) is left only by
its own end; it ends with the block its activity lies in, and goes on otherwise.

Where splits and joins do not pair up as blocks the rule is not enough: what would stand is also played through (`proving`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.process.events import BoundarySpec
from engine.process.gateways import InclusiveSpec, ParallelSpec
from engine.process.passages import alone_from, hosts_beside, is_first_reached_through, leads_to, main_path
from engine.process.proving import comes_to_good_end
from engine.process.reach import splits, ways_taken
from engine.sentences import say

if TYPE_CHECKING:
    from engine.process.instance import Instance
    from engine.process.nodes import NodeSpec
    from engine.process.token import Token


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """What ends when `present` goes back to `target`, both in one scope. `tokens`: they end, with what belongs to them and
    goes on in them. `arrivals`: (join, position of the flow) of what waits in a join and is taken back. `ways`: the ids of the
    flows that leave the splits before which the target lies. `alone`: where a token at the target comes to by itself."""

    present: Token
    target: NodeSpec
    tokens: tuple[Token, ...]
    arrivals: tuple[tuple[Token, int], ...]
    ways: frozenset[str]
    alone: frozenset[str]

    def happen(self) -> None:
        """The tokens end."""
        for token in self.tokens:
            if token.id in token.workflow.tasks:
                token.cancel()
        for join, position in self.arrivals:
            join.memory[position] = 0
            if not any(join.memory) and join.id in join.workflow.tasks:
                join.cancel()


def leaving(present: Token, target: NodeSpec) -> Leaving | str:
    """What ends when the token goes back to a node of its own scope; or a clause that says why it may not, whose subject is
    the node."""
    spec = present.task_spec
    if target is spec:
        return say("is where the case stands already")
    if reason := _unfit(spec, target):
        return reason
    alone = _alone(present, target)
    if spec.bpmn_id not in alone:
        return _not_reached(spec, target)
    found = _Ending(present, target, alone)
    if found.is_doubled():
        return say("lies before a split inside a path beside another step that goes on several times at once: which branches "
                   "belong to “{step}” cannot be told", step=_name(spec))
    plan = Leaving(present=present, target=target, tokens=tuple(found.tokens()), arrivals=tuple(found.arrivals()),
                   ways=found.ways, alone=alone)
    return plan if found.is_beside or _comes_to_good_end(plan) else say(
        "lies where the branches of this process do not pair up: with what would go on beside it, the case could get stuck or "
        "do something twice on its way back to “{step}”", step=_name(spec))


class _Ending:
    """Which of the living end. A path beside an activity can go on several times at once: of what stands on it only what lies
    inside the splits that are left is known to belong to the present token."""

    def __init__(self, present: Token, target: NodeSpec, alone: frozenset[str]) -> None:
        scope = present.workflow.spec
        self.present = present
        self.instance: Instance = present.workflow
        self.alone = alone
        self.taken = ways_taken(scope)
        self.hosts = hosts_beside(scope)
        self.is_beside = present.task_spec.bpmn_id not in main_path(scope)
        new = self.taken[present.task_spec.bpmn_id] - self.taken[target.bpmn_id]
        self.ways = frozenset(flow.id for split in scope.nodes.values() if splits(split)
                              and any(flow.id in new for flow in split.flows) for flow in split.flows)

    def tokens(self) -> Iterator[Token]:
        """The tokens that end."""
        for token in independent(self.instance):
            if token is self.present or self._ends(token.task_spec.bpmn_id):
                yield token

    def arrivals(self) -> Iterator[tuple[Token, int]]:
        """What is taken back from joins."""
        for join, position, flow_id, source in arrived(self.instance):
            if self._ends(source, flow_id):
                yield join, position

    def _ends(self, id: str, flow_id: str = "") -> bool:
        if id in self.alone:
            return not self.is_beside or not self.ways.isdisjoint(self.taken[id] | {flow_id})
        hosts = self.hosts.get(id, ())
        return bool(hosts) and all(not self.ways.isdisjoint(self.taken[host]) for host in hosts)

    def is_doubled(self) -> bool:
        """Is there another token in the innermost branch of the present one? Then the path goes on twice."""
        if not self.is_beside or not self.ways:
            return False
        own = self.taken[self.present.task_spec.bpmn_id]
        places = [token.task_spec.bpmn_id for token in independent(self.instance) if token is not self.present]
        places += [source for _, _, _, source in arrived(self.instance)]
        return any(id in self.alone and own <= self.taken[id] for id in places)


def independent(instance: Instance) -> list[Token]:
    """The tokens of a scope that belong to no other and are no join's memory."""
    return [token for token in instance.tasks.values() if token.workflow is instance and token._parent is None
            and token.index is None and not isinstance(token.task_spec, BoundarySpec)
            and not (isinstance(token.task_spec, ParallelSpec) and token.memory is not None)]


def arrived(instance: Instance) -> Iterator[tuple[Token, int, str, str]]:
    """(join, position, flow, its source) of each flow over which something has come to a join that waits for more."""
    for join in instance.joins.values():
        for spec in instance.spec.nodes.values():
            for flow in spec.flows:
                if flow.target is join.task_spec and join.memory[flow.position]:
                    yield join, flow.position, flow.id, spec.bpmn_id


def _comes_to_good_end(plan: Leaving) -> bool:
    """Played through from what would stand on the scope's main path. A token that would stand there with nothing beside it, and
    comes back with no join let pass, is where the diagram itself brings a single token: nothing is left to prove."""
    instance, main = plan.present.workflow, main_path(plan.target.scope)
    stand = {token.task_spec.bpmn_id for token in independent(instance) if token not in plan.tokens} & main
    came = {flow for join, position, flow, source in arrived(instance)
            if source in main and (join, position) not in plan.arrivals}
    if not stand and not came and plan.alone == alone_from([plan.target]):
        return True
    return comes_to_good_end(plan.target.scope, stand | {plan.target.bpmn_id}, came)


def _alone(present: Token, target: NodeSpec) -> frozenset[str]:
    """Where a token at the target comes to by itself. Inclusive joins count as parallel ones, unless the target lies inside
    a split that the present token has left."""
    alone = alone_from([target])
    taken = ways_taken(present.workflow.spec)
    over = taken[target.bpmn_id] - taken[present.task_spec.bpmn_id]
    if present.task_spec.bpmn_id in alone or not over:
        return alone

    def passes(join: InclusiveSpec, positions: frozenset[int], nodes: frozenset[str]) -> bool:
        return not _is_awaited(present, join, positions, nodes)

    return alone_from([target], passes)


def _is_awaited(present: Token, join: InclusiveSpec, positions: frozenset[int], nodes: frozenset[str]) -> bool:
    """Would the join wait for something alive that goes on, once something has come at these positions?"""
    instance = present.workflow
    waiting = instance.joins.get(join.number)
    filled = empty = 0
    for at, reach in enumerate(join.reach):
        if at in positions or (waiting is not None and waiting.memory[at]):
            filled |= reach
        else:
            empty |= reach
    upstream = empty & ~filled
    return any(upstream >> token.task_spec.place & 1 for token in instance.tasks.values()
               if token.workflow is instance and token is not waiting and present.id not in (token.id, token._parent)
               and token.task_spec.bpmn_id not in nodes)


def _unfit(spec: NodeSpec, target: NodeSpec) -> str | None:
    """Why a node may never be gone back to from another, wherever the other tokens stand; None: it may."""
    main = main_path(spec.scope)
    if (spec.bpmn_id in main) != (target.bpmn_id in main):
        return (say("lies on a path beside another step (such as 督办), which “{step}” is no part of", step=_name(spec))
                if spec.bpmn_id in main else say(
                    "lies outside the path beside another step (such as 督办) of which “{step}” is a part: that path does not "
                    "lead back into the main one", step=_name(spec)))
    taken = ways_taken(spec.scope)
    for split in spec.scope.nodes.values():
        flows = {flow.id for flow in split.flows} if splits(split) else set()
        mine, theirs = flows & taken[spec.bpmn_id], flows & taken[target.bpmn_id]
        if mine and theirs and mine != theirs:
            return say("lies in another branch (并行分支) of the split “{split}” than “{step}”",
                       split=_name(split), step=_name(spec))
    return None


def _not_reached(spec: NodeSpec, target: NodeSpec) -> str:
    """Why a single token would not come from the target to the node."""
    leads = leads_to(target, spec)
    if is_first_reached_through(spec.scope, target, spec) or (not leads and leads_to(spec, target)):
        return say("comes after “{step}”", step=_name(spec))
    taken = ways_taken(spec.scope)
    if not leads or taken[target.bpmn_id] <= taken[spec.bpmn_id]:
        return say("lies on another way than the one that leads to “{step}”", step=_name(spec))
    return say("lies in one branch of a split (并行分支) whose branches have met since: the join would wait for the others for "
               "ever. Send the whole block back, to a step before the split")


def _name(spec: NodeSpec) -> str:
    return spec.bpmn_name or spec.bpmn_id
