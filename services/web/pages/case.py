"""The page of a case, and everything people do from it: complete a step, or give one of the verbs.

A move is made by the very use cases of the API. What is refused is said on the page the person was on, with what he had typed;
of a case that has moved on meanwhile it says who did what.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response as Answer

from engine.case import local_day
from engine.errors import AlreadyDecided, Incident, InvalidInput, NotFound, Refusal, Stale
from engine.verbs import VERBS, About
from services import errands, judging, unmasking, verbs
from services.acting import Command, Stepped, TaskCommand
from services.database import reading as read
from services.database import rehearsing
from services.database import writing as write
from services.dossiers import dossier
from services.store import reading
from services.web.door import door, now
from services.web.fields import fields, typed
from services.web.frame import text
from services.web.pages import asking_forms, case_file, counter
from services.web.pages.case_file import CaseFile, Step
from services.web.pages.case_papers import Papers, papers_of
from services.web.ribbon import Ribbon, ribbon
from services.web.visiting import visitor
from services.web.words import STATES
from services.web.words.refusals import in_chinese, reason_in_chinese

pages = Blueprint("case", __name__)

_DONE = {"open_case": "已收件，请登记收到的材料", "attached": "材料已上传", "removed": "已删除这份材料",
         "issued": "文书已出具，可以打印"}
"""What is said after something that is no verb."""

_OF_COMPLETED = frozenset({"take_back"})
"""Verbs of a task that is over."""

_OF_THE_PAGE = frozenset({"complete_task"})
"""Verbs whose form stands on the page of the case itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Looked:
    """A case as its page shows it, read at once. `ribbon`: None before it has a clock."""

    file: CaseFile
    papers: Papers
    ribbon: Ribbon | None


@pages.get("/cases/<number>")
def show(number: str) -> str:
    """A case: where it stands, what is to be done, its clocks, what has happened."""
    with read(door().database) as connection:
        looked = _looked(connection, _file(connection, number))
    return _page(looked, done=_done())


@pages.post("/cases/<number>/particulars")
def unmask(number: str) -> str | tuple[str, int]:
    """显示完整信息: the case once with its personal data in full. Who looked, when and why is written down; the next look at
    the page shows them masked again."""
    reason = request.form.get("reason", "")[:2 * unmasking.LONGEST]
    try:
        with write(door().database) as connection:
            file = case_file.read(connection, door().office, number, visitor().id, now=now(), with_personal=True)
            unmasking.record(connection, number, by=visitor().id, reason=reason, now=now())
            looked = _looked(connection, file)
    except InvalidInput as wrong:
        with read(door().database) as connection:
            masked = _looked(connection, _file(connection, number))
        return _page(masked, reason=reason, reason_fault=_sentence(wrong)), 422
    return _page(looked, is_unmasked=True)


@pages.get("/cases/<number>/process.bpmn")
def process(number: str) -> Response:
    """The diagram of the version the case runs on, for its picture."""
    with read(door().database) as connection:
        file = _file(connection, number)
        source = reading.definition(connection, file.row.definition_id).source
    return Response(source, content_type="application/xml; charset=utf-8")


@pages.get("/cases/<number>/verbs")
def offers(number: str) -> str:
    """Every verb of the case and of its open tasks: what may be done now, and why the rest may not."""
    with rehearsing(door().database) as connection:
        file = _file(connection, number)
        judged = [(None, judging.of_case(connection, door().office, number, by=visitor().id, now=now())),
                  *((step, judging.of_task(connection, door().office, step.id, by=visitor().id, now=now()))
                    for step in file.steps)]
    return render_template("case_verbs.html", file=file, judged=judged)


@pages.route("/cases/<number>/do/<verb>", methods=["GET", "POST"])
def of_case(number: str, verb: str) -> Answer | str | tuple[str, int]:
    """One verb of a case: its consequence and what it asks; then it is done."""
    return _verb(number, None, verb)


@pages.route("/tasks/<id>/do/<verb>", methods=["GET", "POST"])
def of_task(id: str, verb: str) -> Answer | str | tuple[str, int]:
    """One verb of an open task, or of one that has just been completed."""
    return _verb(id.rpartition("-")[0], id, verb)


@pages.post("/tasks/<id>/complete")
def complete(id: str) -> Answer | tuple[str, int]:
    """办理: a step is done with one of its outcomes and what its form asks."""
    number = id.rpartition("-")[0]
    with read(door().database) as connection:
        file = _file(connection, number)
    step = _step(file, id)
    data = typed(step.schema, request.form) if step is not None and step.schema else {}
    outcome = request.form.get("outcome") or None
    try:
        if step is None:
            raise AlreadyDecided(id, "somebody has completed it, or it was cancelled")
        _perform("complete_task", TaskCommand(task=id, by=visitor().id, now=now(), version=_version()),
                 {"outcome": outcome, "data": data})
    except (Refusal, Incident) as refusal:
        return refused(number, refusal, at=id, data=data)
    queue = request.form.get("from", "")
    following = None if _goes_on(number) else counter.first_of(queue, besides=number)
    on: dict[str, Any] = {"number": following.number if following else number, **({"from": queue} if queue else {})}
    return redirect(url_for(".show", **on, done="complete_task", task=id), 303)


def _goes_on(number: str) -> bool:
    """Has whoever completed a step the next step of the same case, too?"""
    with read(door().database) as connection:
        return any(not step.bar for step in _file(connection, number).steps)


