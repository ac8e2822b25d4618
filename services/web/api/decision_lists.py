"""The API of the decision lists 决策清单: what picks a branch, entered as a sheet by one person and approved by another."""

from __future__ import annotations

import base64
from datetime import datetime

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel
from sqlalchemy import Connection

from engine.case import local_day
from engine.decision_lists import Shape, ask
from engine.errors import InvalidInput, NotFound
from engine.sentences import say
from services import decision_lists
from services.database import reading as read
from services.decision_lists import InForce, NewVersion, Version
from services.web.auth import API
from services.web.cursor import after, following
from services.web.describe import SECURITY, answered
from services.web.door import door, now
from services.web.entering import perform
from services.web.sent import as_json
from services.web.shapes import catalogue as shapes
from services.web.shapes.cases import PageQuery
from services.web.shapes.rulings import Ruling

api = APIBlueprint("decision_lists", __name__, url_prefix=f"{API}/decision-lists",
                   abp_tags=[Tag(name="decision lists", description="决策清单")], abp_security=SECURITY)


@api.get("", summary="List the decision lists", operation_id="list_decision_lists", responses=answered(shapes.DecisionLists))
def list_lists() -> Response:
    """As the shelf has them, with the version of each that is in force today."""
    at = now()
    with read(door().database) as connection:
        lists = decision_lists.load_lists(connection, door().office.shapes)
    return as_json(shapes.DecisionLists(items=[_list(shape, decision_lists.in_force(lists.get(code, ()), local_day(at)))
                                               for code, shape in door().office.shapes.items()]))


@api.get("/<code>/versions", summary="List the versions of a decision list", operation_id="list_versions",
         responses=answered(shapes.ListVersions, 404))
def list_versions(path: shapes.ListPath, query: PageQuery) -> Response:
    """In the order they were entered, refused ones and those nobody has decided on among them."""
    code = decision_lists.shape_of(door().office.shapes, path.code).code
    with read(door().database) as connection:
        found = decision_lists.versions(connection, code, after=after(query.after), most=query.limit + 1)
    return as_json(shapes.ListVersions(items=[_version(each) for each in found[:query.limit]],
                                       next=following([each.row.id for each in found], query.limit)))


@api.post("/<code>/versions", summary="Enter a version of a decision list", operation_id="enter_version",
          responses=answered(shapes.EnteredVersion, 404))
def enter_version(path: shapes.ListPath, header: Ruling, body: shapes.NewListVersion) -> Response:
    """It counts when a second person has approved it. 422 tells of every line that cannot be used."""
    shape = decision_lists.shape_of(door().office.shapes, path.code)
    new = NewVersion(lines=decision_lists.read_rows(shape, _sheet(body), file="the sheet"), document=body.document,
                     valid_from=body.valid_from, hit=body.hit)

    def enter(connection: Connection, at: datetime) -> BaseModel:
        entered, review = decision_lists.enter(connection, shape, new, by=header.by, now=at)
        return shapes.EnteredVersion(entered=_version(entered), gaps=list(review.gaps), idle=list(review.idle),
                                     is_whole=review.is_whole)

    return perform(enter)


@api.post("/versions/<number>/approve", summary="Approve a version", operation_id="approve_version",
          responses=answered(shapes.ListVersion, 404, 409))
def approve_version(path: shapes.VersionPath, header: Ruling) -> Response:
    """By somebody else than entered it; it counts from the day it names, never before today."""
    return perform(lambda connection, at: _version(decision_lists.approve(connection, path.number, by=header.by, now=at)))


@api.post("/versions/<number>/refuse", summary="Refuse a version for good", operation_id="refuse_version",
          responses=answered(shapes.ListVersion, 404, 409))
def refuse_version(path: shapes.VersionPath, header: Ruling) -> Response:
    """Whoever entered it may take it back in this way."""
    return perform(lambda connection, at: _version(decision_lists.refuse(connection, path.number, by=header.by, now=at)))


@api.post("/<code>/ask", summary="Ask a decision list", operation_id="ask_list", responses=answered(shapes.ListAnswer, 404))
def ask_list(path: shapes.ListPath, body: shapes.Question) -> Response:
    """What the version in force today says of these particulars; no case is touched."""
    shape, at = decision_lists.shape_of(door().office.shapes, path.code), now()
    with read(door().database) as connection:
        lists = decision_lists.load_lists(connection, door().office.shapes)
    held = decision_lists.in_force(lists.get(shape.code, ()), local_day(at))
    if held is None or held.table is None:
        raise NotFound("version in force", shape.code, held.problem if held else "none was approved yet")
    try:
        answer = ask(held.table, body.values)
    except InvalidInput as refusal:
        raise InvalidInput(f"values.{refusal.field}", refusal.reason) from refusal
    return as_json(shapes.ListAnswer(version=held.version, row=answer.row, outcome=answer.outcome, basis=answer.basis,
                                     missing=list(answer.missing)))


def _sheet(body: shapes.NewListVersion) -> bytes:
    """The bytes of the sheet that was sent. Raises InvalidInput."""
    if (body.csv is None) == (body.xlsx is None):
        raise InvalidInput("csv", "send the sheet either as “csv” or as “xlsx”")
    if body.csv is not None:
        return body.csv.encode()
    try:
        return base64.b64decode(body.xlsx or "", validate=True)
    except ValueError as wrong:  # binascii.Error is one; so is what is not ASCII
        raise InvalidInput("xlsx", say("is not base64: {technical}", technical=wrong)) from wrong


def _list(shape: Shape, held: InForce | None) -> shapes.DecisionList:
    return shapes.DecisionList(
        code=shape.code, name=shape.name, hit=shape.hit, outcomes=list(shape.outcomes), note=shape.note,
        inputs=[shapes.ListInput.model_validate(each) for each in shape.inputs], version=held.version if held else None,
        document=held.document if held else None, since=held.since if held else None)


def _version(version: Version) -> shapes.ListVersion:
    row = version.row
    lines = [shapes.ListLine.model_validate(each) for each in version.lines]
    return shapes.ListVersion.model_validate({**row._asdict(), "number": row.id, "code": row.list, "lines": lines})
