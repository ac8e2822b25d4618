"""Who may look at a case: by his scope, by what he has done or is given to do; for everybody else there is none."""

from __future__ import annotations

from datetime import date

import pytest

from engine.errors import NotFound
from services import asking, assigning, people
from services.acting import TaskCommand
from services.database import reading, writing
from services.people import NewGrant, NewPerson
from services.sight import visible_case, visible_task
from tests.services.desk import Desk

HERE, THERE = "湘阴高新区", "平江高新区"
JANUARY = date(2026, 1, 1)


def enter(desk: Desk, id: str, role: str = "clerk", **scope: str) -> None:
    """Somebody with a role within a scope."""
    with writing(desk.database) as connection:
        people.enter(connection, NewPerson(id=id, name=id, since_on=JANUARY), by="管", now=desk.now)
        people.grant(connection, NewGrant(person=id, role=role, since_on=JANUARY, **scope), by="管", now=desk.now)


def sees(desk: Desk, account: str, number: str) -> bool:
    """May he look at the case? And so at its tasks: the two answers are one."""
    token = desk.tasks(number)[0].token
    with reading(desk.database) as connection:
        try:
            assert visible_case(connection, desk.office, account, number, desk.now).number == number
        except NotFound as missing:
            assert str(missing) == str(NotFound("case", number))
            with pytest.raises(NotFound):
                visible_task(connection, desk.office, account, f"{number}-{token}", desk.now)
            return False
        _, task = visible_task(connection, desk.office, account, f"{number}-{token}", desk.now)
        assert task is not None and task.token == token
        return True


def test_a_case_of_another_park_is_not_there_and_neither_are_its_tasks(desk: Desk) -> None:
    here, there = desk.open(park=HERE), desk.open(park=THERE)
    enter(desk, "园", park=HERE)
    enter(desk, "市")

    assert sees(desk, "园", here) and not sees(desk, "园", there)
    assert sees(desk, "市", here) and sees(desk, "市", there)


def test_what_may_not_be_seen_is_told_in_the_very_words_of_what_does_not_exist(desk: Desk) -> None:
    there = desk.open(park=THERE)
    enter(desk, "园", park=HERE)

    for number in (there, "43060020260304999999"):
        with reading(desk.database) as connection, pytest.raises(NotFound) as told:
            visible_case(connection, desk.office, "园", number, desk.now)
        assert str(told.value) == str(NotFound("case", number))


def test_department_matter_and_the_unit_of_a_task_decide_as_well(desk: Desk) -> None:
    number = desk.open(park=HERE)
    department = desk.case(number).department
    for id, scope in {"本局": {"department": department}, "别局": {"department": "市林业局"}, "水": {"department": "市水利局"},
                      "本事": {"process": "company_setup"}, "别事": {"process": "four_permits"}}.items():
        enter(desk, id, **scope)
    assert [sees(desk, id, number) for id in ("本局", "别局", "水", "本事", "别事")] == [True, False, False, True, False]

    desk.sql("UPDATE task SET unit = '市水利局'")

    assert sees(desk, "水", number) and sees(desk, "本局", number)


@pytest.mark.parametrize("role", ["system_admin", "security_admin", "audit_admin", "designer"])
def test_whoever_keeps_the_machine_or_draws_sees_no_applicant(desk: Desk, role: str) -> None:
    number = desk.open()
    enter(desk, "管", role)
    enter(desk, "督", "supervisor")

    assert not sees(desk, "管", number) and sees(desk, "督", number)


def test_hands_stay_a_reason_to_see_when_the_role_has_gone(desk: Desk) -> None:
    number = desk.open()
    desk.go(number, "register")
    enter(desk, "王", park=HERE)  # moved to a park since
    enter(desk, "陈", park=HERE)

    assert sees(desk, "王", number) and not sees(desk, "陈", number)


def test_whoever_is_asked_or_sent_a_copy_sees_the_case_and_nobody_beside_him(desk: Desk) -> None:
    number = desk.open()
    for id in ("问", "抄", "旁"):
        enter(desk, id, "reviewer", park=HERE)
    enter(desk, "王")
    assert not any(sees(desk, id, number) for id in ("问", "抄", "旁"))

    command = TaskCommand(task=f"{number}-{desk.tasks(number)[0].token}", by="王", now=desk.now)
    with writing(desk.database) as connection:
        asking.ask(connection, desk.office, command, kind="consult", asked=[("", "问")], text="请提意见")
    desk.command("copy", number, to=["抄"], text="请阅", by="王")

    assert sees(desk, "问", number) and sees(desk, "抄", number) and not sees(desk, "旁", number)


def test_whoever_is_given_a_task_sees_its_case(desk: Desk) -> None:
    number = desk.open()
    for id in ("王", "长"):
        enter(desk, id, "head_of_office" if id == "长" else "clerk", **({} if id == "长" else {"park": HERE}))
    assert not sees(desk, "王", number)
    with writing(desk.database) as connection:
        people.grant(connection, NewGrant(person="王", role="clerk", process="company_setup", since_on=JANUARY), by="管",
                     now=desk.now)
        assigning.claim(connection, desk.office, TaskCommand(
            task=f"{number}-{desk.tasks(number)[0].token}", by="王", now=desk.now))
    desk.sql("DELETE FROM role_grant WHERE process = 'company_setup'")
    enter(desk, "陈", park=HERE)  # from here on everybody's roles are read anew

    assert sees(desk, "王", number) and not sees(desk, "陈", number)


def test_a_substitute_sees_while_the_other_is_away(desk: Desk) -> None:
    number = desk.open(park=THERE)
    enter(desk, "王", park=THERE)
    enter(desk, "李", park=HERE)
    assert not sees(desk, "李", number)

    with writing(desk.database) as connection:
        people.absent(connection, person="王", substitute="李", first_on=date(2026, 3, 4), last_on=date(2026, 3, 4),
                      reason="出差", by="王", now=desk.now)

    assert sees(desk, "李", number)


def test_in_an_office_without_people_everything_is_visible_and_afterwards_nothing_to_strangers(desk: Desk) -> None:
    number = desk.open()
    assert sees(desk, "外人", number)

    enter(desk, "王")

    assert not sees(desk, "外人", number)
