"""Which account a subject of the provider of unified authentication 统一身份认证 may sign in to.

An account is entered by the office and linked by whoever keeps it; no token makes one, since roles and scopes are the office's.
A subject has one account and an account one subject, of each provider. Whoever is linked needs no password; one that another
has set and he never used lapses, so that nobody else knows a way in.
"""

from __future__ import annotations

from sqlalchemy import Connection

from engine import administering as rules
from engine.duties import People
from engine.errors import Forbidden, InvalidInput, NotFound
from engine.sentences import say
from services import people, visits
from services.account_events import Kind, record
from services.administering import Instruction
from services.passwords import NO_PASSWORD
from services.store import account_links as store
from services.store import accounts as accounts_store
from services.store import people as people_store
from services.store.account_links import LinkRow
from services.store.accounts import SecretRow

_LONGEST = 200


def links(connection: Connection, issuer: str) -> dict[str, LinkRow]:
    """The links to a provider, by account."""
    return {row.person: row for row in store.links(connection, issuer)}


def link(connection: Connection, told: Instruction, account: str, *, issuer: str, subject: str) -> LinkRow:
    """Let whoever the provider knows as a subject sign in to an account. One's own only at the machine itself. Raises NotFound,
    Forbidden, InvalidInput."""
    named = subject.strip()
    if not named or len(named) > _LONGEST or not named.isprintable():
        raise InvalidInput("subject", say("expected 1 to {most} printable characters on one line", most=_LONGEST))
    _may_keep(connection, told, account, "link an account")
    _require_free(connection, issuer, account, named)
    row = LinkRow(issuer=issuer, subject=named, person=account, linked_by=told.by, linked_at=told.now)
    store.insert_link(connection, row)
    _forget_initial_password(connection, told, account)
    record(connection, Kind.LINKED, account, by=told.by, now=told.now, detail=named)
    return row


def unlink(connection: Connection, told: Instruction, account: str, *, issuer: str) -> LinkRow:
    """Let nobody sign in to an account by the provider any more: all its visits end. Raises NotFound, Forbidden."""
    _may_keep(connection, told, account, "unlink an account")
    row = store.of_person(connection, issuer, account)
    if row is None:
        raise NotFound("link of account", account)
    store.delete_link(connection, issuer, account)
    visits.end_all(connection, account, told.now)
    record(connection, Kind.UNLINKED, account, by=told.by, now=told.now, detail=row.subject)
    return row


def may_link(of: People, told: Instruction, account: str, *, command: str) -> None:
    """Somebody may link an account or unlink it: whoever keeps it, but his own only at the machine. Raises Forbidden."""
    if told.by == account and not told.is_local:
        raise Forbidden(command, "it is your own: another administrator does")
    rules.may_keep_account(of, told.by, account, told.today, command=command)


def _may_keep(connection: Connection, told: Instruction, account: str, command: str) -> None:
    """Two who link take turns, as those who change people do."""
    people.take_turn(connection)
    if people_store.person(connection, account) is None:
        raise NotFound("person", account, "enter the account first")
    may_link(people.people_in_force(connection), told, account, command=command)


def _require_free(connection: Connection, issuer: str, account: str, subject: str) -> None:
    if (held := store.of_person(connection, issuer, account)) is not None:
        raise InvalidInput("subject", say("{account} is linked to “{subject}” already; unlink that first", account=account,
                                          subject=held.subject))
    if (other := store.of_subject(connection, issuer, subject)) is not None:
        raise InvalidInput("subject", say("“{subject}” is linked to the account {account} already; unlink that first",
                                          account=other.person, subject=subject))


def _forget_initial_password(connection: Connection, told: Instruction, account: str) -> None:
    """An initial password, and whoever is in by it, is gone. Whoever has no secret gets one that is no password: a visit hangs
    on it."""
    row = accounts_store.lock_secret(connection, account)
    if row is None:
        accounts_store.insert_secret(connection, SecretRow(
            person=account, hash=NO_PASSWORD.hash, changed_at=told.now, must_change=False, failures=0, locked_until=None,
            disabled_at=None, disabled_by=None))
    elif row.must_change:
        accounts_store.save_secret(connection, row._replace(hash=NO_PASSWORD.hash, changed_at=told.now, must_change=False))
        visits.end_all(connection, account, told.now)
