"""The time of a case against a model of the law (`time_model`): random moves, allowed and not, in a random order.

After each of them the stored case must say what the model says, and a machine that was started again reads the same. `make test`
goes through a few lives; `make model` through as many as `JIBAN_MODEL_RUNS` says, each time other ones.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from shutil import copyfile

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from engine.calendar import SHANGHAI
from engine.case import Case
from engine.errors import Refusal
from engine.notices import Scope
from services import calendar_changes, recounting
from services.database import connect, reading, writing
from services.folded import fold_of
from services.lamps import case_lamp, clock_lamp
from services.office import Office
from services.settings import SHELF
from services.store import reading as store
from tests.services import diagrams
from tests.services.desk import Desk
from tests.services.time_model import NOTICE_2027, OFFICE, Length, Model, Refused

RUNS = int(os.environ.get("JIBAN_MODEL_RUNS", "0"))
LIVES, BATCH = 8, 250
FOLDS_EVERY = 10
BOUNDED = settings(stateful_step_count=40, deadline=None, database=None, suppress_health_check=list(HealthCheck),
                   print_blob=False)

MATTERS: dict[str, dict[str, Length]] = {
    "ordinary": {"promised": (5, "workday"), "statutory": (20, "workday"), "stage": (3, "workday")},
    "at_once": {"promised": (0, "workday"), "statutory": (3, "workday"), "stage": (1, "workday")},
    "joint": {"promised": (8, "workday"), "statutory": (45, "workday"), "stage": (5, "workday")},
    "by_the_hour": {"promised": (10, "working_hour"), "statutory": (3, "workday"), "stage": (4, "working_hour")},
    "by_the_calendar": {"promised": (10, "calendar_day"), "statutory": (1, "month"), "stage": (3, "half_day")},
    "aimed_at": {"target": (5, "workday"), "statutory": (15, "workday"), "stage": (24, "hour")},
}
AT_RECEIPT: dict[str, Length] = {"notice": (5, "workday"), "applicant": (30, "calendar_day")}
OUTCOMES = {"check": ("accept", "correct", "decline"), "review": ("done",), "decide": ("grant", "send_back", "refuse"),
            "finish": ("done",), "supplement": ("done",), "hand_over": ("done",), "supervise": ("done",)}
WAY = ("accept", "done", "grant", "done")
GROUNDS = ("hearing", "tender", "auction", "inspection", "testing", "quarantine", "appraisal", "expert_review", "statute")
PEOPLE = ("王", "李", "赵")

people = st.sampled_from(PEOPLE)
moments = st.builds(
    lambda day, hour, minute: datetime.combine(day, datetime.min.time(), SHANGHAI) + timedelta(hours=hour, minutes=minute),
    st.sampled_from([date(2025, 1, 26), date(2025, 9, 30), date(2026, 2, 14), date(2026, 3, 4), date(2026, 12, 24),
                     date(2026, 12, 31)]) | st.dates(date(2025, 1, 2), date(2026, 12, 31)),
    st.sampled_from((0, 9, 10, 12, 16, 17, 23)), st.sampled_from((0, 1, 30, 59)))
spans = st.sampled_from((timedelta(minutes=5), timedelta(minutes=61), timedelta(hours=5), *(timedelta(days=n) for n in (
    1, 1, 2, 3, 5, 8, 14)), timedelta(days=30, minutes=7)))


def matter(name: str, limits: dict[str, Length]) -> bytes:
    """A process with everything that has a limit: the receipt with its notice, a review with its stage, a hand-over."""
    promise = next(kind for kind in OFFICE if kind in limits)
    return diagrams.process(
        name, "<bpmn:extensionElements>", *(_limit(kind, limits[kind]) for kind in OFFICE if kind in limits),
        '<jb:variable name="park" type="string"/></bpmn:extensionElements>',
        diagrams.start(), _gateway("to_check"), diagrams.task("check", *OUTCOMES["check"]), _gateway("checked", "checked_accepted"),
        diagrams.throw("correcting", "correcting"), diagrams.task("supplement", "done"),
        diagrams.throw("resubmitted", "resubmitted"), diagrams.end("declined", "declined"),
        _timer("notice", AT_RECEIPT["notice"], "check"), diagrams.throw("deemed", "deemed_accepted"),
        _timer("applicant", AT_RECEIPT["applicant"], "supplement"), diagrams.end("withdrawn", "deemed_withdrawn"),
        diagrams.throw("accepted", "accepted"), _gateway("to_review"), diagrams.throw("reviewing", "reviewing"),
        _gateway("again"), diagrams.task("review", "done"), diagrams.task("decide", *OUTCOMES["decide"]),
        _gateway("way", "way_again"), _timer("stage", limits["stage"], "review", interrupting=False), diagrams.end("told"),
        _timer(promise, limits[promise], "review", interrupting=False), diagrams.task("supervise", "done", role="supervisor"),
        diagrams.end("supervised"), diagrams.throw("granted", "granted"), diagrams.throw("refused", "refused"),
        _gateway("decided"), diagrams.task("finish", "done"), diagrams.throw("concluded", "concluded"),
        diagrams.task("hand_over", "done"), diagrams.end("handed_over", "handed_over"),
        diagrams.flows("begin", "to_check", "check", "checked", "accepted", "to_review", "reviewing", "again", "review",
                       "decide", "way", "again"),
        diagrams.when("checked", "correcting", 'check == "correct"'), diagrams.when("checked", "declined", 'check == "decline"'),
        diagrams.flows("correcting", "supplement", "resubmitted", "to_check"), diagrams.flows("notice", "deemed", "to_review"),
        diagrams.flows("applicant", "withdrawn"), diagrams.flows("stage", "told"),
        diagrams.flows(promise, "supervise", "supervised"), diagrams.when("way", "granted", 'decide == "grant"'),
        diagrams.when("way", "refused", 'decide == "refuse"'), diagrams.flows("granted", "decided"),
        diagrams.flows("refused", "decided", "finish", "concluded", "hand_over", "handed_over"))


def _limit(kind: str, length: Length) -> str:
    return f'<jb:limit kind="{kind}" amount="{length[0]}" unit="{length[1]}" basis="试"/>'


def _timer(kind: str, length: Length, on: str, *, interrupting: bool = True) -> str:
    return (f'<bpmn:boundaryEvent id="{kind}" attachedToRef="{on}" cancelActivity="{str(interrupting).lower()}">'
            f"<bpmn:timerEventDefinition><bpmn:extensionElements>{_limit(kind, length)}</bpmn:extensionElements>"
            "</bpmn:timerEventDefinition></bpmn:boundaryEvent>")


def _gateway(id: str, default: str = "") -> str:
    return f'<bpmn:exclusiveGateway id="{id}"' + (f' default="{default}"/>' if default else "/>")


class TimeOfACase(RuleBasedStateMachine):
    """One case at a time, beside its model. What the model refuses must be refused, and leave no trace."""

    def __init__(self, prepared: Path, office: Office) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.url, self.office = f"sqlite:///{copyfile(prepared, Path(self.folder.name) / 'jiban.db')}", office
        self.desk = Desk(database=connect(self.url), office=replace(office, cache=OrderedDict()))
        self.steps = self.closures = 0

    @initialize(name=st.sampled_from(sorted(MATTERS)), at=moments, steps=st.integers(0, len(WAY)))
    def opens(self, name: str, at: datetime, steps: int) -> None:
        """An application comes in, at whatever hour, and is dealt with up to some point."""
        self.desk.now = at
        self._open(name, Model(limits={**MATTERS[name], **AT_RECEIPT}, now=self.now))
        for outcome in WAY[:steps]:
            self.completes(outcome, "王")

    @precondition(lambda self: self.model.is_over)
    @rule(name=st.sampled_from(sorted(MATTERS)))
    def opens_another(self, name: str) -> None:
        """When it is over, another one comes in."""
        self._open(name, Model(limits={**MATTERS[name], **AT_RECEIPT}, now=self.now, closed=self.model.closed,
                               is_2027_published=self.model.is_2027_published))

    @rule(span=spans, rings=st.sampled_from((True, True, True, False)))
    def waits(self, span: timedelta, rings: bool) -> None:
        """Time passes; the bell rings, or the machine is down."""
        self.desk.now += span
        if rings:
            self._ring()

    @rule(outcome=st.sampled_from(sorted({each for outcomes in OUTCOMES.values() for each in outcomes})), by=people)
    def completes(self, outcome: str, by: str) -> None:
        """Somebody completes a task that has such an outcome."""
        if self.model.is_overdue_at_receipt:
            self._ring()
        nodes = [node for node in sorted(+self.model.tasks) if outcome in OUTCOMES[node]]
        if nodes:
            self.desk.by = by
            self._do(lambda: self.desk.complete(self.number, nodes[0], outcome), lambda: self.model.complete(nodes[0], outcome, by))

    @rule(role=st.sampled_from(("legal_officer", "head_of_office", "clerk")))
    def approves_a_correction(self, role: str) -> None:
        """A further correction notice is approved."""
        self._command("approve_correction", lambda: self.model.approve_correction(role), role=role, reason="材料有变")

    @rule(ground=st.sampled_from((*GROUNDS, "rectification")), days=st.sampled_from((0, 1, 7, 30)), document=st.sampled_from(
        ("特1号", "特1号", " ")))
    def suspends(self, ground: str, days: int, document: str) -> None:
        """A special procedure begins."""
        end = self.now.date() + timedelta(days=days)
        self._command("suspend", lambda: self.model.stop("special", ground, end=end, is_founded=bool(
            ground in GROUNDS and document.strip())), ground=ground, expected_end=end, document=document, basis="某法第一条")

    @rule(ground=st.sampled_from(("rectification", "supplement", "testing")), days=st.none() | st.sampled_from((0, 3)),
          basis=st.sampled_from(("某规定", "某规定", "")))
    def pauses(self, ground: str, days: int | None, basis: str) -> None:
        """A pause by a rule."""
        end = None if days is None else self.now.date() + timedelta(days=days)
        self._command("pause", lambda: self.model.stop("pause", ground, end=end, is_founded=bool(ground != "testing" and basis)),
                      ground=ground, expected_end=end, basis=basis)

    @rule(order=st.sampled_from(("法1号", "")))
    def holds(self, order: str) -> None:
        """A hold by order."""
        self._command("hold", lambda: self.model.stop("hold", "order", is_founded=bool(order)), order=order, reason="法院")

    @rule(size=st.sampled_from(("large", "ordinary", "huge")))
    def examines(self, size: str) -> None:
        """The drawings go to their examiner."""
        workdays = {"large": 15, "ordinary": 10}.get(size, 0)
        self._command("examine", lambda: self.model.stop("examination", "drawings", workdays=workdays, is_founded=workdays > 0),
                      size=size, examiner="某院")

    @rule(which=st.none() | st.integers(0, 3))
    def resumes(self, which: int | None) -> None:
        """A stop ends, or one that has ended already, or never began."""
        begun = [fact["seq"] for fact in self.desk.facts(self.number, "CaseSuspended")]
        stop = None if which is None else begun[which] if which < len(begun) else 1
        self._command("resume_case", lambda: self.model.resume(which), stop=stop)

    @rule(amount=st.sampled_from((0, 3, 10, 11, 15, 16)), is_joint=st.booleans(), by=people)
    def proposes_an_extension(self, amount: int, is_joint: bool, by: str) -> None:
        """An extension is proposed, in time or not."""
        self._command("propose_extension", lambda: self.model.propose(amount, is_joint=is_joint, by=by), amount=amount,
                      is_joint=is_joint, reason="案情复杂", by=by)

    @rule(role=st.sampled_from(("head_of_office", "head_of_office", "head_of_government", "reviewer")), by=people)
    def approves_an_extension(self, role: str, by: str) -> None:
        """It is approved, by whoever may or may not."""
        self._command("approve_extension", lambda: self.model.approve(role, by), role=role, document="延1号", by=by)

    @rule()
    def refuses_an_extension(self) -> None:
        """It is refused."""
        self._command("refuse_extension", self.model.refuse, reason="理由不足")

    @rule(how=st.sampled_from(("withdraw", "terminate", "void")), seldom=st.integers(0, 3))
    def ends(self, how: str, seldom: int) -> None:
        """The case ends by order."""
        if seldom == 0:
            self._command(how, lambda: self.model.end(how), reason="试")

    @precondition(lambda self: self.model.cards)
    @rule(which=st.integers(0, 5), what=st.sampled_from(("appeal", "uphold", "write_off", "exempt")), by=people)
    def judges_a_card(self, which: int, what: str, by: str) -> None:
        """A card is appealed against, upheld, written off, exempted."""
        which %= len(self.model.cards)
        seq = next(seq for seq, key in self._cards().items() if key == list(self.model.cards)[which])
        found = {"conclusion": "exempt", "document": "容1号"} if what == "exempt" else {}
        self._command(what, lambda: self.model.judge(which, what, by), card=seq, reason="不可抗力", by=by, **found)

    @rule(days=st.sampled_from((-1, 0, 2, 5)))
    def orders(self, days: int) -> None:
        """A supervision order is issued."""
        due_on = self.now.date() + timedelta(days=days)
        self._command("issue_order", lambda: self.model.order(due_on), addressee="科室", text="请说明", due_on=due_on)

    @precondition(lambda self: self.model.orders)
    @rule(which=st.integers(0, 5), what=st.sampled_from(("reply", "return", "close")), by=people)
    def answers_an_order(self, which: int, what: str, by: str) -> None:
        """It is answered, returned, closed."""
        which %= len(self.model.orders)
        seq, due_on = self.desk.facts(self.number, "OrderIssued")[which]["seq"], self.now.date() + timedelta(days=3)
        command, given = {"reply": ("reply_to_order", {"text": "已改"}), "close": ("close_order", {"text": "属实"}),
                          "return": ("return_order", {"reason": "不实", "due_on": due_on})}[what]
        self._command(command, lambda: self.model.answer(which, what, by, due_on), order=seq, by=by, **given)

    @rule(offset=st.integers(-20, 20), days=st.integers(1, 4), place=st.sampled_from(("", "", "甲园", "乙园")),
          is_signed=st.booleans(), seldom=st.integers(0, 1))
    def closes_the_hall(self, offset: int, days: int, place: str, is_signed: bool, seldom: int) -> None:
        """A closure is approved, for what is to come or for what has been."""
        first = self.now.date() + timedelta(days=offset)
        if seldom == 0 and self.closures < 4:
            self._do(lambda: self._close(first, first + timedelta(days=days - 1), place, is_signed),
                     lambda: self._must_close(first, days, place, is_signed))

    @precondition(lambda self: not self.model.is_2027_published and self.now.year >= 2026)
    @rule(seldom=st.integers(0, 3))
    def publishes_2027(self, seldom: int) -> None:
        """The notice of 2027 comes out."""
        if seldom == 0:
            with writing(self.desk.database) as connection:
                proposed = calendar_changes.propose_notice(connection, SHELF, NOTICE_2027.read_bytes(), file=NOTICE_2027.name, by="王",
                                                           now=self.desk.now)
                calendar_changes.accept(connection, SHELF, proposed.change.id, by="李", now=self.desk.now, allow_fixture=True)
            self._recount()
            self.model.change_the_calendar()

    @invariant()
    def the_case_is_what_the_model_says(self) -> None:
        """State, standing, dates, clocks, cards, orders and tasks are the model's."""
        row, case, model = self.desk.case(self.number), self._case(), self.model
        governing = model.governing
        assert (row.state, row.standing, row.ended_at is not None) == (model.state, model.standing, model.is_over)
        assert (case.accepted_on, case.concluded_on) == (model.accepted_on, model.concluded_on)
        if governing is not None and governing.stopped_on is None:
            assert (row.due_on, row.is_provisional) == (governing.due and governing.due[:10], governing.is_provisional)
        assert self._clocks(case) == {
            clock.name: (clock.due, clock.is_provisional, clock.version, clock.extra, clock.has_lapsed) for clock in model.running}
        assert {clock.name: (clock.stopped_on, clock.has_lapsed) for clock in case.clocks if not clock.is_running} == {
            clock.name: (clock.stopped_on, clock.has_lapsed) for clock in model.clocks.values() if clock.stopped_on is not None}
        assert {key: card.state.value for card, key in zip(case.cards, self._cards().values(), strict=True)} == model.cards
        assert [order.state.value for order in case.orders] == [order.state for order in model.orders]
        assert Counter(task.node for task in self.desk.tasks(self.number)) == +model.tasks

    @invariant()
    def a_machine_started_again_reads_the_same(self) -> None:
        """Nothing is known that is not in the store."""
        database, office = connect(self.url), replace(self.office, cache=OrderedDict())  # of the shelf, as `open_office` gives it
        try:
            assert self._read(Desk(database=database, office=office)) == self._read(self.desk)
        finally:
            database.dispose()

    @invariant()
    def the_database_is_sound(self) -> None:
        """Every few steps: everything follows from the facts."""
        self.steps += 1
        if self.steps % FOLDS_EVERY == 0:
            assert self.desk.problems() == []

    def teardown(self) -> None:
        """At the end as well."""
        try:
            assert self.desk.problems() == []
        finally:
            self.desk.database.dispose()
            self.folder.cleanup()

    @property
    def now(self) -> datetime:
        """The wall clock in Shanghai, as the model reads it."""
        return self.desk.now.astimezone(SHANGHAI).replace(tzinfo=None)

    def _open(self, name: str, model: Model) -> None:
        self.model, self.number = model, self.desk.open(name, park="甲园")

    def _ring(self) -> None:
        self.desk.ring()
        self.model.now = self.now
        self.model.ring()

    def _command(self, name: str, wish: Callable[[], None], **given: object) -> None:
        self._do(lambda: self.desk.command(name, self.number, **given), wish)

    def _do(self, command: Callable[[], object], wish: Callable[[], None]) -> None:
        """The command is done when the model allows it, else refused without a trace."""
        self.model.now = self.now
        try:
            wish()
        except Refused:
            before = self.desk.case(self.number), self.desk.rows("fact"), self.desk.rows("clock")
            with pytest.raises(Refusal):
                command()
            assert (self.desk.case(self.number), self.desk.rows("fact"), self.desk.rows("clock")) == before
        else:
            command()

    def _close(self, first: date, last: date, place: str, is_signed: bool) -> None:
        self.closures += 1
        with writing(self.desk.database) as connection:
            proposed = calendar_changes.propose_closure(
                connection, SHELF, scope=Scope.PARK if place else Scope.CITY, place=place, first=first, last=last,
                reference=f"停{self.closures}号", approver="市政府", reason="防汛", by="王", now=self.desk.now)
            calendar_changes.accept(connection, SHELF, proposed.change.id, by="李", now=self.desk.now,
                                    signed_off_by="赵" if is_signed else None)
        self._recount()

    def _must_close(self, first: date, days: int, place: str, is_signed: bool) -> None:
        if first < self.now.date() and not is_signed:
            raise Refused
        self.model.change_the_calendar({first + timedelta(days=n) for n in range(days)} if place != "乙园" else set())

    def _recount(self) -> None:
        self.model.now = self.now
        recounting.recount_due(self.desk.database, self.desk.office, now=self.desk.now)

    def _case(self) -> Case:
        return fold_of(self.desk.case(self.number))

    def _clocks(self, case: Case) -> dict[str, tuple[object, ...]]:
        """The running clocks by the names the model gives them; the rows beside the case must say the same."""
        rows, names = self.desk.clocks(self.number), self._names()
        assert {name: (row.due, row.lapses_at, row.is_provisional, row.version, row.has_lapsed) for name, row in rows.items()} == {
            clock.name: (clock.due, clock.lapses_at, clock.is_provisional, clock.version, clock.has_lapsed)
            for clock in case.running}
        return {names[clock.name]: (clock.due, clock.is_provisional, clock.version, clock.extra, clock.has_lapsed)
                for clock in case.running}

    def _cards(self) -> dict[int, tuple[str, str, str, int]]:
        """The cards by number, known as the model knows them."""
        names = self._names()
        return {card.seq: (card.colour, card.rule, names[card.clock], card.version) for card in self._case().cards}

    def _names(self) -> dict[str, str]:
        """The model's names of the clocks: numbered by their kind, stops and orders by what they belong to."""
        names, begun = {kind: kind for kind in (*OFFICE, "hand_over")}, Counter[str]()
        for fact in self.desk.facts(self.number):
            kind = {"CaseSuspended": "stop", "OrderIssued": "order"}.get(fact["kind"], "")
            if fact["kind"] == "ClockStarted" and fact["data"]["token"] is not None:
                kind, _, of = fact["data"]["clock"].partition(":")
                begun[kind] += 1
                names[f"{kind}:{of}"] = f"{kind}#{begun[kind]}"
            elif kind:
                begun[kind] += 1
                names[f"{kind}:{fact['seq']}"] = f"{kind}#{begun[kind]}"
        return names

    def _read(self, desk: Desk) -> tuple[object, ...]:
        """What is known of the case: standing, clocks and lamps."""
        with reading(desk.database) as connection:
            desk.office.refresh(connection)
            row = store.peek_case(connection, self.number)
            assert row is not None
            clocks, case = store.clocks_of(connection, row.id), fold_of(row)
        assert case.standing is None or case.standing.value == row.standing
        lamps = [clock_lamp(desk.office, case, clock, self.desk.now) for clock in case.clocks]
        return row, clocks, case.standing, case_lamp(desk.office, case, self.desk.now), lamps


@pytest.fixture(scope="module")
def matters(prepared_file: Path, office: Office, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the matters deployed."""
    file = copyfile(prepared_file, tmp_path_factory.mktemp("matters") / "matters.db")
    desk = Desk(database=connect(f"sqlite:///{file}"), office=office)
    desk.deploy(**{name: matter(name, limits) for name, limits in MATTERS.items()})
    desk.database.dispose()
    return file


@pytest.mark.skipif(RUNS > 0, reason="`make model` goes through others")
def test_time_passes_for_a_case_as_the_law_says_whatever_is_done(matters: Path, office: Office) -> None:
    run_state_machine_as_test(lambda: TimeOfACase(matters, office), settings=settings(
        BOUNDED, max_examples=LIVES, derandomize=True))


@pytest.mark.parametrize("batch", range(-(-RUNS // BATCH)))
def test_time_passes_as_the_law_says_in_very_many_lives(matters: Path, office: Office, batch: int) -> None:
    run_state_machine_as_test(lambda: TimeOfACase(matters, office), settings=settings(
        BOUNDED, max_examples=min(BATCH, RUNS - batch * BATCH)))
