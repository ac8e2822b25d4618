"""Which consequence a lapse has: lamps, cards and the instants of the ladder, as policy values.

Sources: domain rules §4.2, after the electronic supervision rules of the provinces. This module decides colours and
instants; it does not know who is told, nor through which channel. What an office has decided is a `Policy`; what it has not,
the defaults here.

A lamp shows the most urgent thing that is true of a clock:

    red     the limit has lapsed, be it on a provisional date: whoever waits for a notice of holidays is late all the same
    grey    no day counts at present, so nothing can become late
    yellow  it lapses soon. Before blue: that a date is provisional is written beside it anyway, and it may move either way
    blue    there is time, but the date may still move
    green   there is time

A clock *warns* from an instant on, the same for its lamp and for the first rung of its ladder:

- a limit of at most one working day, two working hours before its close (hall hours; the day before if need be);
- a longer one on the day on which at most the larger of one working day and a fifth of the limit is left, rounded down;
- one of ten working days or more, on the day on which two are left.

A limit in other units is taken for the working days it lasts at least: two half-days, the hall's hours of a day, 24 clock
hours, or 7 calendar days for 5; a month for 21.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from typing import Protocol

from engine.calendar import SHANGHAI, Calendar
from engine.errors import InvalidInput
from engine.ladder import LADDER, Moment, Rung
from engine.limits import LimitKind, Unit
from engine.sentences import say

_WORKDAYS_A_MONTH = 21
_BY_DAY = frozenset({Unit.WORKDAY, Unit.CALENDAR_DAY, Unit.MONTH})
"""The units whose last day is in time until its end."""
_DAYS_BEFORE = 30


class Colour(Enum):
    """A card 牌: an issued fact, for accountability."""

    YELLOW = "yellow"  # 黄牌: the promised limit or a stage limit lapsed
    RED = "red"  # 红牌: the statutory limit lapsed


class Lamp(Enum):
    """亮灯: computed progress, never stored."""

    GREEN = "green"  # 正常
    YELLOW = "yellow"  # 预警: it lapses soon
    RED = "red"  # 超期: the due date is over
    GREY = "grey"  # 暂停: stopped by a special procedure or a correction, or no clock runs
    BLUE = "blue"  # 暂定: passes through a year without a published calendar


class Due(Protocol):
    """Anything with a deadline: both None while it is stopped. `lapses_at`: as in `engine.limits.Deadline`."""

    @property
    def due_on(self) -> date | None: ...

    @property
    def lapses_at(self) -> datetime | None: ...


_CARDS: Mapping[LimitKind, Colour] = {
    LimitKind.STATUTORY: Colour.RED, LimitKind.PROMISED: Colour.YELLOW, LimitKind.STAGE: Colour.YELLOW,
    LimitKind.HAND_OVER: Colour.RED,  # ten working days by law (行政许可法 art. 44)
    LimitKind.HEARING: Colour.RED,  # twenty working days by law (art. 47)
}
COUNTS = ("red_after_yellow_workdays", "yellows_per_quarter", "warn_workdays", "warn_percent", "long_limit_workdays",
          "long_warn_workdays", "short_warn_minutes", "transfer_workdays", "rectify_workdays", "receipt_workdays")
"""The fields of a policy that are whole numbers from 0 up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What an office has decided. `cards`: the colour a lapse of each kind of limit issues; a kind not named issues none
    (a target 力争 is a target; notice and applicant's periods have consequences of their own). `target_cards`: a lapsed target
    issues a yellow card all the same.

    `reviewer_may_decide`: whoever has reviewed a case may decide it too (即办件; separation of duties, domain rules §6).

    `red_after_yellow_workdays`: a case that is still not done so long after its yellow card's due day gets a red one; 0:
    never. `yellows_per_quarter`: so many yellow cards of one section within a quarter make a red one; 0: never.

    `transfer_workdays`: 收件转送, how long who only receives may keep a case from the department that accepts it; 0: for ever.

    `rectify_workdays`: 差评整改, how long a department has to answer a bad rating; 0: for ever.

    `receipt_workdays`: 推送签收, how long whoever supervises has to sign for a pushed result; 0: for ever. Its lapse is ordered
    督办, and is never a card: the window has done what it had to.

    `warn_…`, `long_…` and `short_warn_minutes` (working minutes): when a clock begins to warn, see the module.
    """

    cards: Mapping[LimitKind, Colour] = field(default_factory=lambda: dict(_CARDS))
    target_cards: bool = False
    reviewer_may_decide: bool = False
    red_after_yellow_workdays: int = 2
    yellows_per_quarter: int = 3
    warn_workdays: int = 1
    warn_percent: int = 20
    long_limit_workdays: int = 10
    long_warn_workdays: int = 2
    short_warn_minutes: int = 120
    transfer_workdays: int = 1
    rectify_workdays: int = 15
    receipt_workdays: int = 1
    ladder: tuple[Rung, ...] = LADDER

    def __post_init__(self) -> None:
        for name in COUNTS:
            _check_count(getattr(self, name), name)
        if self.warn_percent > 100:
            raise InvalidInput("warn_percent", say(
                "expected at most 100 percent of the limit, found {found}", found=self.warn_percent))
        if len({rung.name for rung in self.ladder}) < len(self.ladder):
            raise InvalidInput("ladder", "two rungs have the same name; facts could not tell them apart")

    def card(self, kind: LimitKind) -> Colour | None:
        """The card a lapse of this kind of limit issues; None when it issues none."""
        if kind is LimitKind.PUSH:
            return None
        if kind is LimitKind.TARGET and self.target_cards:
            return self.cards.get(kind, Colour.YELLOW)
        return self.cards.get(kind)

    def reddens(self, yellows: int) -> bool:
        """Is the yellow card that makes so many of one section in a quarter followed by a red one? Once for each
        `yellows_per_quarter`."""
        return self.yellows_per_quarter > 0 and yellows > 0 and yellows % self.yellows_per_quarter == 0


def lamp(
    calendar: Calendar, policy: Policy, today: date, *, due_on: date | None, amount: int, is_provisional: bool,
    stopped_on: date | None = None, unit: Unit = Unit.WORKDAY, lapses_at: datetime | None = None,
    now: datetime | None = None,
) -> Lamp:
    """The lamp of a clock on `today`. `due_on` None: suspended or not started. `stopped_on`: the day the clock was
    stopped (办结); its lamp then no longer changes.

    With `lapses_at` and `now` (aware; of a stopped clock, the instant it stopped) a limit of at most one working day is
    judged by the minute; without, by the day, and it warns on its last.
    """
    if due_on is None:
        return Lamp.GREY
    if _is_late(stopped_on or today, due_on, unit, lapses_at, now):
        return Lamp.RED
    if stopped_on is not None:
        return Lamp.GREEN
    if _warns(calendar, policy, today, due_on, amount, unit, lapses_at, now):
        return Lamp.YELLOW
    return Lamp.BLUE if is_provisional else Lamp.GREEN


def warns_at(
    calendar: Calendar, policy: Policy, *, due_on: date, amount: int, unit: Unit = Unit.WORKDAY,
    lapses_at: datetime | None = None,
) -> datetime:
    """The instant (UTC) from which a clock warns; a longer limit as the hall opens on the day it begins to. It may lie before
    the clock has started (an acceptance shortly before the close): then the clock warns from its start. `lapses_at` matters
    for units shorter than a day."""
    if _is_short(calendar, amount, unit):
        day, minute = _close(calendar, due_on, unit, lapses_at)
        return _earlier(calendar, day, minute, policy.short_warn_minutes)
    return _opening(calendar, _warns_on(calendar, policy, due_on, amount, unit))


def turns(
    calendar: Calendar, policy: Policy, *, due_on: date, amount: int, unit: Unit, lapses_at: datetime,
) -> tuple[datetime, datetime]:
    """The instants (UTC) from which the `lamp` of a running clock is yellow, and from which it is red. A longer limit turns
    with the day; a shorter one by the minute, and its last minute is in time."""
    is_by_day = unit in _BY_DAY
    late_at = _instant(due_on + timedelta(days=1), 0) if is_by_day else lapses_at + timedelta(microseconds=1)
    if _is_short(calendar, amount, unit):
        return warns_at(calendar, policy, due_on=due_on, amount=amount, unit=unit, lapses_at=lapses_at), late_at
    return _instant(_warns_on(calendar, policy, due_on, amount, unit), 0), late_at


def warned_until(calendar: Calendar, policies: Iterable[Policy], today: date, *, closed: int = 0) -> datetime:
    """An instant (UTC) by which every clock is red whose lamp is yellow on a day, under any of these policies. `closed`: on
    how many days a calendar of some place may be closed beyond this one."""
    most = max(max(policy.long_warn_workdays, policy.warn_workdays,
                   policy.long_limit_workdays * policy.warn_percent // 100,
                   -(-policy.short_warn_minutes // calendar.hours.minutes)) for policy in policies)
    return _instant(calendar.workday_after(today, most + closed + 2), 0)


def rungs(
    policy: Policy, calendar: Calendar, *, kind: LimitKind, due: Due, amount: int, unit: Unit,
) -> tuple[tuple[Rung, datetime], ...]:
    """The rungs of a clock's ladder with their instants (UTC), in order; none while the clock is stopped, or when its kind of
    limit has no ladder. An instant that has passed already is climbed late, with both times kept."""
    due_on, lapses_at = due.due_on, due.lapses_at
    if due_on is None or lapses_at is None:
        return ()
    climbed: list[tuple[Rung, datetime]] = []
    for rung in policy.ladder:
        if kind not in rung.kinds:
            continue
        match rung.moment:
            case Moment.WARNING:
                at = warns_at(calendar, policy, due_on=due_on, amount=amount, unit=unit, lapses_at=lapses_at)
            case Moment.WORKDAY:
                at = _opening(calendar, calendar.workday_after(due_on, rung.workdays))
            case Moment.LAPSE:
                at = lapses_at
            case Moment.DAYS_BEFORE:
                at = _opening(calendar, calendar.workday_after(due_on - timedelta(days=_DAYS_BEFORE), 0))
        climbed.append((rung, at))
    return tuple(sorted(climbed, key=lambda each: each[1]))


def reddens_at(calendar: Calendar, policy: Policy, due_on: date) -> datetime | None:
    """The instant (UTC) at which a case still open has its yellow card followed by a red one: as the hall opens, so many
    working days after the due day. None: the office does without."""
    if not policy.red_after_yellow_workdays:
        return None
    return _opening(calendar, calendar.workday_after(due_on, policy.red_after_yellow_workdays))


def quarter_of(day: date) -> tuple[date, date]:
    """The first day and the last of the quarter a day lies in."""
    first = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    after = date(day.year + 1, 1, 1) if first.month == 10 else date(day.year, first.month + 3, 1)
    return first, after - timedelta(days=1)


def _check_count(value: object, field: str) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 10_000:
        raise InvalidInput(field, say("expected a whole number from 0 to 10000, found {found}", found=f"{value!r}"))


def _is_late(day: date, due_on: date, unit: Unit, lapses_at: datetime | None, now: datetime | None) -> bool:
    if now is None or lapses_at is None or unit in _BY_DAY:
        return day > due_on
    return now > lapses_at


def _warns(
    calendar: Calendar, policy: Policy, today: date, due_on: date, amount: int, unit: Unit, lapses_at: datetime | None,
    now: datetime | None,
) -> bool:
    if not _is_short(calendar, amount, unit):
        return today >= _warns_on(calendar, policy, due_on, amount, unit)
    since = warns_at(calendar, policy, due_on=due_on, amount=amount, unit=unit, lapses_at=lapses_at)
    return now >= since if now is not None else today >= since.astimezone(SHANGHAI).date()


def _is_short(calendar: Calendar, amount: int, unit: Unit) -> bool:
    """Is a limit at most one working day long?"""
    if amount == 0:
        return True
    match unit:
        case Unit.WORKDAY | Unit.CALENDAR_DAY:
            return amount == 1
        case Unit.HALF_DAY:
            return amount <= 2
        case Unit.WORKING_HOUR:
            return amount * 60 <= calendar.hours.minutes
        case Unit.HOUR:
            return amount <= 24
    return False


def _warns_on(calendar: Calendar, policy: Policy, due_on: date, amount: int, unit: Unit) -> date:
    """The day on which a longer limit begins to warn."""
    length = _least_workdays(calendar, amount, unit)
    is_long = length >= policy.long_limit_workdays
    left = policy.long_warn_workdays if is_long else max(policy.warn_workdays, length * policy.warn_percent // 100)
    return calendar.workday_after(due_on, -left)


def _least_workdays(calendar: Calendar, amount: int, unit: Unit) -> int:
    match unit:
        case Unit.HALF_DAY:
            return amount // 2
        case Unit.WORKING_HOUR:
            return amount * 60 // calendar.hours.minutes
        case Unit.HOUR:
            return amount // 24
        case Unit.CALENDAR_DAY:
            return amount * 5 // 7
        case Unit.MONTH:
            return amount * _WORKDAYS_A_MONTH
    return amount


def _close(calendar: Calendar, due_on: date, unit: Unit, lapses_at: datetime | None) -> tuple[date, int]:
    """The day and the minute at which a limit closes for whoever works on it."""
    if lapses_at is None or unit in _BY_DAY:
        return due_on, calendar.hours.closes
    closes = lapses_at.astimezone(SHANGHAI)
    return closes.date(), closes.hour * 60 + closes.minute


def _earlier(calendar: Calendar, day: date, minute: int, minutes: int) -> datetime:
    """The instant from which so many working minutes are left until a minute of a day."""
    hours = calendar.hours
    left = hours.worked(minute) if calendar.is_workday(day) else 0
    while left < minutes:
        minutes -= left
        day, left = calendar.workday_after(day, -1 if calendar.is_workday(day) else 0), hours.minutes
    done = left - minutes
    return _instant(day, hours.reached(done) if done else hours.opens)


def _opening(calendar: Calendar, day: date) -> datetime:
    return _instant(day, calendar.hours.opens)


def _instant(day: date, minute: int) -> datetime:
    return (datetime.combine(day, time(), SHANGHAI) + timedelta(minutes=minute)).astimezone(UTC)
