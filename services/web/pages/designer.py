"""The designer's pages: the library of processes, a process with its versions, and a draft on its way to being published.

The drawing board itself is a script (`static/designer/`); what it asks the server is in `services.web.pages.drawing`.
Everything else here works without scripts: forms that are posted, and pages that say why something was refused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from engine.errors import InvalidInput, JibanError, NotFound
from services import drafts, library
from services.database import reading as read
from services.database import writing as write
from services.drafts import DRAWN_ON, Began, Hand, Origin, State
from services.store import drafts as store
from services.store import reading
from services.web import drafting
from services.web.door import door
from services.web.drafting import Unreadable, checked, process_of
from services.web.finding_words import said
from services.web.frame import text
from services.web.pages import difference_words
from services.web.pages.drawing import hand, minute, reason_of

pages = Blueprint("designer", __name__, url_prefix="/designer")

_MOST = 200  # drafts on one page
_EVENTS = {"created": "起草", "saved": "保存", "submitted": "提交审核", "taken_back": "取回", "returned": "退回修改",
           "published": "发布", "dropped": "作废"}
_ORIGINS = {"empty": "空白", "shelf": "书架", "version": "已发布版本", "upload": "上传"}


@pages.get("/", endpoint="library")
def library_page() -> str:
    """The library: every process, and what is being drawn."""
    return _library()


@pages.get("/processes/<process>")
def process(process: str) -> str:
    """A process: its picture, its versions, where it is used, what was drawn of it."""
    with read(door().database) as connection:
        door().office.refresh(connection)
        shown = library.process(connection, door().office, process)
        published = store.publishers(connection, process)
        lines = store.drafts_of(connection, process, most=_MOST)
    asked = request.args.get("version", "")
    chosen = next((each for each in shown.versions if str(each.version) == asked), shown.versions[0])
    return render_template("designer/process.html", shown=shown, chosen=chosen, published=published, drafts=lines,
                           may_draw=drafts.may_draw(hand(), process), **_words())


@pages.get("/versions/<int:definition_id>.bpmn")
def version_source(definition_id: int) -> Response:
    """The XML of a version, as it was published."""
    with read(door().database) as connection:
        row = reading.definition(connection, definition_id)
    return _xml(row.source, f"{row.process}-{row.version}.bpmn")


@pages.get("/drafts/<int:draft_id>.bpmn")
def draft_source(draft_id: int) -> Response:
    """The XML of a draft, as it was last saved."""
    with read(door().database) as connection:
        row = drafts.found(connection, draft_id)
    return _xml(row.source, f"{row.process or 'draft'}-draft{row.id}.bpmn")


@pages.post("/drafts")
def begin() -> AnyResponse | tuple[str, int]:
    """Begin a draft: empty, from the shelf, from a version, or from a file."""
    who = hand()
    try:
        began, title = _began()
        found = drafting.readable(began)
        with write(door().database) as connection:
            row = drafts.create(connection, who, began, title=title, process=process_of(found))
    except JibanError as refusal:
        return _library(refusal), _status(refusal)
    return redirect(url_for(".draft", draft_id=row.id), 303)


@pages.get("/drafts/<int:draft_id>")
def draft(draft_id: int) -> str:
    """The drawing board, or where a draft is not drawn on (any more): what it says, and what may be done with it."""
    who = hand()
    with read(door().database) as connection:
        row = drafts.found(connection, draft_id)
        if State(row.state) in DRAWN_ON and "look" not in request.args and drafts.may_draw(who, row.process):
            last = store.events(connection, draft_id)[-1]
            return render_template("designer/board.html", row=row, last=last, **_words())
    return _review(draft_id, who)


@pages.post("/drafts/<int:draft_id>/submit")
def submit(draft_id: int) -> AnyResponse | tuple[str, int]:
    """To the legal officer."""
    found = drafting.checked_draft(draft_id)
    return _do(draft_id, lambda connection, who: drafts.submit(connection, who, draft_id, found, version=_version()))


@pages.post("/drafts/<int:draft_id>/take-back")
def take_back(draft_id: int) -> AnyResponse | tuple[str, int]:
    """Back to the board."""
    return _do(draft_id, lambda connection, who: drafts.take_back(connection, who, draft_id, version=_version()))


@pages.post("/drafts/<int:draft_id>/return")
def give_back(draft_id: int) -> AnyResponse | tuple[str, int]:
    """Back to the designer, with a reason."""
    return _do(draft_id, lambda connection, who: drafts.give_back(
        connection, who, draft_id, request.form.get("reason", ""), version=_version()))


@pages.post("/drafts/<int:draft_id>/publish")
def publish(draft_id: int) -> AnyResponse | tuple[str, int]:
    """The next version of its process."""
    found = drafting.checked_draft(draft_id)
    return _do(draft_id, lambda connection, who: drafts.publish(connection, who, draft_id, found, version=_version()))


@pages.post("/drafts/<int:draft_id>/drop")
def drop(draft_id: int) -> AnyResponse | tuple[str, int]:
    """Given up."""
    return _do(draft_id, lambda connection, who: drafts.drop(connection, who, draft_id, version=_version()))


def _library(refusal: JibanError | None = None) -> str:
    with read(door().database) as connection:
        door().office.refresh(connection)
        shelved = library.processes(connection, door().office)
        lines = store.open_drafts(connection, most=_MOST)
    return render_template(
        "designer/library.html", shelved=shelved, drafts=lines, shelf=drafting.shelf_files(), refusal=_told(refusal),
        may_draw=drafts.may_draw(hand(), ""), typed=request.form, **_words())


def _review(draft_id: int, who: Hand, refusal: JibanError | None = None) -> str:
    with read(door().database) as connection:
        row = drafts.found(connection, draft_id)
        events = store.events(connection, draft_id)
        before = reading.latest_definition(connection, row.process) if row.process else None
        hindered = drafts.may_publish(connection, who, draft_id)
        published = reading.definition(connection, row.definition_id) if row.definition_id else None
    found = checked(row.source)
    changes = drafting.compared(before, row, found.answer.verdict)
    return render_template(
        "designer/draft.html", row=row, events=events, before=before, published=published,
        findings=said(found.answer.diagnostics), is_sound=found.answer.verdict == "deployable", may_publish=not hindered,
        changes=None if changes is None else difference_words.told(changes),
        may_draw=drafts.may_draw(who, row.process), refusal=_told(refusal), reason=request.form.get("reason", ""), **_words())


def _do(draft_id: int, act: Callable[[Connection, Hand], object]) -> AnyResponse | tuple[str, int]:
    """Carry a command out, and show the draft; refused, show it with the reason and what was typed."""
    who = hand()
    try:
        with write(door().database) as connection:
            act(connection, who)
    except NotFound:
        raise
    except JibanError as refusal:
        return _review(draft_id, who, refusal), _status(refusal)
    return redirect(url_for(".draft", draft_id=draft_id, look=1), 303)


def _began() -> tuple[Began, str]:
    """What a draft is begun from, and its title. Raises InvalidInput, NotFound."""
    title = request.form.get("title", "")
    match request.form.get("origin", ""):
        case Origin.VERSION.value:
            began, name = drafting.from_version(_number("definition"))
            return began, title or name
        case Origin.SHELF.value:
            file = request.form.get("shelf", "")
            return drafting.from_shelf(file), title or file[:-5]
        case Origin.UPLOAD.value:
            return _uploaded(title)
    return drafting.empty(request.form.get("process", "").strip(), title), title


def _uploaded(title: str) -> tuple[Began, str]:
    file = request.files.get("file")
    source = file.stream.read(drafts.MOST_BYTES + 1) if file is not None else b""
    if file is None or not source:
        raise InvalidInput("file", "choose a BPMN file")
    began = drafting.from_file(file.filename or "", source)
    return began, title or began.name.removesuffix(".bpmn") or text("流程")


def _number(name: str) -> int:
    value = request.form.get(name, "")
    if not (value.isascii() and value.isdigit() and len(value) < 19):
        raise InvalidInput(name, "expected a number")
    return int(value)


def _version() -> int:
    """The version of the draft that the form was made from."""
    return _number("version")


def _told(refusal: JibanError | None) -> str:
    """Why something was refused, "" when nothing was."""
    if isinstance(refusal, Unreadable):
        return said([refusal.finding])[0]["words"]
    return "" if refusal is None else reason_of(refusal)


def _status(refusal: JibanError) -> int:
    return 422 if isinstance(refusal, InvalidInput) else 404 if isinstance(refusal, NotFound) else 409


def _words() -> dict[str, Any]:
    return {"minute": minute, "states": {state.value: text(name) for state, name in drafts.NAMES.items()},
            "kinds": {kind: text(name) for kind, name in _EVENTS.items()},
            "origins": {origin: text(name) for origin, name in _ORIGINS.items()}, "drawn_on": {each.value for each in DRAWN_ON}}


def _xml(source: bytes, name: str) -> Response:
    """A diagram as a file to be kept: never shown by the browser, whatever stands in it."""
    answer = Response(source, content_type="application/octet-stream")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer
