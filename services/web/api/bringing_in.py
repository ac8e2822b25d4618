"""The API of cases in progress that are brought in from another system. A row is recognised by its number there, so a request
that is repeated changes nothing; under its key it is given the same answer, too."""

from __future__ import annotations

import base64
from dataclasses import asdict

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from engine.bringing_in import Past
from engine.errors import InvalidInput
from engine.events import PastStop
from engine.sentences import say
from services import bringing_in, case_sheets
from services.bringing_in import InProgress, Line, Row
from services.database import reading as read
from services.web import seeing
from services.web.auth import API
from services.web.describe import SECURITY, answered
from services.web.door import door, now
from services.web.entering import perform_all
from services.web.sent import as_json
from services.web.shapes import bringing_in as shapes
from services.web.shapes.rulings import Ruling

api = APIBlueprint("brought_in", __name__, url_prefix=f"{API}/brought-in",
                   abp_tags=[Tag(name="brought-in", description="在办件转入")], abp_security=SECURITY)

_ROW = {"process", "source", "old_number", "outcomes", "data", "department", "park", "project", "due_on"}


@api.post("", summary="在办件转入: bring in a case in progress", operation_id="bring_in_case",
          responses=answered(shapes.BroughtInLine))
def bring_in(header: Ruling, body: shapes.InProgress) -> Response:
    """Opens the case under its old days, at the step where it stands; its clocks count from the original acceptance with the
    original stops. A case that cannot land whole is answered with its `refusal`, and nothing of it is kept."""
    case = InProgress(**body.model_dump(include=_ROW), steps=tuple(body.steps), past=_past(body))
    rows = [Row(line=1, old_number=case.old_number, case=case)]
    return perform_all(lambda: _line(next(iter(bringing_in.bring_in_all(
        door().database, door().office, rows, by=header.by, now=now(), is_dry=body.dry_run)))))


@api.post("/sheet", summary="Bring in a sheet of cases in progress", operation_id="bring_in_sheet",
          responses=answered(shapes.BroughtInLines))
def bring_in_sheet(header: Ruling, body: shapes.ProgressSheet) -> Response:
    """Each line lands whole or is refused with its reason; a line whose case is here already is passed over, so that a sheet
    that was broken off can be sent again."""
    with read(door().database) as connection:
        rows = case_sheets.read_rows(connection, door().office, _bytes(body), file="the sheet", source=body.source)
    return perform_all(lambda: _lines(list(bringing_in.bring_in_all(
        door().database, door().office, rows, by=header.by, now=now(), is_dry=body.dry_run))))


@api.get("", summary="Find a case by its old number", operation_id="find_brought_in", responses=answered(shapes.Origins, 404))
def find(query: shapes.OriginQuery) -> Response:
    """The cases here that had this number elsewhere."""
    with read(door().database) as connection:
        found = bringing_in.find(connection, query.old_number, query.source,
                                 is_seen=lambda number: seeing.is_seen(connection, number))
    return as_json(shapes.Origins(items=[shapes.Origin(**row._asdict()) for row in found]))


def _past(body: shapes.InProgress) -> Past:
    stops = tuple(PastStop(**{**stop.model_dump(), "kind": stop.kind.value}) for stop in body.stops)
    return Past(
        received_on=body.received_on, accepted_at=body.accepted_at, since=body.since, resubmitted_on=body.resubmitted_on,
        decided_on=body.decided_on, concluded_on=body.concluded_on, stops=stops, corrections=body.corrections,
        extension=body.extension, extension_document=body.extension_document, handler=body.handler, is_carded=body.is_carded)


def _bytes(body: shapes.ProgressSheet) -> bytes:
    if bool(body.csv) is bool(body.xlsx):
        raise InvalidInput("csv", "send the sheet once: as `csv`, or as `xlsx` in base64")
    try:
        return body.csv.encode() if body.csv else base64.b64decode(body.xlsx, validate=True)
    except ValueError as error:  # binascii.Error is one; so is what is not ASCII
        raise InvalidInput("xlsx", say("is not base64: {technical}", technical=error)) from error


def _lines(lines: list[Line]) -> shapes.BroughtInLines:
    new = sum(line.landed is not None and line.landed.is_new for line in lines)
    refused = sum(line.landed is None for line in lines)
    return shapes.BroughtInLines(landed=new, passed_over=len(lines) - new - refused, refused=refused,
                                 items=[_line(line) for line in lines])


def _line(line: Line) -> shapes.BroughtInLine:
    landed = None if line.landed is None else shapes.Landed.model_validate(asdict(line.landed))
    return shapes.BroughtInLine(line=line.line, old_number=line.old_number, landed=landed, refusal=line.refusal)
