"""How it stands with whom we tell: each endpoint with its backlog, its breaker, its secrets and what it is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from sqlalchemy import Connection

from services.deliveries.endpoints import found
from services.deliveries.sending import breaker_of
from services.store import deliveries, endpoints
from services.store.deliveries import Standing
from services.store.endpoints import EndpointRow, SecretRow, SubscriptionRow
from webhooks.breaker import Position

_NOTHING = Standing(0, 0, None)


class Condition(Enum):
    """How an endpoint is, at a glance; the worst that is true of it."""

    RETIRED = "retired"
    PAUSED = "paused"
    OPEN = "open"  # the breaker lets nothing through
    HALF_OPEN = "half_open"  # the breaker lets one probe through
    DEAD_LETTERS = "dead_letters"  # something waits for a person
    BEHIND = "behind"  # something waits to be told
    WELL = "well"


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """An endpoint. `secrets`: what is known of those that sign; `subscriptions`: those in force."""

    row: EndpointRow
    condition: Condition
    standing: Standing
    secrets: tuple[SecretRow, ...]
    subscriptions: tuple[SubscriptionRow, ...]


def healths(connection: Connection, now: datetime, *, with_retired: bool = False) -> list[Health]:
    """Every endpoint, in the order they were entered."""
    standings = deliveries.standings(connection)
    return [_health(connection, row, standings.get(row.id, _NOTHING), now) for row in endpoints.endpoints(connection)
            if with_retired or row.retired_at is None]


def health(connection: Connection, id: int, now: datetime) -> Health:
    """One of them. Raises NotFound."""
    standing = deliveries.standings(connection).get(id, _NOTHING)
    return _health(connection, found(connection, id), standing, now)


def _health(connection: Connection, row: EndpointRow, standing: Standing, now: datetime) -> Health:
    known = endpoints.secrets(connection, row.id)
    return Health(
        row=row, condition=_condition(row, standing, now), standing=standing,
        secrets=tuple(each for each in known if each.expires_at is None or each.expires_at > now),
        subscriptions=tuple(endpoints.subscriptions(connection, row.id, in_force=True)))


def _condition(row: EndpointRow, standing: Standing, now: datetime) -> Condition:
    position = breaker_of(row).position(now)
    for is_so, condition in (
            (row.retired_at is not None, Condition.RETIRED), (row.paused_at is not None, Condition.PAUSED),
            (position is Position.OPEN, Condition.OPEN), (position is Position.HALF_OPEN, Condition.HALF_OPEN),
            (standing.dead > 0, Condition.DEAD_LETTERS), (standing.waiting > 0, Condition.BEHIND)):
        if is_so:
            return condition
    return Condition.WELL
