"""Who did a task, who has it, whom he asked and what went back, in sentences."""

from __future__ import annotations

from collections.abc import Mapping

from engine import events
from engine.events import Fact
from engine.sentences import Sentence, listed, say
from services.telling.naming import Telling, for_another, remark_of, word

_ASKED: Mapping[str, str] = {"consult": "征求意见", "inspection": "联合踏勘", "distribution": "分送", "rework": "补办后直送"}


def of_task(fact: Fact, telling: Telling) -> Sentence | None:
    """A task that was done, went to somebody else or went back."""
    match fact:
        case events.TaskCompleted():
            label = telling.labels.get((fact.node, fact.outcome), fact.outcome) if fact.outcome else say("完成")
            whom = say(",代理{person}", person=telling.person(fact.on_behalf)) if fact.on_behalf else ""
            return say("{task}:{outcome}{remark}{whom}{for_another}", task=fact.name, outcome=label,
                       remark=remark_of(fact.data), whom=whom, for_another=for_another(fact.mandate))
        case events.TaskClaimed(person=person):
            return say("认领:{person}", person=telling.person(person))
        case events.TaskUnclaimed():
            return say("取消认领")
        case events.TaskAssigned(person=person):
            return say("指派给{person}", person=telling.person(person))
        case events.TaskTransferred(person=person, reason=reason):
            return say("转办给{person}:{reason}", person=telling.person(person), reason=reason)
        case events.TaskDelegated(person=person, reason=reason):
            return say("委派给{person}:{reason}", person=telling.person(person), reason=reason)
        case events.TaskResolved(opinion=opinion):
            return say("委派交回:{opinion}", opinion=opinion)
        case events.TaskSentBack(reason=reason):
            return say("退回:{reason}", reason=reason)
        case events.TaskTakenBack(reason=reason):
            return say("拿回:{reason}", reason=reason) if reason else say("拿回")
        case events.SignerAdded(signer=signer, reason=reason):
            return say("加签{person}:{reason}", person=telling.person(signer), reason=reason)
        case events.SignerDropped(signer=signer, reason=reason):
            return say("减签{person}:{reason}", person=telling.person(signer), reason=reason)
    return None


def of_help(fact: Fact, telling: Telling) -> Sentence | None:
    """What was asked beside the diagram, and the documents of a decision."""
    match fact:
        case events.HelpAsked(kind=kind, unit=unit, person=person, text=text):
            whom = telling.person(person) if person else unit
            until = say(",{day} 前答复", day=fact.due_on[5:]) if fact.due_on else ""
            return say("{asked}:{whom}{until}:{text}", asked=word(_ASKED, kind), whom=whom, until=until, text=text)
        case events.HelpGiven(kind=kind, opinion=opinion):
            return say("{asked}答复:{opinion}", asked=word(_ASKED, kind), opinion=opinion)
        case events.HelpRecalled(reason=reason):
            return say("撤销征求:{reason}", reason=reason)
        case events.CaseCopied(to=to, text=text):
            return say("抄送{people}{text}", people=listed(map(telling.person, to), "、"), text=f":{text}" if text else "")
        case events.DocumentSealed(document=document, number=number, seal=seal):
            return say("用印:{document} {number},{seal}", document=document, number=number, seal=seal)
    return None
