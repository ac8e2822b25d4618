"""Clocks that start, move, stop and lapse; stops, extensions and hearings, in sentences."""

from __future__ import annotations

from collections.abc import Mapping

from engine import events
from engine.events import Fact
from engine.limits import NAMES, LimitKind
from engine.sentences import Sentence, listed, say, sentence_of
from engine.stops import StopKind, ground_name
from services.telling.naming import (
    APPLICANTS,
    SOURCES,
    STOPS,
    Telling,
    day_name,
    due_of,
    kind_of,
    length,
    limit_name,
    names_of,
    over_of,
    provisional_of,
    told_of,
)

_SAID_BY_ANOTHER = frozenset({LimitKind.STOP, LimitKind.ORDER})
"""Clocks whose last day the stop or the order has told."""
_ESCALATION: Mapping[LimitKind, str] = {
    LimitKind.STATUTORY: ",转督查员督办", LimitKind.PROMISED: ",转督查员督办",
    LimitKind.TARGET: ",转督查员督办,力争时限不发牌", LimitKind.ORDER: ",仍未答复", LimitKind.STOP: ",仍未恢复",
}
"""What the shipped diagrams draw behind a lapse, and what else it means."""


def of_stop(fact: Fact, telling: Telling) -> Sentence | None:
    match fact:
        case events.CaseSuspended():
            name = STOPS[StopKind(fact.kind)]
            until = say(",预计 {day} 结束", day=day_name(fact.expected_end)) if fact.expected_end else ""
            return say("{stop}开始({ground}),{document}{until},期间不计时限", stop=sentence_of(name),
                       ground=sentence_of(ground_name(fact.ground)), document=fact.document or fact.basis, until=until)
        case events.CaseResumed(ground=ground, remaining=remaining):
            named = sentence_of(ground_name(ground))
            return (say("停表结束({ground}),另有{count}项停表未结束", ground=named, count=remaining) if remaining
                    else say("停表结束({ground}),时限继续计算", ground=named))
    return None


def of_clock(fact: Fact, telling: Telling) -> Sentence | None:
    match fact:
        case events.ClockStarted():
            return _started(fact)
        case events.ClockMoved(due=None):
            return say("{limit}停止计算", limit=limit_name(fact.clock))
        case events.ClockMoved(due=due, was=was) if due == was:
            standing = say("暂定") if fact.is_provisional else say("不再暂定")
            return say("{limit}到期日 {day} {standing}", limit=limit_name(fact.clock), day=day_name(fact.due_on),
                       standing=standing)
        case events.ClockMoved():
            return say("{limit}到期日改为 {due}{provisional}", limit=limit_name(fact.clock), due=due_of(fact),
                       provisional=provisional_of(fact))
        case events.ClocksRecounted(reference=reference):
            moved = (say("{limit}{day}", limit=limit_name(each.clock), day=day_name(each.due_on)) for each in fact.recounts)
            return say("工作日历变更({reference}),到期日改为 {moved}", reference=reference, moved=listed(moved, "、"))
        case events.DeadlineLapsed(clock=clock):
            return say("{limit}届满({over}){escalation}", limit=limit_name(clock), over=over_of(fact),
                       escalation=sentence_of(_ESCALATION.get(kind_of(clock), "")))
        case events.LapseRepaired(clock=clock):
            return say("{limit}原届满({was})更正为未届满,到期日 {due}({reference},{by}核签)", limit=limit_name(clock),
                       was=fact.was, due=fact.due, reference=fact.reference, by=fact.signed_off_by)
        case events.Escalated():
            missing = say(";联络表缺:{names}", names=names_of(fact.missing)) if fact.missing else ""
            return say("{rung}({limit}),告知 {told}{missing}", rung=telling.rung(fact.rung), limit=limit_name(fact.clock),
                       told=told_of(fact.told) or say("无人"), missing=missing)
    return None


def of_extension(fact: Fact, telling: Telling) -> Sentence | None:
    match fact:
        case events.ExtensionProposed():
            return say("申请延期 {length}:{reason}", length=length(fact.amount, fact.unit), reason=fact.reason)
        case events.ExtensionApproved():
            return say("批准延期 {length},{document},自原起算日计算", length=length(fact.amount, fact.unit),
                       document=fact.document)
        case events.ExtensionRefused(reason=reason):
            return say("不批准延期:{reason}", reason=reason)
        case events.HearingOffered(document=document):
            return say("告知听证权利,{document}", document=document)
        case events.HearingRequested(applicant=applicant):
            return say("{applicant}申请听证", applicant=applicant)
        case events.HearingScheduled():
            return say("公告听证:{day} 举行,主持人{chair},{document}", day=day_name(fact.held_on), chair=fact.chair,
                       document=fact.document)
    return None


def _started(fact: events.ClockStarted) -> Sentence | None:
    """`kind`: its force; a target that an agreement made a promise is called one."""
    kind = LimitKind(fact.kind) if fact.kind else kind_of(fact.clock)
    if kind in _SAID_BY_ANOTHER:
        return None
    source = say("({source})", source=sentence_of(SOURCES[fact.source])) if fact.source in SOURCES else ""
    name = sentence_of(APPLICANTS.get(fact.clock) or NAMES[kind])
    return say("{limit} {length}{source},到期日 {due}{provisional}", limit=name,
               length=length(fact.amount, fact.unit), source=source, due=due_of(fact), provisional=provisional_of(fact))
