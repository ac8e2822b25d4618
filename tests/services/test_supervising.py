"""双推送双报告 on both databases: what is granted is with whoever supervises it before it is archived, is signed for in
time, and what is found comes back onto the case."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from engine.catalogue import Category
from engine.errors import Forbidden, InvalidInput, NotFound
from engine.limits import LimitKind
from services import catalogue, people, push_lists, sight, supervising
from services.acting import Command, Stepped
from services.database import reading, writing
from services.store import reading as store
from tests.services import diagrams
from tests.services.desk import Desk, day

DEPARTMENT = "市城管局"
GRANTED = diagrams.process(
    "permit", diagrams.words(limits="promised:5"), diagrams.start(), diagrams.task("review"),
    diagrams.throw("taken", "accepted"), diagrams.task("decide"), diagrams.throw("granted", "granted"),
    diagrams.throw("concluded", "concluded"), diagrams.task("check"), diagrams.end("done"),
    diagrams.flows("begin", "review", "taken", "decide", "granted", "concluded", "check", "done"))


def matter(desk: Desk, supervisor: str = DEPARTMENT, process: str = "permit") -> None:
    """The process becomes a matter of the catalogue, supervised by a department."""
    with writing(desk.database) as connection:
        catalogue.set_values(
            connection, desk.office.shelved, Category.MATTER, f"T-{process}",
            {"name": "试许可", "process": process, "kind": "promised", "department": "市住建局", "supervisor": supervisor},
            basis="岳审改〔2026〕1号", by="管", now=day(2))


def concluded(desk: Desk, supervisor: str = DEPARTMENT) -> str:
    """A permit that was granted and concluded."""
    desk.deploy(permit=GRANTED)
    matter(desk, supervisor)
    number = desk.open("permit")
    desk.complete(number, "review", by="李")
    desk.complete(number, "decide", by="赵")
    return number


def do(desk: Desk, name: str, number: str, by: str = "监", **given: Any) -> Stepped:
    """One of the three verbs."""
    with writing(desk.database) as connection:
        return getattr(supervising, name)(connection, desk.office, Command(number=number, by=by, now=desk.now), **given)


def pushed(desk: Desk, number: str) -> int:
    """The number of the fact that pushed its result."""
    (fact,) = desk.facts(number, "ResultPushed")
    return int(fact["seq"])


def told(desk: Desk, recipient: str) -> list[str]:
    """What a recipient finds in the inbox."""
    with reading(desk.database) as connection:
        return [row.subject for row in connection.exec_driver_sql(
            f"SELECT subject FROM notification WHERE recipient = '{recipient}' ORDER BY case_id, seq, place")]


def waiting(desk: Desk, person: str) -> list[str]:
    """The numbers of what lies before somebody to be signed for."""
    with reading(desk.database) as connection:
        return [line.number for line in push_lists.waiting(connection, desk.office, person, now=desk.now, most=10)]


def test_what_was_granted_is_pushed_as_it_is_concluded_and_a_clock_runs_until_it_is_signed_for(desk: Desk) -> None:
    number = concluded(desk)

    (fact,) = desk.facts(number, "ResultPushed")
    clock = desk.clocks(number)[f"push:{fact['seq']}"]
    assert (fact["data"]["department"], fact["data"]["result"]) == (DEPARTMENT, "granted")
    assert (clock.kind, clock.due, clock.amount) == (LimitKind.PUSH.value, "2026-03-05", 1)
    assert waiting(desk, "监") == [number] and told(desk, DEPARTMENT) == []
    assert desk.problems() == []

    do(desk, "receive_push", number, push=pushed(desk, number))

    with reading(desk.database) as connection:
        (row,) = store.pushes_of(connection, desk.case(number).id)
    assert (row.received_on, row.received_by, row.lapsed_on) == ("2026-03-04", "监", None)
    assert f"push:{row.seq}" not in desk.clocks(number) and waiting(desk, "监") == [] and desk.problems() == []


def test_what_nobody_signs_for_in_time_is_ordered_and_is_no_card_of_the_window(desk: Desk) -> None:
    number = concluded(desk)
    seq = pushed(desk, number)

    desk.now = day(6, 1)
    desk.ring()

    assert [fact["data"]["clock"] for fact in desk.facts(number, "DeadlineLapsed")] == [f"push:{seq}"]
    (order,) = desk.facts(number, "OrderIssued")
    assert order["data"]["addressee"] == DEPARTMENT and "推送签收期限推送逾期未签收" in order["data"]["text"]
    assert "supervisor" in [each["role"] for fact in desk.facts(number, "Escalated") for each in fact["data"]["told"]]
    assert desk.facts(number, "CardIssued") == [] and desk.problems() == []

    do(desk, "receive_push", number, push=seq)

    with reading(desk.database) as connection:
        (row,) = store.pushes_of(connection, desk.case(number).id)
    assert (row.received_on, row.lapsed_on) == ("2026-03-06", "2026-03-05") and desk.problems() == []


def test_a_push_that_is_signed_for_after_its_day_is_late_though_no_bell_has_rung(desk: Desk) -> None:
    number = concluded(desk)

    desk.now = day(9)
    do(desk, "receive_push", number, push=pushed(desk, number))

    with reading(desk.database) as connection:
        (row,) = store.pushes_of(connection, desk.case(number).id)
    assert (row.received_on, row.lapsed_on) == ("2026-03-09", "2026-03-05") and desk.problems() == []


def test_the_receipt_outlives_the_case_and_is_asked_of_who_has_ended_it(desk: Desk) -> None:
    number = concluded(desk)

    desk.complete(number, "check")

    assert desk.case(number).ended_at is not None and list(desk.clocks(number)) == [f"push:{pushed(desk, number)}"]
    assert desk.problems() == []
    desk.command("archive", number)
    do(desk, "receive_push", number, push=pushed(desk, number))
    assert desk.case(number).state == "archived" and desk.clocks(number) == {} and desk.problems() == []


def test_a_case_whose_result_nobody_supervises_is_not_archived_until_somebody_is_named_and_it_is_pushed(desk: Desk) -> None:
    number = concluded(desk, supervisor="")
    desk.complete(number, "check")

    with pytest.raises(Forbidden, match=r"nobody does: name who supervises it.*push it"):
        desk.command("archive", number)
    with pytest.raises(Forbidden, match="nobody supervises"):
        do(desk, "push_result", number)
    matter(desk)
    with pytest.raises(Forbidden, match="has not been pushed to 市城管局"):
        desk.command("archive", number)
    do(desk, "push_result", number)
    desk.command("archive", number)

    assert desk.case(number).state == "archived" and waiting(desk, "监") == [number] and desk.problems() == []
    with pytest.raises(Forbidden, match="pushed once"):
        do(desk, "push_result", number)


ARCHIVED = diagrams.process(
    "drawn", diagrams.words(limits="promised:5"), diagrams.start(), diagrams.task("decide"),
    diagrams.throw("taken", "accepted"), diagrams.throw("granted", "granted"),
    diagrams.throw("concluded", "concluded"), diagrams.task("file"), diagrams.end("done", "archived"),
    diagrams.flows("begin", "decide", "taken", "granted", "concluded", "file", "done"))


def test_a_diagram_that_draws_its_archive_waits_for_the_push_too(desk: Desk) -> None:
    desk.deploy(drawn=ARCHIVED)
    matter(desk, supervisor="", process="drawn")
    number = desk.open("drawn")
    desk.complete(number, "decide")

    with pytest.raises(Forbidden, match="not been pushed"):
        desk.complete(number, "file")

    assert [task.node for task in desk.tasks(number)] == ["file"]
    matter(desk, process="drawn")
    do(desk, "push_result", number)
    desk.complete(number, "file")
    assert desk.case(number).state == "archived" and desk.problems() == []


@pytest.mark.parametrize("kind", ["service", None])  # what permits nothing, and what is no matter of the catalogue
def test_what_nobody_has_to_supervise_is_archived_without_a_push(desk: Desk, kind: str | None) -> None:
    desk.deploy(permit=GRANTED)
    if kind is not None:
        with writing(desk.database) as connection:
            catalogue.set_values(connection, desk.office.shelved, Category.MATTER, "T-permit",
                                 {"name": "试服务", "process": "permit", "kind": kind}, basis="文", by="管", now=day(2))
    number = desk.open("permit")
    for node in ("review", "decide", "check"):
        desk.complete(number, node, by=node)

    desk.command("archive", number)

    assert "ResultPushed" not in desk.kinds(number) and desk.problems() == []


def test_a_finding_comes_back_onto_the_case_and_to_whom_it_concerns(desk: Desk) -> None:
    number = concluded(desk)
    seq = pushed(desk, number)
    with pytest.raises(Forbidden, match="sign for it first"):
        do(desk, "report_finding", number, push=seq, sort="check", text="现场与许可不符")
    do(desk, "receive_push", number, push=seq)
    with pytest.raises(InvalidInput, match="sort"):
        do(desk, "report_finding", number, push=seq, sort="rumour", text="听说")
    with pytest.raises(NotFound, match="pushed result"):
        do(desk, "report_finding", number, push=1, sort="check", text="现场与许可不符")

    do(desk, "report_finding", number, push=seq, sort="check", text="现场与许可不符", measure="责令限期改正",
       document="岳城改〔2026〕3号")

    (fact,) = desk.facts(number, "FindingReported")
    assert fact["data"]["measure"] == "责令限期改正"
    assert told(desk, "approver") == told(desk, "clerk") == [f"监管反馈:{number} 现场与许可不符"]
    with reading(desk.database) as connection:
        (row,) = store.pushes_of(connection, desk.case(number).id)
    assert row.findings == 1 and desk.problems() == []


def staff(desk: Desk) -> None:
    """A reviewer of the department that supervises, one of the department that has decided, and a supervisor 督查员."""
    with writing(desk.database) as connection:
        for id, role, unit in (("管监", "reviewer", DEPARTMENT), ("建审", "reviewer", "市住建局"), ("孙", "supervisor", "")):
            since = date(2026, 1, 1)
            people.enter(connection, people.NewPerson(id=id, name=id, unit=unit, since_on=since), by="管", now=desk.now)
            people.grant(connection, people.NewGrant(person=id, role=role, department=unit, since_on=since), by="管",
                         now=desk.now)


def test_only_people_of_the_department_that_supervises_sign_for_a_result_and_they_see_its_case(desk: Desk) -> None:
    number = concluded(desk)
    staff(desk)
    seq = pushed(desk, number)

    for nobody in ("建审", "孙", "外人"):
        with pytest.raises(Forbidden, match=r"^receive_push refused"):
            do(desk, "receive_push", number, by=nobody, push=seq)
    do(desk, "receive_push", number, by="管监", push=seq)

    with reading(desk.database) as connection:
        assert sight.visible_case(connection, desk.office, "管监", number, desk.now).number == number
    assert desk.problems() == []


def test_a_department_sees_no_case_before_it_is_pushed_to_it(desk: Desk) -> None:
    desk.deploy(permit=GRANTED)
    matter(desk)
    number = desk.open("permit")
    staff(desk)

    with reading(desk.database) as connection, pytest.raises(NotFound):
        sight.visible_case(connection, desk.office, "管监", number, desk.now)


def test_a_year_without_a_calendar_makes_the_receipt_provisional(desk: Desk) -> None:
    desk.now = datetime(2027, 3, 3, 2, 0, tzinfo=UTC)

    number = concluded(desk)

    (clock,) = [clock for name, clock in desk.clocks(number).items() if name.startswith("push:")]
    assert clock.is_provisional and clock.due == "2027-03-04" and desk.problems() == []


def listed(desk: Desk, person: str, stands: str) -> list[tuple[str, bool, bool]]:
    """The numbers of what somebody finds, whether it is late and whether he may act."""
    with reading(desk.database) as connection:
        return [(line.number, line.is_late, line.may_act)
                for line in push_lists.pushes(connection, desk.office, person, stands, now=desk.now, most=10)]


def test_a_department_finds_what_came_to_it_and_others_nothing(desk: Desk) -> None:
    first, second = concluded(desk), concluded(desk)
    staff(desk)
    desk.now = day(6, 1)
    desk.ring()
    do(desk, "receive_push", first, by="管监", push=pushed(desk, first))

    assert listed(desk, "管监", "waiting") == listed(desk, "管监", "overdue") == [(second, True, True)]
    assert listed(desk, "管监", "received") == listed(desk, "管监", "late") == [(first, True, True)]
    assert waiting(desk, "管监") == [second] and waiting(desk, "建审") == waiting(desk, "孙") == []
    assert listed(desk, "建审", "all") == [] and listed(desk, "孙", "all") == [(first, True, False), (second, True, False)]
    with reading(desk.database) as connection:
        march = {"first": date(2026, 3, 1), "last": date(2026, 3, 31), "now": desk.now}
        (row,) = push_lists.figures(connection, desk.office, "管监", **march)
        assert push_lists.figures(connection, desk.office, "建审", **march) == []
    assert row == (DEPARTMENT, "", 2, 0, 1, 1, 1, 0)
    assert push_lists.sheet([row]).splitlines()[1] == f"{DEPARTMENT},,2,0,1,1,1,0"
