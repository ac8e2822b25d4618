"""The statements about endpoints, their secrets and their subscriptions.

Who reads or changes which subscriptions there are holds the edition of them first: a fact is handed over by one edition, known
afterwards, and a subscription is in force from one edition to another.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, insert, or_, select, update

from services import tables as t
from services.database import Instant

EDITIONS = "subscriptions"
"""The counter of the editions."""


class EndpointRow(NamedTuple):
    """Whom facts are told. `failures`, `open_until`: of its breaker; `platform`: the upstream platform that it is, told in its
    words of the cases it has sent; "" for none."""

    id: int
    name: str
    url: str
    concurrency: int
    made_by: str
    made_at: datetime
    paused_at: datetime | None = None
    paused_by: str | None = None
    retired_at: datetime | None = None
    retired_by: str | None = None
    failures: int = 0
    open_until: datetime | None = None
    test_asked_at: datetime | None = None
    test_asked_by: str | None = None
    platform: str = ""


class SubscriptionRow(NamedTuple):
    """What an endpoint is told: `kinds` with commas between, "" for every kind; `process`, `park`: "" for any;
    `supervisor`: only facts about results pushed to this department, "" for any fact."""

    id: int
    endpoint: int
    kinds: str
    process: str
    park: str
    supervisor: str
    is_personal: bool
    basis: str
    made_by: str
    since_at: datetime
    since_book: int
    ended_by: str | None = None
    ended_at: datetime | None = None
    until_book: int | None = None


class SecretRow(NamedTuple):
    """What is known of a secret, without it. `expires_at`: it signs until then, None: until another is made."""

    endpoint: int
    number: int
    made_by: str
    made_at: datetime
    expires_at: datetime | None


_EDITION = select(t.counter.c.value).where(t.counter.c.name == EDITIONS)
_HOLD = {skips: _EDITION.with_for_update(skip_locked=skips) for skips in (False, True)}
_NEXT_EDITION = update(t.counter).where(t.counter.c.name == EDITIONS).values(value=t.counter.c.value + 1)
_ENDPOINT = [t.endpoint.c[name] for name in EndpointRow._fields]
_ENDPOINTS = select(*_ENDPOINT).order_by(t.endpoint.c.id)
_ONE = select(*_ENDPOINT).where(t.endpoint.c.id == bindparam("of_id"))
_HELD = _ONE.with_for_update(key_share=True)  # rows that only name it are written meanwhile
_CHANGE = update(t.endpoint).where(t.endpoint.c.id == bindparam("of_id"))
_SUBSCRIPTION = [t.subscription.c[name] for name in SubscriptionRow._fields]
_SUBSCRIPTIONS = select(*_SUBSCRIPTION).order_by(t.subscription.c.id)
_IN_FORCE = _SUBSCRIPTIONS.where(t.subscription.c.until_book.is_(None))
_OF_ENDPOINT = _SUBSCRIPTIONS.where(t.subscription.c.endpoint == bindparam("of_endpoint"))
_SUBSCRIPTION_OF_ID = select(*_SUBSCRIPTION).where(t.subscription.c.id == bindparam("of_id"))
_END = (update(t.subscription).where(t.subscription.c.id == bindparam("of_id"), t.subscription.c.until_book.is_(None))
        .values(ended_by=bindparam("by"), ended_at=bindparam("at", type_=Instant()), until_book=bindparam("book")))
_SECRET = [t.endpoint_secret.c[name] for name in SecretRow._fields]
_SECRETS = (select(*_SECRET).where(t.endpoint_secret.c.endpoint == bindparam("of_endpoint"))
            .order_by(t.endpoint_secret.c.number))
_SIGNING = (
    select(t.endpoint_secret.c.value)
    .where(t.endpoint_secret.c.endpoint == bindparam("of_endpoint"),
           or_(t.endpoint_secret.c.expires_at.is_(None), t.endpoint_secret.c.expires_at > bindparam("now", type_=Instant())))
    .order_by(t.endpoint_secret.c.number.desc()))
_EXPIRE = (
    update(t.endpoint_secret)
    .where(t.endpoint_secret.c.endpoint == bindparam("of_endpoint"), t.endpoint_secret.c.number == bindparam("of_number"))
    .values(expires_at=bindparam("at", type_=Instant())))


def edition(connection: Connection) -> int:
    """The edition that holds until this transaction ends; whoever else wants it waits."""
    return int(connection.execute(_HOLD[False]).scalar_one())


def edition_if_free(connection: Connection) -> int | None:
    """As `edition`, but None when another transaction has it."""
    return connection.execute(_HOLD[True]).scalar_one_or_none()


def next_edition(connection: Connection) -> int:
    """A new edition begins."""
    before = edition(connection)
    connection.execute(_NEXT_EDITION)
    return before + 1


def insert_endpoint(connection: Connection, row: EndpointRow) -> None:
    """Write an endpoint."""
    connection.execute(insert(t.endpoint), row._asdict())


def endpoints(connection: Connection) -> list[EndpointRow]:
    """All of them, retired ones too, in the order they were entered."""
    return [EndpointRow._make(row) for row in connection.execute(_ENDPOINTS)]


def endpoint(connection: Connection, id: int, *, is_held: bool = False) -> EndpointRow | None:
    """One; `is_held`: until the transaction ends, by nobody else."""
    row = connection.execute(_HELD if is_held else _ONE, {"of_id": id}).first()
    return EndpointRow._make(row) if row else None


def change_endpoint(connection: Connection, id: int, **values: object) -> None:
    """Columns of an endpoint get other values."""
    connection.execute(_CHANGE.values(**values), {"of_id": id})


def insert_secret(connection: Connection, row: SecretRow, value: str) -> None:
    """Write a secret."""
    connection.execute(insert(t.endpoint_secret), {**row._asdict(), "value": value})


def secrets(connection: Connection, endpoint: int) -> list[SecretRow]:
    """What is known of an endpoint's secrets, the oldest first."""
    return [SecretRow._make(row) for row in connection.execute(_SECRETS, {"of_endpoint": endpoint})]


