"""Facts about the ways of accepting what is not simply complete: what the applicant has undertaken, and what came of it.

An undertaking 承诺书 is kept as it was signed: the text, its hash and who signed it are in the fact, whatever becomes of the
template it was made from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A minor material 次要材料 that is still missing. `supply_on`: the last day on which it may be supplied."""

    name: str
    supply_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A text as it was signed. `digest`: SHA-256 of the text in UTF-8, hexadecimal. `template`, `version`: what it was made
    from, 0 for none. `agent`: who signed for the applicant, by the `mandate` of that number; "" when he signed himself."""

    text: str
    digest: str
    signer: str
    signed_on: date
    template: int = 0
    version: int = 0
    agent: str = ""
    mandate: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedConditionally:
    """容缺受理: the main materials are complete, `missing` are the minor ones. `on_lapse`: what a lapse of the supply period
    leads to (`engine.undertakings.OnLapse`)."""

    missing: Sequence[Missing]
    undertaking: Signed
    on_lapse: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialsSupplied:
    """补齐: these of the missing materials have come. `approved_by`: who let them come late, "" when they are in time.
    `mandate`: of the agent who supplied them for the applicant."""

    names: Sequence[str]
    approved_by: str = ""
    mandate: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclarationSigned:
    """签署告知承诺: the applicant has signed the text before acceptance; whether the case is accepted on it, the window decides
    then."""

    undertaking: Signed


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplianceDeclared:
    """告知承诺: decided on the applicant's signed declaration, to be verified within `verify_workdays` of the decision; what
    does not comply then is to be mended within `correct_workdays`."""

    undertaking: Signed
    verify_workdays: int
    correct_workdays: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclarationVerified:
    """核查: what was declared holds, found by the reviewer; after a correction period when one ran."""

    findings: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclarationUnmet:
    """核查: what was declared is not yet met; the applicant was told to mend it (责令限期整改). `document`: of that notice."""

    findings: str
    document: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclarationFailed:
    """A declaration was false, or not met within the correction period: the permit is to be annulled and the applicant entered
    in the credit register. `is_false`: it was false from the beginning."""

    is_false: bool
    findings: str
