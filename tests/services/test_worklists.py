"""What a person may do now: his own tasks, the open ones of his roles in their scope, and those of whom he stands in for."""

from __future__ import annotations

from datetime import date

import pytest

from engine.errors import Forbidden
from services import assigning, people, worklists
from services.acting import TaskCommand
from services.database import reading as read
from services.database import writing as write
from services.people import NewGrant, NewPerson
from services.store import reading
from services.store import worklists as store
from tests.services.desk import Desk
from tests.services.test_store import SQLITE, fill, noted, plan_of

JANUARY = date(2026, 1, 1)
LISTS = {
    "held": (lambda connection: store.held(connection, "李", after=(0, -1), most=50), "ix_task_assignee"),
    "of an assignee": (lambda connection: reading.tasks_page(connection, assignee="李", most=50), "ix_task_assignee"),
    "of a role": (lambda connection: store.offered(connection, role="approver", park="", department="", process="",
                                                   after=(0, -1), most=50), "ix_task_role_case_id_token"),
    "of a role in a park": (lambda connection: store.offered(connection, role="approver", park="甲", department="", process="p",
                                                             after=(4000, 0), most=50), "ix_task_role_case_id_token"),
}


def staff(desk: Desk, **roles: str) -> None:
    """People, each in one role everywhere."""
    for name, role in roles.items():
        enter(desk, name, role)


def enter(desk: Desk, name: str, role: str, **scope: str) -> None:
    with write(desk.database) as connection:
        people.enter(connection, NewPerson(id=name, name=name, since_on=JANUARY), by="张", now=desk.now)
        people.grant(connection, NewGrant(person=name, role=role, since_on=JANUARY, **scope), by="张", now=desk.now)


def mine(desk: Desk, person: str, **page: object) -> list[str]:
    """The ids of the tasks a person is shown."""
    with read(desk.database) as connection:
        found = worklists.mine(connection, desk.office, person, now=desk.now, **{"most": 50, **page})
    return [f"{each.number}-{each.task.token}" for each in found]


def task(desk: Desk, number: str) -> str:
    return f"{number}-{desk.tasks(number)[0].token}"


def claim(desk: Desk, number: str, by: str) -> None:
    with write(desk.database) as connection:
        assigning.claim(connection, desk.office, TaskCommand(task=task(desk, number), by=by, now=desk.now))


def test_a_clerk_sees_what_he_has_and_what_lies_open_for_his_role(desk: Desk) -> None:
    staff(desk, 王="clerk", 陈="clerk", 李="reviewer")
    his, other, free = (desk.open() for _ in range(3))
    claim(desk, his, "王")
    claim(desk, other, "陈")

    assert mine(desk, "王") == [task(desk, his), task(desk, free)]
    assert mine(desk, "陈") == [task(desk, other), task(desk, free)] and mine(desk, "李") == []


def test_a_role_in_a_park_or_for_a_department_or_process_shows_only_its_work(desk: Desk) -> None:
    here, there = desk.open(park="湘阴高新区"), desk.open(park="平江高新区")
    department = desk.tasks(here)[0].unit or desk.case(here).department
    assert department
    for name, scope in {"园": {"park": "湘阴高新区"}, "部": {"department": department}, "别部": {"department": "无此局"},
                        "事": {"process": "company_setup"}, "别事": {"process": "four_permits"}}.items():
        enter(desk, name, "clerk", **scope)

    assert mine(desk, "园") == [task(desk, here)]
    assert mine(desk, "部") == mine(desk, "事") == [task(desk, here), task(desk, there)]
    assert mine(desk, "别部") == mine(desk, "别事") == []


def test_work_of_a_unit_is_shown_to_its_people_whatever_the_department_of_the_case(desk: Desk) -> None:
    number = desk.open()
    desk.sql("UPDATE task SET unit = '市住建局'")
    enter(desk, "住", "clerk", department="市住建局")
    enter(desk, "水", "clerk", department="市水利局")

    assert mine(desk, "住") == [task(desk, number)] and mine(desk, "水") == []


