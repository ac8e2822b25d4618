"""A fact in the words of the office, for the timeline of a case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from engine import events
from engine.bells import RED_AFTER_YELLOW
from engine.bundles import result_name
from engine.calendar import SHANGHAI
from engine.events import Fact, Recorded
from engine.ladder import LADDER, Role
from engine.limits import NAMES, LimitKind, Unit
from engine.overseeing import CONCLUSIONS
from engine.precedence import Source
from engine.stops import StopKind, ground_name
from services.demo.setting import LATE_BY_HALF_A_DAY
from services.store.rows import CaseRow

STANDINGS: Mapping[str, str] = {
    "early": "提前办结", "on_time": "按时办结", "late": "超期办结", "withdrawn": "撤件", "declined": "不予受理",
}
COLOURS: Mapping[str, str] = {"yellow": "黄牌", "red": "红牌"}
_UNITS: Mapping[str, str] = {
    Unit.WORKDAY.value: "个工作日", Unit.HALF_DAY.value: "个半日", Unit.WORKING_HOUR.value: "个工作小时",
    Unit.HOUR.value: "小时", Unit.CALENDAR_DAY.value: "日", Unit.MONTH.value: "个月",
}
_SOURCES: Mapping[str, str] = {Source.COMMITMENT: "项目承诺", Source.OFFICE: "本级规定", Source.CATALOGUE: "事项库"}
_STOPS: Mapping[StopKind, str] = {
    StopKind.SPECIAL: "特别程序", StopKind.PAUSE: "暂停", StopKind.HOLD: "挂起", StopKind.EXAMINATION: "审图",
    StopKind.CHILDREN: "事项停表",
}
_ROLES: Mapping[str, str] = {
    Role.REVIEWER.value: "承办人", Role.CLERK.value: "窗口", Role.APPROVER.value: "首席", Role.SUPERVISOR.value: "督查员",
    Role.SECTION_HEAD.value: "科室负责人", Role.DEPARTMENT_ADMINISTRATOR.value: "部门管理员",
    Role.DEPARTMENT_LEADER.value: "分管领导", Role.PARK_HEAD.value: "园区负责人", Role.PARK_ADMINISTRATOR.value: "园区管理员",
    Role.PARK_LEADER.value: "园区分管领导", Role.GOVERNMENT_SUPERVISION.value: "政府督查室",
    Role.REFORM_OFFICE.value: "市审改办",
}
_RUNGS: Mapping[str, str] = {rung.name: rung.label for rung in (*LADDER, LATE_BY_HALF_A_DAY)}
_APPLICANTS: Mapping[str, str] = {"hearing_request": "申请听证期限", "supply": "容缺补齐期限"}
"""Clocks that bear neither their kind nor the number of what they belong to."""
_SAID_BY_ANOTHER = frozenset({LimitKind.STOP, LimitKind.ORDER})
"""Clocks whose last day the stop or the order has told."""
_WEEKDAYS = "一二三四五六日"
_PLAIN: Mapping[type, str] = {
    events.CorrectionSubmitted: "补正材料收到", events.ReviewStarted: "开始审查", events.CaseConcluded: "办结,时限停止",
    events.CaseCertified: "已制证", events.CaseHandedOver: "已送达", events.CaseArchived: "已归档",
    events.CaseDeclined: "不予受理", events.CaseNotApplicable: "不受理", events.CaseReturned: "退件",
    events.CaseDeemedWithdrawn: "逾期未补正,视为撤回",
}
_ESCALATION: Mapping[LimitKind, str] = {
    LimitKind.STATUTORY: ",转督查员督办", LimitKind.PROMISED: ",转督查员督办",
    LimitKind.TARGET: ",转督查员督办,力争时限不发牌", LimitKind.ORDER: ",仍未答复", LimitKind.STOP: ",仍未恢复",
}
"""What the shipped diagrams draw behind a lapse, and what else it means."""


def instant(recorded: Recorded) -> str:
    """When it happened: date, weekday, minute, in Asia/Shanghai."""
    at = recorded.at.astimezone(SHANGHAI)
    return f"{at:%m-%d} 周{_WEEKDAYS[at.weekday()]} {at:%H:%M}"


def standing(row: CaseRow) -> str:
    """How a case came out: by its limit, or without one."""
    if row.standing and (row.due_on or row.standing != "on_time"):
        return STANDINGS[row.standing]
    return "办结" if row.ended_at else "在办"


def words(fact: Fact, labels: Mapping[tuple[str, str], str]) -> str | None:
    """The fact in a sentence; None for one that another fact of the same moment says better."""
    if isinstance(fact, events.TaskCompleted):
        label = labels.get((fact.node, fact.outcome), fact.outcome) if fact.outcome else "完成"
        return f"{fact.name}:{label}{_remark(fact.data)}"
    return (_case(fact) or _stop(fact) or _clock(fact) or _extension(fact) or _oversight(fact) or _bundle(fact)
            or _permit(fact) or _PLAIN.get(type(fact)))


def _case(fact: Fact) -> str | None:
    match fact:
        case events.CaseOpened(parent=parent) if parent:
            return f"由一件事办件{parent}开出,收件日 {_day(fact.received_on)}"
        case events.CaseOpened():
            return f"提交申请,收件日 {_day(fact.received_on)}"
        case events.CaseBroughtIn(source=source, old_number=old_number):
            return f"由{source}转入,原编号 {old_number}"
        case events.CaseAccepted(deemed=True):
            return f"视为受理(行政许可法第三十二条),自收件日 {_day(fact.accepted_on)} 起算"
        case events.CaseAccepted():
            return "受理,时限自次日起算"
        case events.CorrectionRequested(number=1):
            return "一次性补正告知,等待申请人补正"
        case events.CorrectionRequested(number=number):
            return f"经批准的第{number}次补正告知,等待申请人补正"
        case events.CorrectionApproved(reason=reason):
            return f"批准再次补正告知:{reason}"
        case events.DecisionMade(granted=granted):
            return "决定:准予" if granted else "决定:不予许可"
        case events.CaseWithdrawn(reason=reason):
            return f"撤件:{reason}"
        case events.CaseTerminated(reason=reason):
            return f"终止办理:{reason}"
        case events.CaseVoided(reason=reason):
            return f"作废:{reason}"
        case events.IncidentRaised(message=message):
            return f"异常:{message}"
        case events.IncidentResolved():
            return "异常已排除"
    return None


def _stop(fact: Fact) -> str | None:
    match fact:
        case events.CaseSuspended():
            name = _STOPS[StopKind(fact.kind)]
            until = f",预计 {_day(fact.expected_end)} 结束" if fact.expected_end else ""
            return f"{name}开始({ground_name(fact.ground)}),{fact.document or fact.basis}{until},期间不计时限"
        case events.CaseResumed(ground=ground, remaining=remaining):
            return f"停表结束({ground_name(ground)})" + (f",另有{remaining}项停表未结束" if remaining else ",时限继续计算")
    return None


def _clock(fact: Fact) -> str | None:
    match fact:
        case events.ClockStarted():
            return _started(fact)
        case events.ClockMoved(due=None):
            return f"{_limit(fact.clock)}停止计算"
        case events.ClockMoved(due=due, was=was) if due == was:
            return f"{_limit(fact.clock)}到期日 {_day(fact.due_on)} {'暂定' if fact.is_provisional else '不再暂定'}"
        case events.ClockMoved():
            return f"{_limit(fact.clock)}到期日改为 {_due(fact)}{_provisional(fact)}"
        case events.ClocksRecounted(reference=reference):
            moved = "、".join(f"{_limit(each.clock)}{_day(each.due_on)}" for each in fact.recounts)
            return f"工作日历变更({reference}),到期日改为 {moved}"
        case events.DeadlineLapsed(clock=clock):
            return f"{_limit(clock)}届满({_over(fact)}){_ESCALATION.get(_kind(clock), '')}"
        case events.LapseRepaired(clock=clock):
            return f"{_limit(clock)}原届满({fact.was})更正为未届满,到期日 {fact.due}({fact.reference},{fact.signed_off_by}核签)"
        case events.Escalated():
            missing = f";联络表缺:{_names(fact.missing)}" if fact.missing else ""
            return f"{_RUNGS.get(fact.rung, fact.rung)}({_limit(fact.clock)}),告知 {_told(fact.told) or '无人'}{missing}"
    return None


def _started(fact: events.ClockStarted) -> str | None:
    """`kind`: its force; a target that an agreement made a promise is called one."""
    kind = LimitKind(fact.kind) if fact.kind else _kind(fact.clock)
    if kind in _SAID_BY_ANOTHER:
        return None
    source = f"({_SOURCES[fact.source]})" if fact.source in _SOURCES else ""
    name = _APPLICANTS.get(fact.clock) or NAMES[kind]
    return f"{name} {fact.amount}{_UNITS[fact.unit]}{source},到期日 {_due(fact)}{_provisional(fact)}"


def _extension(fact: Fact) -> str | None:
    match fact:
        case events.ExtensionProposed():
            return f"申请延期 {fact.amount}{_UNITS[fact.unit]}:{fact.reason}"
        case events.ExtensionApproved():
            return f"批准延期 {fact.amount}{_UNITS[fact.unit]},{fact.document},自原起算日计算"
        case events.ExtensionRefused(reason=reason):
            return f"不批准延期:{reason}"
        case events.HearingOffered(document=document):
            return f"告知听证权利,{document}"
        case events.HearingRequested(applicant=applicant):
            return f"{applicant}申请听证"
        case events.HearingScheduled():
            return f"公告听证:{_day(fact.held_on)} 举行,主持人{fact.chair},{fact.document}"
    return None


def _oversight(fact: Fact) -> str | None:
    match fact:
        case events.CardIssued(rule=rule, colour=colour) if rule == RED_AFTER_YELLOW:
            return f"发{COLOURS[colour]}:黄牌后仍未办结({_limit(fact.clock)} {_day(fact.due_on)} 已过)"
        case events.CardIssued(colour=colour):
            return f"发{COLOURS[colour]}:{_limit(fact.clock)} {_day(fact.due_on)} 已过"
        case events.CardAppealed(reason=reason):
            return f"对亮牌申诉:{reason}"
        case events.CardUpheld(reason=reason):
            return f"申诉不成立,维持亮牌:{reason}"
        case events.CardWrittenOff(reason=reason):
            return f"核销亮牌:{reason}"
        case events.CardExempted():
            return f"{CONCLUSIONS.get(fact.conclusion, fact.conclusion)},{fact.document}:{fact.reason}"
        case events.CaseReminded(addressee=addressee, text=text):
            return f"催办{addressee}:{text}"
        case events.OrderIssued():
            return f"督办单发{fact.addressee},{_day(fact.due_on)} 前答复:{fact.text}"
        case events.OrderReplied(text=text):
            return f"督办答复:{text}"
        case events.OrderReturned():
            return f"退回督办答复,{_day(fact.due_on)} 前重新答复:{fact.reason}"
        case events.OrderClosed(text=text):
            return f"督办销号:{text}"
    return None


def _bundle(fact: Fact) -> str | None:
    match fact:
        case events.ChildRequested(name=name):
            return f"开出事项办件:{name}" + ("(可选)" if fact.optional else "")
        case events.ChildStopped():
            return f"事项{fact.number}停表,自 {_day(fact.stopped_on)} 起"
        case events.ChildResumed():
            return f"事项{fact.number}恢复计时({_day(fact.resumed_on)})"
        case events.ChildEnded():
            return f"事项{fact.number}{result_name(fact.result)}"
        case events.ChildDropped():
            return "所含事项不再需要"
        case events.SiblingCleared(result="granted"):
            return f"在先事项{fact.number}已准予,本件可以决定"
        case events.SiblingCleared():
            return "无在先事项,本件可以决定"
    return None


def _permit(fact: Fact) -> str | None:
    match fact:
        case events.PermitGranted():
            return f"登记{fact.name} {fact.number}"
        case events.ConditionMet():
            return f"许可条件已履行({_day(fact.met_on)})"
    return None


def _limit(clock: str) -> str:
    """What the office calls a clock, by its name."""
    return _APPLICANTS.get(clock) or NAMES[_kind(clock)]


def _kind(clock: str) -> LimitKind:
    """The kind in a clock's name (`engine.clocks`)."""
    return LimitKind.APPLICANT if clock in _APPLICANTS else LimitKind(clock.partition(":")[0])


