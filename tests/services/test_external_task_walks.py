"""Random walks of two workers, an administrator and a clerk around one service task, held against a model of a few lines.

The model knows who has a task under which fence until when, how often it may still fail, and whether an incident holds it up.
At every turn the program does what the model says, or refuses where the model refuses; at the end the database is sound, and
its rows follow from its facts. """

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

import pytest

from engine.errors import Refusal
from services import incidents, returning
from services.acting import Command, TaskCommand
from services.database import writing
from services.external_tasks import PAUSES
from tests.services import diagrams
from tests.services.desk import Desk
from tests.services.served import CAUGHT, ERROR, Worker, externals, service, variables

WALKS = int(os.environ.get("JIBAN_WALKS", "6"))
MOVES = 60
LOCK = 60
BESIDE = diagrams.process(
    "beside", variables(credit_code="string", is_registered="bool"), diagrams.start(), diagrams.task("hand_in"),
    '<bpmn:parallelGateway id="fork"/>', service(), CAUGHT, diagrams.task("mend"), diagrams.task("review"),
    '<bpmn:exclusiveGateway id="either"/>', '<bpmn:parallelGateway id="join"/>', diagrams.task("look"), diagrams.end(),
    diagrams.flows("begin", "hand_in", "fork", "ask", "either", "join", "look", "done"),
    diagrams.flows("fork", "review", "join"), diagrams.flows("missing", "mend", "either"), before=ERROR)


@dataclass
class Expected:
    """What the model knows of an open external task. `due` None: an incident holds it up."""

    due: datetime | None
    worker: str = ""
    fence: int = 0
    retries: int = 3

    def is_held(self, worker: Worker, id: str) -> bool:
        """Is it this worker's, as he was handed it?"""
        return id in worker.held and (self.worker, self.fence) == (worker.name, worker.held[id].fence)


@dataclass
class Walk:
    """One case and what is expected of its task. `seen`: every id there ever was."""

    desk: Desk
    random: Random
    number: str
    workers: tuple[Worker, Worker]
    model: dict[str, Expected] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)

    def go(self) -> None:
        """Random moves, each compared with the model."""
        moves: list[Callable[[], None]] = [
            self.fetch, self.fetch, self.complete, self.extend, self.fail, self.fail, self.throw, self.wait, self.wait,
            self.retry, self.by_hand, self.people, self.people, self.send_back]
        for _ in range(MOVES):
            self.random.choice(moves)()
            self.compare()
        if self.random.random() < 0.3 and self.desk.case(self.number).ended_at is None:
            self.desk.command("withdraw", self.number, reason="不办了")
            self.model.clear()
            self.compare()

    def compare(self) -> None:
        """The rows are what the model expects; a task that has opened is new to it."""
        rows = {f"{self.number}-{row.token}": row for row in externals(self.desk, self.number)}
        for id in rows.keys() - self.model.keys():
            assert id not in self.seen, "an id was used again"
            self.seen.append(id)
            self.model[id] = Expected(due=self.desk.now)
        assert {id: Expected(row.due_at, row.worker, row.fence, row.retries) for id, row in rows.items()} == self.model

    def fetch(self) -> None:
        worker = self.random.choice(self.workers)
        expected = {id for id, each in self.model.items() if each.due is not None and each.due <= self.desk.now}
        assert {each.id for each in worker.fetch(seconds=LOCK)} == expected
        for id in expected:
            each = self.model[id]
            each.worker, each.fence, each.due = worker.name, each.fence + 1, self.desk.now + timedelta(seconds=LOCK)

    def complete(self) -> None:
        self._say(lambda worker, id: worker.complete(id, is_registered=True), self._over)

    def throw(self) -> None:
        def parked(id: str) -> None:
            each = self.model[id]
            each.due, each.worker, each.retries = None, "", 0

        code = self.random.choice(("NOT_FOUND", "UNHEARD_OF"))
        self._say(lambda worker, id: worker.throw(id, code), self._over if code == "NOT_FOUND" else parked)

    def extend(self) -> None:
        def later(id: str) -> None:
            self.model[id].due = self.desk.now + timedelta(seconds=LOCK)

        self._say(lambda worker, id: worker.extend(id, LOCK), later)

    def fail(self) -> None:
        retries = self.random.choice((None, None, 0, 5))

        def back(id: str) -> None:
            each = self.model[id]
            left = each.retries - 1 if retries is None else retries
            each.due = self.desk.now + PAUSES[min(each.fence, len(PAUSES)) - 1] if left > 0 else None
            each.worker, each.retries = "", max(left, 0)

        self._say(lambda worker, id: worker.fail(id, retries=retries), back)

    def wait(self) -> None:
        self.desk.now += timedelta(seconds=self.random.choice((5, 40, 90, 700)))

    def retry(self) -> None:
        self._look_after(by_hand=False)

    def by_hand(self) -> None:
        if self.random.random() < 0.3:
            self._look_after(by_hand=True)

    def people(self) -> None:
        tasks = self.desk.tasks(self.number)
        if tasks and self.random.random() < 0.6:
            task = self.random.choice(tasks)
            self.desk.complete(self.number, task.node, data={"is_registered": False} if task.node == "ask" else {})

    def send_back(self) -> None:
        task = next((each for each in self.desk.tasks(self.number) if each.node in ("review", "look")), None)
        if task is None or self.random.random() < 0.7:
            return
        with writing(self.desk.database) as connection:
            returning.send_back(connection, self.desk.office, TaskCommand(
                task=f"{self.number}-{task.token}", by="王", now=self.desk.now), node="hand_in", reason="补材料")
        self.model.clear()

    def _say(self, command: Callable[[Worker, str], object], then: Callable[[str], None]) -> None:
        """A worker says something about a task that he has, had, or never had."""
        worker = self.random.choice(self.workers)
        if not self.seen:
            return
        id = self.random.choice(self.seen[-2:])
        each = self.model.get(id)
        if each is not None and each.is_held(worker, id):
            command(worker, id)
            then(id)
        else:
            with pytest.raises(Refusal):
                command(worker, id)

    def _over(self, id: str) -> None:
        self.done.append(id)
        del self.model[id]

    def _look_after(self, *, by_hand: bool) -> None:
        for incident in self.desk.incidents(self.number):
            with writing(self.desk.database) as connection:
                incidents.retry(connection, self.desk.office, Command(number=self.number, by="管", now=self.desk.now),
                                seq=incident.seq, reason="看过了", by_hand=by_hand)
            id = f"{self.number}-{incident.token}"
            if by_hand:
                del self.model[id]
            else:
                self.model[id] = Expected(due=self.desk.now, fence=self.model[id].fence)


@pytest.mark.parametrize("seed", range(WALKS))
def test_the_program_does_what_a_model_of_a_few_lines_says(desk: Desk, seed: int) -> None:
    desk.deploy(beside=BESIDE)
    number = desk.open("beside", credit_code="91430600MA4L16JQ9B")
    workers = (Worker(desk=desk, name="a"), Worker(desk=desk, name="ab"[seed % 2]))  # two processes may bear one name
    walk = Walk(desk=desk, random=Random(seed), number=number, workers=workers)

    walk.go()

    told = [fact["data"]["token"] for kind in ("ExternalTaskCompleted", "BpmnErrorThrown") for fact in desk.facts(number, kind)]
    assert sorted(f"{number}-{token}" for token in told) == sorted(walk.done)
    assert desk.problems() == []
