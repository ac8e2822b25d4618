"""Lives of cases nobody thought of: random commands in a random order, and after each of them the database is sound."""

from __future__ import annotations

import tempfile
from collections import OrderedDict
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from shutil import copyfile
from typing import Any

import orjson
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from engine.errors import Refusal
from engine.lifecycle import ALLOWED, State
from services.database import connect, reading
from services.office import Office
from services.verify import verify
from tests.services import diagrams
from tests.services.desk import WEDNESDAY, Desk

BOUNDED = settings(max_examples=20, stateful_step_count=40, derandomize=True, deadline=None,
                   suppress_health_check=list(HealthCheck))
PROCESSES = ("company_setup", "four_permits", "joint_completion_inspection", "cycle", "stuck")
ENDS = {"withdraw": State.WITHDRAWN, "terminate": State.TERMINATED, "void": State.VOIDED}

CYCLE = diagrams.process(
    "cycle", diagrams.start(), diagrams.task("fill"), diagrams.timer("remind", "R3/P1D", on="fill", interrupting=False),
    diagrams.task("reminder", role="supervisor"), diagrams.end(),
    diagrams.flows("begin", "fill", "done"), diagrams.flows("remind", "reminder", "done"))

STUCK = diagrams.process(
    "stuck", diagrams.words(variables="colour:string"), diagrams.start(), diagrams.timer("pause", "PT12H"),
    diagrams.task("fill", "done"), '<bpmn:exclusiveGateway id="way" default="way_other"/>', diagrams.end("red"),
    diagrams.end("other"), diagrams.flows("begin", "pause", "fill", "way", "other"),
    diagrams.when("way", "red", 'colour == "red"'))


class Lives(RuleBasedStateMachine):
    """At most a few cases, whose commands are drawn. What is refused must leave no trace."""

    def __init__(self, prepared: Path, office: Office) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        copyfile(prepared, Path(self.folder.name) / "jiban.db")
        database = connect(f"sqlite:///{self.folder.name}/jiban.db")
        self.desk = Desk(database=database, office=replace(office, cache=OrderedDict()))
        self.desk.deploy(cycle=CYCLE, stuck=STUCK)

    @initialize(process=st.sampled_from(PROCESSES))
    def first(self, process: str) -> None:
        """There is a case."""
        self.desk.open(process)

    @rule(process=st.sampled_from(PROCESSES))
    def open(self, process: str) -> None:
        """Another application comes in."""
        if len(self.desk.opened) < 4:
            self.desk.open(process)

    @rule(data=st.data())
    def complete(self, data: st.DataObject) -> None:
        """Somebody completes some task in some way."""
        number = self._case(data)
        tasks = self.desk.tasks(number)
        if tasks:
            task = data.draw(st.sampled_from(tasks))
            outcomes = [key for key, _ in orjson.loads(task.outcomes)]
            self._try(number, lambda: self.desk.complete_id(
                f"{number}-{task.token}", data.draw(st.sampled_from(outcomes)) if outcomes else None))

    @rule(data=st.data(), token=st.integers(1, 40))
    def complete_again(self, data: st.DataObject, token: int) -> None:
        """Somebody completes what is over, or never was."""
        number = self._case(data)
        if token not in {task.token for task in self.desk.tasks(number)}:
            assert not self._try(number, lambda: self.desk.complete_id(f"{number}-{token}", None))

    @rule(data=st.data())
    def suspend(self, data: st.DataObject) -> None:
        """A special procedure begins, where the law allows one."""
        number = self._case(data)
        allowed = self._may(number, State.SUSPENDED)
        end = (self.desk.now + timedelta(days=30)).date()
        assert self._try(number, lambda: self.desk.suspend(number, expected_end=end)) is allowed

    @rule(data=st.data())
    def resume(self, data: st.DataObject) -> None:
        """It ends."""
        number = self._case(data)
        allowed = self.desk.case(number).state == "suspended"
        assert self._try(number, lambda: self.desk.command("resume_case", number)) is allowed

    @rule(data=st.data(), command=st.sampled_from(sorted(ENDS)), seldom=st.integers(0, 3))
    def end(self, data: st.DataObject, command: str, seldom: int) -> None:
        """A case is ended by order, where the lifecycle allows it."""
        if seldom == 0:
            number = self._case(data)
            allowed = self._may(number, ENDS[command])
            assert self._try(number, lambda: self.desk.command(command, number, reason="试")) is allowed

    @rule(hours=st.integers(1, 60))
    def wait(self, hours: int) -> None:
        """Time passes, and the bell rings."""
        self.desk.now += timedelta(hours=hours)
        self.desk.ring()

    @rule()
    def slow_clock(self) -> None:
        """Another machine, whose clock is behind."""
        self.desk.now = max(WEDNESDAY, self.desk.now - timedelta(minutes=90))

    @invariant()
    def database_is_sound(self) -> None:
        """Nothing is off, after any command."""
        with reading(self.desk.database) as connection:
            assert verify(connection).problems == ()

    def teardown(self) -> None:
        """Every case follows from its facts."""
        try:
            assert self.desk.problems() == []
        finally:
            self.desk.database.dispose()
            self.folder.cleanup()

    def _case(self, data: st.DataObject) -> str:
        return str(data.draw(st.sampled_from(self.desk.opened)))

    def _may(self, number: str, target: State) -> bool:
        row = self.desk.case(number)
        return row.ended_at is None and target in ALLOWED[State(row.state)]

    def _try(self, number: str, command: Any) -> bool:
        """Was it done? A refusal leaves the case as it was."""
        before = self.desk.case(number), self.desk.rows("fact"), self.desk.rows("task")
        try:
            command()
        except Refusal:
            assert (self.desk.case(number), self.desk.rows("fact"), self.desk.rows("task")) == before
            return False
        return True


def test_after_any_command_in_any_order_the_database_is_sound(prepared_file: Path, office: Office) -> None:
    run_state_machine_as_test(lambda: Lives(prepared_file, office), settings=BOUNDED)
