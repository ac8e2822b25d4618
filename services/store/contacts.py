"""The statements of the contact book 联络表. A row is never changed in meaning: replacing a contact closes its row and writes
a new one, so that it can be told who was to be called on any past day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Boolean, Connection, String, bindparam, insert, or_, select, update

from services import tables as t


class ContactRow(NamedTuple):
    """A contact of a unit at a rank, in force in [since, until); `until` None: still."""

    id: int
    unit: str
    rank: str
    name: str
    title: str
    office_phone: str
    mobile: str
    note: str
    since: datetime
    until: datetime | None
    entered_by: str


_C = t.contact.c
_UNIT = bindparam("unit", type_=String)
_PAGE = (
    select(t.contact)
    .where(_C.id > bindparam("after"), or_(_UNIT.is_(None), _C.unit == _UNIT),
           or_(_C.until.is_(None), bindparam("with_history", type_=Boolean)))
    .order_by(_C.id).limit(bindparam("most")))
_STANDING = (select(t.contact).where(_C.unit == bindparam("unit"), _C.rank == bindparam("rank"), _C.until.is_(None))
             .order_by(_C.id.desc()).limit(1))
_AT = (
    select(t.contact)
    .where(_C.unit.in_(bindparam("units", expanding=True)), _C.since <= bindparam("at"),
           or_(_C.until.is_(None), _C.until > bindparam("at")))
    .order_by(_C.id))
_END = update(t.contact).where(_C.id == bindparam("of_id")).values(until=bindparam("ended"))
_INSERT = insert(t.contact)


def contacts_page(
    connection: Connection, *, unit: str | None, with_history: bool, after: int, most: int,
) -> list[ContactRow]:
    """Contacts in the order they were entered; `unit` None asks for all."""
    given = {"unit": unit, "with_history": with_history, "after": after, "most": most}
    return [ContactRow._make(row) for row in connection.execute(_PAGE, given)]


def standing_contact(connection: Connection, *, unit: str, rank: str) -> ContactRow | None:
    """The contact of a unit at a rank whom nobody has followed."""
    row = connection.execute(_STANDING, {"unit": unit, "rank": rank}).first()
    return ContactRow._make(row) if row else None


def contacts_at(connection: Connection, units: Sequence[str], at: datetime) -> list[ContactRow]:
    """The contacts of units in force at an instant, in one statement."""
    return [ContactRow._make(row) for row in connection.execute(_AT, {"units": list(units), "at": at})]


def end_contact(connection: Connection, contact_id: int, ended: datetime) -> None:
    """Close a contact's row."""
    connection.execute(_END, {"of_id": contact_id, "ended": ended})


def insert_contact(connection: Connection, row: ContactRow) -> None:
    """Write a contact."""
    connection.execute(_INSERT, row._asdict())