def test_a_substitute_sees_what_the_absent_had_and_may_do(desk: Desk) -> None:
    staff(desk, 王="clerk", 李="reviewer")
    his, free = desk.open(), desk.open()
    claim(desk, his, "王")
    assert mine(desk, "李") == []

    with write(desk.database) as connection:
        people.absent(connection, person="王", substitute="李", first_on=date(2026, 3, 4), last_on=date(2026, 3, 6),
                      reason="出差", by="王", now=desk.now)

    assert mine(desk, "李") == [task(desk, his), task(desk, free)]


def test_pages_of_a_worklist_join_without_gap_or_overlap(desk: Desk) -> None:
    enter(desk, "王", "clerk", process="company_setup")  # overlaps with the next, and neither covers the other
    with write(desk.database) as connection:
        for role, park in (("clerk", "湘阴高新区"), ("reviewer", "")):
            people.grant(connection, NewGrant(person="王", role=role, park=park, since_on=JANUARY), by="张", now=desk.now)
    numbers = [desk.open(park="湘阴高新区") for _ in range(5)]
    claim(desk, numbers[3], "王")

    whole, first = mine(desk, "王"), mine(desk, "王", most=2)
    row = desk.case(numbers[1])
    rest = mine(desk, "王", after=(row.id, desk.tasks(numbers[1])[0].token))

    assert whole == [task(desk, number) for number in numbers] and first + rest == whole


def test_a_task_his_hands_are_not_free_for_is_marked_with_the_reason(desk: Desk) -> None:
    enter(desk, "李", "clerk")
    with write(desk.database) as connection:
        people.grant(connection, NewGrant(person="李", role="reviewer", since_on=JANUARY), by="张", now=desk.now)
    desk.by = "李"
    received = desk.open()
    desk.complete(received, "register", by="李")
    desk.complete(received, "verify", by="李")

    with read(desk.database) as connection:
        found = worklists.mine(connection, desk.office, "李", most=50, now=desk.now)
        barred = worklists.barred(connection, desk.office, "李", found, now=desk.now)

    assert [each.task.node for each in found] == ["review_registration"]
    assert [("李 has done 受理" in reason) for reason in barred.values()] == [True] and list(barred) == [found[0].key]


def test_who_is_not_of_the_office_has_no_worklist_and_without_people_only_what_he_has(desk: Desk) -> None:
    his, _ = desk.open(), desk.open()
    claim(desk, his, "王")

    assert mine(desk, "王") == [task(desk, his)]
    enter(desk, "李", "reviewer")
    with pytest.raises(Forbidden, match="not among the people"):
        mine(desk, "王")


@pytest.mark.parametrize("name", LISTS)
def test_a_worklist_is_read_in_the_order_of_its_index(desk: Desk, name: str) -> None:
    listed, index = LISTS[name]
    desk.open()
    fill(desk.database)
    desk.sql("UPDATE task SET assignee = '李' WHERE case_id % 100 = 1")
    desk.sql("ANALYZE")

    with noted(desk.database) as statements, write(desk.database) as connection:
        listed(connection)
    plan = plan_of(desk.database, *statements[-1])

    assert SQLITE.get(index, index) in plan and not any(word in plan for word in ("Seq Scan", "SCAN", "TEMP B-TREE")), plan


def test_work_of_one_unit_is_found_by_the_unit(desk: Desk) -> None:
    desk.open()
    fill(desk.database)
    desk.sql("UPDATE task SET unit = '市住建局' WHERE case_id % 100 = 0")
    desk.sql("ANALYZE")

    with noted(desk.database) as statements, write(desk.database) as connection:
        found = store.offered(connection, role="approver", park="", department="市住建局", process="", after=(0, -1), most=20)
    plans = [plan_of(desk.database, *statement) for statement in statements if "task.unit" in statement[0]]

    assert len(found) == 20 and "ix_task_unit" in plans[0], plans
    assert not any(word in plan for plan in plans for word in ("Seq Scan on task", "SCAN", "TEMP B-TREE")), plans
