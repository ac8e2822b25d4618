"""The API of one's own inbox 站内消息: what whoever asks was told, himself, with his unit or in his role."""

from __future__ import annotations

from datetime import datetime

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from sqlalchemy import Connection

from services import messages
from services.database import reading as read
from services.messages import MessageKey, Reader
from services.web.answers import oversight as answers
from services.web.auth import API
from services.web.cursor import cursor, instant, key_of, microseconds
from services.web.describe import SECURITY, answered
from services.web.door import door, now
from services.web.entering import perform
from services.web.incoming import expect_nothing
from services.web.sent import as_json
from services.web.shapes import inbox as shapes
from services.web.shapes.oversight import Notification, NotificationPath

api = APIBlueprint("inbox", __name__, url_prefix=f"{API}/inbox", abp_tags=[Tag(name="inbox", description="站内消息")],
                   abp_security=SECURITY)


@api.get("", summary="站内消息: one's own", operation_id="inbox", responses=answered(shapes.Inbox))
def list_inbox(header: shapes.Told, query: shapes.InboxQuery) -> Response:
    """The newest first."""
    with read(door().database) as connection:
        page = messages.messages(connection, _reader(connection, header, now()), is_unread=query.unread,
                                 after=_key(query.after), most=query.limit)
    return as_json(shapes.Inbox(items=[answers.notification(each) for each in page.items],
                                next=page.next and cursor(microseconds(page.next[0]), *page.next[1:])))


@api.post("/<id>/read", summary="标为已读", operation_id="read_message", responses=answered(Notification, 404))
def read_message(path: NotificationPath, header: shapes.Noting) -> Response:
    """By whom it was meant for; marked twice, the first time stands."""
    expect_nothing()
    return perform(lambda connection, at: answers.notification(
        messages.read(connection, _reader(connection, header, at), path.id, now=at)))


def _reader(connection: Connection, header: shapes.Told, at: datetime) -> Reader:
    door().office.refresh(connection)
    return messages.reader(door().office, header.by, now=at)


def _key(sent: str | None) -> MessageKey | None:
    if sent is None:
        return None
    at, case_id, seq, place = key_of(sent, parts=4, field="after")
    return instant(at), case_id, seq, place
