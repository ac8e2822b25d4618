"""运行故障: what is held up, over all cases a visitor administers, and having it tried again, one or many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import InvalidInput
from engine.sentences import sentence_of
from services import incidents
from services.database import reading as read
from services.incidents import MENDERS, Way
from services.web import incident_lines
from services.web.cursor import cursor, key_of
from services.web.door import door, now
from services.web.frame import said, text
from services.web.incident_lines import Tried
from services.web.visiting import visitor

pages = Blueprint("held_up", __name__, url_prefix="/incidents")

KINDS: Mapping[str, str] = {
    "connector_failed": "对接失败", "no_connector": "未接通的对接", "no_commitment": "时限没有数值", "dead_end": "流程走不下去",
    "no_path": "没有出口可走", "missing_variable": "变量没有值", "no_called_process": "调用的流程不存在",
    "expression_failed": "条件无法计算", "step_budget": "流程空转", "incident": "其他故障",
}
"""What the kinds of incidents are called."""

WAYS: Mapping[Way, str] = {
    Way.RETRY: "重试", Way.BY_HAND: "转人工录入", Way.START_CLOCK: "录入承诺后，在办件页开始计时",
    Way.ASK_AGAIN: "在办件页重新传送", Way.MEND: "修正资料或流程后，在办件页重新办理",
}
_MOST = 50
_NOT_DONE = "没有办成：{reason}"
_DONE = "已提交重试。"


@pages.get("")
def open() -> str:
    """Those that are open, of one kind when asked so."""
    return _page("", {})


@pages.post("/retry")
def retry() -> Response | tuple[str, int]:
    """Those that are ticked, or one with what was mended."""
    named = [_named(each) for each in request.form.getlist("incident")]
    given = _mended(named)
    if not named or (given and len(named) != 1):
        return _page(text("请选择要重试的故障；修改资料时只选一项。"), request.form), 422
    tried = incident_lines.retry(
        named, person=visitor().id, roles=visitor().roles, by=visitor().id, at=now(),
        reason=request.form.get("reason", ""), data=_typed(given), by_hand=request.form.get("way") == Way.BY_HAND.value)
    if any(each.refused is not None for each in tried):
        return _page(_faults(tried), request.form), 409
    return redirect(url_for("held_up.open", done="retried"), 303)


def _named(value: str) -> tuple[str, int]:
    case, slash, seq = value.rpartition("/")
    if not slash or not seq.isascii() or not seq.isdigit() or len(seq) > 9:
        raise InvalidInput("incident", "expected a case and the number of a fact")
    return case, int(seq)


def _mended(named: Sequence[tuple[str, int]]) -> dict[str, str]:
    """What was filled in of the values that may be mended with these incidents; what the page does not ask is not read."""
    with read(door().database) as connection:
        door().office.refresh(connection)
        asked = {name for case, seq in named for name in incidents.asked(door().office, connection, case, seq)}
    return {name: value for name in sorted(asked) if (value := request.form.get(f"data.{name}", ""))}


def _typed(given: Mapping[str, str]) -> dict[str, object]:
    """What was typed, as the values it stands for where that is plain."""
    return {name: {"true": True, "false": False}.get(value, value) for name, value in given.items()}


def _faults(tried: list[Tried]) -> str:
    reasons = Counter(said(sentence_of(each.refused)) for each in tried if each.refused is not None)
    return text(_NOT_DONE).format(reason="；".join(reasons))


def _page(fault: str, typed: Mapping[str, str]) -> str:
    code = request.args.get("code") or None
    after = request.args.get("after")
    first, seq = (0, -1) if after is None else key_of(after, parts=2, field="after")
    with read(door().database) as connection:
        door().office.refresh(connection)
        who = incident_lines.looks(connection, visitor().id, visitor().roles, now())
        lines, last = incident_lines.page(connection, who, after=(first, seq), code=code, most=_MOST)
        codes = list(incidents.codes(connection)) if who is None else list(KINDS)
    return render_template(
        "incidents.html", lines=lines, kinds=KINDS, ways=WAYS, codes=codes, code=code, fault=fault, typed=typed, Way=Way,
        may_mend=bool(MENDERS & visitor().roles), next=None if last is None else cursor(*last),
        done=text(_DONE) if request.args.get("done") == "retried" else None)
