"""Which fact a document is about, and what is made of it: one row for each kind.

A document says one fact. Where a case has several that would do (two decisions, three cards), whoever issues it says which, by
the number of the fact.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.case_facts import (
    CaseAccepted,
    CaseDeclined,
    CaseHandedOver,
    CaseOpened,
    CorrectionRequested,
    DecisionMade,
    TaskCompleted,
)
from engine.clock_facts import CaseSuspended, ExtensionApproved
from engine.errors import Forbidden, InvalidInput
from engine.events import (
    AcceptedConditionally,
    CardIssued,
    ComplianceDeclared,
    DeclarationUnmet,
    OrderIssued,
    Recorded,
)
from engine.sentences import say, sentence_of
from engine.stops import StopKind
from engine.supervision import Colour
from services.documents import acceptances, decisions, oversight
from services.documents.content import Draft
from services.documents.kinds import SORTS, DocumentKind
from services.documents.source import COMMAND, Source

JOINT_INSPECTION = "joint_completion_inspection"
"""The process whose decision is a 竣工联合验收意见书."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Maker:
    """`facts`: kinds of facts it may be about, `fits`: which of them; `what`: what has to happen first, in words. `takes_last`:
    of several the last is meant, unless another is named."""

    facts: tuple[type, ...]
    make: Callable[[Source, Recorded], Draft]
    what: str
    fits: Callable[[Source, Recorded], bool] = lambda source, recorded: True
    takes_last: bool = False


def draft(source: Source, kind: DocumentKind, seq: int | None) -> tuple[Recorded, Draft]:
    """The fact a document is about, and its content. `seq`: the number of that fact, None for the only one. Raises Forbidden
    when nothing of the kind has happened or something is lacking, InvalidInput when it has to be said which is meant."""
    recorded = about(source, kind, seq)
    return recorded, _MAKERS[kind].make(source, recorded)


def about(source: Source, kind: DocumentKind, seq: int | None) -> Recorded:
    """The fact a document of this kind is about. Raises Forbidden, InvalidInput."""
    maker, title = _MAKERS[kind], SORTS[kind].title
    found = [recorded for recorded in source.of_kind(*maker.facts) if maker.fits(source, recorded)]
    if not found:
        raise Forbidden(COMMAND, say("case {case} has nothing for a {title}: {reason}", case=source.case.number, title=title,
                                     reason=sentence_of(maker.what)))
    if seq is None:
        if len(found) > 1 and not maker.takes_last:
            raise InvalidInput("seq", say(
                "case {case} has {count} for a {title}: say which, as the number of the fact ({numbers})",
                case=source.case.number, count=len(found), title=title, numbers=_numbers(found)))
        return found[-1]
    meant = next((recorded for recorded in found if recorded.seq == seq), None)
    if meant is None:
        raise InvalidInput("seq", say("fact {number} is not one for a {title}; expected one of {numbers}", number=seq,
                                      title=title, numbers=_numbers(found)))
    return meant


def candidates(source: Source, kind: DocumentKind) -> list[Recorded]:
    """The facts a document of this kind could be about; of several of which the last is meant, that one alone."""
    maker = _MAKERS[kind]
    found = [recorded for recorded in source.of_kind(*maker.facts) if maker.fits(source, recorded)]
    return found[-1:] if maker.takes_last else found


def _numbers(found: list[Recorded]) -> tuple[int, ...]:
    return tuple(recorded.seq for recorded in found)


def _is_decided(granted: bool) -> Callable[[Source, Recorded], bool]:
    def fits(source: Source, recorded: Recorded) -> bool:
        return (isinstance(recorded.fact, DecisionMade) and recorded.fact.granted is granted
                and source.case.process != JOINT_INSPECTION)

    return fits


def _is_inspected(source: Source, recorded: Recorded) -> bool:
    return source.case.process == JOINT_INSPECTION


def _is_special(source: Source, recorded: Recorded) -> bool:
    return isinstance(recorded.fact, CaseSuspended) and recorded.fact.kind == StopKind.SPECIAL.value


def _lists_defects(source: Source, recorded: Recorded) -> bool:
    """A step that tells the defects found, or a declaration found unmet."""
    fact = recorded.fact
    return not isinstance(fact, TaskCompleted) or fact.node in _NOTIFYING or "defects" in fact.data


