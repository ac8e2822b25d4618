"""Statements of who may see a case: which cases were copied to somebody, and those a text may mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, bindparam, literal, select

from services import tables as t

CANDIDATES = 500
"""So many cases that a text may mean are held against what somebody may see; whoever finds too many says more."""


class SeenRow(NamedTuple):
    """What of a case decides who sees it."""

    id: int
    park: str
    department: str
    process: str
    fold: bytes


class FoundRow(NamedTuple):
    """A case found by a text."""

    id: int
    park: str
    department: str
    process: str
    fold: bytes
    number: str
    version: int
    matter: str
    applicant_name: str

    @property
    def seen(self) -> SeenRow:
        """What decides who sees it."""
        return SeenRow(*self[:5])


_NONE = literal("", literal_execute=True)
"""Written out: an index that leaves these out is used only where a plan can see that they are not asked for."""

_SEEN = select(*(t.case.c[name] for name in SeenRow._fields)).where(t.case.c.id.in_(bindparam("ids", expanding=True)))
_COPIED = (select(t.notification.c.case_id).where(
    t.notification.c.case_id.in_(bindparam("ids", expanding=True)),
    t.notification.c.recipient.in_(bindparam("accounts", expanding=True))))
_FOUND = (
    select(*(t.case.c[name] for name in ("id", "park", "department", "process", "fold", "number", "version")),
           t.definition.c.name, t.case.c.applicant_name)
    .join_from(t.case, t.definition, t.definition.c.id == t.case.c.definition_id)
    .limit(CANDIDATES))
_BY_NUMBER = _FOUND.where(t.case.c.number.between(bindparam("text"), bindparam("last"))).order_by(t.case.c.number)
_BY_CREDIT_CODE = (_FOUND.where(t.case.c.credit_code == bindparam("text"), t.case.c.credit_code != _NONE)
                   .order_by(t.case.c.id.desc()))
_BY_PROJECT = _FOUND.where(t.case.c.project == bindparam("text"), t.case.c.project != _NONE).order_by(t.case.c.id.desc())
_BY_NAME = (
    _FOUND.where(t.case.c.applicant_name.between(bindparam("text"), bindparam("last")), t.case.c.applicant_name != _NONE)
    .order_by(t.case.c.applicant_name, t.case.c.id))
_LAST = "\U0010ffff"


def seen(connection: Connection, case_ids: Sequence[int]) -> list[SeenRow]:
    """What decides who sees each of these cases, in no order."""
    return [SeenRow._make(row) for row in connection.execute(_SEEN, {"ids": list(case_ids)})]


def copied(connection: Connection, case_ids: Sequence[int], accounts: Sequence[str]) -> set[int]:
    """Those of the cases of which somebody was told or sent a copy."""
    return set(connection.execute(_COPIED, {"ids": list(case_ids), "accounts": list(accounts)}).scalars())


def by_number(connection: Connection, text: str) -> list[FoundRow]:
    """The cases whose number begins so; `text`: of digits."""
    return _rows(connection, _BY_NUMBER, text, text + "9" * 40)


def by_code(connection: Connection, text: str) -> list[FoundRow]:
    """The cases of an applicant with this credit code, and those of a project with this code."""
    return [*_rows(connection, _BY_CREDIT_CODE, text), *_rows(connection, _BY_PROJECT, text)]


def by_name(connection: Connection, text: str) -> list[FoundRow]:
    """The cases of applicants whose name begins so."""
    return _rows(connection, _BY_NAME, text, text + _LAST)


def _rows(connection: Connection, statement: Select[Any], text: str, last: str = "") -> list[FoundRow]:
    given = {"text": text, **({"last": last} if last else {})}
    return [FoundRow._make(row) for row in connection.execute(statement, given)]
