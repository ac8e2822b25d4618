"""Is the drawing whole: does it begin, does everything lead somewhere, does it end (BPMN 2.0 §10.4–10.6)?

Decides what can be seen from nodes and flows alone, without playing it through (that is `soundness`). A process is complete
only through an end event, so a path of the top process that simply stops is an error; a sub-process is over when nothing is
left in it, so there a path may stop.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from engine.definitions.findings import Findings
from engine.definitions.model import EventKind, Flow, Node, NodeKind, Process, Scope
from engine.definitions.normalise import ACTIVITIES, CHOOSING

_CONDITIONAL = CHOOSING | ACTIVITIES
_WAITS_FOR_EVENT = frozenset({EventKind.TIMER, EventKind.MESSAGE, EventKind.SIGNAL})


@dataclass(frozen=True, slots=True)
class Drawing:
    """A scope with its flows by their ends. `inside`: the sub-process it belongs to, None for the process itself."""

    scope: Scope
    inside: Node | None
    into: dict[str, list[Flow]]
    out: dict[str, list[Flow]]

    @property
    def starts(self) -> list[Node]:
        """Where a token begins: the one start event that is used, else every node nothing leads to."""
        events = [node for node in self.scope.nodes if node.kind is NodeKind.START_EVENT]
        plain = [node for node in events if node.event is None or node.event.kind is EventKind.NONE]
        return (plain or events)[:1] or [node for node in self.scope.nodes if not self.into[node.id]
                                         and node.kind is not NodeKind.BOUNDARY_EVENT]


def drawing(scope: Scope, inside: Node | None = None) -> Drawing:
    """A scope, ready to be looked at."""
    into: dict[str, list[Flow]] = defaultdict(list)
    out: dict[str, list[Flow]] = defaultdict(list)
    for flow in scope.flows:
        into[flow.target].append(flow)
        out[flow.source].append(flow)
    return Drawing(scope, inside, into, out)


def drawings(process: Process) -> Iterable[Drawing]:
    """The process's own scope and those of its sub-processes."""
    left = [drawing(process.scope)]
    while left:
        found = left.pop()
        yield found
        left += [drawing(node.body, node) for node in found.scope.nodes if node.body is not None]


def check_structure(findings: Findings, process: Process) -> None:
    """Note what is not whole."""
    for drawn in drawings(process):
        where = drawn.inside or process
        if not drawn.scope.nodes:
            findings.error("empty", where, "nothing is drawn in it", "draw a start event, what has to be done, and an end")
            continue
        for node in drawn.scope.nodes:
            _RULES[node.kind](findings, drawn, node)
            _check_conditions(findings, drawn, node)
        _check_begin(findings, drawn, where)
        _check_end(findings, drawn, process)
        _check_reached(findings, drawn)


def _check_start_event(findings: Findings, drawn: Drawing, node: Node) -> None:
    if drawn.into[node.id]:
        findings.error("flow_into_start", node, "a flow leads into a start event", "lead it to what comes after the start")
    if drawn.inside is not None and node.event is not None and node.event.kind is not EventKind.NONE:
        findings.error("event_start_inside", node, "a sub-process begins when a token arrives, not with an event",
                       "use a start event without a definition, and an intermediate event after it")


def _check_end_event(findings: Findings, drawn: Drawing, node: Node) -> None:
    if drawn.out[node.id]:
        findings.error("flow_out_of_end", node, "a flow leaves an end event", "use an intermediate throw event")


def _check_boundary(findings: Findings, drawn: Drawing, node: Node) -> None:
    host = next((other for other in drawn.scope.nodes if other.id == node.attached_to), None)
    if host is None or host.kind not in ACTIVITIES:
        findings.error("bad_boundary", node, f"the boundary event is attached to “{node.attached_to or 'nothing'}”, which is "
                       "no activity of the same process or sub-process", "attach it to a task or a sub-process")
    if drawn.into[node.id]:
        findings.error("flow_into_boundary", node, "a flow leads into a boundary event", "lead it to what comes after it")


def _check_event_gateway(findings: Findings, drawn: Drawing, node: Node) -> None:
    nodes = {other.id: other for other in drawn.scope.nodes}
    targets = [nodes[flow.target] for flow in drawn.out[node.id]]
    for target in targets:
        awaits = target.kind is NodeKind.CATCH_EVENT and target.event is not None and target.event.kind in _WAITS_FOR_EVENT
        if not awaits or len(drawn.into[target.id]) > 1:
            findings.error("bad_event_gateway", node, f"the event gateway leads to “{target.id}”, which is not an event that "
                           "only it awaits", "lead it to intermediate catch events or receive tasks only")


