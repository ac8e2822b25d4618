"""Scopes of supervisors, what of them a statement can say, and lists that are walked through what is not wanted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pytest

from engine.duties import Grant, People, Person
from engine.sight import EVERYWHERE, Scope, scopes_of
from services.store.watching import Place
from services.watching import PAGE, ROUNDS, Within, walked

A, B = Place("甲园", "住建局", "p"), Place("乙园", "公安局", "q")
TODAY = date(2026, 3, 13)


def people(*grants: Grant) -> People:
    """An office where 孙 holds these roles."""
    sun = Person(id="孙", name="孙", unit="", natural="孙", since_on=date(2026, 1, 1))
    return People(persons={"孙": sun}, grants={"孙": grants})


@pytest.mark.parametrize(("scopes", "wanted"), [
    (EVERYWHERE, {}),
    ((Scope(park="甲园"),), {"park": ["甲园"]}),
    ((Scope(park="甲园"), Scope(park="乙园", process="q")), {"park": ["乙园", "甲园"]}),
    ((Scope(park="甲园"), Scope(department="公安局")), {}),  # no set of columns says it
    ((), {"park": [], "department": [], "process": []}),  # nothing at all
])
def test_a_scope_is_asked_of_the_database_as_far_as_columns_can_say_it(
    scopes: tuple[Scope, ...], wanted: Mapping[str, Sequence[str]],
) -> None:
    assert Within(scopes=scopes).wanted == wanted


@pytest.mark.parametrize(("scopes", "seen"), [
    (EVERYWHERE, (True, True)),
    ((Scope(park="甲园"),), (True, False)),
    ((Scope(park="甲园", department="公安局"),), (False, False)),
    ((Scope(park="甲园"), Scope(department="公安局")), (True, True)),
    ((), (False, False)),
])
def test_what_lies_in_one_of_the_scopes_may_be_seen(scopes: tuple[Scope, ...], seen: tuple[bool, bool]) -> None:
    assert tuple(Within(scopes=scopes).holds(place) for place in (A, B)) == seen


def test_a_case_without_a_park_is_in_no_scope_that_names_one() -> None:
    nowhere = Place("", "住建局", "p")

    assert not Within(scopes=(Scope(park="甲园"),)).holds(nowhere)
    assert Within(scopes=EVERYWHERE, park="").holds(nowhere) and not Within(scopes=EVERYWHERE, park="").holds(A)


def test_only_the_roles_a_supervisor_holds_today_count() -> None:
    grants = (Grant(role="supervisor", park="甲园", since_on=date(2026, 1, 1)),
              Grant(role="supervisor", park="乙园", since_on=date(2026, 1, 1), until_on=date(2026, 3, 12)),
              Grant(role="supervisor", park="甲园", process="p", since_on=date(2026, 1, 1)),
              Grant(role="clerk", since_on=date(2026, 1, 1)))

    assert scopes_of(people(*grants), "孙", TODAY, {"supervisor"}) == (Scope(park="甲园"),)
    assert scopes_of(people(*grants), "李", TODAY, {"supervisor"}) == ()
    assert scopes_of(People(), "anybody", TODAY, {"supervisor"}) == EVERYWHERE  # the office has entered nobody


def test_a_list_in_which_little_is_wanted_goes_on_where_it_was_left() -> None:
    rows = range(PAGE * ROUNDS * 2)

    def fetch(last: int | None) -> Sequence[int]:
        begins = 0 if last is None else last + 1
        return rows[begins:begins + PAGE]

    few, following = walked(fetch, lambda row: row == 7, 50)
    many, after = walked(fetch, lambda row: True, 50)

    assert (few, following) == ([7], PAGE * ROUNDS - 1) and (many[-1], after) == (49, 49)
    assert walked(lambda last: [] if last else [1], lambda row: True, 50) == ([1], None)
