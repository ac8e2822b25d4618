"""A slow, independent account of the rules of time: it walks day by day and minute by minute, and uses nothing of ours.

Written from the rules (deadline vectors' format, 民法典 201–204, 行政许可法 42, 45, 82), not from the engine. Times are
naive and mean Asia/Shanghai. Each walk also keeps a tally: the day of every unit it counts (of every minute, where hours are
counted; of every day, where months are).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta

Works = Callable[[date], bool]
Stop = tuple[date, "date | None"]

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
MORNING, AFTERNOON = (time(9), time(12)), (time(13), time(17))
FAR = 1200  # days to walk before a stop is held to be without end


def due(
    works: Works, unit: str, amount: int, at: datetime, *, event: str = "accepted", count_first_day: bool = False,
    roll: bool = True, stops: Sequence[Stop] = (), extra: int = 0, tally: list[date] | None = None,
) -> date | datetime | None:
    """The date, or minute, on which `amount` + `extra` units are over. `tally` receives the day of every counted unit."""
    tally = [] if tally is None else tally
    if event == "submitted":
        at = received(works, at)
    amount += extra

    def free(day: date) -> bool:
        return not any(start < day and (end is None or day <= end) for start, end in stops)

    def worked(day: date) -> bool:
        return works(day) and free(day)

    match unit:
        case "workday":
            return nth(worked, at.date(), amount, count_first_day, tally)
        case "calendar_day":
            return rolled(works, nth(free, at.date(), amount, count_first_day, tally), roll)
        case "month":
            return rolled(works, months(free, at.date(), amount, count_first_day, tally), roll)
    if amount == 0:
        day = nth(worked, at.date() if at.time() <= AFTERNOON[1] else at.date() + DAY, 0, False, tally)
        return None if day is None else datetime.combine(day, AFTERNOON[1])
    match unit:
        case "half_day":
            return sessions(worked, at, amount, count_first_day, tally)
        case "working_hour":
            return minutes(worked, ((9 * 60, 12 * 60), (13 * 60, 17 * 60)), at, amount * 60, tally)
        case "hour":
            return minutes(free, ((0, 24 * 60),), at, amount * 60, tally)
    raise AssertionError(unit)


def received(works: Works, at: datetime) -> datetime:
    """After the close or on a day off: at nine on the next working day."""
    if works(at.date()) and at.time() <= AFTERNOON[1]:
        return at
    day = at.date() + DAY
    while not works(day):
        day += DAY
    return datetime.combine(day, MORNING[0])


def nth(counted: Works, day: date, amount: int, count_first_day: bool, tally: list[date]) -> date | None:
    """Walk until `amount` days have been counted; nothing to count is the first counted day from `day` on."""
    if amount and not count_first_day:
        day += DAY
    left = amount or 1
    for _ in range(FAR):
        if counted(day):
            left -= 1
            tally.extend([day] if amount else [])
        if left == 0:
            return day
        day += DAY
    return None


def months(free: Works, day: date, amount: int, count_first_day: bool, tally: list[date]) -> date | None:
    """The day whose number corresponds, or the month's last; then one day later for each stopped day on the way."""
    if amount == 0:
        return nth(free, day, 0, count_first_day, tally)
    year, month, number = day.year, day.month, day.day
    for _ in range(amount):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    if count_first_day:
        number -= 1
        if number == 0:  # from the first to the last of the month before
            year, month = (year - 1, 12) if month == 1 else (year, month - 1)
            number = 31
    end = date(year, month, min(number, monthrange(year, month)[1]))
    length = (end - day).days + count_first_day
    return nth(free, day, length, count_first_day, tally)


def rolled(works: Works, day: date | None, roll: bool) -> date | None:
    while roll and day is not None and not works(day):
        day += DAY
    return day


def sessions(worked: Works, at: datetime, amount: int, count_first_day: bool, tally: list[date]) -> datetime | None:
    """Walk the mornings and afternoons after (or with) the one in which the event falls."""
    day = at.date()
    for _ in range(FAR):
        for afternoon in (False, True):
            own = day == at.date() and afternoon == (at.time() > MORNING[1])
            over = day == at.date() and not afternoon and at.time() > MORNING[1]
            if over or (own and not count_first_day) or not worked(day):
                continue
            amount -= 1
            tally.append(day)
            if amount == 0:
                return datetime.combine(day, AFTERNOON[1] if afternoon else MORNING[1])
        day += DAY
    return None


def minutes(
    counted: Works, sessions_of_day: Sequence[tuple[int, int]], at: datetime, left: int, tally: list[date],
) -> datetime | None:
    """Walk minute by minute through the sessions (in minutes since midnight) of each counted day."""
    day, minute = at.date(), at.hour * 60 + at.minute
    for _ in range(FAR):
        while counted(day) and minute < 24 * 60:
            if any(start <= minute < end for start, end in sessions_of_day):
                left -= 1
                tally.append(day)
            minute += 1
            if left == 0:
                return datetime.combine(day, time()) + minute * MINUTE
        day, minute = day + DAY, 0
    return None


def latest_start(works: Works, unit: str, amount: int, day: date) -> date:
    """The last day with `amount` full days between it and `day`, neither end counted."""
    start, between = day - DAY, 0
    while between < amount:
        between += works(start) if unit == "workday" else 1
        start -= DAY
    return start
