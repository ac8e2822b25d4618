"""The demonstration's house: nineteen people in one role each, cases in every state a queue shows, a clock that moves on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from shutil import copyfile

import orjson
import pytest
from sqlalchemy import Engine

from engine.calendar import SHANGHAI
from engine.duties import APPLICANT_ROLE
from engine.lifecycle import State
from engine.supervision import Lamp
from services import cases, demonstration, projects, worklists
from services.database import connect, reading, writing
from services.demo import affairs, house, staff
from services.demo.days import first_days
from services.demo.turning import turn_on
from services.demonstration import NotADemonstration
from services.folded import fold_of
from services.lamps import case_lamp
from services.office import Office
from services.store import demonstration as store
from services.store import endpoints
from services.store import reading as stored
from services.store.rows import CaseRow
from tests.services.desk import Desk

MACHINE = datetime(2026, 3, 4, 6, 20, tzinfo=UTC)
"""Wednesday 2026-03-04 at 14:20 in Shanghai: a demonstration prepared now opens on this morning."""
OPENS = datetime(2026, 3, 4, 9, 30, tzinfo=SHANGHAI)
Tell = Callable[[Callable[[Desk], None]], Desk]


def silent(scene: int, of: int) -> None:
    """Nobody watches."""


def opened(desk: Desk) -> None:
    """The house is entered."""
    assert house.prepare(desk.database, desk.office, machine=MACHINE, told=silent)


@pytest.fixture
def desk(tell: Tell) -> Desk:
    """A desk in the house, on each of the two databases; its clock is the demonstration's first instant."""
    return replace(tell(opened), now=OPENS.astimezone(UTC))


def rows(desk: Desk) -> list[CaseRow]:
    with reading(desk.database) as connection:
        return stored.cases_page(connection, most=500)


def named(desk: Desk, company: str, process: str) -> CaseRow:
    """The one case of a company that runs this process."""
    (found,) = [row for row in rows(desk) if row.process == process and orjson.loads(row.data).get("company_name") == company]
    return found


def nodes(desk: Desk) -> Counter[str]:
    """At which steps the open tasks stand."""
    return Counter(task.node for row in rows(desk) for task in desk.tasks(row.number))


def move(desk: Desk, until: datetime) -> None:
    """Somebody moves the clock, and it comes there."""
    with writing(desk.database) as connection:
        demonstration.send(connection, until, now=desk.now)
    assert turn_on(desk.database, desk.office, lambda: MACHINE, seconds=30)
    desk.now = until


def shown(database: Engine) -> datetime:
    return demonstration.clock(database, lambda: MACHINE)()


def test_what_is_entered_verifies_and_replays_to_the_same(desk: Desk) -> None:
    assert desk.problems() == []
    assert all(desk.incidents(row.number) == [] for row in rows(desk))


def test_there_are_cases_of_many_matters_in_two_parks(desk: Desk) -> None:
    held = [row for row in rows(desk) if row.parent is None]

    assert 30 <= len(held) <= 60 and len({row.process for row in held}) >= 8
    assert {fold_of(row).park for row in held} == {staff.XIANGYIN, staff.LINGANG}


def test_every_queue_has_a_case(desk: Desk) -> None:
    states = Counter(State(row.state) for row in rows(desk))
    stops = Counter(stop.kind.value for row in rows(desk) for stop in fold_of(row).open_stops)
    open_at = nodes(desk)

    assert all(states[state] for state in (
        State.RECEIVED, State.CORRECTING, State.ACCEPTED, State.REVIEWING, State.SUSPENDED, State.DECIDED, State.CONCLUDED,
        State.CERTIFIED, State.HANDED_OVER, State.ARCHIVED, State.DECLINED, State.WITHDRAWN, State.VOIDED)), states
    assert {"special", "pause", "hold"} <= set(stops)
    assert all(open_at[node] for node in (
        "register", "verify", "supplement", "review_registration", "decide_registration", "certify", "hand_over",
        "hand_over_refusal", "supervise_promise")), open_at


def test_every_lamp_is_lit_and_the_late_have_cards_and_orders(desk: Desk) -> None:
    folded = [fold_of(row) for row in rows(desk)]
    lamps = Counter(case_lamp(desk.office, case, desk.now) for case in folded if case.ended_at is None)
    late = [case for case in folded if case.ended_at is None and case.cards]

    assert all(lamps[lamp] for lamp in (Lamp.GREEN, Lamp.YELLOW, Lamp.RED, Lamp.GREY)), lamps
    assert {card.colour for case in late for card in case.cards} == {"yellow", "red"}
    assert {order.state.value for case in late for order in case.orders} >= {"open", "replied"}
    assert any("ExtensionProposed" in desk.kinds(case.number) for case in folded)


