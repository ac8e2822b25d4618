"""Cards 黄牌 / 红牌 and supervision orders 督办单 of a case: what has become of each.

Each is known by the number of the fact that issued it. What may be done to one, and by whom, is decided by `engine.overseeing`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum
from typing import Any

from engine import events
from engine.events import Recorded


class CardState(Enum):
    """Where a card stands. The values are stored."""

    ISSUED = "issued"  # 已亮牌
    APPEALED = "appealed"  # 申诉中
    UPHELD = "upheld"  # 申诉不成立
    WRITTEN_OFF = "written_off"  # 已核销
    EXEMPTED = "exempted"  # 容错免责


CARD_ALLOWED: Mapping[CardState, frozenset[CardState]] = {
    CardState.ISSUED: frozenset({CardState.APPEALED, CardState.WRITTEN_OFF, CardState.EXEMPTED}),
    CardState.APPEALED: frozenset({CardState.UPHELD, CardState.WRITTEN_OFF, CardState.EXEMPTED}),
    CardState.UPHELD: frozenset({CardState.EXEMPTED}),
    CardState.WRITTEN_OFF: frozenset(),
    CardState.EXEMPTED: frozenset(),
}

CARD_TARGETS: Mapping[type, CardState] = {
    events.CardAppealed: CardState.APPEALED, events.CardUpheld: CardState.UPHELD,
    events.CardWrittenOff: CardState.WRITTEN_OFF, events.CardExempted: CardState.EXEMPTED,
}


class OrderState(Enum):
    """Where a supervision order stands. The values are stored."""

    OPEN = "open"  # 待答复
    REPLIED = "replied"  # 待销号
    CLOSED = "closed"  # 已销号


ORDER_ALLOWED: Mapping[OrderState, frozenset[OrderState]] = {
    OrderState.OPEN: frozenset({OrderState.REPLIED}),
    OrderState.REPLIED: frozenset({OrderState.OPEN, OrderState.CLOSED}),
    OrderState.CLOSED: frozenset(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """An issued card. `version`: the deadline of the clock it was issued for; `holder`: who had the case."""

    seq: int
    colour: str
    rule: str
    clock: str
    version: int
    scheduled_at: datetime
    issued_at: datetime
    holder: str = ""
    state: CardState = CardState.ISSUED


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A supervision order. `replied_by`: who mended, "" before the reply."""

    seq: int
    addressee: str
    text: str
    due_on: date
    issued_by: str
    issued_at: datetime
    replied_by: str = ""
    state: OrderState = OrderState.OPEN


def folded(cards: tuple[Card, ...], orders: tuple[Order, ...], recorded: Recorded) -> dict[str, Any]:
    """What a fact changes about the cards and orders, as a change of the case; nothing when it tells of none."""
    match fact := recorded.fact:
        case events.CardIssued():
            return {"cards": (*cards, Card(
                seq=recorded.seq, colour=fact.colour, rule=fact.rule, clock=fact.clock, version=fact.version,
                scheduled_at=fact.scheduled_at, issued_at=recorded.at, holder=fact.holder))}
        case events.CardAppealed() | events.CardUpheld() | events.CardWrittenOff() | events.CardExempted():
            return {"cards": tuple(replace(card, state=CARD_TARGETS[type(fact)]) if card.seq == fact.card else card
                                   for card in cards)}
        case events.OrderIssued():
            return {"orders": (*orders, Order(
                seq=recorded.seq, addressee=fact.addressee, text=fact.text, due_on=fact.due_on, issued_by=recorded.by,
                issued_at=recorded.at))}
        case events.OrderReplied():
            return _ordered(orders, fact.order, state=OrderState.REPLIED, replied_by=recorded.by)
        case events.OrderReturned():
            return _ordered(orders, fact.order, state=OrderState.OPEN, due_on=fact.due_on)
        case events.OrderClosed():
            return _ordered(orders, fact.order, state=OrderState.CLOSED)
    return {}


def _ordered(orders: tuple[Order, ...], seq: int, **changes: Any) -> dict[str, Any]:
    return {"orders": tuple(replace(order, **changes) if order.seq == seq else order for order in orders)}
