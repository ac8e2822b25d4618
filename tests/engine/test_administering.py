"""Who may change the people of an office: administrators within their unit, nobody for himself, three administrators apart."""

from dataclasses import replace
from datetime import date

import pytest

from engine.administering import (
    founds,
    has_system_admin,
    may_change,
    may_end,
    may_entrust,
    may_grant,
    may_name_substitute,
    may_revoke,
)
from engine.duties import Grant, People, Person
from engine.errors import Forbidden

TODAY, JANUARY = date(2026, 3, 4), date(2026, 1, 1)


def person(id: str, unit: str, natural: str = "", until_on: date | None = None) -> Person:
    return Person(id=id, name=id, unit=unit, natural=natural or id, since_on=JANUARY, until_on=until_on)


def role(role: str, until_on: date | None = None, **scope: str) -> Grant:
    return Grant(role=role, since_on=JANUARY, until_on=until_on, **scope)


OFFICE = People(
    persons={each.id: each for each in (
        person("张", "市数据局"), person("张二", "市数据局", natural="张"), person("陈", "市数据局"), person("孙", "市住建局"),
        person("周", "市住建局"), person("马", "市住建局"), person("吴", "湘阴高新区"), person("郑", "湘阴高新区"),
        person("王", "政务中心"), person("帮", "政务中心"))},
    grants={"张": (role("system_admin"),), "孙": (role("department_admin"),), "马": (role("head_of_office"),),
            "吴": (role("park_admin"),), "王": (role("clerk"),), "帮": (role("agent"),)})


def test_the_system_administrator_changes_everybody_and_gives_every_role() -> None:
    may_change(OFFICE, "张", {"市住建局", "市水利局"}, TODAY, command="change", account="马")
    may_grant(OFFICE, "张", "陈", role("security_admin"), TODAY)
    may_end(OFFICE, "张", "孙", role("department_admin"), TODAY)


def test_an_administrator_of_a_unit_gives_the_roles_of_its_work_to_its_people() -> None:
    may_change(OFFICE, "孙", {"市住建局"}, TODAY, command="change", account="周")
    may_grant(OFFICE, "孙", "周", role("reviewer", department="市住建局"), TODAY)
    may_grant(OFFICE, "吴", "郑", role("clerk", park="湘阴高新区"), TODAY)
    may_end(OFFICE, "孙", "周", role("reviewer", department="市住建局"), TODAY)


@pytest.mark.parametrize(("by", "to", "asked", "reason"), [
    ("孙", "周", role("reviewer"), "reaches further"),  # everywhere
    ("孙", "周", role("reviewer", department="市水利局"), "reaches further"),  # another department's work
    ("孙", "郑", role("reviewer", department="市住建局"), "not “湘阴高新区”"),  # another unit's person
    ("孙", "周", role("department_admin", department="市住建局"), "system administrator 系统管理员 only"),
    ("孙", "周", role("supervisor", department="市住建局"), "system administrator 系统管理员 only"),
    ("孙", "孙", role("reviewer", department="市住建局"), "nobody grants himself"),
    ("张", "张", role("clerk"), "nobody grants himself"),
    ("张", "张二", role("clerk"), "nobody grants himself"),  # nor his other account
    ("王", "周", role("reviewer"), "administers nobody"),
    ("外", "周", role("reviewer"), "not among the people"),
])
def test_a_role_beyond_ones_bounds_is_refused(by: str, to: str, asked: Grant, reason: str) -> None:
    with pytest.raises(Forbidden, match=reason):
        may_grant(OFFICE, by, to, asked, TODAY)


def test_who_holds_a_role_of_the_whole_office_is_changed_by_its_system_administrator() -> None:
    with pytest.raises(Forbidden, match="马 holds the role “head_of_office”"):
        may_change(OFFICE, "孙", {"市住建局"}, TODAY, command="change", account="马")


def test_an_administrator_of_a_narrow_role_gives_no_wider_one() -> None:
    narrow = replace(OFFICE, grants={**OFFICE.grants, "孙": (role("department_admin", park="湘阴高新区"),)})

    may_grant(narrow, "孙", "周", role("reviewer", department="市住建局", park="湘阴高新区"), TODAY)
    with pytest.raises(Forbidden, match="reaches further"):
        may_grant(narrow, "孙", "周", role("reviewer", department="市住建局"), TODAY)


