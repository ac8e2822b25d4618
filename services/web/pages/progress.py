"""办件进度: an applicant looks at his case by number and query code, an agent at those of his principals.

The code comes in the body of a form and goes no further (`services.web.proof`). A wrong number and a wrong code are told the
same. """

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.exceptions import NotFound as NoPage
from werkzeug.wrappers import Response

from engine.calendar import SHANGHAI
from engine.case import local_day
from engine.duties import APPLICANT
from engine.errors import NotFound
from services import progress, sight
from services.database import reading as read
from services.database import rehearsing
from services.database import writing as write
from services.progress import Progress
from services.web import progress_words, proof
from services.web.door import door, now
from services.web.frame import text
from services.web.knocking import LONGEST, knock
from services.web.proof import Party
from services.web.visiting import visitor

pages = Blueprint("progress", __name__, url_prefix="/progress")

DONE: Mapping[str, str] = {
    "submitted": "补正材料已提交，窗口会在五个工作日内核验。", "supplied": "补齐的材料已提交。",
    "signed": "告知承诺书已签署并存证。",
    "withdrawn": "已撤件。", "hand_over": "领取方式已登记。", "hearing": "听证申请已提交。", "rated": "感谢您的评价。",
    "attached": "文件已上传。", "removed": "文件已删除。", "left": "已退出查询。",
    "expired": "查询已超过一小时，请重新输入编号和查询码。",
}
"""What a page says after something was done, or why one has to look again."""

SECTIONS = ("tasks", "supply", "declaration", "withdrawal", "hand_over", "hearing", "rating")
"""The pages of a case to which one comes back after looking again."""

_WINDOW = ("clerk", "certifier")

_WRONG = "没有与编号和查询码相符的办件。两者都印在《收件凭证》上，请核对后再试。"
_TOO_MANY = "尝试次数过多，请一分钟后再试。"


@pages.get("")
def ask() -> str:
    """The form; a receipt's QR code may bring the number along, digits that say nothing by themselves."""
    number = request.args.get("number", "")
    is_number = number.isascii() and number.isdigit() and len(number) <= LONGEST
    return render_template("progress_ask.html", number=number if is_number else "", wrong="", to=_to(request.args.get("to")),
                           done=done_here(), agent=_agent())


@pages.post("")
def look() -> Response | tuple[str, int]:
    """Look by number and code; a right one leads to the case."""
    at, number = now(), request.form.get("number", "").strip()[:LONGEST]
    is_right = knock(number, request.form.get("code", ""), at)
    if is_right is None:
        return _again(number, text(_TOO_MANY)), 429
    if not is_right:
        return _again(number, text(_WRONG)), 404
    with write(door().database) as connection:
        to = _to(request.form.get("to"))
        response = redirect(url_for(f"progress.{to}" if to else "progress.show", number=number), 303)
        return proof.grant(response, connection, number, proof.WHOLE, at)


@pages.get("/<number>")
def show(number: str) -> Response | str:
    """The progress of a case."""
    seen = seen_here(number)
    if isinstance(seen, Response):
        return seen
    found, party = seen
    if party.purpose == proof.RATING:
        return redirect(url_for("progress.rating", number=number), 303)
    return render_template("progress_case.html", done=done_here(), **shown(found, party))


@pages.post("/<number>/leave")
def leave(number: str) -> Response:
    """退出查询: for whoever looks at a computer that others use too."""
    return proof.withdraw(make_response(redirect(url_for("progress.ask", done="left"), 303)), number)


@pages.post("/<number>/tablet")
def tablet(number: str) -> Response:
    """At the counter, as the result is handed over: the screen is turned round, and takes a rating and nothing else. Raises
    NotFound for whoever does not work at this case's window."""
    at = now()
    with read(door().database) as connection:
        row = sight.visible_case(connection, door().office, visitor().id, number, at)
        if not _is_at_the_window(row.park, at):
            raise NotFound("case", number)
        return proof.grant(redirect(url_for("progress.rating", number=number), 303), connection, number, proof.RATING, at)


@pages.get("/principals")
def principals() -> str:
    """帮代办: the cases of an agent's principals. Raises NotFound for everybody else."""
    at = now()
    with read(door().database) as connection:
        door().office.refresh(connection)
        agent = proof.agent_here(door().office, at)
        if agent is None:
            raise NoPage
        mandates = progress.mandates_of(door().office, agent, at)
        lines = progress.cases_of(connection, mandates)
    return render_template("progress_principals.html", mandates=mandates, lines=lines, states=progress_words.HEADLINES)


@pages.post("/principals")
def find() -> Response:
    """A case of a principal by its number; whether a mandate covers it, its page says."""
    number = request.form.get("number", "").strip()[:40]
    return redirect(url_for("progress.show", number=number) if number.isalnum() else url_for("progress.principals"), 303)


def seen_here(number: str) -> tuple[Progress, Party] | Response:
    """The case and who looks at it; or where he proves that it is his. Raises NotFound for an agent without a mandate."""
    at = now()
    with rehearsing(door().database) as connection:
        party = proof.party(connection, door().office, number, at)
        if party is not None:
            return _progress(connection, number, party, at), party
        if proof.agent_here(door().office, at) is not None:
            raise NotFound("case", number)
    return redirect(url_for("progress.ask", done="expired", to=_to(request.endpoint)), 303)


def shown(found: Progress, party: Party) -> dict[str, Any]:
    """What every page of a case shows."""
    return {
        "case": found, "party": party, "headline": progress_words.headline(found), "said": progress_words.now_said(found),
        "due": found.due and progress_words.due_said(found.due), "limit": found.due and progress_words.limit_said(found.due),
        "timeline": [(each.at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M"), progress_words.happened(each))
                     for each in reversed(found.timeline)],
        "headlines": progress_words.HEADLINES, "zone": SHANGHAI,
        **({"visitor": None} if party.purpose == proof.RATING else {})}  # the screen is turned round: nothing of the clerk's


def _is_at_the_window(park: str, at: datetime) -> bool:
    """Does the visitor hand results over in this park? In an office that has entered nobody, everybody does."""
    people, on = door().office.people, local_day(at)
    return not people.persons or any(
        grant.role in _WINDOW and grant.is_in_force(on) and grant.park in ("", park)
        for grant in people.grants.get(visitor().id, ()))


def _progress(connection: Connection, number: str, party: Party, at: datetime) -> Progress:
    return progress.of_case(connection, door().office, number, by=party.by if party.is_agent else APPLICANT, now=at)


def _again(number: str, wrong: str) -> str:
    return render_template("progress_ask.html", number=number, wrong=wrong, to=_to(request.form.get("to")), agent=_agent())


def done_here() -> str | None:
    """What was just done, or why one has to look again."""
    said = DONE.get(request.args.get("done", ""))
    return said and text(said)


def _to(name: str | None) -> str:
    """One of the pages of a case, by its endpoint with or without the blueprint; "" for another."""
    short = (name or "").removeprefix("progress.")
    return short if short in SECTIONS else ""


def _agent() -> bool:
    with read(door().database) as connection:
        door().office.refresh(connection)
        return proof.agent_here(door().office, now()) is not None