def test_a_bundle_has_a_case_in_each_department_and_a_project_a_plan(desk: Desk) -> None:
    bundle = named(desk, affairs.LATE_AT_NOON, "company_setup_bundle")
    with reading(desk.database) as connection:
        file = projects.show(connection, desk.office, stored_project(desk))

    assert {child.department for child in desk.children(bundle.number)} == {staff.BUREAU, staff.POLICE}
    assert len(desk.children(bundle.number)) == 6
    assert [item.state.value for item in file.items] == ["open", "blocked", "blocked"]


def stored_project(desk: Desk) -> str:
    """The number of the one project."""
    with reading(desk.database) as connection:
        (number,) = connection.exec_driver_sql("SELECT number FROM project").scalars()
    return str(number)


def test_everybody_holds_one_role_and_the_three_administrators_are_three(desk: Desk) -> None:
    people = desk.office.people
    with reading(desk.database) as connection:
        desk.office.refresh(connection)
        people = desk.office.people
    held = {id: {grant.role for grant in people.grants[id]} for id in people.persons}

    assert all(len(roles) == 1 for roles in held.values()) and len(held) == len(staff.STAFF) == 19
    assert len({people.natural(id) for id in held}) == 19
    assert Counter(role for roles in held.values() for role in roles)["system_admin"] == 1
    assert {"security_admin", "audit_admin", "supervisor", "designer", "legal_officer", "head_of_office", "certifier", "agent",
            "department_admin", "park_admin"} <= {role for roles in held.values() for role in roles}


def test_nobody_has_done_two_duties_in_one_case(desk: Desk) -> None:
    for row in rows(desk):
        done = {(who, duty) for duty, who in fold_of(row).hands}

        assert max(Counter(who for who, _ in done).values(), default=1) == 1, row.number


def test_every_open_task_of_the_office_is_on_the_list_of_somebody_who_may_do_it(desk: Desk) -> None:
    wanted = {(row.number, task.token) for row in rows(desk) for task in desk.tasks(row.number) if task.role != APPLICANT_ROLE}
    found: set[tuple[str, int]] = set()
    numbers = {row.id: row.number for row in rows(desk)}
    with reading(desk.database) as connection:
        for member in staff.STAFF:
            listed = worklists.mine(connection, desk.office, member.id, most=500, now=desk.now)
            barred = worklists.barred(connection, desk.office, member.id, listed, now=desk.now)
            found |= {(numbers[each.task.case_id], each.task.token) for each in listed if each.key not in barred}

    assert found == wanted


def test_the_clock_shows_the_first_morning_and_goes_on_with_the_machine(desk: Desk) -> None:
    later = demonstration.clock(desk.database, lambda: MACHINE + timedelta(minutes=7))

    assert shown(desk.database) == OPENS and later() == OPENS + timedelta(minutes=7)


def test_a_case_late_at_noon_gets_its_card_and_escalates_to_its_own_department(desk: Desk) -> None:
    bundle = named(desk, affairs.LATE_AT_NOON, "company_setup_bundle")
    seal = next(child for child in desk.children(bundle.number) if child.process == "seal_engraving")
    assert desk.facts(seal.number, "CardIssued") == []

    move(desk, OPENS.astimezone(UTC) + timedelta(hours=3))

    (card,) = desk.facts(seal.number, "CardIssued")
    told = {(each["recipient"], each["unit"]) for fact in desk.facts(seal.number, "Escalated") for each in fact["data"]["told"]}
    assert card["data"]["colour"] == "yellow" and ("郑伟", staff.POLICE) in told
    assert {unit for _, unit in told} <= {staff.POLICE, staff.LINGANG} and desk.facts(bundle.number, "CardIssued") == []
    assert desk.problems() == []


def test_a_case_due_today_is_late_tomorrow_when_nobody_decides_it(desk: Desk) -> None:
    case = named(desk, affairs.DUE_TODAY, "company_setup")

    move(desk, demonstration.next_workday(desk.now, desk.office.calendar))

    assert "DeadlineLapsed" in desk.kinds(case.number) and "CardIssued" in desk.kinds(case.number)


def test_a_long_way_is_gone_in_slices_in_order_and_what_is_due_on_it_is_done_at_its_instant(desk: Desk) -> None:
    before, until = {row.number: len(desk.kinds(row.number)) for row in rows(desk)}, demonstration.morning(date(2026, 3, 20))
    with writing(desk.database) as connection:
        demonstration.send(connection, until, now=desk.now)

    seen = []
    while not turn_on(desk.database, desk.office, lambda: MACHINE, seconds=0.05):
        seen.append(shown(desk.database))

    lived = [fact for number, count in before.items() for fact in desk.facts(number)[count:]]
    assert len(seen) > 1 and seen == sorted(seen) and OPENS <= seen[0] < seen[-1] <= until == shown(desk.database)
    assert {fact["kind"] for fact in lived} >= {"DeadlineLapsed", "CardIssued", "Escalated"}
    assert all(until >= datetime.fromisoformat(fact["at"]) > OPENS for fact in lived)
    assert len({fact["at"] for fact in lived}) > 20 and desk.problems() == []


@pytest.mark.parametrize(("days", "why"), [
    (0, "only goes forward"), (-1, "only goes forward"), (63, "62 days at most at once")])
