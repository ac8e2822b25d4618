"""The statements about people: accounts, roles with a scope, absences, mandates. All of it is small: the duties read it as a
whole, lists page by page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, String, bindparam, insert, or_, select, union, update

from services import tables as t


class PersonRow(NamedTuple):
    """An account, numbered in the order of entry. `natural`: the first account of the same natural person."""

    id: str
    number: int
    name: str
    unit: str
    identity: str
    natural: str
    since_on: str
    until_on: str | None
    entered_by: str
    entered_at: datetime


class GrantRow(NamedTuple):
    """A role of an account within a scope."""

    id: int
    person: str
    role: str
    park: str
    department: str
    process: str
    since_on: str
    until_on: str | None
    reason: str
    entered_by: str
    entered_at: datetime
    ended_by: str | None


class AbsenceRow(NamedTuple):
    """Who is away, and who does his work meanwhile."""

    id: int
    person: str
    substitute: str
    first_on: str
    last_on: str
    reason: str
    entered_by: str
    entered_at: datetime


class MandateRow(NamedTuple):
    """What an agent may do for an applicant."""

    id: int
    number: str
    agent: str
    principal: str
    project: str
    deeds: str
    first_on: str
    last_on: str
    is_revoked: bool
    entered_by: str
    entered_at: datetime


_PERSONS = select(t.person).order_by(t.person.c.number)
_UNIT, _ROLE, _AGENT = (bindparam(name, type_=String) for name in ("unit", "role", "of_agent"))
_HOLDS = select(t.role_grant.c.id).where(
    t.role_grant.c.person == t.person.c.id, t.role_grant.c.role == _ROLE, t.role_grant.c.since_on <= bindparam("on"),
    or_(t.role_grant.c.until_on.is_(None), t.role_grant.c.until_on >= bindparam("on"))).exists()
_PERSONS_PAGE = (_PERSONS.where(t.person.c.number > bindparam("after"), or_(_UNIT.is_(None), t.person.c.unit == _UNIT),
                                or_(_ROLE.is_(None), _HOLDS)).limit(bindparam("most")))
_PERSON = select(t.person).where(t.person.c.id == bindparam("of_id"))
_FIRST_OF = (select(t.person).where(t.person.c.identity == bindparam("of_identity")).order_by(t.person.c.number).limit(1))
_GRANTS, _ABSENCES = select(t.role_grant).order_by(t.role_grant.c.id), select(t.absence).order_by(t.absence.c.id)
_MANDATES = select(t.mandate).order_by(t.mandate.c.id)
_GRANT = select(t.role_grant).where(t.role_grant.c.id == bindparam("of_id"))
_GRANTS_OF = _GRANTS.where(t.role_grant.c.person == bindparam("of_person"))
_ABSENCES_OF = _ABSENCES.where(t.absence.c.person == bindparam("of_person"))
_SINCE = bindparam("since", type_=String)
_GRANTS_OF_MANY = _GRANTS.where(t.role_grant.c.person.in_(bindparam("ids", expanding=True)), or_(
    _SINCE.is_(None), t.role_grant.c.until_on.is_(None), t.role_grant.c.until_on >= _SINCE))
_ABSENCES_OF_MANY = _ABSENCES.where(t.absence.c.person.in_(bindparam("ids", expanding=True)),
                                    or_(_SINCE.is_(None), t.absence.c.last_on >= _SINCE))
_MANDATE = select(t.mandate).where(t.mandate.c.number == bindparam("of_number"))
_MANDATES_PAGE = (_MANDATES.where(t.mandate.c.id > bindparam("after"), or_(_AGENT.is_(None), t.mandate.c.agent == _AGENT))
                  .limit(bindparam("most")))
_HELD = select(t.role_grant.c.person, t.role_grant.c.role).where(
    t.role_grant.c.since_on <= bindparam("on"),
    or_(t.role_grant.c.until_on.is_(None), t.role_grant.c.until_on >= bindparam("on")))
_ROLES = union(
    _HELD.where(t.role_grant.c.person == bindparam("of_person")),
    _HELD.join(t.absence, t.absence.c.person == t.role_grant.c.person).where(
        t.absence.c.substitute == bindparam("of_person"), t.absence.c.first_on <= bindparam("on"),
        t.absence.c.last_on >= bindparam("on")))
_INSERT_PERSON, _INSERT_GRANT = insert(t.person), insert(t.role_grant)
_INSERT_ABSENCE, _INSERT_MANDATE = insert(t.absence), insert(t.mandate)
_CHANGE_PERSON = (update(t.person).where(t.person.c.id == bindparam("of_id"))
                  .values({name: bindparam(f"new_{name}") for name in ("name", "unit", "until_on")}))
_END_GRANT = (update(t.role_grant).where(t.role_grant.c.id == bindparam("of_id"))
              .values(until_on=bindparam("ended_on"), ended_by=bindparam("ended")))
_END_ABSENCE = update(t.absence).where(t.absence.c.id == bindparam("of_id")).values(last_on=bindparam("ended_on"))
_REVOKE_MANDATE = update(t.mandate).where(t.mandate.c.id == bindparam("of_id")).values(is_revoked=True)


def persons(connection: Connection) -> list[PersonRow]:
    """All accounts in the order of entry."""
    return [PersonRow._make(row) for row in connection.execute(_PERSONS)]


def persons_page(
    connection: Connection, *, unit: str | None, role: str | None, on: str, after: int, most: int,
) -> list[PersonRow]:
    """Accounts in the order of entry, after a number; `unit`, `role` (held on a day): None asks for all."""
    given = {"unit": unit, "role": role, "on": on, "after": after, "most": most}
    return [PersonRow._make(row) for row in connection.execute(_PERSONS_PAGE, given)]


def person(connection: Connection, id: str) -> PersonRow | None:
    """An account."""
    row = connection.execute(_PERSON, {"of_id": id}).first()
    return PersonRow._make(row) if row else None


def first_of_identity(connection: Connection, identity: str) -> PersonRow | None:
    """The first account with this identity document."""
    row = connection.execute(_FIRST_OF, {"of_identity": identity}).first()
    return PersonRow._make(row) if row else None


def grants(connection: Connection, person: str | None = None) -> list[GrantRow]:
    """Roles in the order of entry; `person` None: everybody's."""
    found = connection.execute(_GRANTS) if person is None else connection.execute(_GRANTS_OF, {"of_person": person})
    return [GrantRow._make(row) for row in found]


