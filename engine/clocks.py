"""A clock of a case: a limit that runs, from an instant, with what stopped and extended it.

The facts start, move and stop clocks (`engine.consequences` decides when); a `Clock` is what they come to. Its due date is
counted from its limit and never stored as truth: the stored one is what the last fact about it said.

Names. A clock of the case as a whole bears the kind it is drawn with (statutory, promised, target) or the moment it belongs
to (hand_over). One that belongs to a drawn timer, a stop or an order bears its kind and the number of that: stage:17,
stop:12, order:31; of what follows a grant or a declaration, also what it is: follow_up:12:begin_work. Two that share a name
never run at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from msgspec import Struct

from engine.calendar import Calendar
from engine.limits import Deadline, Extension, Limit, LimitKind, Unit, deadline
from engine.stops import Stop, ground_name, stopping

_MOVES: Mapping[str, str] = {"started": "起算", "stopped": "停表", "resumed": "恢复计时", "extended": "延期",
                             "calendar": "工作日历变更"}


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
