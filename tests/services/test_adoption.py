"""A database of release 0001 with cases in flight: taken over, every case has its clocks, and goes on as if it had run here."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
from sqlalchemy import Engine, MetaData, text

from services import adoption, refolding
from services.bench.postgres import PostgresServer
from services.cli import run
from services.database import connect
from services.migrations import SchemaRefused, migrate, require_current
from services.office import Office
from tests.services.desk import Desk, day
from tests.services.released import copy, release

MONDAY = day(9)
"""The day of the upgrade; nothing has rung since Thursday."""

UNNOTIFIED, CORRECTING, RESUBMITTED, WITHDRAWN, DONE, CYCLE, STOPPED, FIRST_DAY, STAGED, STAGED_STOPPED, LATE, LATE_DONE, \
    LATE_STOPPED, LATE_RESUMED, HELD, HELD_STAGE = (f"43060020260302{number:06}" for number in range(1, 17))
DEEMED, UNCORRECTED, STAGE_LATE = (f"43060020260105{number:06}" for number in range(1, 4))
EARLY, VOIDED, TERMINATED = (f"43060020260303{number:06}" for number in range(1, 4))
CASES = 24
_NUMBERS = count(1)


@pytest.fixture(scope="module")
def released_postgres(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> PostgresServer:
    """A PostgreSQL that has the database `released` as a template."""
    copy("0001", postgres.create("released"), tmp_path_factory.mktemp("released") / "released.db")
    return postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def released_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A released database of the test's own."""
    if request.param == "sqlite":
        yield release("0001", tmp_path / "released.db")
        return
    server: PostgresServer = request.getfixturevalue("released_postgres")
    name = f"adopt{next(_NUMBERS)}"
    yield server.create(name, template="released")
    server.drop(name)


@pytest.fixture
def released(released_url: str, office: Office) -> Iterator[Desk]:
    """A desk at the released database, whose tables are this release's already; no case is taken over yet."""
    database = connect(released_url)
    migrate(database)
    yield Desk(database=database, office=office, now=MONDAY)
    database.dispose()


