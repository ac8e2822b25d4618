"""The lists of supervision 效能监督: cards 亮牌, supervision orders 督办单, and the inbox 站内消息 of whoever supervises."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.cards import CardState, OrderState
from engine.case import local_day
from engine.duties import SUPERVISOR_ROLE
from engine.supervision import Colour
from services import oversight_lists as lists
from services import watching
from services.database import reading as read
from services.database import writing as write
from services.inbox import notification_id
from services.oversight_lists import CardKey, MessageKey, OrderKey
from services.store import clocks as clock_store
from services.store.watching import Place
from services.web import words
from services.web.cursor import cursor, instant, key_of, microseconds
from services.web.door import door, now
from services.web.pages.wall_scope import chosen, everything, found_case, pages, within
from services.web.visiting import visitor

_MOST = 50
_CARD_STATES = tuple(state.value for state in CardState)
_ORDER_STATES = tuple(state.value for state in OrderState)
_COLOURS = tuple(colour.value for colour in Colour)
DONE = {"read": "已标为已读。"}


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


@pages.get("/inbox")
def inbox() -> str:
    """站内消息: what this visitor was told, himself or in his role; what is unread, unless all is asked for."""
    is_all = chosen("show", ("all",)) == "all"
    with read(door().database) as connection:
        door().office.refresh(connection)
        page = lists.messages(connection, everything(), recipients(), is_unread=not is_all, after=_message_key(), most=_MOST)
    return render_template(
        "wall/inbox.html", page=page, is_all=is_all, id_of=notification_id, asked=_asked("show"),
        is_first="after" not in request.args, next=page.next and cursor(microseconds(page.next[0]), *page.next[1:]),
        done=DONE.get(request.args.get("done", "")))


@pages.post("/inbox/<id>/read", endpoint="read")
def mark_read(id: str) -> Response:
    """标为已读."""
    at = now()
    with write(door().database) as connection:
        door().office.refresh(connection)
        row = found_case(connection, id.partition("-")[0])
        lists.read_message(connection, Place(row.park, row.department, row.process), everything(), recipients(), id, now=at)
    return redirect(url_for("wall.inbox", done="read", show=chosen("show", ("all",))), 303)


def recipients() -> tuple[str, ...]:
    """By which names this visitor is told things: his account, his name in the contact book, his role."""
    return tuple(dict.fromkeys((visitor().id, visitor().name, SUPERVISOR_ROLE)))


def _card_key() -> CardKey | None:
    found = _key(3)
    return None if found is None else (instant(found[0]), found[1], found[2])


def _order_key() -> OrderKey | None:
    found = _key(3)
    if found is None:
        return None
    return date.fromordinal(min(max(found[0], 1), date.max.toordinal())).isoformat(), found[1], found[2]


def _message_key() -> MessageKey | None:
    found = _key(4)
    return None if found is None else (instant(found[0]), found[1], found[2], found[3])


def _key(parts: int) -> tuple[int, ...] | None:
    text = request.args.get("after")
    return key_of(text[:200], parts=parts, field="after") if text else None


def _asked(*names: str) -> dict[str, Any]:
    return {name: request.args[name] for name in names if request.args.get(name)}
