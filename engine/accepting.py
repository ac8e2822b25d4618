"""Ways of accepting: conditionally 容缺受理, on a declaration 告知承诺, on the spot 当场办结; and what is owed afterwards.

Every refusal says what is lacking and who may do what instead. The diagram draws the way (a milestone), the clerk fills in what
was undertaken; the facts follow the acceptance, so that a supply period is held against the limit that has just begun.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine import events
from engine.acceptance_facts import Missing, Signed
from engine.case import Case, local_day
from engine.errors import Forbidden, InvalidInput
from engine.events import Fact
from engine.lifecycle import State
from engine.limits import CASE_CLOCKS
from engine.moves import required
from engine.sentences import listed, say
from engine.undertakings import DECLARATION_TARGETS, DECLARATIONS, Declaration, DeclarationState, OnLapse

MOST_MISSING = 50
LONGEST_NAME = 100
LATE_SUPPLY = ("approver", "head_of_office")
"""Who may let a missing material come after its day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """The text an applicant signs, as the office has it for a matter. `excluded`: why the matter may not be decided on a
    declaration (国家安全, 公共安全, 生态环境保护, 直接关系人身健康、生命财产安全); "" when it may."""

    id: int
    version: int
    text: str
    verify_workdays: int = 0
    correct_workdays: int = 0
    on_lapse: OnLapse = OnLapse.DECIDE
    excluded: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who signed an undertaking. `is_agent`: for the applicant, by the `mandate` of that number; `may_sign`: the mandate says
    that the agent may sign undertakings. `text`: what was signed, where no template gives it."""

    signer: str
    text: str = ""
    is_agent: bool = False
    mandate: str = ""
    may_sign: bool = False


def conditional(
    case: Case, missing: Sequence[Missing], signature: Signature, template: Template | None, now: datetime,
) -> Fact:
    """容缺受理, of a case just accepted. Raises InvalidInput when nothing is missing, or a day lies after the promised limit
    (rule R23), before today, or was not undertaken in writing."""
    if not missing:
        raise InvalidInput("data.missing_materials", "容缺受理 needs the minor materials that are missing, each with the day "
                                                     "by which it is supplied; when nothing is missing, accept 受理")
    if len(missing) > MOST_MISSING or len({each.name for each in missing}) < len(missing):
        raise InvalidInput("data.missing_materials", say(
            "expected at most {most} materials, none of them twice", most=MOST_MISSING))
    for place, each in enumerate(missing):
        _check_day(case, each, f"data.missing_materials.{place}.supply_on", now)
    return events.AcceptedConditionally(
        missing=missing, undertaking=_signed(signature, template, "容缺受理承诺书", now),
        on_lapse=(template.on_lapse if template else OnLapse.DECIDE).value)


def sign(
    case: Case, signature: Signature, template: Template | None, barred: str, *, digest: str, now: datetime,
) -> Fact:
    """签署告知承诺, by the applicant, before acceptance. `digest`: SHA-256 of the text he has read, hexadecimal. Raises
    Forbidden as `declare` does and after acceptance; InvalidInput when the text is another now."""
    if case.ended_at is not None or case.state not in (State.RECEIVED, State.CORRECTING):
        raise Forbidden("sign_declaration", say(
            "case {case} is {state}: a 告知承诺书 is signed before acceptance 受理", case=case.number, state=case.state))
    declarable = _declarable(case, template, barred)
    if len(signature.signer.strip()) > LONGEST_NAME or not signature.signer.strip().isprintable():
        raise InvalidInput("signer", say("expected a name of at most {most} printable characters", most=LONGEST_NAME))
    if digest != digest_of(declarable.text):
        raise InvalidInput("digest", "the text of the 告知承诺书 is not the one that was read: read the one in force, and sign "
                                     "that")
    return events.DeclarationSigned(undertaking=_signed(signature, declarable, "告知承诺书", now))


def digest_of(text: str) -> str:
    """SHA-256 of a text in UTF-8, hexadecimal: by which it is known that it is the one that was read."""
    return hashlib.sha256(text.encode()).hexdigest()


def declare(
    case: Case, signature: Signature, template: Template | None, barred: str, now: datetime, *, signed: Signed | None = None,
) -> Fact:
    """告知承诺, of a case just accepted (国办发〔2020〕42号). `barred`: why the applicant is out of credit, "" when he is not.
    `signed`: what he has signed himself before, None when he signs at the window; it counts while its template is in force.
    Raises Forbidden for a matter without a template, an excluded matter, and an applicant out of credit."""
    declarable = _declarable(case, template, barred)
    is_signed = signed is not None and (signed.template, signed.version) == (declarable.id, declarable.version)
    return events.ComplianceDeclared(
        undertaking=signed if signed is not None and is_signed else _signed(signature, declarable, "告知承诺书", now),
        verify_workdays=declarable.verify_workdays, correct_workdays=declarable.correct_workdays)


def _declarable(case: Case, template: Template | None, barred: str) -> Template:
    if template is None:
        raise Forbidden("declare", say(
            "the matter “{process}” has no 告知承诺书 in force: the administrator of its department 部门管理员 enters one "
            "first; until then accept 受理 and review", process=case.process))
    if template.excluded:
        raise Forbidden("declare", say(
            "the matter “{process}” is excluded from 告知承诺 ({excluded}); accept 受理 and review",
            process=case.process, excluded=template.excluded))
    if barred:
        raise Forbidden("declare", say(
            "the applicant of case {case} is out of credit: {barred}; until it is restored (信用修复) accept 受理 and review "
            "in the ordinary way", case=case.number, barred=barred))
    return template


def at_once(case: Case, node: str, now: datetime) -> tuple[Fact, Fact]:
    """当场办结 (行政许可法 art. 34): granted and concluded in the visit in which it was accepted. Raises Forbidden unless the
    limit of the case, just accepted, is 0 (即办件)."""
    clock = case.governing
    if clock is None or clock.amount:
        limit = say("{amount} {unit}", amount=clock.amount, unit=clock.unit) if clock else say("none")
        raise Forbidden("on_the_spot", say(
            "当场办结 is for a matter whose limit is 0 (即办件); that of case {case} is {limit}: accept it 受理, and its "
            "reviewer 承办人 goes on", case=case.number, limit=limit))
    return events.DecisionMade(granted=True, node=node), events.CaseConcluded(concluded_on=local_day(now))


def supply(case: Case, *, names: Iterable[str], role: str, by: str, now: datetime, mandate: str = "") -> Fact:
    """补齐: missing materials have come. `role`: of who takes them; after the supply period only the approver may. `mandate`:
    of the agent who supplies them for the applicant. Raises Forbidden, InvalidInput."""
    if case.supply is None or case.ended_at is not None:
        raise Forbidden("supply", say(
            "nothing is missing of case {case}, which is {state}: only a case accepted conditionally 容缺受理 waits for "
            "materials (before: a correction 补正)", case=case.number, state=case.state))
    came, missing = list(dict.fromkeys(names)), {each.name: each for each in case.supply.missing}
    unknown = [name for name in came if name not in missing]
    if unknown or not came:
        known = listed(missing, "、")
        raise InvalidInput("materials", say(
            "expected some of those missing: {known}; found “{found}”", known=known, found=unknown[0][:80]) if unknown
            else say("expected some of those missing: {known}", known=known))
    is_late = case.supply.has_lapsed or any(missing[name].supply_on < local_day(now) for name in came)
    if is_late and role not in LATE_SUPPLY:
        raise Forbidden("supply", say(
            "the supply period of case {case} is over: the approver 审批人 (approver) refuses, or lets them come late; "
            "“{role}” may not", case=case.number, role=role or say("nobody")))
    return events.MaterialsSupplied(names=came, approved_by=by if is_late else "", mandate=mandate)


def verified(case: Case, *, findings: str) -> Fact:
    """核查: what was declared holds."""
    return _judged(case, events.DeclarationVerified(findings=required("findings", findings, "what was found")))


def unmet(case: Case, *, findings: str, document: str) -> Fact:
    """核查: what was declared is not yet met; the correction period begins."""
    return _judged(case, events.DeclarationUnmet(
        findings=required("findings", findings, "what was found"),
        document=required("document", document, "the number of the notice to mend it (责令限期整改通知书)")))


def failed(case: Case, *, findings: str) -> Fact:
    """核查: what was declared was false, or is still not met: the permit is to be annulled (行政许可法 art. 69)."""
    is_false = case.declaration is not None and case.declaration.state is DeclarationState.DECLARED
    return _judged(case, events.DeclarationFailed(is_false=is_false, findings=required("findings", findings, "what was found")))


def _judged(case: Case, fact: Fact) -> Fact:
    declaration = case.declaration
    if declaration is None:
        raise Forbidden("verify a declaration", say(
            "case {case} was not decided on a declaration 告知承诺; nothing is to be verified", case=case.number))
    if not case.granted:
        raise Forbidden("verify a declaration", say(
            "case {case} has not been granted; it is verified after the decision, by its reviewer 承办人", case=case.number))
    _check_state(case, declaration, type(fact))
    return fact


def _check_state(case: Case, declaration: Declaration, kind: type) -> None:
    if DECLARATION_TARGETS[kind] not in DECLARATIONS[declaration.state]:
        may = tuple(sorted(DECLARATIONS[declaration.state], key=lambda state: state.value)) or say("nothing")
        raise Forbidden("verify a declaration", say(
            "the declaration of case {case} is {state}; from there only {may} may follow",
            case=case.number, state=declaration.state, may=may))


def _check_day(case: Case, missing: Missing, field: str, now: datetime) -> None:
    clocks = [clock for clock in case.running if clock.token is None and clock.kind in CASE_CLOCKS and clock.due_on is not None]
    clock = case.governing if case.governing in clocks else next(iter(clocks), None)
    if missing.supply_on < local_day(now):
        raise InvalidInput(field, say(
            "“{missing}” would have to be supplied on {supply_on}, which is over",
            missing=missing.name, supply_on=missing.supply_on))
    if clock is not None and clock.due_on is not None and missing.supply_on > clock.due_on:
        raise InvalidInput(field, say(
            "“{missing}” would be supplied on {supply_on}, after the case itself is due on {due_on}: a supply period is not "
            "longer than the promised limit (补齐不超过承诺); give an earlier day, or a correction notice 补正",
            missing=missing.name, supply_on=missing.supply_on, due_on=clock.due_on))


def _signed(signature: Signature, template: Template | None, what: str, now: datetime) -> Signed:
    """The undertaking as it was signed. An agent signs only by a mandate that says so (domain rules §6)."""
    signer = required("data.signer", signature.signer, say("who signed the {what}", what=what))
    text = template.text if template is not None and template.text else signature.text
    text = required("data.undertaking_text", text, say("the text of the {what} (no template gives it)", what=what))
    if signature.is_agent and not (signature.mandate.strip() and signature.may_sign):
        raise InvalidInput("data.mandate", say(
            "{signer} signs the {what} for the applicant: that needs a mandate 委托书 that says so; give its number and "
            "confirm it, or let the applicant sign", signer=signer, what=what))
    return Signed(
        text=text, digest=digest_of(text), signer=signer, signed_on=local_day(now),
        template=template.id if template else 0, version=template.version if template else 0,
        agent=signer if signature.is_agent else "", mandate=signature.mandate.strip() if signature.is_agent else "")
