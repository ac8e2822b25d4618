"""The statements about tokens of programs."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, String, bindparam, insert, or_, select, update

from services import tables as t


class TokenRow(NamedTuple):
    """A token of a program. `scopes`: comma-separated; `expires_on`: its last day."""

    id: int
    digest: bytes
    person: str
    name: str
    scopes: str
    issued_by: str
    issued_at: datetime
    expires_on: str
    revoked_at: datetime | None
    last_used_at: datetime | None


class BorneRow(NamedTuple):
    """A token with what is known of its person now."""

    id: int
    person: str
    scopes: str
    expires_on: str
    revoked_at: datetime | None
    last_used_at: datetime | None
    since_on: str
    until_on: str | None
    disabled_at: datetime | None


_BORNE = (
    select(*(t.api_token.c[name] for name in BorneRow._fields[:6]), t.person.c.since_on, t.person.c.until_on,
           t.account_secret.c.disabled_at)
    .join_from(t.api_token, t.person, t.person.c.id == t.api_token.c.person)
    .join(t.account_secret, t.account_secret.c.person == t.api_token.c.person, isouter=True)
    .where(t.api_token.c.digest == bindparam("of_digest")))
_PERSON = bindparam("of_person", type_=String)
_TOKENS = (select(t.api_token).where(or_(_PERSON.is_(None), t.api_token.c.person == _PERSON)).order_by(t.api_token.c.id))
_TOKEN = select(t.api_token).where(t.api_token.c.id == bindparam("of_id"))
_INSERT = insert(t.api_token)
_REVOKED = {"revoked_at": bindparam("at", type_=t.api_token.c.revoked_at.type)}
_REVOKE = update(t.api_token).where(t.api_token.c.id == bindparam("of_id"), t.api_token.c.revoked_at.is_(None)).values(_REVOKED)
_REVOKE_ALL = (update(t.api_token).where(t.api_token.c.person == bindparam("of_person"), t.api_token.c.revoked_at.is_(None))
               .values(_REVOKED))
_TOUCH = (update(t.api_token).where(t.api_token.c.id == bindparam("of_id"))
          .values(last_used_at=bindparam("at", type_=t.api_token.c.last_used_at.type)))


def insert_token(connection: Connection, row: TokenRow) -> None:
    """Write a token."""
    connection.execute(_INSERT, row._asdict())


def borne(connection: Connection, digest: bytes) -> BorneRow | None:
    """The token with a digest."""
    row = connection.execute(_BORNE, {"of_digest": digest}).first()
    return BorneRow._make(row) if row else None


def tokens(connection: Connection, person: str | None) -> list[TokenRow]:
    """Tokens in the order of issue; `person` None: everybody's."""
    return [TokenRow._make(row) for row in connection.execute(_TOKENS, {"of_person": person})]


def token(connection: Connection, id: int) -> TokenRow | None:
    """A token by its number."""
    row = connection.execute(_TOKEN, {"of_id": id}).first()
    return TokenRow._make(row) if row else None


def revoke(connection: Connection, id: int, at: datetime) -> bool:
    """A token is revoked. Returns whether it had not been before."""
    return connection.execute(_REVOKE, {"of_id": id, "at": at}).rowcount > 0


def revoke_all(connection: Connection, person: str, at: datetime) -> int:
    """All tokens of somebody are revoked. Returns how many were."""
    return connection.execute(_REVOKE_ALL, {"of_person": person, "at": at}).rowcount


def touch(connection: Connection, id: int, at: datetime) -> None:
    """A token was used."""
    connection.execute(_TOUCH, {"of_id": id, "at": at})
