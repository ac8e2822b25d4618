"""The statements of the register of issued documents 文书."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, exists, func, insert, select
from sqlalchemy.exc import IntegrityError

from services import tables as t


class DocumentRow(NamedTuple):
    """An issued document. `place`: in its case, from 1. `seq`: the number of the fact it is about. `content`: canonical JSON,
    `digest`: its SHA-256, hexadecimal."""

    case_id: int
    place: int
    kind: str
    seq: int
    number: str
    issued_at: datetime
    by: str
    content: bytes
    digest: str


EVERY = 100_000

_D = t.document.c
_ALL = [_D[name] for name in DocumentRow._fields]
_INSERT = insert(t.document)
_OF_CASE = (select(*_ALL).where(_D.case_id == bindparam("of_case"), _D.place > bindparam("after")).order_by(_D.place)
            .limit(bindparam("most")))
_OF_FACT = select(*_ALL).where(_D.case_id == bindparam("of_case"), _D.kind == bindparam("of_kind"),
                               _D.seq == bindparam("of_seq"))
_AT = select(*_ALL).where(_D.case_id == bindparam("of_case"), _D.place == bindparam("at_place"))
_BY_NUMBER = select(*_ALL).where(_D.number == bindparam("of_number"))
_IS_TAKEN = select(exists().where(_D.number == bindparam("of_number")))
_LAST_PLACE = select(func.coalesce(func.max(_D.place), 0)).where(_D.case_id == bindparam("of_case"))


def documents_of(connection: Connection, case_id: int, *, after: int = 0, most: int = EVERY) -> list[DocumentRow]:
    """The documents of a case, in the order they were issued, from place `after` + 1."""
    given = {"of_case": case_id, "after": after, "most": most}
    return [DocumentRow._make(row) for row in connection.execute(_OF_CASE, given)]


def document_of_fact(connection: Connection, case_id: int, kind: str, seq: int) -> DocumentRow | None:
    """The document of a kind that is about a fact, if it was issued."""
    row = connection.execute(_OF_FACT, {"of_case": case_id, "of_kind": kind, "of_seq": seq}).first()
    return DocumentRow._make(row) if row else None


def document_at(connection: Connection, case_id: int, place: int) -> DocumentRow | None:
    """The document in a place of a case."""
    row = connection.execute(_AT, {"of_case": case_id, "at_place": place}).first()
    return DocumentRow._make(row) if row else None


def document_numbered(connection: Connection, number: str) -> DocumentRow | None:
    """The document of a number."""
    row = connection.execute(_BY_NUMBER, {"of_number": number}).first()
    return DocumentRow._make(row) if row else None


def is_taken(connection: Connection, number: str) -> bool:
    """Has a document this number?"""
    return bool(connection.execute(_IS_TAKEN, {"of_number": number}).scalar_one())


def next_place(connection: Connection, case_id: int) -> int:
    """The place of the next document of a case, which has to be locked."""
    return int(connection.execute(_LAST_PLACE, {"of_case": case_id}).scalar_one()) + 1


def insert_document(connection: Connection, row: DocumentRow) -> bool:
    """Write a document. False: another transaction has just used its number."""
    try:
        with connection.begin_nested():
            connection.execute(_INSERT, row._asdict())
    except IntegrityError:
        return False
    return True
