"""Random walks: each process with random verbs by random people, its children through errands, its timers as the clock turns.

Nothing is foretold but this: a command is done, or is refused in words; at the end every case has ended lawfully or has a
reason to wait, its chain is intact and its rows follow from its facts. `make test` walks each process a few times,
`make walks` 500 times.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from shutil import copyfile
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event

from engine.duties import Deed
from engine.errors import Refusal
from engine.lifecycle import State
from engine.side_tasks import is_beside
from engine.verbs import VERBS, About
from services import forms, people
from services.database import connect, reading, writing
from services.deployments import find
from services.folded import fold_of
from services.office import Office
from services.store import reading as store
from services.store.rows import CaseRow, TaskRow
from tests.services.desk import Desk
from tests.services.trying import filled_in, give, lacks, moved

PROCESSES = sorted(path.stem for path in (Path(__file__).parents[2] / "bpmn").glob("*.bpmn"))
WALKS = int(os.environ.get("JIBAN_WALKS", "2"))
MOVES = 40
STAFF = ("王", "李", "赵", "钱", "孙", "周")
AGENT = "帮"
SUPERVISOR = "周"
ROLES = tuple(role for role in people.ROLES if role not in ("agent", "supervisor"))
"""Of everybody else: a supervisor changes no case, an agent is nobody of the office."""
SELDOM = frozenset({"withdraw", "terminate", "void", "return_to_applicant", "suspend", "hold"})
"""Verbs after which little else can happen: tried, but not at every turn."""


def fast(file: Path) -> Engine:
    """A database that does not wait for the disk: nobody pulls a plug here."""
    database = connect(f"sqlite:///{file}")

    @event.listens_for(database, "connect")
    def _hurry(connection: Any, record: object) -> None:
        connection.execute("PRAGMA synchronous=OFF")

    return database


@dataclass
class Walk:
    """One application and what happens to it. `trail`: what was done, for whoever reads a failure."""

    desk: Desk
    random: Random
    trail: list[str] = field(default_factory=list)

    def begin(self, process: str) -> None:
        """Perhaps enter people; file an application."""
        if self.random.random() < 0.4:
            self._enter_people()
        with reading(self.desk.database) as connection:
            deployment = self.desk.office.deployment(connection, find(connection, process))
        known = forms.known_at_start(self.desk.office.shelf, deployment)
        self.desk.open(process, **{name: value for name, value in self._application(deployment).items() if name in known})

    def go(self) -> None:
        """Random moves, until all is over or there were enough."""
        for _ in range(MOVES):
            family = self.family()
            if all(row.ended_at for row in family) and self.random.random() < 0.5:
                break
            self._move(self._next(family))
        self.desk.ring()

    def _next(self, family: list[CaseRow]) -> CaseRow:
        """Mostly a case that somebody can do something about."""
        with reading(self.desk.database) as connection:
            busy = [row for row in family if store.tasks_of(connection, row.id)]
        return self.random.choice(busy if busy and self.random.random() < 0.8 else family)

    def family(self) -> list[CaseRow]:
        """The case and the children of its bundle, and theirs."""
        with reading(self.desk.database) as connection:
            return store.cases_page(connection, before=store.FIRST, most=100)

    def _enter_people(self) -> None:
        with writing(self.desk.database) as connection:
            for id in STAFF:
                identity = "" if id in "王李赵" else f"4306{self.random.randint(1, 2)}"  # two accounts may be one person
                people.enter(connection, people.NewPerson(id=id, name=id, identity=identity, since_on=date(2026, 1, 1)),
                             by="管", now=self.desk.now)
                for role in ("supervisor",) if id == SUPERVISOR else ROLES:
                    if self.random.random() < 0.8:
                        people.grant(connection, people.NewGrant(person=id, role=role, since_on=date(2026, 1, 1)), by="管",
                                     now=self.desk.now)
            self._enter_agent(connection)

    def _enter_agent(self, connection: Connection) -> None:
        """Somebody who files and supplies for the applicant, and does little else."""
        people.enter(connection, people.NewPerson(id=AGENT, name=AGENT, since_on=date(2026, 1, 1)), by="管", now=self.desk.now)
        people.grant(connection, people.NewGrant(person=AGENT, role="agent", since_on=date(2026, 1, 1)), by="管",
                     now=self.desk.now)
        deeds = frozenset(self.random.sample(list(Deed), 3))
        people.entrust(connection, people.NewMandate(number="委1", agent=AGENT, principal="岳阳某公司", deeds=deeds,
                                                     first_on=date(2026, 1, 1), last_on=date(2026, 4, 1)), by="管",
                       now=self.desk.now)

    def _application(self, deployment: Any) -> dict[str, object]:
        """Texts anybody would give, and yes or no where the form asks for it."""
        variables = deployment.definition.process.variables
        asked = {name: self.random.random() < 0.5 for name, kind in variables.items() if kind == "bool"}
        return {**asked, "applicant": "岳阳某公司", "park": "湘阴高新区", "project_name": "一号厂房"}

    def _move(self, row: CaseRow) -> None:
        dice = self.random.random()
        if dice < 0.08:
            self.desk.now += timedelta(hours=self.random.choice((1, 1, 20, 70, 400)))
            self.desk.ring()
            self.trail.append(f"… {self.desk.now:%m-%d %H:%M}")
        elif dice < 0.60:
            self._go_on(row)
        else:
            name = self.random.choice(self._likely(row) if dice < 0.85 else list(VERBS))
            if name not in SELDOM or self.random.random() < 0.3:
                self._try(row, name)
        if self.random.random() < 0.8:
            self.desk.ring()

    def _go_on(self, row: CaseRow) -> None:
        """Somebody does what is next; now and then it was a slip."""
        case = fold_of(row)
        if case.helps and self.random.random() < 0.7:
            self._try(row, "answer")
        elif case.open_stops and self.random.random() < 0.6:
            self._try(row, "resume_case")
        for _ in range(3):
            if (done := self._try(row, "complete_task")) is not None:
                if self.random.random() < 0.1:
                    self._try(row, "take_back", by=done)
                return

    def _likely(self, row: CaseRow) -> list[str]:
        """What people would do with a case that stands like this."""
        case = fold_of(row)
        found = ["claim", "assign", "transfer", "delegate", "send_back", "send_straight", "consult", "inspection", "copy"]
        found += ["answer", "answer", "recall"] if case.helps else []
        found += ["resume_case"] * 4 if case.open_stops else ["suspend", "pause", "hold", "examine"]
        found += ["approve_extension", "refuse_extension"] if case.proposal else ["propose_extension"]
        found += ["appeal", "uphold", "write_off", "exempt"] if case.cards else []
        found += ["reply_to_order", "close_order", "return_order"] if case.orders else ["issue_order"]
        found += ["start_clock", "ask_again"] if case.incidents else []
        found += ["certify", "seal", "hand_over", "archive"] if case.concluded_on else ["offer_hearing"]
        found += ["request_hearing", "schedule_hearing"] if case.is_hearing_told else []
        with reading(self.desk.database) as connection:
            found += ["receive_message"] * 3 if store.messages_of(connection, row.id) else []
            held = store.tasks_of(connection, row.id)
        found += ["unclaim", "transfer", "delegate"] if any(task.assignee for task in held) else []
        return found + (["resolve", "resolve", "claim"] if any(task.owner for task in held) else [])

    def _try(self, row: CaseRow, name: str, by: str = "") -> str | None:
        """Give a command; a refusal says why, and any other error is ours. Who did it; None: it was refused."""
        with reading(self.desk.database) as connection:
            task = self._task(connection, row, name)
        subject = row.number if VERBS[name].about is About.CASE else f"{row.number}-{task.token if task else self._done(row)}"
        whom = by or (self._person(task) if self.random.random() < 0.7 else self.random.choice((*STAFF, AGENT, "外人")))
        try:
            with writing(self.desk.database) as connection:
                given = filled_in(connection, self.desk, name, row, task, STAFF, self.random)
                clocks = store.clocks_of(connection, row.id)
                stepped = give(connection, self.desk, name, subject, whom, given)
                changed = [] if VERBS[name].moves_clock else moved(clocks, store.clocks_of(connection, row.id))
        except Refusal as refusal:
            assert len(str(refusal)) > 12, f"{name} was refused without a reason: {refusal!r}"
            return None
        assert not changed, f"{name} has moved the clocks {changed}"
        self.trail.append(f"{subject[-6:]} {name} {whom} {given.get('outcome') or given.get('node') or ''}"
                          f"{' INCIDENT' if stepped.incident else ''}")
        return whom

    def _task(self, connection: Connection, row: CaseRow, name: str) -> TaskRow | None:
        """One of the open tasks, of those the verb is meant for if there are any."""
        open_now = store.tasks_of(connection, row.id)
        meant = [task for task in open_now if is_beside(task.token) is (name in ("answer", "recall"))
                 and (name not in ("resolve", "unclaim") or task.assignee)]
        chosen = meant if meant and self.random.random() < 0.9 else open_now
        return self.random.choice(chosen) if chosen and name != "take_back" else None

    def _done(self, row: CaseRow) -> int:
        done = [fact["data"]["token"] for fact in self.desk.facts(row.number, "TaskCompleted")]
        return int(done[-1]) if done else 1

    def _person(self, task: TaskRow | None) -> str:
        """Whoever has the task, or might."""
        if task is not None and (task.assignee or task.owner):
            return str(task.assignee or task.owner)
        role = (task.role if task else None) or ""
        grants = self.desk.office.people.grants
        able = [id for id in STAFF if any(grant.role == role for grant in grants.get(id, ()))]
        return self.random.choice(able) if able else {"clerk": "王", "reviewer": "李", "approver": "赵"}.get(role, "钱")


def problems(walk: Walk) -> Iterator[str]:
    """What is off at the end of a walk."""
    yield from (f"{each.case} {each.check}: {each.message}" for each in walk.desk.problems())
    with reading(walk.desk.database) as connection:
        for row in store.cases_page(connection, before=store.FIRST, most=100):
            State(row.state)
            if (lack := lacks(connection, row)) is not None:
                yield lack
    for number in [row.number for row in walk.family()]:
        for fact in walk.desk.facts(number, "IncidentRaised"):
            if fact["data"]["code"] == "dead_end":
                yield f"{number} came to a dead end"


def walked(prepared_file: Path, office: Office, folder: Path, process: str, seed: int) -> Walk:
    """One walk, from its number alone."""
    file = folder / f"{process}-{seed}.db"
    copyfile(prepared_file, file)
    walk = Walk(desk=Desk(database=fast(file), office=replace(office, rules=-1)), random=Random(f"{process} {seed}"))
    try:
        walk.begin(process)
        walk.go()
        found = list(problems(walk))
    except Exception as error:
        raise AssertionError(f"walk {seed} of {process}: {error!r} after\n" + "\n".join(walk.trail)) from error
    finally:
        walk.desk.database.dispose()
        for each in folder.glob(f"{file.name}*"):
            each.unlink()
    assert found == [], f"walk {seed} of {process}: {found} after\n" + "\n".join(walk.trail)
    return walk


@pytest.mark.parametrize("process", PROCESSES)
def test_whatever_people_do_a_case_ends_lawfully_or_has_a_reason_to_wait(
    prepared_file: Path, office: Office, tmp_path: Path, process: str,
) -> None:
    for seed in range(WALKS):
        walked(prepared_file, office, tmp_path, process, seed)
