"""Documents of the review and the decision: 特别程序告知书, 延期办理告知书, 准予、不予行政许可决定书, 竣工联合验收意见书,
整改告知书, 送达回证."""

from __future__ import annotations

from collections.abc import Iterator

from engine.case_facts import CaseHandedOver, DecisionMade, TaskCompleted
from engine.clock_facts import CaseSuspended, ClockMoved, ClockStarted, ExtensionApproved, ExtensionProposed
from engine.events import DeclarationUnmet, PermitGranted, Recorded
from engine.limit_words import said
from engine.limits import LimitKind, Unit
from engine.sentences import say
from engine.stops import ground_name
from services.documents.content import (
    Decision,
    DeliveredLine,
    Draft,
    Extension,
    FindingLine,
    HandOver,
    JointInspection,
    MoveLine,
    Rectification,
    SpecialProcedure,
)
from services.documents.source import (
    Source,
    checked_number,
    clock_name,
    day,
    fact_of,
    kind_of,
    lacking,
    lines_of,
    minute,
    own_number,
    told,
    unit_of,
)

_ARTICLE_45 = frozenset({"行政许可法第四十五条", "《中华人民共和国行政许可法》第四十五条"})
"""The basis that the notice names anyway."""


def special_procedure(source: Source, recorded: Recorded) -> Draft:
    """特别程序告知书: the ground and the time it takes, told in writing (行政许可法 art. 45)."""
    fact = fact_of(recorded, CaseSuspended)
    return Draft(unit=unit_of(source, "reviews"), number=checked_number(fact.document), body=SpecialProcedure(
        ground=ground_name(fact.ground), basis="" if fact.basis in _ARTICLE_45 else fact.basis, since=fact.suspended_on,
        until=fact.expected_end.isoformat() if fact.expected_end else "", workdays=fact.workdays))


def extension(source: Source, recorded: Recorded) -> Draft:
    """延期办理告知书: with the reason (行政许可法 art. 42)."""
    fact = fact_of(recorded, ExtensionApproved)
    proposed = [each for each in source.of_kind(ExtensionProposed) if each.seq < recorded.seq]
    if not proposed:
        raise lacking("延长的理由 (why it was extended)", "the reviewer 承办人 gives it when proposing the extension "
                      "(申请延期)")
    proposal = fact_of(proposed[-1], ExtensionProposed)
    moves = tuple(MoveLine(name=clock_name(move.clock), was=move.was or "", due=move.due or "",
                           is_provisional=move.is_provisional)
                  for move in source.with_it(recorded, ClockMoved) if move.reason.startswith("extended"))
    return Draft(unit=unit_of(source, "decides"), number=checked_number(fact.document), body=Extension(
        reason=proposal.reason, length=said(fact.amount, Unit(fact.unit)), is_joint=proposal.is_joint, moves=moves))


def decision(source: Source, recorded: Recorded) -> Draft:
    """准予 or 不予行政许可决定书; a refusal gives its reasons (行政许可法 art. 38)."""
    fact = fact_of(recorded, DecisionMade)
    task = _deciding(source, recorded)
    reasons = _reasons(source, recorded, task)
    if not fact.granted and not reasons:
        raise lacking("不予许可的理由 (why it was refused)", "the approver 审批人 enters it with the decision (reason), or the "
                      "clerk 窗口受理人员 with the hand-over 送达 (reason)")
    number = own_number(task.data) if task else ""
    return Draft(unit=unit_of(source, "in_name_of"), seal=_seal(source), number=number, body=Decision(
        step=task.name if task else "", decided_on=day(recorded.at),
        accepted_on=source.case.accepted_on.isoformat() if source.case.accepted_on else "",
        opinion=told(task.data, "opinion") if task else "", reasons="" if fact.granted else reasons,
        basis=source.matter.basis if source.matter else ()))


