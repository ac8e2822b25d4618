"""Facts are handed over to the endpoints that are told of them: out of the outbox, which a step fills, into deliveries.

A step knows no endpoint: it writes that a fact must be told outside, and is done. Here, outside every step, the oldest of these
are taken, each is matched with the subscriptions in force, and what matches becomes a delivery; both in one transaction, so
that a fact is handed over wholly or not yet. Where nobody has subscribed, nothing piles up.

One hands over at a time, whoever it is: so the deliveries of a case are made in the order of its facts, and each fact is handed
over by one **edition** of the subscriptions. A subscription is in force from an edition on, and tells of what happened from an
instant on; for each fact it can be said afterwards to whom it went, and to whom it had to go (`services.verify.deliveries`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine

from services.addressing import tells
from services.database import reading as read
from services.database import writing as write
from services.store import endpoints as endpoints_store
from services.store import handing as store
from services.store.endpoints import EndpointRow, SubscriptionRow
from services.store.handing import DeliveryRow, Leaving
from webhooks.envelope import id_of

BATCH = 500
"""Facts that are handed over in one transaction; to nobody, ten times as many."""

WAITING = "waiting"


def fan_out(database: Engine, *, now: datetime, most: int = 1_000_000) -> int:
    """Hand over what has happened, `most` facts of it. Returns how many were. With nothing to hand over it only reads."""
    handed = 0
    while handed < most and _is_anything_unsent(database):
        with write(database) as connection:
            passed = _hand_over(connection, now, most - handed)
        if passed == 0:
            break  # another is at it
        handed += passed
    return handed


def _is_anything_unsent(database: Engine) -> bool:
    with read(database) as connection:
        return store.is_anything_unsent(connection)


def _hand_over(connection: Connection, now: datetime, most: int) -> int:
    edition = endpoints_store.edition_if_free(connection)
    if edition is None:
        return 0
    subscriptions = endpoints_store.subscriptions(connection, in_force=True)
    if not subscriptions:
        return store.mark_all(connection, min(10 * BATCH, most), now, edition)
    facts = store.unsent(connection, min(BATCH, most))
    if not facts:  # another has handed them over meanwhile
        return 0
    endpoints = {row.id: row for row in endpoints_store.endpoints(connection)}
    _deliver(connection, _deliveries(facts, subscriptions, endpoints, now), now)
    store.mark(connection, facts, now, edition)
    return len(facts)


def _deliver(connection: Connection, deliveries: Sequence[DeliveryRow], now: datetime) -> None:
    """In the order of their lanes: whoever holds several takes them in this order."""
    lanes = sorted({(row.endpoint, row.case_id) for row in deliveries})
    if lanes:
        store.open_lanes(connection, lanes)
        store.insert_deliveries(connection, deliveries)
        store.wake_lanes(connection, lanes, now)


def _deliveries(facts: Sequence[Leaving], subscriptions: Sequence[SubscriptionRow], endpoints: dict[int, EndpointRow],
                now: datetime) -> list[DeliveryRow]:
    """One for each fact and endpoint, however many subscriptions of the endpoint match it; with personal data when one of these
    gives them."""
    made: dict[tuple[int, int, int], DeliveryRow] = {}
    for fact in facts:
        for subscription in subscriptions:
            if not tells(subscription, endpoints[subscription.endpoint].platform, fact):
                continue
            key = (fact.case_id, fact.seq, subscription.endpoint)
            before = made.get(key)
            made[key] = DeliveryRow(
                case_id=fact.case_id, seq=fact.seq, endpoint=subscription.endpoint, kind=fact.kind,
                id=id_of(_named(endpoints[subscription.endpoint]), fact.number, fact.seq),
                is_personal=subscription.is_personal or (before is not None and before.is_personal), made_at=now, state=WAITING,
                attempts=0, redriven=0, settled_at=None, dismissed_by=None, reason=None)
    return list(made.values())


def _named(endpoint: EndpointRow) -> str:
    """What tells an endpoint from every other, of this installation and of others that post to the same receiver."""
    return f"{endpoint.id}@{endpoint.made_at.isoformat()}"
