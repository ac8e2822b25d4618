"""Deployed definitions: a diagram that passed the check becomes an immutable, numbered version of its process.

What a call activity calls, within the case or as a child case of its own, is bound when the caller is deployed: the rows it
calls are part of its identity, so a running case keeps every diagram it started with. Deploying the same meaning again changes
nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

import orjson
from sqlalchemy import Connection

from engine.definitions.check import load as read_definition
from engine.definitions.model import Definition, MultiInstance, Node, NodeKind, Process, Scope
from engine.errors import NotFound
from engine.process.compile import Program, compile_program
from engine.sentences import say
from services.store import reading, writing
from services.store.rows import DefinitionRow

BY_HAND = "by-hand:"
"""How the names of forms begin that no file of the shelf is: in them people enter what a system would have answered."""

_SHELF_SUFFIX = ".bpmn"


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """A deployed version, ready to run. `library`: the definitions it calls, by process id; `opens`: the ids of those its child
    cases run on."""

    id: int
    process: str
    version: int
    hash: str
    definition: Definition
    library: Mapping[str, Definition]
    opens: Mapping[str, int]
    program: Program

    @cached_property
    def nodes(self) -> Mapping[tuple[tuple[str, ...], str], Node]:
        """Every node the instance can stand at, by (enclosing sub-processes and call activities, node id)."""
        return dict(self._walk(self.definition.process.scope, (), frozenset({self.definition.primary})))

    @property
    def department(self) -> str:
        """The department of the process a case runs, "" when its diagram names none."""
        return self.definition.process.department

    @property
    def matter(self) -> str:
        """What the empowerment list knows the process by: the code of its matter, else its own id."""
        return self.definition.process.matter or self.process

    @cached_property
    def countersigned(self) -> frozenset[str]:
        """The ids of the tasks that several sign."""
        return frozenset(node.id for node in self.nodes.values()
                         if isinstance(node.loop, MultiInstance) and node.loop.is_countersigned)

    @cached_property
    def outcomes(self) -> Mapping[tuple[str, str], str]:
        """What the outcomes of its steps are called, by node and outcome."""
        return {(node.id, each.key): each.label for node in self.nodes.values() if node.work for each in node.work.outcomes}

    @cached_property
    def entered(self) -> Mapping[str, Node]:
        """The service tasks whose answer people may have to enter by hand, by the name of the form they do it in."""
        drawn = [node for node in self.nodes.values() if node.kind is NodeKind.SERVICE_TASK]
        return {f"{BY_HAND}{self.id}:{place}": node for place, node in enumerate(drawn)}

    def form_of(self, node: Node) -> str:
        """The name of the form in which people enter what a service task's system would have answered."""
        return next(form for form, each in self.entered.items() if each is node)

    @cached_property
    def is_bundle(self) -> bool:
        """Does it open child cases?"""
        return any(node.child is not None for node in self.nodes.values())

    @cached_property
    def hands_over(self) -> bool:
        """Does the process draw a hand-over 送达? Without one its limit would never end."""
        return any(node.milestone == "handed_over" for node in self.nodes.values())

    def _walk(
        self, scope: Scope, path: tuple[str, ...], open_processes: frozenset[str],
    ) -> Iterator[tuple[tuple[tuple[str, ...], str], Node]]:
        for node in scope.nodes:
            yield (path, node.id), node
            if node.body is not None:
                yield from self._walk(node.body, (*path, node.id), open_processes)
            if node.kind is NodeKind.CALL_ACTIVITY and node.child is None and node.called not in open_processes:
                called = self.called(node.called)
                if called is not None:
                    yield from self._walk(called.scope, (*path, node.id), open_processes | {called.id})

    def called(self, process: str | None) -> Process | None:
        """The process a call activity names: in the same file first, else bound at deployment."""
        if process is None:
            return None
        if process in self.definition.processes:
            return self.definition.processes[process]
        bound = self.library.get(process)
        return bound.processes[process] if bound is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """What deploying one file did. `is_new`: False when this meaning was there already."""

    file: str
    process: str
    name: str
    version: int
    hash: str
    is_new: bool


def deploy(connection: Connection, files: Mapping[str, bytes], *, now: datetime) -> list[Deployed]:
    """Deploy diagrams, those that are called before those that call. Raises DefinitionError for the first that cannot
    be run; nothing of the call is kept then (the transaction is the caller's)."""
    definitions = {file: read_definition(data, file=file) for file, data in files.items()}
    return [_deploy(connection, file, files[file], definitions[file], now) for file in _called_first(definitions)]


