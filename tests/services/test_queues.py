"""The queues of the counter: what lies in which, in what order, for whom; and how it is found when somebody asks for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from engine.errors import InvalidInput
from engine.queues import Queue
from engine.stops import StopKind
from engine.supervision import Lamp, Policy
from services import assigning, jobs, people, queues, relighting, rulings
from services.acting import TaskCommand
from services.database import reading, writing
from services.folded import fold_of
from services.people import NewGrant, NewPerson
from services.queues import Line
from tests.services import diagrams
from tests.services.desk import Desk, day

JANUARY = date(2026, 1, 1)
HERE, THERE = "湘阴高新区", "平江高新区"
OPEN = {Queue.TO_ACCEPT, Queue.IN_HAND, Queue.DUE_SOON, Queue.OVERDUE, Queue.STOPPED, Queue.RESULT}

PLAIN = diagrams.process(
    "plain", diagrams.words(limits="promised:5"), diagrams.start(), diagrams.throw("taken", "accepted"),
    diagrams.task("review"), diagrams.throw("granted", "granted"),
    diagrams.task("print").replace('act="other"', 'act="certify"'), diagrams.end("done", "concluded"),
    diagrams.flows("begin", "taken", "review", "granted", "print", "done"))
"""Reviewed and decided at once, a certificate made, and nothing drawn of how it is handed over."""


def enter(desk: Desk, id: str, *roles: str, **scope: str) -> None:
    """Somebody with roles within one scope."""
    with writing(desk.database) as connection:
        people.enter(connection, NewPerson(id=id, name=id, since_on=JANUARY), by="管", now=desk.now)
        for role in roles:
            people.grant(connection, NewGrant(person=id, role=role, since_on=JANUARY, **scope), by="管", now=desk.now)


def lines(desk: Desk, who: str, queue: Queue, **given: Any) -> list[Line]:
    """A page of a queue."""
    with reading(desk.database) as connection:
        return queues.page(connection, desk.office, who, queue, now=desk.now, **{"most": 50, **given})


def shown(desk: Desk, who: str, queue: Queue) -> list[tuple[str, str]]:
    """What a queue shows: cases with their steps, in order."""
    return [(line.number, line.step) for line in lines(desk, who, queue)]


def counted(desk: Desk, who: str) -> dict[Queue, int]:
    """The queues that are not empty, with their counts."""
    with reading(desk.database) as connection:
        found = queues.counts(connection, desk.office, who, now=desk.now)
    assert set(found) == set(Queue)
    return {queue: count for queue, count in found.items() if count}


def claim(desk: Desk, number: str, by: str) -> None:
    with writing(desk.database) as connection:
        assigning.claim(connection, desk.office, TaskCommand(
            task=f"{number}-{desk.tasks(number)[0].token}", by=by, now=desk.now))


def test_what_is_received_is_to_be_accepted_and_the_five_days_to_tell_what_is_missing_set_its_place(desk: Desk) -> None:
    enter(desk, "王", "clerk")
    desk.now = day(5)
    later = desk.open()
    desk.go(later, "register")
    desk.now = day(4)
    sooner = desk.open()
    desk.go(sooner, "register")
    fresh = desk.open()
    desk.now = day(6)

    found = lines(desk, "王", Queue.TO_ACCEPT)

    assert [(line.number, line.step, line.due, line.left_workdays) for line in found] == [
        (sooner, "核验材料", "2026-03-11", 3), (later, "核验材料", "2026-03-12", 4), (fresh, "登记收件", None, None)]
    assert counted(desk, "王") == {Queue.TO_ACCEPT: 3, Queue.DONE: 2}


def test_an_accepted_case_is_in_hand_then_nearly_and_then_wholly_overdue_as_its_promise_runs_out(desk: Desk) -> None:
    enter(desk, "王", "clerk")
    enter(desk, "李", "reviewer")
    number = desk.open("joint_completion_inspection")
    for outcome in ("received", "accept"):
        desk.complete(number, desk.tasks(number)[0].node, outcome)
    clock = fold_of(desk.case(number)).governing
    assert clock is not None and clock.due == "2026-03-16"  # eight working days from the 4th
    here: dict[int, set[tuple[Queue, Lamp]]] = {}

    for on in (5, 12, 13, 16, 17):
        desk.now = day(on)
        here[on] = {(queue, line.lamp) for queue in OPEN for line in lines(desk, "李", queue)}

    assert here == {5: {(Queue.IN_HAND, Lamp.GREEN)}, 12: {(Queue.IN_HAND, Lamp.GREEN)}, 13: {(Queue.DUE_SOON, Lamp.YELLOW)},
                    16: {(Queue.DUE_SOON, Lamp.YELLOW)}, 17: {(Queue.OVERDUE, Lamp.RED)}}
    assert {line.left_workdays for line in lines(desk, "李", Queue.OVERDUE)} == {-1}


def test_what_waits_for_the_applicant_or_is_stopped_lies_apart_with_the_kind_of_stop(desk: Desk) -> None:
    enter(desk, "王", "clerk")
    enter(desk, "李", "reviewer")
    corrected, stopped = desk.open(), desk.open("four_permits", applicant="某公司", planning_review="告知承诺")
    desk.go(corrected, "register")
    desk.complete(corrected, "verify", "correct", data={"missing_documents": ["章程"]})
    desk.go(stopped, "register", "verify")
    desk.suspend(stopped, by="李")

    assert shown(desk, "王", Queue.STOPPED) == [(corrected, "提交补正材料")]
    found = lines(desk, "李", Queue.STOPPED)
    assert {line.number for line in found} == {stopped} and {line.stops for line in found} == {(StopKind.SPECIAL,)}
    assert all(line.is_stopped and line.lamp is Lamp.GREY and line.due is None for line in found)

    desk.complete(corrected, "supplement", "resubmitted")

    assert shown(desk, "王", Queue.STOPPED) == [] and shown(desk, "王", Queue.TO_ACCEPT) == [(corrected, "核验材料")]


def test_a_result_is_certified_handed_over_and_archived_whether_the_diagram_draws_it_or_not(desk: Desk) -> None:
    desk.deploy(plain=PLAIN)
    enter(desk, "王", "clerk", "reviewer", "approver")
    number = desk.open("plain")
    assert shown(desk, "王", Queue.IN_HAND) == [(number, "review")]
    desk.complete(number, "review", by="王")
    assert shown(desk, "王", Queue.RESULT) == [(number, "print")]
    desk.complete(number, "print", by="王")
    assert shown(desk, "王", Queue.TO_ARCHIVE) == [(number, "")]

    desk.command("certify", number)
    assert shown(desk, "王", Queue.RESULT) == [(number, "")] and shown(desk, "王", Queue.TO_ARCHIVE) == []
    assert [line.task for line in lines(desk, "王", Queue.RESULT)] == [None]
    desk.command("hand_over", number)
    assert counted(desk, "王") == {Queue.TO_ARCHIVE: 1, Queue.DONE: 2}
    desk.command("archive", number)

    assert counted(desk, "王") == {Queue.DONE: 2} and desk.problems() == []


def test_what_somebody_has_done_is_listed_newest_first_and_is_his_alone(desk: Desk) -> None:
    enter(desk, "王", "clerk")
    enter(desk, "陈", "clerk")
    number, other = desk.open(), desk.open()
    desk.go(number, "register")
    desk.now = day(5)
    desk.go(number, "verify")
    desk.complete(other, "register", by="陈")

    found = lines(desk, "王", Queue.DONE)

    assert [(line.number, line.step, line.outcome_label, line.outcome, line.done_at) for line in found] == [
        (number, "核验材料", "受理", "accept", day(5)), (number, "登记收件", "收件", "received", day(4))]
    assert shown(desk, "陈", Queue.DONE) == [(other, "登记收件")]
    assert lines(desk, "王", Queue.DONE, after=found[0].key) == found[1:]


def test_a_claimed_task_is_its_holders_and_no_longer_his_colleagues(desk: Desk) -> None:
    enter(desk, "王", "clerk")
    enter(desk, "陈", "clerk")
    his, free = desk.open(), desk.open()
    claim(desk, his, "王")

    assert [(line.number, line.is_mine, line.assignee) for line in lines(desk, "王", Queue.TO_ACCEPT)] == [
        (his, True, "王"), (free, False, None)]
    assert shown(desk, "陈", Queue.TO_ACCEPT) == [(free, "登记收件")]


def test_a_substitute_has_the_queues_of_whom_he_stands_in_for(desk: Desk) -> None:
    enter(desk, "王", "clerk", park=HERE)
    enter(desk, "李", "reviewer")
    his, free = desk.open(park=HERE), desk.open(park=HERE)
    claim(desk, his, "王")
    with writing(desk.database) as connection:
        people.absent(connection, person="王", substitute="李", first_on=date(2026, 3, 4), last_on=date(2026, 3, 4),
                      reason="出差", by="王", now=desk.now)

    assert counted(desk, "李") == {Queue.TO_ACCEPT: 2}
    assert [(line.number, line.is_mine) for line in lines(desk, "李", Queue.TO_ACCEPT)] == [(his, False), (free, False)]
    desk.now = day(5)
    assert counted(desk, "李") == {}


def test_pages_join_without_gap_or_overlap_though_scopes_overlap(desk: Desk) -> None:
    enter(desk, "王", "clerk", park=HERE)
    with writing(desk.database) as connection:
        for scope in ({"process": "company_setup"}, {"department": "市市场监管局"}):
            people.grant(connection, NewGrant(person="王", role="clerk", since_on=JANUARY, **scope), by="管", now=desk.now)
    numbers = [desk.open(park=park) for park in (HERE, THERE, HERE, THERE, HERE)]
    claim(desk, numbers[2], "王")

    pages: list[Line] = []
    while page := lines(desk, "王", Queue.TO_ACCEPT, most=2, after=pages[-1].key if pages else None):
        pages += page

    assert [line.number for line in pages] == numbers and counted(desk, "王") == {Queue.TO_ACCEPT: 5}


def test_who_is_not_of_the_office_has_nothing_and_without_people_whatever_lies_open_is_everybodys(desk: Desk) -> None:
    number = desk.open()
    assert shown(desk, "外人", Queue.TO_ACCEPT) == [(number, "登记收件")]

    enter(desk, "王", "clerk")

    assert counted(desk, "外人") == {} and counted(desk, "王") == {Queue.TO_ACCEPT: 1}


def test_a_stricter_policy_moves_tasks_to_the_queue_of_their_lamp_and_back_when_it_ends(desk: Desk) -> None:
    enter(desk, "王", "clerk")
    enter(desk, "李", "reviewer")
    for _ in range(2):
        number = desk.open("four_permits", applicant="某公司", planning_review="告知承诺")
        desk.go(number, "register", "verify")
    assert set(counted(desk, "李")) == {Queue.IN_HAND}
    with writing(desk.database) as connection:
        rulings.enter_policy(connection, Policy(warn_workdays=30, long_warn_workdays=30), process="four_permits", park="",
                             by="孙", now=desk.now)
    assert desk.problems() == []  # not gone through yet, which is no mistake

    jobs.catch_up(desk.database, desk.office, now=desk.now)

    assert set(counted(desk, "李")) == {Queue.DUE_SOON} and desk.problems() == []
    assert {line.lamp for line in lines(desk, "李", Queue.DUE_SOON)} == {Lamp.YELLOW}
    with writing(desk.database) as connection:
        rulings.end_policy(connection, process="four_permits", park="", now=desk.now)
    assert relighting.relight_due(desk.database, desk.office) == 2 and set(counted(desk, "李")) == {Queue.IN_HAND}
    assert relighting.relight_due(desk.database, desk.office) == 0


FOUND_BY: dict[str, Callable[[str], str]] = {
    "the whole number": lambda number: number, "the beginning of the number": lambda number: number[:14],
    "the credit code": lambda number: "91430600ma40000130", "the beginning of the name": lambda number: " 岳阳华信",
    "the project's code": lambda number: "2603-430600-04-01-100012",
}


@pytest.mark.parametrize("what", FOUND_BY)
def test_a_case_is_found_by_what_people_know_of_it_and_only_by_who_may_see_it(desk: Desk, what: str) -> None:
    number = desk.open("four_permits", park=HERE, applicant="岳阳华信制造有限公司", credit_code="91430600MA40000130",
                       project_code="2603-430600-04-01-100012", planning_review="告知承诺")
    desk.now = day(5)
    desk.open(park=THERE, applicant="湘阴某公司")
    enter(desk, "王", "clerk", park=HERE)
    enter(desk, "陈", "clerk", park=THERE)

    with reading(desk.database) as connection:
        found = {who: queues.search(connection, desk.office, who, FOUND_BY[what](number), most=10, now=desk.now)
                 for who in ("王", "陈")}

    assert [(line.number, line.applicant, line.step) for line in found["王"]] == [
        (number, "岳阳华信制造有限公司", "登记收件")]
    assert found["陈"] == []


@pytest.mark.parametrize("text", ["", "  ", "岳" * 101, "岳\x00阳"])
def test_nothing_and_nonsense_are_refused_with_what_could_be_asked(desk: Desk, text: str) -> None:
    with reading(desk.database) as connection, pytest.raises(InvalidInput, match="办件编号"):
        queues.search(connection, desk.office, "王", text, most=10, now=desk.now)


@pytest.mark.parametrize("text", ["%", "_", "岳阳%", "'; DROP TABLE task; --", "\u9fff"])
def test_signs_of_the_database_find_nothing(desk: Desk, text: str) -> None:
    desk.open(applicant="岳阳华信制造有限公司")

    with reading(desk.database) as connection:
        assert queues.search(connection, desk.office, "王", text, most=10, now=desk.now) == []
