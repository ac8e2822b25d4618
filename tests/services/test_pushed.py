"""双推送 beyond this system: nothing is archived before the department's own endpoint has taken the result, and no other
department hears of it. On both databases, with a real receiver."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from socket import socket

import pytest
from sqlalchemy import text

from engine.errors import Forbidden, InvalidInput
from services import people, pushed
from services.database import reading, writing
from services.deliveries import dead_letters, endpoints, outgoing, subscriptions
from services.people import NewGrant
from tests.services.desk import Desk
from tests.services.receiving import Wired, ids, kinds, wired
from tests.services.staff import ENTERED_AT, JANUARY
from tests.services.test_store import noted
from tests.services.test_supervising import DEPARTMENT, concluded, do, staff
from tests.services.test_supervising import pushed as push_of
from tests.webhooks.receiving import answering, receiver
from webhooks.schedule import ATTEMPTS

OTHER = "市住建局"
ALL = ["ResultPushed", "PushReceived", "FindingReported"]


@pytest.fixture
def wire(desk: Desk) -> Wired:
    """An office with an administrator, people who grant, and people of the supervising department."""
    office = wired(desk)
    staff(desk)
    with writing(desk.database) as connection:
        for id in ("李", "赵"):
            people.grant(connection, NewGrant(person=id, role="clerk", since_on=JANUARY), by="root", now=ENTERED_AT)
    return office


def saying(*statuses: int) -> Callable[[socket], None]:
    """One status after the other, the last for ever."""
    left = list(statuses)

    def answer(line: socket) -> None:
        answering(f"{left.pop(0) if len(left) > 1 else left[0]} Said")(line)
    return answer


def granted(wire: Wired) -> str:
    """A case whose result was pushed, and of which nothing is left to do but to archive it."""
    number = concluded(wire.desk)
    wire.desk.complete(number, "check")
    return number


def archived(wire: Wired, number: str) -> str:
    """Try to archive a case. Returns its state afterwards."""
    try:
        wire.desk.command("archive", number)
    except Forbidden as refusal:
        assert "has not arrived at 市平台" in str(refusal)
    return wire.desk.case(number).state


def test_nothing_is_archived_before_the_department_s_endpoint_has_taken_it(wire: Wired) -> None:
    with receiver(saying(500, 500, 204)) as there:
        wire.subscribe(wire.enter(there.url), supervisor=DEPARTMENT)
        number = granted(wire)

        before = archived(wire, number)  # its fact was not handed over yet
        wire.run()
        meanwhile = archived(wire, number)  # answered 500
        wire.run_through(0.1)

        assert (before, meanwhile, archived(wire, number)) == ("concluded", "concluded", "archived")
    assert kinds(there, number) == ["ResultPushed"] * 3 and len(set(ids(there))) == 1
    assert wire.desk.problems() == []


def test_the_endpoint_is_told_of_the_receipt_and_the_findings_and_of_nothing_else(wire: Wired) -> None:
    with receiver(answering()) as there, receiver(answering()) as elsewhere:
        wire.subscribe(wire.enter(there.url), supervisor=DEPARTMENT)
        wire.subscribe(wire.enter(elsewhere.url), supervisor=OTHER)
        number = granted(wire)
        do(wire.desk, "receive_push", number, by="管监", push=push_of(wire.desk, number))
        do(wire.desk, "report_finding", number, by="管监", push=push_of(wire.desk, number), sort="check", text="现场与许可不符")
        wire.run()

        assert archived(wire, number) == "archived"
        wire.run()
    assert kinds(there, number) == ALL and elsewhere.bodies == []
    assert wire.desk.problems() == []


@pytest.mark.parametrize("given", [
    {},  # told of everything, and no department's
    {"supervisor": OTHER},  # another department's
    {"supervisor": DEPARTMENT, "kinds": ("FindingReported",)},  # does not ask for the result
    {"supervisor": DEPARTMENT, "matter": "company_setup"},  # nor for this matter
    {"supervisor": DEPARTMENT, "park": "湘阴高新区"},  # nor for this place
])
def test_an_endpoint_the_result_is_not_addressed_to_holds_no_archive_up(given: dict, wire: Wired) -> None:
    with receiver(saying(500)) as there:
        wire.subscribe(wire.enter(there.url), **given)
        number = granted(wire)
        early = granted(wire)
        assert archived(wire, early) == "archived"
        wire.run()

        assert archived(wire, number) == "archived" and wire.desk.problems() == []


def test_an_endpoint_that_was_connected_later_holds_nothing_up(wire: Wired) -> None:
    number = granted(wire)
    wire.desk.now += timedelta(minutes=1)
    with receiver(saying(500)) as there:
        wire.subscribe(wire.enter(there.url), supervisor=DEPARTMENT)

        assert archived(wire, number) == "archived" and wire.desk.problems() == []


def test_a_dead_letter_holds_the_archive_up_until_somebody_dismisses_it(wire: Wired) -> None:
    with receiver(saying(500)) as there:
        wire.subscribe(wire.enter(there.url), supervisor=DEPARTMENT)
        number = granted(wire)
        assert wire.run_through().dead == 1
        assert archived(wire, number) == "concluded"

        wire.do(dead_letters.dismiss, ids(there)[0], reason="对方已人工补录")

        assert len(there.bodies) == ATTEMPTS and archived(wire, number) == "archived" and wire.desk.problems() == []


@pytest.mark.parametrize("is_handed", [True, False])
def test_an_endpoint_that_was_retired_holds_nothing_up(is_handed: bool, wire: Wired) -> None:
    with receiver(saying(500)) as there:
        endpoint = wire.enter(there.url)
        wire.subscribe(endpoint, supervisor=DEPARTMENT)
        number = granted(wire)
        if is_handed:
            wire.run()
        wire.do(endpoints.retire, endpoint.id, reason="系统下线")

        assert archived(wire, number) == "archived" and wire.desk.problems() == []


def test_what_was_handed_over_by_a_subscription_that_has_ended_still_has_to_arrive(wire: Wired) -> None:
    with receiver(saying(500, 204)) as there:
        row = wire.subscribe(wire.enter(there.url), supervisor=DEPARTMENT)
        number = granted(wire)
        outgoing.fan_out(wire.desk.database, now=wire.desk.now)
        wire.do(subscriptions.end, row.id)
        wire.run()
        assert archived(wire, number) == "concluded"
        wire.run_through(0.1)

        assert archived(wire, number) == "archived" and wire.desk.problems() == []


def test_a_department_is_named_by_the_catalogue(wire: Wired) -> None:
    endpoint = wire.enter("http://127.0.0.1:9/hook")

    assert wire.subscribe(endpoint, supervisor="市城市管理和综合执法局").supervisor == DEPARTMENT  # an alias
    with pytest.raises(InvalidInput, match="no department of the catalogue: perhaps 市城管局"):
        wire.subscribe(endpoint, supervisor="城管局")
    with pytest.raises(InvalidInput, match=r"only of what is pushed to it.*not CaseOpened"):
        wire.subscribe(endpoint, supervisor=DEPARTMENT, kinds=("ResultPushed", "CaseOpened"))


def test_asking_whether_it_has_arrived_is_one_statement_by_index(wire: Wired) -> None:
    with receiver(answering()) as there:
        wire.subscribe(wire.enter(there.url), supervisor=DEPARTMENT)
        number = granted(wire)
    with noted(wire.desk.database) as statements, reading(wire.desk.database) as connection:
        waiting = pushed.undelivered(connection, number, [push_of(wire.desk, number)])
    asked = [statement for statement, _ in statements if "FROM \"case\" JOIN push" in statement]

    assert waiting == ("市平台",) and len(asked) == 1
    if wire.desk.database.dialect.name == "sqlite":
        (statement, given), = [each for each in statements if each[0] in asked]
        with reading(wire.desk.database) as connection:
            plan = "\n".join(str(row[-1]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given))
        assert "SCAN" not in plan, plan


@pytest.mark.parametrize(("told", "statement"), [
    ("a department's endpoint was not told", "DELETE FROM delivery"),
    ("another's was told", f"UPDATE subscription SET supervisor = '{OTHER}'"),
])
def test_whom_a_pushed_result_had_to_reach_is_looked_at_from_outside(told: str, statement: str, wire: Wired) -> None:
    with receiver(answering()) as there:
        wire.subscribe(wire.enter(there.url), supervisor=DEPARTMENT)
        granted(wire)
        wire.run()
    with writing(wire.desk.database) as connection:
        connection.execute(text(statement))

    assert "delivery" in {problem.check for problem in wire.desk.problems()}
