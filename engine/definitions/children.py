"""Which child cases does a process open, and can each of them come to be decided?

Decides that a child case is of a process of its own file, since it is deployed, counted and versioned by itself; and that
children which wait for each other's decision (jb:case after="…") wait for one that is there, and never in a circle.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from graphlib import CycleError, TopologicalSorter

from engine.definitions.findings import Findings
from engine.definitions.model import MultiInstance, Node, Process


def check_children(findings: Findings, process: Process, own: Collection[str]) -> None:
    """Note what is wrong with the child cases of a process; `own`: the processes of its file."""
    opening = {node.id: node for node in process.scope.every_node() if node.child is not None}
    for node in opening.values():
        if node.called in own:
            findings.error("child_in_file", node, f"the child case “{node.name or node.id}” is of “{node.called}”, a process "
                           "of this very file", "move that process into a file of its own: a case runs a file's own process")
        _check_after(findings, node, opening)
    try:
        TopologicalSorter({id: _others(node, opening) for id, node in opening.items()}).prepare()
    except CycleError as circle:
        node = opening[circle.args[1][0]]
        findings.error("ordered_in_circle", node, f"“{node.name or node.id}” is decided after a child that is decided after "
                       "it: neither ever could be", "take one out of “after”")


def _check_after(findings: Findings, node: Node, opening: Mapping[str, Node]) -> None:
    assert node.child is not None
    for other in node.child.after:
        if other not in opening:
            findings.error("unknown_sibling", node, f"“{node.name or node.id}” is decided after “{other[:80]}”, which is no "
                           "child case of this process", f"one of {', '.join(sorted(set(opening) - {node.id})) or 'none'}")
        elif other == node.id and not isinstance(node.loop, MultiInstance):
            findings.error("after_itself", node, f"“{node.name or node.id}” is decided after itself",
                           "only several instances can follow each other")


def _others(node: Node, opening: Mapping[str, Node]) -> set[str]:
    """The children that are decided immediately before this one."""
    assert node.child is not None
    return {other for other in node.child.after if other in opening and other != node.id}
