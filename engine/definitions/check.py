"""A file becomes a definition that can be run, or a list of reasons why not.

The one door to this room: `check` for everything that can be said about a file, `load` for the definition or an error. A
diagram is deployable when nothing about it is an error; warnings and notes say how it was read. The drawing (BPMNDI) is
never looked at, so the meaning, and its hash, stay the same however the shapes are moved.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

import orjson

from engine.definitions.build import build_process
from engine.definitions.children import check_children
from engine.definitions.diagnostic import Diagnostic
from engine.definitions.findings import Findings
from engine.definitions.model import Definition, Process, Scope
from engine.definitions.promise import check_promise
from engine.definitions.reader import Element, children, read
from engine.definitions.reading import open_reading
from engine.definitions.soundness import check_soundness
from engine.definitions.structure import check_structure
from engine.definitions.variables import check_variables
from engine.errors import DefinitionError

DEPLOYABLE, REFUSED = "deployable", "refused"
_ADDED_TO_LIMIT: Mapping[str, object] = {"item": "", "needs_commitment": False, "exception": ""}
_ADDED_TO_PROCESS: Mapping[str, object] = {"department": "", "system": "", "situation": "", "stopped_by": "all"}
_ADDED_TO_NODE: Mapping[str, object] = {"child": None, "party": None, "connector": None}
_ADDED_TO_SEVERAL: Mapping[str, object] = {"agree": None}
_ADDED = {"roll_off_holiday": _ADDED_TO_LIMIT, "scope": _ADDED_TO_PROCESS, "attached_to": _ADDED_TO_NODE,
          "sequential": _ADDED_TO_SEVERAL}
"""What a limit, a process, a node and a task of several signers could not say in an earlier release, and what says nothing
there; by a name that only theirs have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What is to be said about a file. `definition`: None when it is refused. `drawn`: the ids of its processes, the one a case
    runs first, also when it is refused; empty when it cannot be read."""

    file: str
    diagnostics: tuple[Diagnostic, ...]
    definition: Definition | None = None
    drawn: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """deployable | refused."""
        return DEPLOYABLE if self.definition is not None else REFUSED


def check(data: bytes, *, file: str, known: Collection[str] = ()) -> Checked:
    """Everything to be said about a BPMN file. `known`: names of variables that are given from outside."""
    findings = Findings()
    try:
        root = read(data, file)
    except DefinitionError as refused:
        return Checked(file=file, diagnostics=refused.diagnostics)
    processes = _processes(root, findings)
    for process in processes.values():
        check_structure(findings, process)
        check_promise(findings, process)
        check_children(findings, process, processes)
    check_variables(findings, processes, known)
    if not findings.has_errors:
        for process in processes.values():
            check_soundness(findings, process)
    primary = _primary(root, processes) if processes else ""
    drawn = tuple(sorted(processes, key=lambda id: id != primary))
    if findings.has_errors:
        return Checked(file=file, diagnostics=findings.all, drawn=drawn)
    return Checked(file=file, diagnostics=findings.all, drawn=drawn, definition=Definition(
        primary=primary, processes=processes, hash=_hash(primary, processes)))


def load(data: bytes, *, file: str) -> Definition:
    """The definition a BPMN file holds. Raises DefinitionError with every diagnostic."""
    checked = check(data, file=file)
    if checked.definition is None:
        raise DefinitionError(file, checked.diagnostics)
    return checked.definition


def _processes(root: Element, findings: Findings) -> dict[str, Process]:
    """Every process of the file that has something drawn in it, by id."""
    reading = open_reading(root, findings)
    processes: dict[str, Process] = {}
    drawn = [element for element in children(root, "process") if len(children(element))]
    for element in drawn:
        own = element.get("id")
        if not own or own in processes:
            findings.error("no_id" if not own else "duplicate_id", element, "the process has no id" if not own else
                           f"two processes have the id “{own}”", "give every process an id of its own")
        else:
            processes[own] = build_process(reading, element)
    if not drawn:
        findings.error("no_process", None, "the file holds no process with anything drawn in it", "draw a process")
    elif not any(element.get("isExecutable") == "true" for element in drawn):
        findings.note("made_executable", drawn[0], "no process of the file is marked executable: it is run all the same",
                      "set isExecutable to true")
    return processes


def _primary(root: Element, processes: dict[str, Process]) -> str:
    """The process a case runs: the first that is marked executable, else the first."""
    marked = [element.get("id") for element in children(root, "process") if element.get("isExecutable") == "true"]
    return str(next((own for own in marked if own in processes), next(iter(processes))))


def _hash(primary: str, processes: dict[str, Process]) -> str:
    """SHA-256 over the meaning, in which lines of the file have no part."""
    plain = [replace(process, line=None, scope=_plain(process.scope)) for process in processes.values()]
    meaning = orjson.loads(orjson.dumps([primary, plain], option=orjson.OPT_SORT_KEYS))
    return sha256(orjson.dumps(_as_first_written(meaning))).hexdigest()


def _as_first_written(meaning: Any) -> Any:
    """Without the fields a later release has added, where they say nothing: what was deployed keeps its hash."""
    if isinstance(meaning, dict):
        added = next((added for told, added in _ADDED.items() if told in meaning), {})
        return {name: _as_first_written(value) for name, value in meaning.items() if added.get(name, ...) != value}
    return [_as_first_written(value) for value in meaning] if isinstance(meaning, list) else meaning


def _plain(scope: Scope) -> Scope:
    return replace(scope, nodes=tuple(
        replace(node, line=None, body=None if node.body is None else _plain(node.body)) for node in scope.nodes))
