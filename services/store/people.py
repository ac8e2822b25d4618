"""The statements about people: accounts, roles with a scope, absences, mandates. All of it is small and is read as a whole."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, insert, select, update

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
_PERSONS_PAGE = _PERSONS.where(t.person.c.number > bindparam("after")).limit(bindparam("most"))
_PERSON = select(t.person).where(t.person.c.id == bindparam("of_id"))
_FIRST_OF = (select(t.person).where(t.person.c.identity == bindparam("of_identity")).order_by(t.person.c.number).limit(1))
_GRANTS, _ABSENCES = select(t.role_grant).order_by(t.role_grant.c.id), select(t.absence).order_by(t.absence.c.id)
_MANDATES = select(t.mandate).order_by(t.mandate.c.id)
_GRANT = select(t.role_grant).where(t.role_grant.c.id == bindparam("of_id"))
_GRANTS_OF = _GRANTS.where(t.role_grant.c.person == bindparam("of_person"))
_ABSENCES_OF = _ABSENCES.where(t.absence.c.person == bindparam("of_person"))
_MANDATE = select(t.mandate).where(t.mandate.c.number == bindparam("of_number"))
_MANDATES_PAGE = _MANDATES.where(t.mandate.c.id > bindparam("after")).limit(bindparam("most"))
_INSERT_PERSON, _INSERT_GRANT = insert(t.person), insert(t.role_grant)
_INSERT_ABSENCE, _INSERT_MANDATE = insert(t.absence), insert(t.mandate)
_CHANGE_PERSON = (update(t.person).where(t.person.c.id == bindparam("of_id"))
                  .values({name: bindparam(f"new_{name}") for name in ("name", "unit", "until_on")}))
_END_GRANT = (update(t.role_grant).where(t.role_grant.c.id == bindparam("of_id"))
              .values(until_on=bindparam("ended_on"), ended_by=bindparam("ended")))
_END_ABSENCE = update(t.absence).where(t.absence.c.id == bindparam("of_id")).values(last_on=bindparam("ended_on"))
_REVOKE_MANDATE = update(t.mandate).where(t.mandate.c.id == bindparam("of_id")).values(is_revoked=True)


def persons(connection: Connection, *, after: int = 0, most: int | None = None) -> list[PersonRow]:
    """Accounts in the order of entry, after a number; `most` None: all of them."""
    if most is None:
        return [PersonRow._make(row) for row in connection.execute(_PERSONS)]
    return [PersonRow._make(row) for row in connection.execute(_PERSONS_PAGE, {"after": after, "most": most})]


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


def grant(connection: Connection, id: int) -> GrantRow | None:
    """A granted role."""
    row = connection.execute(_GRANT, {"of_id": id}).first()
    return GrantRow._make(row) if row else None


def absences(connection: Connection, person: str | None = None) -> list[AbsenceRow]:
    """Absences in the order of entry; `person` None: everybody's."""
    found = connection.execute(_ABSENCES) if person is None else connection.execute(_ABSENCES_OF, {"of_person": person})
    return [AbsenceRow._make(row) for row in found]


def mandates(connection: Connection, *, after: int = 0, most: int | None = None) -> list[MandateRow]:
    """Mandates in the order of entry, after a number; `most` None: all of them."""
    if most is None:
        return [MandateRow._make(row) for row in connection.execute(_MANDATES)]
    return [MandateRow._make(row) for row in connection.execute(_MANDATES_PAGE, {"after": after, "most": most})]


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
