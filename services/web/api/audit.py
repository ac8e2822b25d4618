"""The API of the audit administrator 审计管理员: what happened to accounts, and who has looked at personal data."""

from __future__ import annotations

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from services import account_events, unmasking
from services.database import reading as read
from services.web.auth import API
from services.web.cursor import following, key_of
from services.web.describe import SECURITY, answered
from services.web.door import door
from services.web.sent import as_json
from services.web.shapes import accounts as shapes

api = APIBlueprint("audit", __name__, url_prefix=API, abp_tags=[Tag(name="audit", description="审计")], abp_security=SECURITY)


@api.get("/account-events", summary="What happened to accounts", operation_id="account_events",
         responses=answered(shapes.AccountEvents))
def list_events(query: shapes.AccountEventsQuery) -> Response:
    """The latest first. Written down once and never changed: a line that was taken away is missed."""
    with read(door().database) as connection:
        rows = account_events.events(connection, person=query.account, before=_before(query.after), most=query.limit + 1)
    return as_json(shapes.AccountEvents(items=[shapes.AccountEvent.model_validate(row) for row in rows[:query.limit]],
                                        next=following([row.id for row in rows], query.limit)))


@api.get("/unmaskings", summary="Who has looked at personal data", operation_id="unmaskings",
         responses=answered(shapes.Unmaskings))
def list_unmaskings(query: shapes.UnmaskingsQuery) -> Response:
    """The latest first, each with the reason that was given."""
    with read(door().database) as connection:
        rows = unmasking.records(connection, number=query.number, before=_before(query.after), most=query.limit + 1)
    return as_json(shapes.Unmaskings(items=[shapes.Unmasking.model_validate(row) for row in rows[:query.limit]],
                                     next=following([row.id for row in rows], query.limit)))


def _before(sent: str | None) -> int | None:
    return None if sent is None else key_of(sent, parts=1, field="after")[0]