def grants_of(connection: Connection, persons: Sequence[str], *, since: str | None) -> list[GrantRow]:
    """Roles of accounts in the order of entry, that are not over by a day; `since` None: those, too."""
    given = {"ids": list(persons), "since": since}
    return [GrantRow._make(row) for row in connection.execute(_GRANTS_OF_MANY, given)]


def roles(connection: Connection, person: str, on: str) -> list[tuple[str, str]]:
    """The roles held on a day by somebody and by those whose work he does because they are away, each with its holder."""
    return [(row[0], row[1]) for row in connection.execute(_ROLES, {"of_person": person, "on": on})]


def absences_of(connection: Connection, persons: Sequence[str], *, since: str | None) -> list[AbsenceRow]:
    """Absences of accounts, as `grants_of`."""
    given = {"ids": list(persons), "since": since}
    return [AbsenceRow._make(row) for row in connection.execute(_ABSENCES_OF_MANY, given)]


def grant(connection: Connection, id: int) -> GrantRow | None:
    """A granted role."""
    row = connection.execute(_GRANT, {"of_id": id}).first()
    return GrantRow._make(row) if row else None


def absences(connection: Connection, person: str | None = None) -> list[AbsenceRow]:
    """Absences in the order of entry; `person` None: everybody's."""
    found = connection.execute(_ABSENCES) if person is None else connection.execute(_ABSENCES_OF, {"of_person": person})
    return [AbsenceRow._make(row) for row in found]


def mandates(connection: Connection) -> list[MandateRow]:
    """All mandates in the order of entry."""
    return [MandateRow._make(row) for row in connection.execute(_MANDATES)]


def mandates_page(connection: Connection, *, agent: str | None, after: int, most: int) -> list[MandateRow]:
    """Mandates in the order of entry, after a number; `agent` None: everybody's."""
    given = {"of_agent": agent, "after": after, "most": most}
    return [MandateRow._make(row) for row in connection.execute(_MANDATES_PAGE, given)]


def mandate(connection: Connection, number: str) -> MandateRow | None:
    """A mandate by the number of its 委托书."""
    row = connection.execute(_MANDATE, {"of_number": number}).first()
    return MandateRow._make(row) if row else None


def insert_person(connection: Connection, row: PersonRow) -> None:
    """Write an account."""
    connection.execute(_INSERT_PERSON, row._asdict())


def change_person(connection: Connection, row: PersonRow) -> None:
    """Write an account's name, unit and last day."""
    connection.execute(_CHANGE_PERSON, {"of_id": row.id, "new_name": row.name, "new_unit": row.unit,
                                        "new_until_on": row.until_on})


def insert_grant(connection: Connection, row: GrantRow) -> None:
    """Write a granted role."""
    connection.execute(_INSERT_GRANT, row._asdict())


def end_grant(connection: Connection, id: int, *, until_on: str, by: str) -> None:
    """A granted role ends with a day."""
    connection.execute(_END_GRANT, {"of_id": id, "ended_on": until_on, "ended": by})


def insert_absence(connection: Connection, row: AbsenceRow) -> None:
    """Write an absence."""
    connection.execute(_INSERT_ABSENCE, row._asdict())


def end_absence(connection: Connection, id: int, last_on: str) -> None:
    """Somebody is back earlier than he had said."""
    connection.execute(_END_ABSENCE, {"of_id": id, "ended_on": last_on})


def insert_mandate(connection: Connection, row: MandateRow) -> None:
    """Write a mandate."""
    connection.execute(_INSERT_MANDATE, row._asdict())


def revoke_mandate(connection: Connection, id: int) -> None:
    """A mandate covers nothing any more."""
    connection.execute(_REVOKE_MANDATE, {"of_id": id})
