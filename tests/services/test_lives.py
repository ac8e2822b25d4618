"""Lives of cases nobody thought of: random commands in a random order, and after each of them the database is sound.

Whether a command is refused is foretold where the lifecycle alone decides; of the others it is only asked that a refusal leaves
no trace and that what was done leaves a database in which every row follows from the facts.
"""

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

from engine.case import local_day
from engine.errors import Refusal
from engine.lifecycle import ALLOWED, State
from services.database import connect, reading
from services.folded import fold_of
from services.office import Office
from services.verify import verify
from tests.services import diagrams
from tests.services.desk import WEDNESDAY, Desk

BOUNDED = settings(max_examples=25, stateful_step_count=40, derandomize=True, deadline=None,
                   suppress_health_check=list(HealthCheck))
PROCESSES = ("company_setup", "four_permits", "joint_completion_inspection", "cycle", "stuck", "staged")
TABLES = ("fact", "task", "clock", "card", "supervision_order", "notification")
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


STAGED = diagrams.process(
    "staged", diagrams.words(limits="promised:2 statutory:20"), diagrams.start(), diagrams.throw("accepted", "accepted"),
    diagrams.task("review", "done"), diagrams.limit("stage", "stage", 1, on="review", interrupting=False),
    diagrams.limit("promise", "promised", 2, on="review", interrupting=False), diagrams.throw("granted", "granted"),
    diagrams.task("certify", "done"), diagrams.end("done", "handed_over"), diagrams.end("told"), diagrams.end("called"),
    diagrams.flows("begin", "accepted", "review", "granted", "certify", "done"), diagrams.flows("stage", "told"),
    diagrams.flows("promise", "called"))

STOPS: dict[str, dict[str, object]] = {
    "pause": {"ground": "rectification", "basis": "园区验收办法"}, "hold": {"order": "9号", "reason": "法院"},
    "examine": {"size": "ordinary", "examiner": "审图中心"},
}
TIMEKEEPING: dict[str, dict[str, object]] = {
    "propose_extension": {"amount": 5, "reason": "复杂"}, "approve_extension": {"role": "head_of_office", "document": "延1"},
    "refuse_extension": {"reason": "不足"}, "approve_correction": {"role": "legal_officer", "reason": "遗漏"},
    "offer_hearing": {"document": "听告1"}, "request_hearing": {"applicant": "某公司"},
    "remind": {"addressee": "王", "text": "请尽快"},
}
CARDS: dict[str, dict[str, object]] = {
    "appeal": {"reason": "故障"}, "uphold": {"reason": "无据"}, "write_off": {"reason": "属实"},
    "exempt": {"conclusion": "lenient", "document": "容1", "reason": "先行先试"},
}
ORDERS: dict[str, dict[str, object]] = {"reply_to_order": {"text": "已办"}, "return_order": {"reason": "不实"},
                                        "close_order": {"text": "属实"}}


