"""Cards and supervision orders within a scope, page by page.

Reads only. What lies outside the scope of whoever looks is not there for him.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

from sqlalchemy import Connection

from services.store import watching as store
from services.store.oversight_pages import NEWEST, ListedCard, ListedOrder
from services.store.watching import Place
from services.watching import PAGE, Within, walked

EVER = datetime(1970, 1, 1, tzinfo=UTC)
_END = datetime.max.replace(tzinfo=UTC)
_Item = TypeVar("_Item")
_Key = TypeVar("_Key")

CardKey = tuple[datetime, int, int]
OrderKey = tuple[str, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[_Item, _Key]):
    """A page of a list. `next`: after which key it goes on; None: nothing follows."""

    items: tuple[_Item, ...]
    next: _Key | None


def cards(
    connection: Connection, within: Within, *, state: str | None = None, colour: str | None = None, since: datetime = EVER,
    after: CardKey | None = None, most: int,
) -> Page[ListedCard, CardKey]:
    """Cards, newest first, of a state and a colour; None: of any."""
    asked = {name: (value,) for name, value in (("state", state), ("colour", colour)) if value is not None}
    wanted = {**within.wanted, **asked}

    def fetch(seen: tuple[Place, ListedCard] | None) -> Sequence[tuple[Place, ListedCard]]:
        before = _card_key(seen[1]) if seen else after or (_END, *NEWEST[:2])
        return store.cards(connection, before=before, since=since, most=PAGE, wanted=wanted)

    found, last = walked(fetch, lambda row: within.holds(row[0]), most)
    return Page(items=tuple(row[1] for row in found), next=_card_key(last[1]) if last else None)


def orders(
    connection: Connection, within: Within, *, state: str, after: OrderKey | None = None, most: int,
) -> Page[ListedOrder, OrderKey]:
    """Supervision orders in a state, first due first."""

    def fetch(seen: tuple[Place, ListedOrder] | None) -> Sequence[tuple[Place, ListedOrder]]:
        key = _order_key(seen[1]) if seen else after or ("", -1, -1)
        return store.orders(connection, state=state, after=key, most=PAGE, wanted=within.wanted)

    found, last = walked(fetch, lambda row: within.holds(row[0]), most)
    return Page(items=tuple(row[1] for row in found), next=_order_key(last[1]) if last else None)


def _card_key(listed: ListedCard) -> CardKey:
    return listed.card.issued_at, listed.card.case_id, listed.card.seq


def _order_key(listed: ListedOrder) -> OrderKey:
    return listed.order.due_on, listed.order.case_id, listed.order.seq
