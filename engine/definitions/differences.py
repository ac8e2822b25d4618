"""What a new version of a process says differently from the one before: for whoever has to answer for it.

Compared are meanings, element by element, by their ids; a moved shape is no difference. How a difference is worded is decided
where it is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from engine.definitions.model import Definition, Flow, Node, Process
from engine.limits import Limit

_ASPECTS = ("name", "kind", "work", "event", "called", "child", "topic", "connector", "milestone", "loop", "party", "lane",
            "attached_to", "interrupting", "default")


class Change(Enum):
    """What happened to something."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One difference. `subject`: limit | node | flow | process; `name`: what people call it; `aspects`: what of a node or
    process has changed; `was`, `now`: a limit or the condition of a flow, None where there was or is none."""

    change: Change
    subject: str
    id: str
    name: str
    aspects: tuple[str, ...] = ()
    was: Limit | str | None = None
    now: Limit | str | None = None


def differences(old: Definition, new: Definition) -> tuple[Difference, ...]:
    """Every difference of the process a case runs and of those in its file, limits first."""
    found: list[Difference] = []
    for id in dict.fromkeys((new.primary, *new.processes, *old.processes)):
        before, after = old.processes.get(id), new.processes.get(id)
        if before is None or after is None:
            process = after or before
            assert process is not None
            found.append(Difference(change=Change.ADDED if after else Change.REMOVED, subject="process", id=id,
                                    name=process.name or id))
        else:
            found += [*_limits(before, after), *_process(before, after), *_nodes(before, after), *_flows(before, after)]
    return tuple(found)


def _limits(old: Process, new: Process) -> Iterator[Difference]:
    was, now = ({limit.kind: limit for limit in process.limits} for process in (old, new))
    for kind in dict.fromkeys((*now, *was)):
        if was.get(kind) != now.get(kind):
            yield Difference(change=_change(was.get(kind), now.get(kind)), subject="limit", id=new.id, name=kind.value,
                             was=was.get(kind), now=now.get(kind))


def _process(old: Process, new: Process) -> Iterator[Difference]:
    names = ("name", "matter", "department", "form", "variables", "defaults", "stopped_by", "system", "situation")
    changed = tuple(name for name in names if getattr(old, name) != getattr(new, name))
    if changed:
        yield Difference(change=Change.CHANGED, subject="process", id=new.id, name=new.name or new.id, aspects=changed)


def _nodes(old: Process, new: Process) -> Iterator[Difference]:
    was, now = ({node.id: node for node in process.scope.every_node()} for process in (old, new))
    for id in dict.fromkeys((*now, *was)):
        before, after = was.get(id), now.get(id)
        changed = () if before is None or after is None else _changed(before, after)
        if before is None or after is None or changed:
            name = next(node.name for node in (after, before) if node is not None)
            yield Difference(change=_change(before, after), subject="node", id=id, name=name or id, aspects=changed,
                             was=_limit_of(before), now=_limit_of(after))


def _changed(old: Node, new: Node) -> tuple[str, ...]:
    return tuple(name for name in _ASPECTS if getattr(old, name) != getattr(new, name))


def _limit_of(node: Node | None) -> Limit | None:
    """The limit a timer is drawn with."""
    timer = node.event.timer if node is not None and node.event is not None else None
    return timer.limit if timer is not None else None


def _flows(old: Process, new: Process) -> Iterator[Difference]:
    names = {node.id: node.name or node.id for process in (old, new) for node in process.scope.every_node()}
    was, now = _ways(old), _ways(new)
    for ends in dict.fromkeys((*now, *was)):
        before, after = was.get(ends), now.get(ends)
        if before is None or after is None or before.condition != after.condition:
            flow = after or before
            assert flow is not None
            yield Difference(
                change=_change(before, after), subject="flow", id=flow.id,
                name=f"{names.get(ends[0], ends[0])} → {names.get(ends[1], ends[1])}",
                was=before.condition if before else None, now=after.condition if after else None)


def _ways(process: Process) -> Mapping[tuple[str, str, str], Flow]:
    """Flows by their ends; several between the same two are kept apart by their ids."""
    found: dict[tuple[str, str, str], Flow] = {}
    scopes = [process.scope, *(node.body for node in process.scope.every_node() if node.body is not None)]
    for flow in (flow for scope in scopes for flow in scope.flows):
        ends = (flow.source, flow.target, "")
        found[ends if ends not in found else (flow.source, flow.target, flow.id)] = flow
    return found


def _change(was: object, now: object) -> Change:
    if was is None:
        return Change.ADDED
    return Change.REMOVED if now is None else Change.CHANGED