def _nothing(findings: Findings, drawn: Drawing, node: Node) -> None:
    """No rule of its own."""


_RULES: dict[NodeKind, Callable[[Findings, Drawing, Node], None]] = {
    **dict.fromkeys(NodeKind, _nothing), NodeKind.START_EVENT: _check_start_event, NodeKind.END_EVENT: _check_end_event,
    NodeKind.BOUNDARY_EVENT: _check_boundary, NodeKind.EVENT_GATEWAY: _check_event_gateway,
}


def _check_conditions(findings: Findings, drawn: Drawing, node: Node) -> None:
    """Only what chooses may have conditions on its flows (BPMN 2.0 §13.2.1)."""
    conditional = [flow for flow in drawn.out[node.id] if flow.condition is not None]
    if conditional and node.kind not in _CONDITIONAL:
        findings.error("condition_not_asked", node, f"a flow leaving this {node.kind.value.replace('_', ' ')} has a condition, "
                       "which nothing here would ask", "draw an exclusive or inclusive gateway after it")
    elif conditional and len(drawn.out[node.id]) == 1:
        findings.warning("only_way_conditional", node, "its only way out has a condition: when it does not hold, the case "
                         "stops with an incident", "remove the condition, or draw the other way")


def _check_begin(findings: Findings, drawn: Drawing, where: Node | Process) -> None:
    events = [node for node in drawn.scope.nodes if node.kind is NodeKind.START_EVENT]
    plain = [node for node in events if node.event is None or node.event.kind is EventKind.NONE]
    if len(plain) > 1:
        findings.error("several_starts", plain[1], "there are several start events without a definition",
                       "begin with one and draw a parallel gateway after it")
    elif len(events) > 1:
        findings.warning("start_ignored", events[1], f"a case begins at “{drawn.starts[0].id}”; the other start events are "
                         "not used", "a case is opened by a person or a program, never by an event")
    elif not drawn.starts:
        findings.error("no_start", where, "there is no place where it begins", "draw a start event")
    elif not events:
        findings.warning("implicit_start", where, "there is no start event: it begins at every element nothing leads to",
                         "draw a start event")


def _check_end(findings: Findings, drawn: Drawing, process: Process) -> None:
    """Every path of the process itself goes on until an end event."""
    if drawn.inside is not None:
        return
    if not any(node.kind is NodeKind.END_EVENT for node in drawn.scope.nodes):
        findings.error("no_end", process, "there is no end event: a case could never be complete", "draw an end event")
        return
    main = reachable(drawn, [node.id for node in drawn.starts], beside=False)
    for node in drawn.scope.nodes:
        if node.kind is not NodeKind.END_EVENT and not drawn.out[node.id]:
            note = findings.error if node.id in main else findings.warning
            note("path_stops", node, f"the path stops at “{node.name or node.id}”, which is no end event",
                 "lead it on to an end event")


def _check_reached(findings: Findings, drawn: Drawing) -> None:
    """What no token can reach would never be done, and nobody would notice."""
    starts = [node.id for node in drawn.starts]
    reached = reachable(drawn, starts)
    spare = reachable(drawn, [node.id for node in drawn.scope.nodes if node.kind is NodeKind.START_EVENT]) - reached
    for node in drawn.scope.nodes:
        if node.id in spare:
            findings.warning("unreachable", node, f"“{node.name or node.id}” follows a start event that is not used",
                             "connect it, or remove it")
        elif node.id not in reached and starts:
            findings.error("unreachable", node, f"nothing leads to “{node.name or node.id}”: it would never be done",
                           "connect it, or remove it")


def reachable(drawn: Drawing, starts: list[str], *, beside: bool = True) -> set[str]:
    """Ids of the nodes a token can come to from these. An activity also leads where its boundary events lead; `beside`
    False: only those that interrupt it."""
    attached: dict[str, list[str]] = defaultdict(list)
    for node in drawn.scope.nodes:
        if node.attached_to is not None and (beside or node.interrupting):
            attached[node.attached_to].append(node.id)
    reached: set[str] = set()
    left = list(starts)
    while left:
        id = left.pop()
        if id not in reached:
            reached.add(id)
            left += [flow.target for flow in drawn.out[id]] + attached[id]
    return reached