def _is_mandate(source: Source, recorded: Recorded) -> bool:
    fact = recorded.fact
    return bool(fact.mandate) if isinstance(fact, CaseOpened) else (
        isinstance(fact, TaskCompleted) and "mandate_number" in fact.data)


def _has_colour(colour: Colour) -> Callable[[Source, Recorded], bool]:
    def fits(source: Source, recorded: Recorded) -> bool:
        return isinstance(recorded.fact, CardIssued) and recorded.fact.colour == colour.value

    return fits


_NOTIFYING = frozenset({"notify_defects"})
_MAKERS: Mapping[DocumentKind, _Maker] = {
    DocumentKind.RECEIPT: _Maker(facts=(CaseOpened,), make=acceptances.receipt, what="it has not been received"),
    DocumentKind.ACCEPTANCE: _Maker(facts=(CaseAccepted,), make=acceptances.acceptance,
                                    what="the clerk 窗口受理人员 accepts it 受理 first"),
    DocumentKind.CORRECTION: _Maker(facts=(CorrectionRequested,), make=acceptances.correction, takes_last=True,
                                    what="the clerk 窗口受理人员 gives a correction notice 一次性补正告知 first"),
    DocumentKind.DECLINE: _Maker(facts=(CaseDeclined,), make=acceptances.decline, what="it has not been declined 不予受理"),
    DocumentKind.CONDITIONAL_ACCEPTANCE: _Maker(facts=(AcceptedConditionally,), make=acceptances.conditional_acceptance,
                                                what="it was not accepted conditionally 容缺受理"),
    DocumentKind.SUPPLY_UNDERTAKING: _Maker(facts=(AcceptedConditionally,), make=acceptances.supply_undertaking,
                                            what="it was not accepted conditionally 容缺受理"),
    DocumentKind.DECLARATION: _Maker(facts=(ComplianceDeclared,), make=acceptances.declaration,
                                     what="nothing was declared 告知承诺"),
    DocumentKind.SPECIAL_PROCEDURE: _Maker(facts=(CaseSuspended,), make=decisions.special_procedure, fits=_is_special,
                                           what="the reviewer 承办人 begins a special procedure 特别程序 first"),
    DocumentKind.EXTENSION: _Maker(facts=(ExtensionApproved,), make=decisions.extension,
                                   what="the head of office 机关负责人 approves an extension 延期 first"),
    DocumentKind.GRANT: _Maker(facts=(DecisionMade,), make=decisions.decision, fits=_is_decided(True),
                               what="the approver 审批人 grants it 准予 first"),
    DocumentKind.REFUSAL: _Maker(facts=(DecisionMade,), make=decisions.decision, fits=_is_decided(False),
                                 what="it has not been refused 不予许可"),
    DocumentKind.HAND_OVER: _Maker(facts=(DecisionMade, CaseDeclined, CaseHandedOver), make=decisions.hand_over,
                                   takes_last=True, what="it has to be decided first"),
    DocumentKind.JOINT_INSPECTION: _Maker(facts=(DecisionMade,), make=decisions.joint_inspection, fits=_is_inspected,
                                          what="it is no 竣工联合验收 that was decided"),
    DocumentKind.RECTIFICATION: _Maker(facts=(TaskCompleted, DeclarationUnmet), make=decisions.rectification,
                                       fits=_lists_defects, takes_last=True,
                                       what="the reviewer 承办人 tells the defects 整改告知 first"),
    DocumentKind.SUPERVISION_ORDER: _Maker(facts=(OrderIssued,), make=oversight.supervision_order,
                                           what="the supervisor 督查员 issues an order 督办 first"),
    DocumentKind.YELLOW_CARD: _Maker(facts=(CardIssued,), make=oversight.card_notice, fits=_has_colour(Colour.YELLOW),
                                     what="it has no yellow card 黄牌"),
    DocumentKind.RED_CARD: _Maker(facts=(CardIssued,), make=oversight.card_notice, fits=_has_colour(Colour.RED),
                                  what="it has no red card 红牌"),
    DocumentKind.MANDATE: _Maker(facts=(CaseOpened, TaskCompleted), make=acceptances.mandate, fits=_is_mandate, takes_last=True,
                                 what="it was not filed under a mandate 委托书, and none was entered in it"),
}
