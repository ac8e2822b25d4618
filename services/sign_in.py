"""Signing in, so that a stranger learns nothing from it, and cannot try for long.

::

    begin     counts the try: of the address in this minute, of the account since its last success      one short transaction
    compare   the password, about a tenth of a second                                                   none: nobody waits
    conclude  lets in and takes back what was counted; or writes down the failure                       one short transaction

A try is counted before it is compared: else as many passwords could be tried at once as there are threads. Whoever has no
account, is locked, disabled or out of office is compared with nobody's hash and refused in the same words after the same time.
A lock ends by itself; trying while it lasts does not prolong it, so that nobody can be kept out for good. How long is said to
everybody in general, to the administrators in particular, and to nobody who tries. """

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from engine.case import local_day
from services import people, throttling, visits
from services.account_events import Kind, record
from services.passwords import NO_PASSWORD, Secret
from services.store import accounts as store
from services.store import people as people_store
from services.store.accounts import SecretRow
from services.throttling import Throttle

TRIES = 5
"""Failures one after another, after which an account is locked."""

LOCKED_FOR = timedelta(minutes=15)

ADDRESS = Throttle("sign_in", 20)
"""Failures of one address in a minute. A whole hall may share one, and its successes do not count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A try that was counted. `person`: whose, "" when nobody can sign in with it whatever the password; `hash`: what to
    compare with, None: nobody's; `locks`: if it fails, the account is locked."""

    person: str
    hash: str | None
    address: str
    at: datetime
    locks: bool = False


def begin(connection: Connection, *, account: str, address: str, now: datetime) -> Attempt | None:
    """Count a try from an address (`throttling.network`). None: it has had too many in this minute."""
    if not throttling.admit(connection, ADDRESS, address, now):
        return None
    id = unicodedata.normalize("NFC", account).strip()
    row = store.lock_secret(connection, id)
    if row is None or not _may_try(connection, row, now):
        return Attempt(person="", hash=None, address=address, at=now)
    locks = row.failures + 1 >= TRIES
    store.save_secret(connection, row._replace(failures=0 if locks else row.failures + 1,
                                               locked_until=now + LOCKED_FOR if locks else None))
    return Attempt(person=id, hash=row.hash, address=address, at=now, locks=locks)


def conclude(connection: Connection, attempt: Attempt, *, is_right: bool, renewed: Secret | None, now: datetime) -> str | None:
    """What follows from the comparison. Returns the token of the visit that begins; None: nobody is let in. `renewed`: the same
    password at the cost of today, None when it is kept as it is."""
    if not attempt.person:
        return None
    row = store.lock_secret(connection, attempt.person)
    if not is_right or row is None or row.hash != attempt.hash or row.disabled_at is not None:
        _failed(connection, attempt, now)
        return None
    _succeeded(connection, attempt, row, renewed)
    token = visits.begin(connection, attempt.person, now)
    record(connection, Kind.SIGNED_IN, attempt.person, by=attempt.person, now=now, detail=attempt.address)
    return token


def confirm(connection: Connection, attempt: Attempt, *, is_right: bool, now: datetime) -> bool:
    """As `conclude`, of somebody who is there already and says his password once more: no visit begins."""
    row = store.lock_secret(connection, attempt.person) if attempt.person else None
    if row is None or not is_right or row.hash != attempt.hash:
        if attempt.person:
            _failed(connection, attempt, now)
        return False
    _succeeded(connection, attempt, row, None)
    return True


def _may_try(connection: Connection, row: SecretRow, now: datetime) -> bool:
    person = people_store.person(connection, row.person)
    return (person is not None and row.hash != NO_PASSWORD.hash and row.disabled_at is None
            and (row.locked_until is None or row.locked_until <= now)
            and people.is_in_office(person.since_on, person.until_on, local_day(now)))


def _succeeded(connection: Connection, attempt: Attempt, row: SecretRow, renewed: Secret | None) -> None:
    throttling.forgive(connection, ADDRESS, attempt.address, attempt.at)
    store.save_secret(connection, row._replace(failures=0, locked_until=None, hash=renewed.hash if renewed else row.hash))


def _failed(connection: Connection, attempt: Attempt, now: datetime) -> None:
    record(connection, Kind.SIGN_IN_FAILED, attempt.person, by="", now=now, detail=attempt.address)
    if attempt.locks:
        record(connection, Kind.LOCKED, attempt.person, by="", now=now, detail=f"{TRIES} failures, {attempt.address}")
