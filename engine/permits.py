"""Granted permits 行政许可证件: their states as a table, and the five acts that a later case may do to one.

::

    in force ─┬─ (in force: changed, a further version)      变更 行政许可法 art. 49
              ├─ renewed (another permit follows it)         延续 art. 50
              ├─ annulled                                    撤销 art. 69
              ├─ revoked                                     撤回 art. 8
              ├─ lapsed (a condition was not met in time), expired ─┐
              └─ cancelled ◄── annulled, revoked, lapsed, expired ──┘   注销 art. 70
    expired ──► renewed, when the renewal was applied for in time and is granted after the end

Cancelling only closes the file, so it is what may still be done to a permit that is no longer in force (art. 70 names the
grounds: expired and not renewed, annulled, revoked …). A permit is never deleted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum, StrEnum

from engine import events
from engine.events import Recorded
from engine.permit_facts import Condition

RENEWAL_DAYS = 30
"""A renewal is applied for at least so many days before the permit ends (行政许可法 art. 50)."""


class PermitState(Enum):
    """How a permit stands. The values are stored."""

    IN_FORCE = "in_force"  # 有效
    RENEWED = "renewed"  # 已延续: another permit follows it
    ANNULLED = "annulled"  # 已撤销
    REVOKED = "revoked"  # 已撤回
    CANCELLED = "cancelled"  # 已注销
    LAPSED = "lapsed"  # 已废止: a condition was not met in time
    EXPIRED = "expired"  # 有效期届满


STATE_NAMES: Mapping[PermitState, str] = {
    PermitState.IN_FORCE: "有效", PermitState.RENEWED: "已延续", PermitState.ANNULLED: "已撤销", PermitState.REVOKED: "已撤回",
    PermitState.CANCELLED: "已注销", PermitState.LAPSED: "已废止", PermitState.EXPIRED: "有效期届满",
}
"""What the offices call each."""


class Act(StrEnum):
    """What a case may do to a granted permit."""

    CHANGE = "change"  # 变更
    RENEW = "renew"  # 延续
    ANNUL = "annul"  # 撤销
    REVOKE = "revoke"  # 撤回
    CANCEL = "cancel"  # 注销


ACT_NAMES: Mapping[str, str] = {
    Act.CHANGE: "变更", Act.RENEW: "延续", Act.ANNUL: "撤销", Act.REVOKE: "撤回", Act.CANCEL: "注销",
}

BASES: Mapping[Act, str] = {
    Act.CHANGE: "行政许可法第四十九条", Act.RENEW: "行政许可法第五十条", Act.ANNUL: "行政许可法第六十九条",
    Act.REVOKE: "行政许可法第八条", Act.CANCEL: "行政许可法第七十条",
}

NAMES: Mapping[Act, str] = {Act.CHANGE: "变更", Act.RENEW: "延续", Act.ANNUL: "撤销", Act.REVOKE: "撤回", Act.CANCEL: "注销"}

RESULTS: Mapping[Act, PermitState] = {
    Act.CHANGE: PermitState.IN_FORCE, Act.RENEW: PermitState.RENEWED, Act.ANNUL: PermitState.ANNULLED,
    Act.REVOKE: PermitState.REVOKED, Act.CANCEL: PermitState.CANCELLED,
}

_OVER = frozenset({PermitState.CANCELLED})

ALLOWED: Mapping[PermitState, frozenset[PermitState]] = {
    PermitState.IN_FORCE: frozenset(PermitState),
    PermitState.RENEWED: frozenset(),
    PermitState.ANNULLED: _OVER,
    PermitState.REVOKED: _OVER,
    PermitState.CANCELLED: frozenset(),
    PermitState.LAPSED: _OVER,
    PermitState.EXPIRED: _OVER | {PermitState.RENEWED},  # applied for in time, granted after the end
}

CHANGEABLE = frozenset({"holder", "holder_code", "authority", "seal"})
"""What a change 变更 may alter; another kind of permit, or another end, is not a change but a new grant or a renewal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Permit:
    """A permit as the case that granted it knows it. `seq`: the number of its fact, by which its clocks are named. `extended`:
    how often each condition was. `is_deemed_renewed`: its end is past, and it is in force all the same (art. 50)."""

    seq: int
    number: str
    valid_until: date | None
    conditions: tuple[Condition, ...]
    state: PermitState = PermitState.IN_FORCE
    met: tuple[str, ...] = ()
    is_deemed_renewed: bool = False
    extended: Mapping[str, int] | None = None

    def condition(self, name: str) -> Condition | None:
        """Its condition of this name, if it has one."""
        return next((each for each in self.conditions if each.name == name), None)

    def extensions_of(self, name: str) -> int:
        """How often a condition was extended."""
        return (self.extended or {}).get(name, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The permit a case points at; `is_done`: its act was granted."""

    permit: str
    act: Act
    basis: str
    changes: Mapping[str, str]
    is_done: bool = False


def granted(permits: tuple[Permit, ...], recorded: Recorded) -> tuple[Permit, ...]:
    """Fold a fact into the permits the case has granted."""
    match fact := recorded.fact:
        case events.PermitGranted():
            new = Permit(seq=recorded.seq, number=fact.number, valid_until=fact.valid_until,
                         conditions=tuple(fact.conditions))
            return (*permits, new)
        case events.ConditionMet():
            return _changed(permits, fact.permit, lambda each: replace(each, met=(*each.met, fact.condition)))
        case events.ConditionExtended():
            return _changed(permits, fact.permit, lambda each: replace(each, extended={
                **(each.extended or {}), fact.condition: each.extensions_of(fact.condition) + 1}))
        case events.PermitLapsed():
            return _changed(permits, fact.permit, lambda each: replace(each, state=PermitState.LAPSED))
        case events.PermitExpired():
            return _changed(permits, fact.permit, lambda each: replace(each, state=PermitState.EXPIRED))
        case events.PermitDeemedRenewed():
            return _changed(permits, fact.permit, lambda each: replace(each, is_deemed_renewed=True))
        case events.PermitActTold():
            return _changed(permits, fact.permit, lambda each: replace(each, state=RESULTS[Act(fact.act)]))
    return permits


def pointed_at(subject: Subject | None, recorded: Recorded) -> Subject | None:
    """Fold a fact into the permit the case points at. None: it points at none."""
    match fact := recorded.fact:
        case events.PermitNamed():
            return Subject(permit=fact.permit, act=Act(fact.act), basis=fact.basis, changes=dict(fact.changes))
        case events.PermitActedOn() if subject is not None:
            return replace(subject, is_done=True)
    return subject


def _changed(permits: tuple[Permit, ...], number: str, change: Callable[[Permit], Permit]) -> tuple[Permit, ...]:
    return tuple(change(each) if each.number == number else each for each in permits)
