"""Whom facts are told 推送地址, and with which secrets: entered, changed, tried out, paused, retired.

A secret 签名密钥 is made here, shown once to whoever asked for it, and then read only by whoever signs. Two may live at a time:
when it is rotated the new one signs at once, and the one before goes on signing until the instant that was said, so that a
receiver takes up the new one when it is ready. Before the wire the address is held against what the installation allows.
"""

from __future__ import annotations

import secrets as random
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from engine import administering as rules
from engine.errors import Forbidden, InvalidInput, NotFound
from engine.sentences import say
from services.administering import Instruction
from services.people import people_in_force
from services.store import endpoints as store
from services.store import lanes_of_people as held
from services.store import writing
from services.store.endpoints import EndpointRow, SecretRow
from webhooks.faults import AddressRefused
from webhooks.guard import Guard
from webhooks.signature import SECRET_BYTES, secret_of

CONCURRENCY, MOST_AT_ONCE = 4, 16
KEEPS_SIGNING = timedelta(hours=24)
"""So long the secret before signs on, unless said otherwise."""
LONGEST_OVERLAP = timedelta(days=30)

_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEndpoint:
    """An endpoint to be entered. `concurrency`: cases it is told of at once."""

    name: str
    url: str
    concurrency: int = CONCURRENCY


def enter(connection: Connection, guard: Guard, told: Instruction, new: NewEndpoint) -> tuple[EndpointRow, str]:
    """Enter an endpoint. Returns it and its first secret, to be shown once. Raises Forbidden, InvalidInput."""
    _may(connection, told, "enter an endpoint")
    _check(guard, new)
    row = EndpointRow(id=writing.next_number(connection, "endpoint"), name=new.name.strip(), url=new.url.strip(),
                      concurrency=new.concurrency, made_by=told.by, made_at=told.now)
    store.insert_endpoint(connection, row)
    return row, _made(connection, told, row.id, 1)


def change(connection: Connection, guard: Guard, told: Instruction, id: int, new: NewEndpoint) -> EndpointRow:
    """An endpoint gets another name, address or concurrency; what waits goes to the new address. Raises NotFound, Forbidden,
    InvalidInput."""
    row = _working(connection, told, id, "change an endpoint")
    _check(guard, new)
    store.change_endpoint(connection, id, name=new.name.strip(), url=new.url.strip(), concurrency=new.concurrency)
    return row._replace(name=new.name.strip(), url=new.url.strip(), concurrency=new.concurrency)


