"""The morning digest 晨报 of a supervisor: what is overdue, what falls due today and on the next working day, and what has
happened since the last one.

A digest is of a working day at nine and looks back to the one before. Reads only; who sends it is not known here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import Connection

from engine.calendar import SHANGHAI, Calendar
from engine.cards import OrderState
from engine.case import local_day
from engine.lifecycle import Standing
from services import oversight_lists, watchlists
from services.office import Office
from services.store import watching as store
from services.store.clocks import FIRST
from services.store.oversight_pages import ListedCard, ListedOrder
from services.watching import Within
from services.watchlists import Watched

AT = time(9)
SHOWN = 20
"""So many of each are named; the pages have all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """`since`: the instant of the last one. `overdue`: how many running clocks have lapsed; `worst` of them, and `lapsed` since
    then. `today`, `tomorrow`: how many fall due, with the first of them; `next_on`: which day the latter is. `cards`: issued
    since. `answered`: orders that wait to be closed, `unanswered`: overdue ones. `concluded`, `late`: cases since the day of
    the last one."""

    day: date
    since: datetime
    next_on: date
    overdue: int
    today: int
    tomorrow: int
    worst: tuple[Watched, ...]
    lapsed: tuple[Watched, ...]
    first_today: tuple[Watched, ...]
    first_tomorrow: tuple[Watched, ...]
    cards: tuple[ListedCard, ...]
    answered: tuple[ListedOrder, ...]
    unanswered: tuple[ListedOrder, ...]
    concluded: int
    late: int


def last_one(calendar: Calendar, now: datetime) -> datetime:
    """When the digest before the present one was due: nine o'clock of the working day before it."""
    local = now.astimezone(SHANGHAI)
    day = calendar.workday_after(local.date(), 0)
    if day == local.date() and local.time() < AT:
        day = calendar.workday_after(day, -1)
    return datetime.combine(calendar.workday_after(day, -1), AT, SHANGHAI)


def digest(connection: Connection, office: Office, within: Within, *, now: datetime) -> Digest:
    """The digest as of now."""
    calendar = office.law.calendar(park=within.park or "")
    since = last_one(calendar, now)
    soon = watchlists.due(connection, office, within, now=now, most=SHOWN)
    counts = store.in_two_spans(connection, after=FIRST.lapses_at, between=now, until=now)

    def listed(after: datetime | None) -> tuple[Watched, ...]:
        return watchlists.due_list(connection, office, within, which="overdue", since=after, now=now, after=None,
                                   most=SHOWN).items

    def orders(state: OrderState) -> tuple[ListedOrder, ...]:
        return oversight_lists.orders(connection, within, state=state.value, most=SHOWN).items

    today = local_day(now)
    concluded = [(standing, count) for place, standing, count in store.concluded(
        connection, since_on=local_day(since).isoformat(), wanted=within.wanted) if within.holds(place)]
    return Digest(
        day=today, since=since, next_on=soon.next_on, overdue=sum(each.first for each in counts if within.holds(each.place)),
        today=soon.today, tomorrow=soon.tomorrow, worst=listed(None), lapsed=listed(since), first_today=soon.first_today,
        first_tomorrow=soon.first_tomorrow,
        cards=oversight_lists.cards(connection, within, since=since, most=SHOWN).items, answered=orders(OrderState.REPLIED),
        unanswered=tuple(each for each in orders(OrderState.OPEN) if each.order.due_on < today.isoformat()),
        concluded=sum(count for _, count in concluded),
        late=sum(count for standing, count in concluded if standing == Standing.LATE.value))
