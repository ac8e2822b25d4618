"""What may be done about granted permits: grant one, name one in a new case, extend a condition, say that it was met.

The register knows which permits there are and whether another case is about one already; here is decided what the law allows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from engine import events
from engine.calendar import LAST_YEAR
from engine.case import Case, local_day
from engine.errors import Forbidden, InvalidInput
from engine.events import Fact
from engine.follow_ups import EXPIRY, name_of
from engine.lifecycle import State
from engine.moves import required
from engine.permit_facts import Condition
from engine.permits import ALLOWED, BASES, CHANGEABLE, NAMES, RENEWAL_DAYS, RESULTS, Act, Permit, PermitState
from engine.sentences import Sentence, say

_LAST_YEAR = LAST_YEAR - 1
_GRANTING = frozenset({State.DECIDED, State.CONCLUDED, State.CERTIFIED, State.HANDED_OVER})


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPermit:
    """A permit to be granted. `valid_until` None: without end."""

    number: str
    sort: str
    name: str
    holder: str
    holder_code: str
    authority: str
    seal: str
    valid_from: date
    valid_until: date | None
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A granted permit as the register has it."""

    number: str
    state: PermitState
    valid_until: date | None


def grant(case: Case, new: NewPermit, now: datetime) -> Fact:
    """制证: the case, whose decision was 准予, grants a permit. Raises Forbidden before the decision, after a refusal and while
    materials are missing; InvalidInput for a validity that ends before it begins."""
    if not case.granted or case.state not in _GRANTING:
        raise Forbidden("grant a permit", say(
            "case {case} is {state}{undecided}: a permit is made after 准予, by whoever certifies 制证",
            case=case.number, state=case.state, undecided="" if case.granted else say(", without a decision to grant")))
    if case.supply is not None:
        raise Forbidden("grant a permit", say(
            "case {case} was accepted conditionally 容缺受理 and {missing} is still missing: the applicant supplies it first "
            "(supply)", case=case.number, missing='、'.join(each.name for each in case.supply.missing)))
    if case.subject is not None and case.subject.act is not Act.RENEW:
        raise Forbidden("grant a permit", say(
            "case {case} is about the {act} of permit {permit}: only a renewal 延续 grants another one",
            case=case.number, act=NAMES[case.subject.act], permit=case.subject.permit))
    if new.valid_until is not None and new.valid_until.year > _LAST_YEAR:
        raise InvalidInput("valid_until", say(
            "the calendar ends with {last_year}; leave the end out for a permit without one", last_year=_LAST_YEAR))
    if new.valid_until is not None and new.valid_until < max(new.valid_from, local_day(now)):
        raise InvalidInput("valid_until", say(
            "the permit would end on {valid_until}, before it begins or today; leave it out for a permit without end",
            valid_until=new.valid_until))
    return events.PermitGranted(
        number=new.number, sort=new.sort, name=new.name, holder=required("holder", new.holder, "the holder's name"),
        holder_code=new.holder_code, authority=new.authority, seal=new.seal, granted_on=local_day(now),
        valid_from=new.valid_from, valid_until=new.valid_until, conditions=new.conditions,
        follows=case.subject.permit if case.subject is not None else "")


def name(
    permit: Standing, *, act: str, ground: str, changes: Mapping[str, str], late_reason: str, now: datetime,
) -> events.PermitNamed:
    """A new case is about a granted permit. Raises InvalidInput for an unknown act, a missing ground, or changes that are none;
    Forbidden when the permit's state does not allow the act, or a renewal comes too late without a reason."""
    known = {each.value: each for each in Act}
    if act not in known:
        raise InvalidInput("data.permit_act", say(
            "expected one of {known}", known=tuple(f'{each.value} {NAMES[each]}' for each in Act)))
    wanted = known[act]
    if RESULTS[wanted] not in ALLOWED[permit.state] or (wanted is not Act.CANCEL and permit.state is not PermitState.IN_FORCE):
        raise Forbidden(say("{act} of a permit", act=NAMES[wanted]), say(
            "permit {permit} is {state}: {way_out}", permit=permit.number, state=permit.state, way_out=_allowed(permit.state)))
    if wanted is Act.RENEW:
        _check_renewal(permit, late_reason, now)
    _check_changes(wanted, changes)
    return events.PermitNamed(
        permit=permit.number, act=act, basis=BASES[wanted], changes=dict(changes), late_reason=late_reason.strip(),
        ground=required("data.ground", ground, say(
            "the ground of the {act} ({basis})", act=NAMES[wanted], basis=BASES[wanted])))