def test_the_clock_goes_neither_back_nor_too_far_at_once(desk: Desk, days: int, why: str) -> None:
    with pytest.raises(demonstration.InvalidInput, match=why), writing(desk.database) as connection:
        demonstration.send(connection, desk.now + timedelta(days=days), now=desk.now)

    with writing(desk.database) as connection:
        demonstration.reach(connection, OPENS - timedelta(hours=1), machine=MACHINE)
    assert shown(desk.database) == OPENS


def test_a_house_that_is_there_is_left_as_it_is(desk: Desk) -> None:
    facts = desk.rows("fact")

    assert house.prepare(desk.database, desk.office, machine=MACHINE + timedelta(days=40), told=silent) is False
    assert desk.rows("fact") == facts and shown(desk.database) == OPENS


def test_a_database_in_which_somebody_has_entered_something_is_refused_with_what_to_do(
    database: Engine, office: Office,
) -> None:
    own = Desk(database=database, office=office)
    number = own.open()

    with pytest.raises(NotADemonstration, match="name another database"):
        house.prepare(database, own.office, machine=MACHINE, told=silent)

    assert [row.number for row in rows(own)] == [number] and own.rows("person") == 0
    with pytest.raises(NotADemonstration):
        shown(database)


@pytest.fixture
def empty(prepared_file: Path, tmp_path: Path, office: Office) -> Iterator[Desk]:
    """A desk at an empty SQLite database."""
    copyfile(prepared_file, tmp_path / "empty.db")
    database = connect(f"sqlite:///{tmp_path / 'empty.db'}")
    yield Desk(database=database, office=office)
    database.dispose()


def test_a_house_whose_preparation_was_broken_off_is_begun_anew(empty: Desk) -> None:
    def breaking_off(scene: int, of: int) -> None:
        if scene == 20:
            raise KeyboardInterrupt

    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            house.prepare(empty.database, empty.office, machine=MACHINE, told=breaking_off)

    assert empty.rows("person") == 19 and empty.rows("demonstration") == 1 and 0 < len(rows(empty)) < 10
    with reading(empty.database) as connection:
        assert endpoints.edition(connection) == 0  # what was made with the tables has stayed
    with pytest.raises(NotADemonstration):
        shown(empty.database)


@pytest.mark.parametrize(("machine", "first"), [
    (datetime(2026, 3, 7, 2, tzinfo=UTC), date(2026, 3, 9)),  # a Saturday: the Monday after
    (datetime(2026, 2, 14, 2, tzinfo=UTC), date(2026, 2, 14)),  # a Saturday that is worked
    (datetime(2026, 2, 17, 2, tzinfo=UTC), date(2026, 2, 24)),  # the Spring Festival: the day after it
    (datetime(2026, 3, 4, 16, 30, tzinfo=UTC), date(2026, 3, 5)),  # half past midnight in Shanghai
])
def test_the_first_day_is_a_working_day(office: Office, machine: datetime, first: date) -> None:
    assert first_days(machine, office.calendar).today == first


def test_a_house_opens_in_a_year_without_a_published_calendar_too(empty: Desk) -> None:
    assert house.prepare(empty.database, empty.office, machine=datetime(2028, 1, 5, 2, tzinfo=UTC), told=silent)

    assert empty.problems() == [] and any(row.is_provisional for row in rows(empty))


def test_an_offices_database_is_no_demonstration(database: Engine, tmp_path: Path) -> None:
    with reading(database) as connection:
        assert store.find(connection) is None and demonstration.find(connection) is None
        demonstration.require_none(connection)


def test_a_newcomer_takes_a_company_from_receipt_to_hand_over_switching_between_three_people(desk: Desk) -> None:
    number = named(desk, affairs.NEWCOMER, "company_setup").number
    way = (("陈静", "register"), ("陈静", "verify"), ("周凯", "review_registration"), ("罗敏", "decide_registration"),
           *(("周凯", node) for node in ("make_seal", "issue_invoices", "insure", "open_fund", "book_bank")),
           ("陈静", "hand_over"))

    for person, node in way:
        task = next(task for task in desk.tasks(number) if task.node == node)
        desk.complete_id(f"{number}-{task.token}", orjson.loads(task.outcomes)[0][0], by=person)

    assert desk.case(number).state == State.HANDED_OVER.value and desk.problems() == []


def test_a_withdrawn_company_may_come_again_under_the_eyes_of_the_window(desk: Desk) -> None:
    """The house goes on as any office: its clerk opens a case, and it is his park's."""
    with writing(desk.database) as connection:
        stepped = cases.open_case(connection, desk.office, process="company_setup", by="陈静", now=desk.now, data={
            "applicant": "彭松", "company_name": "湘阴兴旺建材经营部", "park": staff.XIANGYIN})

    assert desk.case(stepped.number).department == staff.XIANGYIN
    assert desk.facts(stepped.number, "CaseOpened")[0]["data"]["refiles"]
