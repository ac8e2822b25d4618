"""Which variables a diagram's expressions read, and whether anything can give them a value.

Decides that an expression over a name nobody declares is an error: a slip of the pen in a condition must not become a case
that stops months later. Known are the variables the file declares (jb:variable, form fields, data objects, results), the
outcomes of its tasks by the task's id, what a loop gives, and what the caller says is known. Where a form or a called
process lies outside the file, it may be the one that gives the value: that is a warning.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from engine.definitions.findings import Findings
from engine.definitions.model import COUNTER, COUNTS, MultiInstance, Node, NodeKind, Process, Scope, StandardLoop
from engine.expressions import compile_expression


def check_variables(findings: Findings, processes: Mapping[str, Process], known: Collection[str]) -> None:
    """Note every name that is read and unknown. The processes of a file see each other's variables, since a call hands
    over all of them."""
    nodes = [node for process in processes.values() for node in process.scope.every_node()]
    names = set(known) | {COUNTER} | {node.id for node in nodes if node.kind is NodeKind.USER_TASK}
    names |= {name for process in processes.values() for name in process.variables}
    names |= {node.loop.element for node in nodes if isinstance(node.loop, MultiInstance) and node.loop.element}
    giver = _outside(processes, nodes)
    for where, name in _read(processes):
        if name in names:
            continue
        if giver is None:
            findings.error("unknown_variable", where, f"nothing in the diagram gives “{name}” a value",
                           f'declare it on the process: <jb:variable name="{name}" type="…"/>, or correct the name')
        else:
            findings.warning("unknown_variable", where, f"“{name}” is declared nowhere in the file; perhaps {giver} gives it",
                             f'declare it on the process: <jb:variable name="{name}" type="…"/>')


def _outside(processes: Mapping[str, Process], nodes: list[Node]) -> str | None:
    """What outside the file may give variables; None when nothing does."""
    for process in processes.values():
        if process.form is not None:
            return f"the form {process.form}"
    for node in nodes:
        if node.work is not None and node.work.form is not None:
            return f"the form {node.work.form}"
        if node.called is not None and node.child is None and node.called not in processes:
            return f"the called process {node.called}"
    return None


def _read(processes: Mapping[str, Process]) -> Iterator[tuple[Node, str]]:
    """(the node it is asked at, variable name) of every expression."""
    for process in processes.values():
        yield from _read_in(process.scope)


def _read_in(scope: Scope) -> Iterator[tuple[Node, str]]:
    by_id = {node.id: node for node in scope.nodes}
    for flow in scope.flows:
        for name in _names(flow.condition):
            yield by_id[flow.source], name
    for node in scope.nodes:
        for name in _read_by(node):
            yield node, name
        if node.body is not None:
            yield from _read_in(node.body)


def _read_by(node: Node) -> list[str]:
    match node.loop:
        case MultiInstance() as loop:
            found = [*_names(loop.cardinality), *(name for name in _names(loop.completion) if name not in COUNTS)]
            found += [loop.collection] if loop.collection else []
        case StandardLoop() as repeat:
            found = _names(repeat.condition)
        case _:
            found = []
    found += list(node.connector.takes) if node.connector is not None else []
    timer = node.event.timer if node.event is not None else None
    return found + (_names(timer.expression) if timer is not None else [])


def _names(text: str | None) -> list[str]:
    return [] if text is None else sorted(compile_expression(text).variables)
