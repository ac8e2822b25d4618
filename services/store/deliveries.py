"""The statements by which people look at deliveries: what waits, what is dead, what was sent and answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Integer, String, and_, bindparam, delete, func, or_, select

from services import tables as t
from services.database import Instant
from services.store.handing import DeliveryRow
from services.store.lanes import AttemptRow


class Standing(NamedTuple):
    """What has not come to an end at an endpoint. `since`: of the oldest that waits."""

    waiting: int
    dead: int
    since: datetime | None


class Shown(NamedTuple):
    """A delivery with the number of its case, and when it is tried next; None: not by itself."""

    delivery: DeliveryRow
    number: str
    due_at: datetime | None


_D, _A = t.delivery.c, t.attempt.c
_ROW = [_D[name] for name in DeliveryRow._fields]
_UNSETTLED = (select(_D.endpoint, _D.state, func.count(), func.min(_D.made_at)).where(_D.settled_at.is_(None))
              .group_by(_D.endpoint, _D.state))
_SHOWN = (
    select(*_ROW, t.case.c.number, t.lane.c.due_at).join_from(t.delivery, t.case, t.case.c.id == _D.case_id)
    .join(t.lane, and_(t.lane.c.endpoint == _D.endpoint, t.lane.c.case_id == _D.case_id), isouter=True))
_BY_ID = _SHOWN.where(_D.id == bindparam("of_id"))
_ENDPOINT, _STATE = bindparam("of_endpoint", type_=Integer), bindparam("of_state", type_=String)
_PAGE = (
    _SHOWN.where(or_(_ENDPOINT.is_(None), _D.endpoint == _ENDPOINT), or_(_STATE.is_(None), _D.state == _STATE),
                 or_(bindparam("of_number", type_=String).is_(None), t.case.c.number == bindparam("of_number", type_=String)),
                 or_(_D.case_id < bindparam("case_id"),
                     and_(_D.case_id == bindparam("case_id"), _D.seq < bindparam("seq")),
                     and_(_D.case_id == bindparam("case_id"), _D.seq == bindparam("seq"), _D.endpoint < bindparam("endpoint"))))
    .order_by(_D.case_id.desc(), _D.seq.desc(), _D.endpoint.desc()).limit(bindparam("most")))
_DEAD = (_SHOWN.where(_D.state == "dead", _D.endpoint == bindparam("of_endpoint")).order_by(_D.case_id, _D.seq)
         .limit(bindparam("most")))
_DEAD_KEYS = select(*_ROW).where(_D.state == "dead", _D.endpoint == bindparam("of_endpoint")).order_by(_D.case_id, _D.seq)
_BEFORE = bindparam("before", type_=Instant())
_ATTEMPT = [_A[name] for name in AttemptRow._fields]
_ATTEMPTS_OF = select(*_ATTEMPT).where(_A.delivery == bindparam("of_delivery")).order_by(_A.at, _A.fence)
_LATEST = (
    select(*_ATTEMPT).where(_A.endpoint == bindparam("of_endpoint"), or_(
        _A.at < _BEFORE, and_(_A.at == _BEFORE, _A.delivery > bindparam("last", type_=String))))
    .order_by(_A.at.desc(), _A.delivery).limit(bindparam("most")))
_FORGET = delete(t.attempt).where(_A.at < _BEFORE)
_FIRST_KEY = 2**62


def standings(connection: Connection) -> Mapping[int, Standing]:
    """How each endpoint stands that has something unsettled."""
    found: dict[int, Standing] = {}
    for endpoint, state, count, since in connection.execute(_UNSETTLED):
        before = found.get(endpoint, Standing(0, 0, None))
        found[endpoint] = before._replace(dead=count) if state == "dead" else before._replace(waiting=count, since=since)
    return found


def delivery(connection: Connection, id: str) -> Shown | None:
    """A delivery by its id."""
    row = connection.execute(_BY_ID, {"of_id": id}).first()
    return _shown(row) if row else None


def page(connection: Connection, *, endpoint: int | None, state: str | None, number: str | None,
         before: tuple[int, int, int] | None, most: int) -> list[Shown]:
    """Deliveries, the latest cases first, before a key (case id, seq, endpoint); None: any, or from the first."""
    case_id, seq, last = before or (_FIRST_KEY, 0, 0)
    return [_shown(row) for row in connection.execute(_PAGE, {
        "of_endpoint": endpoint, "of_state": state, "of_number": number, "case_id": case_id, "seq": seq, "endpoint": last,
        "most": most})]


def dead(connection: Connection, endpoint: int, most: int) -> list[Shown]:
    """Dead deliveries of an endpoint, in the order of their cases."""
    return [_shown(row) for row in connection.execute(_DEAD, {"of_endpoint": endpoint, "most": most})]


def all_dead(connection: Connection, endpoint: int) -> list[DeliveryRow]:
    """Every dead delivery of an endpoint."""
    return [DeliveryRow._make(row) for row in connection.execute(_DEAD_KEYS, {"of_endpoint": endpoint})]


def attempts_of(connection: Connection, delivery: str) -> list[AttemptRow]:
    """What was sent and answered of a delivery, in order."""
    return [AttemptRow._make(row) for row in connection.execute(_ATTEMPTS_OF, {"of_delivery": delivery})]


def latest_attempts(
    connection: Connection, endpoint: int, *, before: datetime, most: int, last: str = "",
) -> Sequence[AttemptRow]:
    """What was sent to an endpoint and answered before an instant, or at it of a delivery after `last`; the latest first."""
    return [AttemptRow._make(row) for row in connection.execute(_LATEST, {
        "of_endpoint": endpoint, "before": before, "last": last, "most": most})]


def forget_attempts(connection: Connection, before: datetime) -> int:
    """What was sent before an instant is forgotten; the deliveries stay. Returns how many were."""
    return connection.execute(_FORGET, {"before": before}).rowcount


def _shown(row: Sequence[Any]) -> Shown:
    values = tuple(row)
    size = len(DeliveryRow._fields)
    return Shown(delivery=DeliveryRow._make(values[:size]), number=values[size], due_at=values[size + 1])
