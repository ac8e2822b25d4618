"""What has to happen after an undertaking or a grant, and by when: which clocks run, what a lapse means, when they are over.

The model. A permit's conditions and its end, the verification of a declaration and the period to mend it are clocks of the case
they came from, and go on when it has ended, as a supervision order does: so they are kept with the case, ring, are counted anew
when the calendar changes, and are explained, like any other. They bear the number of the fact they belong to:
follow_up:12:begin_work, follow_up:12:expiry, follow_up:7:verification.

Decides limits and meanings; the facts of clocks are made in `engine.consequences`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from engine import events
from engine.case import Case
from engine.events import Fact
from engine.limits import Limit, LimitKind, Unit
from engine.permits import Permit, PermitState
from engine.undertakings import SUPPLY_BASIS, Declaration, DeclarationState

EXPIRY, VERIFICATION, CORRECTION = "expiry", "verification", "correction"
_PREFIX = "follow_up"
_DECLARED = "国办发〔2020〕42号"


def name_of(seq: int, what: str) -> str:
    """The name of the clock of something that belongs to the fact of this number."""
    return f"{_PREFIX}:{seq}:{what}"


def of_permit(seq: int, fact: events.PermitGranted, today: date) -> Iterator[tuple[str, Limit]]:
    """The clocks of a permit granted today: one for each of its conditions, one for its end. A month is counted as the law
    counts months (民法典 art. 202, 203); an end that is written in the permit is that day."""
    for condition in fact.conditions:
        yield name_of(seq, condition.name), Limit(
            amount=condition.amount, unit=Unit(condition.unit), kind=LimitKind.FOLLOW_UP, basis=condition.basis)
    if fact.valid_until is not None:
        yield name_of(seq, EXPIRY), until(fact.valid_until, today, LimitKind.FOLLOW_UP, "行政许可法第五十条")


def of_supply(supply_on: date, today: date) -> Limit:
    """The limit of the supply period: the day that was undertaken, whatever day that is."""
    return until(supply_on, today, LimitKind.APPLICANT, SUPPLY_BASIS)


def of_verification(declaration: Declaration) -> Limit:
    """The limit of verifying a declaration, from the decision."""
    return Limit(amount=declaration.verify_workdays, kind=LimitKind.FOLLOW_UP, basis=_DECLARED)


def of_correction(declaration: Declaration) -> Limit:
    """The limit of mending what was declared and is not met."""
    return Limit(amount=declaration.correct_workdays, kind=LimitKind.FOLLOW_UP, basis=_DECLARED)


def until(day: date, today: date, kind: LimitKind, basis: str) -> Limit:
    """A limit that ends on a given day, whatever day that is."""
    return Limit(amount=(day - today).days, unit=Unit.CALENDAR_DAY, kind=kind, roll_off_holiday=False, basis=basis)


def lapsed(case: Case, clock: str) -> Fact | None:
    """What the lapse of a follow-up means: the permit lapses of itself (建筑法 art. 9) or expires, a declaration has failed.
    None: somebody has to act (a verification is overdue), or it is no follow-up, or it matters no more."""
    *_, what = clock.split(":")
    if what == CORRECTION and case.declaration is not None and case.declaration.state is DeclarationState.UNMET:
        return events.DeclarationFailed(is_false=False, findings="逾期未整改")
    permit = next((each for each in case.permits if name_of(each.seq, what) == clock), None)
    if permit is None or permit.state is not PermitState.IN_FORCE:
        return None
    if what == EXPIRY and permit.is_deemed_renewed:
        return None
    if what == EXPIRY:
        return events.PermitExpired(permit=permit.number)
    condition = permit.condition(what)
    return None if condition is None else events.PermitLapsed(permit=permit.number, condition=what, basis=condition.basis)


def over(case: Case, fact: Fact) -> list[str]:
    """The names of the clocks that are over with a fact, which the case already contains."""
    match fact:
        case events.ConditionMet():
            return [name_of(permit.seq, fact.condition) for permit in case.permits if permit.number == fact.permit]
        case events.PermitLapsed() | events.PermitExpired() | events.PermitActTold():
            return [name for permit in case.permits if permit.number == fact.permit for name in _of(case, permit)
                    if permit.state is not PermitState.IN_FORCE]
        case events.DeclarationVerified() | events.DeclarationUnmet() | events.DeclarationFailed():
            assert case.declaration is not None
            return [name_of(case.declaration.seq, what) for what in (VERIFICATION, CORRECTION)]
    return []


def _of(case: Case, permit: Permit) -> list[str]:
    return [clock.name for clock in case.running if clock.name.startswith(name_of(permit.seq, ""))]
