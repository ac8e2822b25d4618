"""Cards, supervision orders and notifications as the API shows them, with the offices' words beside the keys."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import Connection

from engine.cards import Card, CardState, Order, OrderState
from engine.supervision import Colour
from services.inbox import notification_id
from services.store import oversight_pages as store
from services.store.rows import NotificationRow
from services.web import seeing, words
from services.web.cursor import cursor, instant, key_of, microseconds
from services.web.shapes import cases as shapes
from services.web.shapes import oversight as shapes_oversight

_BEGINNING = ("", -1, -1)  # before the first day
_END = datetime.max.replace(tzinfo=UTC)


def card(folded: Card) -> shapes.Card:
    """A card of a case."""
    return shapes.Card(
        seq=folded.seq, colour=folded.colour, colour_label=words.COLOURS[Colour(folded.colour)], rule=folded.rule,
        rule_label=words.RULES.get(folded.rule, folded.rule), clock=folded.clock, version=folded.version,
        scheduled_at=folded.scheduled_at, issued_at=folded.issued_at, holder=folded.holder, state=folded.state.value,
        state_label=words.CARD_STATES[folded.state])


def order(folded: Order) -> shapes.Order:
    """A supervision order about a case."""
    return shapes.Order(
        seq=folded.seq, addressee=folded.addressee, text=folded.text, due_on=folded.due_on, issued_by=folded.issued_by,
        issued_at=folded.issued_at, replied_by=folded.replied_by, state=folded.state.value,
        state_label=words.ORDER_STATES[folded.state])


def cards_page(connection: Connection, query: shapes_oversight.CardsQuery) -> shapes_oversight.Cards:
    """A page of cards, newest first."""
    asked = {"state": query.state and query.state.value, "colour": query.colour and query.colour.value,
             "process": query.process, "park": query.park, "department": query.department}
    at, (case_id, seq) = (_END, list(store.NEWEST[:2])) if query.after is None else _key(query.after, parts=3)

    def fetch(last: store.ListedCard | None, most: int) -> list[store.ListedCard]:
        before = (last.card.issued_at, last.card.case_id, last.card.seq) if last else (at, case_id, seq)
        return store.cards_page(connection, before=before, most=most,
                                **{name: value for name, value in asked.items() if value is not None})

    rows, last = seeing.page(connection, fetch, lambda each: each.card.case_id, query.limit)
    return shapes_oversight.Cards(items=[_card(each) for each in rows], next=cursor(
        microseconds(last.card.issued_at), last.card.case_id, last.card.seq) if last else None)


def orders_page(connection: Connection, query: shapes_oversight.OrdersQuery) -> shapes_oversight.Orders:
    """A page of supervision orders, in the order in which they have to be answered."""
    after = _BEGINNING
    if query.after is not None:
        day, case_id, seq = key_of(query.after, parts=3, field="after")
        after = date.fromordinal(min(max(day, 1), date.max.toordinal())).isoformat(), case_id, seq
    asked = {} if query.addressee is None else {"addressee": query.addressee}

    def fetch(last: store.ListedOrder | None, most: int) -> list[store.ListedOrder]:
        begin = (last.order.due_on, last.order.case_id, last.order.seq) if last else after
        return store.orders_page(connection, state=query.state.value, after=begin, most=most, **asked)

    rows, last = seeing.page(connection, fetch, lambda each: each.order.case_id, query.limit)
    return shapes_oversight.Orders(items=[_order(each) for each in rows], next=cursor(
        date.fromisoformat(last.order.due_on).toordinal(), last.order.case_id, last.order.seq) if last else None)


def notifications_page(
    connection: Connection, query: shapes_oversight.NotificationsQuery,
) -> shapes_oversight.Notifications:
    """A page of what somebody was told, newest first."""
    at, (case_id, seq, place) = (_END, list(store.NEWEST)) if query.after is None else _key(query.after, parts=4)

    def fetch(last: store.ListedNotification | None, most: int) -> list[store.ListedNotification]:
        before = _key_of(last.notification) if last else (at, case_id, seq, place)
        return store.notifications_page(connection, recipient=query.recipient, is_unread=query.unread, most=most, before=before)

    rows, last = seeing.page(connection, fetch, lambda each: each.notification.case_id, query.limit)
    return shapes_oversight.Notifications(items=[notification(each) for each in rows],
                                          next=_next(last.notification) if last else None)


def notification(listed: store.ListedNotification) -> shapes_oversight.Notification:
    """What somebody was told."""
    row = listed.notification
    return shapes_oversight.Notification(
        id=notification_id(listed), case=listed.number, seq=row.seq, recipient=row.recipient, unit=row.unit,
        channel=row.channel, subject=row.subject, created_at=row.created_at, read_at=row.read_at)


def _key(after: str, *, parts: int) -> tuple[datetime, list[int]]:
    at, *rest = key_of(after, parts=parts, field="after")
    return instant(at), rest


def _key_of(row: NotificationRow) -> tuple[datetime, int, int, int]:
    return row.created_at, row.case_id, row.seq, row.place


def _next(row: NotificationRow) -> str:
    at, *rest = _key_of(row)
    return cursor(microseconds(at), *rest)


def _card(listed: store.ListedCard) -> shapes_oversight.ListedCard:
    row = listed.card
    return shapes_oversight.ListedCard(
        case=listed.number, process=row.process, park=row.park, department=row.department, seq=row.seq,
        colour=Colour(row.colour), colour_label=words.COLOURS[Colour(row.colour)], rule=row.rule,
        rule_label=words.RULES.get(row.rule, row.rule), clock=row.clock, scheduled_at=row.scheduled_at,
        issued_at=row.issued_at, holder=row.holder, state=CardState(row.state),
        state_label=words.CARD_STATES[CardState(row.state)])


def _order(listed: store.ListedOrder) -> shapes_oversight.ListedOrder:
    row = listed.order
    return shapes_oversight.ListedOrder(
        case=listed.number, seq=row.seq, addressee=row.addressee, text=row.text, due_on=date.fromisoformat(row.due_on),
        issued_by=row.issued_by, issued_at=row.issued_at, state=OrderState(row.state),
        state_label=words.ORDER_STATES[OrderState(row.state)])
