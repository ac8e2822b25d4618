"""The statements of whoever sends: a lane is leased, its deliveries are tried in their order, the lane is left.

Everything that changes a lane holds its endpoint first and then the lane, so that no two wait for each other.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, func, insert, select, update

from services import tables as t
from services.database import Instant
from services.store.handing import DeliveryRow


class LaneRow(NamedTuple):
    """The deliveries of one case at one endpoint."""

    endpoint: int
    case_id: int
    due_at: datetime | None
    leased_until: datetime | None
    fence: int


class AttemptRow(NamedTuple):
    """What was sent and answered."""

    delivery: str
    fence: int
    endpoint: int
    at: datetime
    digest: str
    bytes: int
    milliseconds: int
    status: int | None
    failure: str | None
    said: str
    is_late: bool


_LANE, _DELIVERY = t.lane.c, t.delivery.c
_NOW = bindparam("now", type_=Instant())
_OF_ENDPOINT = _LANE.endpoint == bindparam("of_endpoint")
_OF_LANE = (_OF_ENDPOINT, _LANE.case_id == bindparam("of_case"))
_DUE = select(*_LANE).where(_OF_ENDPOINT, _LANE.due_at <= _NOW).order_by(_LANE.due_at)
_IS_DUE = select(_LANE.case_id).where(_OF_ENDPOINT, _LANE.due_at <= _NOW).limit(1)
_CLAIM = _DUE.limit(bindparam("most")).with_for_update(skip_locked=True)
_LEASED = select(func.count()).where(_OF_ENDPOINT, _LANE.leased_until > _NOW)
_HELD = select(*_LANE).where(*_OF_LANE).with_for_update()
_LEASE = update(t.lane).where(*_OF_LANE).values(
    due_at=bindparam("until", type_=Instant()), leased_until=bindparam("until", type_=Instant()), fence=_LANE.fence + 1)
_LEAVE = update(t.lane).where(*_OF_LANE).values(due_at=bindparam("at", type_=Instant()), leased_until=None)
_HEAD = (
    select(*(_DELIVERY[name] for name in DeliveryRow._fields))
    .where(_DELIVERY.endpoint == bindparam("of_endpoint"), _DELIVERY.case_id == bindparam("of_case"),
           _DELIVERY.settled_at.is_(None))
    .order_by(_DELIVERY.seq).limit(1))
_DEFINITION = select(t.case.c.definition_id).where(t.case.c.id == bindparam("of_case"))
_CHANGE = update(t.delivery).where(_DELIVERY.case_id == bindparam("of_case"), _DELIVERY.seq == bindparam("of_seq"),
                                   _DELIVERY.endpoint == bindparam("of_endpoint"))


def is_due(connection: Connection, endpoint: int, now: datetime) -> bool:
    """Has a lane of the endpoint something to do?"""
    return connection.execute(_IS_DUE, {"of_endpoint": endpoint, "now": now}).first() is not None


def leased(connection: Connection, endpoint: int, now: datetime) -> int:
    """How many lanes of the endpoint senders have."""
    return int(connection.execute(_LEASED, {"of_endpoint": endpoint, "now": now}).scalar_one())


def claim(connection: Connection, endpoint: int, *, now: datetime, until: datetime, most: int) -> list[LaneRow]:
    """Lanes that are due, leased until then, the longest due first."""
    rows = [LaneRow._make(row) for row in connection.execute(_CLAIM, {"of_endpoint": endpoint, "now": now, "most": most})]
    if rows:
        connection.execute(_LEASE, [{"of_endpoint": endpoint, "of_case": row.case_id, "until": until} for row in rows])
    return [row._replace(due_at=until, leased_until=until, fence=row.fence + 1) for row in rows]


def held(connection: Connection, endpoint: int, case_id: int) -> LaneRow | None:
    """A lane, held until the transaction ends."""
    row = connection.execute(_HELD, {"of_endpoint": endpoint, "of_case": case_id}).first()
    return LaneRow._make(row) if row else None


def leave(connection: Connection, endpoint: int, case_id: int, due_at: datetime | None) -> None:
    """Nobody has the lane any more. `due_at`: when there is something to do in it; None: when something is put in."""
    connection.execute(_LEAVE, {"of_endpoint": endpoint, "of_case": case_id, "at": due_at})


def head(connection: Connection, endpoint: int, case_id: int) -> DeliveryRow | None:
    """The first delivery of a lane that is not settled."""
    row = connection.execute(_HEAD, {"of_endpoint": endpoint, "of_case": case_id}).first()
    return DeliveryRow._make(row) if row else None


def definition_of(connection: Connection, case_id: int) -> int:
    """The id of the definition a case runs on."""
    return int(connection.execute(_DEFINITION, {"of_case": case_id}).scalar_one())


def change_delivery(connection: Connection, row: DeliveryRow, **values: object) -> None:
    """Columns of a delivery get other values."""
    connection.execute(_CHANGE.values(**values), {"of_case": row.case_id, "of_seq": row.seq, "of_endpoint": row.endpoint})


def insert_attempt(connection: Connection, row: AttemptRow) -> None:
    """Write down what was sent and answered."""
    connection.execute(insert(t.attempt), row._asdict())