def rotate(connection: Connection, told: Instruction, id: int, *, overlap: timedelta = KEEPS_SIGNING) -> tuple[SecretRow, str]:
    """A new secret signs from now on, and the one before it until `overlap` is over; one that was on its way out already ends
    now. Returns what is known of the new one, and itself, to be shown once. Raises NotFound, Forbidden, InvalidInput."""
    _working(connection, told, id, "rotate a secret")
    if not timedelta() <= overlap <= LONGEST_OVERLAP:
        raise InvalidInput("overlap_hours", say("expected 0 to {most} hours", most=LONGEST_OVERLAP // timedelta(hours=1)))
    known = store.secrets(connection, id)
    for each in known:
        if each.expires_at is None:
            store.expire_secret(connection, id, each.number, told.now + overlap)
        elif each.expires_at > told.now:
            store.expire_secret(connection, id, each.number, told.now)
    number = known[-1].number + 1
    return SecretRow(id, number, told.by, told.now, None), _made(connection, told, id, number)


def pause(connection: Connection, told: Instruction, id: int) -> EndpointRow:
    """Nothing is posted to an endpoint any more; what happens waits for it. Raises NotFound, Forbidden."""
    row = _working(connection, told, id, "pause an endpoint")
    if row.paused_at is not None:
        return row
    store.change_endpoint(connection, id, paused_at=told.now, paused_by=told.by)
    return row._replace(paused_at=told.now, paused_by=told.by)


def resume(connection: Connection, told: Instruction, id: int) -> EndpointRow:
    """What waits for a paused endpoint is posted; whatever its breaker has seen is forgotten. Raises NotFound, Forbidden."""
    row = _working(connection, told, id, "resume an endpoint")
    store.change_endpoint(connection, id, paused_at=None, paused_by=None, failures=0, open_until=None)
    return row._replace(paused_at=None, paused_by=None, failures=0, open_until=None)


def ask_test(connection: Connection, told: Instruction, id: int) -> EndpointRow:
    """Somebody wants to see whether an endpoint is reached: whoever posts next posts a test. Raises NotFound, Forbidden."""
    row = _working(connection, told, id, "try out an endpoint")
    store.change_endpoint(connection, id, test_asked_at=told.now, test_asked_by=told.by)
    return row._replace(test_asked_at=told.now, test_asked_by=told.by)


def retire(connection: Connection, told: Instruction, id: int, *, reason: str) -> EndpointRow:
    """An endpoint is told nothing any more, for good: its subscriptions end, what waits for it is dismissed, its secrets
    sign no more. Raises NotFound, Forbidden, InvalidInput."""
    _may(connection, told, "retire an endpoint")
    why = checked_reason(reason)
    book = store.next_edition(connection)  # held before any endpoint, as by whoever subscribes
    row = _working(connection, told, id, "retire an endpoint")
    for each in store.subscriptions(connection, id, in_force=True):
        store.end_subscription(connection, each.id, by=told.by, at=told.now, book=book)
    for secret in store.secrets(connection, id):
        store.expire_secret(connection, id, secret.number, min(told.now, secret.expires_at or told.now))
    held.close_lanes(connection, id)
    held.dismiss_all(connection, id, by=told.by, reason=why, at=told.now)
    store.change_endpoint(connection, id, retired_at=told.now, retired_by=told.by, test_asked_at=None, test_asked_by=None)
    return row._replace(retired_at=told.now, retired_by=told.by)


def found(connection: Connection, id: int, *, is_held: bool = False) -> EndpointRow:
    """An endpoint by its number. Raises NotFound."""
    row = store.endpoint(connection, id, is_held=is_held)
    if row is None:
        raise NotFound("endpoint", str(id), "list them first")
    return row


def checked_reason(text: str) -> str:
    """A reason as it is kept. Raises InvalidInput."""
    kept = text.strip()
    if not 1 <= len(kept) <= 500:
        raise InvalidInput("reason", say("expected 1 to {most} characters", most=500))
    return kept


def _working(connection: Connection, told: Instruction, id: int, command: str) -> EndpointRow:
    """An endpoint that is not retired, held, and somebody who may do this to it."""
    _may(connection, told, command)
    row = found(connection, id, is_held=True)
    if row.retired_at is not None:
        raise Forbidden(command, say("“{name}” was retired; enter another endpoint", name=row.name))
    return row


def _may(connection: Connection, told: Instruction, command: str) -> None:
    rules.may_keep_wire(people_in_force(connection), told.by, told.today, command=command)


def _check(guard: Guard, new: NewEndpoint) -> None:
    name = new.name.strip()
    if not 1 <= len(name) <= _LONGEST_NAME or not name.isprintable():
        raise InvalidInput("name", say("expected 1 to {most} printable characters on one line", most=_LONGEST_NAME))
    if not 1 <= new.concurrency <= MOST_AT_ONCE:
        raise InvalidInput("concurrency", say("expected a whole number from 1 to {most}", most=MOST_AT_ONCE))
    try:
        guard.target(new.url.strip())
    except AddressRefused as error:
        raise InvalidInput("url", error.sentence) from error


def _made(connection: Connection, told: Instruction, endpoint: int, number: int) -> str:
    secret = secret_of(random.token_bytes(SECRET_BYTES))
    store.insert_secret(connection, SecretRow(endpoint, number, told.by, told.now, None), secret)
    return secret
