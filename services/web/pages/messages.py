"""The inbox 站内消息: what a visitor was told, himself, with his unit or in his role."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from engine.errors import InvalidInput
from engine.sentences import say
from services import messages, push_lists
from services.database import reading as read
from services.database import writing as write
from services.inbox import notification_id
from services.messages import MessageKey, Reader
from services.push_lists import Line
from services.web.admission import may
from services.web.cursor import cursor, instant, key_of, microseconds
from services.web.door import door, now
from services.web.frame import text
from services.web.visiting import visitor

pages = Blueprint("messages", __name__, url_prefix="/messages")

_MOST = 50
_MOST_PUSHES = 20
_ALL = "all"


@pages.get("/")
def inbox() -> str:
    """What is unread, unless all is asked for; on the first page, what his department has to sign for."""
    is_first = "after" not in request.args
    with read(door().database) as connection:
        pushes = waiting(connection) if is_first else []
        page = messages.messages(connection, _reader(connection), is_unread=not _is_all(), after=_after(), most=_MOST)
    return render_template(
        "messages.html", page=page, is_all=_is_all(), id_of=notification_id, asked=_asked(), is_first=is_first, pushes=pushes,
        next=page.next and cursor(microseconds(page.next[0]), *page.next[1:]),
        done=text("已标为已读。") if request.args.get("done") == "read" else "")


@pages.post("/<id>/read", endpoint="read")
def mark_read(id: str) -> Response:
    """标为已读."""
    with write(door().database) as connection:
        messages.read(connection, _reader(connection), id, now=now())
    return redirect(url_for("messages.inbox", done="read", **_asked()), 303)


def unread(connection: Connection) -> int:
    """How many messages this visitor has not read."""
    return messages.unread(connection, _reader(connection))


def waiting(connection: Connection) -> list[Line]:
    """What this visitor's own departments have to sign for, the first of it."""
    if not may("receipts.index"):
        return []
    return push_lists.waiting(connection, door().office, visitor().id, now=now(), most=_MOST_PUSHES)


def _reader(connection: Connection) -> Reader:
    door().office.refresh(connection)
    return messages.reader(door().office, visitor().id, now=now())


def _is_all() -> bool:
    shown = request.args.get("show", "")
    if shown not in ("", _ALL):
        raise InvalidInput("show", say("expected one of {known}", known=(_ALL,)))
    return bool(shown)


def _asked() -> dict[str, Any]:
    return {"show": _ALL} if _is_all() else {}


def _after() -> MessageKey | None:
    sent = request.args.get("after")
    if not sent:
        return None
    at, *rest = key_of(sent[:200], parts=4, field="after")
    return instant(at), rest[0], rest[1], rest[2]
