"""Cards, reminders and supervision orders, in sentences."""

from __future__ import annotations

from engine import events
from engine.bells import RED_AFTER_YELLOW
from engine.events import Fact
from engine.overseeing import CONCLUSIONS
from engine.sentences import Sentence, say
from services.telling.naming import COLOURS, Telling, day_name, limit_name, word


def of_oversight(fact: Fact, telling: Telling) -> Sentence | None:
    match fact:
        case events.CardIssued(rule=rule, colour=colour) if rule == RED_AFTER_YELLOW:
            return say("发{card}:黄牌后仍未办结({limit} {day} 已过)", card=word(COLOURS, colour), limit=limit_name(fact.clock),
                       day=day_name(fact.due_on))
        case events.CardIssued(colour=colour):
            return say("发{card}:{limit} {day} 已过", card=word(COLOURS, colour), limit=limit_name(fact.clock),
                       day=day_name(fact.due_on))
        case events.CardAppealed(reason=reason):
            return say("对亮牌申诉:{reason}", reason=reason)
        case events.CardUpheld(reason=reason):
            return say("申诉不成立,维持亮牌:{reason}", reason=reason)
        case events.CardWrittenOff(reason=reason):
            return say("核销亮牌:{reason}", reason=reason)
        case events.CardExempted():
            return say("{conclusion},{document}:{reason}", conclusion=word(CONCLUSIONS, fact.conclusion),
                       document=fact.document, reason=fact.reason)
        case events.CaseReminded(addressee=addressee, text=text):
            return say("催办{addressee}:{text}", addressee=addressee, text=text)
        case events.OrderIssued():
            return say("督办单发{addressee},{day} 前答复:{text}", addressee=fact.addressee, day=day_name(fact.due_on),
                       text=fact.text)
        case events.OrderReplied(text=text):
            return say("督办答复:{text}", text=text)
        case events.OrderReturned():
            return say("退回督办答复,{day} 前重新答复:{reason}", day=day_name(fact.due_on), reason=fact.reason)
        case events.OrderClosed(text=text):
            return say("督办销号:{text}", text=text)
    return None
