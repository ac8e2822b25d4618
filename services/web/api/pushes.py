"""The API of 双推送双报告: what was pushed to whoever supervises it, his receipt and his findings (seed measure 3)."""

from __future__ import annotations

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from services import push_lists, supervising
from services.database import reading as read
from services.web import auth
from services.web.auth import API
from services.web.cursor import cursor, key_of
from services.web.describe import SECURITY, answered, moved
from services.web.door import door, now
from services.web.once import on_case
from services.web.sent import as_json
from services.web.shapes import pushes as shapes
from services.web.shapes.cases import CasePath, Moved, Moving
from services.web.shapes.verbs import Nothing

api = APIBlueprint("pushes", __name__, url_prefix=API, abp_tags=[Tag(name="pushes", description="双推送双报告")],
                   abp_security=SECURITY)


@api.get("/pushes", summary="监管推送: what was pushed to the departments of whoever asks", operation_id="list_pushes",
         responses=answered(shapes.PushedResults))
def list_pushes(query: shapes.PushesQuery) -> Response:
    """Within his scopes, in the order it was pushed; a supervisor sees what lies in his."""
    after = push_lists.FIRST if query.after is None else key_of(query.after, parts=2, field="after")
    with read(door().database) as connection:
        found = push_lists.pushes(connection, door().office, _reader(), query.stands, now=now(), after=(after[0], after[1]),
                                  most=query.limit + 1)
    page = found[:query.limit]
    return as_json(shapes.PushedResults(items=[shapes.PushedResult.model_validate(each) for each in page],
                                 next=cursor(*page[-1].key) if len(found) > len(page) else None))


@api.get("/pushes/figures", summary="Pushed, signed for in time, overdue", operation_id="push_figures",
         responses=answered(shapes.PushFigures))
def show_figures(query: shapes.PushFiguresQuery) -> Response:
    """For each department and park within the scopes of whoever asks."""
    with read(door().database) as connection:
        found = push_lists.figures(connection, door().office, _reader(), first=query.first, last=query.last, now=now())
    return as_json(shapes.PushFigures(items=[shapes.PushCounts.model_validate(each._asdict()) for each in found]))


@api.post("/cases/<number>/push", summary="推送监管部门: by hand", operation_id="push_result", responses=moved(Moved))
def push_result(path: CasePath, header: Moving, body: Nothing) -> Response:
    """What was concluded while nobody was named to supervise it. As a rule it follows from 办结."""
    return on_case(path, header, supervising.push_result)


@api.post("/cases/<number>/pushes/<int:push>/receive", summary="监管签收", operation_id="receive_push", responses=moved(Moved))
def receive_push(path: shapes.PushPath, header: Moving, body: Nothing) -> Response:
    """By somebody of the department it was pushed to; its clock stops."""
    return on_case(CasePath(number=path.number), header, supervising.receive_push, push=path.push)


@api.post("/cases/<number>/pushes/<int:push>/findings", summary="监管反馈: what was found", operation_id="report_finding",
          responses=moved(Moved))
def report_finding(path: shapes.PushPath, header: Moving, body: shapes.SupervisionFinding) -> Response:
    """Back onto the case, and to who has decided it; as often as something is found."""
    return on_case(CasePath(number=path.number), header, supervising.report_finding, push=path.push, sort=body.sort,
                   text=body.text, measure=body.measure, document=body.document)


def _reader() -> str | None:
    """Whose scopes count; None: the operator, who sees everything."""
    bearer = auth.bearer()
    return None if bearer is None else bearer.person
