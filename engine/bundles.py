"""A bundle 一件事: what its parent learns from a child, and what a child is told by the way its parent stands.

Each of the two functions compares two cases and says which facts one of them lacks. Asked again, with nothing new, they say
nothing: whoever carries news between cases may do it late, twice, or in another order. A child is one matter with its own
number, clock and department; what it owes its parent is decided here:

- it is decided only after those the diagram puts before it are granted (并联审查，依序决定), or terminated when one is not;
- a mandatory child is withdrawn or voided only with the whole application, an optional one by itself;
- it ends with its parent, unless it has been decided: what was granted stays granted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from engine import events, moves
from engine.bundle_facts import Awaited
from engine.case import Case, local_day
from engine.children import Child
from engine.errors import Forbidden
from engine.events import Fact
from engine.lifecycle import ALLOWED, State
from engine.sentences import say

GRANTED, REFUSED, CONCLUDED, NOT_WANTED = "granted", "refused", "concluded", "not_wanted"
_OTHERWISE = frozenset({State.DECLINED, State.NOT_APPLICABLE, State.RETURNED, State.WITHDRAWN, State.DEEMED_WITHDRAWN,
                        State.TERMINATED, State.VOIDED})
_NAMES: Mapping[str, str] = {
    GRANTED: "准予", REFUSED: "不予许可", CONCLUDED: "办结", "declined": "不予受理", "not_applicable": "不受理",
    "returned": "退件", "withdrawn": "撤件", "deemed_withdrawn": "视为撤回", "terminated": "终止", "voided": "作废",
}


def came_out(case: Case) -> str | None:
    """How a child came out (`engine.definitions.model.RESULTS`); None while it is open. One that is concluded is over for its
    parent, whatever is still certified and handed over."""
    if case.state in _OTHERWISE:
        return case.state.value
    if case.concluded_on is None and case.ended_at is None:
        return None
    return CONCLUDED if case.granted is None else GRANTED if case.granted else REFUSED


def result_name(result: str) -> str:
    """What the offices call a result."""
    return _NAMES.get(result, result)


def news(known: Child, child: Case, data: Mapping[str, object]) -> Iterator[Fact]:
    """What the parent does not know yet of a child it waits for, in the order to be told. `data`: of the child."""
    seen = {stop.seq: stop for stop in known.stops}
    for stop in child.stops:
        if stop.seq not in seen:
            yield events.ChildStopped(token=known.token, number=child.number, stop=stop.seq, stopped_on=stop.start)
        if stop.end is not None and (stop.seq not in seen or seen[stop.seq].end is None):
            yield events.ChildResumed(token=known.token, number=child.number, stop=stop.seq, resumed_on=stop.end)
    if child.granted is not None and child.granted is not known.granted:
        yield events.ChildDecided(token=known.token, number=child.number, granted=child.granted)
    if (result := came_out(child)) is not None:
        yield events.ChildEnded(
            token=known.token, number=child.number, result=result, variable=known.variable,
            ended_on=child.concluded_on or local_day(child.ended_at or child.recorded_at),
            data={name: data[name] for name in known.gives if name in data})


def orders(child: Case, parent: Case, coming: Collection[str]) -> Iterator[Fact]:
    """What follows for a child from the way its parent and its siblings stand. `coming`: the call activities the parent can
    still come to."""
    own = next((each for each in parent.children if each.token == child.parent_token), None)
    if child.ended_at is not None or came_out(child) is not None or _is_decided(child):
        return
    if own is None or not own.is_open or parent.ended_at is not None:
        yield _ended_with(parent, child)
        return
    for awaited in child.after:
        siblings = _siblings(parent.children, own, awaited.node)
        if (failed := next((each for each in siblings if each.has_failed), None)) is not None:
            yield moves.terminate(child, reason=_not_granted(awaited, failed))
            return
        if siblings and all(each.is_cleared for each in siblings):
            yield events.SiblingCleared(node=awaited.node, number=siblings[-1].number, result=GRANTED)
        elif not siblings and (not own.index if own.node == awaited.node else awaited.node not in coming):
            yield events.SiblingCleared(node=awaited.node, number="", result=NOT_WANTED)


def awaited(requested: Child, names: Mapping[str, str]) -> tuple[Awaited, ...]:
    """Which siblings a new child waits for at first; `names`: of the call activities."""
    return tuple(Awaited(node=node, name=names.get(node) or node) for node in requested.after)


def guard_alone(case: Case, command: str) -> None:
    """Raises Forbidden for a mandatory child that would be withdrawn, or any that would be voided, without its parent."""
    if case.parent and (command == "void" or not case.is_optional):
        raise Forbidden(command, say(
            "case {case} is a mandatory part of bundle {parent}: the applicant may {command} {parent}, which ends all of it "
            "that is not decided; the office may terminate this case alone",
            case=case.number, parent=case.parent, command=command))


def _is_decided(case: Case) -> bool:
    return (case.resumes_to if case.is_suspended else case.state) is State.DECIDED


def _siblings(children: Collection[Child], own: Child, node: str) -> list[Child]:
    """The children of a call activity that a child waits for: the latest of each instance; of its own, the one before it."""
    latest = {child.index: child for child in children if child.node == node and child.token != own.token}
    if node == own.node:
        return [child for index, child in latest.items() if index is not None and index == (own.index or 0) - 1]
    return list(latest.values())


def _ended_with(parent: Case, child: Case) -> Fact:
    reason = f"随一件事办件{parent.number}结束"
    if parent.state in (State.WITHDRAWN, State.DEEMED_WITHDRAWN):
        return moves.withdraw(child, reason=f"一件事办件{parent.number}已撤件")
    if parent.state is State.VOIDED and State.VOIDED in ALLOWED[child.state]:
        return moves.void(child, reason=f"一件事办件{parent.number}已作废")
    return moves.terminate(child, reason=reason)


def _not_granted(awaited: Awaited, failed: Child) -> str:
    how = result_name(failed.result or REFUSED)
    return f"按办理顺序须在“{awaited.name}”准予之后决定，该事项（{failed.number or '未开办'}）{how}"
