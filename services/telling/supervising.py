"""What was pushed to whoever supervises, that he has signed for it, what he has found, in sentences."""

from __future__ import annotations

from engine import events
from engine.events import Fact
from engine.pushes import RESULTS, SORTS
from engine.sentences import Sentence, say
from services.telling.naming import Telling, word


def of_supervising(fact: Fact, telling: Telling) -> Sentence | None:
    match fact:
        case events.ResultPushed(department=department, result=result):
            return say("审批结果({result})推送监管部门{department}", result=word(RESULTS, result), department=department)
        case events.PushReceived():
            return say("监管部门签收审批结果")
        case events.FindingReported():
            measure = say(";处理措施:{measure}", measure=fact.measure) if fact.measure else ""
            document = say("({document})", document=fact.document) if fact.document else ""
            return say("监管反馈({sort}):{text}{measure}{document}", sort=word(SORTS, fact.sort), text=fact.text,
                       measure=measure, document=document)
    return None
