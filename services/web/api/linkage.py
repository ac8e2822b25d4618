"""The API of the register of connected systems 系统对接台账 and of what is mended in it (seed measure 4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from sqlalchemy import Connection

from engine.case import local_day
from engine.linkage import Place, Rate
from engine.linkage import Rectification as Task
from services import linkage_sheets, linking
from services.administering import Instruction
from services.database import reading as read
from services.web.auth import API
from services.web.cursor import after, following
from services.web.describe import SECURITY, answered
from services.web.door import door, now
from services.web.entering import perform
from services.web.sent import as_json
from services.web.shapes import linkage as shapes
from services.web.shapes.rulings import Ruling

api = APIBlueprint("linkage", __name__, url_prefix=f"{API}/linkage", abp_tags=[Tag(name="linkage", description="系统对接台账")],
                   abp_security=SECURITY)


@api.get("", summary="The register on a day: parks × systems × four checks", operation_id="linkage",
         responses=answered(shapes.SystemMatrix))
def get_matrix(query: shapes.MatrixQuery) -> Response:
    """With 到位率 by park, by system and in all."""
    with read(door().database) as connection:
        door().office.refresh(connection)
        found = linking.matrix(connection, door().office.catalogue, on=query.on or local_day(now()))
    return as_json(shapes.SystemMatrix(
        on=found.on, parks=list(found.parks), systems=[each.code for each in found.systems],
        cells=[shapes.SystemCell(park=place.park, system=place.system, item=place.item, is_in_place=cell.is_in_place,
                           evidence=cell.evidence, checked_on=cell.checked_on, version=cell.version,
                           entered_by=cell.entered_by) for place, cell in found.cells.items()],
        by_park={name: _rate(each) for name, each in found.by_park.items()},
        by_system={name: _rate(each) for name, each in found.by_system.items()}, whole=_rate(found.whole),
        unconfirmed=found.unconfirmed))


@api.get("/history", summary="Every version of a cell", operation_id="linkage_history", responses=answered(shapes.SystemChecks))
def get_history(query: shapes.CellQuery) -> Response:
    """The oldest first."""
    with read(door().database) as connection:
        found = linking.history(connection, Place(park=query.park, system=query.system, item=query.item))
    return as_json(shapes.SystemChecks(items=[shapes.SystemCheck.model_validate(row._asdict()) for row in found]))


@api.post("", summary="登记核对: enter a cell", operation_id="enter_check", responses=answered(shapes.SystemCheck))
def enter_check(header: Ruling, body: shapes.NewSystemCheck) -> Response:
    """The next version of the cell; the ones before stay."""
    new = linking.NewCheck(**body.model_dump())

    def enter(connection: Connection, at: datetime) -> shapes.SystemCheck:
        door().office.refresh(connection)
        row = linking.enter(connection, Instruction(by=header.by, now=at), door().office.catalogue, new)
        return shapes.SystemCheck.model_validate(row._asdict())

    return perform(enter)


@api.post("/import", summary="Enter a sheet of cells", operation_id="import_checks", responses=answered(shapes.SystemChecks))
def import_checks(header: Ruling, body: shapes.SystemCheckSheet) -> Response:
    """All of them or none: 422 tells of every line that cannot be used."""
    new = linkage_sheets.read_sheet(body.csv.encode())

    def enter(connection: Connection, at: datetime) -> shapes.SystemChecks:
        door().office.refresh(connection)
        rows = linking.enter_all(connection, Instruction(by=header.by, now=at), door().office.catalogue, new)
        return shapes.SystemChecks(items=[shapes.SystemCheck.model_validate(row._asdict()) for row in rows])

    return perform(enter)


@api.get("/rectifications", summary="对接整改: what is to be put in place", operation_id="list_rectifications",
         responses=answered(shapes.Rectifications))
def list_rectifications(query: shapes.RectificationsQuery) -> Response:
    """In the order they were ordered."""
    with read(door().database) as connection:
        found = linking.rectifications(connection, department=query.department, after=after(query.after), most=query.limit + 1)
    return as_json(shapes.Rectifications(items=[_task(each) for each in found[:query.limit]],
                                         next=following([each.id for each in found], query.limit)))


@api.post("/rectifications", summary="发起整改 of a cell that is not in place", operation_id="order_rectification",
          responses=answered(shapes.Rectification, 409))
def order_rectification(header: Ruling, body: shapes.NewRectification) -> Response:
    """To the department that leads the system, unless another is named."""
    new = linking.NewRectification(**body.model_dump())

    def order(connection: Connection, told: Instruction) -> Task:
        door().office.refresh(connection)
        return linking.order(connection, told, door().office.catalogue, new)

    return _done(header, order)


@api.post("/rectifications/<int:id>/reply", summary="整改答复", operation_id="reply_to_rectification",
          responses=answered(shapes.Rectification, 404, 409))
def reply_to_rectification(path: shapes.RectificationPath, header: Ruling, body: shapes.RectificationReply) -> Response:
    """By its owner, or somebody of the department that mends."""
    return _done(header, lambda connection, told: linking.reply(connection, told, path.id, text=body.text))


@api.post("/rectifications/<int:id>/return", summary="退回重新整改", operation_id="return_rectification",
          responses=answered(shapes.Rectification, 404, 409))
def return_rectification(path: shapes.RectificationPath, header: Ruling, body: shapes.RectificationReturn) -> Response:
    """With a new day, by another than who mended."""
    return _done(header, lambda connection, told: linking.send_back(connection, told, path.id, reason=body.reason,
                                                                    due_on=body.due_on))


@api.post("/rectifications/<int:id>/close", summary="销号", operation_id="close_rectification",
          responses=answered(shapes.Rectification, 404, 409))
def close_rectification(path: shapes.RectificationPath, header: Ruling, body: shapes.RectificationReply) -> Response:
    """By another than who mended, of a cell the register says is in place."""
    return _done(header, lambda connection, told: linking.close(connection, told, path.id, text=body.text))


def _done(header: Ruling, act: Callable[[Connection, Instruction], Task]) -> Response:
    return perform(lambda connection, at: _task(act(connection, Instruction(by=header.by, now=at))))


def _rate(rate: Rate) -> shapes.InPlace:
    return shapes.InPlace(in_place=rate.in_place, cells=rate.cells, percent=rate.percent)


def _task(task: Task) -> shapes.Rectification:
    return shapes.Rectification(
        id=task.id, park=task.place.park, system=task.place.system, item=task.place.item, department=task.department,
        owner=task.owner, text=task.text, due_on=task.due_on, ordered_by=task.ordered_by, state=task.state.value,
        reply=task.reply, remark=task.remark)
