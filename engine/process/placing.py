"""Placing: a process instance that has come as far as another system says, by a walk through the diagram.

A case in progress is brought in where it stands. Tokens are never put down by hand, since a join might then wait for ever:
the diagram is walked from its start, task by task, until the named nodes are open and no other task is, so that a placement
is always one that real work could have reached. Nobody decides anything by the walk; the fact that the case was brought in
tells it, and `place` takes it again to the same bytes.

A child case 子办件 that the walk has behind it came out in the other system, ordinarily granted; one that is still open is a
step at which the parent stands, and is named like a task.

Of all walks the most ordinary is taken: each departure from the first outcome a task draws or a child may have, each timer
that fires and each message that comes on the way costs one, and the cheapest walk is found first. A branch from which a named
node cannot be reached any more is given up at once, which keeps the search to the few hundred steps a diagram of an office
needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from heapq import heappop, heappush
from itertools import count
from typing import Any

from engine.definitions.model import RESULTS
from engine.errors import Incident, InvalidInput, MissingVariable, Refusal, StateCorrupt
from engine.events import Walked
from engine.process import kernel
from engine.process.activities import SubprocessSpec
from engine.process.compile import Program
from engine.process.nodes import NodeSpec
from engine.process.scope import ScopeSpec
from engine.process.step import Passed, Step, Wait, WaitKind
from engine.sentences import Sentence, say

MOST = 3_000
"""Commands a search may give the kernel. The longest process of the shelf needs a tenth of it."""

Place = tuple[tuple[str, ...], str]
"""A node, with the enclosing sub-processes and call activities."""

_NOTHING: Mapping[str, str] = {}
_AFTER = frozenset({WaitKind.TIMER, WaitKind.MESSAGE, WaitKind.SIGNAL})
_STEPS = frozenset({WaitKind.TASK, WaitKind.CALL})
"""Where a case stands for somebody: a task, or a child case."""
_WORK = _STEPS | {WaitKind.CONNECTOR}


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Where a walk has led: the step from the start to there as one, and the way."""

    step: Step
    way: tuple[Walked, ...]


def place(program: Program, data: Mapping[str, object], way: Iterable[Walked]) -> Step:
    """Take a way again, from the start; the whole as one step, whose opened waits are all there are. Raises StateCorrupt when
    it does not lead through this diagram, and what the kernel raises."""
    at = _Standing.at_start(kernel.start(program, data))
    for walked in way:
        wait = at.open.get(walked.token)
        if wait is None or (wait.node, wait.kind.value) != (walked.node, walked.kind):
            raise StateCorrupt(say(
                "the way leads over “{node}”, where nothing waits: it belongs to another diagram", node=walked.node))
        at = at.after(walked, _passing(program, at.step.state, wait, walked.outcome))
    return at.whole


def find(
    program: Program, data: Mapping[str, object], nodes: frozenset[Place], outcomes: Mapping[str, str] = _NOTHING,
) -> Placed:
    """The most ordinary walk after which the nodes are open, and no other task or child case is. `outcomes`: by node, those
    that are known to have come about; no other is tried there. Raises InvalidInput when there is none, Incident when the
    process cannot begin."""
    search = _Search(program=program, nodes=nodes, outcomes=outcomes)
    left: list[tuple[int, int, _Standing]] = []
    order = count()
    heappush(left, (0, next(order), _Standing.at_start(kernel.start(program, data))))
    while left:
        cost, _, at = heappop(left)
        if search.is_there(at):
            return Placed(step=at.whole, way=at.way)
        for more, further in search.further(at):
            heappush(left, (cost + more, next(order), further))
    raise InvalidInput("steps", search.failure())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Standing:
    """Where a walk stands. `step`: the last one; `open`: every wait by id."""

    step: Step
    open: Mapping[int, Wait]
    way: tuple[Walked, ...] = ()
    passed: tuple[Passed, ...] = ()

    @classmethod
    def at_start(cls, step: Step) -> _Standing:
        return cls(step=step, open={wait.id: wait for wait in step.opened}, passed=step.passed)

    def after(self, walked: Walked, step: Step) -> _Standing:
        ended = {ended.id for ended in step.ended}
        return _Standing(step=step, way=(*self.way, walked), passed=(*self.passed, *step.passed), open={
            **{id: wait for id, wait in self.open.items() if id not in ended}, **{wait.id: wait for wait in step.opened}})

    @property
    def whole(self) -> Step:
        """All of it as one step."""
        return Step(state=self.step.state, opened=tuple(self.open.values()), ended=(), passed=self.passed,
                    is_completed=self.step.is_completed, end=self.step.end, variables=self.step.variables,
                    waiting=self.step.waiting)

    @property
    def key(self) -> tuple[object, ...]:
        """What the rest of a walk depends on."""
        return (tuple(sorted((wait.scope, wait.node, wait.index or 0) for wait in self.open.values())),
                tuple(sorted((name, repr(value)) for name, value in self.step.variables.items())))


