"""What the drawing board asks the server: what is wrong with this diagram, keep it, when would this limit be due, and which
forms, roles and processes there are. JSON both ways, of this server's own pages only.

A refusal is JSON too, in the designers' words, and says who saved meanwhile, so that the board can keep what was drawn.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify, request

from engine.calendar import SHANGHAI
from engine.errors import Forbidden, Forged, InvalidInput, JibanError, NotAdmitted, NotFound
from engine.explanation import explain
from engine.limit_words import read_question
from services import drafts
from services.database import reading as read
from services.database import writing as write
from services.drafts import Checked, Hand, SavedMeanwhile
from services.gate.door import GateUnavailable
from services.web import drafting
from services.web.door import door
from services.web.drafting import checked, process_of
from services.web.finding_words import said
from services.web.frame import text
from services.web.visiting import visitor
from services.web.words import FORGED
from services.web.words.refusals import in_chinese

pages = Blueprint("drawing", __name__, url_prefix="/designer")

_REFUSALS = {
    "not_drawn_on": "这份草稿已经提交、发布或作废，不能再改；请先取回，或从已发布的版本另起一份。",
    "not_submitted": "这份草稿没有在待审核状态，请刷新后再看。",
    "same_hands": "您参与过这份草稿的起草（或与起草人是同一自然人），设计与发布须分离，请由另一位法制审核员办理。",
    "has_errors": "流程图还有错误，改好后才能提交或发布；错误和改法列在检查结果里。",
    "already_there": "最新版本与这份草稿完全相同，不用再发布。",
}
_FIELDS = {
    "xml": "流程图是空的或太大（上限 768 KB），请拆成几个互相调用的流程。", "title": "请填写 1 至 200 字的名称。",
    "reason": "请写明需要修改什么（1000 字以内）。", "file": "请选择一个 BPMN 文件。",
    "process": "流程标识只能用小写字母、数字和下划线，以字母开头。",
}


def hand() -> Hand:
    """Who acts in this request."""
    return drafting.hand(visitor().id)


def reason_of(refusal: JibanError) -> str:
    """Why, in the designers' words."""
    match refusal:
        case SavedMeanwhile():
            return text("{by} 已于 {at} 保存了这份草稿。").format(by=refusal.by, at=minute(refusal.at))
        case drafts.Refused():
            return text(_REFUSALS[refusal.code])
        case InvalidInput() if refusal.field in _FIELDS:
            return text(_FIELDS[refusal.field])
        case NotFound():
            return text("没有找到“{name}”。").format(name=refusal.name)
        case Forged():
            return f"{FORGED[0]}。{FORGED[1]}"
        case Forbidden():
            return text("您的岗位不能办这件事；起草由流程设计员，审核发布由法制审核员。")
        case GateUnavailable():
            return text("检查程序启动不了，请告诉系统管理员。")
    return in_chinese(refusal)


@pages.post("/check")
def check() -> Response:
    """Everything to be said about a diagram as it stands on the board."""
    source = _source(_body())
    return _findings(checked(source))


@pages.post("/drafts/<int:draft_id>/save")
def save(draft_id: int) -> Response:
    """Keep what is on the board."""
    body = _body()
    source, who = _source(body), hand()
    found = checked(source)
    with write(door().database) as connection:
        row = drafts.save(connection, who, draft_id, source, version=_version(body), title=_text(body, "title"),
                          process=process_of(found))
    return _findings(found, version=row.version, process=row.process, saved_at=minute(row.changed_at))


@pages.get("/due")
def due() -> Response:
    """Accepted on this day with this limit: when is it due?"""
    asked = read_question(
        at=request.args.get("on", ""), limit=request.args.get("limit", "")[:40],
        count_first_day=request.args.get("count_first_day") == "true",
        roll_off_holiday=request.args.get("roll_off_holiday", "true") == "true")
    with read(door().database) as connection:
        door().office.refresh(connection)
    account = explain(door().office.calendar, asked.limit, asked.at, event=asked.event)
    return jsonify(due=(account.due or "").replace("T", " "), provisional=account.provisional, days=len(account.days))


@pages.get("/vocabulary")
def vocabulary() -> Response:
    """What the panel offers: forms of the shelf, roles, deployed processes."""
    with read(door().database) as connection:
        return jsonify(drafting.vocabulary(connection))


@pages.errorhandler(JibanError)
def refuse(refusal: JibanError) -> Response:
    """A refusal as the board reads it."""
    said_more: dict[str, Any] = {}
    if isinstance(refusal, SavedMeanwhile):
        said_more = {"by": refusal.by, "at": minute(refusal.at), "version": refusal.found}
    answer = jsonify(reason=reason_of(refusal), detail=str(refusal), **said_more)
    answer.status_code = _status(refusal)
    return answer


def minute(at: datetime) -> str:
    """An instant as it is shown."""
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _status(refusal: JibanError) -> int:
    if isinstance(refusal, NotFound):
        return 404
    if isinstance(refusal, InvalidInput):
        return 422
    if isinstance(refusal, (NotAdmitted, Forged)):
        return 403
    return 503 if isinstance(refusal, GateUnavailable) else 409


def _findings(found: Checked, **more: object) -> Response:
    return jsonify({"verdict": found.answer.verdict, "findings": said(found.answer.diagnostics),
                    "process": process_of(found), **more})


def _body() -> dict[str, Any]:
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise InvalidInput("", "send one JSON object")
    return body


def _source(body: dict[str, Any]) -> bytes:
    source = _text(body, "xml").encode("utf-8", "replace")
    if not source or len(source) > drafts.MOST_BYTES:
        raise InvalidInput("xml", "empty or too large")
    return source


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str):
        raise InvalidInput(name, "expected a text")
    return value


def _version(body: dict[str, Any]) -> int:
    value = body.get("version")
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidInput("version", "expected the version of the draft that was read")
    return value
