"""Who may see which case: park × department × process, from the roles somebody holds on a day (domain rules §6).

Seeing is wider than acting. Whoever holds any role of the daily work, of supervision or of a head within a scope sees the cases
of that scope; what he may do there is decided by `engine.duties`. A substitute sees what whom he stands in for sees. Whoever
keeps the accounts, the machine or the audit log, or draws the diagrams, sees no case by that: those roles are about the office,
not about applicants. An office that has entered nobody hides nothing, as it refuses nothing.

A scope leaves a place open with "". Of several, those that another covers are left out, so that few are asked for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from engine.duties import Grant, People

CONNECTOR = "connector"
"""The role of a program's account 对接程序, which does external tasks within its scope."""

BLIND = frozenset({"system_admin", "security_admin", "audit_admin", "designer", CONNECTOR})
"""The roles by which nobody sees a case."""

_OF_A_UNIT = {"department_admin": "department", "park_admin": "park"}
"""Whose scope is his own unit where his role names none, and the place it stands in."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Scope:
    """Where somebody sees cases; "" in a place: everywhere. `department`: of the case, or the unit of a task of it."""

    park: str = ""
    department: str = ""
    process: str = ""

    def covers(self, park: str, units: Collection[str], process: str) -> bool:
        """Is a case of this park and process in it, whose department or whose open tasks are these units'?"""
        return (self.park in ("", park) and self.process in ("", process)
                and (not self.department or self.department in units))

    def encloses(self, other: Scope) -> bool:
        """Is whatever the other covers in this one, too?"""
        return (self.park in ("", other.park) and self.department in ("", other.department)
                and self.process in ("", other.process))


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Reach:
    """A role within a scope: what lies open for it there may be done by whoever has it."""

    role: str
    scope: Scope


EVERYWHERE = (Scope(),)
"""Of whom everything may be seen."""


def accounts_of(people: People, account: str, on: date) -> tuple[str, ...]:
    """The account itself and those it stands in for on a day; none when it is not in office. In an office that has entered
    nobody, itself."""
    if not people.persons:
        return (account,)
    return (account, *people.away_for(account, on)) if people.is_in_office(account, on) else ()


def scopes_of(people: People, account: str, on: date, roles: Collection[str] | None = None) -> tuple[Scope, ...]:
    """Where an account sees cases on a day, wider ones first absorbing narrower. `roles`: only by one of these; None: by any
    that sees."""
    if not people.persons:
        return EVERYWHERE
    return _widest({reach.scope for reach in _reaches(people, account, on) if roles is None or reach.role in roles})


def reaches_of(people: People, account: str, on: date) -> tuple[Reach, ...]:
    """The roles an account holds on a day with their scopes, wider ones absorbing narrower of the same role; none in an office
    that has entered nobody, which knows no roles."""
    held = set(_reaches(people, account, on))
    return tuple(Reach(role=role, scope=scope) for role in sorted({reach.role for reach in held})
                 for scope in _widest({reach.scope for reach in held if reach.role == role}))


def served_of(people: People, account: str, on: date) -> tuple[Scope, ...]:
    """Of which cases a program's account does the external tasks on a day. It sees no case by that: it is given what each task
    takes."""
    if not people.persons:
        return EVERYWHERE
    grants = people.grants.get(account, ()) if people.is_in_office(account, on) else ()
    return _widest({Scope(park=grant.park, department=grant.department, process=grant.process) for grant in grants
                    if grant.role == CONNECTOR and grant.is_in_force(on)})


def sees(scopes: Iterable[Scope], park: str, units: Collection[str], process: str) -> bool:
    """Is a case in one of these scopes?"""
    return any(scope.covers(park, units, process) for scope in scopes)


def _reaches(people: People, account: str, on: date) -> Iterator[Reach]:
    for id in accounts_of(people, account, on):
        for grant in people.grants.get(id, ()):
            if grant.is_in_force(on) and grant.role not in BLIND and (scope := _scope(people, id, grant)) is not None:
                yield Reach(role=grant.role, scope=scope)


def _scope(people: People, id: str, grant: Grant) -> Scope | None:
    """The scope of a role. An administrator's own unit, where his role names none; without a unit he administers nobody, and
    sees nothing by it."""
    scope = Scope(park=grant.park, department=grant.department, process=grant.process)
    place = _OF_A_UNIT.get(grant.role)
    if place is None or getattr(scope, place):
        return scope
    unit = people.persons[id].unit if id in people.persons else ""
    if not unit:
        return None
    return Scope(park=unit if place == "park" else grant.park, process=grant.process,
                 department=unit if place == "department" else grant.department)


def _widest(scopes: Collection[Scope]) -> tuple[Scope, ...]:
    return tuple(sorted(scope for scope in scopes
                        if not any(other.encloses(scope) for other in scopes if other != scope)))
