"""The kinds of official documents 文书: the title each bears, the word in its number, who may issue it.

A title is the exact word of the offices (domain rules §7). The word in the number 字 tells the series; each series counts from
1 every year.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class DocumentKind(StrEnum):
    """What a document is. The values are stored, and name the template that prints it."""

    RECEIPT = "receipt"
    ACCEPTANCE = "acceptance"
    CORRECTION = "correction"
    DECLINE = "decline"
    CONDITIONAL_ACCEPTANCE = "conditional_acceptance"
    SUPPLY_UNDERTAKING = "supply_undertaking"
    DECLARATION = "declaration"
    SPECIAL_PROCEDURE = "special_procedure"
    EXTENSION = "extension"
    GRANT = "grant"
    REFUSAL = "refusal"
    HAND_OVER = "hand_over"
    JOINT_INSPECTION = "joint_inspection"
    RECTIFICATION = "rectification"
    SUPERVISION_ORDER = "supervision_order"
    YELLOW_CARD = "yellow_card"
    RED_CARD = "red_card"
    MANDATE = "mandate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sort:
    """`title`: as printed; `sign`: the word in the number; `roles`: who may issue it; `is_sealed`: it bears the seal of whoever
    decides, which is the verb 用印 (`engine.closing.seal`) of the same number."""

    title: str
    sign: str
    roles: tuple[str, ...]
    is_sealed: bool = False


_WINDOW = ("clerk", "reviewer", "approver")
_REVIEW = ("reviewer", "approver", "head_of_office", "clerk")
_DECISION = ("approver", "head_of_office", "certifier", "clerk")
_SUPERVISION = ("supervisor",)

SORTS: Mapping[DocumentKind, Sort] = {
    DocumentKind.RECEIPT: Sort(title="收件凭证", sign="收", roles=_WINDOW),
    DocumentKind.ACCEPTANCE: Sort(title="受理通知书", sign="受", roles=_WINDOW),
    DocumentKind.CORRECTION: Sort(title="一次性补正告知书", sign="补", roles=_WINDOW),
    DocumentKind.DECLINE: Sort(title="不予受理决定书", sign="不受", roles=_WINDOW),
    DocumentKind.CONDITIONAL_ACCEPTANCE: Sort(title="容缺受理通知书", sign="容受", roles=_WINDOW),
    DocumentKind.SUPPLY_UNDERTAKING: Sort(title="容缺受理承诺书", sign="容诺", roles=_WINDOW),
    DocumentKind.DECLARATION: Sort(title="告知承诺书", sign="诺", roles=_WINDOW),
    DocumentKind.SPECIAL_PROCEDURE: Sort(title="特别程序告知书", sign="特", roles=_REVIEW),
    DocumentKind.EXTENSION: Sort(title="延期办理告知书", sign="延", roles=_REVIEW),
    DocumentKind.GRANT: Sort(title="准予行政许可决定书", sign="许准", roles=_DECISION, is_sealed=True),
    DocumentKind.REFUSAL: Sort(title="不予行政许可决定书", sign="不许", roles=_DECISION, is_sealed=True),
    DocumentKind.HAND_OVER: Sort(title="送达回证", sign="送", roles=("clerk", "certifier")),
    DocumentKind.JOINT_INSPECTION: Sort(title="竣工联合验收意见书", sign="验", roles=_DECISION, is_sealed=True),
    DocumentKind.RECTIFICATION: Sort(title="整改告知书", sign="整", roles=_REVIEW),
    DocumentKind.SUPERVISION_ORDER: Sort(title="督办单", sign="督", roles=_SUPERVISION),
    DocumentKind.YELLOW_CARD: Sort(title="黄牌通知书", sign="黄", roles=_SUPERVISION),
    DocumentKind.RED_CARD: Sort(title="红牌通知书", sign="红", roles=_SUPERVISION),
    DocumentKind.MANDATE: Sort(title="委托书", sign="委", roles=("agent", "clerk", "department_admin")),
}
