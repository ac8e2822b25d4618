"""Which user tasks lie before an open wait: those every case has done that stands there, and those it may have done.

A diagram says no more: which of the ways a case has really come by is in its facts. A step beside which a path began, or that
was broken off, has not been done for that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.definitions.model import NodeKind
from engine.process.activities import SubprocessSpec
from engine.process.codec import load
from engine.process.compile import Program
from engine.process.events import holder
from engine.process.nodes import NodeSpec
from engine.process.passages import alone_from, before, finishing
from engine.process.scope import ScopeSpec
from engine.process.step import WaitKind
from engine.process.waiting import open_wait


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """A user task before a wait. `scope`: the activities around it, as in a `Wait`. `is_certain`: no way leads past it. That is
    never said of a task of several signers, since there may have been none."""

    node: str
    name: str
    scope: tuple[str, ...]
    is_certain: bool


def earlier_tasks(program: Program, state: bytes, wait_id: int) -> tuple[Earlier, ...]:
    """The user tasks that lie before an open wait of any kind, outermost scope first, in document order, those inside others
    after them. Raises NotFound and AlreadyDecided for what is no open wait."""
    at = open_wait(load(program, state), wait_id, *WaitKind)
    found: list[tuple[Earlier, ...]] = []
    while True:
        present = holder(at)
        found.append(tuple(_before(present.workflow.spec, present.task_spec, present.workflow.path)))
        if present.workflow.host is None:
            return tuple(each for level in reversed(found) for each in level)
        at = present.workflow.host


def _before(scope: ScopeSpec, goal: NodeSpec, path: tuple[str, ...]) -> Iterator[Earlier]:
    """In the scope of the goal, which has been come to."""
    passed = before(scope, goal)
    for spec in _in_order(passed):
        is_certain = goal.bpmn_id not in _reached(scope, spec)
        if any(flow.target is goal or flow.target in passed for flow in spec.flows):
            yield from _task(spec, path, is_certain)
        yield from _within(spec, path, is_certain, frozenset({scope}))


def _within(host: NodeSpec, path: tuple[str, ...], is_certain: bool, seen: frozenset[ScopeSpec]) -> Iterator[Earlier]:
    """Inside an activity that has been passed."""
    body = host.body if isinstance(host, SubprocessSpec) else None
    if body is None or body in seen:
        return
    ends = {id for id in finishing(body) if not body.nodes[id].flows}
    for spec in _in_order({body.nodes[id] for id in finishing(body)}):
        certain = is_certain and host.loop is None and ends.isdisjoint(_reached(body, spec))
        yield from _task(spec, (*path, host.bpmn_id), certain)
        yield from _within(spec, (*path, host.bpmn_id), certain, seen | {body})


def _task(spec: NodeSpec, path: tuple[str, ...], is_certain: bool) -> Iterator[Earlier]:
    if spec.node.kind is NodeKind.USER_TASK:
        yield Earlier(node=spec.bpmn_id, name=spec.bpmn_name or "", scope=path, is_certain=is_certain and spec.loop is None)


def _reached(scope: ScopeSpec, without: NodeSpec) -> frozenset[str]:
    """What can be come to from the start when a node is never completed."""
    return alone_from(scope.starts, lambda *_: True, without=without, beside=True)


def _in_order(specs: set[NodeSpec]) -> list[NodeSpec]:
    return sorted(specs, key=lambda spec: spec.number)
