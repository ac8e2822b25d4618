"""The time of a case against a model of the law (`time_model`): random moves, allowed and not, in a random order.

After each of them the stored case must say what the model says, and a machine that was started again reads the same. `make
test` goes through a few lives; `make model` through as many as `JIBAN_MODEL_RUNS` says, each time other ones.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

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
from tests.services.desk import Desk
from tests.services.time_clocks import NOTICE_2027, OFFICE
from tests.services.time_matters import LIMITS, OUTCOMES, matters
from tests.services.time_model import RUNS as UNDER_WAY
from tests.services.time_model import Model, Refused

RUNS = int(os.environ.get("JIBAN_MODEL_RUNS", "0"))
LIVES, BATCH = 10, 250
FOLDS_EVERY = 10
MEMORY = Path("/dev/shm")
"""Where Linux keeps files in memory: a store that is written there costs half, and nobody asks here what a power cut leaves."""
BOUNDED = settings(stateful_step_count=40, deadline=None, database=None, suppress_health_check=list(HealthCheck),
                   print_blob=False)

WAYS = (("correct", "done"), ("accept", "done", "grant", "done"))
GROUNDS = ("hearing", "tender", "auction", "inspection", "testing", "quarantine", "appraisal", "expert_review", "statute")
PAUSES = ("rectification", "supplement")
PEOPLE = ("王", "李", "赵")

people = st.sampled_from(PEOPLE)
moments = st.builds(
    lambda day, hour, minute: datetime.combine(day, datetime.min.time(), SHANGHAI) + timedelta(hours=hour, minutes=minute),
    st.sampled_from([date(2025, 1, 26), date(2025, 9, 30), date(2026, 2, 14), date(2026, 3, 4), date(2026, 12, 24),
                     date(2026, 12, 31)]) | st.dates(date(2025, 1, 2), date(2026, 12, 31)),
    st.sampled_from((0, 9, 10, 12, 16, 17, 23)), st.sampled_from((0, 1, 30, 59)))
matters_drawn = st.sampled_from(sorted(LIMITS))
ways = st.sampled_from([*(WAYS[1][:steps] for steps in (1, 1, 1, 2, 2, 3, 4, 0, 0, 0)), WAYS[0], WAYS[0][:1]])
spans = st.sampled_from((timedelta(minutes=5), timedelta(minutes=61), timedelta(hours=5), *(timedelta(days=n) for n in (
    1, 1, 2, 3, 5, 8, 14)), timedelta(days=30, minutes=7)))


MOVES = {move: st.fixed_dictionaries(given) for move, given in {
    "opens_another": {"name": matters_drawn, "way": ways},
    "waits": {"span": spans},
    "waits_for_a_machine_that_is_down": {"span": spans},
    "completes": {"which": st.integers(0, 11), "by": people},
    "approves_a_correction": {"role": st.sampled_from(("legal_officer", "head_of_office", "clerk"))},
    "stops": {"kind": st.sampled_from(("special", "special", "pause", "hold", "examination")),
              "ground": st.sampled_from((*GROUNDS, *PAUSES)), "days": st.sampled_from((7, 1, 30, 0)),
              "basis": st.sampled_from(("某号", "某号", "某号", "某号", ""))},
    "resumes": {"which": st.none() | st.integers(0, 3)},
    "extends": {"which": st.integers(0, 3), "by": people, "is_joint": st.sampled_from((False, False, False, True)),
                "amount": st.sampled_from((10, 3, 5, 1, 15, 0)), "role": st.sampled_from(
                    ("head_of_office", "head_of_office", "head_of_office", "head_of_government", "reviewer"))},
    "ends": {"how": st.sampled_from(("withdraw", "terminate", "void"))},
    "judges_a_card": {"which": st.integers(0, 5), "by": people,
                      "what": st.sampled_from(("appeal", "uphold", "write_off", "exempt"))},
    "orders": {"days": st.sampled_from((2, 5, 0, -1))},
    "answers_an_order": {"which": st.integers(0, 5), "what": st.sampled_from(("reply", "return", "close")), "by": people},
    "closes_the_hall": {"offset": st.integers(-10, 12), "days": st.integers(1, 4), "is_signed": st.sampled_from(
        (True, True, False)), "place": st.sampled_from(("", "", "湘阴高新区", "汨罗高新区"))},
    "publishes_2027": {},
}.items()}
"""What may happen, and how."""


class TimeOfACase(RuleBasedStateMachine):
    """One case at a time, beside its model. What the model refuses must be refused, and leave no trace."""

    def __init__(self, prepared: Path, office: Office) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None)
        self.url, self.office = f"sqlite:///{copyfile(prepared, Path(self.folder.name) / 'jiban.db')}", office
        self.desk = Desk(database=connect(self.url), office=replace(office, cache=OrderedDict()))
        self.steps = self.closures = 0

    @initialize(name=matters_drawn, at=moments, way=ways)
    def opens(self, name: str, at: datetime, way: tuple[str, ...]) -> None:
        """An application comes in, at whatever hour, and is dealt with up to some point."""
        self.desk.now = at
        self._open(name, way, Model(limits=LIMITS[name], now=self.now))

    @rule(data=st.data())
    def goes_on(self, data: st.DataObject) -> None:
        """Something happens."""
        move = data.draw(st.sampled_from(list(self._moves())))
        getattr(self, move)(**data.draw(MOVES[move]))

    def opens_another(self, name: str, way: tuple[str, ...]) -> None:
        """When it is over, another one comes in."""
        self._open(name, way, Model(limits=LIMITS[name], now=self.now, closed=self.model.closed,
                                    is_2027_published=self.model.is_2027_published))

    def waits(self, span: timedelta) -> None:
        """Time passes, and the bell rings."""
        self.desk.now += span
        self._ring()

    def waits_for_a_machine_that_is_down(self, span: timedelta) -> None:
        """Time passes, and it does not."""
        self.desk.now += span

    def completes(self, which: int, by: str) -> None:
        """Somebody completes a task, with one of its outcomes."""
        if self.model.is_overdue_at_receipt:
            self._ring()
        ways = [(node, outcome) for node in sorted(+self.model.tasks) for outcome in OUTCOMES[node]]
        if ways:
            self._complete(*ways[which % len(ways)], by)

    def approves_a_correction(self, role: str) -> None:
        """A further correction notice is approved."""
        self._command("approve_correction", lambda: self.model.approve_correction(role), role=role, reason="材料有变")

    def stops(self, kind: str, ground: str, days: int, basis: str) -> None:
        """A special procedure, a pause, a hold or an examination begins, on what it has to rest on or not."""
        end, is_founded = self.now.date() + timedelta(days=days), basis != ""
        match kind:
            case "special":
                self._stop(kind, ground, "suspend", is_founded=is_founded and ground in GROUNDS, end=end,
                           ground=ground, document=basis, basis=basis, expected_end=end)
            case "pause":
                told = end if days else None
                self._stop(kind, ground, "pause", is_founded=is_founded and ground in PAUSES, end=told,
                           ground=ground, basis=basis, expected_end=told)
            case "hold":
                self._stop(kind, "order", "hold", is_founded=is_founded, order=basis, reason="法院")
            case _:
                self._stop(kind, "drawings", "examine", is_founded=is_founded, workdays=15 if days > 1 else 10,
                           size="large" if days > 1 else "ordinary", examiner=basis)

    def resumes(self, which: int | None) -> None:
        """A stop ends, or one that has ended already, or never began."""
        begun = [fact["seq"] for fact in self.desk.facts(self.number, "CaseSuspended")]
        stop = None if which is None else begun[which] if which < len(begun) else 1
        self._command("resume_case", lambda: self.model.resume(which), stop=stop)

    def extends(self, which: int, by: str, is_joint: bool, amount: int, role: str) -> None:
        """An extension is proposed, approved or refused, in time or not, by whoever may or may not."""
        likely = "propose" if self.model.proposal is None else "approve"
        match (likely, likely, "propose", "refuse")[which]:
            case "propose":
                self._command("propose_extension", lambda: self.model.propose(amount, is_joint=is_joint, by=by), amount=amount,
                              is_joint=is_joint, reason="案情复杂", by=by)
            case "approve":
                self._command("approve_extension", lambda: self.model.approve(role, by), role=role, document="延1号", by=by)
            case _:
                self._command("refuse_extension", self.model.refuse, reason="理由不足")

    def ends(self, how: str) -> None:
        """The case ends by order."""
        self._command(how, lambda: self.model.end(how), reason="试")

    def judges_a_card(self, which: int, what: str, by: str) -> None:
        """A card is appealed against, upheld, written off, exempted."""
        which %= len(self.model.cards)
        seq = next(seq for seq, key in self._cards().items() if key == list(self.model.cards)[which])
        found = {"conclusion": "exempt", "document": "容1号"} if what == "exempt" else {}
        self._command(what, lambda: self.model.judge(which, what, by), card=seq, reason="不可抗力", by=by, **found)

    def orders(self, days: int) -> None:
        """A supervision order is issued."""
        due_on = self.now.date() + timedelta(days=days)
        self._command("issue_order", lambda: self.model.order(due_on), addressee="科室", text="请说明", due_on=due_on)

    def answers_an_order(self, which: int, what: str, by: str) -> None:
        """It is answered, returned, closed."""
        which %= len(self.model.orders)
        seq, due_on = self.desk.facts(self.number, "OrderIssued")[which]["seq"], self.now.date() + timedelta(days=3)
        command, given = {"reply": ("reply_to_order", {"text": "已改"}), "close": ("close_order", {"text": "属实"}),
                          "return": ("return_order", {"reason": "不实", "due_on": due_on})}[what]
        self._command(command, lambda: self.model.answer(which, what, by, due_on), order=seq, by=by, **given)

    def closes_the_hall(self, offset: int, days: int, place: str, is_signed: bool) -> None:
        """A closure is approved, for what is to come or for what has been."""
        first = self.now.date() + timedelta(days=offset)
        self._do(lambda: self._close(first, first + timedelta(days=days - 1), place, is_signed),
                 lambda: self._must_close(first, days, place, is_signed))

    def publishes_2027(self) -> None:
        """The notice of 2027 comes out."""
        with writing(self.desk.database) as connection:
            proposed = calendar_changes.propose_notice(
                connection, SHELF, NOTICE_2027.read_bytes(), file=NOTICE_2027.name, by="王", now=self.desk.now)
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
            clock.name: (clock.due, clock.is_provisional, clock.version, clock.extra, clock.has_lapsed)
            for clock in model.running}
        assert {clock.name: (clock.stopped_on, clock.has_lapsed) for clock in case.clocks if not clock.is_running} == {
            clock.name: (clock.stopped_on, clock.has_lapsed) for clock in model.clocks.values() if clock.stopped_on is not None}
        assert {key: card.state.value for card, key in zip(case.cards, self._cards().values(), strict=True)} == model.cards
        assert [order.state.value for order in case.orders] == [order.state for order in model.orders]
        assert Counter(task.node for task in self.desk.tasks(self.number)) == +model.tasks

    @invariant()
    def a_machine_started_again_reads_the_same(self) -> None:
        """Nothing is known that is not in the store."""
        database = connect(self.url)
        office = replace(self.office, cache=OrderedDict())  # that of the shelf, as `open_office` gives it
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

    def _open(self, name: str, way: tuple[str, ...], model: Model) -> None:
        self.model, self.number = model, self.desk.open(name, park="湘阴高新区")
        for outcome in way:
            self._complete(next(node for node in +model.tasks if outcome in OUTCOMES[node]), outcome, PEOPLE[0])

    def _complete(self, node: str, outcome: str, by: str) -> None:
        self.desk.by = by
        self._do(lambda: self.desk.complete(self.number, node, outcome), lambda: self.model.complete(node, outcome, by))

    def _moves(self) -> Iterator[str]:
        """What may happen next; what is likely more often. Now and then anything, of which much is to be refused."""
        model, is_odd = self.model, self.steps % 5 == 0
        yield from ("waits", "waits", "waits", "waits_for_a_machine_that_is_down", "waits_for_a_machine_that_is_down")
        yield from ["opens_another"] * 8 * model.is_over
        yield from ["completes"] * 4 * any(model.tasks.values())
        yield from ["approves_a_correction"] * (2 * (model.state in ("received", "correcting")) or is_odd)
        yield from ["stops", "stops", "stops", "extends", "extends", "extends"] * (model.state in UNDER_WAY or is_odd)
        yield from ["resumes"] * (3 * bool(model.open_stops) or is_odd)
        yield from ["judges_a_card"] * bool(model.cards) + ["answers_an_order"] * bool(model.orders)
        yield from ["closes_the_hall"] * (self.closures < 4) + ["ends", "orders"] * is_odd
        yield from ["publishes_2027"] * (is_odd and not model.is_2027_published and self.now.year >= 2026)

    def _ring(self) -> None:
        self.desk.ring()
        self.model.now = self.now
        self.model.ring()

    def _command(self, name: str, wish: Callable[[], None], **given: Any) -> None:
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

    def _stop(
        self, kind: str, on: str, command: str, *, is_founded: bool, end: date | None = None, workdays: int = 0, **given: Any,
    ) -> None:
        self._command(command, lambda: self.model.stop(kind, on, end=end, workdays=workdays, is_founded=is_founded), **given)

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
        self.model.change_the_calendar({first + timedelta(days=n) for n in range(days)} if place != "汨罗高新区" else set())

    def _recount(self) -> None:
        self.model.now = self.now
        recounting.recount_due(self.desk.database, self.desk.office, now=self.desk.now)

    def _case(self) -> Case:
        return fold_of(self.desk.case(self.number))

    def _clocks(self, case: Case) -> dict[str, tuple[object, ...]]:
        """The running clocks by the names the model gives them; the rows beside the case must say the same."""
        rows, names = self.desk.clocks(self.number).values(), self._names()
        assert {(row.clock, row.due, row.lapses_at, row.is_provisional, row.version, row.has_lapsed) for row in rows} == {
            (clock.name, clock.due, clock.lapses_at, clock.is_provisional, clock.version, clock.has_lapsed)
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
def deployed(prepared_file: Path, shelf_office: Office, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the matters deployed."""
    file = copyfile(prepared_file, tmp_path_factory.mktemp("matters") / "matters.db")
    desk = Desk(database=connect(f"sqlite:///{file}"), office=replace(shelf_office, cache=OrderedDict()))
    desk.deploy(**matters())
    desk.database.dispose()
    return file


@pytest.mark.skipif(RUNS > 0, reason="`make model` goes through others")
def test_time_passes_for_a_case_as_the_law_says_whatever_is_done(deployed: Path, office: Office) -> None:
    run_state_machine_as_test(lambda: TimeOfACase(deployed, office), settings=settings(
        BOUNDED, max_examples=LIVES, derandomize=True))


@pytest.mark.parametrize("batch", range(-(-RUNS // BATCH)))
def test_time_passes_as_the_law_says_in_very_many_lives(deployed: Path, office: Office, batch: int) -> None:
    run_state_machine_as_test(lambda: TimeOfACase(deployed, office), settings=settings(
        BOUNDED, max_examples=min(BATCH, RUNS - batch * BATCH)))
