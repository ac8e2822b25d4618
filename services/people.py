"""The people of an office: who they are, what they may do, who stands in for them; and the mandates of agents.

Decides how they are entered and ended, and what `engine.duties` is told of them. Every change counts in `people`, so that it
binds from the next request on, whichever process serves it. How somebody proves who he is is not known here. """

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from itertools import groupby
from operator import attrgetter
from typing import TypeAlias, TypeVar

from sqlalchemy import Connection

from engine.administering import THREE
from engine.case import local_day
from engine.duties import Absence, Deed, Grant, Mandate, People, Person, stands_outside
from engine.errors import InvalidInput, NotFound
from engine.sentences import say
from services.store import people as store
from services.store import writing
from services.store.people import AbsenceRow, GrantRow, MandateRow, PersonRow

COUNTER = "people"
"""How often anything about people has changed (`services.store.reading.RULED`)."""

ROLES = {
    "clerk": "窗口受理人员", "reviewer": "审查人(承办人)", "approver": "审批人(首席)", "head_of_office": "机关负责人",
    "head_of_government": "本级政府负责人",  # approves the extension of a joint handling
    "legal_officer": "法制审核员", "department_admin": "部门管理员", "park_admin": "园区管理员", "agent": "帮代办员",
    "supervisor": "督查员", "designer": "流程设计员", "certifier": "制证人员", "system_admin": "系统管理员",
    "security_admin": "安全管理员", "audit_admin": "审计管理员",
    "connector": "对接程序",  # a program's account: does external tasks, sees no case
}
"""The roles of domain rules §6; a diagram may name others."""

EVERY = 100_000
"""More rows than any office has people: a list that is not read page by page."""

Entered: TypeAlias = PersonRow | GrantRow | AbsenceRow | MandateRow
"""What is entered about people, by whom and when."""