class Lives(RuleBasedStateMachine):
    """At most a few cases, whose commands are drawn. What is refused must leave no trace."""

    def __init__(self, prepared: Path, office: Office) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        copyfile(prepared, Path(self.folder.name) / "jiban.db")
        database = connect(f"sqlite:///{self.folder.name}/jiban.db")
        self.desk = Desk(database=database, office=replace(office, cache=OrderedDict()))
        self.desk.deploy(cycle=CYCLE, stuck=STUCK, staged=STAGED)

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
        """A special procedure begins, where the law allows one and none lasts on the same ground."""
        number = self._case(data)
        ground = data.draw(st.sampled_from(("expert_review", "testing")))
        allowed = self._may(number, State.SUSPENDED) and ground not in self._stopped_by(number)
        end = (self.desk.now + timedelta(days=30)).date()
        assert self._try(number, lambda: self.desk.suspend(number, ground=ground, expected_end=end)) is allowed

    @rule(data=st.data(), command=st.sampled_from(sorted(STOPS)))
    def stop(self, data: st.DataObject, command: str) -> None:
        """Something else stops the days, perhaps beside what stops them already."""
        number = self._case(data)
        ground = {"pause": "rectification", "hold": "order", "examine": "drawing_examination"}[command]
        allowed = self._may(number, State.SUSPENDED) and ground not in self._stopped_by(number)
        assert self._try(number, lambda: self.desk.command(command, number, **STOPS[command])) is allowed

    @rule(data=st.data())
    def resume(self, data: st.DataObject) -> None:
        """A stop is over: one of those that last, by its number; without a number only when it is the only one."""
        number = self._case(data)
        lasting = [stop.seq for stop in fold_of(self.desk.case(number)).open_stops]
        stop = data.draw(st.sampled_from((*lasting, None)))
        allowed = self.desk.case(number).state == "suspended" and (stop is not None or len(lasting) == 1)
        assert self._try(number, lambda: self.desk.resume(number, stop=stop)) is allowed

    @rule(data=st.data(), command=st.sampled_from(sorted(TIMEKEEPING)), by=st.sampled_from(("王", "局长")))
    def timekeeping(self, data: st.DataObject, command: str, by: str) -> None:
        """Something is proposed, approved, refused, offered, asked for."""
        number = self._case(data)
        self._try(number, lambda: self.desk.command(command, number, by=by, **TIMEKEEPING[command]))

    @rule(data=st.data(), days=st.integers(7, 40))
    def schedule_hearing(self, data: st.DataObject, days: int) -> None:
        """A hearing is announced."""
        number = self._case(data)
        held_on = (self.desk.now + timedelta(days=days)).date()
        self._try(number, lambda: self.desk.command("schedule_hearing", number, held_on=held_on, chair="赵", document="听公1"))

    @rule(data=st.data(), command=st.sampled_from(sorted(CARDS)), by=st.sampled_from(("王", "孙")))
    def card(self, data: st.DataObject, command: str, by: str) -> None:
        """Somebody does something about a card, if there is one; perhaps of a case that has ended."""
        number = self._case(data)
        card = data.draw(st.sampled_from([card.seq for card in fold_of(self.desk.case(number)).cards] or [1]))
        self._try(number, lambda: self.desk.command(command, number, card=card, by=by, **CARDS[command]))

    @rule(data=st.data(), days=st.integers(-1, 5))
    def issue_order(self, data: st.DataObject, days: int) -> None:
        """A supervisor wants an answer, by a day that is not over."""
        number, now = self._case(data), self.desk.now
        recorded = max(now, fold_of(self.desk.case(number)).recorded_at)
        due_on = local_day(now) + timedelta(days=days)
        done = self._try(number, lambda: self.desk.command(
            "issue_order", number, addressee="王", text="说明", due_on=due_on, by="孙"))
        assert done is (due_on >= local_day(recorded))

    @rule(data=st.data(), command=st.sampled_from(sorted(ORDERS)), by=st.sampled_from(("王", "孙")))
    def order(self, data: st.DataObject, command: str, by: str) -> None:
        """Somebody does something about an order, if there is one."""
        number = self._case(data)
        order = data.draw(st.sampled_from([order.seq for order in fold_of(self.desk.case(number)).orders] or [1]))
        given = dict(ORDERS[command])
        if command == "return_order":
            given["due_on"] = local_day(self.desk.now) + timedelta(days=2)
        self._try(number, lambda: self.desk.command(command, number, order=order, by=by, **given))

    @rule(data=st.data(), command=st.sampled_from(sorted(ENDS)), seldom=st.integers(0, 3))
    def end(self, data: st.DataObject, command: str, seldom: int) -> None:
        """A case is ended by order, where the lifecycle allows it."""
        if seldom == 0:
            number = self._case(data)
            allowed = self._may_end(number, ENDS[command])
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

    def _stopped_by(self, number: str) -> set[str]:
        return {stop.ground for stop in fold_of(self.desk.case(number)).open_stops}

    def _may_end(self, number: str, target: State) -> bool:
        """A stopped case may be ended as far as it might have been before."""
        case = fold_of(self.desk.case(number))
        return case.ended_at is None and target in ALLOWED[case.resumes_to if case.is_suspended else case.state]

    def _may(self, number: str, target: State) -> bool:
        row = self.desk.case(number)
        return row.ended_at is None and target in ALLOWED[State(row.state)]

    def _try(self, number: str, command: Any) -> bool:
        """Was it done? A refusal leaves the case as it was."""
        before = self.desk.case(number), *map(self.desk.rows, TABLES)
        try:
            command()
        except Refusal:
            assert (self.desk.case(number), *map(self.desk.rows, TABLES)) == before
            return False
        return True


def test_after_any_command_in_any_order_the_database_is_sound(prepared_file: Path, office: Office) -> None:
    run_state_machine_as_test(lambda: Lives(prepared_file, office), settings=BOUNDED)
