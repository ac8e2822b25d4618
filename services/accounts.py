"""Accounts of people: who may sign in, set a password, bar and let in again. The people themselves are `services.people`.

Whoever is barred is out at once: his visits end and his tokens are revoked in the transaction that bars him. Every change is
written down (`services.account_events`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from sqlalchemy import Connection

from engine import administering as rules
from engine.duties import People
from engine.errors import Forbidden, InvalidInput, NotFound
from engine.sentences import say
from services import administering, api_tokens, visits
from services.account_events import Kind, record
from services.administering import Entry, Instruction
from services.passwords import NO_PASSWORD, Secret
from services.people import people_in_force
from services.store import accounts as store
from services.store import people as people_store
from services.store.accounts import SecretRow
from services.store.people import PersonRow

_LONGEST_REASON = 500


class Access(Enum):
    """How an account stands at the door."""

    UNSET = "unset"  # no password yet
    DISABLED = "disabled"
    LOCKED = "locked"  # failed too often just now
    TO_CHANGE = "to_change"  # with a password another has set
    READY = "ready"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who may sign in, with how he does."""

    person: PersonRow
    secret: SecretRow

    def is_locked(self, now: datetime) -> bool:
        """Has he failed too often just now?"""
        return self.secret.locked_until is not None and now < self.secret.locked_until


def access(account: Account | None, now: datetime, *, is_linked: bool = False) -> Access:
    """How an account stands; None: somebody who has never been given a password. `is_linked`: to whom the provider of unified
    authentication knows, so that he needs none."""
    if account is None or (account.secret.hash == NO_PASSWORD.hash and not is_linked and account.secret.disabled_at is None):
        return Access.UNSET
    if account.secret.disabled_at is not None:
        return Access.DISABLED
    if account.is_locked(now):
        return Access.LOCKED
    return Access.TO_CHANGE if account.secret.must_change else Access.READY


def accounts(connection: Connection) -> list[Account]:
    """Whoever may sign in, in the order their persons were entered."""
    kept = {row.person: row for row in store.secrets(connection)}
    return [Account(person=row, secret=kept[row.id]) for row in people_store.persons(connection) if row.id in kept]


def known_of(connection: Connection, account: str) -> tuple[str, ...]:
    """What everybody knows of an account's owner, which is no password. Raises NotFound."""
    person = _person(connection, account)
    return person.id, person.name, person.unit


def found(connection: Connection, told: Instruction, entry: Entry, secret: Secret) -> Account:
    """The first administrator 系统管理员, said at the machine. Raises Forbidden when there is one, InvalidInput."""
    require_none(connection, told)
    person = administering.enter(connection, told, entry)
    row = _new(person.id, secret, told.now, must_change=False)
    store.insert_secret(connection, row)
    record(connection, Kind.FOUNDED, person.id, by=told.by, now=told.now)
    return Account(person=person, secret=row)


def require_none(connection: Connection, told: Instruction) -> None:
    """Raise Forbidden when the office has a system administrator, so that nobody is asked for a password in vain."""
    if rules.has_system_admin(people_in_force(connection), told.today):
        raise Forbidden("init", "this office has a system administrator 系统管理员 already; whoever keeps accounts sets a "
                                "password with `jiban accounts password ACCOUNT --by …`")


def set_password(connection: Connection, told: Instruction, account: str, secret: Secret) -> Account:
    """Give an account a password, its first or another: it is changed by its owner when he first signs in, his visits end and a
    lock is lifted. One's own only at the machine itself: elsewhere one says the old one first (`change_password`). Raises
    NotFound, Forbidden."""
    person = _person(connection, account)
    may_set_password(people_in_force(connection), told, account)
    must_change = told.by != account
    row = store.lock_secret(connection, account)
    if row is None:
        row = _new(account, secret, told.now, must_change=must_change)
        store.insert_secret(connection, row)
    else:
        row = _keep(connection, row._replace(hash=secret.hash, changed_at=told.now, must_change=must_change, failures=0,
                                             locked_until=None))
    visits.end_all(connection, account, told.now)
    record(connection, Kind.PASSWORD_SET if must_change else Kind.PASSWORD_CHANGED, account, by=told.by, now=told.now)
    return Account(person=person, secret=row)


