"""The statements of the register of regional assessments. A row is never changed in meaning: the same kind and document entered
anew ends the row before."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Boolean, Connection, String, bindparam, insert, or_, select, update

from services import tables as t


class AssessmentRow(NamedTuple):
    """A result in the register, in force in [since, until); `until` None: still. `body`: JSON."""

    id: int
    kind: str
    park: str
    document: str
    valid_from: str
    valid_until: str
    body: bytes
    since: datetime
    until: datetime | None
    entered_by: str


_A = t.assessment.c
_PARK, _KIND = bindparam("park", type_=String), bindparam("kind", type_=String)
_PAGE = (
    select(t.assessment)
    .where(_A.id > bindparam("after"), or_(_PARK.is_(None), _A.park == _PARK), or_(_KIND.is_(None), _A.kind == _KIND),
           or_(_A.until.is_(None), bindparam("with_history", type_=Boolean)))
    .order_by(_A.id).limit(bindparam("most")))
_AT = (
    select(t.assessment)
    .where(_A.park == bindparam("park"), _A.since <= bindparam("at"), or_(_A.until.is_(None), _A.until > bindparam("at")))
    .order_by(_A.id))
_STANDING = (
    select(t.assessment)
    .where(_A.kind == bindparam("kind"), _A.park == bindparam("park"), _A.document == bindparam("document"), _A.until.is_(None))
    .order_by(_A.id.desc()).limit(1))
_END = update(t.assessment).where(_A.id == bindparam("of_id")).values(until=bindparam("ended"))
_INSERT = insert(t.assessment)


def page(
    connection: Connection, *, park: str | None, kind: str | None, with_history: bool, after: int, most: int,
) -> list[AssessmentRow]:
    """Results in the order they were entered; None asks for all."""
    given = {"park": park, "kind": kind, "with_history": with_history, "after": after, "most": most}
    return [AssessmentRow._make(row) for row in connection.execute(_PAGE, given)]


def in_force(connection: Connection, park: str, at: datetime) -> list[AssessmentRow]:
    """What the register held of a park at an instant."""
    return [AssessmentRow._make(row) for row in connection.execute(_AT, {"park": park, "at": at})]


def standing(connection: Connection, *, kind: str, park: str, document: str) -> AssessmentRow | None:
    """The result that no other entry has followed."""
    row = connection.execute(_STANDING, {"kind": kind, "park": park, "document": document}).first()
    return AssessmentRow._make(row) if row else None


def end(connection: Connection, assessment_id: int, ended: datetime) -> None:
    """Close a result's row."""
    connection.execute(_END, {"of_id": assessment_id, "ended": ended})


def insert_assessment(connection: Connection, row: AssessmentRow) -> None:
    """Write a result."""
    connection.execute(_INSERT, row._asdict())
