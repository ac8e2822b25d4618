"""Tokens of programs that act for an account: each with a name, scopes and a last day.

A token does what its account may do, within its scopes: the role is asked at every request, as for a browser. It is shown
once, when it is issued; here is its digest.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from sqlalchemy import Connection

from engine import administering as rules
from engine.case import local_day
from engine.duties import People
from engine.errors import InvalidInput, NotFound
from engine.sentences import say
from services import people
from services.account_events import Kind, record
from services.people import people_in_force
from services.store import api_tokens as store
from services.store import people as people_store
from services.store import writing
from services.store.api_tokens import TokenRow
from services.visits import digest_of

LONGEST_DAYS = 366
USED_EVERY = timedelta(minutes=1)
PREFIX = "jiban_"
"""Begins every token, so that a scanner finds one that was left in a file."""

_LONGEST_NAME = 100
_LONGEST_TOKEN = 100


class Scope(Enum):
    """What a token may be used for."""

    READ = "read"  # look at everything its account may look at
    WORK = "work"  # move cases and tasks, keep projects
    RULE = "rule"  # the office's own limits, lists, calendar
    ADMINISTER = "administer"  # people, roles, cases brought in


@dataclass(frozen=True, slots=True, kw_only=True)
class NewToken:
    """A token to be issued. `expires_on`: its last day."""

    person: str
    name: str
    scopes: frozenset[Scope]
    expires_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """Whoever bears a token. `roles`: those of its account today; `used_at`: when its use was last written."""

    token: int
    person: str
    scopes: frozenset[Scope]
    roles: frozenset[str]
    used_at: datetime | None


def issue(connection: Connection, new: NewToken, *, by: str, now: datetime) -> tuple[str, TokenRow]:
    """Issue a token: to oneself, or by whoever keeps the account. Returns it, to be shown once. Raises NotFound, Forbidden,
    InvalidInput."""
    _person(connection, new.person)
    may_issue(people_in_force(connection), by, new.person, local_day(now))
    _check(new, local_day(now))
    token = PREFIX + secrets.token_urlsafe(32)
    row = TokenRow(id=writing.next_number(connection, "api_token"), digest=digest_of(token), person=new.person,
                   name=new.name.strip(), scopes=_text(new.scopes), issued_by=by, issued_at=now,
                   expires_on=new.expires_on.isoformat(), revoked_at=None, last_used_at=None)
    store.insert_token(connection, row)
    record(connection, Kind.TOKEN_ISSUED, new.person, by=by, now=now,
           detail=f"{row.id} “{row.name}” {row.scopes}, until {row.expires_on}")
    return token, row


def revoke(connection: Connection, id: int, *, by: str, now: datetime) -> TokenRow:
    """Revoke a token: one's own, or as whoever may bar the account. Raises NotFound, Forbidden."""
    row = store.token(connection, id)
    if row is None:
        raise NotFound("token", str(id), "list them first")
    may_revoke(people_in_force(connection), by, row.person, local_day(now))
    if not store.revoke(connection, id, now):
        return row
    record(connection, Kind.TOKEN_REVOKED, row.person, by=by, now=now, detail=f"{row.id} “{row.name}”")
    return row._replace(revoked_at=now)


def may_issue(people: People, by: str, person: str, on: date) -> None:
    """Somebody may issue a token that acts for an account: its owner, or whoever keeps it. Raises Forbidden."""
    if by != person:
        rules.may_keep_account(people, by, person, on, command="issue a token")


def may_revoke(people: People, by: str, person: str, on: date) -> None:
    """Somebody may revoke a token of an account: its owner, or whoever may bar it. Raises Forbidden."""
    if by != person:
        rules.may_bar(people, by, person, on, command="revoke a token")


def tokens(connection: Connection, person: str | None = None) -> list[TokenRow]:
    """Tokens in the order of issue, revoked ones too; `person` None: everybody's."""
    return store.tokens(connection, person)


def bearer(connection: Connection, token: str, now: datetime) -> Bearer | None:
    """Who bears a token; None when it is nobody's, revoked, past its last day, or its account is disabled or out of office."""
    today = local_day(now)
    row = store.borne(connection, digest_of(token)) if len(token) <= _LONGEST_TOKEN else None
    if (row is None or row.revoked_at is not None or row.disabled_at is not None or row.expires_on < today.isoformat()
            or not people.is_in_office(row.since_on, row.until_on, today)):
        return None
    return Bearer(token=row.id, person=row.person, scopes=frozenset(map(Scope, row.scopes.split(","))),
                  roles=people.roles_on(connection, row.person, today), used_at=row.last_used_at)


def is_to_be_noted(bearer: Bearer, now: datetime) -> bool:
    """Is it long enough since its use was written?"""
    return bearer.used_at is None or now - bearer.used_at >= USED_EVERY


def note(connection: Connection, bearer: Bearer, now: datetime) -> None:
    """A token was used."""
    store.touch(connection, bearer.token, now)


def revoke_all(connection: Connection, person: str, now: datetime) -> int:
    """All tokens of somebody are revoked. Returns how many were."""
    return store.revoke_all(connection, person, now)


def _person(connection: Connection, id: str) -> None:
    if people_store.person(connection, id) is None:
        raise NotFound("person", id, "enter the account first")


def _check(new: NewToken, today: date) -> None:
    name = new.name.strip()
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        raise InvalidInput("name", say(
            "expected 1 to {most} printable characters that say what the token is for", most=_LONGEST_NAME))
    if not new.scopes:
        raise InvalidInput("scopes", say("name what it is for: {known}", known=tuple(Scope)))
    if not today <= new.expires_on <= today + timedelta(days=LONGEST_DAYS):
        raise InvalidInput("expires_on", say(
            "expected a day from {first} to {last}", first=today, last=today + timedelta(days=LONGEST_DAYS)))


def _text(scopes: Collection[Scope]) -> str:
    return ",".join(scope.value for scope in Scope if scope in scopes)
