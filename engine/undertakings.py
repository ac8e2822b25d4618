"""What an applicant has undertaken, as the facts have made it: missing materials to be supplied 容缺受理, a declaration to be
verified 告知承诺.

Each is a lifecycle of its own beside the case's; the second goes on after the case has ended. Who may do what about them is
decided in `engine.accepting`, which clocks run for them in `engine.follow_ups`.

::

    declared ─┬─ verified
              ├─ unmet ─┬─ verified
              │         └─ failed
              └─ failed
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum, StrEnum

from engine import events
from engine.acceptance_facts import Missing
from engine.events import Recorded

SUPPLY = "supply"
"""The clock of the supply period: it runs to the next day on which something is due."""

SUPPLY_BASIS = "容缺受理承诺书"


class OnLapse(StrEnum):
    """What follows when the supply period lapses: a setting of the template, never a card (domain rules R23)."""

    DECIDE = "decide"  # 审批人决定: nothing can be granted until the approver refuses, or lets it come late
    PAUSE = "pause"  # 暂停: besides, no day of the office counts until it has come


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """What is still missing of a case accepted conditionally; `has_lapsed`: some of it is late."""

    missing: tuple[Missing, ...]
    on_lapse: OnLapse
    has_lapsed: bool = False

    @property
    def next_on(self) -> date | None:
        """The next day on which something is due; None: nothing is missing."""
        return min((each.supply_on for each in self.missing), default=None)


class DeclarationState(Enum):
    """How a declaration stands. The values are stored."""

    DECLARED = "declared"  # 已承诺: to be verified
    UNMET = "unmet"  # 限期整改: not yet met
    VERIFIED = "verified"  # 核查属实
    FAILED = "failed"  # 承诺不实或者逾期未整改


DECLARATIONS: Mapping[DeclarationState, frozenset[DeclarationState]] = {
    DeclarationState.DECLARED: frozenset({DeclarationState.VERIFIED, DeclarationState.UNMET, DeclarationState.FAILED}),
    DeclarationState.UNMET: frozenset({DeclarationState.VERIFIED, DeclarationState.FAILED}),
    DeclarationState.VERIFIED: frozenset(),
    DeclarationState.FAILED: frozenset(),
}

DECLARATION_TARGETS: Mapping[type, DeclarationState] = {
    events.DeclarationVerified: DeclarationState.VERIFIED, events.DeclarationUnmet: DeclarationState.UNMET,
    events.DeclarationFailed: DeclarationState.FAILED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """A signed declaration. `seq`: the number of its fact, by which its clocks are named."""

    seq: int
    verify_workdays: int
    correct_workdays: int
    state: DeclarationState = DeclarationState.DECLARED


def supplied(supply: Supply | None, recorded: Recorded) -> Supply | None:
    """Fold a fact into what is missing. None: nothing ever was, or it has come or does not matter any more."""
    match fact := recorded.fact:
        case events.AcceptedConditionally():
            return Supply(missing=tuple(fact.missing), on_lapse=OnLapse(fact.on_lapse))
        case events.MaterialsSupplied() if supply is not None:
            left = tuple(each for each in supply.missing if each.name not in set(fact.names))
            return replace(supply, missing=left, has_lapsed=False) if left else None
        case events.DeadlineLapsed(clock=clock) if clock == SUPPLY and supply is not None:
            return replace(supply, has_lapsed=True)
        case events.DecisionMade(granted=False):
            return None
    return supply


def declared(declaration: Declaration | None, recorded: Recorded) -> Declaration | None:
    """Fold a fact into the declaration. None: there is none."""
    fact = recorded.fact
    if isinstance(fact, events.ComplianceDeclared):
        return Declaration(seq=recorded.seq, verify_workdays=fact.verify_workdays, correct_workdays=fact.correct_workdays)
    state = DECLARATION_TARGETS.get(type(fact))
    return declaration if state is None or declaration is None else replace(declaration, state=state)
