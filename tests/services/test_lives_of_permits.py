"""Lives of permits nobody thought of: cases accepted in every way, permits granted, acted on, lapsing, in a random order.

What is refused leaves no trace; after anything the database is sound, and in the end each permit is what the facts of all the
cases about it lead to.
"""

from __future__ import annotations

import tempfile
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from shutil import copyfile

import orjson
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from engine.case import local_day
from engine.errors import Refusal
from engine.permits import Act
from engine.undertakings import OnLapse
from services import permits, undertakings
from services.database import connect, reading, writing
from services.office import Office
from services.permits import Granted
from services.undertakings import Kind, NewTemplate
from services.verify import verify
from tests.services.desk import Desk
from tests.services.test_accepting import TO_GRANT, do

BOUNDED = settings(max_examples=15, stateful_step_count=40, derandomize=True, deadline=None,
                   suppress_health_check=list(HealthCheck))
TABLES = ("fact", "task", "clock", "permit", "permit_event", "credit_record", "notification")
CODE = "91430600MA40000130"
JUDGING: dict[str, dict[str, str]] = {
    "verify_declaration": {"findings": "属实"}, "find_unmet": {"findings": "不足", "document": "整1"},
    "fail_declaration": {"findings": "不实"},
}


class LivesOfPermits(RuleBasedStateMachine):
    """A few cases whose commands are drawn."""

    def __init__(self, prepared: Path, office: Office) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        copyfile(prepared, Path(self.folder.name) / "jiban.db")
        database = connect(f"sqlite:///{self.folder.name}/jiban.db")
        self.desk = Desk(database=database, office=replace(office, cache=OrderedDict()))
        with writing(database) as connection:
            for kind in Kind:
                new = NewTemplate(kind=kind, process="", text="承诺", on_lapse=OnLapse.PAUSE, basis="岳审改1")
                undertakings.enter_template(connection, new, by="法制", now=self.desk.now)

    @initialize(way=st.sampled_from(("accept", "declare")), days=st.integers(20, 120))
    def first(self, way: str, days: int) -> None:
        """There is a case that has granted two permits."""
        self._accept(way, 1)
        do(self.desk, self.desk.opened[0], *TO_GRANT)
        self._certify(self.desk.opened[0], days)

    @rule(way=st.sampled_from(("accept", "accept_conditionally", "declare", "on_the_spot")), days=st.integers(-1, 12))
    def another(self, way: str, days: int) -> None:
        """A case comes in and is accepted in some way, where that way is open to it."""
        if len(self.desk.opened) < 5:
            self._accept(way, days)

    @rule(data=st.data())
    def complete(self, data: st.DataObject) -> None:
        """Somebody completes some task in some way."""
        number = self._case(data)
        if tasks := self.desk.tasks(number):
            task = data.draw(st.sampled_from(tasks))
            outcome = data.draw(st.sampled_from([key for key, _ in orjson.loads(task.outcomes)]))
            self._try(lambda: self.desk.complete_id(f"{number}-{task.token}", outcome))

    @rule(data=st.data(), steps=st.integers(3, 9), days=st.integers(1, 120))
    def go_on(self, data: st.DataObject, steps: int, days: int) -> None:
        """A case goes on in the ordinary way; who certifies fills in permits."""
        number = self._case(data)
        for _ in range(steps):
            for task in self.desk.tasks(number)[:1]:
                outcome = orjson.loads(task.outcomes)[0][0]
                certify, go = (lambda: self._certify(number, days)), (lambda id=task.token, way=outcome: self.desk.complete_id(
                    f"{number}-{id}", way))
                self._try(certify if task.act == "certify" else go)

    @rule(data=st.data(), names=st.sets(st.sampled_from(("图", "函", "别的")), min_size=1),
          role=st.sampled_from(("", "approver")))
    def supply(self, data: st.DataObject, names: set[str], role: str) -> None:
        """Something that may be missing comes."""
        number = self._case(data)
        self._try(lambda: self.desk.command("supply", number, materials=sorted(names), role=role))

    @rule(data=st.data(), command=st.sampled_from(sorted(JUDGING)))
    def judge(self, data: st.DataObject, command: str) -> None:
        """A declaration is verified, if there is one."""
        number = self._case(data)
        self._try(lambda: self.desk.command(command, number, **JUDGING[command]))

    @rule(data=st.data(), act=st.sampled_from([act.value for act in Act]), late=st.sampled_from(("", "不可抗力")))
    def point(self, data: st.DataObject, act: str, late: str) -> None:
        """A case about some permit comes in, where the law allows it."""
        permit = self._permit(data)
        if permit and len(self.desk.opened) < 9:
            given = {"new_holder": "新公司"} if act == "change" else {}
            self._try(lambda: self.desk.open("permit_change", permit=permit, permit_act=act, ground="试", late_reason=late,
                                             **given))

    @rule(data=st.data(), is_met=st.booleans())
    def condition(self, data: st.DataObject, is_met: bool) -> None:
        """Work begins, or its time is extended."""
        if not (permit := self._permit(data)):
            return
        given = {"permit": permit, "condition": "begin_work", "by": "李", "now": self.desk.now}

        def command() -> None:
            with writing(self.desk.database) as connection:
                if is_met:
                    permits.meet_condition(connection, self.desk.office, met_on=local_day(self.desk.now), **given)
                else:
                    permits.extend_condition(connection, self.desk.office, document="延1", **given)

        self._try(command)

    @rule(data=st.data(), seldom=st.integers(0, 3))
    def withdraw(self, data: st.DataObject, seldom: int) -> None:
        """An applicant withdraws."""
        if seldom == 0:
            number = self._case(data)
            self._try(lambda: self.desk.command("withdraw", number, reason="试"))

    @rule(days=st.sampled_from((1, 2, 5, 20, 50)))
    def wait(self, days: int) -> None:
        """Time passes, and the bell rings."""
        self.desk.now += timedelta(days=days)
        self.desk.ring()

    @rule()
    def settle(self) -> None:
        """What is due between cases is done, once."""
        permits.settle_due(self.desk.database, self.desk.office, now=self.desk.now)
        assert permits.settle_due(self.desk.database, self.desk.office, now=self.desk.now) == 0

    @invariant()
    def database_is_sound(self) -> None:
        """Nothing is off, after any command."""
        with reading(self.desk.database) as connection:
            assert verify(connection).problems == ()

    def teardown(self) -> None:
        """Every case follows from its facts, and every permit from those of its cases."""
        try:
            self.settle()
            assert self.desk.problems() == []
            for granted in self._permits():
                assert granted.row.state == "in_force" or not self._running(granted)
        finally:
            self.desk.database.dispose()
            self.folder.cleanup()

    def _accept(self, way: str, days: int) -> None:
        number = self.desk.open("four_permits", applicant="某公司", credit_code=CODE, planning_review="告知承诺")
        self.desk.complete(number, "register", "received")
        on = (local_day(self.desk.now) + timedelta(days=days)).isoformat()
        given = {"signer": "赵", "missing_materials": [{"name": "图", "supply_on": on}, {"name": "函", "supply_on": on}]}
        self._try(lambda: self.desk.complete(number, "verify", way, data=given))

    def _certify(self, number: str, days: int) -> None:
        until = (local_day(self.desk.now) + timedelta(days=days)).isoformat()
        self.desk.complete(number, "certify", "certified", data={
            "permits": [{"sort": "construction"}, {"sort": "food", "valid_until": until}][:1 + days % 2]})

    def _case(self, data: st.DataObject) -> str:
        return str(data.draw(st.sampled_from(self.desk.opened)))

    def _permits(self) -> list[Granted]:
        with reading(self.desk.database) as connection:
            return permits.permits(connection)

    def _running(self, granted: Granted) -> list[str]:
        """The clocks that run for a permit."""
        with reading(self.desk.database) as connection:
            first, _ = permits.history(connection, granted.row.number).events[0]
        return [name for name in self.desk.clocks(granted.case) if name.startswith(f"follow_up:{first.seq}:")]

    def _permit(self, data: st.DataObject) -> str:
        numbers = [each.row.number for each in self._permits()]
        return str(data.draw(st.sampled_from(numbers))) if numbers else ""

    def _try(self, command: Callable[[], object]) -> None:
        """A refusal leaves everything as it was."""
        before = [*map(self.desk.rows, TABLES), *self._permits()]
        try:
            command()
        except Refusal:
            assert [*map(self.desk.rows, TABLES), *self._permits()] == before


def test_whatever_happens_to_permits_in_any_order_the_database_is_sound(prepared_file: Path, office: Office) -> None:
    run_state_machine_as_test(lambda: LivesOfPermits(prepared_file, office), settings=BOUNDED)
