"""Who has a task: claimed, given up, assigned, transferred, delegated and resolved, each with its guard and its fact."""

from collections.abc import Callable
from datetime import date

import pytest

from engine.errors import AlreadyDecided, Forbidden, InvalidInput, NotFound
from services import assigning, people
from services.acting import TaskCommand
from services.database import writing
from services.people import NewGrant, NewPerson
from tests.services.desk import Desk

JANUARY = date(2026, 1, 1)


@pytest.fixture
def reviewing(desk: Desk) -> str:
    """A case whose registration is to be reviewed."""
    number = desk.open()
    desk.go(number, "register", "verify")
    return number


def do(desk: Desk, verb: Callable[..., object], number: str, node: str, by: str, **given: object) -> None:
    """Give a command on the open task at a node."""
    task = next(task for task in desk.tasks(number) if task.node == node)
    with writing(desk.database) as connection:
        verb(connection, desk.office, TaskCommand(task=f"{number}-{task.token}", by=by, now=desk.now), **given)


def holder(desk: Desk, number: str, node: str = "review_registration") -> tuple[str | None, str | None]:
    """Who has the task at a node, and who gets it back."""
    return next((task.assignee, task.owner) for task in desk.tasks(number) if task.node == node)


def staff(desk: Desk, **roles: str) -> None:
    """People of the office, each in one role everywhere."""
    with writing(desk.database) as connection:
        for name, role in roles.items():
            people.enter(connection, NewPerson(id=name, name=name, since_on=JANUARY), by="管理员", now=desk.now)
            people.grant(connection, NewGrant(person=name, role=role, since_on=JANUARY), by="管理员", now=desk.now)


def test_a_claimed_task_is_completed_by_nobody_else(desk: Desk, reviewing: str) -> None:
    do(desk, assigning.claim, reviewing, "review_registration", "李")

    with pytest.raises(Forbidden, match="is with 李"):
        desk.complete(reviewing, "review_registration", by="钱")
    with pytest.raises(Forbidden, match="is with 李"):
        do(desk, assigning.claim, reviewing, "review_registration", "钱")
    desk.complete(reviewing, "review_registration", by="李")
    assert desk.facts(reviewing, "TaskClaimed")[0]["data"]["person"] == "李" and desk.problems() == []


def test_a_task_that_is_given_up_is_everybodys_again(desk: Desk, reviewing: str) -> None:
    do(desk, assigning.claim, reviewing, "review_registration", "李")

    do(desk, assigning.unclaim, reviewing, "review_registration", "李")

    assert holder(desk, reviewing) == (None, None) and desk.problems() == []
    with pytest.raises(Forbidden, match="claim it first"):
        do(desk, assigning.unclaim, reviewing, "review_registration", "李")


def test_a_task_passed_on_is_the_others_for_good_and_the_reason_is_kept(desk: Desk, reviewing: str) -> None:
    do(desk, assigning.claim, reviewing, "review_registration", "李")

    do(desk, assigning.transfer, reviewing, "review_registration", "李", person="钱", reason="外出学习")

    assert holder(desk, reviewing) == ("钱", None)
    assert desk.facts(reviewing, "TaskTransferred")[0]["data"]["reason"] == "外出学习" and desk.problems() == []
    with pytest.raises(InvalidInput, match="a reason is required"):
        do(desk, assigning.transfer, reviewing, "review_registration", "钱", person="孙", reason=" ")


def test_a_delegate_gives_his_opinion_and_the_owner_decides(desk: Desk, reviewing: str) -> None:
    do(desk, assigning.delegate, reviewing, "review_registration", "李", person="钱", reason="专业问题")

    with pytest.raises(Forbidden, match="delegated it 委派"):
        desk.complete(reviewing, "review_registration", by="钱")
    with pytest.raises(Forbidden, match="cannot be delegated further"):
        do(desk, assigning.delegate, reviewing, "review_registration", "钱", person="孙", reason="再委派")
    do(desk, assigning.resolve, reviewing, "review_registration", "钱", opinion="符合规定")

    assert holder(desk, reviewing) == ("李", None)
    desk.complete(reviewing, "review_registration", by="李")
    with pytest.raises(Forbidden, match="钱 has done 审查"):
        desk.complete(reviewing, "decide_registration", by="钱")
    assert desk.problems() == []


