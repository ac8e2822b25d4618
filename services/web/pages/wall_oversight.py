"""The lists of supervision 效能监督: cards 亮牌 and supervision orders 督办单."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import render_template, request

from engine.cards import CardState, OrderState
from engine.case import local_day
from engine.supervision import Colour
from services import oversight_lists as lists
from services import watching
from services.database import reading as read
from services.oversight_lists import CardKey, OrderKey
from services.store import clocks as clock_store
from services.web import words
from services.web.cursor import cursor, instant, key_of, microseconds
from services.web.door import door, now
from services.web.pages.wall_scope import chosen, everything, pages, within

_MOST = 50
_CARD_STATES = tuple(state.value for state in CardState)
_ORDER_STATES = tuple(state.value for state in OrderState)
_COLOURS = tuple(colour.value for colour in Colour)


@pages.get("/cards")
def cards() -> str:
    """亮牌: the cards, newest first."""
    state, colour, at = chosen("state", _CARD_STATES), chosen("colour", _COLOURS), now()
    with read(door().database) as connection:
        door().office.refresh(connection)
        page = lists.cards(connection, within(), state=state, colour=colour, after=_card_key(), most=_MOST)
        matters, parks = clock_store.matters(connection), watching.wall(connection, door().office, everything(), now=at).parks
    return render_template(
        "wall/cards.html", page=page, matters=matters, parks=parks, which=within(), state=state, colour=colour, words=words,
        card_states=CardState, colours=Colour, asked=_asked("state", "colour", "park"),
        is_first="after" not in request.args, next=page.next and cursor(microseconds(page.next[0]), *page.next[1:]))


@pages.get("/orders")
def orders() -> str:
    """督办单: those in a state, first due first."""
    state, at = chosen("state", _ORDER_STATES) or OrderState.OPEN.value, now()
    with read(door().database) as connection:
        door().office.refresh(connection)
        page = lists.orders(connection, within(), state=state, after=_order_key(), most=_MOST)
    return render_template(
        "wall/orders.html", page=page, state=OrderState(state), states=OrderState, words=words, today=local_day(at).isoformat(),
        asked=_asked("state", "park"), is_first="after" not in request.args,
        next=page.next and cursor(date.fromisoformat(page.next[0]).toordinal(), *page.next[1:]))


def _card_key() -> CardKey | None:
    found = _key(3)
    return None if found is None else (instant(found[0]), found[1], found[2])


def _order_key() -> OrderKey | None:
    found = _key(3)
    if found is None:
        return None
    return date.fromordinal(min(max(found[0], 1), date.max.toordinal())).isoformat(), found[1], found[2]


def _key(parts: int) -> tuple[int, ...] | None:
    text = request.args.get("after")
    return key_of(text[:200], parts=parts, field="after") if text else None


def _asked(*names: str) -> dict[str, Any]:
    return {name: request.args[name] for name in names if request.args.get(name)}
