"""Trying out an endpoint 试推: an event that is of no case, posted once, whatever its breaker says and even while it is paused.

Somebody asks for it, and whoever posts takes that up: a door posts nothing while it holds a transaction. What was answered
stands in the log. Nothing follows from it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection, Engine

from services.database import reading as read
from services.database import writing as write
from services.deliveries.leaving import URN
from services.deliveries.sending import Message, attempt_of, post, signed
from services.store import endpoints, lanes
from services.store.endpoints import EndpointRow
from services.store.handing import DeliveryRow
from webhooks.envelope import Event, written
from webhooks.post import Wire

KIND = "Test"


def run(database: Engine, wire: Wire, *, clock: Callable[[], datetime]) -> int:
    """Post every test that somebody has asked for. Returns how many."""
    posted = 0
    with read(database) as connection:
        asked = [row.id for row in endpoints.endpoints(connection) if row.test_asked_at is not None]
    for endpoint in asked:
        with write(database) as connection:
            message = _taken(connection, endpoint, clock())
        if message is not None:
            outcome = post(wire, message)
            with write(database) as connection:
                lanes.insert_attempt(connection, attempt_of(message, 0, outcome))
            posted += 1
    return posted


def _taken(connection: Connection, id: int, now: datetime) -> Message | None:
    """The test of an endpoint, which nobody else posts then."""
    endpoint = endpoints.endpoint(connection, id, is_held=True)
    if endpoint is None or endpoint.test_asked_at is None:
        return None
    endpoints.change_endpoint(connection, id, test_asked_at=None, test_asked_by=None)
    delivery = _delivery(endpoint, endpoint.test_asked_at)
    event = Event(id=delivery.id, source=URN, kind=KIND, subject=KIND, at=now, seq=0, data={
        "kind": KIND, "endpoint": endpoint.name, "asked_by": endpoint.test_asked_by})
    return signed(connection, endpoint, delivery, written(event), now)


def _delivery(endpoint: EndpointRow, asked_at: datetime) -> DeliveryRow:
    id = "test_" + sha256(f"{endpoint.id}\n{asked_at.isoformat()}".encode()).hexdigest()[:32]
    return DeliveryRow(case_id=0, seq=0, endpoint=endpoint.id, id=id, kind=KIND, is_personal=False, made_at=asked_at,
                       state="", attempts=0, redriven=0, settled_at=None, dismissed_by=None, reason=None)
