"""The statements about which account a subject of the provider is linked to."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, insert, select

from services import tables as t


class LinkRow(NamedTuple):
    """A subject of a provider and the account it may sign in to."""

    issuer: str
    subject: str
    person: str
    linked_by: str
    linked_at: datetime


_OF_ISSUER = select(t.account_link).where(t.account_link.c.issuer == bindparam("of_issuer")).order_by(t.account_link.c.person)
_OF_SUBJECT = select(t.account_link).where(t.account_link.c.issuer == bindparam("of_issuer"),
                                           t.account_link.c.subject == bindparam("of_subject"))
_OF_PERSON = select(t.account_link).where(t.account_link.c.issuer == bindparam("of_issuer"),
                                          t.account_link.c.person == bindparam("of_person"))
_INSERT = insert(t.account_link)
_DELETE = delete(t.account_link).where(t.account_link.c.issuer == bindparam("of_issuer"),
                                       t.account_link.c.person == bindparam("of_person"))


def links(connection: Connection, issuer: str) -> list[LinkRow]:
    """All links to a provider, by account."""
    return [LinkRow._make(row) for row in connection.execute(_OF_ISSUER, {"of_issuer": issuer})]


def of_subject(connection: Connection, issuer: str, subject: str) -> LinkRow | None:
    """The link of a subject, None when it has none."""
    row = connection.execute(_OF_SUBJECT, {"of_issuer": issuer, "of_subject": subject}).first()
    return LinkRow._make(row) if row else None


def of_person(connection: Connection, issuer: str, person: str) -> LinkRow | None:
    """The link of an account, None when it has none."""
    row = connection.execute(_OF_PERSON, {"of_issuer": issuer, "of_person": person}).first()
    return LinkRow._make(row) if row else None


def insert_link(connection: Connection, row: LinkRow) -> None:
    """Link a subject."""
    connection.execute(_INSERT, row._asdict())


def delete_link(connection: Connection, issuer: str, person: str) -> None:
    """Take a link away."""
    connection.execute(_DELETE, {"of_issuer": issuer, "of_person": person})