@dataclass(slots=True, kw_only=True)
class _Search:
    """A search under way. `seen`: standings that were met; `spent`: commands given; `missing`: variables nobody gave."""

    program: Program
    nodes: frozenset[Place]
    outcomes: Mapping[str, str]
    seen: set[tuple[object, ...]] = field(default_factory=set)
    spent: int = 0
    missing: set[str] = field(default_factory=set)

    def is_there(self, at: _Standing) -> bool:
        places = {_place(wait) for wait in at.open.values()}
        steps = {_place(wait) for wait in at.open.values() if wait.kind in _STEPS}
        return steps <= self.nodes <= places

    def further(self, at: _Standing) -> Iterator[tuple[int, _Standing]]:
        """Where one more step leads, with what it costs. The steps are independent of each other, so the first that can be
        passed stands for all of them; the named ones are passed only where the walk has to come round to them again."""
        other = [wait for wait in at.open.values() if wait.kind in _WORK and _place(wait) not in self.nodes]
        for wait in other:
            found = list(self._through(at, wait, 0))
            yield from found
            if found:
                break
        for wait in at.open.values():
            if wait.kind in _AFTER or (not other and wait.kind is WaitKind.TASK):
                yield from self._through(at, wait, 1)

    def failure(self) -> Sentence:
        named = "、".join(sorted(node for _, node in self.nodes))
        if self.missing:
            return say("on the way to {named} the diagram asks for {missing}: give it as a column of the application's data, "
                       "or the outcome of that step", named=named, missing=tuple(sorted(self.missing)))
        tried = say(" (none was found among {spent} steps)", spent=self.spent) if self.spent >= MOST else Sentence("")
        return say("no walk through the diagram ends with {named} open and no other task{tried}: name every step at which the "
                   "case stands, in all parallel branches, and the outcomes that led there where they were not the ordinary "
                   "ones", named=named, tried=tried)

    def _through(self, at: _Standing, wait: Wait, cost: int) -> Iterator[tuple[int, _Standing]]:
        for departure, outcome in enumerate(self._outcomes(wait)):
            if self.spent >= MOST:
                return
            self.spent += 1
            try:
                step = _passing(self.program, at.step.state, wait, outcome)
            except MissingVariable as missing:
                self.missing.add(missing.variable)
                continue
            except (Incident, Refusal):
                continue
            walked = Walked(token=wait.id, node=wait.node, kind=wait.kind.value, outcome=outcome)
            further = at.after(walked, step)
            if further.key not in self.seen and self._may_arrive(further):
                self.seen.add(further.key)
                yield cost + bool(departure), further

    def _outcomes(self, wait: Wait) -> list[str | None]:
        """The known outcome alone, else all that are drawn, of a child all that it may have, the ordinary one first; None for a
        task without outcomes."""
        node = _spec(self.program, _place(wait)).node
        work = node.work if wait.kind is WaitKind.TASK else None
        drawn = [outcome.key for outcome in work.outcomes] if work is not None else []
        if wait.kind is WaitKind.CALL and node.child is not None:
            drawn = list(RESULTS)
        known = self.outcomes.get(wait.node)
        if known is not None and drawn:
            return [known] if known in drawn else []
        return list(drawn) or [None]

    def _may_arrive(self, at: _Standing) -> bool:
        here = [_place(wait) for wait in at.open.values()]
        return all(any(node == place or node in _ahead(self.program, place) for place in here) for node in self.nodes)


def _passing(program: Program, state: bytes, wait: Wait, outcome: str | None) -> Step:
    """The wait is over in the way waits of its kind are."""
    match wait.kind:
        case WaitKind.TIMER:
            return kernel.fire(program, state, wait.id)
        case WaitKind.MESSAGE | WaitKind.SIGNAL:
            return kernel.correlate(program, state, wait.event or "", wait_id=wait.id)
    child = _spec(program, _place(wait)).node.child if wait.kind is WaitKind.CALL else None
    variable = wait.node if child is None else child.result
    return kernel.complete(program, state, wait.id, {} if outcome is None else {variable: outcome})


def _place(wait: Wait) -> Place:
    return wait.scope, wait.node


def _spec(program: Program, place: Place) -> NodeSpec:
    return _scope(program, place[0]).nodes[place[1]]


def _scope(program: Program, path: tuple[str, ...]) -> ScopeSpec:
    scope = program.scope
    for id in path:
        host = scope.nodes[id]
        assert isinstance(host, SubprocessSpec) and host.body is not None
        scope = host.body
    return scope


@lru_cache(maxsize=4096)
def _ahead(program: Program, place: Place) -> frozenset[Place]:
    """The nodes that may come after one, whatever conditions say: over its flows and boundary events, into what it contains
    and, since any end or error may end its surroundings, out of them."""
    seen: set[Place] = set()
    left = list(_next(program, place))
    while left:
        found = left.pop()
        if found not in seen:
            seen.add(found)
            left += _next(program, found)
    return frozenset(seen)


def _next(program: Program, place: Place) -> Iterator[Place]:
    path, id = place
    spec: Any = _spec(program, place)
    yield from ((path, flow.target.bpmn_id) for flow in spec.flows)
    yield from ((path, boundary.bpmn_id) for boundary in spec.boundary)
    for depth, host in enumerate(path):
        outer: Any = _spec(program, (path[:depth], host))
        yield from ((path[:depth], flow.target.bpmn_id) for flow in outer.flows)
        yield from ((path[:depth], boundary.bpmn_id) for boundary in outer.boundary)
    body = getattr(spec, "body", None)
    if body is not None and id not in path:  # a process that calls itself is looked into once
        yield from (((*path, id), start.bpmn_id) for start in body.starts)
