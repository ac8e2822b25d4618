"""How far somebody rules: park × matter."""

from __future__ import annotations

from datetime import date

import pytest

from engine.duties import Grant, People, Person
from engine.errors import Forbidden
from engine.jurisdiction import Place, may_rule

TODAY, SINCE = date(2026, 11, 27), date(2026, 1, 1)
OWN, OTHER = "湘阴高新区", "临港高新区(含综合区)"


def office(unit: str = OWN, **scope: object) -> People:
    """An office of 钟, who holds one role."""
    return People(persons={"钟": Person(id="钟", name="钟", unit=unit, natural="钟", since_on=SINCE)},
                  grants={"钟": (Grant(**{"role": "park_admin", "since_on": SINCE, **scope}),)})  # type: ignore[arg-type]


@pytest.mark.parametrize(("people", "place", "may"), [
    (office(park=OWN), Place(park=OWN), True),
    (office(park=OWN), Place(park=OWN, process="four_permits"), True),
    (office(park=OWN), Place(park=OTHER), False),
    (office(park=OWN), Place(), False),  # for all parks is also for the others
    (office(), Place(park=OWN), True),  # of his unit, when his role names no park
    (office(), Place(park=OTHER), False),
    (office(unit="", park=""), Place(park=OWN), True),  # neither names one
    (office(park=OWN, process="four_permits"), Place(park=OWN, process="four_permits"), True),
    (office(park=OWN, process="four_permits"), Place(park=OWN), False),
    (office(park=OWN, until_on=date(2026, 11, 26)), Place(park=OWN), False),  # it has ended
    (office(role="system_admin"), Place(), True),
    (office(role="legal_officer", park=OWN), Place(park=OTHER), False),
    (office(role="clerk"), Place(park=OWN), False),  # no role that rules
])
def test_a_ruling_is_for_a_place_within_the_scope_of_whoever_rules(people: People, place: Place, may: bool) -> None:
    try:
        may_rule(people, "钟", place, TODAY, command="enter a policy")
    except Forbidden as refusal:
        assert not may and "钟" in str(refusal)
    else:
        assert may


def test_whoever_is_none_of_the_people_is_the_machines_operator() -> None:
    may_rule(office(park=OWN), "command line", Place(), TODAY, command="enter a policy")
