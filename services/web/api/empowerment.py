"""The API of the empowerment list 赋权清单: whose a case is, in which park, from which day to which."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from datetime import date

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from sqlalchemy import Connection

from engine.case import local_day
from engine.catalogue import Catalogue
from engine.empowerment import Empowerment, LocalAuthority, ParkMode, Rule
from engine.errors import InvalidInput
from services import empowerment
from services.database import reading as read
from services.empowerment import Entered
from services.empowerment_report import report
from services.empowerment_sheets import enter_sheet, survey_sheet
from services.store.empowerment import RuleRow
from services.web.auth import API
from services.web.cursor import after, following
from services.web.describe import SECURITY, answered
from services.web.door import door, now
from services.web.entering import perform
from services.web.sent import as_json
from services.web.shapes import empowerment as shapes
from services.web.shapes.routing import Routing
from services.web.shapes.rulings import Ruling

api = APIBlueprint("empowerment", __name__, url_prefix=f"{API}/empowerment",
                   abp_tags=[Tag(name="empowerment", description="赋权清单")], abp_security=SECURITY)


@api.get("", summary="List the rows", operation_id="list_empowerment", responses=answered(shapes.Rows))
def list_rows(query: shapes.RowsQuery) -> Response:
    """In the order they were entered: empowerments 赋权, park modes 园区运行模式, local authorities 属地."""
    with read(door().database) as connection:
        park = _park(connection, query.park, query.on or local_day(now()))
        found = empowerment.rows(connection, kind=query.kind, park=park, matter=query.matter, batch=query.batch,
                                 on=query.on, pending=query.pending, after=after(query.after), most=query.limit + 1)
    return as_json(shapes.Rows(items=_rows(found[:query.limit]), next=following([row.id for row in found], query.limit)))


@api.get("/resolve", summary="Whose a case would be, and why", operation_id="resolve_empowerment", responses=answered(Routing))
def resolve(query: shapes.ResolveQuery) -> Response:
    """Who receives, accepts, reviews, decides, seals, is liable, supervises. 422 when neither a row nor a local authority is in
    force: it says who has to enter what."""
    with read(door().database) as connection:
        on = query.on or local_day(now())
        matter, department = door().office.matter(connection, query.matter)
        routed = empowerment.resolve(connection, park=_park(connection, query.park, on) or "", matter=matter,
                                     situation=query.situation, on=on, department=department)
    return as_json(Routing.model_validate(routed))


@api.get("/report", summary="赋权一批、承接一批、有效运行一批", operation_id="report_empowerment",
         responses=answered(shapes.TakingReport))
def get_report(query: shapes.ReportQuery) -> Response:
    """Counted park by park; whether a row runs is read from the concluded cases."""
    with read(door().database) as connection:
        found = report(connection, on=query.on or local_day(now()), months=query.months or door().settings.running_months)
    return as_json(shapes.TakingReport.model_validate(found))


@api.post("", summary="赋权: give a matter to a park", operation_id="enter_empowerment", responses=answered(shapes.RowsEntered))
def enter_empowerment(header: Ruling, body: shapes.NewEmpowerment) -> Response:
    """It counts once a second person has approved it. A row that contradicts another is refused, naming both (422)."""
    return _enter(Empowerment(**body.model_dump()), header.by)


@api.post("/modes", summary="Say how a park works", operation_id="enter_park_mode", responses=answered(shapes.RowsEntered))
def enter_park_mode(header: Ruling, body: shapes.NewParkMode) -> Response:
    """The pilot's one body and seal, a hall, or the centre's window. It counts once a second person has approved it."""
    return _enter(ParkMode(**{**body.model_dump(), "staff": tuple(body.staff)}), header.by)


@api.post("/authorities", summary="Name a local authority", operation_id="enter_local_authority",
          responses=answered(shapes.RowsEntered))
def enter_local_authority(header: Ruling, body: shapes.NewLocalAuthority) -> Response:
    """Whose a matter is where nothing empowers the park. It counts once a second person has approved it."""
    return _enter(LocalAuthority(**body.model_dump()), header.by)


@api.post("/import", summary="Enter a sheet of rows", operation_id="import_empowerment",
          responses=answered(shapes.RowsEntered))
def import_rows(header: Ruling, body: shapes.SheetOfRows) -> Response:
    """All of them or none: 422 tells of every line that cannot be used."""
    data = _bytes(body)
    if body.preview:
        with read(door().database) as connection:
            return as_json(_entered(survey_sheet(connection, data, body.kind, by=header.by, now=now(),
                                                 catalogue=_catalogue(connection)), is_preview=True))
    return perform(lambda connection, at: _entered(enter_sheet(connection, data, body.kind, by=header.by, now=at,
                                                               catalogue=_catalogue(connection))))


@api.post("/decide", summary="Approve or refuse rows", operation_id="decide_empowerment",
          responses=answered(shapes.RowsDecided, 404, 409))
def decide(header: Ruling, body: shapes.Deciding) -> Response:
    """By a second person: whoever has entered a row does not approve it (409). All of them or none."""
    return perform(lambda connection, at: shapes.RowsDecided(items=_rows(empowerment.decide(
        connection, batch=body.batch, kind=body.kind, ids=body.ids, is_approved=body.is_approved, by=header.by, now=at))))


@api.post("/<int:id>/end", summary="收回: end a row before its time", operation_id="end_empowerment",
          responses=answered(shapes.Row, 404, 409))
def end(path: shapes.RowPath, header: Ruling, body: shapes.EndedRow) -> Response:
    """The day given is its last. Cases received until then keep it."""
    return perform(lambda connection, at: _row(empowerment.end(
        connection, path.id, on=body.on, reason=body.reason, by=header.by, now=at)))


def _enter(rule: Rule, by: str) -> Response:
    return perform(lambda connection, at: _entered(empowerment.enter(connection, [rule], by=by, now=at,
                                                                     catalogue=_catalogue(connection))))


def _catalogue(connection: Connection) -> Catalogue:
    """The catalogue in force."""
    door().office.refresh(connection)
    return door().office.catalogue


def _park(connection: Connection, name: str | None, on: date) -> str | None:
    """The standard name of the park that is asked for, if one is. Raises InvalidInput."""
    return None if name is None else empowerment.park_named(name, _catalogue(connection), on)


def _bytes(body: shapes.SheetOfRows) -> bytes:
    """The sheet as a file. Raises InvalidInput."""
    if body.csv:
        return body.csv.encode()
    try:
        return base64.b64decode(body.xlsx, validate=True)
    except ValueError as error:
        raise InvalidInput("xlsx", "is not Base64") from error


def _entered(entered: Entered, *, is_preview: bool = False) -> shapes.RowsEntered:
    return shapes.RowsEntered(items=_rows(entered.rows), unchanged=entered.unchanged, is_preview=is_preview)


def _rows(rows: Iterable[RuleRow]) -> list[shapes.Row]:
    return [_row(row) for row in rows]


def _row(row: RuleRow) -> shapes.Row:
    return shapes.Row(**row._asdict(), says=orjson.loads(row.body))
