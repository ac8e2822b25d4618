"""Who may do what to a case, once an office has entered its people: whoever holds the verb's role, and nobody from outside."""

from __future__ import annotations

from datetime import date

import pytest

from engine.errors import Forbidden
from engine.side_tasks import FIRST
from services import asking, people
from services.acting import TaskCommand
from services.database import writing
from tests.services.desk import Desk

ROLES = {"王": "clerk", "李": "reviewer", "赵": "approver", "孙": "supervisor"}


@pytest.fixture
def number(desk: Desk) -> str:
    """A case under review, in an office whose people are known."""
    with writing(desk.database) as connection:
        for id, role in ROLES.items():
            people.enter(connection, people.NewPerson(id=id, name=id, since_on=date(2026, 1, 1)), by="管", now=desk.now)
            people.grant(connection, people.NewGrant(person=id, role=role, since_on=date(2026, 1, 1)), by="管", now=desk.now)
    number = desk.open()
    desk.go(number, "register", "verify")
    return number


@pytest.mark.parametrize(("verb", "able", "unable", "given"), [
    ("pause", "李", "王", {"ground": "rectification", "basis": "园区验收办法"}),  # the reviewer stops the days
    ("terminate", "赵", "王", {"reason": "试"}),
    ("remind", "孙", "李", {"addressee": "王", "text": "请尽快"}),  # 催办 is the supervisor's
    ("propose_extension", "李", "孙", {"amount": 5, "reason": "复杂"}),  # a supervisor changes no deadline
    ("copy", "王", "外人", {"to": ["李"]}),  # anybody of the office
])
def test_a_verb_is_done_by_whoever_holds_its_role(
    desk: Desk, number: str, verb: str, able: str, unable: str, given: dict[str, object],
) -> None:
    for nobody in (unable, "外人"):
        with pytest.raises(Forbidden, match=f"^{verb} refused"):
            desk.command(verb, number, by=nobody, **given)

    desk.command(verb, number, by=able, **given)

    assert desk.problems() == []


def test_the_applicant_withdraws_though_he_is_not_of_the_office(desk: Desk, number: str) -> None:
    desk.command("withdraw", number, by="申请人", reason="不办了")

    assert desk.case(number).state == "withdrawn"


def test_what_was_sent_round_by_a_task_that_is_over_is_not_called_back_by_a_stranger(desk: Desk, number: str) -> None:
    host = next(task.token for task in desk.tasks(number) if task.node == "review_registration")
    with writing(desk.database) as connection:
        asking.ask(connection, desk.office, TaskCommand(task=f"{number}-{host}", by="李", now=desk.now), kind="distribution",
                   asked=[("市水利局", None)], text="供参考")
    desk.go(number, "review_registration")
    side = next(task.token for task in desk.tasks(number) if task.token >= FIRST)

    with pytest.raises(Forbidden, match="not among the people"), writing(desk.database) as connection:
        asking.recall(connection, desk.office, TaskCommand(task=f"{number}-{side}", by="外人", now=desk.now), reason="试")