def _verb(number: str, task: str | None, name: str) -> Answer | str | tuple[str, int]:
    verb = VERBS.get(name)
    if verb is None or name in _OF_THE_PAGE or (verb.about is About.TASK) != (task is not None):
        raise NotFound("verb", name)
    with read(door().database) as connection:
        file = _file(connection, number)
        step = None if task is None else _step(file, task)
        if task is not None and step is None and name not in _OF_COMPLETED:
            raise NotFound("open task", task)
        schema = asking_forms.asked_by(connection, door().office, name, file, step, person=visitor().id, now=now())
    if request.method == "GET":
        return _form(file, step, task, name, schema, {}, {})
    said = typed(schema, request.form)
    try:
        given = asking_forms.answered(name, schema, said)
        command = (TaskCommand(task=task, by=visitor().id, now=now(), version=_version()) if task is not None
                   else Command(number=number, by=visitor().id, now=now(), version=_version()))
        _perform(name, command, given)
    except InvalidInput as wrong:
        return _form(file, step, task, name, schema, said, {f"data.{wrong.field}": _sentence(wrong)}), 422
    except (Refusal, Incident) as refusal:
        return _form(file, step, task, name, schema, said, {}, refusal=refusal), 409
    return redirect(url_for(".show", number=number, done=name), 303)


def _perform(name: str, command: Command | TaskCommand, given: Mapping[str, Any]) -> Stepped:
    """Do a verb in a transaction of its own, and right after it what the case asks of others."""
    office = door().office
    with write(door().database) as connection:
        office.refresh(connection)
        stepped = verbs.give(connection, office, name, command, given)
    if stepped.asks:
        errands.run_now(door().database, office, now=now())
    return stepped


def refused(
    number: str, refusal: Refusal | Incident, *, at: str = "", data: Mapping[str, Any] | None = None,
) -> tuple[str, int]:
    """The page again, with what was typed, what is wrong with it and what has happened meanwhile."""
    with read(door().database) as connection:
        looked = _looked(connection, _file(connection, number))
    faults = {refusal.field: _sentence(refusal)} if isinstance(refusal, InvalidInput) else {}
    return _page(looked, at=at, data=data, faults=faults, refusal=refusal), 422 if faults else 409


def _page(
    looked: _Looked, *, at: str = "", data: Mapping[str, Any] | None = None,
    faults: Mapping[str, str] | None = None, refusal: Refusal | Incident | None = None, done: str = "", **unmasked: object,
) -> str:
    """`at`: the task whose form was sent, with its `data` and `faults`; `unmasked`: what the form that asks for the personal
    data shows."""
    file = looked.file
    filled = [(step, fields(step.schema, (data or {}) if step.id == at else {}, (faults or {}) if step.id == at else {})
               if step.schema else ()) for step in file.steps]
    is_at_field = bool(faults) and any(path.startswith("data.") for path in faults or {})
    first = next((step.id for step in file.steps if not step.bar), "")
    return render_template(
        "case.html", file=file, papers=looked.papers, ribbon=looked.ribbon, states=STATES, steps=filled, first=first,
        foreseen=file.foreseen, at=at, done=done, due=case_file.due_sentence(file),
        refusal="" if refusal is None or is_at_field else _sentence(refusal),
        meanwhile=_meanwhile(file, refusal), taken_back=_may_take_back(), **unmasked)


def _form(
    file: CaseFile, step: Step | None, task: str | None, name: str, schema: Mapping[str, Any], said: Mapping[str, Any],
    faults: Mapping[str, str], *, refusal: Refusal | Incident | None = None,
) -> str:
    return render_template(
        "case_verb.html", file=file, step=step, task=task, verb=VERBS[name], fields=fields(schema, said, faults),
        refusal="" if refusal is None else _sentence(refusal), meanwhile=_meanwhile(file, refusal))


def _looked(connection: Connection, file: CaseFile) -> _Looked:
    at = now()
    found = dossier(connection, door().office, file.row, now=at)
    return _Looked(file=file, papers=papers_of(connection, file.row),
                   ribbon=ribbon(found, today=local_day(at)) if found.explained.clocks else None)


def _file(connection: Connection, number: str) -> CaseFile:
    return case_file.read(connection, door().office, number, visitor().id, now=now())


def _step(file: CaseFile, task: str) -> Step | None:
    return next((step for step in file.steps if step.id == task), None)


def _meanwhile(file: CaseFile, refusal: Refusal | Incident | None) -> list[case_file.Happened]:
    """Who did what since the page was read, when that is why it was refused."""
    seen = request.form.get("seq", "")
    if not isinstance(refusal, (Stale, AlreadyDecided)) or not (seen.isascii() and seen.isdigit() and len(seen) < 10):
        return []
    return case_file.newer(file.timeline, int(seen))


def _version() -> int | None:
    sent = request.form.get("version", "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else None


def _done() -> str:
    """What has just been done, by the name of its verb."""
    if (done := request.args.get("done", "")) in _DONE:
        return text(_DONE[done])
    verb = VERBS.get(request.args.get("done", ""))
    return text("已办：{verb}").format(verb=verb.label) if verb else ""


def _may_take_back() -> str:
    """The task the visitor has just completed, while it can be taken back."""
    number, dash, token = request.args.get("task", "").rpartition("-")
    is_ours = request.args.get("done") == "complete_task" and dash and token.isdigit() and number.isascii() and number.isdigit()
    return f"{number}-{token}" if is_ours else ""


def _sentence(error: Refusal | Incident) -> str:
    return reason_in_chinese(error) if isinstance(error, InvalidInput) else in_chinese(error)