_LONGEST = 100
_Row = TypeVar("_Row", GrantRow, AbsenceRow, MandateRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """An account to be entered. `identity`: the number of the identity document, "" when it is not known; only its digest is
    kept."""

    id: str
    name: str
    unit: str = ""
    identity: str = ""
    since_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class NewGrant:
    """A role to be granted; "" in a place of the scope means everywhere."""

    person: str
    role: str
    park: str = ""
    department: str = ""
    process: str = ""
    since_on: date
    until_on: date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMandate:
    """A mandate 委托书 to be entered: `agent` may do `deeds` for `principal` from `first_on` to `last_on`."""

    number: str
    agent: str
    principal: str
    deeds: frozenset[Deed]
    first_on: date
    last_on: date
    project: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An account with its roles and absences, as lists show it."""

    person: PersonRow
    grants: tuple[GrantRow, ...]
    absences: tuple[AbsenceRow, ...]


def people_in_force(connection: Connection) -> People:
    """Everybody, as the duties ask for them."""
    return People(
        persons={row.id: person_of(row) for row in store.persons(connection)},
        grants={id: tuple(map(grant_of, rows)) for id, rows in _by(store.grants(connection), "person")},
        absences={id: tuple(map(_absence, rows)) for id, rows in _by(store.absences(connection), "person")},
        mandates={id: tuple(map(_mandate, rows))
                  for id, rows in _by((row for row in store.mandates(connection) if not row.is_revoked), "agent")})


def listed(
    connection: Connection, *, on: date, unit: str | None = None, role: str | None = None, with_history: bool = False,
    after: int = 0, most: int,
) -> list[Listed]:
    """Accounts in the order of entry, from number `after` + 1; of one unit, or of those who hold a role on a day, when asked
    so. Without history: only roles and absences that are not over by then."""
    persons = store.persons_page(connection, unit=unit, role=role, on=on.isoformat(), after=after, most=most)
    ids, since = [row.id for row in persons], None if with_history else on.isoformat()
    grants = dict(_by(store.grants_of(connection, ids, since=since), "person"))
    absences = dict(_by(store.absences_of(connection, ids, since=since), "person"))
    return [Listed(person=row, grants=tuple(grants.get(row.id, ())), absences=tuple(absences.get(row.id, ())))
            for row in persons]


def account(connection: Connection, id: str) -> Listed:
    """One account with all its roles and absences. Raises NotFound."""
    row = _found(connection, id)
    return Listed(person=row, grants=tuple(store.grants(connection, row.id)),
                  absences=tuple(store.absences(connection, row.id)))


def mandates(connection: Connection, *, agent: str | None = None, after: int = 0, most: int) -> list[MandateRow]:
    """Mandates in the order of entry, from number `after` + 1, revoked ones too; `agent` None: of all agents."""
    return store.mandates_page(connection, agent=agent, after=after, most=most)


def roles_on(connection: Connection, id: str, on: date) -> frozenset[str]:
    """The roles somebody has on a day: his own, and those of whom he stands in for 代理. An administrator's of the three has
    no substitute: it would make one natural person two of them."""
    return frozenset(role for holder, role in store.roles(connection, id, on.isoformat()) if holder == id or role not in THREE)


def is_in_office(since_on: str, until_on: str | None, on: date) -> bool:
    """Is a day among those of an account? Both ends are counted; None: without end."""
    return since_on <= on.isoformat() and (until_on is None or on.isoformat() <= until_on)


def take_turn(connection: Connection) -> None:
    """Whoever judges by what is entered whether he may change it, sees what others have changed: until the transaction ends,
    nobody else does."""
    _changed(connection)


def enter(connection: Connection, new: NewPerson, *, by: str, now: datetime) -> PersonRow:
    """Enter an account; a second one with the same identity document is the same natural person. Raises InvalidInput."""
    _changed(connection)
    id = _account(new.id)
    if store.person(connection, id) is not None:
        raise InvalidInput("id", say("“{id}” is entered already: choose another account, or change that one", id=id))
    identity = sha256(f"jiban:{new.identity.strip().upper()}".encode()).hexdigest() if new.identity.strip() else ""
    first = store.first_of_identity(connection, identity) if identity else None
    row = PersonRow(id=id, number=writing.next_number(connection, "person"), name=_text("name", new.name),
                    unit=_place("unit", new.unit), identity=identity, natural=first.natural if first else id,
                    since_on=new.since_on.isoformat(), until_on=None, entered_by=by, entered_at=now)
    store.insert_person(connection, row)
    return row


def change(
    connection: Connection, id: str, *, name: str | None = None, unit: str | None = None, until_on: date | None = None,
) -> PersonRow:
    """Change an account's name or unit, or say on which day it was last in office; None leaves it. Raises NotFound,
    InvalidInput."""
    _changed(connection)
    row = _found(connection, id)
    if until_on is not None and until_on.isoformat() < row.since_on:
        raise InvalidInput("until_on", say(
            "{until_on} lies before {since_on}, when {id} came into office", until_on=until_on, since_on=row.since_on, id=id))
    row = row._replace(name=row.name if name is None else _text("name", name),
                       unit=row.unit if unit is None else _place("unit", unit),
                       until_on=row.until_on if until_on is None else until_on.isoformat())
    store.change_person(connection, row)
    return row


def grant(connection: Connection, new: NewGrant, *, by: str, now: datetime) -> GrantRow:
    """Grant a role within a scope. Raises NotFound for nobody's account, InvalidInput."""
    _changed(connection)
    _found(connection, new.person)
    if new.until_on is not None and new.until_on < new.since_on:
        raise InvalidInput("until_on", say("{until_on} lies before {since_on}", until_on=new.until_on, since_on=new.since_on))
    row = GrantRow(id=writing.next_number(connection, "role_grant"), person=new.person, role=_text("role", new.role),
                   park=_place("park", new.park), department=_place("department", new.department),
                   process=_place("process", new.process, 200),
                   since_on=new.since_on.isoformat(), until_on=new.until_on.isoformat() if new.until_on else None,
                   reason=_place("reason", new.reason, 1000), entered_by=by, entered_at=now, ended_by=None)
    store.insert_grant(connection, row)
    return row


def end_grant(connection: Connection, id: int, *, until_on: date, by: str) -> GrantRow:
    """A granted role ends with a day, earlier than it would. Raises NotFound, InvalidInput."""
    _changed(connection)
    row = store.grant(connection, id)
    if row is None:
        raise NotFound("granted role", str(id), "list those of a person")
    if row.until_on is not None and row.until_on < until_on.isoformat():
        raise InvalidInput("until_on", say(
            "the role ends with {until_on} already: to hold it longer it is granted anew", until_on=row.until_on))
    store.end_grant(connection, id, until_on=until_on.isoformat(), by=by)
    return row._replace(until_on=until_on.isoformat(), ended_by=by)


def absent(
    connection: Connection, *, person: str, substitute: str, first_on: date, last_on: date, reason: str, by: str, now: datetime,
) -> AbsenceRow:
    """Somebody is away and another does his work (代理), who is not away himself in these days. Raises NotFound,
    InvalidInput."""
    _changed(connection)
    away, stand_in = _found(connection, person), _found(connection, substitute)
    if last_on < first_on:
        raise InvalidInput("last_on", say("{last_on} lies before {first_on}", last_on=last_on, first_on=first_on))
    if away.natural == stand_in.natural:
        raise InvalidInput("substitute", say(
            "{substitute} is the same natural person as {person}", substitute=substitute, person=person))
    if any(each.first_on <= last_on.isoformat() and first_on.isoformat() <= each.last_on
           for each in store.absences(connection, substitute)):
        raise InvalidInput("substitute", say("{substitute} is away himself in these days: name another", substitute=substitute))
    row = AbsenceRow(id=writing.next_number(connection, "absence"), person=person, substitute=substitute,
                     first_on=first_on.isoformat(), last_on=last_on.isoformat(), reason=_text("reason", reason, 1000),
                     entered_by=by, entered_at=now)
    store.insert_absence(connection, row)
    return row


def back(connection: Connection, *, person: str, now: datetime) -> int:
    """Somebody is back today: his absences are over since yesterday. Returns how many ended."""
    _changed(connection)
    _found(connection, person)
    today = local_day(now)
    lasting = [each for each in store.absences(connection, person) if each.first_on <= today.isoformat() <= each.last_on]
    for each in lasting:
        store.end_absence(connection, each.id, (today - timedelta(days=1)).isoformat())
    return len(lasting)


def entrust(connection: Connection, new: NewMandate, *, by: str, now: datetime) -> MandateRow:
    """Enter a mandate 委托书. Raises NotFound for nobody's account, InvalidInput."""
    _changed(connection)
    _found(connection, new.agent)
    number = _text("number", new.number)
    if store.mandate(connection, number) is not None:
        raise InvalidInput("number", say("mandate 委托书 “{number}” is entered already", number=number))
    if new.last_on < new.first_on:
        raise InvalidInput("last_on", say("{last_on} lies before {first_on}", last_on=new.last_on, first_on=new.first_on))
    if not new.deeds:
        raise InvalidInput("deeds", say("name what it covers: {known}", known=tuple(Deed)))
    row = MandateRow(id=writing.next_number(connection, "mandate"), number=number, agent=new.agent,
                     principal=_text("principal", new.principal, 200), project=_place("project", new.project),
                     deeds=",".join(sorted(deed.value for deed in new.deeds)), first_on=new.first_on.isoformat(),
                     last_on=new.last_on.isoformat(), is_revoked=False, entered_by=by, entered_at=now)
    store.insert_mandate(connection, row)
    return row


def revoke_mandate(connection: Connection, number: str) -> MandateRow:
    """The applicant has revoked a mandate. Raises NotFound."""
    _changed(connection)
    row = store.mandate(connection, number)
    if row is None:
        raise NotFound("mandate 委托书", number)
    store.revoke_mandate(connection, row.id)
    return row._replace(is_revoked=True)


def _changed(connection: Connection) -> None:
    """Whoever works with what was read before reads it again; and two who change people take turns."""
    writing.next_number(connection, COUNTER)


def _found(connection: Connection, id: str) -> PersonRow:
    row = store.person(connection, id)
    if row is None:
        raise NotFound("person", id, "enter the account first")
    return row


def _text(field: str, value: str, longest: int = _LONGEST) -> str:
    text = value.strip()
    if not text or len(text) > longest or not text.isprintable():
        raise InvalidInput(field, say(
            "expected 1 to {most} printable characters, found {found}", most=longest, found=f"{value[:60]!r}"))
    return text


def _place(field: str, value: str, longest: int = _LONGEST) -> str:
    """A text that may be empty."""
    return _text(field, value, longest) if value.strip() else ""


def _account(value: str) -> str:
    """An account as it can stand in an address."""
    id = _text("id", value)
    if "/" in id or id in (".", ".."):
        raise InvalidInput("id", say("“{id}” cannot stand in an address: choose an account without “/”", id=id))
    if stands_outside(id):
        raise InvalidInput("id", say("“{id}” stands for the applicants themselves: choose another account", id=id))
    return id


def _by(rows: Iterable[_Row], name: str) -> list[tuple[str, list[_Row]]]:
    """Rows by the person a column names, in their order."""
    key = attrgetter(name)
    return [(id, list(of)) for id, of in groupby(sorted(rows, key=key), key=key)]


def person_of(row: PersonRow) -> Person:
    return Person(id=row.id, name=row.name, unit=row.unit, natural=row.natural, since_on=date.fromisoformat(row.since_on),
                  until_on=_day(row.until_on))


def grant_of(row: GrantRow) -> Grant:
    return Grant(role=row.role, park=row.park, department=row.department, process=row.process,
                 since_on=date.fromisoformat(row.since_on), until_on=_day(row.until_on))


def _absence(row: AbsenceRow) -> Absence:
    return Absence(substitute=row.substitute, first_on=date.fromisoformat(row.first_on),
                   last_on=date.fromisoformat(row.last_on), reason=row.reason)


def _mandate(row: MandateRow) -> Mandate:
    return Mandate(number=row.number, principal=row.principal, project=row.project,
                   deeds=frozenset(Deed(each) for each in row.deeds.split(",")), first_on=date.fromisoformat(row.first_on),
                   last_on=date.fromisoformat(row.last_on))


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
