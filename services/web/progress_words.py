"""The words in which an applicant is told of his case: plain ones, without the office's own names for things."""

from __future__ import annotations

from collections.abc import Mapping

from engine.lifecycle import State
from engine.ratings import LEVELS
from services.progress import Due, Progress
from services.public_history import Happened
from services.web.frame import text

HEADLINES: Mapping[State, str] = {
    State.RECEIVED: "已收件，正在核验材料", State.CORRECTING: "需要您补正材料", State.ACCEPTED: "已受理",
    State.REVIEWING: "正在审查",
    State.SUSPENDED: "暂停计时", State.DECIDED: "已作出决定", State.CONCLUDED: "已办结", State.CERTIFIED: "证照文书已制作",
    State.HANDED_OVER: "已送达", State.ARCHIVED: "已办结归档", State.DECLINED: "不予受理", State.NOT_APPLICABLE: "不受理",
    State.RETURNED: "已退件", State.DEEMED_WITHDRAWN: "视为撤回", State.WITHDRAWN: "已撤件", State.TERMINATED: "已终止",
    State.VOIDED: "已作废",
}
"""Where the case stands, in a few words."""

_STEPS: Mapping[str, str] = {
    "receive": "窗口正在登记您的申请", "verify": "窗口正在核验材料是否齐全", "accept": "窗口正在办理受理",
    "review": "审查人员正在审查",
    "inspect": "正在安排或进行现场踏勘", "decide": "正在作出决定", "certify": "正在制作证照、文书",
    "hand_over": "结果已备好，等待领取或者邮寄",
}
_OTHER_STEP = "有关部门正在办理"

_STATES: Mapping[State, str] = {
    State.CORRECTING: "请按下面的清单补正；补正期间不计入办理时限。",
    State.DECLINED: "依法不予受理，理由见下面的办理经过和《不予受理决定书》。",
    State.NOT_APPLICABLE: "所申请的事项不需要本机关许可，或者不属于本机关职权。",
    State.RETURNED: "申请已退回给您，可以重新申请。",
    State.DEEMED_WITHDRAWN: "没有在期限内补正，视为撤回申请；可以重新申请。", State.WITHDRAWN: "您已撤回申请；可以重新申请。",
    State.TERMINATED: "办理已终止。", State.VOIDED: "此件系误录，已作废。", State.HANDED_OVER: "结果已交给您。",
    State.ARCHIVED: "办理完毕。", State.CONCLUDED: "办理完毕。", State.CERTIFIED: "证照、文书已制作完成。",
}

_HAPPENED: Mapping[str, str] = {
    "opened": "收到申请", "brought_in": "由原系统转入继续办理", "accepted": "受理",
    "deemed_accepted": "视为受理，自 {on} 起计算时限",
    "accepted_conditionally": "容缺受理：主要材料齐全，次要材料待补齐", "declared": "按告知承诺方式受理",
    "signed": "已签署告知承诺书",
    "correcting": "告知补正材料", "resubmitted": "收到补正材料", "reviewing": "开始审查",
    "suspended": "暂停计时：{ground}", "suspended_until": "暂停计时：{ground}，预计到 {end}",
    "resumed": "恢复计时：{ground}已结束",
    "extended": "办理时限延长 {amount} 个{unit}（{document}）", "hearing_offered": "告知听证权利",
    "hearing_requested": "收到听证申请",
    "hearing_scheduled": "听证定于 {on} 举行", "granted": "准予", "refused": "不予许可", "concluded": "办结",
    "certified": "证照、文书制作完成",
    "handed_over": "送达", "archived": "归档", "declined": "不予受理", "declined_because": "不予受理：{reason}",
    "not_applicable": "不受理", "not_applicable_because": "不受理：{reason}", "returned": "退件",
    "returned_because": "退件：{reason}",
    "deemed_withdrawn": "逾期未补正，视为撤回", "withdrawn": "撤件", "terminated_because": "终止办理：{reason}",
    "voided": "误录作废",
    "supplied": "已补齐：{names}", "declaration_unmet": "核查：承诺事项尚未达到要求，请按通知限期整改",
    "hand_over_chosen": "已选择领取方式", "withdrawal_asked": "撤件申请待确认",
    "withdrawal_denied": "撤件申请未予确认，继续办理", "rated": "已评价：{level}", "rating_answered": "收到对评价的答复",
}

_UNITS: Mapping[str, str] = {"workday": "工作日", "half_day": "半日", "working_hour": "工作小时", "hour": "小时",
                             "calendar_day": "自然日", "month": "月"}


def headline(progress: Progress) -> str:
    """Where the case stands."""
    if progress.state is State.DECIDED or (progress.granted is not None and progress.state is State.CONCLUDED):
        decision = text("准予") if progress.granted else text("不予许可")
        return f"{text(HEADLINES[progress.state])}：{decision}"
    return text(HEADLINES[progress.state])


def now_said(progress: Progress) -> list[str]:
    """What is being done now, a sentence each."""
    if progress.stops:
        return [text("正在进行“{ground}”，所需时间不计入办理时限，预计到 {end}。").format(ground=ground, end=end) if end else
                text("因“{ground}”暂停计时，恢复后继续办理。").format(ground=ground) for ground, end in progress.stops]
    said = [text(_STATES[progress.state])] if progress.state in _STATES else []
    return [*said, *(f"{text(_STEPS.get(step, _OTHER_STEP))}。" for step in progress.steps)]


def happened(each: Happened) -> str:
    """A line of the timeline."""
    given = dict(each.given)
    if "unit" in given:
        given["unit"] = text(_UNITS.get(given["unit"], given["unit"]))
    if "level" in given:
        given["level"] = text(LEVELS[int(given["level"])])
    return text(_HAPPENED[each.what]).format(**given)


def due_said(due: Due) -> str:
    """The day by which a case will be done, as people write it."""
    return (due.on or "").replace("T", " ")


def limit_said(due: Due) -> str:
    """How long the office has."""
    return text("当场办结") if not due.amount else f"{due.amount} {text('个')}{text(_UNITS[due.unit])}"
