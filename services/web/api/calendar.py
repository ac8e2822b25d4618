"""The API of the calendar as law: what is in force, and how two people change it.

The same proposed twice, or decided twice, is refused (409), unless it is the same request under its key.
"""

from __future__ import annotations

from typing import Any

from flask import Response, request
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel

from services import calendar_changes, governing
from services.administering import Instruction
from services.database import reading as read
from services.law import load_law
from services.web.answers import calendar as answers
from services.web.auth import API
from services.web.cursor import after, following
from services.web.describe import SECURITY, answered, moved
from services.web.door import door
from services.web.entering import perform
from services.web.sent import as_json
from services.web.shapes import calendar as shapes
from services.web.shapes.cases import PageQuery

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
def list_changes(query: PageQuery) -> Response:
    """Pending, accepted and refused, oldest first."""
    with read(door().database) as connection:
        found = calendar_changes.changes(connection, after=after(query.after), most=query.limit + 1)
    return as_json(shapes.CalendarChanges(items=[answers.change(change) for change in found[:query.limit]],
                                          next=following([change.id for change in found], query.limit)))


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
    return _created(perform(lambda connection, at: answers.proposed(governing.propose_notice(
        connection, Instruction(by=header.by, now=at), door().office.shelf, request.get_data(), file="")), status=201))


@api.post("/closures", summary="Propose a closure 停办", operation_id="propose_closure", responses=_made(shapes.ShownChange))
def propose_closure(header: shapes.Acting, body: shapes.NewClosure) -> Response:
    """Shown day by day; it alters no clock until a second person accepts it."""
    return _created(perform(lambda connection, at: answers.proposed(governing.propose_closure(
        connection, Instruction(by=header.by, now=at), door().office.shelf, **dict(body))), status=201))


@api.post("/changes/<int:id>/accept", summary="Make a change the law", operation_id="accept_calendar_change",
          responses=moved(shapes.CalendarChange))
def accept(path: shapes.ChangePath, header: shapes.Acting, body: shapes.Acceptance) -> Response:
    """By another person than proposed it. Days already past need a supervisor's signature."""
    return perform(lambda connection, at: answers.change(governing.accept_change(
        connection, Instruction(by=header.by, now=at), door().office.shelf, path.id, signed_off_by=body.signed_off_by,
        allow_fixture=body.fixture)))


@api.post("/changes/<int:id>/refuse", summary="Refuse a change", operation_id="refuse_calendar_change",
          responses=moved(shapes.CalendarChange))
def refuse(path: shapes.ChangePath, header: shapes.Acting, body: shapes.RefusedChange) -> Response:
    """For good; it is kept with the reason."""
    return perform(lambda connection, at: answers.change(governing.refuse_change(
        connection, Instruction(by=header.by, now=at), path.id, reason=body.reason)))


def _created(response: Response) -> Response:
    response.headers["Location"] = f"{API}/calendar/changes/{response.get_json()['id']}"
    return response