def _due(fact: events.ClockStarted | events.ClockMoved) -> str:
    """A date, with the minute where it matters."""
    minute = f" {fact.due[11:]}" if fact.due and "T" in fact.due else ""
    return f"{_day(fact.due_on)}{minute}"


def _over(fact: events.DeadlineLapsed) -> str:
    """When a limit was over: at the end of its last day, or within it."""
    at = fact.scheduled_at.astimezone(SHANGHAI)
    return f"{at:%m-%d %H:%M}" if at.date() == fact.due_on else f"{_day(fact.due_on)} 终了"


def _provisional(fact: events.ClockStarted | events.ClockMoved) -> str:
    return "(暂定)" if fact.is_provisional else ""


def _told(told: Iterable[events.Told]) -> str:
    """Who was told, unit by unit: a role that works on the case, or a rank with the name in the contact book."""
    units: dict[str, list[str]] = {}
    for each in told:
        name = "" if each.recipient == each.role else each.recipient
        units.setdefault(each.unit, []).append(f"{_ROLES.get(each.role, each.role)}{name}")
    return ";".join(f"{unit}{'、'.join(dict.fromkeys(names))}" for unit, names in units.items())


def _names(roles: Iterable[str]) -> str:
    return "、".join(_ROLES.get(role, role) for role in roles)


def _remark(data: Mapping[str, object]) -> str:
    said = [str(data[name]) for name in ("opinion", "reason", "cause", "measures", "findings") if data.get(name)]
    return f"({';'.join(said)})" if said else ""


def _day(day: date | None) -> str:
    return f"{day:%m-%d}" if day else "无"
