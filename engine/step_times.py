"""How long the steps of a case took in working time, read from its facts and the way its diagram leads.

A fact says when a task was completed, none when it was opened: that was when the last of what comes right before it in the
diagram was passed. So a task is timed from the latest such fact before its own. What a stop covers is left out, and days off
are: the rest is working minutes of the hall.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from engine import events
from engine.calendar import SHANGHAI, Calendar
from engine.counting import Suspension, merged
from engine.definitions.model import MultiInstance, Node, NodeKind, Process, Scope
from engine.events import Recorded

START, OTHER = "<start>", "<other>"
"""What may come right before a task beside tasks and timers: the opening of the case; a message, a connector, a child case."""

KINDS = ("CaseOpened", "TaskCompleted", "TaskSentBack", "TaskTakenBack", "TimerFired", "MessageReceived", "SiblingCleared",
         "ChildDecided", "ChildEnded", "CaseSuspended", "CaseResumed")
"""The facts that are needed; all others may be left out."""

_OTHERS = (events.MessageReceived, events.SiblingCleared, events.ChildDecided, events.ChildEnded)
_DAY = timedelta(days=1)
_Called = Callable[[str | None], Process | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A task that was completed: how many working minutes after it was opened."""

    node: str
    name: str
    minutes: int


def before(process: Process, called: _Called) -> Mapping[str, frozenset[str]]:
    """For each user task the waits that may come right before it: user tasks and timers by id, START, OTHER. `called`: the
    process a call activity runs."""
    into: dict[str, set[str]] = {}
    nodes: dict[str, Node] = {}
    _walk(process.scope, START, "", into, nodes, called, frozenset({process.id}))
    return {id: frozenset(_waits(id, into, nodes)) for id, node in nodes.items() if node.kind is NodeKind.USER_TASK}


def visits(facts: Sequence[Recorded], earlier: Mapping[str, frozenset[str]], calendar: Calendar) -> Iterator[Visit]:
    """The tasks of a case that were completed. `facts`: of `KINDS`, in order; `earlier`: as `before` has it."""
    stops = _stops(facts)
    for number, recorded in enumerate(facts):
        fact = recorded.fact
        if not isinstance(fact, events.TaskCompleted) or fact.node not in earlier:
            continue
        opened = next((each.at for each in reversed(facts[:number]) if _opens(each, fact, earlier[fact.node])), None)
        if opened is not None:
            yield Visit(node=fact.node, name=fact.name, minutes=worked(calendar, opened, recorded.at, stops))


def worked(calendar: Calendar, since: datetime, until: datetime, stops: Iterable[Suspension] = ()) -> int:
    """Working minutes of the hall between two instants, without the days that stops cover."""
    first, last = since.astimezone(SHANGHAI), until.astimezone(SHANGHAI)
    minutes = _reached(calendar, last) - _reached(calendar, first)
    for start, end in merged(stops):
        begins = max(first, _midnight(date.fromordinal(start) + _DAY))
        ends = last if end is None else min(last, _midnight(date.fromordinal(end) + _DAY))
        if begins < ends:
            minutes -= _reached(calendar, ends) - _reached(calendar, begins)
    return max(minutes, 0)


def percentile(values: Sequence[int], percent: int) -> int:
    """The smallest of the values that so many percent of them do not exceed (nearest rank); 0 of none."""
    ordered = sorted(values)
    return ordered[max(-(-len(ordered) * percent // 100), 1) - 1] if ordered else 0


def _walk(
    scope: Scope, entry: str, leaving: str, into: dict[str, set[str]], nodes: dict[str, Node], called: _Called,
    open_processes: frozenset[str],
) -> None:
    """Take the flows of a scope in, and of what it contains: an activity with a body is come out of at “id)”."""
    exits = {node.id: f"{node.id})" for node in scope.nodes if _body(node, called, open_processes) is not None}
    for node in scope.nodes:
        nodes.setdefault(node.id, node)
        if node.kind is NodeKind.START_EVENT:
            into.setdefault(node.id, set()).add(entry)
        if node.kind is NodeKind.END_EVENT and leaving:
            into.setdefault(leaving, set()).add(node.id)
        body = _body(node, called, open_processes)
        if body is not None:
            inner, opened = body
            _walk(inner, node.id, exits[node.id], into, nodes, called, opened)
    for flow in scope.flows:
        into.setdefault(flow.target, set()).add(exits.get(flow.source, flow.source))


def _body(node: Node, called: _Called, open_processes: frozenset[str]) -> tuple[Scope, frozenset[str]] | None:
    """What runs inside a node, within the case."""
    if node.body is not None:
        return node.body, open_processes
    if node.kind is not NodeKind.CALL_ACTIVITY or node.child is not None or node.called in open_processes:
        return None
    process = called(node.called)
    return None if process is None else (process.scope, open_processes | {process.id})


def _waits(task: str, into: Mapping[str, set[str]], nodes: Mapping[str, Node]) -> Iterator[str]:
    seen: set[str] = set()
    left = list(into.get(task, ()))
    loop = nodes[task].loop
    if isinstance(loop, MultiInstance) and loop.sequential:
        yield task
    while left:
        id = left.pop()
        if id in seen:
            continue
        seen.add(id)
        wait = START if id == START else _wait(nodes.get(id))
        if wait is None:
            left += into.get(id, ())
        else:
            yield wait


def _wait(node: Node | None) -> str | None:
    """By what a node is told to have been passed; None: it is passed at once."""
    if node is None:
        return None
    match node.kind:
        case NodeKind.USER_TASK:
            return node.id
        case NodeKind.BOUNDARY_EVENT | NodeKind.CATCH_EVENT:
            return node.id if node.event is not None and node.event.timer is not None else OTHER
        case NodeKind.SERVICE_TASK:
            return OTHER
        case NodeKind.CALL_ACTIVITY if node.child is not None:
            return OTHER
    return None


def _opens(recorded: Recorded, task: events.TaskCompleted, earlier: frozenset[str]) -> bool:
    """Was it by this fact that the task was opened?"""
    match fact := recorded.fact:
        case events.TaskCompleted() | events.TimerFired():
            return fact.node in earlier
        case events.TaskSentBack():
            return fact.to == task.node
        case events.TaskTakenBack():
            return fact.restored == task.token
        case events.CaseOpened():
            return START in earlier
    return OTHER in earlier and isinstance(fact, _OTHERS)


def _stops(facts: Iterable[Recorded]) -> list[Suspension]:
    open_stops: dict[int, events.CaseSuspended] = {}
    found: list[Suspension] = []
    for recorded in facts:
        match fact := recorded.fact:
            case events.CaseSuspended():
                open_stops[recorded.seq] = fact
            case events.CaseResumed() if open_stops:
                began = open_stops.pop(fact.stop if fact.stop in open_stops else next(iter(open_stops)))
                found.append(Suspension(start=began.suspended_on, end=max(fact.resumed_on, began.suspended_on),
                                        ground=began.ground))
    return found + [Suspension(start=each.suspended_on, end=None, ground=each.ground) for each in open_stops.values()]


def _reached(calendar: Calendar, at: datetime) -> int:
    """Working minutes since the calendar begins."""
    day = at.date()
    today = calendar.hours.worked(at.hour * 60 + at.minute) if calendar.is_workday(day) else 0
    return calendar.count(day - _DAY) * calendar.hours.minutes + today


def _midnight(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), SHANGHAI)
