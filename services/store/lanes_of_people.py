"""The statements by which people settle what does not settle by itself: redriven, dismissed, closed for good."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, update

from services import tables as t
from services.database import Instant
from services.store.handing import DeliveryRow

_D, _L = t.delivery.c, t.lane.c
_AT = bindparam("at", type_=Instant())
_OF_LANE = (_L.endpoint == bindparam("of_endpoint"), _L.case_id == bindparam("of_case"))
_DELIVERY = (_D.case_id == bindparam("of_case"), _D.seq == bindparam("of_seq"), _D.endpoint == bindparam("of_endpoint"))
_REDRIVE = (update(t.delivery).where(*_DELIVERY, _D.state == "dead")
            .values(state="waiting", attempts=0, redriven=_D.redriven + 1))
_DISMISSED = {"state": "dismissed", "settled_at": _AT, "dismissed_by": bindparam("by"), "reason": bindparam("why")}
_DISMISS = update(t.delivery).where(*_DELIVERY, _D.state == "dead").values(**_DISMISSED)
_DISMISS_ALL = (update(t.delivery).where(_D.endpoint == bindparam("of_endpoint"), _D.settled_at.is_(None)).values(**_DISMISSED))
_CLOSE = (update(t.lane).where(_L.endpoint == bindparam("of_endpoint"))
          .values(due_at=None, leased_until=None, fence=_L.fence + 1))


def redrive(connection: Connection, row: DeliveryRow) -> bool:
    """A dead delivery waits again, with all its tries. Returns whether it was dead."""
    return connection.execute(_REDRIVE, _key(row)).rowcount > 0


def dismiss(connection: Connection, row: DeliveryRow, *, by: str, reason: str, at: datetime) -> bool:
    """A dead delivery is given up. Returns whether it was dead."""
    return connection.execute(_DISMISS, {**_key(row), "by": by, "why": reason, "at": at}).rowcount > 0


def dismiss_all(connection: Connection, endpoint: int, *, by: str, reason: str, at: datetime) -> int:
    """All that an endpoint was not told yet is given up. Returns how much."""
    return connection.execute(_DISMISS_ALL, {"of_endpoint": endpoint, "by": by, "why": reason, "at": at}).rowcount


def close_lanes(connection: Connection, endpoint: int) -> None:
    """Nothing is to be done in any lane of an endpoint; whoever has one writes nothing in it any more."""
    connection.execute(_CLOSE, {"of_endpoint": endpoint})


def _key(row: DeliveryRow) -> dict[str, object]:
    return {"of_case": row.case_id, "of_seq": row.seq, "of_endpoint": row.endpoint}
