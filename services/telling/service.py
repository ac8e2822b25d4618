"""What the office is to an applicant, in sentences: what he signs himself, how he is handed the result, how he rates it."""

from __future__ import annotations

from collections.abc import Iterable

from engine import events
from engine.closing import WAYS
from engine.events import Fact
from engine.ratings import CHANNELS, LEVELS, REASONS
from services.telling.naming import Telling


def of_service(fact: Fact, telling: Telling) -> str | None:
    match fact:
        case events.DeclarationSigned(undertaking=undertaking):
            return f"{undertaking.signer}签署告知承诺书,待窗口受理{_for_another(undertaking.mandate)}"
        case events.HandOverChosen(way="post"):
            return f"选择邮寄送达:{fact.recipient},{fact.phone},{fact.address}{_for_another(fact.mandate)}"
        case events.HandOverChosen(way=way):
            return f"选择{WAYS.get(way, way)}{_for_another(fact.mandate)}"
        case events.ServiceRated(level=level):
            return (f"{CHANNELS.get(fact.channel, fact.channel)}评价:{LEVELS.get(level, str(level))}" + _named(fact.reasons)
                    + (f":{fact.text}" if fact.text else ""))
        case events.RatingAnswered(text=text):
            return f"差评整改答复:{text}"
    return None


def _for_another(mandate: str) -> str:
    return f",代办(委托书{mandate})" if mandate else ""


def _named(reasons: Iterable[str]) -> str:
    named = "、".join(REASONS.get(each, each) for each in reasons)
    return f"({named})" if named else ""
