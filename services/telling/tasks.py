"""Who did a task, who has it, whom he asked and what went back, in sentences."""

from __future__ import annotations

from collections.abc import Mapping

from engine import events
from engine.events import Fact
from services.telling.naming import Telling, remark_of

_ASKED: Mapping[str, str] = {"consult": "征求意见", "inspection": "联合踏勘", "distribution": "分送", "rework": "补办后直送"}


def of_task(fact: Fact, telling: Telling) -> str | None:
    """A task that was done, went to somebody else or went back."""
    match fact:
        case events.TaskCompleted():
            label = telling.labels.get((fact.node, fact.outcome), fact.outcome) if fact.outcome else "完成"
            whom = f",代理{telling.person(fact.on_behalf)}" if fact.on_behalf else ""
            mandate = f",代办(委托书{fact.mandate})" if fact.mandate else ""
            return f"{fact.name}:{label}{remark_of(fact.data)}{whom}{mandate}"
        case events.TaskClaimed(person=person):
            return f"认领:{telling.person(person)}"
        case events.TaskUnclaimed():
            return "取消认领"
        case events.TaskAssigned(person=person):
            return f"指派给{telling.person(person)}"
        case events.TaskTransferred(person=person, reason=reason):
            return f"转办给{telling.person(person)}:{reason}"
        case events.TaskDelegated(person=person, reason=reason):
            return f"委派给{telling.person(person)}:{reason}"
        case events.TaskResolved(opinion=opinion):
            return f"委派交回:{opinion}"
        case events.TaskSentBack(reason=reason):
            return f"退回:{reason}"
        case events.TaskTakenBack(reason=reason):
            return f"拿回:{reason}" if reason else "拿回"
        case events.SignerAdded(signer=signer, reason=reason):
            return f"加签{telling.person(signer)}:{reason}"
        case events.SignerDropped(signer=signer, reason=reason):
            return f"减签{telling.person(signer)}:{reason}"
    return None


def of_help(fact: Fact, telling: Telling) -> str | None:
    """What was asked beside the diagram, and the documents of a decision."""
    match fact:
        case events.HelpAsked(kind=kind, unit=unit, person=person, text=text):
            whom = telling.person(person) if person else unit
            until = f",{fact.due_on[5:]} 前答复" if fact.due_on else ""
            return f"{_ASKED.get(kind, kind)}:{whom}{until}:{text}"
        case events.HelpGiven(kind=kind, opinion=opinion):
            return f"{_ASKED.get(kind, kind)}答复:{opinion}"
        case events.HelpRecalled(reason=reason):
            return f"撤销征求:{reason}"
        case events.CaseCopied(to=to, text=text):
            return f"抄送{'、'.join(telling.person(each) for each in to)}" + (f":{text}" if text else "")
        case events.DocumentSealed(document=document, number=number, seal=seal):
            return f"用印:{document} {number},{seal}"
    return None
