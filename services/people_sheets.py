"""People as a sheet: a CSV or XLSX file, one role a line, as offices keep such lists.

Decides how a row becomes an account with its role. An account may stand on several lines, one for each of its roles, and is the
same person on all of them. All lines are right, or nothing is entered; who may enter them is decided elsewhere
(`services.administering`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from engine.errors import InvalidInput
from engine.sentences import say
from services.administering import Entry
from services.people import ROLES, NewGrant, NewPerson
from services.sheets import SheetRow, every, plain
from services.sheets import read_sheet as rows_of

COLUMNS: Mapping[str, str] = {"id": "账号", "name": "姓名", "unit": "单位", "identity": "证件号码", "role": "角色",
                              "park": "园区", "department": "部门", "process": "事项"}
OPTIONAL = ("unit", "identity", "role", "park", "department", "process")

_ROLES = {plain(word): role for role, name in ROLES.items() for word in (role, name, name.partition("(")[0])}


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleSheet:
    """The accounts of a sheet, and of each the line on which it stands first."""

    entries: tuple[Entry, ...]
    lines: tuple[int, ...]

    def at(self, place: int, field: str) -> str:
        """Where the account in a place stands, with the column of a field; as an error names it."""
        return f"line {self.lines[place]} {COLUMNS.get(field, '')}".rstrip()


def read_sheet(data: bytes, *, file: str, since_on: date) -> PeopleSheet:
    """The people of a CSV or XLSX file with the columns of `COLUMNS`, in office and in their roles from a day on. Raises
    InvalidInput, which names the first wrong line and column and tells of the others."""
    entries: dict[str, Entry] = {}
    lines: dict[str, int] = {}

    def take(row: SheetRow) -> None:
        entry = _entry(row, since_on)
        id = entry.person.id
        entries[id] = entry if id not in entries else _joined(entries[id], entry, lines[id])
        lines.setdefault(id, row.line)

    every(rows_of(data, file=file, columns=COLUMNS, optional=OPTIONAL), take)
    return PeopleSheet(entries=tuple(entries.values()), lines=tuple(lines.values()))


def _entry(row: SheetRow, since_on: date) -> Entry:
    value = row.values
    for field in ("id", "name"):
        if not value[field]:
            raise InvalidInput(field, "is missing")
    person = NewPerson(id=value["id"], name=value["name"], unit=value["unit"], identity=value["identity"], since_on=since_on)
    if not value["role"]:
        scope = next((field for field in ("park", "department", "process") if value[field]), None)
        if scope is not None:
            raise InvalidInput(scope, "is the scope of a role, and the line names no role 角色")
        return Entry(person=person)
    return Entry(person=person, grants=(NewGrant(
        person=person.id, role=_role(value["role"]), park=value["park"], department=value["department"],
        process=value["process"], since_on=since_on, reason="导入"),))


def _role(word: str) -> str:
    known = _ROLES.get(plain(word))
    if known is None:
        raise InvalidInput("role", say(
            "expected one of {known} (or its English name), found “{found}”", known='、'.join(ROLES.values()), found=word[:40]))
    return known


def _joined(first: Entry, other: Entry, line: int) -> Entry:
    """One account with the roles of both lines."""
    for field in ("name", "unit", "identity"):
        if getattr(other.person, field) not in ("", getattr(first.person, field)):
            raise InvalidInput(field, say(
                "is not what line {line} says of the account {person}, and an account is one person",
                line=line, person=first.person.id))
    if set(other.grants) <= set(first.grants):
        raise InvalidInput("id", say(
            "{account} with this role stands on line {line} already", account=first.person.id, line=line))
    return replace(first, grants=(*first.grants, *other.grants))
