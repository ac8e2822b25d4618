"""Do the limits a process declares and those it draws say the same, and is what was promised within the law?

Decides that a limit which escalates is both declared on the process (so that the case has a clock) and drawn as a
non-interrupting boundary timer (so that somebody is told and the case can still be finished late), with the same number. A
promise longer than the statute is refused (承诺 ≤ 法定) unless the diagram documents the exception; then it is pointed out.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.definitions.findings import Findings
from engine.definitions.model import Node, NodeKind, Process
from engine.limits import CASE_CLOCKS, Limit, LimitKind


def check_promise(findings: Findings, process: Process) -> None:
    """Note where limits contradict each other."""
    declared = {limit.kind: limit for limit in process.limits}
    if len(declared) < len(process.limits):
        findings.error("limit_twice", process, "the process declares two limits of one kind", "keep one of each kind")
    drawn = list(_drawn(process))
    for node, limit in drawn:
        _check_drawn(findings, node, limit, declared.get(limit.kind))
    for kind in CASE_CLOCKS & declared.keys() - {limit.kind for _, limit in drawn}:
        findings.warning("limit_not_drawn", process, f"nobody is told when the {kind.value} limit lapses",
                         "draw it: a non-interrupting boundary timer with the jb:limit and its escalation path")
    _check_law(findings, process, declared.get(LimitKind.PROMISED), declared.get(LimitKind.STATUTORY))


def _drawn(process: Process) -> Iterator[tuple[Node, Limit]]:
    """The boundary timers that stand for a limit of the case."""
    for node in process.scope.every_node():
        limit = node.event.timer.limit if node.event is not None and node.event.timer is not None else None
        if limit is not None and limit.kind in CASE_CLOCKS and node.kind is NodeKind.BOUNDARY_EVENT:
            yield node, limit


def _check_drawn(findings: Findings, node: Node, limit: Limit, declared: Limit | None) -> None:
    if node.interrupting:
        findings.warning("limit_interrupts", node, "when the limit lapses the work is broken off, and the case cannot be "
                         "finished late", "make the boundary event non-interrupting")
    if declared is not None and (declared.amount, declared.unit) != (limit.amount, limit.unit):
        findings.error("limit_differs", node, f"the {limit.kind.value} limit is drawn as {limit.amount} {limit.unit.value}, "
                       f"but the process declares {declared.amount} {declared.unit.value}", "let both say the same")


def _check_law(findings: Findings, process: Process, promised: Limit | None, statutory: Limit | None) -> None:
    if promised is None or statutory is None or promised.unit is not statutory.unit or promised.needs_commitment:
        return
    if promised.amount > statutory.amount:
        say = findings.warning if promised.exception.strip() else findings.error
        say("promise_beyond_law", process, f"{promised.amount} {promised.unit.value} are promised, the law allows "
            f"{statutory.amount}",
            'shorten the promise, or document the exception: <jb:limit … exception="basis; approver; why"/>')