def may_set_password(people: People, told: Instruction, account: str) -> None:
    """Somebody may give an account a password: whoever keeps it, but his own only at the machine. Raises Forbidden."""
    if told.by == account and not told.is_local:
        raise Forbidden("set a password", "it is your own: change it on the page for that, where you say the one you have")
    rules.may_keep_account(people, told.by, account, told.today, command="set a password")


def change_password(connection: Connection, account: str, secret: Secret, *, now: datetime) -> str:
    """Somebody changes his own password, which he has just confirmed. All his visits end; returns the token of the one that
    begins. Raises NotFound."""
    row = _secret(connection, account)
    _keep(connection, row._replace(hash=secret.hash, changed_at=now, must_change=False, failures=0, locked_until=None))
    visits.end_all(connection, account, now)
    token = visits.begin(connection, account, now)
    record(connection, Kind.PASSWORD_CHANGED, account, by=account, now=now)
    return token


def sign_out(connection: Connection, token: str, person: str, *, now: datetime) -> None:
    """Somebody leaves."""
    if visits.end(connection, token, now):
        record(connection, Kind.SIGNED_OUT, person, by=person, now=now)


def disable(connection: Connection, told: Instruction, account: str, *, reason: str) -> Account:
    """Bar an account, also one that only has tokens: all its visits end and its tokens are revoked, at once. Raises NotFound,
    Forbidden, InvalidInput."""
    person, text = _barring(connection, told, account, "disable"), _reason(reason)
    row = store.lock_secret(connection, account)
    if row is None:
        row = _new(account, NO_PASSWORD, told.now, must_change=True)
        store.insert_secret(connection, row)
    if row.disabled_at is not None:
        return Account(person=person, secret=row)
    row = _keep(connection, row._replace(disabled_at=told.now, disabled_by=told.by))
    visits.end_all(connection, account, told.now)
    api_tokens.revoke_all(connection, account, told.now)
    record(connection, Kind.DISABLED, account, by=told.by, now=told.now, detail=text)
    return Account(person=person, secret=row)


def enable(connection: Connection, told: Instruction, account: str, *, reason: str) -> Account:
    """Let an account in again, with the password it had; its tokens stay revoked. Raises NotFound, Forbidden, InvalidInput."""
    person, text, row = _barring(connection, told, account, "enable"), _reason(reason), _secret(connection, account)
    if row.disabled_at is None:
        return Account(person=person, secret=row)
    row = _keep(connection, row._replace(disabled_at=None, disabled_by=None, failures=0, locked_until=None))
    record(connection, Kind.ENABLED, account, by=told.by, now=told.now, detail=text)
    return Account(person=person, secret=row)


def unlock(connection: Connection, told: Instruction, account: str) -> Account:
    """Lift the lock of an account that failed too often. Raises NotFound, Forbidden."""
    person = _barring(connection, told, account, "unlock")
    row = _keep(connection, _secret(connection, account)._replace(failures=0, locked_until=None))
    record(connection, Kind.UNLOCKED, account, by=told.by, now=told.now)
    return Account(person=person, secret=row)


def _barring(connection: Connection, told: Instruction, account: str, command: str) -> PersonRow:
    person = _person(connection, account)
    rules.may_bar(people_in_force(connection), told.by, account, told.today, command=command)
    return person


def _new(account: str, secret: Secret, now: datetime, *, must_change: bool) -> SecretRow:
    return SecretRow(person=account, hash=secret.hash, changed_at=now, must_change=must_change, failures=0, locked_until=None,
                     disabled_at=None, disabled_by=None)


def _keep(connection: Connection, row: SecretRow) -> SecretRow:
    store.save_secret(connection, row)
    return row


def _person(connection: Connection, account: str) -> PersonRow:
    row = people_store.person(connection, account)
    if row is None:
        raise NotFound("person", account, "enter the account first")
    return row


def _secret(connection: Connection, account: str) -> SecretRow:
    row = store.lock_secret(connection, account)
    if row is None:
        raise NotFound("password of account", account, "set one first: jiban accounts password ACCOUNT")
    return row


def _reason(reason: str) -> str:
    text = reason.strip()
    if not text or len(text) > _LONGEST_REASON or not text.isprintable():
        raise InvalidInput("reason", say("expected 1 to {most} printable characters on one line", most=_LONGEST_REASON))
    return text
