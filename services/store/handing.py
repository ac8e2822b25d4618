"""The statements by which facts are handed over to endpoints.

Lanes are held before a delivery is put into one: a sender that leaves a lane looks, holding it, whether there is more in it, so
that it sees what was put in before, or whoever puts it in sees that it has left.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, case, func, insert, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from services import tables as t
from services.database import Instant

SUPERVISED = ("FindingReported", "PushReceived", "ResultPushed")
"""The facts about a pushed result 双推送双报告: each is of the department it was pushed to."""


class Leaving(NamedTuple):
    """A fact that has to be told outside, with what subscriptions ask of its case. `platform`: which upstream platform has
    sent it, "" for none; `department`: to which the result it is about was pushed, "" for a fact about none."""

    case_id: int
    seq: int
    kind: str
    created_at: datetime
    number: str
    process: str
    park: str
    platform: str
    department: str


class DeliveryRow(NamedTuple):
    """A fact for one endpoint."""

    case_id: int
    seq: int
    endpoint: int
    id: str
    kind: str
    is_personal: bool
    made_at: datetime
    state: str
    attempts: int
    redriven: int
    settled_at: datetime | None
    dismissed_by: str | None
    reason: str | None


_OUT, _CASE = t.outbox.c, t.case.c
_ANY = select(_OUT.seq).where(_OUT.sent_at.is_(None)).limit(1)
_IN_ORDER = (_OUT.created_at, _OUT.case_id, _OUT.seq)
# A case pushes once: the last push up to a fact is the one it is about.
_PUSHED_TO = (
    select(t.push.c.department).where(t.push.c.case_id == _OUT.case_id, t.push.c.seq <= _OUT.seq)
    .order_by(t.push.c.seq.desc()).limit(1).correlate(t.outbox).scalar_subquery())
LEAVING = (
    _OUT.case_id, _OUT.seq, _OUT.kind, _OUT.created_at, _CASE.number, _CASE.process, _CASE.park,
    func.coalesce(t.submission.c.platform, ""), case((_OUT.kind.in_(SUPERVISED), func.coalesce(_PUSHED_TO, "")), else_=""))
"""The columns of `Leaving`, of an outbox joined with its case and its submission."""
_UNSENT = (
    select(*LEAVING)
    .join_from(t.outbox, t.case, _CASE.id == _OUT.case_id).outerjoin(t.submission, t.submission.c.case_id == _OUT.case_id)
    .where(_OUT.sent_at.is_(None)).order_by(*_IN_ORDER).limit(bindparam("most")))
_NOW = bindparam("now", type_=Instant())
_HANDED = {"sent_at": case((_OUT.created_at > _NOW, _OUT.created_at), else_=_NOW), "book": bindparam("edition")}
_MARK = (update(t.outbox).where(_OUT.case_id == bindparam("of_case"), _OUT.seq == bindparam("of_seq"))
         .values(**_HANDED))
_FIRST = select(_OUT.case_id, _OUT.seq).where(_OUT.sent_at.is_(None)).order_by(*_IN_ORDER).limit(bindparam("most"))
_MARK_ALL = update(t.outbox).where(tuple_(_OUT.case_id, _OUT.seq).in_(_FIRST)).values(**_HANDED)
_INSERT = insert(t.delivery)
_LANE = (t.lane.c.endpoint == bindparam("of_endpoint"), t.lane.c.case_id == bindparam("of_case"))
_TOUCH = update(t.lane).where(*_LANE).values(fence=t.lane.c.fence)
_DEAD = (select(t.delivery.c.seq)
         .where(t.delivery.c.endpoint == t.lane.c.endpoint, t.delivery.c.case_id == t.lane.c.case_id,
                t.delivery.c.state == "dead").correlate(t.lane).exists())
_WAKE = (update(t.lane).where(*_LANE, t.lane.c.due_at.is_(None), ~_DEAD)
         .values(due_at=bindparam("at", type_=Instant())))


def is_anything_unsent(connection: Connection) -> bool:
    """Is there a fact that was not handed over?"""
    return connection.execute(_ANY).first() is not None


def unsent(connection: Connection, most: int) -> Sequence[Leaving]:
    """The oldest facts that were not handed over; of a case, in their order."""
    return [Leaving._make(row) for row in connection.execute(_UNSENT, {"most": most})]


def insert_deliveries(connection: Connection, rows: Sequence[DeliveryRow]) -> None:
    """Write deliveries."""
    if rows:
        connection.execute(_INSERT, [row._asdict() for row in rows])


def open_lanes(connection: Connection, lanes: Sequence[tuple[int, int]]) -> None:
    """Hold these lanes (endpoint, case), which are made where there are none, until the transaction ends."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(dialect.insert(t.lane).on_conflict_do_nothing(index_elements=["endpoint", "case_id"]), [
        {"endpoint": endpoint, "case_id": case_id, "due_at": None, "leased_until": None, "fence": 0}
        for endpoint, case_id in lanes])
    connection.execute(_TOUCH, [{"of_endpoint": endpoint, "of_case": case_id} for endpoint, case_id in lanes])


def wake_lanes(connection: Connection, lanes: Sequence[tuple[int, int]], at: datetime) -> None:
    """Each of these lanes that does nothing, and that no dead delivery holds, has something to do from `at` on."""
    connection.execute(_WAKE, [{"of_endpoint": endpoint, "of_case": case_id, "at": at} for endpoint, case_id in lanes])


def mark(connection: Connection, rows: Sequence[Leaving], now: datetime, edition: int) -> None:
    """These facts were handed over; never before they happened, whatever a clock says."""
    connection.execute(_MARK, [{"of_case": row.case_id, "of_seq": row.seq, "now": now, "edition": edition} for row in rows])


def mark_all(connection: Connection, most: int, now: datetime, edition: int) -> int:
    """The oldest facts were handed over, to nobody. Returns how many."""
    return connection.execute(_MARK_ALL, {"most": most, "now": now, "edition": edition}).rowcount