def deploy_shelf(connection: Connection, shelf: Path, *, now: datetime) -> list[Deployed]:
    """Deploy every diagram of the shelf."""
    return deploy(connection, {path.name: path.read_bytes() for path in sorted(shelf.glob(f"*{_SHELF_SUFFIX}"))}, now=now)


def publish(connection: Connection, file: str, source: bytes, *, now: datetime) -> Deployed:
    """Make a file the next version of its process also where its meaning was there already: somebody goes back to an earlier
    version, or has only moved its shapes. The newest version itself, byte for byte, stays what it is. Raises
    DefinitionError."""
    return _deploy(connection, file, source, read_definition(source, file=file), now, again=True)


def _deploy(
    connection: Connection, file: str, source: bytes, definition: Definition, now: datetime, *, again: bool = False,
) -> Deployed:
    bound = _bind(connection, definition)
    library = _library(connection, bound)
    program = compile_program(definition, library, _hashes(connection, _opened(definition, library, bound)))
    found = reading.definition_by_hash(connection, definition.primary, program.hash)
    latest = reading.latest_definition(connection, definition.primary)
    if again and not (latest and (latest.source, latest.hash) == (source, program.hash)):
        found = None
    version = found.version if found else latest.version + 1 if latest else 1
    if found is None:
        writing.insert_definition(connection, DefinitionRow(
            id=writing.next_number(connection, "definition"), process=definition.primary, version=version,
            hash=program.hash, name=definition.process.name, file=file, source=source, calls=orjson.dumps(bound),
            deployed_at=now))
    return Deployed(file=file, process=definition.primary, name=definition.process.name, version=version,
                    hash=program.hash, is_new=found is None)


def _bind(connection: Connection, definition: Definition) -> dict[str, int]:
    """What the definition calls outside its own file → the latest deployed definition's id, with all those call."""
    bound: dict[str, int] = {}
    for process in sorted(definition.calls | definition.opens):
        row = reading.latest_definition(connection, process)
        if row is not None:
            bound[process] = row.id
            bound.update(orjson.loads(row.calls) if process in definition.calls else {})
    return bound


def _library(connection: Connection, bound: Mapping[str, int]) -> dict[str, Definition]:
    return {process: read_definition(row.source, file=row.file)
            for process, row in ((process, reading.definition(connection, id)) for process, id in bound.items())}


def _opened(definition: Definition, library: Mapping[str, Definition], bound: Mapping[str, int]) -> dict[str, int]:
    """Of what is bound, what the child cases run on: those the definition opens, and those that what it calls opens."""
    return {process: bound[process] for process in sorted(_opens(definition, library)) if process in bound}


def _opens(definition: Definition, library: Mapping[str, Definition]) -> set[str]:
    """The processes of child cases, of the definition and of all it calls within its cases."""
    opens: set[str] = set()
    left, seen = [definition], {definition.primary}
    while left:
        at = left.pop()
        opens |= at.opens
        new = [process for process in at.calls - seen if process in library]
        seen |= set(new)
        left += [library[process] for process in new]
    return opens


def _hashes(connection: Connection, opened: Mapping[str, int]) -> dict[str, str]:
    return {process: reading.definition(connection, id).hash for process, id in opened.items()}


def _called_first(definitions: Mapping[str, Definition]) -> list[str]:
    """File names ordered so that a called process comes before its caller; a cycle keeps the given order."""
    home = {process: file for file, definition in definitions.items() for process in definition.processes}
    ordered: list[str] = []

    def visit(file: str, path: frozenset[str]) -> None:
        for process in sorted(definitions[file].calls | definitions[file].opens):
            if (other := home.get(process)) and other not in path:
                visit(other, path | {other})
        if file not in ordered:
            ordered.append(file)

    for file in definitions:
        visit(file, frozenset({file}))
    return ordered


def load(connection: Connection, definition_id: int) -> Deployment:
    """A deployed definition with what it calls, compiled."""
    row = reading.definition(connection, definition_id)
    definition = read_definition(row.source, file=row.file)
    bound = orjson.loads(row.calls)
    library = _library(connection, bound)
    opens = _opened(definition, library, bound)
    return Deployment(id=row.id, process=row.process, version=row.version, hash=row.hash, definition=definition,
                      library=library, opens=opens,
                      program=compile_program(definition, library, _hashes(connection, opens)))


def find(connection: Connection, process: str) -> int:
    """Id of the latest version of a process, named by its id or its Chinese name. Raises NotFound."""
    row = reading.latest_definition(connection, process) or reading.latest_definition_named(connection, process)
    if row is None:
        known = ", ".join(f"{row.process} {row.name}" for row in reading.latest_definitions(connection))
        raise NotFound("process", process, say("deployed are: {known}", known=known) if known
                       else "nothing is deployed; run `jiban deploy`")
    return int(row.id)
