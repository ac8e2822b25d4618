"""The API of cases: open, look at, list, and the legal moves people make outside a task."""

from __future__ import annotations

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from services import cases
from services.database import reading as read
from services.store.reading import FIRST
from services.web import answers, shapes
from services.web.auth import API
from services.web.cursor import key_of
from services.web.describe import SECURITY, answered, moved, opened
from services.web.door import door, now
from services.web.incoming import expect_nothing
from services.web.once import mark, perform
from services.web.sent import as_json

api = APIBlueprint("cases", __name__, url_prefix=f"{API}/cases", abp_tags=[Tag(name="cases", description="办件")],
                   abp_security=SECURITY)


@api.post("", summary="收件: open a case", operation_id="open_case", responses=opened(shapes.Moved))
def open_case(header: shapes.Opening, body: shapes.NewCase) -> Response:
    """Opens a case on the newest version of the process and moves it to its first tasks."""
    return perform(mark(header.key), lambda connection, at: cases.open_case(
        connection, door().office, process=body.process, data=body.data, by=header.by, now=at), status=201)


@api.get("", summary="List the cases, newest first", operation_id="list_cases", responses=answered(shapes.Cases))
def list_cases(query: shapes.CasesQuery) -> Response:
    """A page begins after the cursor of the page before; cases opened meanwhile do not shift it."""
    before = FIRST if query.after is None else key_of(query.after, parts=1, field="after")[0]
    with read(door().database) as connection:
        page = answers.cases_page(connection, door().office, before=before, state=query.state, most=query.limit, now=now())
    return as_json(page)


@api.get("/<number>", summary="Look at a case", operation_id="case", responses=answered(shapes.Case, 404))
def get_case(path: shapes.CasePath, query: shapes.CaseQuery) -> Response:
    """The case with its open tasks, clocks, incidents and facts; its version is the `ETag` too."""
    with read(door().database) as connection:
        case = answers.case(connection, door().office, path.number, query, now())
    return as_json(case, version=case.version)


@api.post("/<number>/suspend", summary="特别程序开始: no day counts from now on", operation_id="suspend",
          responses=moved(shapes.Moved))
def suspend(path: shapes.CasePath, header: shapes.Moving, body: shapes.Suspending) -> Response:
    """行政许可法 art. 45: on one of eight grounds, told to the applicant in writing."""
    return perform(mark(header.key), lambda connection, at: cases.suspend(
        connection, door().office, number=path.number, ground=body.ground, document=body.document,
        expected_end=body.expected_end, by=header.by, now=at, version=header.version))


@api.post("/<number>/resume", summary="特别程序结束: the days count again", operation_id="resume",
          responses=moved(shapes.Moved))
def resume(path: shapes.CasePath, header: shapes.Moving) -> Response:
    """The clocks run on with the days they had left. Takes no body."""
    expect_nothing()
    return perform(mark(header.key), lambda connection, at: cases.resume(
        connection, door().office, number=path.number, by=header.by, now=at, version=header.version))


@api.post("/<number>/withdraw", summary="撤件: by the applicant, before the decision", operation_id="withdraw",
          responses=moved(shapes.Moved))
def withdraw(path: shapes.CasePath, header: shapes.Moving, body: shapes.Ending) -> Response:
    """Ends the case; its tasks and clocks are gone."""
    return perform(mark(header.key), lambda connection, at: cases.withdraw(
        connection, door().office, number=path.number, reason=body.reason, by=header.by, now=at, version=header.version))


@api.post("/<number>/terminate", summary="终止: end without a decision", operation_id="terminate",
          responses=moved(shapes.Moved))
def terminate(path: shapes.CasePath, header: shapes.Moving, body: shapes.Ending) -> Response:
    """Ends the case; its tasks and clocks are gone."""
    return perform(mark(header.key), lambda connection, at: cases.terminate(
        connection, door().office, number=path.number, reason=body.reason, by=header.by, now=at, version=header.version))


@api.post("/<number>/void", summary="作废: entered by mistake, only at receipt", operation_id="void",
          responses=moved(shapes.Moved))
def void(path: shapes.CasePath, header: shapes.Moving, body: shapes.Ending) -> Response:
    """Ends the case; its tasks and clocks are gone."""
    return perform(mark(header.key), lambda connection, at: cases.void(
        connection, door().office, number=path.number, reason=body.reason, by=header.by, now=at, version=header.version))


@api.post("/<number>/messages", summary="Tell a case what it waits for", operation_id="receive_message",
          responses=moved(shapes.Moved))
def receive_message(path: shapes.CasePath, header: shapes.Moving, body: shapes.Message) -> Response:
    """A message or signal by its name in the diagram; 404 when the case does not wait for it."""
    return perform(mark(header.key), lambda connection, at: cases.receive_message(
        connection, door().office, number=path.number, name=body.name, data=body.data, by=header.by, now=at,
        version=header.version))
