"""Who is told on which rung, and where they are looked up."""

from itertools import pairwise

import pytest

from engine.errors import InvalidInput
from engine.ladder import LADDER, SEATS, Moment, Rank, Role, Rung, contact_of
from engine.limits import LimitKind

BY_NAME = {rung.name: rung for rung in LADDER}


def test_the_further_a_case_is_late_the_more_people_are_told() -> None:
    order = ["warning", "due_day", "first_day_late", "second_day_late", "fifth_day_late"]

    told = [set(BY_NAME[name].to) for name in order]

    assert all(fewer < more for fewer, more in pairwise(told))
    assert told[0] == {Role.REVIEWER, Role.CLERK}
    assert told[4] - told[3] == {Role.GOVERNMENT_SUPERVISION, Role.REFORM_OFFICE}


def test_only_the_fifth_day_and_a_result_nobody_signs_for_write_a_supervision_order() -> None:
    assert [rung.name for rung in LADDER if rung.issues_order] == ["fifth_day_late", "receipt_over"]


@pytest.mark.parametrize(("role", "expected"), [
    (Role.SECTION_HEAD, ("市住建局", Rank.HEAD)),
    (Role.DEPARTMENT_ADMINISTRATOR, ("市住建局", Rank.LIAISON)),
    (Role.DEPARTMENT_LEADER, ("市住建局", Rank.LEADER)),
    (Role.PARK_ADMINISTRATOR, ("湘阴高新区", Rank.LIAISON)),
    (Role.REFORM_OFFICE, ("市审改办", Rank.LIAISON)),
    (Role.GOVERNMENT_SUPERVISION, ("市政府督查室", Rank.LIAISON)),
    (Role.REVIEWER, None),  # whoever works on the case
    (Role.SUPERVISOR, None),  # a role of the application
])
def test_a_role_is_looked_up_in_the_contact_book_by_unit_and_rank(role: Role, expected: tuple[str, Rank] | None) -> None:
    assert contact_of(role, department="市住建局", park="湘阴高新区") == expected


def test_a_case_outside_the_parks_has_no_park_to_ask() -> None:
    assert contact_of(Role.PARK_ADMINISTRATOR, department="市住建局", park="") is None


def test_every_role_has_a_seat() -> None:
    assert set(SEATS) == set(Role)


@pytest.mark.parametrize(("changed", "field"), [
    ({"name": " "}, "name"), ({"workdays": -1}, "workdays"), ({"workdays": 1, "moment": Moment.LAPSE}, "workdays"),
    ({"kinds": frozenset()}, "kinds"), ({"to": ()}, "to"), ({"to": (Role.CLERK, Role.CLERK)}, "to"),
])
def test_a_rung_that_makes_no_sense_is_refused(changed: dict[str, object], field: str) -> None:
    given = {"name": "late", "label": "超期", "moment": Moment.WORKDAY, "kinds": frozenset({LimitKind.PROMISED}),
             "to": (Role.CLERK,), **changed}

    with pytest.raises(InvalidInput) as refused:
        Rung(**given)  # type: ignore[arg-type]

    assert refused.value.field == field
