"""What came out of the demonstration: each story with its cases, and with its project where it has one, as the office's own
lists show them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from engine import events
from engine.errors import NotFound
from engine.events import Recorded
from services import permits, project_files, projects
from services.demo.script import Story
from services.office import Office
from services.permits import Granted
from services.project_files import Happened
from services.projects import File, Kept
from services.store import errands, reading
from services.store.rows import CaseRow

STANDINGS: Mapping[str, str] = {
    "early": "提前办结", "on_time": "按时办结", "late": "超期办结", "withdrawn": "撤件", "declined": "不予受理",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A case after its story. `name` of its process; `labels`: what its outcomes are called, by (node, key)."""

    row: CaseRow
    name: str
    facts: tuple[Recorded, ...]
    labels: Mapping[tuple[str, str], str]

    @property
    def cards(self) -> tuple[Recorded, ...]:
        """The facts of the cards 牌 it was issued."""
        return self._of(events.CardIssued)

    @property
    def escalations(self) -> tuple[Recorded, ...]:
        """The facts of the rungs that were reached."""
        return self._of(events.Escalated)

    @property
    def lapses(self) -> tuple[Recorded, ...]:
        """The facts of its limits that were over."""
        return self._of(events.DeadlineLapsed)

    def _of(self, kind: type[events.Fact]) -> tuple[Recorded, ...]:
        return tuple(fact for fact in self.facts if isinstance(fact.fact, kind))


@dataclass(frozen=True, slots=True, kw_only=True)
class Invested:
    """A project after its story: its file and what happened to it, what became of its commitments, the permits granted."""

    file: File
    history: tuple[Happened, ...]
    kept: tuple[Kept, ...]
    permits: tuple[Granted, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """A story with its cases, in the order of their numbers. `project`: None for one without."""

    story: Story
    cases: tuple[Told, ...]
    project: Invested | None = None

    @property
    def own(self) -> tuple[Told, ...]:
        """The cases that are no children."""
        return tuple(case for case in self.cases if case.row.parent is None)

    def children(self, number: str) -> tuple[Told, ...]:
        """The children of a case."""
        return tuple(case for case in self.cases if case.row.parent == number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """Everything that was played. `problems`: what a verification of the database says, nothing when it is sound."""

    played: tuple[Played, ...]
    facts: int
    problems: tuple[str, ...]

    @property
    def cases(self) -> tuple[Told, ...]:
        """Every case, story by story."""
        return tuple(case for played in self.played for case in played.cases)


def outcome(connection: Connection, office: Office, story: Story, numbers: Sequence[str], project: str) -> Played:
    """How a story came out. `numbers`: the cases it opened; `project` "": it has none."""
    rows = sorted(_with_children(connection, numbers), key=lambda row: row.number)
    cases = tuple(_told(connection, office, row) for row in rows)
    return Played(story=story, cases=cases, project=_invested(connection, office, project, cases) if project else None)


def of_process(connection: Connection, numbers: Sequence[str], process: str) -> list[CaseRow]:
    """The cases of a process among those a story opened and their children, in the order of their numbers."""
    return sorted((row for row in _with_children(connection, numbers) if row.process == process), key=lambda row: row.number)


def _with_children(connection: Connection, numbers: Sequence[str]) -> Iterator[CaseRow]:
    for number in numbers:
        if (row := reading.peek_case(connection, number)) is None:
            raise NotFound("case", number)
        yield row
        yield from _with_children(connection, [child.number for child in errands.children_of(connection, number)])


def _told(connection: Connection, office: Office, row: CaseRow) -> Told:
    deployment = office.deployment(connection, row.definition_id)
    labels = {(node.id, each.key): each.label for node in deployment.nodes.values() if node.work for each in node.work.outcomes}
    return Told(row=row, name=deployment.definition.process.name, labels=labels,
                facts=tuple(events.read(body, link) for body, link in reading.facts_of(connection, row.id)))


def _invested(connection: Connection, office: Office, project: str, cases: Sequence[Told]) -> Invested:
    numbers = {case.row.number for case in cases}
    return Invested(
        file=projects.show(connection, office, project), history=tuple(project_files.history(connection, project)),
        kept=tuple(projects.kept(connection, office, project)),
        permits=tuple(each for each in permits.permits(connection) if each.case in numbers))


def standing(row: CaseRow) -> str:
    """How a case came out: by its limit, or without one."""
    if row.standing and (row.due_on or row.standing != "on_time"):
        return STANDINGS[row.standing]
    return "办结" if row.ended_at else "在办"
