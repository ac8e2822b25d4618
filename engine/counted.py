"""A case as the figures see it: whose it is, what became of it and when, its limits, what stood still.

A plain value, so that a case as it is and a case as it was at some earlier fact are counted in the same way. It does not know
what is counted (`engine.tallies`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from engine.cards import CardState
from engine.case import Case, local_day
from engine.clocks import Clock
from engine.lifecycle import Standing, State
from engine.limits import CASE_CLOCKS, LimitKind, Unit
from engine.months import Month
from engine.ratings import Rating
from engine.stops import Stop

ALL = ""
"""In a group: all parks, all departments or all processes."""

NOT_STATED = "（未填）"
"""The park or department of a case that names none; the empty word means all of them."""

_CASE_CLOCKS = frozenset(kind.value for kind in CASE_CLOCKS)


class Group(NamedTuple):
    """Whose figures: one park, department and process, or `ALL` of any of them."""

    park: str = ALL
    department: str = ALL
    process: str = ALL


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A limit of a case: its length without extensions, and the day it is due; None while stopped."""

    amount: int
    unit: Unit
    due_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What the figures look at in a case. `governing`: the limit people look at (promised, else target, else statutory); None
    for a case without limits. `ended_on`: the day it ended, with or without a conclusion; None while something is left to do.
    `is_exempted`: its lapse was found excusable 容错. `is_bundle`: the one application 一件事 for several matters;
    `is_of_bundle`: one of those. `is_refiled`: it was withdrawn within thirty days before and is filed again. `rating`: how
    the applicant has rated it 好差评, None: he has not."""

    number: str
    group: Group
    state: State
    standing: Standing | None = None
    accepted_on: date | None = None
    concluded_on: date | None = None
    ended_on: date | None = None
    governing: Measured | None = None
    promised: Measured | None = None
    statutory: Measured | None = None
    stops: tuple[Stop, ...] = ()
    is_exempted: bool = False
    is_bundle: bool = False
    is_of_bundle: bool = False
    is_refiled: bool = False
    rating: Rating | None = None

    @property
    def is_instant(self) -> bool:
        """即办件: decided on the spot (行政许可法 art. 34)."""
        return self.governing is not None and self.governing.amount == 0


def counted(case: Case) -> Counted:
    """What the figures look at in a case."""
    return Counted(
        number=case.number, state=case.state, standing=case.standing, accepted_on=case.accepted_on,
        group=Group(park=case.park or NOT_STATED, department=case.department or NOT_STATED, process=case.process),
        concluded_on=case.concluded_on, ended_on=local_day(case.ended_at) if case.ended_at else None,
        governing=_measured(case.governing), promised=_of_kind(case, LimitKind.PROMISED),
        statutory=_of_kind(case, LimitKind.STATUTORY), stops=case.all_stops, is_exempted=_is_exempted(case),
        is_bundle=case.is_bundle, is_of_bundle=bool(case.parent), is_refiled=bool(case.refiles),
        rating=case.rating)


def _measured(clock: Clock | None) -> Measured | None:
    return None if clock is None else Measured(amount=clock.amount, unit=clock.unit, due_on=clock.due_on)


def _of_kind(case: Case, kind: LimitKind) -> Measured | None:
    """The limit of this kind that holds for the case as a whole."""
    return _measured(next((clock for clock in case.clocks if clock.kind is kind and clock.token is None), None))


def _is_exempted(case: Case) -> bool:
    """容错 (measure 19): every card the lapse of a limit of the case has brought was exempted. One written off does not count
    any more, one that stays keeps the case accountable."""
    states = {card.state for card in case.cards if card.clock in _CASE_CLOCKS} - {CardState.WRITTEN_OFF}
    return states == {CardState.EXEMPTED}


def is_overdue(case: Counted, month: Month, through: date) -> bool:
    """超期未办结: accepted, due by `through`, and at the month's end neither concluded nor ended. A limit that falls due on the
    month's last day has lapsed when the month is over."""
    if case.accepted_on is None or case.governing is None or case.governing.due_on is None:
        return False
    is_open = all(day is None or day > month.last for day in (case.concluded_on, case.ended_on))
    return is_open and case.accepted_on <= month.last and case.governing.due_on <= through
