"""Lapses 逾期 that no bell has told yet: of a clock that a fact is about to end, of one that is over when it begins.

A lapse is told before what would hide it: who concludes late, before the bell has rung, is late all the same. What follows from
a lapse is decided elsewhere (`engine.consequences`).
"""

from __future__ import annotations

from datetime import datetime, time

from engine import events
from engine.calendar import SHANGHAI
from engine.case import Case, ends, local_day
from engine.clocks import Clock
from engine.events import Fact
from engine.limits import CASE_CLOCKS, OUTLIVING
from engine.undertakings import SUPPLY


def unnoticed(case: Case, fact: Fact, now: datetime) -> tuple[Fact, ...]:
    """The lapses of the clocks that a fact is about to end."""
    if not (isinstance(fact, events.ClockStopped | events.MaterialsSupplied) or ends(fact)):
        return ()
    name = {events.ClockStopped: getattr(fact, "clock", None), events.MaterialsSupplied: SUPPLY}.get(type(fact))
    return tuple(_lapsed(clock, now) for clock in case.running
                 if (clock.name == name if name else clock.kind not in OUTLIVING)
                 and not clock.has_lapsed and clock.lapses_at is not None and clock.lapses_at <= _judged_at(case, clock, now))


def already(case: Case, fact: events.ClockStarted, now: datetime) -> tuple[Fact, ...]:
    """A deemed acceptance counts from the receipt, a case brought in from its acceptance elsewhere: a limit may be over when it
    begins."""
    if fact.lapses_at is None or fact.lapses_at > _judged_at(case, case.clock(fact.clock), now):
        return ()
    return (events.DeadlineLapsed(clock=fact.clock, node=fact.node, due_on=fact.due_on, scheduled_at=fact.lapses_at,
                                  noticed_at=now),)


def _lapsed(clock: Clock, now: datetime) -> Fact:
    assert clock.lapses_at is not None
    return events.DeadlineLapsed(clock=clock.name, node=clock.node, due_on=clock.due_on, version=clock.version,
                                 scheduled_at=clock.lapses_at, noticed_at=now)


def _judged_at(case: Case, clock: Clock | None, now: datetime) -> datetime:
    """Up to when a clock is judged: one of the case that was concluded before it was brought in, up to that day."""
    if clock is None or clock.token is not None or clock.kind not in CASE_CLOCKS or case.concluded_on in (None, local_day(now)):
        return now
    assert case.concluded_on is not None
    return datetime.combine(case.concluded_on, time(), SHANGHAI)