@pytest.fixture(scope="module")
def adopted_file(shelf_office: Office, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file in which every case is taken over."""
    file = tmp_path_factory.mktemp("adopted") / "adopted.db"
    database = connect(release("0001", file))
    migrate(database)
    adoption.adopt(database, replace(shelf_office, cache=OrderedDict()), now=MONDAY)
    database.dispose()
    return file


@pytest.fixture
def desk(adopted_file: Path, office: Office, tmp_path: Path) -> Iterator[Desk]:
    """A desk at a database with every case taken over."""
    copyfile(adopted_file, tmp_path / "adopted.db")
    database = connect(f"sqlite:///{tmp_path / 'adopted.db'}")
    yield Desk(database=database, office=office, now=MONDAY)
    database.dispose()


def test_every_case_is_taken_over_and_follows_from_its_facts(released: Desk) -> None:
    assert adopt(released) == CASES == refolding.refold(released.database, released.office)

    require_current(released.database)
    assert released.problems() == []
    assert released.rows("timer") == 2, "the two of ISO 8601"


def test_nobody_serves_the_database_before_every_case_is_taken_over(released: Desk) -> None:
    with pytest.raises(SchemaRefused, match="not all taken over: run `jiban migrate`"):
        require_current(released.database)


def test_a_crash_in_the_middle_costs_a_portion(released: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    crashing, save = count(), adoption.save_all
    monkeypatch.setattr(adoption, "PORTION", 4)
    with monkeypatch.context() as broken, pytest.raises(ZeroDivisionError):
        broken.setattr(adoption, "save_all", lambda *given: (save(*given), 1 // (2 - next(crashing))))
        adopt(released)
    with pytest.raises(SchemaRefused):
        require_current(released.database)

    seen: list[tuple[int, int]] = []
    adopted = adopt(released, progress=lambda done, total: seen.append((done, total)))

    assert adopted == CASES - 8 and seen[0] == (4, CASES - 8)
    assert released.problems() == []


def test_two_may_take_over_at_once(released: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adoption, "PORTION", 3)
    hands = [replace(released, office=replace(released.office, cache=OrderedDict())) for _ in range(2)]

    with ThreadPoolExecutor(2) as pool:
        adopted = list(pool.map(adopt, hands))

    assert sum(adopted) == CASES
    assert released.problems() == []


def test_taking_over_twice_changes_nothing(released: Desk) -> None:
    adopt(released)
    before = everything(released.database)

    assert migrate(released.database) and adopt(released) == 0
    assert everything(released.database) == before


def test_a_case_that_cannot_be_read_is_named_and_the_database_not_served(released: Desk) -> None:
    released.sql("UPDATE fact SET body = :body WHERE seq = 2 AND case_id = (SELECT id FROM \"case\" WHERE number = :number)",
                 body=b'{"kind":"Unknown","data":{}}', number=DONE)

    with pytest.raises(SchemaRefused, match=f"case {DONE} cannot be taken over: .*verify --fold"):
        adopt(released)
    with pytest.raises(SchemaRefused):
        require_current(released.database)


@pytest.mark.parametrize(("number", "since", "clocks"), [
    (DONE, "2026-03-02", ["promised", "statutory"]),  # ended after 办结, which stopped its clocks
    (EARLY, "2026-03-03", ["promised", "statutory"]),  # 办结, not handed over
    (LATE_DONE, "2026-03-04", ["promised", "statutory"]),  # 办结, after its promise had lapsed
    (WITHDRAWN, "2026-03-03", ["promised", "statutory"]),  # ended before 办结
    (VOIDED, None, []),  # never accepted
])
def test_what_was_over_is_told_to_be_over_since_that_day(desk: Desk, number: str, since: str | None, clocks: list[str]) -> None:
    stopped = desk.facts(number, "ClockStopped")

    assert [fact["data"]["clock"] for fact in stopped] == clocks
    assert {(fact["data"]["stopped_on"], fact["by"]) for fact in stopped} == ({(since, "升级")} if since else set())
    assert not {"promised", "statutory"} & desk.clocks(number).keys()


@pytest.mark.parametrize(("number", "clock", "due"), [
    (UNNOTIFIED, "notice", "2026-03-09"),  # five working days after the filing of Monday, 2 March
    (RESUBMITTED, "notice", "2026-03-10"),  # after the corrected documents of 3 March
    (CORRECTING, "applicant", "2026-04-01"),  # thirty days, whatever they are
    (STAGED, "stage", "2026-03-05"),  # three working days; it is over
    (STAGED_STOPPED, "stage", None),  # stopped on its first day
    (HELD_STAGE, "stage", "2026-03-03"),  # one working day; it could not be fired
])
def test_a_drawn_limit_that_was_open_is_a_clock_of_its_own(desk: Desk, number: str, clock: str, due: str | None) -> None:
    started = next(row for name, row in desk.clocks(number).items() if name.startswith(f"{clock}:"))

    assert (started.kind, started.due, started.has_lapsed) == (clock, due, False)


def test_the_deadline_of_a_running_case_stays_what_it_was(desk: Desk) -> None:
    assert {name: clock.due for name, clock in desk.clocks("43060020260304000001").items()} == {
        "promised": "2026-03-05", "statutory": "2026-03-09"}


def test_what_fell_due_before_the_upgrade_rings_after_it(released: Desk) -> None:
    adopt(released)
    assert released.facts(STAGED, "DeadlineLapsed") == []

    released.ring()

    lapsed = released.facts(STAGED, "DeadlineLapsed")[0]["data"]
    assert (lapsed["due_on"], lapsed["scheduled_at"]) == ("2026-03-05", "2026-03-05T16:00:00Z")
    assert [card["data"]["rule"] for card in released.facts(STAGED, "CardIssued")] == ["stage_lapsed"]
    assert released.facts(STAGED, "TimerFired")[0]["data"]["node"] == "stage"
    assert released.problems() == []


@pytest.mark.parametrize(("number", "accepted_on"), [
    (UNNOTIFIED, "2026-03-02"),  # since its receipt
    (RESUBMITTED, "2026-03-03"),  # since its corrected documents came in, which was told without the day
])
def test_a_notice_period_that_ends_after_the_upgrade_deems_the_case_accepted(desk: Desk, number: str, accepted_on: str) -> None:
    desk.now = day(11)

    desk.ring()

    accepted = desk.facts(number, "CaseAccepted")[0]["data"]
    assert (accepted["accepted_on"], accepted["deemed"]) == (accepted_on, True)
    assert desk.facts(number, "CardIssued")[0]["data"]["rule"] == "promised_lapsed"
    assert desk.problems() == []


@pytest.mark.parametrize("number", [LATE, LATE_DONE, LATE_STOPPED, LATE_RESUMED])
def test_a_lapse_that_had_its_card_gets_no_second_one(desk: Desk, number: str) -> None:
    for when in (9, 10, 11):
        desk.now = day(when)
        desk.ring()
        if when == 9 and number == LATE_STOPPED:
            desk.resume(number)

    assert [card["data"]["rule"] for card in desk.facts(number, "CardIssued") if card["data"]["colour"] == "yellow"] == [
        "promised limit lapsed"]
    assert len([task for task in desk.tasks(number) if task.node == "supervise_promise"]) == 1
    assert desk.problems() == []


def test_a_stop_after_the_last_day_has_repaired_nothing(desk: Desk) -> None:
    assert desk.clocks(LATE_STOPPED)["promised"].due == "2026-03-03"
    assert desk.clocks(LATE_STOPPED)["promised"].has_lapsed and desk.clocks(LATE_STOPPED)["statutory"].due is None


@pytest.mark.parametrize(("number", "clock", "due"), [
    (STOPPED, "target", "2026-03-13"),  # five working days: 3 March, then 10 to 13 March
    (STAGED_STOPPED, "stage", "2026-03-11"),  # three: 3 March, then 10 and 11 March
    (FIRST_DAY, "promised", "2026-03-12"),  # five, of which 2 March is the first: 2 and 3, then 10 to 12 March
])
def test_a_stopped_case_goes_on_with_the_days_it_had_left(desk: Desk, number: str, clock: str, due: str) -> None:
    assert all(row.due is None for row in desk.clocks(number).values() if row.kind == clock)

    desk.resume(number)

    assert [row.due for row in desk.clocks(number).values() if row.kind == clock] == [due]
    assert desk.problems() == []


def test_the_expected_end_of_a_stop_raises_its_alarm(desk: Desk) -> None:
    stop = next(row for row in desk.clocks(STOPPED).values() if row.kind == "stop")
    assert stop.due == "2026-03-31"

    desk.now = day(31, 17)
    desk.ring()

    assert "stop_overrun" in [fact["data"]["rung"] for fact in desk.facts(STOPPED, "Escalated")]
    assert desk.problems() == []


def test_a_decided_case_has_ten_working_days_to_be_handed_over_from_its_decision(desk: Desk) -> None:
    assert desk.clocks(EARLY)["hand_over"].due == "2026-03-17"
    assert "hand_over" not in desk.clocks(DONE)

    desk.complete(EARLY, "hand_over", "handed_over")

    assert desk.clocks(EARLY) == {} and desk.problems() == []


@pytest.mark.parametrize(("number", "clock"), [(HELD, "promised"), (HELD_STAGE, "stage")])
def test_what_an_incident_holds_up_goes_on_standing_still(desk: Desk, number: str, clock: str) -> None:
    desk.ring()

    assert [row.rings_at for row in desk.clocks(number).values() if row.kind == clock] == [None]
    assert clock not in {str(fact["data"]["clock"]).partition(":")[0] for fact in desk.facts(number, "DeadlineLapsed")}
    assert len(desk.incidents(number)) == 1 and desk.problems() == []

    desk.complete(number, "review")

    assert desk.incidents(number) == [] and desk.clocks(number) == {} and desk.problems() == []


def test_timers_of_iso_8601_ring_as_before(desk: Desk) -> None:
    desk.ring()

    assert [fact["data"]["firing"] for fact in desk.facts(CYCLE, "TimerFired")] == [1, 2, 3, 4, 5]
    assert desk.timers(CYCLE).keys() == {"give_up"}


def test_the_board_counts_the_clocks_of_cases_taken_over(desk: Desk) -> None:
    with desk.database.connect() as connection:
        counted = connection.execute(text("SELECT sum(clocks) FROM clock_count")).scalar_one()

    assert counted == desk.rows("clock") > 0


def test_the_command_takes_over_what_it_finds_and_a_second_time_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("JIBAN_DATABASE", release("0001", tmp_path / "released.db"))

    statuses = [run(["migrate", "--json"]), run(["migrate", "--json"]), run(["verify", "--fold", "--json"])]
    first, second, verified = (json.loads(line) for line in capsys.readouterr().out.splitlines())

    assert statuses == [0, 0, 0] and verified["problems"] == []
    assert (first["adopted"], second["adopted"]) == (CASES, 0)


def adopt(desk: Desk, **given: Any) -> int:
    """Take over what is left."""
    return adoption.adopt(desk.database, desk.office, now=desk.now, **given)


def everything(database: Engine) -> dict[str, list[Any]]:
    """Every row of every table."""
    tables = MetaData()
    tables.reflect(database)
    with database.connect() as connection:
        return {table.name: sorted(map(repr, connection.execute(table.select()))) for table in tables.sorted_tables}