def joint_inspection(source: Source, recorded: Recorded) -> Draft:
    """竣工联合验收意见书: what each found, and the conclusion."""
    fact = fact_of(recorded, DecisionMade)
    task = _deciding(source, recorded)
    findings = tuple(_findings(source, recorded))
    if not findings:
        raise lacking("各项验收意见 (what each found)", "the reviewers 承办人 of the departments complete their checks first")
    number = own_number(task.data) if task else ""
    return Draft(unit=unit_of(source, "in_name_of"), seal=_seal(source), number=number, body=JointInspection(
        is_passed=fact.granted, decided_on=day(recorded.at), result=source.label(task) if task else "",
        opinion=(told(task.data, "opinion") or told(task.data, "reason")) if task else "", findings=findings))


def rectification(source: Source, recorded: Recorded) -> Draft:
    """整改告知书: all defects at once; of a declaration, with the day by which they are mended."""
    fact = recorded.fact
    if isinstance(fact, DeclarationUnmet):
        period = next((clock for clock in source.with_it(recorded, ClockStarted) if kind_of(clock) is LimitKind.FOLLOW_UP),
                      None)
        return Draft(unit=unit_of(source, "reviews"), number=checked_number(fact.document), body=Rectification(
            defects=tuple(line for line in fact.findings.splitlines() if line.strip()), is_declaration=True,
            mend_by=(period and period.due) or ""))
    task = fact_of(recorded, TaskCompleted)
    defects = lines_of(task.data.get("defects"))
    if not defects:
        raise lacking("需整改的全部问题 (what has to be mended)", say(
            "the reviewer 承办人 lists all of it when completing “{task}” (defects)", task=task.name))
    return Draft(unit=unit_of(source, "reviews"), number=own_number(task.data), body=Rectification(
        defects=defects, mend_by="", is_declaration=False))


def hand_over(source: Source, recorded: Recorded) -> Draft:
    """送达回证: what is handed over; before the hand-over with room for who receives it."""
    permits = tuple(DeliveredLine(title=fact.name, number=fact.number) for each in source.facts
                    if isinstance(fact := each.fact, PermitGranted))
    items = (*source.issued, *permits)
    if not items:
        raise lacking("what is handed over", "the approver 审批人 or the clerk 窗口受理人员 issues the decision first (决定书)")
    step = source.step(recorded) if isinstance(recorded.fact, CaseHandedOver) else None
    data = step[0].data if step else {}
    is_done = isinstance(recorded.fact, CaseHandedOver)
    return Draft(unit=unit_of(source, "receives"), number=own_number(data), body=HandOver(
        items=items, recipient=told(data, "recipient"), delivery=told(data, "delivery"),
        handed_over_at=minute(recorded.at) if is_done else "", by=source.name(recorded.by) if is_done else ""))


def _deciding(source: Source, recorded: Recorded) -> TaskCompleted | None:
    step = source.step(recorded)
    return step[0] if step else None


def _reasons(source: Source, recorded: Recorded, task: TaskCompleted | None) -> str:
    """Of the decision itself, else of what was filled in later (at the hand-over), else its opinion."""
    later = [told(each.fact.data, "reason") for each in source.facts[recorded.seq:] if isinstance(each.fact, TaskCompleted)]
    own = (told(task.data, "reason"), told(task.data, "opinion")) if task else ("", "")
    return next((reason for reason in (own[0], *later, own[1]) if reason), "")


def _findings(source: Source, decided: Recorded) -> Iterator[FindingLine]:
    """The last finding at each step of review or inspection before the decision, in their order."""
    last: dict[str, Recorded] = {}
    for each in source.facts[:decided.seq]:
        if isinstance(each.fact, TaskCompleted) and each.fact.act in ("review", "inspect"):
            last.pop(each.fact.node, None)
            last[each.fact.node] = each
    for each in last.values():
        task = fact_of(each, TaskCompleted)
        yield FindingLine(item=task.name, result=source.label(task), opinion=_said_at(task), by=source.name(each.by),
                          on=day(each.at))


def _said_at(task: TaskCompleted) -> str:
    return told(task.data, "opinion") or told(task.data, "findings")


def _seal(source: Source) -> str:
    return source.case.routing.seal if source.case.routing else ""
