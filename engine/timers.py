"""When a drawn timer is due.

A timer event opens a wait; this module says at which instant it should fire, from the moment the wait opened. A limit
(`jb:limit`) is counted by `engine.limits`; the limits of the case itself (statutory, promised, target) are not asked here
but of the case's own clock, because acceptance, stops and extensions move them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from engine.calendar import Calendar
from engine.definitions.model import Timer, TimerKind
from engine.errors import InvalidInput
from engine.iso8601 import parse_cycle, parse_duration, parse_instant
from engine.limits import LimitKind, Suspension, deadline
from engine.sentences import sentence_of


def due_at(
    timer: Timer, opened_at: datetime, calendar: Calendar, *, previous: datetime | None = None,
    suspensions: Sequence[Suspension] = (), event: str | None = None,
) -> datetime | None:
    """The instant a timer is due; None while a suspension without end covers it.

    `previous`: the last scheduled firing of a cycle. `event`: what a limit counts from, when not its kind's ordinary
    event. Raises ValueError, and nothing else, with a sentence: the text (the value of an expression) is no ISO 8601, or
    what it says lies outside the calendar.
    """
    try:
        return _due_at(timer, opened_at, calendar, previous, suspensions, event)
    except (InvalidInput, OverflowError) as error:
        raise ValueError(sentence_of(error)) from error


def _due_at(
    timer: Timer, opened_at: datetime, calendar: Calendar, previous: datetime | None, suspensions: Sequence[Suspension],
    event: str | None,
) -> datetime | None:
    text = timer.text or ""
    match timer.kind:
        case TimerKind.DATE:
            return parse_instant(text)
        case TimerKind.DURATION:
            return parse_duration(text).after(opened_at)
        case TimerKind.CYCLE:
            cycle = parse_cycle(text)
            return cycle.period.after(previous) if previous else cycle.first(opened_at)
        case TimerKind.LIMIT:
            assert timer.limit is not None
            noticed = timer.limit.kind in (LimitKind.NOTICE, LimitKind.APPLICANT)
            found = deadline(calendar, timer.limit, opened_at, event=event or ("noticed" if noticed else "accepted"),
                             suspensions=suspensions)
            return found.lapses_at