def test_an_administrator_without_a_unit_administers_nobody_not_everybody() -> None:
    nowhere = replace(OFFICE, persons={**OFFICE.persons, "孙": person("孙", ""), "无": person("无", "")})

    with pytest.raises(Forbidden, match="administers no unit"):
        may_change(nowhere, "孙", {""}, TODAY, command="change", account="无")


def test_the_three_administrators_are_three_natural_persons() -> None:
    office = replace(OFFICE, grants={**OFFICE.grants, "陈": (role("system_admin"),)})

    with pytest.raises(Forbidden, match="三员分立"):
        may_grant(office, "陈", "张二", role("audit_admin"), TODAY)
    with pytest.raises(Forbidden, match="三员分立"):
        may_grant(office, "张", "陈", role("security_admin"), TODAY)


def test_one_administrators_role_may_follow_another_that_is_over() -> None:
    office = replace(OFFICE, grants={**OFFICE.grants, "陈": (role("audit_admin", until_on=date(2026, 3, 31)),)})

    may_grant(office, "张", "陈", Grant(role="security_admin", since_on=date(2026, 4, 1)), TODAY)
    with pytest.raises(Forbidden, match="三员分立"):
        may_grant(office, "张", "陈", Grant(role="security_admin", since_on=date(2026, 3, 31)), TODAY)


def test_a_supervisor_holds_no_other_role() -> None:
    with pytest.raises(Forbidden, match="changes no case data"):
        may_grant(OFFICE, "张", "王", role("supervisor"), TODAY)
    with pytest.raises(Forbidden, match="changes no case data"):
        may_grant(replace(OFFICE, grants={**OFFICE.grants, "陈": (role("supervisor"),)}), "张", "陈", role("clerk"), TODAY)


@pytest.mark.parametrize(("people", "is_local", "founded"), [
    (People(), True, True),  # nobody is entered yet
    (People(), False, False),  # and a stranger asks over the network
    (replace(OFFICE, persons={**OFFICE.persons, "张": person("张", "", until_on=date(2026, 3, 3))}), True, True),  # he has left
    (replace(OFFICE, grants={"张": (role("system_admin", until_on=date(2026, 3, 3)),)}), True, True),  # his role is over
    (OFFICE, True, False),  # there is one
])
def test_an_office_without_a_system_administrator_gets_one_at_the_machine_only(
    people: People, is_local: bool, founded: bool,
) -> None:
    assert founds(people, "system_admin", TODAY, is_local=is_local) is founded
    assert not founds(people, "clerk", TODAY, is_local=is_local)
    assert has_system_admin(OFFICE, TODAY)


def test_without_a_system_administrator_nothing_else_is_changed() -> None:
    with pytest.raises(Forbidden, match="whoever runs the machine gives it one"):
        may_change(People(), "王", {""}, TODAY, command="enter a person")
    with pytest.raises(Forbidden, match="whoever runs the machine gives it one"):
        may_grant(People(persons={"王": person("王", "")}), "王", "王", role("system_admin"), TODAY, is_local=False)


def test_a_substitute_is_named_by_the_absent_or_his_administrator_and_never_by_himself() -> None:
    may_name_substitute(OFFICE, "周", "周", "王", TODAY)
    may_name_substitute(OFFICE, "孙", "周", "王", TODAY)

    with pytest.raises(Forbidden, match="nobody makes himself the substitute"):
        may_name_substitute(OFFICE, "孙", "周", "孙", TODAY)
    with pytest.raises(Forbidden, match="administers nobody"):
        may_name_substitute(OFFICE, "王", "周", "陈", TODAY)
    with pytest.raises(Forbidden, match="only the system administrator"):
        may_name_substitute(OFFICE, "孙", "马", "周", TODAY)


def test_a_mandate_is_registered_at_the_window_and_never_by_the_agent() -> None:
    may_entrust(OFFICE, "王", "帮", TODAY)
    may_entrust(OFFICE, "张", "帮", TODAY)
    may_revoke(OFFICE, "帮", "帮", TODAY)

    with pytest.raises(Forbidden, match="the agent 帮代办员 himself"):
        may_entrust(OFFICE, "帮", "帮", TODAY)
    with pytest.raises(Forbidden, match="not “政务中心”"):
        may_entrust(OFFICE, "孙", "帮", TODAY)
    with pytest.raises(Forbidden, match="not among the people"):
        may_revoke(OFFICE, "外", "帮", TODAY)
