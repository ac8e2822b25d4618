"""What a new version says differently, in the words of whoever answers for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.definitions.differences import Change, Difference
from engine.limit_words import said
from engine.limits import NAMES, Limit, LimitKind
from services.web.frame import text

_CHANGES: Mapping[Change, str] = {Change.ADDED: "新增", Change.REMOVED: "删除", Change.CHANGED: "修改"}
_SUBJECTS: Mapping[str, str] = {"limit": "时限", "node": "环节", "flow": "流向", "process": "流程"}
_ASPECTS: Mapping[str, str] = {
    "name": "名称", "kind": "类型", "work": "岗位、表单或办理结果", "event": "事件或时限", "called": "调用的流程",
    "child": "子办件", "topic": "对接主题", "connector": "对接内容", "milestone": "法定节点", "loop": "会签或多实例",
    "party": "由谁办", "lane": "泳道",
    "attached_to": "挂在哪个环节", "interrupting": "是否中断", "default": "默认流向", "matter": "事项", "department": "部门",
    "form": "申请表单", "variables": "变量", "defaults": "变量初值", "stopped_by": "停表规则", "system": "所用系统",
    "situation": "业务情形",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A difference as it is shown. `colour`: of its tag; `was` and `now`: "" when there is nothing to say."""

    change: str
    colour: str
    subject: str
    name: str
    aspects: str
    was: str
    now: str


def told(found: Iterable[Difference]) -> list[Line]:
    """Differences in words."""
    return [_line(each) for each in found]


def _line(each: Difference) -> Line:
    name = text(NAMES[LimitKind(each.name)]) if each.subject == "limit" else each.name
    is_flow = each.subject == "flow" and each.change is Change.CHANGED
    return Line(
        change=text(_CHANGES[each.change]), colour={Change.ADDED: "green", Change.REMOVED: "red"}.get(each.change, "yellow"),
        subject=text(_SUBJECTS[each.subject]), name=name, aspects="、".join(text(_ASPECTS[aspect]) for aspect in each.aspects),
        was=_side(each.was) if each.was != each.now or is_flow else "", now=_side(each.now) if each.was != each.now else "")


def _side(value: Limit | str | None) -> str:
    if isinstance(value, Limit):
        basis = text("（{basis}）").format(basis=value.basis) if value.basis else ""
        amount = text("由项目承诺或事项库给出") if value.needs_commitment else text(said(value.amount, value.unit))
        return amount + basis
    return value or ""
