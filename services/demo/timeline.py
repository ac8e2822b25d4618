"""A fact in the words of the office, for the timeline of a case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from engine import events
from engine.calendar import SHANGHAI
from engine.events import Fact, Recorded
from engine.limits import LimitKind, Unit
from engine.stops import ground_name

LIMITS: Mapping[str, str] = {
    LimitKind.STATUTORY.value: "法定时限", LimitKind.PROMISED.value: "承诺时限", LimitKind.TARGET.value: "力争时限",
    LimitKind.STAGE.value: "环节时限", LimitKind.NOTICE.value: "补正告知期限", LimitKind.APPLICANT.value: "申请人补正期限",
}
STANDINGS: Mapping[str | None, str] = {
    "early": "提前办结", "on_time": "按时办结", "late": "超期办结", "withdrawn": "撤件", "declined": "不予受理", None: "在办",
}
COLOURS: Mapping[str, str] = {"yellow": "黄牌", "red": "红牌"}
_UNITS: Mapping[str, str] = {Unit.WORKDAY.value: "个工作日", Unit.CALENDAR_DAY.value: "日"}
_WEEKDAYS = "一二三四五六日"
_PLAIN: Mapping[type, str] = {
    events.CorrectionRequested: "一次性补正告知,等待申请人补正", events.CorrectionSubmitted: "补正材料收到",
    events.ReviewStarted: "开始审查", events.CaseConcluded: "办结,时限停止", events.CaseCertified: "已制证",
    events.CaseHandedOver: "已送达", events.CaseArchived: "已归档", events.CaseDeclined: "不予受理",
    events.CaseNotApplicable: "不受理", events.CaseReturned: "退件", events.CaseDeemedWithdrawn: "逾期未补正,视为撤回",
}


def instant(recorded: Recorded) -> str:
    """When it happened: date, weekday, minute, in Asia/Shanghai."""
    at = recorded.at.astimezone(SHANGHAI)
    return f"{at:%m-%d} 周{_WEEKDAYS[at.weekday()]} {at:%H:%M}"


def words(fact: Fact, labels: Mapping[tuple[str, str], str]) -> str | None:
    """The fact in a sentence; None for one that another fact of the same moment says better."""
    match fact:
        case events.CaseOpened():
            return f"提交申请,收件日 {_day(fact.received_on)}"
        case events.TaskCompleted(name=name, outcome=outcome):
            label = labels.get((fact.node, outcome), outcome) if outcome else "完成"
            return f"{name}:{label}{_remark(fact.data)}"
        case events.CaseAccepted(deemed=True):
            return f"视为受理(行政许可法第三十二条),自收件日 {_day(fact.accepted_on)} 起算"
        case events.CaseAccepted():
            return "受理,时限自次日起算"
        case events.DecisionMade(granted=granted):
            return "决定:准予" if granted else "决定:不予许可"
        case events.CaseWithdrawn(reason=reason):
            return f"撤件:{reason}"
        case events.CaseSuspended():
            return f"特别程序开始({ground_name(fact.ground)}),{fact.document},期间不计时限"
        case events.CaseResumed(ground=ground):
            return f"特别程序结束({ground_name(ground)})"
    return _clock(fact) or _PLAIN.get(type(fact))


def _clock(fact: Fact) -> str | None:
    match fact:
        case events.ClockStarted():
            return (f"{LIMITS[fact.clock]} {fact.amount} {_UNITS.get(fact.unit, fact.unit)},到期日 {_day(fact.due_on)}"
                    f"{'(暂定)' if fact.is_provisional else ''}")
        case events.ClockMoved(due_on=None):
            return f"{LIMITS[fact.clock]}停止计算"
        case events.ClockMoved(due_on=due_on):
            return f"{LIMITS[fact.clock]}到期日改为 {_day(due_on)}"
        case events.DeadlineLapsed(clock=clock):
            return f"{LIMITS.get(clock, clock)}届满({_day(fact.due_on)} 终了){_ESCALATION.get(clock, '')}"
        case events.CardIssued(colour=colour):
            return f"发{COLOURS[colour]}:{LIMITS[fact.clock]} {_day(fact.due_on)} 已过"
        case events.IncidentRaised(message=message):
            return f"异常:{message}"
        case events.IncidentResolved():
            return "异常已排除"
    return None


_ESCALATION: Mapping[str, str] = {
    LimitKind.STATUTORY.value: ",转督查员督办", LimitKind.PROMISED.value: ",转督查员督办",
    LimitKind.TARGET.value: ",转督查员督办,力争时限不发牌",
}
"""What the shipped diagrams draw behind a lapse."""


def _remark(data: Mapping[str, object]) -> str:
    said = [str(data[name]) for name in ("opinion", "reason", "cause", "measures", "findings") if data.get(name)]
    return f"({';'.join(said)})" if said else ""


def _day(day: date | None) -> str:
    return f"{day:%m-%d}" if day else "无"
