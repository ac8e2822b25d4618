"""The statements that read cards, supervision orders and notifications, and mark one of these as read. Built once at import.

Cards come newest first, orders in the order in which they have to be answered, notifications newest first for one recipient. A
page begins after the key of the page before.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import combinations
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Connection, Integer, Select, String, bindparam, select, tuple_, update

from services import tables as t
from services.database import Instant
from services.store.rows import CardRow, NotificationRow, OrderRow

NEWEST = (2**62, 2**31 - 1, 2**31 - 1)
"""Beyond the newest case, fact and place: with an instant before them, the key at which a list of newest first begins."""


class ListedCard(NamedTuple):
    """A card with the number of its case."""

    number: str
    card: CardRow


class ListedOrder(NamedTuple):
    """A supervision order with the number of its case."""

    number: str
    order: OrderRow


class ListedNotification(NamedTuple):
    """A notification with the number of its case."""

    number: str
    notification: NotificationRow


def _asked(columns: Mapping[str, Any], page: Select[Any]) -> dict[tuple[str, ...], Select[Any]]:
    """A statement for each set of columns that may be asked for, in the order of their names."""
    return {names: page.where(*(columns[name] == bindparam(f"of_{name}") for name in names))
            for most in range(len(columns) + 1) for names in combinations(sorted(columns), most)}


_ISSUED_AT, _CREATED_AT = bindparam("issued_at", type_=Instant), bindparam("created_at", type_=Instant)
_CASE_ID, _SEQ, _PLACE = (bindparam(name, type_=kind) for name, kind in (
    ("case_id", BigInteger), ("seq", Integer), ("place", Integer)))

_CARDS = _asked(
    {name: t.card.c[name] for name in ("colour", "department", "park", "process", "state")},
    select(t.case.c.number, *(t.card.c[name] for name in CardRow._fields))
    .join_from(t.card, t.case, t.card.c.case_id == t.case.c.id)
    .where(tuple_(t.card.c.issued_at, t.card.c.case_id, t.card.c.seq) < tuple_(_ISSUED_AT, _CASE_ID, _SEQ),
           t.card.c.issued_at <= _ISSUED_AT)
    .order_by(t.card.c.issued_at.desc(), t.card.c.case_id.desc(), t.card.c.seq.desc()).limit(bindparam("most")))

_DUE_ON = bindparam("due_on", type_=String)
_ORDERS = _asked(
    {"addressee": t.supervision_order.c.addressee},
    select(t.case.c.number, *(t.supervision_order.c[name] for name in OrderRow._fields))
    .join_from(t.supervision_order, t.case, t.supervision_order.c.case_id == t.case.c.id)
    .where(t.supervision_order.c.state == bindparam("state"),
           tuple_(t.supervision_order.c.due_on, t.supervision_order.c.case_id, t.supervision_order.c.seq)
           > tuple_(_DUE_ON, _CASE_ID, _SEQ), t.supervision_order.c.due_on >= _DUE_ON)
    .order_by(t.supervision_order.c.due_on, t.supervision_order.c.case_id, t.supervision_order.c.seq)
    .limit(bindparam("most")))

_OF_NOTIFICATION = [t.notification.c[name] for name in NotificationRow._fields]
_NOTIFICATIONS = (
    select(t.case.c.number, *_OF_NOTIFICATION).join_from(t.notification, t.case, t.notification.c.case_id == t.case.c.id)
    .where(t.notification.c.recipient == bindparam("recipient"),
           tuple_(t.notification.c.created_at, t.notification.c.case_id, t.notification.c.seq, t.notification.c.place)
           < tuple_(_CREATED_AT, _CASE_ID, _SEQ, _PLACE), t.notification.c.created_at <= _CREATED_AT)
    .order_by(t.notification.c.created_at.desc(), t.notification.c.case_id.desc(), t.notification.c.seq.desc(),
              t.notification.c.place.desc()).limit(bindparam("most")))
_UNREAD = _NOTIFICATIONS.where(t.notification.c.read_at.is_(None))
_NOTIFICATION = (
    select(t.case.c.number, *_OF_NOTIFICATION).join_from(t.notification, t.case, t.notification.c.case_id == t.case.c.id)
    .where(t.case.c.number == bindparam("number"), t.notification.c.seq == _SEQ, t.notification.c.place == _PLACE))
_MARK_READ = (
    update(t.notification)
    .where(t.notification.c.case_id == bindparam("of_case"), t.notification.c.seq == bindparam("of_seq"),
           t.notification.c.place == bindparam("of_place"), t.notification.c.read_at.is_(None))
    .values(read_at=bindparam("at", type_=Instant)))


def cards_page(connection: Connection, *, before: tuple[datetime, int, int], most: int, **wanted: str) -> list[ListedCard]:
    """Cards, newest first, before the key (issued at, case id, seq). `wanted`: colour, department, park, process, state."""
    given = {**dict(zip(("issued_at", "case_id", "seq"), before, strict=True)), "most": most, **_given(wanted)}
    return [ListedCard(row[0], CardRow._make(row[1:])) for row in connection.execute(_CARDS[tuple(sorted(wanted))], given)]


def orders_page(
    connection: Connection, *, state: str, after: tuple[str, int, int], most: int, **wanted: str,
) -> list[ListedOrder]:
    """Supervision orders in a state, after the key (due on, case id, seq). `wanted`: addressee."""
    given = {**dict(zip(("due_on", "case_id", "seq"), after, strict=True)), "state": state, "most": most, **_given(wanted)}
    return [ListedOrder(row[0], OrderRow._make(row[1:])) for row in connection.execute(_ORDERS[tuple(sorted(wanted))], given)]


def notifications_page(
    connection: Connection, *, recipient: str, before: tuple[datetime, int, int, int], is_unread: bool, most: int,
) -> list[ListedNotification]:
    """What somebody was told, newest first, before the key (created at, case id, seq, place)."""
    given = {**dict(zip(("created_at", "case_id", "seq", "place"), before, strict=True)), "recipient": recipient, "most": most}
    rows = connection.execute(_UNREAD if is_unread else _NOTIFICATIONS, given)
    return [ListedNotification(row[0], NotificationRow._make(row[1:])) for row in rows]


def notification(connection: Connection, *, number: str, seq: int, place: int) -> ListedNotification | None:
    """One notification of a case, None when there is no such."""
    row = connection.execute(_NOTIFICATION, {"number": number, "seq": seq, "place": place}).first()
    return ListedNotification(row[0], NotificationRow._make(row[1:])) if row else None


def mark_read(connection: Connection, row: NotificationRow, *, at: datetime) -> None:
    """Note when a notification was read; the first time counts."""
    connection.execute(_MARK_READ, {"of_case": row.case_id, "of_seq": row.seq, "of_place": row.place, "at": at})


def _given(wanted: Mapping[str, str]) -> dict[str, str]:
    return {f"of_{name}": value for name, value in wanted.items()}