def test_nobody_is_given_what_he_must_not_do(desk: Desk, reviewing: str) -> None:
    with pytest.raises(Forbidden, match="王 has done 受理"):
        do(desk, assigning.transfer, reviewing, "review_registration", "李", person="王", reason="忙")
    with pytest.raises(Forbidden, match="王 has done 受理"):
        do(desk, assigning.claim, reviewing, "review_registration", "王")

    assert holder(desk, reviewing) == (None, None) and "TaskTransferred" not in desk.kinds(reviewing)


def test_only_people_of_the_role_get_a_task_once_the_office_has_entered_its_people(desk: Desk, reviewing: str) -> None:
    staff(desk, 李="reviewer", 钱="clerk", 孙="department_admin")

    with pytest.raises(Forbidden, match="does not hold the role “reviewer”"):
        do(desk, assigning.assign, reviewing, "review_registration", "孙", person="钱")
    with pytest.raises(Forbidden, match="holds none of the roles"):
        do(desk, assigning.assign, reviewing, "review_registration", "李", person="李")
    do(desk, assigning.assign, reviewing, "review_registration", "孙", person="李")

    assert holder(desk, reviewing) == ("李", None) and desk.problems() == []


def test_a_role_that_has_ended_ends_what_its_holder_may_do_at_once(desk: Desk, reviewing: str) -> None:
    staff(desk, 李="reviewer")
    do(desk, assigning.claim, reviewing, "review_registration", "李")

    with writing(desk.database) as connection:
        people.end_grant(connection, 1, until_on=date(2026, 3, 3), by="管理员")

    with pytest.raises(Forbidden, match="does not hold the role"):
        desk.complete(reviewing, "review_registration", by="李")


def test_a_substitute_takes_over_what_the_absent_had(desk: Desk, reviewing: str) -> None:
    staff(desk, 李="reviewer", 钱="clerk", 赵="approver")
    do(desk, assigning.claim, reviewing, "review_registration", "李")
    with writing(desk.database) as connection:
        people.absent(connection, person="李", substitute="钱", first_on=date(2026, 3, 4), last_on=date(2026, 3, 6),
                      reason="出差", by="孙", now=desk.now)

    desk.complete(reviewing, "review_registration", by="钱")

    told = desk.facts(reviewing, "TaskCompleted")[-1]
    assert told["by"] == "钱" and told["data"]["on_behalf"] == "李" and told["data"]["natural"] == ["钱", "李"]
    assert desk.problems() == []


def test_a_verb_on_a_task_that_is_over_says_who_did_it(desk: Desk, reviewing: str) -> None:
    task = next(task for task in desk.tasks(reviewing) if task.node == "review_registration")
    desk.complete(reviewing, "review_registration")

    with writing(desk.database) as connection, pytest.raises(AlreadyDecided, match="李 completed it"):
        assigning.claim(connection, desk.office, TaskCommand(task=f"{reviewing}-{task.token}", by="钱", now=desk.now))
    with writing(desk.database) as connection, pytest.raises(NotFound, match="no task"):
        assigning.claim(connection, desk.office, TaskCommand(task="4306-1", by="钱", now=desk.now))


def test_taking_a_task_moves_no_clock(desk: Desk, reviewing: str) -> None:
    before = desk.clocks(reviewing)

    do(desk, assigning.claim, reviewing, "review_registration", "李")
    do(desk, assigning.transfer, reviewing, "review_registration", "李", person="钱", reason="忙")

    assert desk.clocks(reviewing) == before
