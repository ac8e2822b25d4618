"""The stage: plays stories through the use cases, and turns the only clock there is.

Between two scenes the clock stops at every instant a timer is due, and what is due is fired then, as a worker would. A
task is completed by the person of its role. Nothing else is done to the database: what comes out is what an office would
have got.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import Connection, Engine

from engine import events
from engine.errors import NotFound
from engine.events import Recorded
from services import cases, jobs, timekeeping
from services.acting import Command
from services.cases import Completion
from services.database import reading, writing
from services.demo.script import Do, Open, Resume, Scene, Story, Suspend, Withdraw
from services.office import Office
from services.store import reading as store
from services.store.rows import CaseRow, TaskRow
from services.verify import verify

PEOPLE: Mapping[str | None, str] = {
    "clerk": "陈静(窗口)", "reviewer": "周凯(审查)", "approver": "罗敏(审批)", "supervisor": "孙涛(督查)",
    "certifier": "何莉(制证)",
}
_CLERK = PEOPLE["clerk"]

Progress = Callable[[int, int, Scene, Story], None]
"""Told before each scene: its number, how many there are, the scene, its story."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """A case after its story. `name` of its process; `labels`: what its outcomes are called, by (node, key)."""

    story: Story
    row: CaseRow
    name: str
    facts: tuple[Recorded, ...]
    labels: Mapping[tuple[str, str], str]

    @property
    def cards(self) -> tuple[Recorded, ...]:
        """The facts of the cards it was issued."""
        return tuple(fact for fact in self.facts if isinstance(fact.fact, events.CardIssued))


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """Everything that was played. `problems`: what a verification of the database says, nothing when it is sound."""

    cases: tuple[Played, ...]
    facts: int
    problems: tuple[str, ...]


def play(database: Engine, office: Office, stories: Sequence[Story], *, progress: Progress) -> Performance:
    """Play all stories at once, in the order of their instants. The database has the tables and the shelf."""
    numbers: dict[str, str] = {}
    scenes = list(_in_order(stories))
    for count, (scene, story) in enumerate(scenes, start=1):
        progress(count, len(scenes), scene, story)
        _turn_clock(database, office, scene.at)
        _act(database, office, scene, story, numbers)
    with reading(database) as connection:
        report = verify(connection)
        played = sorted((_played(connection, office, story, numbers[story.title]) for story in stories),
                        key=lambda each: each.row.number)
    return Performance(cases=tuple(played), facts=report.facts, problems=tuple(each.message for each in report.problems))


def _in_order(stories: Sequence[Story]) -> Iterator[tuple[Scene, Story]]:
    """Scenes by instant; those of one instant in the order of the stories."""
    told = ([(scene, story) for scene in story.scenes] for story in stories)
    return heapq.merge(*told, key=lambda each: each[0].at)


def _turn_clock(database: Engine, office: Office, until: datetime) -> None:
    """Let time pass up to and including `until`, stopping wherever something is due."""
    while (due := _next_due(database)) is not None and due <= until:
        jobs.run_due(database, office, now=due)


def _next_due(database: Engine) -> datetime | None:
    with reading(database) as connection:
        return min((at for at in store.next_due(connection) if at is not None), default=None)


def _act(database: Engine, office: Office, scene: Scene, story: Story, numbers: dict[str, str]) -> None:
    match scene.act:
        case Open(data=data):
            with writing(database) as connection:
                numbers[story.title] = cases.open_case(connection, office, process=story.process, data=data, by=_CLERK,
                                                 now=scene.at).number
        case Do() as work:
            for node in work.nodes:
                with writing(database) as connection:
                    _complete(connection, office, numbers[story.title], node, work, scene.at)
        case _:
            with writing(database) as connection:
                _move(connection, office, numbers[story.title], scene)


def _complete(connection: Connection, office: Office, number: str, node: str, work: Do, at: datetime) -> None:
    task = _task(connection, number, node)
    outcome = work.outcome or orjson.loads(task.outcomes)[0][0]
    completion = Completion(task=f"{number}-{task.token}", outcome=outcome, data=work.data, by=PEOPLE[task.role])
    cases.complete_task(connection, office, completion, now=at)


def _task(connection: Connection, number: str, node: str) -> TaskRow:
    row = store.peek_case(connection, number)
    found = [task for task in store.tasks_of(connection, row.id) if task.node == node] if row else []
    if not found:
        raise NotFound("open task", node, f"case {number} of the demonstration does not stand there")
    return found[0]


def _move(connection: Connection, office: Office, number: str, scene: Scene) -> None:
    match scene.act:
        case Suspend() as stop:
            timekeeping.suspend(connection, office, Command(number=number, by=PEOPLE["approver"], now=scene.at),
                                ground=stop.ground, document=stop.document, expected_end=stop.expected_end)
        case Resume():
            timekeeping.resume_case(connection, office, Command(number=number, by=PEOPLE["approver"], now=scene.at))
        case Withdraw(reason=reason):
            cases.withdraw(connection, office, Command(number=number, by=_CLERK, now=scene.at), reason=reason)


def _played(connection: Connection, office: Office, story: Story, number: str) -> Played:
    row = store.peek_case(connection, number)
    assert row is not None
    deployment = office.deployment(connection, row.definition_id)
    facts = tuple(events.read(body, link) for body, link in store.facts_of(connection, row.id))
    labels = {(node.id, outcome.key): outcome.label for node in deployment.nodes.values() if node.work
              for outcome in node.work.outcomes}
    return Played(story=story, row=row, name=deployment.definition.process.name, facts=facts, labels=labels)
