"""What the facts of one case say of its supervision: which cards and orders stand how, and who was told of a lapse.

The states are those of the engine, written down a second time from outside; a test holds the two against each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from services.verify.chain import Told
from services.verify.report import Found

CARD_STATES: Mapping[str, str] = {"CardAppealed": "appealed", "CardUpheld": "upheld", "CardWrittenOff": "written_off",
                                  "CardExempted": "exempted"}
ORDER_STATES: Mapping[str, str] = {"OrderReplied": "replied", "OrderReturned": "open", "OrderClosed": "closed"}
"""Where a fact leads a card, or an order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A card or an order: the fact that issued it, and what has become of it. `due_on`: of an order."""

    told: Told
    state: str
    due_on: object = None


@dataclass(slots=True, kw_only=True)
class Oversight:
    """Supervision so far; cards, orders and escalations by the number of their fact."""

    found: Found
    cards: dict[int, Issued] = field(default_factory=dict)
    orders: dict[int, Issued] = field(default_factory=dict)
    escalated: dict[int, Told] = field(default_factory=dict)

    def take(self, told: Told) -> None:
        """Take the next fact."""
        match told.kind:
            case "CardIssued":
                self._issue(told)
            case "OrderIssued":
                self.orders[told.seq] = Issued(told=told, state="open", due_on=told.data.get("due_on"))
            case "Escalated" | "CaseCopied" | "CaseReminded" | "FindingReported":
                self.escalated[told.seq] = told
            case kind if kind in CARD_STATES:
                self._change(self.cards, told, "card", state=CARD_STATES[kind])
            case "OrderReturned":
                self._change(self.orders, told, "order", state="open", due_on=told.data.get("due_on"))
            case kind if kind in ORDER_STATES:
                self._change(self.orders, told, "order", state=ORDER_STATES[kind])

    def _issue(self, told: Told) -> None:
        """A rule issues one card at most for each deadline of a clock."""
        for seq, card in self.cards.items():
            if _rule_of(card.told) == _rule_of(told):
                self.found("card", told.seq, f"a second card by the rule {told.data.get('rule')} for the same deadline; fact "
                                             f"{seq} had issued one")
        self.cards[told.seq] = Issued(told=told, state="issued")

    def _change(self, issued: dict[int, Issued], told: Told, name: str, **changes: Any) -> None:
        seq = told.whole(name)
        if seq not in issued:
            self.found("reference", told.seq, f"{told.kind} names the {name} of fact {seq}, which issued none")
        else:
            issued[seq] = replace(issued[seq], **changes)


def _rule_of(told: Told) -> tuple[object, ...]:
    return told.data.get("rule"), told.data.get("clock"), told.data.get("version", 1)
