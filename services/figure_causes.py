"""Why a frozen month's figures are not what they were: which cases, and what happened to them.

A case is folded from its facts twice, up to the instant its group was written down and up to now. Where the two add different
sums to the month, the facts in between are the cause: a deadline moved, a lapse exempted, an acceptance that took effect
backwards. A change of the calendar also moves days that no fact of a case speaks of, so those since then are named too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from engine import events
from engine.case import Case, evolve
from engine.clocks import move_said
from engine.counted import Group, counted
from engine.events import Fact
from engine.figures import Change
from engine.months import Month
from engine.ratings import LEVELS
from engine.tallies import Tally, narrowed
from services.folded import fold_of_bytes
from services.office import Office
from services.store import figures as store
from services.store import reading
from services.store.figures import LawChangeRow

NAMED = 20
"""So many cases are named in a reason; of more, the number."""

_CLOCKS = {"statutory": "法定时限", "promised": "承诺时限", "target": "力争时限"}
_RULINGS = {"notice": "放假通知", "closure": "停办"}


@dataclass(slots=True, kw_only=True)
class Cause:
    """Why a group's figures have changed: its cases that add other sums than they did, each as a sentence, the first `NAMED` of
    them, and how many there are; and the changes of the calendar since."""

    sentences: list[str] = field(default_factory=list)
    cases: int = 0
    rulings: Sequence[LawChangeRow] = ()


def causes(
    connection: Connection, office: Office, month: Month, since: Mapping[Group, datetime],
) -> dict[Group, Cause]:
    """Why each group's figures are others than those written down at the instant given for it."""
    if not since:
        return {}
    rulings = store.law_changes(connection)
    found = {group: Cause(rulings=[ruling for ruling in rulings if ruling.decided_at > at]) for group, at in since.items()}
    widths = {tuple(name for name, value in group._asdict().items() if value) for group in since}
    for group, sentence in _changed(connection, office, month, since):
        for wider in {narrowed(group, by) for by in widths} & found.keys():
            found[wider].cases += 1
            if found[wider].cases <= NAMED:
                found[wider].sentences.append(sentence)
    return found


def reason(changes: Sequence[Change], cause: Cause) -> str:
    """An amendment's reason, as it is kept and printed."""
    cases = "；".join(cause.sentences) + (f"；等 {cause.cases} 件" if cause.cases > len(cause.sentences) else "")
    rulings = "、".join(f"{_RULINGS.get(ruling.kind, ruling.kind)} {ruling.reference}" for ruling in cause.rulings)
    why = "；".join(part for part in (cases, f"日历变更：{rulings}" if rulings else "") if part)
    return f"更正：{'，'.join(change.sentence for change in changes)}。原因：{why or '重新统计'}。"


def _changed(
    connection: Connection, office: Office, month: Month, since: Mapping[Group, datetime],
) -> Iterator[tuple[Group, str]]:
    """The cases that add other sums to the month than at the instant of their group, each with what happened since."""
    for row in store.cases_concerned(connection, month):
        case = fold_of_bytes(row.fold)
        group = counted(case).group
        if group not in since or case.recorded_at <= since[group]:
            continue
        before, facts = _as_of(connection, row.id, since[group])
        if _sums(before, office, month) != _sums(case, office, month):
            yield group, f"办件 {case.number}（{'；'.join(filter(None, map(_sentence, facts))) or '新的事实'}）"


def _as_of(connection: Connection, case_id: int, at: datetime) -> tuple[Case | None, list[Fact]]:
    """A case as it was at an instant, None when it had not been opened; and its facts since."""
    case: Case | None = None
    later: list[Fact] = []
    for body, link in reading.facts_of(connection, case_id):
        recorded = events.read(body, link)
        if recorded.at <= at:
            case = evolve(case, recorded)
        else:
            later.append(recorded.fact)
    return case, later


def _sums(case: Case | None, office: Office, month: Month) -> Tally:
    """What a case adds to the month; one that was not there yet, nothing."""
    tally = Tally()
    if case is not None:
        calendar = office.law.calendar(park=case.park, window=case.window, system=case.system)
        tally.count(counted(case), calendar, month, month.last)
        tally.count_rating(counted(case), month, month.last)
    return tally


def _sentence(fact: Fact) -> str:
    """What a fact has to do with figures; "" for one that has nothing."""
    match fact:
        case events.ClockMoved(clock=clock) if clock in _CLOCKS:
            return f"{_CLOCKS[clock]}到期日 {fact.was or '停表'}→{fact.due or '停表'}，{move_said(fact.reason)}"
        case events.ClocksRecounted():
            moved = "、".join(f"{_CLOCKS[each.clock]}到期日 {each.was}→{each.due or '停表'}" for each in fact.recounts
                             if each.clock in _CLOCKS)
            return f"{moved}，工作日历变更：{fact.reference}" if moved else ""
        case events.LapseRepaired(clock=clock) if clock in _CLOCKS:
            return f"{_CLOCKS[clock]}超期不再成立：{fact.reference}，{fact.signed_off_by}签认"
        case events.CardExempted():
            return f"容错认定 {fact.document}"
        case events.CardWrittenOff():
            return f"核销：{fact.reason}"
        case events.ServiceRated():
            return f"评价：{LEVELS[fact.level]}"
        case events.RatingAnswered():
            return "差评整改答复"
        case events.CaseBroughtIn():
            return f"由{fact.source}转入"
        case events.CaseAccepted():
            return f"{'视为受理' if fact.deemed else '受理'}于 {fact.accepted_on}"
    return ""
