"""Cards, reminders and supervision orders, in sentences."""

from __future__ import annotations

from engine import events
from engine.bells import RED_AFTER_YELLOW
from engine.events import Fact
from engine.overseeing import CONCLUSIONS
from services.telling.naming import COLOURS, Telling, day_name, limit_name


def of_oversight(fact: Fact, telling: Telling) -> str | None:
    match fact:
        case events.CardIssued(rule=rule, colour=colour) if rule == RED_AFTER_YELLOW:
            return f"发{COLOURS[colour]}:黄牌后仍未办结({limit_name(fact.clock)} {day_name(fact.due_on)} 已过)"
        case events.CardIssued(colour=colour):
            return f"发{COLOURS[colour]}:{limit_name(fact.clock)} {day_name(fact.due_on)} 已过"
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
            return f"督办单发{fact.addressee},{day_name(fact.due_on)} 前答复:{fact.text}"
        case events.OrderReplied(text=text):
            return f"督办答复:{text}"
        case events.OrderReturned():
            return f"退回督办答复,{day_name(fact.due_on)} 前重新答复:{fact.reason}"
        case events.OrderClosed(text=text):
            return f"督办销号:{text}"
    return None