def signing(connection: Connection, endpoint: int, now: datetime) -> list[str]:
    """The secrets themselves that sign now, the newest first. For whoever signs, and nobody else."""
    return list(connection.execute(_SIGNING, {"of_endpoint": endpoint, "now": now}).scalars())


def expire_secret(connection: Connection, endpoint: int, number: int, at: datetime) -> None:
    """A secret signs until then."""
    connection.execute(_EXPIRE, {"of_endpoint": endpoint, "of_number": number, "at": at})


def insert_subscription(connection: Connection, row: SubscriptionRow) -> None:
    """Write a subscription."""
    connection.execute(insert(t.subscription), row._asdict())


def subscriptions(connection: Connection, endpoint: int | None = None, *, in_force: bool = False) -> Sequence[SubscriptionRow]:
    """Subscriptions in the order they were made; `endpoint` None: of all."""
    if endpoint is None:
        found = connection.execute(_IN_FORCE if in_force else _SUBSCRIPTIONS)
    else:
        found = connection.execute(_OF_ENDPOINT, {"of_endpoint": endpoint})
    return [row for row in map(SubscriptionRow._make, found) if not in_force or row.until_book is None]


def subscription(connection: Connection, id: int) -> SubscriptionRow | None:
    """One of them."""
    row = connection.execute(_SUBSCRIPTION_OF_ID, {"of_id": id}).first()
    return SubscriptionRow._make(row) if row else None


def end_subscription(connection: Connection, id: int, *, by: str, at: datetime, book: int) -> bool:
    """A subscription ends with an edition. Returns whether it had not before."""
    return connection.execute(_END, {"of_id": id, "by": by, "at": at, "book": book}).rowcount > 0
