"""监管推送: what was pushed to whoever supervises it, for the people of his department and for who watches them."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.case import local_day
from engine.errors import InvalidInput, NotFound, Refusal
from engine.months import month_of
from engine.pushes import SORTS
from services import push_lists, sight, supervising
from services.acting import Command
from services.database import reading as read
from services.database import writing as write
from services.push_lists import Figures
from services.web.cursor import cursor, key_of
from services.web.door import door, now
from services.web.frame import text
from services.web.sent import as_file
from services.web.visiting import visitor

pages = Blueprint("receipts", __name__, url_prefix="/pushes")

STANDS = {"waiting": "待签收", "overdue": "逾期未签收", "received": "已签收"}
"""The three lists."""
_COLUMNS = ("监管部门", "园区", "推送", "按时签收", "逾期签收", "待签收", "其中已逾期", "监管反馈")
_MOST = 50
_WRONG = "请选择监管方式并填写监管情况，最多 2000 字。"
_REFUSED = "没有办成：可能已经签收，或者不属于您所在的监管部门。"
_DONE = {"received": "已签收。", "reported": "监管反馈已送达审批部门和窗口。"}


@pages.get("")
def index() -> str:
    """One of the lists, in the order of pushing."""
    return _page({}, "")


@pages.post("/<number>/<int:push>/receive")
def receive(number: str, push: int) -> Response | tuple[str, int]:
    """签收."""
    _require_there(number)
    try:
        with write(door().database) as connection:
            supervising.receive_push(connection, door().office, _command(number), push=push)
    except NotFound:
        raise
    except Refusal:
        return _page({}, text(_REFUSED)), 409
    return redirect(url_for(".index", stands=_stands(), done="received"), 303)


@pages.post("/<number>/<int:push>/report")
def report(number: str, push: int) -> Response | tuple[str, int]:
    """监管反馈."""
    _require_there(number)
    said = {name: request.form.get(name, "") for name in ("sort", "text", "measure", "document")}
    try:
        with write(door().database) as connection:
            supervising.report_finding(connection, door().office, _command(number), push=push, **said)
    except NotFound:
        raise
    except Refusal as refusal:
        is_wrong = isinstance(refusal, InvalidInput)
        return _page({f"{number}-{push}": said}, text(_WRONG if is_wrong else _REFUSED)), 422 if is_wrong else 409
    return redirect(url_for(".index", stands="received", done="reported"), 303)


@pages.get("/figures")
def figures() -> str:
    """Pushed, signed for in time, overdue: each department and park, of a month or a span of days."""
    first, last = _span()
    return render_template("receipts_figures.html", rows=_figures(first, last), columns=_COLUMNS, first=first,
                           last=last, lists=STANDS)


@pages.get("/figures.csv")
def figures_sheet() -> Response:
    """The same as a sheet."""
    first, last = _span()
    return as_file(push_lists.sheet(_figures(first, last)).encode(), "text/csv; charset=utf-8",
                   text("监管推送{first}至{last}.csv").format(first=first, last=last))


def _figures(first: date, last: date) -> list[Figures]:
    with read(door().database) as connection:
        return push_lists.figures(connection, door().office, visitor().id, first=first, last=last, now=now())


def _span() -> tuple[date, date]:
    """From when to when; what is no day is left out: then it is this month."""
    month = month_of(local_day(now()))
    return _day("first", month.first), _day("last", month.last)


def _day(name: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return otherwise


def _stands() -> str:
    asked = request.values.get("stands", "")
    return asked if asked in STANDS else "waiting"


def _command(number: str) -> Command:
    return Command(number=number, by=visitor().id, now=now())


def _require_there(number: str) -> None:
    """Whoever may not see a case is told that there is none. Raises NotFound."""
    with read(door().database) as connection:
        sight.visible_case(connection, door().office, visitor().id, number, now())


def _page(typed: dict[str, dict[str, str]], fault: str) -> str:
    stands = _stands()
    sent = request.args.get("after")
    after = push_lists.FIRST if sent is None else key_of(sent, parts=2, field="after")
    with read(door().database) as connection:
        lines = push_lists.pushes(connection, door().office, visitor().id, stands, now=now(), after=(after[0], after[1]),
                                  most=_MOST + 1)
    shown = lines[:_MOST]
    done = _DONE.get(request.args.get("done", ""))
    return render_template(
        "receipts.html", lines=shown, stands=stands, lists=STANDS, sorts=SORTS, typed=typed, fault=fault,
        done=text(done) if done else None, following=cursor(*shown[-1].key) if len(lines) > _MOST else None)
