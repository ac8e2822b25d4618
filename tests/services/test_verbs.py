"""Each verb in each state of a task, in each process: it is done, or refused in words, and the case still has a reason to wait.

A case is brought to a step after its receipt, then into the state; each verb is tried there and undone again, so that all of
them meet the same case. PostgreSQL, which runs the same rules, gets two of the processes.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from random import Random
from shutil import copyfile
from typing import Any

import orjson
import pytest
from sqlalchemy import Connection, Engine

from engine.errors import Refusal
from engine.verbs import VERBS, About
from services import cases, fold, people, verbs
from services.acting import Stepped
from services.database import connect
from services.office import Office
from services.store import reading
from services.store.rows import CaseRow, ClockRow, TaskRow
from services.verify import verify
from tests.services.desk import WEDNESDAY, Desk
from tests.services.test_signing import COUNTERSIGNED, SIGNERS
from tests.services.trying import filled_in, give, lacks, moved

PROCESSES = sorted(path.stem for path in (Path(__file__).parents[2] / "bpmn").glob("*.bpmn"))
ME, OTHER, THIRD = "王", "周", "吴"
STEPS = 3
"""How far a case is brought: past its receipt and acceptance, before most of its ends."""


@dataclass
class Scene:
    """A case in the transaction in which it is tried. `subject`: the task the verbs are given to, by its public id."""

    connection: Connection
    desk: Desk
    number: str
    subject: str = ""

    def row(self) -> CaseRow:
        row = reading.peek_case(self.connection, self.number)
        assert row is not None
        return row

    def tasks(self) -> list[TaskRow]:
        return reading.tasks_of(self.connection, self.row().id)

    def clocks(self) -> list[ClockRow]:
        return reading.clocks_of(self.connection, self.row().id)

    def do(self, name: str, by: str = ME, subject: str = "", /, **given: Any) -> Stepped:
        about = self.number if VERBS[name].about is About.CASE else subject or self.subject
        return give(self.connection, self.desk, name, about, by, given)

    def task(self) -> TaskRow | None:
        return next((each for each in self.tasks() if f"{self.number}-{each.token}" == self.subject), None)


def forward(scene: Scene, steps: int) -> None:
    """Complete open tasks in the ordinary way."""
    for step in range(steps):
        open_now = [task for task in scene.tasks() if task.role != "supervisor"]
        if not open_now:
            return
        task = open_now[0]
        outcomes = [key for key, _ in orjson.loads(task.outcomes)]
        scene.do("complete_task", f"经办{step}", f"{scene.number}-{task.token}", outcome=outcomes[0] if outcomes else None)


def claimed(scene: Scene) -> None:
    scene.do("claim")


def claimed_by_another(scene: Scene) -> None:
    scene.do("claim", OTHER)


def delegated_to_me(scene: Scene) -> None:
    scene.do("delegate", OTHER, person=ME, reason="外出")


def waiting_for_a_consult(scene: Scene) -> None:
    scene.do("consult", asked=[("市水利局", None)], text="请提意见")


def beside_the_diagram(scene: Scene) -> None:
    waiting_for_a_consult(scene)
    scene.subject = f"{scene.number}-{scene.tasks()[-1].token}"


def of_a_suspended_case(scene: Scene) -> None:
    scene.do("suspend", ground="expert_review", document="岳特1号", expected_end=date(2026, 3, 31))


def of_a_held_case(scene: Scene) -> None:
    scene.do("hold", order="9号", reason="法院")


def over(scene: Scene) -> None:
    task = scene.task()
    assert task is not None
    outcomes = [key for key, _ in orjson.loads(task.outcomes)]
    scene.do("complete_task", outcome=outcomes[0] if outcomes else None)


def of_a_case_that_has_ended(scene: Scene) -> None:
    scene.do("terminate", reason="试办")


STATES: Mapping[str, Callable[[Scene], None]] = {
    "open": lambda scene: None, "claimed by me": claimed, "claimed by another": claimed_by_another,
    "delegated to me": delegated_to_me, "waiting for a consult": waiting_for_a_consult,
    "beside the diagram": beside_the_diagram, "of a suspended case": of_a_suspended_case, "of a held case": of_a_held_case,
    "over": over, "of a case that has ended": of_a_case_that_has_ended,
}
"""States of a task, and how a case comes to them; a case without a running limit cannot be suspended or held."""


def tried(scene: Scene, name: str, *, look_at_all: bool) -> str:
    """Try a verb and undo it. What is wrong with what it did; "" when it was done well, or refused in words."""
    before, clocks = scene.row(), scene.clocks()
    given = filled_in(scene.connection, scene.desk, name, before, scene.task(), (OTHER, THIRD), Random(name))
    with scene.connection.begin_nested() as undone:
        try:
            scene.do(name, **given)
            wrong = "; ".join(_wrong(scene, name, clocks, look_at_all=look_at_all))
        except Refusal as refusal:
            wrong = "" if len(str(refusal).split()) >= 3 or len(str(refusal)) >= 20 else f"no reason: {refusal}"
            wrong += "" if scene.row() == before else "; refused, but it has left a trace"
        undone.rollback()
    return wrong


def _wrong(scene: Scene, name: str, before: list[ClockRow], *, look_at_all: bool) -> Iterator[str]:
    row = scene.row()
    if (lack := lacks(scene.connection, row)) is not None:
        yield lack
    if not VERBS[name].moves_clock and (changed := moved(before, scene.clocks())):
        yield f"clocks were moved: {changed}"
    yield from (problem.message for problem in fold.of_case(scene.connection, scene.desk.office, row))
    if look_at_all:
        yield from (problem.message for problem in verify(scene.connection).problems)


def findings(desk: Desk, process: str, *, seldom: int, **data: object) -> list[str]:
    """What is wrong with any verb in any state; the whole database is looked at after each `seldom`-th that is tried."""
    found, count = [], 0
    with desk.database.connect() as connection, connection.begin() as transaction:
        scene = opened(connection, desk, process, **data)
        for state, come_to in STATES.items():
            with connection.begin_nested() as undone:
                if arrive(scene, come_to):
                    for name in VERBS:
                        count += 1
                        if wrong := tried(scene, name, look_at_all=count % seldom == 0):
                            found.append(f"{process}, a task {state}: {name}: {wrong}")
                undone.rollback()
        transaction.rollback()
    assert count >= len(VERBS) * 7  # at least those states a case comes to before it is accepted
    return found


def opened(connection: Connection, desk: Desk, process: str, **data: object) -> Scene:
    """A case on its way, as far as somebody has something to do."""
    number = cases.open_case(connection, desk.office, process=process, data=data, by=ME, now=desk.now).number
    scene = Scene(connection=connection, desk=desk, number=number)
    for steps in range(STEPS, 0, -1):
        with connection.begin_nested() as undone:
            forward(scene, steps)
            if scene.row().ended_at is None and any(task.role != "supervisor" for task in scene.tasks()):
                return scene
            undone.rollback()
    return scene


def arrive(scene: Scene, come_to: Callable[[Scene], None]) -> bool:
    """Bring the case into a state; False where it cannot come to it."""
    scene.subject = f"{scene.number}-{scene.tasks()[0].token}"
    try:
        come_to(scene)
    except Refusal:
        return False
    return True


def desk_at(database: Engine, office: Office) -> Desk:
    return Desk(database=database, office=replace(office, rules=-1, cache=OrderedDict()), now=WEDNESDAY)


@pytest.fixture(scope="module")
def file(prepared_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A database in which nothing is ever kept but a diagram of ours."""
    copied = copyfile(prepared_file, tmp_path_factory.mktemp("verbs") / "jiban.db")
    database = connect(f"sqlite:///{copied}")
    yield database
    database.dispose()


