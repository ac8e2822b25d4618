"""Ways of accepting, undertakings, and what becomes of permits, in sentences."""

from __future__ import annotations

from engine import events
from engine.events import Fact
from engine.permits import ACT_NAMES
from engine.sentences import Sentence, listed, say
from services.telling.naming import Telling, day_name, for_another, word


def of_accepting(fact: Fact, telling: Telling) -> Sentence | None:
    """容缺受理 and 告知承诺."""
    match fact:
        case events.AcceptedConditionally(missing=missing):
            awaited = (say("{name}({day} 前)", name=each.name, day=day_name(each.supply_on)) for each in missing)
            return say("容缺受理,待补齐:{materials}", materials=listed(awaited, "、"))
        case events.MaterialsSupplied(names=names):
            return say("补齐材料:{materials}", materials=listed(names, "、"))
        case events.ComplianceDeclared(undertaking=undertaking):
            return say("签署告知承诺:{signer}{for_another}", signer=undertaking.signer,
                       for_another=for_another(undertaking.mandate))
        case events.DeclarationVerified(findings=findings):
            return say("核查属实:{findings}", findings=findings)
        case events.DeclarationUnmet(findings=findings):
            return say("责令限期整改,{document}:{findings}", document=fact.document, findings=findings)
        case events.DeclarationFailed(findings=findings):
            return say("承诺不实:{findings}", findings=findings)
    return None


def of_permit(fact: Fact, telling: Telling) -> Sentence | None:
    """A granted permit, its conditions and what later cases do to it."""
    match fact:
        case events.PermitGranted():
            return say("登记{name} {number}", name=fact.name, number=fact.number)
        case events.PermitNamed(permit=permit, act=act):
            return say("申请{act}证件 {permit}", act=word(ACT_NAMES, act), permit=permit)
        case events.PermitActedOn(permit=permit, act=act):
            return say("证件 {permit} 已{act}", permit=permit, act=word(ACT_NAMES, act))
        case events.PermitActTold(permit=permit, act=act, by_case=by_case):
            return say("证件 {permit} 由办件{case}{act}", permit=permit, case=by_case, act=word(ACT_NAMES, act))
        case events.ConditionMet():
            return say("许可条件已履行({day})", day=day_name(fact.met_on))
        case events.ConditionExtended():
            return say("许可条件延期,{document}", document=fact.document)
        case events.PermitLapsed(permit=permit):
            return say("证件 {permit} 自行废止:{basis}", permit=permit, basis=fact.basis)
        case events.PermitDeemedRenewed(permit=permit):
            return say("证件 {permit} 视为准予延续(行政许可法第五十条)", permit=permit)
        case events.PermitExpired(permit=permit):
            return say("证件 {permit} 有效期届满", permit=permit)
    return None
