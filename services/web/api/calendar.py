"""The API of the calendar as law: what is in force, and how two people change it.

The same proposed twice, or decided twice, is refused (409); so a request that is repeated does nothing twice.
"""

from __future__ import annotations

from typing import Any

from flask import Response, request
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel

from services import calendar_changes
from services.calendar_changes import Proposed
from services.database import reading as read
from services.database import writing as write
from services.law import load_law
from services.web.answers import calendar as answers
from services.web.auth import API
from services.web.describe import SECURITY, answered, moved
from services.web.door import door, now
from services.web.sent import as_json
from services.web.shapes import calendar as shapes

api = APIBlueprint("calendar", __name__, url_prefix=f"{API}/calendar", abp_tags=[Tag(name="calendar", description="工作日历")],
                   abp_security=SECURITY)


def _made(shape: type[BaseModel]) -> dict[Any, Any]:
    """The responses of a route that proposes."""
    return {201: shape, **{status: told for status, told in moved(shape).items() if status not in (200, 404)}}


@api.get("", summary="The calendar in force", operation_id="calendar", responses=answered(shapes.CalendarLaw))
def get_calendar(query: shapes.CalendarQuery) -> Response:
    """Per year its breaks with make-up days and the working days of each month; the closures; what is proposed."""
    with read(door().database) as connection:
        law = load_law(connection, door().office.shelf)
        return as_json(answers.calendar(law, query.year, calendar_changes.pending(connection)))


@api.get("/changes", summary="List the changes of the calendar", operation_id="list_calendar_changes",
         responses=answered(shapes.CalendarChanges))
def list_changes() -> Response:
    """Pending, accepted and refused, oldest first. They are few: one notice a year, and closures."""
    with read(door().database) as connection:
        found = calendar_changes.changes(connection)
    return as_json(shapes.CalendarChanges(items=[answers.change(change) for change in found]))


@api.get("/changes/<int:id>", summary="Look at a change day by day", operation_id="calendar_change",
         responses=answered(shapes.ShownChange, 404))
def get_change(path: shapes.ChangePath) -> Response:
    """What it changes in the law as it stands; of an accepted one, in the law before it."""
    with read(door().database) as connection:
        return as_json(answers.shown(connection, door().office, path.id))


@api.post("/notices", summary="Propose a year's notice 放假通知", operation_id="propose_notice",
          responses=_made(shapes.ShownChange))
def propose_notice(header: shapes.Acting, body: shapes.NewNotice) -> Response:
    """Kept to the letter and shown day by day; it is not the law until a second person accepts it."""
    with write(door().database) as connection:
        told = calendar_changes.propose_notice(connection, door().office.shelf, request.get_data(), file="", by=header.by,
                                               now=now())
    return _created(told)


@api.post("/closures", summary="Propose a closure 停办", operation_id="propose_closure", responses=_made(shapes.ShownChange))
def propose_closure(header: shapes.Acting, body: shapes.NewClosure) -> Response:
    """Shown day by day; it alters no clock until a second person accepts it."""
    with write(door().database) as connection:
        told = calendar_changes.propose_closure(connection, door().office.shelf, **dict(body), by=header.by, now=now())
    return _created(told)


@api.post("/changes/<int:id>/accept", summary="Make a change the law", operation_id="accept_calendar_change",
          responses=moved(shapes.CalendarChange))
def accept(path: shapes.ChangePath, header: shapes.Acting, body: shapes.Acceptance) -> Response:
    """By another person than proposed it. Days already past need a supervisor's signature."""
    with write(door().database) as connection:
        change = calendar_changes.accept(connection, door().office.shelf, path.id, by=header.by, now=now(),
                                         signed_off_by=body.signed_off_by, allow_fixture=body.fixture)
    return as_json(answers.change(change))


@api.post("/changes/<int:id>/refuse", summary="Refuse a change", operation_id="refuse_calendar_change",
          responses=moved(shapes.CalendarChange))
def refuse(path: shapes.ChangePath, header: shapes.Acting, body: shapes.Refusing) -> Response:
    """For good; it is kept with the reason."""
    with write(door().database) as connection:
        change = calendar_changes.refuse(connection, path.id, by=header.by, reason=body.reason, now=now())
    return as_json(answers.change(change))


def _created(told: Proposed) -> Response:
    response = as_json(answers.proposed(told))
    response.status_code = 201
    response.headers["Location"] = f"{API}/calendar/changes/{told.change.id}"
    return response