@pytest.mark.parametrize("process", PROCESSES)
def test_each_verb_in_each_state_of_a_task_is_done_or_refused_in_words(file: Engine, office: Office, process: str) -> None:
    assert findings(desk_at(file, office), process, seldom=25) == []


@pytest.mark.parametrize("process", ["company_setup", "joint_completion_inspection"])
def test_on_postgresql_too(postgres_url: str, office: Office, process: str) -> None:
    database = connect(postgres_url)

    assert findings(desk_at(database, office), process, seldom=25) == []

    database.dispose()


def test_a_signature_among_several_takes_the_same_verbs(sqlite_url: str, office: Office) -> None:
    desk = desk_at(connect(sqlite_url), office)
    desk.deploy(signed=COUNTERSIGNED)

    assert findings(desk, "signed", seldom=10, signers=SIGNERS) == []

    desk.database.dispose()


def test_every_verb_of_the_table_has_a_use_case_and_says_what_it_does() -> None:
    assert VERBS.keys() == verbs.OF_TASKS.keys() | verbs.OF_CASES.keys()
    for verb in VERBS.values():
        assert (verb.name in verbs.OF_TASKS) is (verb.about is About.TASK)
        assert verb.label and len(verb.consequence) >= 5
        assert set(verb.roles) <= {*people.ROLES, "head_of_government"}
