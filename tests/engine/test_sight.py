"""Who may see which case: park × department × process, by the roles of a day."""

from __future__ import annotations

from datetime import date

import pytest

from engine.duties import Absence, Grant, People, Person
from engine.sight import EVERYWHERE, Reach, Scope, accounts_of, reaches_of, scopes_of, sees

TODAY = date(2026, 3, 4)
JANUARY = date(2026, 1, 1)
PARK, OTHER_PARK = "湘阴高新区", "平江高新区"


def office(absences: dict[str, str] | None = None, **grants: tuple[Grant, ...]) -> People:
    """People of 市住建局, each with his roles; who is away, and who does his work."""
    return People(
        persons={id: Person(id=id, name=id, unit="市住建局", natural=id, since_on=JANUARY) for id in grants}, grants=grants,
        absences={id: (Absence(substitute=substitute, first_on=TODAY, last_on=TODAY, reason="出差"),)
                  for id, substitute in (absences or {}).items()})


def grant(role: str = "clerk", until_on: date | None = None, **scope: str) -> Grant:
    return Grant(role=role, since_on=JANUARY, until_on=until_on, **scope)


@pytest.mark.parametrize(("scope", "is_seen"), [
    (Scope(), True),  # everywhere
    (Scope(park=PARK), True),
    (Scope(park=OTHER_PARK), False),
    (Scope(department="市住建局"), True),  # of the case
    (Scope(department="市水利局"), True),  # of one of its tasks
    (Scope(department="市林业局"), False),
    (Scope(process="four_permits"), True),
    (Scope(process="company_setup"), False),
    (Scope(park=PARK, department="市住建局", process="four_permits"), True),
    (Scope(park=OTHER_PARK, department="市住建局", process="four_permits"), False),  # all three have to fit
])
def test_a_scope_covers_a_case_by_park_department_or_unit_of_a_task_and_matter(scope: Scope, is_seen: bool) -> None:
    assert scope.covers(PARK, {"市住建局", "市水利局"}, "four_permits") is is_seen
    assert sees((Scope(park="无此园"), scope), PARK, {"市住建局", "市水利局"}, "four_permits") is is_seen


def test_a_wider_scope_absorbs_the_narrower_ones() -> None:
    people = office(王=(grant(park=PARK), grant(park=PARK, process="four_permits"), grant("reviewer", process="four_permits")))

    assert scopes_of(people, "王", TODAY) == (Scope(process="four_permits"), Scope(park=PARK))


def test_a_role_that_is_over_or_of_another_day_shows_nothing() -> None:
    people = office(王=(grant(until_on=date(2026, 3, 3)),))

    assert scopes_of(people, "王", TODAY) == () and scopes_of(people, "王", date(2026, 3, 3)) == (Scope(),)


@pytest.mark.parametrize("role", ["system_admin", "security_admin", "audit_admin", "designer"])
def test_administrators_of_the_machine_and_designers_see_no_case(role: str) -> None:
    people = office(管=(grant(role),), 兼=(grant(role), grant(park=PARK)))

    assert scopes_of(people, "管", TODAY) == () and scopes_of(people, "兼", TODAY) == (Scope(park=PARK),)


def test_a_department_administrator_sees_the_cases_of_his_own_unit_where_his_role_names_none() -> None:
    people = office(部=(grant("department_admin"),), 园=(grant("park_admin", park=PARK),))

    assert scopes_of(people, "部", TODAY) == (Scope(department="市住建局"),)
    assert scopes_of(people, "园", TODAY) == (Scope(park=PARK),)


def test_a_substitute_sees_what_whom_he_stands_in_for_sees() -> None:
    people = office({"王": "李"}, 王=(grant(park=PARK),), 李=(grant("reviewer", park=OTHER_PARK),))

    assert scopes_of(people, "李", TODAY) == (Scope(park=OTHER_PARK), Scope(park=PARK))
    assert accounts_of(people, "李", TODAY) == ("李", "王")
    assert scopes_of(people, "李", date(2026, 3, 5)) == (Scope(park=OTHER_PARK),)


def test_only_the_asked_roles_count_where_some_are_asked() -> None:
    people = office(王=(grant(park=PARK), grant("reviewer")))

    assert scopes_of(people, "王", TODAY, {"clerk"}) == (Scope(park=PARK),)
    assert reaches_of(people, "王", TODAY) == (
        Reach(role="clerk", scope=Scope(park=PARK)), Reach(role="reviewer", scope=Scope()))


def test_who_is_not_of_the_office_sees_nothing_and_an_office_without_people_hides_nothing() -> None:
    people = office(王=(grant(),))

    assert scopes_of(people, "外人", TODAY) == accounts_of(people, "外人", TODAY) == ()
    assert scopes_of(People(), "外人", TODAY) == EVERYWHERE and accounts_of(People(), "外人", TODAY) == ("外人",)
