"""What connectors answered, what people entered instead, and what somebody had tried again, in sentences."""

from __future__ import annotations

from engine import events
from engine.events import Fact
from engine.sentences import Sentence, listed, say
from services.telling.naming import Telling


def of_connector(fact: Fact, telling: Telling) -> Sentence | None:
    match fact:
        case events.ExternalTaskCompleted(name=name, worker=worker):
            return say("{task}:对接系统已返回({worker})", task=name, worker=worker)
        case events.BpmnErrorThrown(name=name, code=code):
            return say("{task}:对接系统返回错误“{code}”,按流程办理", task=name, code=code)
        case events.ReentryAsked(name=name, system=system):
            return (say("{task}:系统“{system}”未接通,转人工录入", task=name, system=system) if system
                    else say("{task}:转人工录入", task=name))
        case events.DataReentered(system=system):
            return (say("二次录入:系统“{system}”已有的数据由人工录入", system=system) if system
                    else say("二次录入:数据由人工录入"))
        case events.IncidentRetried(reason=reason, data=data):
            mended = say(",修改了{fields}", fields=listed(sorted(data), "、")) if data else ""
            return say("重试:{reason}{mended}", reason=reason, mended=mended)
    return None
