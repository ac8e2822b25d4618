"""What the office is to an applicant, in sentences: what he signs himself, how he is handed the result, how he rates it."""

from __future__ import annotations

from collections.abc import Iterable

from engine import events
from engine.closing import WAYS
from engine.events import Fact
from engine.ratings import CHANNELS, LEVELS, REASONS
from engine.sentences import Sentence, listed, say, sentence_of
from services.telling.naming import Telling, for_another, word


def of_service(fact: Fact, telling: Telling) -> Sentence | None:
    match fact:
        case events.DeclarationSigned(undertaking=undertaking):
            return say("{signer}签署告知承诺书,待窗口受理{for_another}", signer=undertaking.signer,
                       for_another=for_another(undertaking.mandate))
        case events.HandOverChosen(way="post"):
            return say("选择邮寄送达:{recipient},{phone},{address}{for_another}", recipient=fact.recipient, phone=fact.phone,
                       address=fact.address, for_another=for_another(fact.mandate))
        case events.HandOverChosen(way=way):
            return say("选择{way}{for_another}", way=word(WAYS, way), for_another=for_another(fact.mandate))
        case events.ServiceRated(level=level):
            return say("{channel}评价:{level}{reasons}{text}", channel=word(CHANNELS, fact.channel),
                       level=sentence_of(LEVELS.get(level, str(level))), reasons=_named(fact.reasons),
                       text=f":{fact.text}" if fact.text else "")
        case events.RatingAnswered(text=text):
            return say("差评整改答复:{text}", text=text)
        case events.WithdrawalAsked(reason=reason):
            return say("申请人在上级平台提出撤件,待确认{reason}", reason=f":{reason}" if reason else "")
        case events.WithdrawalDenied(reason=reason):
            return say("撤件未予确认:{reason}", reason=reason)
    return None


def _named(reasons: Iterable[str]) -> str:
    named = listed((word(REASONS, each) for each in reasons), "、")
    return say("({reasons})", reasons=named) if named else ""
