"""The statements of the catalogue of matters: the office's own values. A row is never changed in meaning: the next one closes
it, so that it can be told what was in force on any past day. Whoever writes takes the next number of the table's counter first,
which on PostgreSQL makes writers take turns, so that an entry never has two rows in force."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, insert, or_, select, update

from services import tables as t


class EntryRow(NamedTuple):
    """The office's own values of an entry. `body`: JSON of the fields it gives. In force in [since, until); `until` None:
    still."""

    id: int
    category: str
    code: str
    body: bytes
    basis: str
    since: datetime
    until: datetime | None
    entered_by: str


_C = t.catalogue_entry.c
_STANDING = (select(t.catalogue_entry)
             .where(_C.category == bindparam("category"), _C.code == bindparam("code"), _C.until.is_(None))
             .order_by(_C.id.desc()).limit(1))
_ALL_STANDING = select(t.catalogue_entry).where(_C.until.is_(None)).order_by(_C.id)
_AT = (select(t.catalogue_entry)
       .where(_C.since <= bindparam("at"), or_(_C.until.is_(None), _C.until > bindparam("at"))).order_by(_C.id))
_HISTORY = (select(t.catalogue_entry)
            .where(_C.category == bindparam("category"), _C.code == bindparam("code"), _C.id > bindparam("after"))
            .order_by(_C.id).limit(bindparam("most")))
_END = update(t.catalogue_entry).where(_C.id == bindparam("of_id")).values(until=bindparam("ended"))
_INSERT = insert(t.catalogue_entry)


def standing_entry(connection: Connection, *, category: str, code: str) -> EntryRow | None:
    """The office's values of an entry that no others have followed."""
    row = connection.execute(_STANDING, {"category": category, "code": code}).first()
    return EntryRow._make(row) if row else None


def standing_entries(connection: Connection) -> list[EntryRow]:
    """All that no others have followed."""
    return [EntryRow._make(row) for row in connection.execute(_ALL_STANDING)]


def entries_at(connection: Connection, at: datetime) -> list[EntryRow]:
    """All that were in force at an instant."""
    return [EntryRow._make(row) for row in connection.execute(_AT, {"at": at})]


def history(connection: Connection, *, category: str, code: str, after: int, most: int) -> list[EntryRow]:
    """The office's values of an entry in the order they were entered, from number `after` + 1."""
    given = {"category": category, "code": code, "after": after, "most": most}
    return [EntryRow._make(row) for row in connection.execute(_HISTORY, given)]


def end_entry(connection: Connection, entry_id: int, ended: datetime) -> None:
    """Close a row."""
    connection.execute(_END, {"of_id": entry_id, "ended": ended})


def insert_entry(connection: Connection, row: EntryRow) -> None:
    """Write a row."""
    connection.execute(_INSERT, row._asdict())
