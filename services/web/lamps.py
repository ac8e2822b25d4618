"""The lamp 亮灯 of a case and of each of its clocks, on a day. Computed for every look, never stored."""

from __future__ import annotations

from datetime import date

from engine.case import Case, Clock
from engine.supervision import Lamp, lamp
from services.office import Office


def case_lamp(office: Office, case: Case, today: date) -> Lamp:
    """The lamp of the clock people look at; grey before acceptance and for a case without limits."""
    return Lamp.GREY if case.governing is None else clock_lamp(office, case, case.governing, today)


def clock_lamp(office: Office, case: Case, clock: Clock, today: date) -> Lamp:
    """The lamp of one clock. A case that ended without being concluded (撤件, 不予受理 …) has no running clock."""
    if case.standing is not None and case.concluded_on is None:
        return Lamp.GREY
    return lamp(office.calendar, office.policy, today, due_on=clock.due_on, amount=clock.amount,
                is_provisional=clock.is_provisional, stopped_on=case.concluded_on)
