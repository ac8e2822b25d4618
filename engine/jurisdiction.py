"""How far somebody rules for an office: a role's scope, park × matter, bounds its rulings as it bounds its work (domain rules
§6: 园区管理员 has no say in other parks).

A ruling for all parks, or for all matters, reaches further than any scope that names one. A park administrator 园区管理员
whose role names no park rules for that of his unit. The department of a scope is not asked: whose work a matter is in a park
is said by the empowerment list when a case is received, and a ruling is made before there is one. Whoever is none of the
office's people is the machine's operator, who rules everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from engine.duties import SUPERVISOR_ROLE, Grant, People
from engine.errors import Forbidden
from engine.sentences import say

PARK_ADMIN = "park_admin"
RULERS = frozenset({"system_admin", "department_admin", PARK_ADMIN, "legal_officer", "head_of_office"})
"""Whose rulings the doors take."""

DECIDERS = RULERS | {SUPERVISOR_ROLE}
"""Who decides, as a second person, on a change of the calendar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a ruling is for. `park` "": all parks; `process` "": all matters."""

    park: str = ""
    process: str = ""


def may_rule(
    people: People, by: str, place: Place, on: date, *, command: str, roles: frozenset[str] = RULERS,
) -> None:
    """Somebody may enter or end a ruling for a place, or decide on one, in one of these roles. Raises Forbidden."""
    if by not in people.persons:
        return
    person = people.person(by, on, command)
    unit = person.unit if person else ""
    held = [grant for grant in people.grants.get(by, ()) if grant.role in roles and grant.is_in_force(on)]
    if any(_park(grant, unit) in ("", place.park) and grant.process in ("", place.process) for grant in held):
        return
    own = sorted({" ".join(filter(None, (_park(grant, unit), grant.process))) for grant in held})
    raise Forbidden(command, say(
        "{by} rules for {own} only, and this one is for {park}, {process}; whoever rules there does it, or for all parks and "
        "matters the system administrator 系统管理员", by=by, own="、".join(own) or say("no park"),
        park=place.park or say("all parks"), process=place.process or say("all matters")))


def _park(grant: Grant, unit: str) -> str:
    return grant.park or (unit if grant.role == PARK_ADMIN else "")
