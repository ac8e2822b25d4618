"""The API of the register of regional assessments 区域评估."""

from __future__ import annotations

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from engine.assessments import Assessment
from services import assessments
from services.database import reading as read
from services.web.answers import projects as answers
from services.web.auth import API
from services.web.cursor import after, following
from services.web.describe import SECURITY, answered
from services.web.door import door
from services.web.entering import perform
from services.web.sent import as_json
from services.web.shapes import assessments as shapes
from services.web.shapes.headers import Keyed
from services.web.shapes.rulings import Ruling

api = APIBlueprint("assessments", __name__, url_prefix=f"{API}/assessments",
                   abp_tags=[Tag(name="assessments", description="区域评估成果")], abp_security=SECURITY)


@api.get("", summary="List the regional assessments", operation_id="list_assessments", responses=answered(shapes.Assessments))
def list_assessments(query: shapes.AssessmentsQuery) -> Response:
    """In the order they were entered; with `history` those that others have followed or that were taken out, too."""
    with read(door().database) as connection:
        rows = assessments.assessments(connection, park=query.park, kind=query.kind, with_history=query.history,
                                       after=after(query.after), most=query.limit + 1)
    return as_json(shapes.Assessments(items=[answers.assessment(row) for row in rows[:query.limit]],
                                      next=following([row.id for row in rows], query.limit)))


@api.post("", summary="Enter a regional assessment", operation_id="enter_assessment", responses=answered(shapes.Assessment))
def enter(header: Ruling, body: shapes.NewAssessment) -> Response:
    """The same number of the same kind and park follows the entry before; plans that were made keep what they were made on."""
    new = Assessment(**{**body.model_dump(), "mode": body.mode.value})
    return perform(lambda connection, at: answers.assessment(assessments.enter(connection, new, by=header.by, now=at)))


@api.post("/end", summary="Take a regional assessment out of the register", operation_id="end_assessment",
          responses=answered(shapes.Assessment, 404))
def end(header: Keyed, body: shapes.EndedAssessment) -> Response:
    """It helps no project from now on."""
    return perform(lambda connection, at: answers.assessment(assessments.end(
        connection, kind=body.kind, park=body.park, document=body.document, now=at)))


@api.post("/import", summary="Enter a sheet of regional assessments", operation_id="import_assessments",
          responses=answered(shapes.AssessmentsEntered))
def import_sheet(header: Ruling, body: shapes.AssessmentSheet) -> Response:
    """All of them or none: 422 tells of every line that cannot be used."""
    new = assessments.read_sheet(body.csv.encode())
    return perform(lambda connection, at: shapes.AssessmentsEntered.model_validate(assessments.enter_all(
        connection, new, by=header.by, now=at)))
