"""The statements about cases that were brought in: which number a case had in the system it was begun in."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, String, bindparam, insert, or_, select
from sqlalchemy.exc import IntegrityError

from engine.errors import Forbidden
from engine.sentences import say
from services import tables as t


class OriginRow(NamedTuple):
    """Where a case, `number` here, was begun."""

    number: str
    source: str
    old_number: str


_O = t.origin.c
_SOURCE = bindparam("source", type_=String)
_FIND = (
    select(t.case.c.number, _O.source, _O.old_number).join_from(t.origin, t.case, _O.case_id == t.case.c.id)
    .where(_O.old_number == bindparam("old_number"), or_(_SOURCE.is_(None), _O.source == _SOURCE))
    .order_by(_O.source).limit(bindparam("most")))
_INSERT = insert(t.origin)
_ID = select(t.case.c.id).where(t.case.c.number == bindparam("number"))


def find(connection: Connection, old_number: str, source: str | None = None, *, most: int = 100) -> list[OriginRow]:
    """The cases that had a number elsewhere; `source` None: in whatever system."""
    given = {"old_number": old_number, "source": source, "most": most}
    return [OriginRow._make(row) for row in connection.execute(_FIND, given)]


def insert_origin(connection: Connection, row: OriginRow) -> None:
    """Write where a case was begun. Raises Forbidden when somebody has just brought in the same; the transaction is lost
    then."""
    case_id = connection.execute(_ID, {"number": row.number}).scalar_one()
    try:
        connection.execute(_INSERT, {"case_id": case_id, "source": row.source, "old_number": row.old_number})
    except IntegrityError as error:
        raise Forbidden("bring in", say(
            "“{old_number}” of {source} has just been brought in by somebody else",
            old_number=row.old_number, source=row.source)) from error
