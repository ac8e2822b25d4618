"""A project as a command shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from engine.plans import ItemState
from engine.projects import STAGE_NAMES, TIER_NAMES, Project, suggested_tier
from services.projects import File, Standing

_STATES: Mapping[ItemState, str] = {
    ItemState.BLOCKED: "待前置事项", ItemState.READY: "可开办", ItemState.OPEN: "办理中", ItemState.DONE: "已办结",
    ItemState.REFUSED: "不予许可", ItemState.ENDED: "已终止",
}


def title(project: Project) -> str:
    """A project in one line."""
    return " ".join(part for part in (project.number, project.code, project.profile.name, project.profile.park,
                                      STAGE_NAMES[project.stage], project.closed_because) if part)


def lines(file: File) -> list[str]:
    """A project with all that belongs to it, for people."""
    project = file.project
    suggested = TIER_NAMES[suggested_tier(project.profile.amount)]
    team = project.team.team if project.team else f"待指派（建议{suggested}）"
    plan = f"定制单 第{project.plan.version}版：{project.plan.reason}" if project.plan else "定制单：无"
    return [
        title(project), f"  投资额 {project.profile.amount} 万元，帮代办 {team}", f"  {plan}",
        *(f"    {_item(each)}" for each in file.items),
        *(f"  {row.item}: {row.amount} {row.unit}  {row.agreement} {row.clause}" for row in file.commitments),
        *(f"  {row.number} {row.process} {row.state}" for row in file.cases if not row.item),
        *(f"  ! {said}" for said in file.missing)]


def as_object(file: File) -> dict[str, Any]:
    """The same for programs."""
    return {
        **msgspec.to_builtins(file.project),
        "items": [{"key": each.item.key, "state": each.state.value, "case": each.case} for each in file.items],
        "cases": [{"number": row.number, "process": row.process, "state": row.state, "item": row.item} for row in file.cases],
        "commitments": [{"item": row.item, "amount": row.amount, "unit": row.unit, "clause": row.clause}
                        for row in file.commitments],
        "missing": list(file.missing)}


def _item(each: Standing) -> str:
    item = each.item
    due = f" 限 {item.due_on}" if item.due_on else ""
    after = f"（在{'、'.join(item.after)}之后）" if item.after else ""
    parts = (item.key, _STATES[each.state], each.case, item.department, f"{item.responsible}{due}{after}")
    return " ".join(part for part in parts if part)
