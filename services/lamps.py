"""The lamp 亮灯 of a case and of each of its clocks, at an instant. Computed for every look, never stored.

Decides under which policy and on which calendar a clock is judged: those of its case. The colours are decided by
`engine.supervision`. While a clock runs, a limit of at most one working day is judged by the minute; one that is over is judged
by the day on which it was, as the case's standing is.
"""

from __future__ import annotations

from datetime import datetime

from engine.case import Case, local_day
from engine.clocks import Clock
from engine.supervision import Lamp, lamp
from services.office import Office


def case_lamp(office: Office, case: Case, now: datetime) -> Lamp:
    """The lamp of the clock people look at; grey before acceptance and for a case without limits."""
    return Lamp.GREY if case.governing is None else clock_lamp(office, case, case.governing, now)


def clock_lamp(office: Office, case: Case, clock: Clock, now: datetime) -> Lamp:
    """The lamp of one clock; grey for one that was over because its case ended without being concluded (撤件, 终止 …)."""
    if not clock.is_running and case.concluded_on is None:
        return Lamp.GREY
    terms = office.general_terms(case)
    return lamp(
        terms.calendar, terms.policy, local_day(now), due_on=clock.due_on, amount=clock.amount,
        is_provisional=clock.is_provisional, stopped_on=clock.stopped_on, unit=clock.unit, lapses_at=clock.lapses_at,
        now=now if clock.is_running else None)
