"""Playing a diagram through: can it get stuck, can something be done twice (van der Aalst's soundness, on BPMN 2.0 §13)?

Decides by walking through every marking (a set of places, as bits) a scope can come to. A marking in which nothing can move
is a deadlock; one that would put a second token where one stands means that a path splits and is never joined. Where
conditions may choose several flows, it is played with any single one and with all of them: what fails both ways is an error;
what fails one way depends on the data, and is a warning. Exclusive choices are always tried each. Bounded by counting steps:
a diagram too entangled to be proved within the bound is said to be so, never passed in silence.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine.definitions.findings import Findings
from engine.definitions.folding import folded
from engine.definitions.model import Flow, Node, NodeKind, Process
from engine.definitions.net import Join, Net, net_of
from engine.definitions.structure import Drawing, drawings, reachable

MAX_WORK = 600_000
"""Transitions looked at for one process: about a third of a second. Block-structured diagrams need a few dozen."""


@dataclass(frozen=True, slots=True)
class Defect:
    """What can go wrong, and at which node."""

    code: str
    node: str


_MESSAGES = {
    "deadlock": ("“{}” can wait for ever: not everything it waits for can come",
                 "join an exclusive gateway's ways with an exclusive gateway, a parallel one's with a parallel one"),
    "done_twice": ("“{}” can be reached twice at once: a path splits before it and is not joined",
                   "join the paths with a parallel gateway before it"),
    "no_way_out": ("from “{}” no end can be reached: a case would go round for ever", "draw a way out of the loop"),
    "not_proved": ("too many things go on side by side to play the diagram through: “{}” was not proved sound",
                   "move parts of it into sub-processes"),
}


def check_soundness(findings: Findings, process: Process) -> None:
    """Note what can go wrong when the process runs."""
    budget = Budget(MAX_WORK)
    for drawn in drawings(process):
        nodes = {node.id: node for node in drawn.scope.nodes}
        for starts in _beginnings(findings, drawn):
            one, both = (Game(folded(net_of(drawn, starts, all_ways=all_ways)), budget).play() for all_ways in (False, True))
            for defect in sorted(one | both, key=lambda defect: (defect.code, defect.node)):
                where = nodes.get(defect.node) or drawn.inside or process
                _tell(findings, defect, where, is_certain=defect in one & both)
        for node in _without_way_out(drawn):
            _tell(findings, Defect("no_way_out", node.id), node, is_certain=True)


def _tell(findings: Findings, defect: Defect, where: Node | Process, *, is_certain: bool) -> None:
    message, hint = _MESSAGES[defect.code]
    note = findings.error if is_certain and defect.code != "not_proved" else findings.warning
    note(defect.code, where, message.format(where.name or where.id), hint)


def _beginnings(findings: Findings, drawn: Drawing) -> Iterator[list[Flow]]:
    """Where tokens begin: at the start, and on each path that begins beside an activity and stays beside the main one."""
    yield [flow for node in drawn.starts for flow in drawn.out[node.id]]
    main = reachable(drawn, [node.id for node in drawn.starts], beside=False)
    ends = {node.id for node in drawn.scope.nodes if node.kind is NodeKind.END_EVENT}
    for node in drawn.scope.nodes:
        if node.attached_to is None or node.interrupting:
            continue
        if main & reachable(drawn, [node.id], beside=False) <= ends:
            yield drawn.out[node.id]
        else:
            findings.warning("joins_main", node, f"the path that begins at “{node.name or node.id}” runs beside the main one "
                             "and leads into it: what follows can be done twice", "lead it to an end event of its own")


@dataclass(slots=True)
class Budget:
    """Steps left, for all scopes of a process together."""

    left: int


class Game:
    """One net being played: a marking is a number whose bits are the places that hold a token."""

    def __init__(self, net: Net, budget: Budget) -> None:
        self.net = net
        self.budget = budget
        self.defects: set[Defect] = set()
        self.moves = [(_bits(each.takes), _bits(each.gives), each.clears) for each in net.transitions]
        self.joins = [(_Waiting(net, join), _bits(join.gives)) for join in net.joins]

    def play(self) -> set[Defect]:
        """Every defect of the markings that can be reached."""
        seen = {_bits(self.net.start)}
        left = deque(seen)
        while left:
            marking = left.popleft()
            moved = list(self._following(marking))
            if marking and not moved:
                self._note("deadlock", marking)
            new = {after for after in moved if after is not None and after not in seen}
            left += new
            seen |= new
            self.budget.left -= len(self.moves) + len(self.joins)
            if self.budget.left < 0:
                self._note("not_proved", marking & -marking)
                break
        return self.defects

    def _following(self, marking: int) -> Iterator[int | None]:
        """The markings after one thing has happened; None for a thing that would put two tokens on one place."""
        for takes, gives, clears in self.moves:
            if takes & marking == takes:
                yield 0 if clears else self._after(marking & ~takes, gives)
        for waiting, gives in self.joins:
            if (came := marking & waiting.takes) and not waiting.is_awaited(marking):
                yield self._after(marking & ~came, gives)

    def _after(self, left: int, gives: int) -> int | None:
        if twice := left & gives:
            self.defects |= {Defect("done_twice", self.net.kept.get(place, node)) for place, node in self.net.target.items()
                             if twice >> place & 1}
            return None
        return left | gives

    def _note(self, code: str, marking: int) -> None:
        self.defects |= {Defect(code, node) for place, node in self.net.target.items() if marking >> place & 1}


class _Waiting:
    """An inclusive join: what it waits for."""

    def __init__(self, net: Net, join: Join) -> None:
        into = _into(net, join)
        self.takes = _bits(join.takes)
        self.ways = [(1 << place, _bits(_closure(into, place))) for place in join.takes]

    def is_awaited(self, marking: int) -> bool:
        """Can something still come over a way that has brought nothing, and over no way that has (BPMN 2.0 §13.3.3)?"""
        empty = filled = 0
        for way, upstream in self.ways:
            if marking & way:
                filled |= upstream
            else:
                empty |= upstream
        return bool(marking & empty & ~filled)


def _into(net: Net, join: Join) -> dict[int, set[int]]:
    """For each place, those from which a token comes to it in one step without passing the join."""
    into: dict[int, set[int]] = defaultdict(set)
    for each in net.transitions:
        for place in each.gives:
            into[place] |= each.takes
    for other in net.joins:
        for place in other.gives if other is not join else ():
            into[place] |= set(other.takes)
    return into


def _closure(into: dict[int, set[int]], place: int) -> set[int]:
    found: set[int] = set()
    left = [place]
    while left:
        at = left.pop()
        if at not in found:
            found.add(at)
            left += into[at]
    return found


def _bits(places: Iterable[int]) -> int:
    return sum(1 << place for place in places)


def _without_way_out(drawn: Drawing) -> list[Node]:
    """Nodes from which neither an end event nor a place where a path may stop can be reached."""
    back: dict[str, list[str]] = defaultdict(list)
    for flow in drawn.scope.flows:
        back[flow.target].append(flow.source)
    for node in drawn.scope.nodes:
        if node.attached_to is not None:
            back[node.id].append(node.attached_to)
    left = [node.id for node in drawn.scope.nodes if node.kind is NodeKind.END_EVENT or not drawn.out[node.id]]
    found: set[str] = set()
    while left:
        id = left.pop()
        if id not in found:
            found.add(id)
            left += back[id]
    return [node for node in drawn.scope.nodes if node.id not in found]
