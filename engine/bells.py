"""What has to be done about a clock, and when: its lapse, the rungs of its ladder, the red card after a yellow one.

Every stroke of a bell has the instant it is due. One that was missed, because the machine was down or the clock began late, is
done late, in the order of the instants; each is done once for a deadline, which the facts say (`Clock.has_lapsed`,
`Clock.told`, the cards).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from engine.cards import CardState
from engine.case import Case
from engine.clocks import Clock
from engine.consequences import Terms
from engine.ladder import Rung
from engine.supervision import Colour, reddens_at, rungs

RED_AFTER_YELLOW = "yellow_unanswered"
"""The rule of the red card for a case that is still not done some days after its yellow one."""


class Deed(Enum):
    """What a stroke calls for, in the order in which those of one instant are done."""

    LAPSE = 0
    REDDEN = 1
    TELL = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Stroke:
    """A stroke of a clock's bell: something to be done about it at an instant (UTC). `rung`: of TELL."""

    at: datetime
    deed: Deed
    rung: Rung | None = None


def strokes(case: Case, clock: Clock, terms: Terms) -> list[Stroke]:
    """What is left to be done about a running clock, in order; nothing while it is stopped."""
    if not clock.is_running or clock.lapses_at is None:
        return []
    return sorted(_strokes(case, clock, terms), key=lambda stroke: (stroke.at, stroke.deed.value))


def rings_at(case: Case, clock: Clock, terms: Terms) -> datetime | None:
    """When the next thing has to be done about a clock; None: nothing is left."""
    if not clock.is_running or clock.lapses_at is None:
        return None
    return min((stroke.at for stroke in _strokes(case, clock, terms)), default=None)


def _strokes(case: Case, clock: Clock, terms: Terms) -> Iterator[Stroke]:
    assert clock.lapses_at is not None
    if not clock.has_lapsed:
        yield Stroke(at=clock.lapses_at, deed=Deed.LAPSE)
    for rung, at in rungs(terms.policy, terms.calendar, kind=clock.kind, due=clock, amount=clock.amount, unit=clock.unit):
        if rung.name not in clock.told and not _is_past(case, at):
            yield Stroke(at=at, deed=Deed.TELL, rung=rung)
    if clock.due_on is not None and _may_redden(case, clock):
        at_red = reddens_at(terms.calendar, terms.policy, clock.due_on)
        if at_red is not None:
            yield Stroke(at=at_red, deed=Deed.REDDEN)


def _is_past(case: Case, at: datetime) -> bool:
    """Was this reached before the case was brought in? Who had to be told then was told there: an office that switches over on
    a Monday is not called about every case that was late before."""
    return case.brought_in_at is not None and at <= case.brought_in_at


def _may_redden(case: Case, clock: Clock) -> bool:
    """Has this deadline a yellow card that stands, and no red one after it?"""
    of_deadline = [card for card in case.cards if (card.clock, card.version) == (clock.name, clock.version)]
    yellow = any(card.colour == Colour.YELLOW.value and card.state not in (CardState.WRITTEN_OFF, CardState.EXEMPTED)
                 for card in of_deadline)
    return yellow and not any(card.rule == RED_AFTER_YELLOW for card in of_deadline)
