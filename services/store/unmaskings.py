"""The statements about who has looked at personal data."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, Connection, String, bindparam, insert, or_, select

from services import tables as t


class UnmaskingRow(NamedTuple):
    """Somebody has seen the personal data of a case."""

    id: int
    at: datetime
    by: str
    number: str
    reason: str


_INSERT = insert(t.unmasking)
_NUMBER, _BEFORE = bindparam("of_number", type_=String), bindparam("before", type_=BigInteger)
_PAGE = (select(t.unmasking).where(or_(_NUMBER.is_(None), t.unmasking.c.number == _NUMBER),
                                   or_(_BEFORE.is_(None), t.unmasking.c.id < _BEFORE))
         .order_by(t.unmasking.c.id.desc()).limit(bindparam("most")))


def insert_unmasking(connection: Connection, row: UnmaskingRow) -> None:
    """Append one."""
    connection.execute(_INSERT, row._asdict())


def page(connection: Connection, *, number: str | None, before: int | None, most: int) -> list[UnmaskingRow]:
    """The latest first; `number`, `before` None: of all cases, up to now."""
    return [UnmaskingRow._make(row) for row in connection.execute(
        _PAGE, {"of_number": number, "before": before, "most": most})]
