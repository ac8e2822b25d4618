"""Facts about granted permits: in the case that granted one, and in the cases that point at one.

A permit outlives the case that grants it. What happens to it afterwards is told in that case's chain, whose clocks of the
permit run on; what a later case does to it, in the chain of that case, and then once more in the first (`PermitActTold`), each
in a transaction of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What the holder has to do within a time, or the permit lapses: `amount` of `unit` from the grant. `name`: as facts
    call it (`begin_work`). `extensions`: how often it may be extended, by `extension_amount` of the unit each time."""

    name: str
    label: str
    amount: int
    unit: str
    basis: str
    extensions: int = 0
    extension_amount: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitGranted:
    """制证: the case has granted a permit with this number. `sort`: of the shelf's list. `authority`: who decided, `seal`:
    whose seal it bears. `valid_until` None: without end. `follows`: the number of the permit it renews, "" for a first one."""

    number: str
    sort: str
    name: str
    holder: str
    holder_code: str
    authority: str
    seal: str
    granted_on: date
    valid_from: date
    valid_until: date | None
    conditions: Sequence[Condition] = ()
    follows: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitNamed:
    """The case is about a granted permit: an act of 变更, 延续, 撤销, 撤回 or 注销 (`engine.permits.Act`) with its `ground`.
    `changes`: what a change 变更 makes of it. `late_reason`: why a renewal comes later than thirty days before the end."""

    permit: str
    act: str
    ground: str
    basis: str
    changes: Mapping[str, str]
    late_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitActedOn:
    """What the case asked for was granted: the permit it points at has become another, or is no longer in force."""

    permit: str
    act: str
    basis: str
    changes: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitActTold:
    """The case that granted a permit has learnt what the case `by_case` did to it."""

    permit: str
    act: str
    by_case: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionMet:
    """The holder has done in time what a condition asks: the construction has begun."""

    permit: str
    condition: str
    met_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionExtended:
    """A condition's time was extended, counted from its original start. `document`: of the approval."""

    permit: str
    condition: str
    amount: int
    document: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitLapsed:
    """自行废止: a condition's time was over before it was met."""

    permit: str
    condition: str
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitDeemedRenewed:
    """视为准予延续 (行政许可法 art. 50): the permit ended before the office had decided on the renewal asked for in time, in
    the case `by_case`. It stays in force until that case has made the one that follows."""

    permit: str
    by_case: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitExpired:
    """有效期届满: the permit was not renewed."""

    permit: str
