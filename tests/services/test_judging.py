"""What may be done now, said before it is done: the very answer the command would give, and nothing is changed by asking."""

from __future__ import annotations

from datetime import date

import pytest

from engine.errors import NotFound
from services import judging, people
from services.database import rehearsing, writing
from tests.services.desk import Desk

TABLES = ("fact", "task", "clock", "counter", "outbox", "errand", "notification", "card", "supervision_order", "incident")


def judged(desk: Desk, subject: str, by: str = "王") -> dict[str, str]:
    """By verb, why it is refused now; "" when it is not."""
    with rehearsing(desk.database) as connection:
        of = judging.of_task if "-" in subject else judging.of_case
        return {each.verb.name: each.reason for each in of(connection, desk.office, subject, by=by, now=desk.now)}


def task_of(desk: Desk, number: str, node: str) -> str:
    return f"{number}-{next(task.token for task in desk.tasks(number) if task.node == node)}"


def test_what_may_be_done_to_a_task_is_said_with_the_reason_why_not(desk: Desk) -> None:
    number = desk.open()
    desk.go(number, "register", "verify")

    review = judged(desk, task_of(desk, number, "review_registration"), by="李")
    same = judged(desk, task_of(desk, number, "review_registration"), by="王")

    assert review["complete_task"] == review["claim"] == review["transfer"] == review["consult"] == ""
    assert "三分离" in same["complete_task"] and "三分离" in same["claim"]
    assert "claim it first" in review["unclaim"] and "no task of several signers" in review["add_signer"]


def test_what_may_be_done_to_a_case_is_said_with_the_reason_why_not(desk: Desk) -> None:
    number = desk.open()
    desk.go(number, "register", "verify")

    found = judged(desk, number)

    assert found["suspend"] == found["withdraw"] == found["propose_extension"] == found["copy"] == ""
    assert "nothing is stopped" in found["resume_case"] and "only" in found["void"] and "no card" in found["appeal"]


def test_a_task_that_is_over_can_be_taken_back_by_whoever_did_it_and_nothing_else(desk: Desk) -> None:
    number = desk.open()
    desk.go(number, "register", "verify")
    review = task_of(desk, number, "review_registration")
    desk.go(number, "review_registration")

    found = judged(desk, review, by="李")

    assert [name for name, reason in found.items() if not reason] == ["take_back"]
    assert "completed by 李" in judged(desk, review, by="王")["take_back"]
    with pytest.raises(NotFound):
        judged(desk, f"{number}-9999")


def test_a_task_is_passed_on_only_where_a_colleague_could_take_it(desk: Desk) -> None:
    number = desk.open()
    desk.go(number, "register", "verify")
    with writing(desk.database) as connection:
        for id, role in (("李", "reviewer"), ("王", "clerk")):
            people.enter(connection, people.NewPerson(id=id, name=id, since_on=date(2026, 1, 1)), by="管", now=desk.now)
            people.grant(connection, people.NewGrant(person=id, role=role, since_on=date(2026, 1, 1)), by="管", now=desk.now)
    review = task_of(desk, number, "review_registration")
    alone = judged(desk, review, by="李")["transfer"]

    with writing(desk.database) as connection:
        people.enter(connection, people.NewPerson(id="周", name="周", since_on=date(2026, 1, 1)), by="管", now=desk.now)
        people.grant(connection, people.NewGrant(person="周", role="reviewer", since_on=date(2026, 1, 1)), by="管",
                     now=desk.now)

    assert "nobody else" in alone
    assert judged(desk, review, by="李")["transfer"] == ""


def test_asking_changes_nothing(desk: Desk) -> None:
    number = desk.open()
    desk.go(number, "register", "verify")
    before = desk.case(number), [desk.rows(table) for table in TABLES]

    judged(desk, number)
    judged(desk, task_of(desk, number, "review_registration"), by="李")

    assert (desk.case(number), [desk.rows(table) for table in TABLES]) == before
    assert desk.problems() == []
