"""The statements about the files handed in to cases."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, func, insert, select, update

from services import tables as t
from services.store import writing


class UploadRow(NamedTuple):
    """A file handed in. `material`: which of the matter's materials it is; `name`: as its sender calls it; `removed_at`: None
    while it is there."""

    id: int
    case_id: int
    material: str
    name: str
    media_type: str
    size: int
    sha256: str
    by: str
    at: datetime
    removed_at: datetime | None


_U = t.upload.c
_ALL = [_U[name] for name in UploadRow._fields]
_THERE = _U.removed_at.is_(None)
_OF_CASE = select(*_ALL).where(_U.case_id == bindparam("case_id"), _THERE).order_by(_U.id)
_ONE = select(*_ALL).where(_U.case_id == bindparam("case_id"), _U.id == bindparam("id"), _THERE)
_SIZE = select(func.count(), func.coalesce(func.sum(_U.size), 0)).where(_U.case_id == bindparam("case_id"), _THERE)
_INSERT = insert(t.upload)
_REMOVE = update(t.upload).where(_U.id == bindparam("of_id")).values(removed_at=bindparam("at_instant"))


def insert_upload(connection: Connection, row: UploadRow) -> UploadRow:
    """Write a file's row; with its number."""
    numbered = row._replace(id=writing.next_number(connection, "upload"))
    connection.execute(_INSERT, numbered._asdict())
    return numbered


def of_case(connection: Connection, case_id: int) -> list[UploadRow]:
    """The files of a case that are there, in the order they came."""
    return [UploadRow._make(row) for row in connection.execute(_OF_CASE, {"case_id": case_id})]


def upload(connection: Connection, case_id: int, id: int) -> UploadRow | None:
    """A file of a case; None: it has none with this number."""
    row = connection.execute(_ONE, {"case_id": case_id, "id": id}).first()
    return UploadRow._make(row) if row else None


def size_of(connection: Connection, case_id: int) -> tuple[int, int]:
    """How many files a case has, and their bytes together."""
    count, size = connection.execute(_SIZE, {"case_id": case_id}).one()
    return int(count), int(size)


def remove(connection: Connection, id: int, now: datetime) -> None:
    """A file is no longer there; its content stays on disk, which others may have too."""
    connection.execute(_REMOVE, {"of_id": id, "at_instant": now})
