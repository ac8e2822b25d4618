"""Signing in by what the provider of unified authentication 统一身份认证 vouches for.

::

    begin     counts the try of the address in this minute, and that this attempt is ended now      one short transaction
    ask       the provider, up to half a minute                                                     none: nobody waits
    conclude  lets the linked account in; or says why not                                           one short transaction

No password is guessed here, so that no failure locks an account; but one that is locked or disabled does not get in this way
either. Whoever comes has proved to the provider who he is, and is told why he is not let in.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from sqlalchemy import Connection

from engine.case import local_day
from services import people, throttling, visits
from services.account_events import Kind, record
from services.store import account_links
from services.store import accounts as store
from services.store import people as people_store
from services.throttling import Throttle

ADDRESS = Throttle("vouching", 20)
"""Tries of one address in a minute; those that succeed do not count."""

ONCE = Throttle("vouching_once", 1)
"""An attempt is ended once: counted for ever in the minute in which it began. It lasts shorter than tries are kept."""


class Refused(Enum):
    """Why somebody is not let in."""

    TOO_MANY = "too_many"  # his address has had its tries of this minute
    ENDED = "ended"  # the attempt has been ended before: somebody repeats it
    UNLINKED = "unlinked"  # no account is linked
    DISABLED = "disabled"
    LOCKED = "locked"  # by wrong passwords, for a while
    LEFT = "left"  # the owner of the account is not in office


def begin(connection: Connection, *, state: str, begun_at: datetime, address: str, now: datetime) -> Refused | None:
    """Count a try from an address (`throttling.network`) to end the attempt that was begun with a state. None: go on."""
    if not throttling.admit(connection, ADDRESS, address, now):
        return Refused.TOO_MANY
    return None if throttling.admit(connection, ONCE, state, begun_at) else Refused.ENDED


def conclude(
    connection: Connection, *, issuer: str, subject: str, address: str, counted_at: datetime, now: datetime,
) -> str | Refused:
    """What follows when the provider vouches for a subject: the token of the visit that begins, or why none does."""
    link = account_links.of_subject(connection, issuer, subject)
    if link is None:
        return Refused.UNLINKED
    refused = _refused(connection, link.person, now)
    if refused is not None:
        record(connection, Kind.SIGN_IN_FAILED, link.person, by="", now=now, detail=f"OIDC, {refused.value}, {address}")
        return refused
    throttling.forgive(connection, ADDRESS, address, counted_at)
    token = visits.begin(connection, link.person, now)
    record(connection, Kind.SIGNED_IN, link.person, by=link.person, now=now, detail=f"OIDC, {address}")
    return token


def _refused(connection: Connection, account: str, now: datetime) -> Refused | None:
    row, person = store.lock_secret(connection, account), people_store.person(connection, account)
    if row is None or row.disabled_at is not None:
        return Refused.DISABLED
    if row.locked_until is not None and now < row.locked_until:
        return Refused.LOCKED
    if person is None or not people.is_in_office(person.since_on, person.until_on, local_day(now)):
        return Refused.LEFT
    return None
