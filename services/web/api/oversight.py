"""The API of supervision 效能监督: remind, order and reply; appeal, write off and exempt; look at cards, orders, messages.

A supervisor changes no case and no clock. Nobody judges his own lapse, and who mended does not close the order: the engine
refuses both with 409, and says who may.
"""

from __future__ import annotations

from datetime import datetime

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel
from sqlalchemy import Connection

from services import inbox, messages, oversight
from services.database import reading as read
from services.web import auth
from services.web.answers import oversight as answers
from services.web.auth import API
from services.web.describe import SECURITY, answered, moved
from services.web.door import door
from services.web.entering import perform
from services.web.incoming import expect_nothing
from services.web.once import on_case
from services.web.sent import as_json
from services.web.shapes import oversight as shapes
from services.web.shapes.cases import CasePath, Moved, Moving
from services.web.shapes.headers import Keyed

api = APIBlueprint("oversight", __name__, url_prefix=API, abp_security=SECURITY,
                   abp_tags=[Tag(name="oversight", description="效能监督：催办、督办、亮牌")])


@api.post("/cases/<number>/remind", summary="催办", operation_id="remind", responses=moved(Moved))
def remind(path: CasePath, header: Moving, body: shapes.Reminding) -> Response:
    """Whoever holds up an open case is reminded; nothing has to be answered."""
    return on_case(path, header, oversight.remind, addressee=body.addressee, text=body.text)


@api.post("/cases/<number>/orders", summary="督办: issue a supervision order", operation_id="issue_order",
          responses=moved(Moved))
def issue_order(path: CasePath, header: Moving, body: shapes.Ordering) -> Response:
    """It has to be answered by a day, on a clock of its own, even after the case has ended. The case shows it by its `seq`."""
    return on_case(path, header, oversight.issue_order, addressee=body.addressee, text=body.text, due_on=body.due_on)


@api.post("/cases/<number>/orders/<seq>/reply", summary="督办答复", operation_id="reply_to_order", responses=moved(Moved))
def reply_to_order(path: shapes.OrderPath, header: Moving, body: shapes.Replying) -> Response:
    """What was done about it; it waits for being closed then."""
    return on_case(path, header, oversight.reply_to_order, order=path.seq, text=body.text)


@api.post("/cases/<number>/orders/<seq>/return", summary="退回重新答复", operation_id="return_order",
          responses=moved(Moved))
def return_order(path: shapes.OrderPath, header: Moving, body: shapes.Returning) -> Response:
    """The reply does not do, says another than who gave it; it is due again."""
    return on_case(path, header, oversight.return_order, order=path.seq, reason=body.reason, due_on=body.due_on)


@api.post("/cases/<number>/orders/<seq>/close", summary="销号", operation_id="close_order", responses=moved(Moved))
def close_order(path: shapes.OrderPath, header: Moving, body: shapes.Closing) -> Response:
    """By another than who mended (整改人≠销号人, measure 20)."""
    return on_case(path, header, oversight.close_order, order=path.seq, text=body.text)


@api.post("/cases/<number>/cards/<seq>/appeal", summary="申诉", operation_id="appeal", responses=moved(Moved))
def appeal(path: shapes.CardPath, header: Moving, body: shapes.Judging) -> Response:
    """Against a card that was issued; it stays until the appeal was heard."""
    return on_case(path, header, oversight.appeal, card=path.seq, reason=body.reason)


@api.post("/cases/<number>/cards/<seq>/uphold", summary="申诉不成立", operation_id="uphold", responses=moved(Moved))
def uphold(path: shapes.CardPath, header: Moving, body: shapes.Judging) -> Response:
    """The appeal was heard by somebody who has not handled the case; the card stays."""
    return on_case(path, header, oversight.uphold, card=path.seq, reason=body.reason)


@api.post("/cases/<number>/cards/<seq>/write-off", summary="核销", operation_id="write_off", responses=moved(Moved))
def write_off(path: shapes.CardPath, header: Moving, body: shapes.Judging) -> Response:
    """By a supervisor who has not handled the case, with a reason. The card stays on record as written off."""
    return on_case(path, header, oversight.write_off, card=path.seq, reason=body.reason)


@api.post("/cases/<number>/cards/<seq>/exempt", summary="容错免责 (measure 19)", operation_id="exempt",
          responses=moved(Moved))
def exempt(path: shapes.CardPath, header: Moving, body: shapes.Exempting) -> Response:
    """By the finding of the body that examined it, never by the person concerned. The card stays in the figures and leaves the
    count of accountability."""
    return on_case(path, header, oversight.exempt,
                   card=path.seq, conclusion=body.conclusion, document=body.document, reason=body.reason)


@api.get("/cards", summary="List the cards, newest first", operation_id="list_cards", responses=answered(shapes.Cards))
def list_cards(query: shapes.CardsQuery) -> Response:
    """黄牌 and 红牌 of all cases."""
    with read(door().database) as connection:
        return as_json(answers.cards_page(connection, query))


@api.get("/orders", summary="List the supervision orders, first due first", operation_id="list_orders",
         responses=answered(shapes.Orders))
def list_orders(query: shapes.OrdersQuery) -> Response:
    """Those that wait for an answer, unless another state is asked for."""
    with read(door().database) as connection:
        return as_json(answers.orders_page(connection, query))


@api.get("/notifications", summary="What somebody was told, newest first", operation_id="list_notifications",
         responses=answered(shapes.Notifications))
def list_notifications(query: shapes.NotificationsQuery) -> Response:
    """The messages of the ladder 预警与升级, to a role or to a person of the contact book."""
    with read(door().database) as connection:
        return as_json(answers.notifications_page(connection, query))


@api.post("/notifications/<id>/read", summary="已读", operation_id="read_notification",
          responses=answered(shapes.Notification, 404))
def read_notification(path: shapes.NotificationPath, header: Keyed) -> Response:
    """Notes when it was read; marked twice, the first time stands. An account reads what it was told alone."""
    expect_nothing()

    def note(connection: Connection, at: datetime) -> BaseModel:
        bearer = auth.bearer()
        if bearer is None:
            return answers.notification(inbox.mark_read(connection, path.id, now=at))
        door().office.refresh(connection)
        return answers.notification(messages.read(
            connection, messages.reader(door().office, bearer.person, now=at), path.id, now=at))

    return perform(note)
