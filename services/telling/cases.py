"""What happened to a case and to the matters of a bundle, in sentences."""

from __future__ import annotations

from collections.abc import Mapping

from engine import events
from engine.bundles import result_name
from engine.events import Fact
from engine.sentences import Sentence, say, sentence_of
from services.telling.naming import Telling, day_name, word

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


def of_case(fact: Fact, telling: Telling) -> Sentence | None:
    match fact:
        case events.CaseOpened(parent=parent) if parent:
            return say("由一件事办件{parent}开出,收件日 {day}", parent=parent, day=day_name(fact.received_on))
        case events.CaseOpened(platform=platform, platform_number=number) if platform:
            return say("由上级平台提交申请(编号 {number}),收件日 {day}", number=number, day=day_name(fact.received_on))
        case events.CaseOpened():
            return say("提交申请,收件日 {day}", day=day_name(fact.received_on))
        case events.CaseBroughtIn(source=source, old_number=old_number):
            return say("由{source}转入,原编号 {number}", source=source, number=old_number)
        case events.CaseAccepted(deemed=True):
            return say("视为受理(行政许可法第三十二条),自收件日 {day} 起算", day=day_name(fact.accepted_on))
        case events.CaseAccepted():
            return say("受理,时限自次日起算")
        case events.CorrectionRequested(number=1):
            return say("一次性补正告知,等待申请人补正")
        case events.CorrectionRequested(number=number):
            return say("经批准的第{number}次补正告知,等待申请人补正", number=number)
        case events.CorrectionApproved(reason=reason):
            return say("批准再次补正告知:{reason}", reason=reason)
        case events.DecisionMade(granted=granted):
            return say("决定:准予") if granted else say("决定:不予许可")
        case events.CaseWithdrawn(reason=reason):
            return say("撤件:{reason}", reason=reason)
        case events.CaseTerminated(reason=reason):
            return say("终止办理:{reason}", reason=reason)
        case events.CaseVoided(reason=reason):
            return say("作废:{reason}", reason=reason)
        case events.IncidentRaised(message=message):
            return say("异常:{what}", what=message)
        case events.IncidentResolved():
            return say("异常已排除")
        case events.CaseRouted(rule=rule, mode=mode, decides=decides):
            return say("按赋权清单第{rule}条({mode})确定由{decides}决定", rule=rule, mode=word(MODES, mode), decides=decides)
        case events.DecisionListApplied(name=name, version=version, outcome=outcome):
            return say("按“{name}”第{version}版,适用“{outcome}”", name=name, version=version, outcome=outcome)
        case events.MessageReceived(name=name):
            return say("收到“{name}”", name=name)
    return Sentence(_PLAIN[type(fact)]) if type(fact) in _PLAIN else None


def of_bundle(fact: Fact, telling: Telling) -> Sentence | None:
    match fact:
        case events.ChildRequested(name=name):
            return say("开出事项办件:{name}(可选)", name=name) if fact.optional else say("开出事项办件:{name}", name=name)
        case events.ChildStopped():
            return say("事项{number}停表,自 {day} 起", number=fact.number, day=day_name(fact.stopped_on))
        case events.ChildResumed():
            return say("事项{number}恢复计时({day})", number=fact.number, day=day_name(fact.resumed_on))
        case events.ChildEnded():
            return say("事项{number}{result}", number=fact.number, result=sentence_of(result_name(fact.result)))
        case events.ChildDecided(granted=granted):
            return (say("事项{number}已准予", number=fact.number) if granted
                    else say("事项{number}不予许可", number=fact.number))
        case events.ChildDropped():
            return say("所含事项不再需要")
        case events.SiblingCleared(result="granted"):
            return say("在先事项{number}已准予,本件可以决定", number=fact.number)
        case events.SiblingCleared():
            return say("无在先事项,本件可以决定")
    return None
