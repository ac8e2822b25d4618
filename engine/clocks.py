"""A clock of a case: a limit that runs, from an instant, with what stopped and extended it.

The facts start, move and stop clocks (`engine.consequences` decides when); a `Clock` is what they come to. Its due date is
counted from its limit and never stored as truth: the stored one is what the last fact about it said.

Names. A clock of the case as a whole bears the kind it is drawn with (statutory, promised, target) or the moment it belongs
to (hand_over). One that belongs to a drawn timer, a stop or an order bears its kind and the number of that: stage:17,
stop:12, order:31; of what follows a grant or a declaration, also what it is: follow_up:12:begin_work. Two that share a name
never run at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from engine import events
from engine.calendar import Calendar
from engine.events import Recorded
from engine.limits import CASE_CLOCKS, Deadline, Extension, Limit, LimitKind, Unit, deadline
from engine.stops import Stop, ground_name, stopping

_MOVES: Mapping[str, str] = {"started": "起算", "stopped": "停表", "resumed": "恢复计时", "extended": "延期",
                             "calendar": "工作日历变更"}
_KEPT = CASE_CLOCKS | {LimitKind.HAND_OVER}


class Clock(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A running or stopped limit of the case. `due` is the date, or the minute of a shorter unit; None while stopped.
    `lapses_at` is the instant from which it is late. `version` counts its deadlines, `extra` what extensions have added.

    `source`: where its number comes from. `counted_from`, `event`: as `engine.limits.deadline` takes them. `node`, `token`:
    the drawn timer it belongs to; token None for a clock of the case. `law`: the calendar's version it was last counted with.
    `told`: the rungs of the ladder reached for this deadline. `stopped_on`: the day it was over; None while it runs.
    """

    name: str
    kind: LimitKind
    amount: int
    unit: Unit
    counted_from: datetime
    due: str | None
    due_on: date | None
    lapses_at: datetime | None
    event: str = "accepted"
    basis: str = ""
    source: str = "diagram"
    count_first_day: bool = False
    roll_off_holiday: bool = True
    node: str = ""
    token: int | None = None
    extra: int = 0
    is_provisional: bool = False
    version: int = 1
    law: int = 0
    has_lapsed: bool = False
    told: tuple[str, ...] = ()
    stopped_on: date | None = None

    @property
    def limit(self) -> Limit:
        """Its limit, without extensions."""
        return Limit(amount=self.amount, unit=self.unit, kind=self.kind, basis=self.basis,
                     count_first_day=self.count_first_day, roll_off_holiday=self.roll_off_holiday)

    @property
    def extensions(self) -> tuple[Extension, ...]:
        """What has been added to it."""
        return (Extension(amount=self.extra, unit=self.unit),) if self.extra else ()

    @property
    def is_running(self) -> bool:
        """Is it not over? A clock that a stop holds still is running too."""
        return self.stopped_on is None

    def counted(self, calendar: Calendar, stops: Iterable[Stop]) -> Deadline:
        """Its deadline, counted anew. Raises InvalidInput when the count leaves the calendar."""
        return deadline(calendar, self.limit, self.counted_from, event=self.event,
                        suspensions=stopping(stops, self.kind), extensions=self.extensions)


def move_said(reason: str) -> str:
    """What moved a deadline, as the offices say it. `reason`: of the fact, a word and what it rests on (“stopped: testing”)."""
    move, colon, basis = reason.partition(": ")
    return f"{_MOVES[move]}：{ground_name(basis)}" if colon and move in _MOVES else reason


def folded(clocks: tuple[Clock, ...], counted_from: datetime | None, recorded: Recorded) -> dict[str, Any]:
    """What a fact changes about the clocks, as a change of the case; nothing when it tells of none. `counted_from`: the instant
    from which the limits of the case count, None before acceptance."""
    match fact := recorded.fact:
        case events.ClockStarted():
            return {"clocks": (*(clock for clock in clocks if clock.name != fact.clock), _started(fact, counted_from))}
        case events.ClockMoved():
            return _changed(clocks, fact.clock, lambda clock: _moved(clock, fact, recorded.at))
        case events.ClocksRecounted():
            return {"clocks": _recounted(clocks, fact, recorded.at)}
        case events.ClockStopped():
            return {"clocks": tuple(each for clock in clocks
                                    if (each := _stopped(clock, fact) if clock.name == fact.clock else clock) is not None)}
        case events.DeadlineLapsed():
            return _changed(clocks, fact.clock, lambda clock: replace(clock, has_lapsed=True))
        case events.LapseRepaired():
            return _changed(clocks, fact.clock, lambda clock: replace(clock, has_lapsed=False))
        case events.Escalated():
            return _changed(clocks, fact.clock, lambda clock: replace(clock, told=(*clock.told, fact.rung)))
    return {}


def _changed(clocks: tuple[Clock, ...], name: str, change: Callable[[Clock], Clock]) -> dict[str, Any]:
    return {"clocks": tuple(change(clock) if clock.name == name else clock for clock in clocks)}


def _started(fact: events.ClockStarted, of_case: datetime | None) -> Clock:
    counted_from = fact.counted_from or of_case
    assert counted_from is not None
    return Clock(
        name=fact.clock, kind=LimitKind(fact.kind or fact.clock), amount=fact.amount, unit=Unit(fact.unit), basis=fact.basis,
        source=fact.source, counted_from=counted_from, event=fact.event, count_first_day=fact.count_first_day,
        roll_off_holiday=fact.roll_off_holiday, node=fact.node, token=fact.token, due=fact.due, due_on=fact.due_on,
        lapses_at=fact.lapses_at, is_provisional=fact.is_provisional, law=fact.law, extra=fact.extra)


def _recounted(clocks: tuple[Clock, ...], fact: events.ClocksRecounted, at: datetime) -> tuple[Clock, ...]:
    by_name = {recount.clock: recount for recount in fact.recounts}
    return tuple(clock if (recount := by_name.get(clock.name)) is None else _with(clock, recount, clock.extra, fact.law, at)
                 for clock in clocks)


def _moved(clock: Clock, fact: events.ClockMoved, at: datetime) -> Clock:
    return _with(clock, fact, fact.extra, fact.law, at)


def _with(clock: Clock, deadline: events.ClockMoved | events.Recount, extra: int, law: int, at: datetime) -> Clock:
    """A deadline that differs from the one before is a further version, with a ladder of its own."""
    is_new = deadline.due != clock.due
    lapses_at = deadline.lapses_at
    return replace(
        clock, due=deadline.due, due_on=deadline.due_on, lapses_at=lapses_at, is_provisional=deadline.is_provisional,
        extra=extra, law=law, version=clock.version + is_new, told=() if is_new else clock.told,
        has_lapsed=clock.has_lapsed and lapses_at is not None and lapses_at <= at)


def _stopped(clock: Clock, fact: events.ClockStopped) -> Clock | None:
    """The clocks of the case itself are kept: how it came out is asked of them."""
    return replace(clock, stopped_on=fact.stopped_on) if clock.token is None and clock.kind in _KEPT else None
