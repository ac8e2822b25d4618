"""The statements about secrets of accounts and what happened to them."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, Connection, String, bindparam, insert, or_, select, update

from services import tables as t


class SecretRow(NamedTuple):
    """What somebody signs in with. `failures`: one after another."""

    person: str
    hash: str
    changed_at: datetime
    must_change: bool
    failures: int
    locked_until: datetime | None
    disabled_at: datetime | None
    disabled_by: str | None


class EventRow(NamedTuple):
    """Something that happened to an account."""

    id: int
    at: datetime
    kind: str
    person: str
    by: str
    detail: str


_SECRETS = select(t.account_secret).order_by(t.account_secret.c.person)
_SECRET = select(t.account_secret).where(t.account_secret.c.person == bindparam("of_person")).with_for_update()
_INSERT = insert(t.account_secret)
_SAVE = (update(t.account_secret).where(t.account_secret.c.person == bindparam("of_person"))
         .values({name: bindparam(f"new_{name}") for name in SecretRow._fields if name != "person"}))
_INSERT_EVENT = insert(t.account_event)
_PERSON, _BEFORE = bindparam("of_person", type_=String), bindparam("before", type_=BigInteger)
_EVENTS_PAGE = (select(t.account_event).where(or_(_PERSON.is_(None), t.account_event.c.person == _PERSON),
                                              or_(_BEFORE.is_(None), t.account_event.c.id < _BEFORE))
                .order_by(t.account_event.c.id.desc()).limit(bindparam("most")))


def secrets(connection: Connection) -> list[SecretRow]:
    """The secrets of all accounts that may sign in, by account."""
    return [SecretRow._make(row) for row in connection.execute(_SECRETS)]


def lock_secret(connection: Connection, person: str) -> SecretRow | None:
    """The secret of an account, held until the transaction ends."""
    row = connection.execute(_SECRET, {"of_person": person}).first()
    return SecretRow._make(row) if row else None


def insert_secret(connection: Connection, row: SecretRow) -> None:
    """Write the secret of an account that had none."""
    connection.execute(_INSERT, row._asdict())


def save_secret(connection: Connection, row: SecretRow) -> None:
    """Write what has changed of a secret."""
    connection.execute(_SAVE, {"of_person": row.person, **{f"new_{name}": value for name, value in row._asdict().items()
                                                           if name != "person"}})


def insert_event(connection: Connection, row: EventRow) -> None:
    """Append what happened."""
    connection.execute(_INSERT_EVENT, row._asdict())


def events_page(connection: Connection, *, person: str | None, before: int | None, most: int) -> list[EventRow]:
    """What happened, the latest first; `person`, `before` None: to all accounts, up to now."""
    given = {"of_person": person, "before": before, "most": most}
    return [EventRow._make(row) for row in connection.execute(_EVENTS_PAGE, given)]
