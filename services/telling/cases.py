"""What happened to a case and to the matters of a bundle, in sentences."""

from __future__ import annotations

from collections.abc import Mapping

from engine import events
from engine.bundles import result_name
from engine.events import Fact
from services.telling.naming import Telling, day_name

MODES: Mapping[str, str] = {
    "direct": "直接赋权", "entrusted": "委托行使", "stationed": "服务前移", "direct_report": "审批直报",
    "received_only": "委托收件", "none": "属地",
}
"""In which way a park has a matter."""

_PLAIN: Mapping[type, str] = {
    events.CorrectionSubmitted: "补正材料收到", events.ReviewStarted: "开始审查", events.CaseConcluded: "办结,时限停止",
    events.CaseCertified: "已制证", events.CaseHandedOver: "已送达", events.CaseArchived: "已归档",
    events.CaseDeclined: "不予受理", events.CaseNotApplicable: "不受理", events.CaseReturned: "退件",
    events.CaseDeemedWithdrawn: "逾期未补正,视为撤回",
}


def of_case(fact: Fact, telling: Telling) -> str | None:
    match fact:
        case events.CaseOpened(parent=parent) if parent:
            return f"由一件事办件{parent}开出,收件日 {day_name(fact.received_on)}"
        case events.CaseOpened():
            return f"提交申请,收件日 {day_name(fact.received_on)}"
        case events.CaseBroughtIn(source=source, old_number=old_number):
            return f"由{source}转入,原编号 {old_number}"
        case events.CaseAccepted(deemed=True):
            return f"视为受理(行政许可法第三十二条),自收件日 {day_name(fact.accepted_on)} 起算"
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
        case events.CaseRouted(rule=rule, mode=mode, decides=decides):
            return f"按赋权清单第{rule}条({MODES.get(mode, mode)})确定由{decides}决定"
        case events.DecisionListApplied(name=name, version=version, outcome=outcome):
            return f"按“{name}”第{version}版,适用“{outcome}”"
        case events.MessageReceived(name=name):
            return f"收到“{name}”"
    return _PLAIN.get(type(fact))



def of_bundle(fact: Fact, telling: Telling) -> str | None:
    match fact:
        case events.ChildRequested(name=name):
            return f"开出事项办件:{name}" + ("(可选)" if fact.optional else "")
        case events.ChildStopped():
            return f"事项{fact.number}停表,自 {day_name(fact.stopped_on)} 起"
        case events.ChildResumed():
            return f"事项{fact.number}恢复计时({day_name(fact.resumed_on)})"
        case events.ChildEnded():
            return f"事项{fact.number}{result_name(fact.result)}"
        case events.ChildDecided(granted=granted):
            return f"事项{fact.number}{'已准予' if granted else '不予许可'}"
        case events.ChildDropped():
            return "所含事项不再需要"
        case events.SiblingCleared(result="granted"):
            return f"在先事项{fact.number}已准予,本件可以决定"
        case events.SiblingCleared():
            return "无在先事项,本件可以决定"
    return None
