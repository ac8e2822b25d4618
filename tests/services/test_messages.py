"""The inbox: who finds a reminder, a copy or an alarm there, and who does not."""

from __future__ import annotations

from datetime import date

import pytest

from engine.errors import NotFound
from services import assigning, messages, people
from services.acting import TaskCommand
from services.database import reading, writing
from services.people import NewGrant
from services.store.oversight_pages import ListedNotification
from tests.services.desk import Desk
from tests.services.staff import ENTERED_AT, JANUARY, enter
from tests.services.test_store import noted

HERE, THERE = "湘阴高新区", "岳阳经开区"


@pytest.fixture
def waiting(desk: Desk) -> str:
    """A case whose review waits at a park, in an office with two reviewers of that park and one of another."""
    number = desk.open(park=HERE)
    desk.go(number, "register", "verify")
    with writing(desk.database) as connection:
        enter(connection, "孙", "supervisor", unit="市审改办")
        for id, unit in (("李", HERE), ("周", HERE), ("吴", THERE)):
            reviewer = NewGrant(person=enter(connection, id, unit=unit), role="reviewer", since_on=JANUARY, park=unit)
            people.grant(connection, reviewer, by="root", now=ENTERED_AT)
    return number


def inbox(desk: Desk, account: str, *, is_unread: bool = True) -> list[ListedNotification]:
    """What lies in somebody's inbox."""
    with reading(desk.database) as connection:
        desk.office.refresh(connection)
        who = messages.reader(desk.office, account, now=desk.now)
        return list(messages.messages(connection, who, is_unread=is_unread, most=50).items)


def claim(desk: Desk, number: str, by: str) -> None:
    """Take the case's first open task."""
    task = TaskCommand(task=f"{number}-{desk.tasks(number)[0].token}", by=by, now=desk.now)
    with writing(desk.database) as connection:
        assigning.claim(connection, desk.office, task)


def subjects(desk: Desk, account: str) -> list[str]:
    return [each.notification.subject for each in inbox(desk, account)]


def test_whoever_holds_the_case_finds_the_reminder_and_his_colleague_does_not(desk: Desk, waiting: str) -> None:
    claim(desk, waiting, "李")

    desk.command("remind", waiting, by="孙", addressee="李", text="请今日审查")

    assert subjects(desk, "李") == [f"催办:{waiting} 请今日审查"]
    assert subjects(desk, "周") == subjects(desk, "吴") == []
    assert desk.problems() == []


def test_a_reminder_of_what_nobody_has_claimed_is_found_by_all_who_may_and_by_nobody_elsewhere(
    desk: Desk, waiting: str,
) -> None:
    desk.command("remind", waiting, by="孙", addressee=desk.tasks(waiting)[0].unit or HERE, text="请派人审查")

    assert len(subjects(desk, "李")) == len(subjects(desk, "周")) == 1
    assert subjects(desk, "吴") == [] and desk.problems() == []


def test_whom_the_reminder_names_finds_it_beside_whoever_holds_the_case(desk: Desk, waiting: str) -> None:
    claim(desk, waiting, "李")

    desk.command("remind", waiting, by="孙", addressee="吴", text="请协助")

    assert len(subjects(desk, "李")) == len(subjects(desk, "吴")) == 1
    assert [each["recipient"] for each in desk.facts(waiting, "CaseReminded")[0]["data"]["told"]] == ["吴", "李"]


def test_whoever_stands_in_finds_what_was_meant_for_the_absent(desk: Desk, waiting: str) -> None:
    claim(desk, waiting, "李")
    with writing(desk.database) as connection:
        people.absent(connection, person="李", substitute="周", first_on=date(2026, 3, 4), last_on=date(2026, 3, 6),
                      reason="开会", by="李", now=desk.now)

    desk.command("remind", waiting, by="孙", addressee="李", text="请今日审查")

    assert len(subjects(desk, "周")) == 1


def test_a_message_is_read_once_and_only_by_whom_it_was_meant_for(desk: Desk, waiting: str) -> None:
    claim(desk, waiting, "李")
    desk.command("remind", waiting, by="孙", addressee="李", text="请今日审查")
    (message,) = inbox(desk, "李")
    id = messages.inbox.notification_id(message)

    with pytest.raises(NotFound), writing(desk.database) as connection:
        messages.read(connection, messages.reader(desk.office, "周", now=desk.now), id, now=desk.now)
    with writing(desk.database) as connection:
        messages.read(connection, messages.reader(desk.office, "李", now=desk.now), id, now=desk.now)

    assert inbox(desk, "李") == [] and len(inbox(desk, "李", is_unread=False)) == 1 and desk.problems() == []


def test_reminding_takes_at_most_eight_statements_and_an_inbox_one(desk: Desk, waiting: str) -> None:
    desk.command("remind", waiting, by="孙", addressee="李", text="请今日审查")  # the office has its people at hand from now on
    with noted(desk.database) as statements:
        desk.command("remind", waiting, by="孙", addressee="李", text="请今日审查完毕")
    sent = [statement for statement, _ in statements if not statement.startswith(("BEGIN", "SAVEPOINT"))]
    who = messages.reader(desk.office, "李", now=desk.now)
    with noted(desk.database) as asked, reading(desk.database) as connection:
        messages.unread(connection, who)

    assert len(sent) <= 8
    assert len([statement for statement, _ in asked if statement.startswith("SELECT")]) == 1
