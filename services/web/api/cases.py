"""The API of cases: open, look at, list, tell what they wait for, end."""

from __future__ import annotations

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from services import cases
from services.database import reading as read
from services.store.reading import FIRST
from services.web import auth
from services.web.answers import cases as answers
from services.web.auth import API
from services.web.cursor import key_of
from services.web.describe import SECURITY, answered, moved, opened
from services.web.door import door, now
from services.web.once import mark, on_case, perform
from services.web.sent import as_json
from services.web.shapes import cases as shapes
from services.web.veiling import veiled_case

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
        page = answers.cases_page(connection, door().office, before=before, state=query.state, parent=query.parent,
                                  most=query.limit, now=now())
    return as_json(page)


@api.get("/<number>", summary="Look at a case", operation_id="case", responses=answered(shapes.Case, 404))
def get_case(path: shapes.CasePath, query: shapes.CaseQuery) -> Response:
    """The case with its open tasks, clocks, incidents and facts; its version is the `ETag` too. To the token of an account
    numbers of people are shown masked."""
    with read(door().database) as connection:
        case = answers.case(connection, door().office, path.number, query, now())
        if auth.bearer() is not None:
            case = veiled_case(connection, case)
    return as_json(case, version=case.version)


@api.post("/<number>/withdraw", summary="撤件: by the applicant, before the decision", operation_id="withdraw",
          responses=moved(shapes.Moved))
def withdraw(path: shapes.CasePath, header: shapes.Moving, body: shapes.Ending) -> Response:
    """Ends the case; its tasks and clocks are gone."""
    return on_case(path, header, cases.withdraw, reason=body.reason)


@api.post("/<number>/terminate", summary="终止: end without a decision", operation_id="terminate",
          responses=moved(shapes.Moved))
def terminate(path: shapes.CasePath, header: shapes.Moving, body: shapes.Ending) -> Response:
    """Ends the case; its tasks and clocks are gone."""
    return on_case(path, header, cases.terminate, reason=body.reason)


@api.post("/<number>/void", summary="作废: entered by mistake, only at receipt", operation_id="void",
          responses=moved(shapes.Moved))
def void(path: shapes.CasePath, header: shapes.Moving, body: shapes.Ending) -> Response:
    """Ends the case; its tasks and clocks are gone."""
    return on_case(path, header, cases.void, reason=body.reason)


@api.post("/<number>/messages", summary="Tell a case what it waits for", operation_id="receive_message",
          responses=moved(shapes.Moved))
def receive_message(path: shapes.CasePath, header: shapes.Moving, body: shapes.Message) -> Response:
    """A message or signal by its name in the diagram; 404 when the case does not wait for it."""
    return on_case(path, header, cases.receive_message, name=body.name, data=body.data)
