"""Ways of accepting, undertakings, and what becomes of permits, in sentences."""

from __future__ import annotations

from engine import events
from engine.events import Fact
from engine.permits import ACT_NAMES
from services.telling.naming import Telling, day_name


def of_accepting(fact: Fact, telling: Telling) -> str | None:
    """容缺受理 and 告知承诺."""
    match fact:
        case events.AcceptedConditionally(missing=missing):
            return "容缺受理,待补齐:" + "、".join(f"{each.name}({day_name(each.supply_on)} 前)" for each in missing)
        case events.MaterialsSupplied(names=names):
            return f"补齐材料:{'、'.join(names)}"
        case events.ComplianceDeclared(undertaking=undertaking):
            return f"签署告知承诺:{undertaking.signer}" + (f",代办(委托书{undertaking.mandate})" if undertaking.mandate else "")
        case events.DeclarationVerified(findings=findings):
            return f"核查属实:{findings}"
        case events.DeclarationUnmet(findings=findings):
            return f"责令限期整改,{fact.document}:{findings}"
        case events.DeclarationFailed(findings=findings):
            return f"承诺不实:{findings}"
    return None


def of_permit(fact: Fact, telling: Telling) -> str | None:
    """A granted permit, its conditions and what later cases do to it."""
    match fact:
        case events.PermitGranted():
            return f"登记{fact.name} {fact.number}"
        case events.PermitNamed(permit=permit, act=act):
            return f"申请{ACT_NAMES.get(act, act)}证件 {permit}"
        case events.PermitActedOn(permit=permit, act=act):
            return f"证件 {permit} 已{ACT_NAMES.get(act, act)}"
        case events.PermitActTold(permit=permit, act=act, by_case=by_case):
            return f"证件 {permit} 由办件{by_case}{ACT_NAMES.get(act, act)}"
        case events.ConditionMet():
            return f"许可条件已履行({day_name(fact.met_on)})"
        case events.ConditionExtended():
            return f"许可条件延期,{fact.document}"
        case events.PermitLapsed(permit=permit):
            return f"证件 {permit} 自行废止:{fact.basis}"
        case events.PermitDeemedRenewed(permit=permit):
            return f"证件 {permit} 视为准予延续(行政许可法第五十条)"
        case events.PermitExpired(permit=permit):
            return f"证件 {permit} 有效期届满"
    return None