def extend(case: Case, *, permit: str, condition: str, document: str, now: datetime) -> Fact:
    """A condition's time is extended before it is over, as often as the law allows (建筑法 art. 9: twice, three months each).
    Raises Forbidden, InvalidInput."""
    found, asked = _condition(case, permit, condition)
    if found.extensions_of(condition) >= asked.extensions:
        raise Forbidden("extend", say(
            "“{label}” of permit {permit} has been extended {times} times, and {basis} allows {most}: the holder meets it, or "
            "it lapses",
            label=asked.label, permit=permit, times=found.extensions_of(condition), basis=asked.basis, most=asked.extensions))
    clock = case.clock(name_of(found.seq, condition))
    if clock is None or clock.lapses_at is None or clock.lapses_at <= now:
        raise Forbidden("extend", say(
            "the time for “{label}” of permit {permit} is over; an extension is asked for before",
            label=asked.label, permit=permit))
    return events.ConditionExtended(permit=permit, condition=condition, amount=asked.extension_amount,
                                    document=required("document", document, "the number of the approval"))


def meet(case: Case, *, permit: str, condition: str, met_on: date, now: datetime) -> Fact:
    """The holder has met a condition: the construction has begun. Raises Forbidden, InvalidInput."""
    found, asked = _condition(case, permit, condition)
    if condition in found.met:
        raise Forbidden("meet", say("“{label}” of permit {permit} has been met already", label=asked.label, permit=permit))
    if met_on > local_day(now):
        raise InvalidInput("met_on", say("{met_on} has not come yet", met_on=met_on))
    return events.ConditionMet(permit=permit, condition=condition, met_on=met_on)


def deemed_renewed(case: Case, clock: str, now: datetime) -> Permit | None:
    """The permit that ends with this clock now, and would be deemed renewed if a renewal had been asked for in time and not
    decided on (行政许可法 art. 50). None: the clock is none of an end, or has not run out yet, or did before."""
    ending = case.clock(clock)
    if ending is None or ending.has_lapsed or ending.lapses_at is None or ending.lapses_at > now:
        return None
    return next((each for each in case.permits if name_of(each.seq, EXPIRY) == clock and not each.is_deemed_renewed
                 and each.state is PermitState.IN_FORCE), None)


def told(case: Case, *, permit: str, act: Act, by_case: str) -> Fact | None:
    """The case that granted a permit learns what was done to it; None: it knows, or cannot any more."""
    found = next((each for each in case.permits if each.number == permit), None)
    if found is None or (act is not Act.CHANGE and RESULTS[act] not in ALLOWED[found.state]):
        return None
    return events.PermitActTold(permit=permit, act=act.value, by_case=by_case)


def _condition(case: Case, permit: str, condition: str) -> tuple[Permit, Condition]:
    found = next((each for each in case.permits if each.number == permit), None)
    if found is None:
        raise InvalidInput("permit", say("case {case} has granted no permit {permit}", case=case.number, permit=permit))
    asked = found.condition(condition)
    if asked is None:
        names = tuple(each.name for each in found.conditions) or say("none")
        raise InvalidInput("condition", say(
            "permit {permit} has no condition “{condition}”, but {known}", permit=permit, condition=condition, known=names))
    if found.state is not PermitState.IN_FORCE:
        raise Forbidden("condition of a permit", say(
            "permit {permit} is {state}, its conditions are over", permit=permit, state=found.state))
    return found, asked


def _allowed(state: PermitState) -> Sentence:
    if state is PermitState.IN_FORCE:
        return say("nothing of the kind may follow")
    if PermitState.CANCELLED in ALLOWED[state]:
        return say("it can only be cancelled 注销 (行政许可法 art. 70)")
    return say("nothing may follow")


def _check_renewal(permit: Standing, late_reason: str, now: datetime) -> None:
    if permit.valid_until is None:
        raise Forbidden("延续 of a permit", say("permit {permit} has no end, there is nothing to renew", permit=permit.number))
    latest = permit.valid_until - timedelta(days=RENEWAL_DAYS)
    if local_day(now) > latest and not late_reason.strip():
        raise Forbidden("延续 of a permit", say(
            "permit {permit} ends on {valid_until}; a renewal is applied for thirty days before, by {latest} (行政许可法 art. "
            "50). Give the reason for being late (late_reason), or apply for a new permit",
            permit=permit.number, valid_until=permit.valid_until, latest=latest))


def _check_changes(act: Act, changes: Mapping[str, str]) -> None:
    if act is not Act.CHANGE:
        return
    if not changes or any(not text.strip() for text in changes.values()):
        raise InvalidInput("data.changes", say(
            "变更 says what changes, some of {changeable}, and into what", changeable=tuple(sorted(CHANGEABLE))))
    for field in changes:
        if field not in CHANGEABLE:
            raise InvalidInput(f"data.changes.{field}", say(
                "a change alters {changeable}; for anything else apply for a new permit or a renewal",
                changeable=tuple(sorted(CHANGEABLE))))
