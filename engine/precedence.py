"""Whose limit counts: a project's commitment, the office's own value, the catalogue of matters, or the diagram.

Decides which number a clock of a case starts with, and where that number comes from, so that a page can show both. It knows
the values that compete, not where they are kept.

The order: a commitment, if it is shorter than what would count without it, > the office's own value > the catalogue > the
diagram. What follows from that:

- Only lengths that can be compared are compared: the same unit, or half-days with working days; no time at all is never the
  longer. A commitment that cannot be compared, or is no shorter, does not count, and `passed_over` says why.
- A commitment is a promise to an investor. It shortens what the office has promised, aims at, or gives a stage; never a limit
  that a statute sets, nor one that protects the public or the applicant (公示期, 申请人期限).
- A target 力争 that an agreement promises becomes a promise (issue of cards included), with the same number too. With a longer
  number in the agreement it stays the target it was: nobody has promised the shorter one.
- A limit drawn without a number has no default: it takes the project's commitment, however long, or else what the office has
  entered in the catalogue for it. Without either there is no limit, and whoever starts it asks for the number. Where only a
  project may give it, the catalogue takes none (`engine.catalogue.LimitGiver`).

What an office promises must not be longer than the statute (承诺时限不得超过法定时限), unless that is documented.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from engine.errors import InvalidInput
from engine.limits import Limit, LimitKind, Unit
from engine.sentences import Sentence, say


class Source(StrEnum):
    """Where a limit's number comes from."""

    COMMITMENT = "commitment"  # 项目承诺: the project's agreement
    OFFICE = "office"  # 本级规定: the office's own value
    CATALOGUE = "catalogue"  # 事项库
    DIAGRAM = "diagram"  # 流程图


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """承诺清单: what an agreement promises a project. `item`: a process, or the name a limit asks for (`Limit.item`).
    `clause`: what the breach is judged by (违约责任). `agreement`: its document number. `start_event`: as it words it."""

    item: str
    amount: int
    unit: Unit
    clause: str = ""
    agreement: str = ""
    start_event: str = ""
    responsible: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """Why a promise may be longer than the statute: the document it rests on, who approved it, and the reason."""

    basis: str
    approver: str
    explanation: str

    def __post_init__(self) -> None:
        for name in ("basis", "approver", "explanation"):
            if not getattr(self, name).strip():
                raise InvalidInput(f"exception.{name}", "an exception from “promised ≤ statutory” needs its basis, its "
                                                        "approver and an explanation; this one is missing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """The limit that counts. `becomes`: the kind of clock it starts, which is `limit.kind` too. `passed_over`: why a
    commitment there is does not count, "" when it does or there is none."""

    limit: Limit
    source: Source
    becomes: LimitKind
    passed_over: str = ""


_MAY_BE_SHORTENED = frozenset({LimitKind.PROMISED, LimitKind.TARGET, LimitKind.STAGE})
_HALF_DAYS: Mapping[Unit, int] = {Unit.HALF_DAY: 1, Unit.WORKDAY: 2}
"""The only units whose lengths have a fixed ratio wherever they begin: a working hour depends on the hall, a calendar day on
the holidays."""


def settle(
    drawn: Limit, *, office: Limit | None, catalogue: Limit | None, commitment: Commitment | None,
) -> Settled | None:
    """The limit that counts instead of a drawn one. None: the number is missing, because the diagram has none and nobody gives
    it. Of the other values the amount, the unit and the basis are taken; how it is counted stays drawn."""
    below = _without_commitment(drawn, office, catalogue)
    if drawn.needs_commitment and commitment is not None:
        return _committed(below.limit, commitment)
    if below.limit.needs_commitment:
        return None
    if commitment is None:
        return below
    refused = _passed_over(below.limit, commitment)
    return replace(below, passed_over=refused) if refused else _committed(below.limit, commitment)


def is_longer(one: Limit, other: Limit) -> bool | None:
    """Is the first limit longer than the second? None: the two cannot be compared."""
    if one.unit is other.unit:
        return one.amount > other.amount
    if one.amount == 0 or other.amount == 0:
        return one.amount > 0
    if one.unit in _HALF_DAYS and other.unit in _HALF_DAYS:
        return one.amount * _HALF_DAYS[one.unit] > other.amount * _HALF_DAYS[other.unit]
    return None


def check_promise(promised: Limit, statutory: Limit, exception: Departure | None) -> None:
    """Promised ≤ statutory (the practice of all government services; the seed's own general deregistration, 5–10 working days
    against today's 3 + 3 of 市场主体登记管理条例 art. 19, needs the exception). Raises InvalidInput when it is longer, or
    cannot be compared, and no exception documents why."""
    if exception is not None:
        return
    match is_longer(promised, statutory):
        case True:
            raise InvalidInput("amount", say(
                "the promise of {promised} is longer than the statutory {statutory}{by}: give a shorter promise, or document "
                "the exception with its basis, approver and explanation",
                promised=_length(promised), statutory=_length(statutory), by=_by(statutory)))
        case None:
            raise InvalidInput("unit", say(
                "the promise in {unit} cannot be compared with the statutory {statutory}{by}: use its unit, or document the "
                "exception with its basis, approver and explanation",
                unit=promised.unit, statutory=_length(statutory), by=_by(statutory)))


def check_commitment(commitment: Commitment, current: Limit) -> None:
    """A commitment must be comparable with the limit it may shorten. Raises InvalidInput: where a number means another thing
    than the one it competes with, nobody could say which of the two counts."""
    if current.needs_commitment:
        return
    if is_longer(_as_limit(commitment, current), current) is None:
        raise InvalidInput("unit", say(
            "the commitment in {unit} cannot be compared with the limit of {current} it would shorten: give it in {wanted}",
            unit=commitment.unit, current=_length(current), wanted=current.unit))


def _without_commitment(drawn: Limit, office: Limit | None, catalogue: Limit | None) -> Settled:
    for source, value in ((Source.OFFICE, office), (Source.CATALOGUE, catalogue)):
        if value is not None:
            limit = replace(drawn, amount=value.amount, unit=value.unit, basis=value.basis or drawn.basis,
                            needs_commitment=False)
            return Settled(limit=limit, source=source, becomes=drawn.kind)
    return Settled(limit=drawn, source=Source.DIAGRAM, becomes=drawn.kind)


def _passed_over(below: Limit, commitment: Commitment) -> str:
    """Why a commitment does not count against the limit below it; "" when it does."""
    if below.kind not in _MAY_BE_SHORTENED:
        return say("an agreement does not change a limit of the kind {limit}", limit=below.kind)
    committed = _as_limit(commitment, below)
    is_shorter = is_longer(below, committed)
    if is_shorter is None:
        return say("the commitment in {unit} cannot be compared with {current}", unit=commitment.unit, current=_length(below))
    is_as_long = not is_shorter and is_longer(committed, below) is False
    if is_shorter or (is_as_long and below.kind is LimitKind.TARGET):
        return ""
    return say("the commitment of {committed} is not shorter than {current}",
               committed=_length(committed), current=_length(below))


def _committed(below: Limit, commitment: Commitment) -> Settled:
    limit = _as_limit(commitment, below)
    return Settled(limit=limit, source=Source.COMMITMENT, becomes=limit.kind)


def _as_limit(commitment: Commitment, below: Limit) -> Limit:
    kind = LimitKind.PROMISED if below.kind is LimitKind.TARGET else below.kind
    basis = " ".join(part for part in (commitment.agreement, commitment.clause) if part)
    return replace(below, amount=commitment.amount, unit=commitment.unit, kind=kind, basis=basis or below.basis,
                   needs_commitment=False)


def _length(limit: Limit) -> Sentence:
    return say("{amount} {unit}", amount=limit.amount, unit=limit.unit)


def _by(limit: Limit) -> Sentence:
    return say(" ({basis})", basis=limit.basis) if limit.basis else Sentence("")
