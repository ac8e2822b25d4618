"""The API of drafts of diagrams: begin one, save what was drawn, check it, hand it in, publish it by another's hand.

A draft has its version in the `ETag`, and whoever changes it names the one he has read (`If-Match`): so none overwrites what
another has drawn meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from sqlalchemy import Connection

from engine.definitions.diagnostic import Diagnostic
from engine.definitions.differences import Difference
from engine.errors import InvalidInput
from engine.limits import Limit
from services import drafts
from services.database import reading as read
from services.drafts import Began, Checked, Hand
from services.store import drafts as store
from services.store import reading
from services.store.drafts import DraftRow
from services.web import drafting
from services.web.auth import API
from services.web.cursor import cursor, key_of
from services.web.describe import BPMN, SECURITY, answered, downloaded, opened
from services.web.door import door
from services.web.entering import perform
from services.web.incoming import expect_nothing
from services.web.sent import as_file, as_json
from services.web.shapes import drafts as shapes
from services.web.shapes.offers import Asking

api = APIBlueprint("drafts", __name__, url_prefix=API, abp_tags=[Tag(name="drafts", description="流程草稿")],
                   abp_security=SECURITY)


@api.get("/drafts", summary="List the drafts", operation_id="list_drafts", responses=answered(shapes.Drafts))
def list_drafts(query: shapes.DraftsQuery) -> Response:
    """The newest first, whatever became of them."""
    before = None if query.after is None else key_of(query.after, parts=1, field="after")[0]
    with read(door().database) as connection:
        rows = store.page(connection, process=query.process, state=query.state, before=before, most=query.limit + 1)
    return as_json(shapes.Drafts(items=[shapes.DraftLine.model_validate(row) for row in rows[:query.limit]],
                                 next=cursor(rows[query.limit - 1].id) if len(rows) > query.limit else None))


@api.post("/drafts", summary="Begin a draft 起草", operation_id="begin_draft", responses=opened(shapes.Draft))
def begin(header: shapes.Beginning, body: shapes.NewDraft) -> Response:
    """Empty, from the shelf, from a version (so one returns to an earlier one), or from a file."""
    who, (began, title) = drafting.hand(header.by), _began(body)
    found = drafting.readable(began)

    def create(connection: Connection, at: datetime) -> shapes.Draft:
        row = drafts.create(connection, who, began, title=title, process=drafting.process_of(found))
        return _draft(connection, row, who)

    answer = _tagged(perform(create, status=201))
    answer.headers["Location"] = f"{API}/drafts/{orjson.loads(answer.data)['id']}"
    return answer


@api.get("/drafts/<int:id>", summary="A draft with its history", operation_id="get_draft",
         responses=answered(shapes.Draft, 404))
def get_draft(path: shapes.DraftPath, header: Asking) -> Response:
    """What was done with it, and what whoever asks may do; its version is the `ETag` too."""
    who = drafting.hand(header.by)
    with read(door().database) as connection:
        row = drafts.found(connection, path.id)
        return as_json(_draft(connection, row, who), version=row.version)


@api.get("/drafts/<int:id>.bpmn", summary="The diagram of a draft", operation_id="get_draft_source",
         responses=downloaded([BPMN], 404))
def get_source(path: shapes.DraftPath) -> Response:
    """As it was last saved."""
    with read(door().database) as connection:
        row = drafts.found(connection, path.id)
    return as_file(row.source, BPMN, f"{row.process or 'draft'}-draft{row.id}.bpmn")


@api.get("/drafts/<int:id>/check", summary="What is wrong with a draft", operation_id="check_draft",
         responses=answered(shapes.DiagramFindings, 404))
def check_draft(path: shapes.DraftPath) -> Response:
    """With errors it is neither handed in nor published."""
    return as_json(_findings(drafting.checked_draft(path.id)))


@api.get("/drafts/<int:id>/differences", summary="What a draft says differently", operation_id="draft_differences",
         responses=answered(shapes.DraftDifferences, 404))
def differences(path: shapes.DraftPath) -> Response:
    """Against the newest version of its process, limits first."""
    found = drafting.checked_draft(path.id)
    with read(door().database) as connection:
        row = drafts.found(connection, path.id)
        before = reading.latest_definition(connection, row.process) if row.process else None
    changes = drafting.compared(before, row, found.answer.verdict)
    return as_json(shapes.DraftDifferences(is_compared=changes is not None,
                                           items=[_difference(each) for each in changes or ()]))


@api.post("/drafts/<int:id>/save", summary="Save what was drawn", operation_id="save_draft",
          responses=answered(shapes.CheckedDraft, 404, 409))
def save(path: shapes.DraftPath, header: shapes.Drawing, body: shapes.SavedDraft) -> Response:
    """With errors too: they are answered."""
    source, who = _source(body.xml), drafting.hand(header.by)
    found = drafting.checked(source)

    def keep(connection: Connection, at: datetime) -> shapes.CheckedDraft:
        row = drafts.save(connection, who, path.id, source, version=header.version, title=body.title,
                          process=drafting.process_of(found))
        return shapes.CheckedDraft(**_findings(found).model_dump(), draft=_draft(connection, row, who))

    return _tagged(perform(keep))


@api.post("/drafts/<int:id>/submit", summary="提交审核: to the legal officer", operation_id="submit_draft",
          responses=answered(shapes.Draft, 404, 409))
def submit(path: shapes.DraftPath, header: shapes.Drawing) -> Response:
    """Without errors only."""
    expect_nothing()
    found = drafting.checked_draft(path.id)
    return _do(header, lambda connection, who: drafts.submit(connection, who, path.id, found, version=header.version))


@api.post("/drafts/<int:id>/take-back", summary="取回: to draw on", operation_id="take_back_draft",
          responses=answered(shapes.Draft, 404, 409))
def take_back(path: shapes.DraftPath, header: shapes.Drawing) -> Response:
    """By whoever draws, while nobody has published it."""
    expect_nothing()
    return _do(header, lambda connection, who: drafts.take_back(connection, who, path.id, version=header.version))


@api.post("/drafts/<int:id>/return", summary="退回修改: to the designer", operation_id="return_draft",
          responses=answered(shapes.Draft, 404, 409))
def give_back(path: shapes.DraftPath, header: shapes.Drawing, body: shapes.ReturnedDraft) -> Response:
    """By the legal officer, with a reason."""
    return _do(header, lambda connection, who: drafts.give_back(connection, who, path.id, body.reason, version=header.version))


@api.post("/drafts/<int:id>/publish", summary="发布: the next version of its process", operation_id="publish_draft",
          responses=answered(shapes.Draft, 404, 409))
def publish(path: shapes.DraftPath, header: shapes.Drawing) -> Response:
    """By a legal officer whose hands have not drawn it (设计与发布分离); new cases run on it."""
    expect_nothing()
    found = drafting.checked_draft(path.id)
    return _do(header, lambda connection, who: drafts.publish(connection, who, path.id, found, version=header.version)[0])


@api.post("/drafts/<int:id>/drop", summary="作废: give a draft up", operation_id="drop_draft",
          responses=answered(shapes.Draft, 404, 409))
def drop(path: shapes.DraftPath, header: shapes.Drawing) -> Response:
    """Its history stays."""
    expect_nothing()
    return _do(header, lambda connection, who: drafts.drop(connection, who, path.id, version=header.version))


@api.post("/diagrams/check", summary="What is wrong with a diagram", operation_id="check_diagram",
          responses=answered(shapes.DiagramFindings))
def check(body: shapes.CheckedDiagram) -> Response:
    """Everything to be said about it as it stands; nothing is kept."""
    return as_json(_findings(drafting.checked(_source(body.xml))))


def _do(header: shapes.Drawing, act: Callable[[Connection, Hand], DraftRow]) -> Response:
    who = drafting.hand(header.by)
    return _tagged(perform(lambda connection, at: _draft(connection, act(connection, who), who)))


def _tagged(answer: Response) -> Response:
    """An answer with the version of the draft it tells of as its entity tag."""
    told = orjson.loads(answer.data)
    answer.headers["ETag"] = f'"{told.get("draft", told)["version"]}"'
    return answer


def _began(body: shapes.NewDraft) -> tuple[Began, str]:
    match body.origin:
        case "version":
            began, name = drafting.from_version(body.definition)
            return began, body.title or name
        case "shelf":
            return drafting.from_shelf(body.file), body.title or body.file.removesuffix(".bpmn")
        case "upload":
            began = drafting.from_file(body.file, _source(body.xml))
            return began, body.title or began.name.removesuffix(".bpmn")
    return drafting.empty(body.process, body.title), body.title


def _source(xml: str) -> bytes:
    source = xml.encode("utf-8", "replace")
    if not source or len(source) > drafts.MOST_BYTES:
        raise InvalidInput("xml", "empty or too large")
    return source


def _draft(connection: Connection, row: DraftRow, who: Hand) -> shapes.Draft:
    known = {name: value for name, value in row._asdict().items() if name != "source"}
    return shapes.Draft(
        **known, events=[shapes.DraftEvent.model_validate(each) for each in store.events(connection, row.id)],
        barred=drafts.may_publish(connection, who, row.id), may_draw=drafts.may_draw(who, row.process),
        bpmn=f"{API}/drafts/{row.id}.bpmn")


def _findings(found: Checked) -> shapes.DiagramFindings:
    return shapes.DiagramFindings(verdict=found.answer.verdict, process=drafting.process_of(found),
                           findings=[_finding(each) for each in found.answer.diagnostics])


def _finding(each: Diagnostic) -> shapes.DiagramFinding:
    return shapes.DiagramFinding(code=each.code, severity=each.severity.value, element=each.element, line=each.line,
                          message=each.message, hint=each.hint)


def _difference(each: Difference) -> shapes.DraftDifference:
    return shapes.DraftDifference.model_validate({
        **{name: getattr(each, name) for name in ("subject", "id", "name")}, "change": each.change.value,
        "aspects": list(each.aspects), "was": _side(each.was), "now": _side(each.now)})


def _side(value: Limit | str | None) -> shapes.DrawnLimit | str | None:
    if not isinstance(value, Limit):
        return value
    return shapes.DrawnLimit(amount=value.amount, unit=value.unit.value, basis=value.basis,
                             needs_commitment=value.needs_commitment)
