"""Changing the people of an office, at every door: whoever does it is admitted to it first (`engine.administering`).

What is entered, and how, stands in `services.people`. Two who change people take turns, so that each is judged by what the
other has done: else two administrators at once could make one person two of the three.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection

from engine import administering as rules
from engine.case import local_day
from engine.duties import Grant, People, Person
from engine.errors import Forbidden, InvalidInput, NotFound
from engine.sentences import say
from services import people
from services.people import NewGrant, NewMandate, NewPerson
from services.store import people as store
from services.store.people import AbsenceRow, GrantRow, MandateRow, PersonRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """Who wants people changed, and when. `is_local`: said at the machine itself (the command line), where an office without a
    system administrator gets one."""

    by: str
    now: datetime
    is_local: bool = False

    @property
    def today(self) -> date:
        """The day of it in Shanghai."""
        return local_day(self.now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An account to be entered, with the roles it is to have from the first."""

    person: NewPerson
    grants: tuple[NewGrant, ...] = ()


def enter(connection: Connection, told: Instruction, entry: Entry) -> PersonRow:
    """Enter an account with its roles. Raises Forbidden, InvalidInput."""
    return enter_all(connection, told, [entry])[0]


def enter_all(
    connection: Connection, told: Instruction, entries: Sequence[Entry], *, at: Callable[[int, str], str] | None = None,
) -> list[PersonRow]:
    """Enter many accounts, all or none (the transaction is the caller's). `at`: where the entry in a place stands, with one of
    its fields, as a refusal names it; None: there is one, and no need to say. Raises Forbidden, InvalidInput."""
    register = _register(connection)
    rows = []
    for place, entry in enumerate(entries):
        try:
            row, register = _entered(connection, told, register, entry)
        except Forbidden as refusal:
            raise refusal if at is None else Forbidden(say(
                "{field}: {command}", field=at(place, ""), command=refusal.command), refusal.reason) from refusal
        except InvalidInput as refusal:
            raise refusal if at is None else InvalidInput(at(place, refusal.field), refusal.reason) from refusal
        rows.append(row)
    return rows


def change(
    connection: Connection, told: Instruction, id: str, *, name: str | None = None, unit: str | None = None,
    until_on: date | None = None,
) -> PersonRow:
    """Change an account; one that moves is let go by the administrator of both units. Raises NotFound, Forbidden,
    InvalidInput."""
    register = _register(connection)
    held = _person(register, id)
    rules.may_change(register, told.by, {held.unit, held.unit if unit is None else unit.strip()}, told.today,
                     command="change a person", account=id)
    return people.change(connection, id, name=name, unit=unit, until_on=until_on)


def grant(connection: Connection, told: Instruction, new: NewGrant) -> GrantRow:
    """Grant a role within a scope. Raises NotFound, Forbidden, InvalidInput."""
    register = _register(connection)
    _person(register, new.person)
    rules.may_grant(register, told.by, new.person, _asked(new), told.today, is_local=told.is_local)
    return people.grant(connection, new, by=told.by, now=told.now)


def end_grant(connection: Connection, told: Instruction, id: int, *, until_on: date) -> GrantRow:
    """A granted role ends with a day. Raises NotFound, Forbidden, InvalidInput."""
    register = _register(connection)
    row = store.grant(connection, id)
    if row is not None:
        rules.may_end(register, told.by, row.person, people.grant_of(row), told.today)
    return people.end_grant(connection, id, until_on=until_on, by=told.by)


def absent(
    connection: Connection, told: Instruction, *, person: str, substitute: str, first_on: date, last_on: date, reason: str,
) -> AbsenceRow:
    """Somebody is away and another does his work, says he or his administrator. Raises NotFound, Forbidden, InvalidInput."""
    register = _register(connection)
    _person(register, person)
    _person(register, substitute)
    rules.may_name_substitute(register, told.by, person, substitute, told.today)
    return people.absent(connection, person=person, substitute=substitute, first_on=first_on, last_on=last_on, reason=reason,
                         by=told.by, now=told.now)


def back(connection: Connection, told: Instruction, *, person: str) -> int:
    """Somebody is back, says he or his administrator. Returns how many absences ended. Raises NotFound, Forbidden."""
    register = _register(connection)
    _person(register, person)
    rules.may_call_back(register, told.by, person, told.today)
    return people.back(connection, person=person, now=told.now)


def entrust(connection: Connection, told: Instruction, new: NewMandate) -> MandateRow:
    """Register a mandate 委托书. Raises NotFound, Forbidden, InvalidInput."""
    register = _register(connection)
    _person(register, new.agent)
    rules.may_entrust(register, told.by, new.agent, told.today)
    return people.entrust(connection, new, by=told.by, now=told.now)


def revoke_mandate(connection: Connection, told: Instruction, number: str) -> MandateRow:
    """A mandate is revoked by the applicant, or laid down by the agent. Raises NotFound, Forbidden."""
    register = _register(connection)
    held = store.mandate(connection, number)
    if held is not None:
        rules.may_revoke(register, told.by, held.agent, told.today)
    return people.revoke_mandate(connection, number)


def _register(connection: Connection) -> People:
    """Everybody as entered, read when it is this transaction's turn to change it."""
    people.take_turn(connection)
    return people.people_in_force(connection)


def _person(register: People, id: str) -> Person:
    found = register.persons.get(id)
    if found is None:
        raise NotFound("person", id, "enter the account first")
    return found


def _entered(connection: Connection, told: Instruction, register: People, entry: Entry) -> tuple[PersonRow, People]:
    """The account as it is kept, and the register with it."""
    founding = any(rules.founds(register, new.role, told.today, is_local=told.is_local) for new in entry.grants)
    if not founding:
        rules.may_change(register, told.by, {entry.person.unit.strip()}, told.today, command="enter a person")
    row = people.enter(connection, entry.person, by=told.by, now=told.now)
    register = replace(register, persons={**register.persons, row.id: people.person_of(row)})
    for new in entry.grants:
        asked = _asked(new)
        rules.may_grant(register, told.by, row.id, asked, told.today, is_local=told.is_local)
        people.grant(connection, new, by=told.by, now=told.now)
        register = replace(register, grants={**register.grants, row.id: (*register.grants.get(row.id, ()), asked)})
    return row, register


def _asked(new: NewGrant) -> Grant:
    return Grant(role=new.role.strip(), park=new.park.strip(), department=new.department.strip(), process=new.process.strip(),
                 since_on=new.since_on, until_on=new.until_on)
