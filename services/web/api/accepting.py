"""The API of undertakings: supply what was missing, verify what was declared; their templates; the credit register.

A case is accepted conditionally or on a declaration by completing its task of verifying with that outcome; the rest is here.
What may be done is decided by the engine; its refusals are 409 with who may do what instead, or 422 for a value that is wrong.
"""

from __future__ import annotations

from datetime import datetime

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from sqlalchemy import Connection

from services import accepting, credit, rulings, undertakings
from services.database import reading as read
from services.store.undertakings import CreditRow, TemplateRow
from services.web.auth import API
from services.web.cursor import after, following
from services.web.describe import SECURITY, answered, moved
from services.web.door import door
from services.web.entering import perform
from services.web.once import on_case
from services.web.sent import as_json
from services.web.shapes import permits as shapes
from services.web.shapes import rulings as shapes_rulings
from services.web.shapes.cases import CasePath, Moved, Moving
from services.web.shapes.headers import Keyed

_TAGS = [Tag(name="undertakings", description="容缺受理、告知承诺、信用")]
api = APIBlueprint("accepting", __name__, url_prefix=API, abp_tags=_TAGS, abp_security=SECURITY)


@api.post("/cases/<number>/supply", summary="补齐: missing materials have come", operation_id="supply", responses=moved(Moved))
def supply(path: CasePath, header: Moving, body: shapes.Supplying) -> Response:
    """Of a case accepted conditionally. When nothing is missing any more, it may be certified and handed over. After the supply
    period only the approver lets something come late."""
    return on_case(path, header, accepting.supply, materials=body.materials, role=body.role)


@api.post("/cases/<number>/declaration/verify", summary="核查属实", operation_id="verify_declaration", responses=moved(Moved))
def verify_declaration(path: CasePath, header: Moving, body: shapes.Verifying) -> Response:
    """What was declared holds, found by the reviewer, also after a correction period."""
    return on_case(path, header, accepting.verify_declaration, findings=body.findings)


@api.post("/cases/<number>/declaration/unmet", summary="责令限期整改", operation_id="find_unmet", responses=moved(Moved))
def find_unmet(path: CasePath, header: Moving, body: shapes.FindingUnmet) -> Response:
    """What was declared is not yet met: the correction period begins; when it lapses, the declaration has failed."""
    return on_case(path, header, accepting.find_unmet, findings=body.findings, document=body.document)


@api.post("/cases/<number>/declaration/fail", summary="承诺不实", operation_id="fail_declaration", responses=moved(Moved))
def fail_declaration(path: CasePath, header: Moving, body: shapes.Verifying) -> Response:
    """It was false, or is still not met: a case for annulling the permit is opened (行政许可法 art. 69), and a record proposed
    for the credit register."""
    return on_case(path, header, accepting.fail_declaration, findings=body.findings)


@api.get("/undertakings", summary="List the templates of undertakings", operation_id="list_templates",
         responses=answered(shapes.Templates))
def list_templates(query: shapes.TemplatesQuery) -> Response:
    """In the order they were entered; with `history` those that others have followed, too."""
    with read(door().database) as connection:
        rows = undertakings.templates(connection, process=query.process, with_history=query.history,
                                      after=after(query.after), most=query.limit + 1)
    return as_json(shapes.Templates(items=[_template(row) for row in rows[:query.limit]],
                                    next=following([row.id for row in rows], query.limit)))


@api.post("/undertakings", summary="Enter a template", operation_id="enter_template", responses=answered(shapes.Template, 404))
def enter_template(header: shapes_rulings.Ruling, body: shapes.NewTemplate) -> Response:
    """The next version; what was signed before keeps its text."""
    def enter(connection: Connection, at: datetime) -> shapes.Template:
        new = undertakings.NewTemplate(**{**body.model_dump(), "process": rulings.process_named(connection, body.process)})
        return _template(undertakings.enter_template(connection, new, by=header.by, now=at))

    return perform(enter)


@api.post("/undertakings/end", summary="End a template", operation_id="end_template", responses=answered(shapes.Template, 404))
def end_template(header: Keyed, body: shapes.EndedTemplate) -> Response:
    """The one of all matters counts again, if there is one."""
    return perform(lambda connection, at: _template(undertakings.end_template(
        connection, kind=body.kind, process=rulings.process_named(connection, body.process), now=at)))


@api.get("/credit", summary="List the credit records", operation_id="list_credit", responses=answered(shapes.Records))
def list_credit(query: shapes.CreditQuery) -> Response:
    """Those in force bar from declarations until they end or are restored."""
    with read(door().database) as connection:
        rows = credit.records(connection, code=query.code, state=query.state, after=after(query.after), most=query.limit + 1)
    return as_json(shapes.Records(items=[_record(row) for row in rows[:query.limit]],
                                  next=following([row.id for row in rows], query.limit)))


@api.post("/credit", summary="Enter a credit record", operation_id="enter_credit", responses=answered(shapes.Record))
def enter_credit(header: shapes_rulings.Ruling, body: shapes.NewRecord) -> Response:
    """One that another office has decided on, by its document."""
    return perform(lambda connection, at: _record(credit.enter(
        connection, credit.NewRecord(**body.model_dump()), by=header.by, now=at)))


@api.post("/credit/<int:id>/confirm", summary="Put a proposed record in force", operation_id="confirm_credit",
          responses=answered(shapes.Record, 404, 409))
def confirm_credit(path: shapes.RecordPath, header: shapes_rulings.Ruling, body: shapes.Confirming) -> Response:
    """By another person than who proposed it."""
    return perform(lambda connection, at: _record(credit.confirm(
        connection, path.id, document=body.document, until_on=body.until_on, by=header.by, now=at)))


@api.post("/credit/<int:id>/drop", summary="Do not put a proposed record in force", operation_id="drop_credit",
          responses=answered(shapes.Record, 404, 409))
def drop_credit(path: shapes.RecordPath, header: shapes_rulings.Ruling, body: shapes.Dropping) -> Response:
    """By another person than who proposed it."""
    return perform(lambda connection, at: _record(credit.drop(
        connection, path.id, reason=body.reason, by=header.by)))


@api.post("/credit/<int:id>/restore", summary="信用修复", operation_id="restore_credit",
          responses=answered(shapes.Record, 404, 409))
def restore_credit(path: shapes.RecordPath, header: shapes_rulings.Ruling, body: shapes.Restoring) -> Response:
    """The record counts no more; it is kept."""
    return perform(lambda connection, at: _record(credit.restore(
        connection, path.id, document=body.document, by=header.by, now=at)))


def _template(row: TemplateRow) -> shapes.Template:
    return shapes.Template.model_validate(row._asdict())


def _record(row: CreditRow) -> shapes.Record:
    return shapes.Record.model_validate({**row._asdict(), "case": row.case_number})
