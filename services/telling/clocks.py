"""Clocks that start, move, stop and lapse; stops, extensions and hearings, in sentences."""

from __future__ import annotations

from collections.abc import Mapping

from engine import events
from engine.events import Fact
from engine.limits import NAMES, LimitKind
from engine.stops import StopKind, ground_name
from services.telling.naming import (
    APPLICANTS,
    SOURCES,
    STOPS,
    UNITS,
    Telling,
    day_name,
    due_of,
    kind_of,
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



def of_stop(fact: Fact, telling: Telling) -> str | None:
    match fact:
        case events.CaseSuspended():
            name = STOPS[StopKind(fact.kind)]
            until = f",预计 {day_name(fact.expected_end)} 结束" if fact.expected_end else ""
            return f"{name}开始({ground_name(fact.ground)}),{fact.document or fact.basis}{until},期间不计时限"
        case events.CaseResumed(ground=ground, remaining=remaining):
            return f"停表结束({ground_name(ground)})" + (f",另有{remaining}项停表未结束" if remaining else ",时限继续计算")
    return None



def of_clock(fact: Fact, telling: Telling) -> str | None:
    match fact:
        case events.ClockStarted():
            return _started(fact)
        case events.ClockMoved(due=None):
            return f"{limit_name(fact.clock)}停止计算"
        case events.ClockMoved(due=due, was=was) if due == was:
            return f"{limit_name(fact.clock)}到期日 {day_name(fact.due_on)} {'暂定' if fact.is_provisional else '不再暂定'}"
        case events.ClockMoved():
            return f"{limit_name(fact.clock)}到期日改为 {due_of(fact)}{provisional_of(fact)}"
        case events.ClocksRecounted(reference=reference):
            moved = "、".join(f"{limit_name(each.clock)}{day_name(each.due_on)}" for each in fact.recounts)
            return f"工作日历变更({reference}),到期日改为 {moved}"
        case events.DeadlineLapsed(clock=clock):
            return f"{limit_name(clock)}届满({over_of(fact)}){_ESCALATION.get(kind_of(clock), '')}"
        case events.LapseRepaired(clock=clock):
            return (f"{limit_name(clock)}原届满({fact.was})更正为未届满,到期日 {fact.due}"
                    f"({fact.reference},{fact.signed_off_by}核签)")
        case events.Escalated():
            missing = f";联络表缺:{names_of(fact.missing)}" if fact.missing else ""
            return f"{telling.rung(fact.rung)}({limit_name(fact.clock)}),告知 {told_of(fact.told) or '无人'}{missing}"
    return None



def of_extension(fact: Fact, telling: Telling) -> str | None:
    match fact:
        case events.ExtensionProposed():
            return f"申请延期 {fact.amount}{UNITS[fact.unit]}:{fact.reason}"
        case events.ExtensionApproved():
            return f"批准延期 {fact.amount}{UNITS[fact.unit]},{fact.document},自原起算日计算"
        case events.ExtensionRefused(reason=reason):
            return f"不批准延期:{reason}"
        case events.HearingOffered(document=document):
            return f"告知听证权利,{document}"
        case events.HearingRequested(applicant=applicant):
            return f"{applicant}申请听证"
        case events.HearingScheduled():
            return f"公告听证:{day_name(fact.held_on)} 举行,主持人{fact.chair},{fact.document}"
    return None



def _started(fact: events.ClockStarted) -> str | None:
    """`kind`: its force; a target that an agreement made a promise is called one."""
    kind = LimitKind(fact.kind) if fact.kind else kind_of(fact.clock)
    if kind in _SAID_BY_ANOTHER:
        return None
    source = f"({SOURCES[fact.source]})" if fact.source in SOURCES else ""
    name = APPLICANTS.get(fact.clock) or NAMES[kind]
    return f"{name} {fact.amount}{UNITS[fact.unit]}{source},到期日 {due_of(fact)}{provisional_of(fact)}"
