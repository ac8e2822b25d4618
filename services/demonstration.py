"""That a database is a demonstration, and what its clock shows.

The clock of a demonstration is the machine's with something added, kept in the database so that the server, its bell and every
other process see the same. It can be moved on, never back: whoever moves it says where to, and what is due on the way is done
in order (`services.demo.turning`) while the clock shows how far it has come.

A database is a demonstration from the moment its office begins to be entered, and for ever: a real office's database never
becomes one, because whoever begins refuses a database in which somebody has entered something.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Connection, Engine

from engine.calendar import SHANGHAI, Calendar
from engine.errors import InvalidInput, JibanError
from engine.sentences import say
from services.database import reading
from services.store import demonstration as store

FURTHEST = timedelta(days=62)
"""So far a clock is moved at once: two months of what falls due."""


class NotADemonstration(JibanError):
    """The database is a real office's, or nobody's yet."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"this database is no demonstration: {reason}")


class IsADemonstration(JibanError):
    """The database is no office's."""

    def __init__(self) -> None:
        super().__init__("this database is a demonstration with invented people and cases: serve it with `jiban serve --demo`, "
                         "or name an office's database in JIBAN_DATABASE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Demonstration:
    """How far its clock is `ahead` of the machine's; `until`: where it was moved to and has not come yet, None when it stands
    nowhere short; `is_prepared`: whether its office is all entered."""

    begun_at: datetime
    ahead: timedelta
    until: datetime | None
    is_prepared: bool

    def shows(self, machine: datetime) -> datetime:
        """What its clock shows."""
        return machine + self.ahead


def find(connection: Connection) -> Demonstration | None:
    """The demonstration a database is; None for a real office's."""
    row = store.find(connection)
    if row is None:
        return None
    return Demonstration(begun_at=row.begun_at, ahead=timedelta(microseconds=row.ahead), until=row.until,
                         is_prepared=row.prepared_at is not None)


def require(connection: Connection) -> Demonstration:
    """As `find`. Raises NotADemonstration unless its office is all entered."""
    found = find(connection)
    if found is None or not found.is_prepared:
        raise NotADemonstration("prepare one with `jiban serve --demo` on a database of its own")
    return found


def require_none(connection: Connection) -> None:
    """Raises IsADemonstration when the database is one."""
    if store.find(connection) is not None:
        raise IsADemonstration


def begin(connection: Connection, *, at: datetime, machine: datetime) -> None:
    """This database becomes a demonstration whose clock shows `at`, and is empty; what an earlier beginning that was broken off
    has left is cleared away. Raises NotADemonstration when somebody has entered something here."""
    if store.find(connection) is not None:
        store.clear(connection)
    elif (table := store.foreign(connection)) is not None:
        raise NotADemonstration(f"somebody has entered something here (table “{table}”), and demonstration people and cases do "
                                "not go beside a real office's; name another database, for instance "
                                "JIBAN_DATABASE=sqlite:///data/demo.db")
    store.insert_row(connection, begun_at=at, ahead=_microseconds(at - machine))


def finish(connection: Connection, *, machine: datetime) -> None:
    """Its office is all entered."""
    store.prepared(connection, machine)


def clock(database: Engine, machine: Callable[[], datetime]) -> Callable[[], datetime]:
    """What shows the time of a demonstration, in every process the same, given what shows the machine's. Raises
    NotADemonstration when it is asked in another database."""
    def shown() -> datetime:
        with reading(database) as connection:
            return require(connection).shows(machine())

    return shown


def next_workday(at: datetime, calendar: Calendar) -> datetime:
    """The same hour of the next working day."""
    local = at.astimezone(SHANGHAI)
    return datetime.combine(calendar.workday_after(local.date(), 1), local.time(), SHANGHAI).astimezone(UTC)


def morning(day: date) -> datetime:
    """The hour at which the hall opens on a day."""
    return datetime.combine(day, time(9), SHANGHAI).astimezone(UTC)


def send(connection: Connection, until: datetime, *, now: datetime) -> None:
    """Move the clock on to an instant, `now` being what it shows. Raises InvalidInput when that is not later, or too far."""
    if until <= now:
        raise InvalidInput("until", "the clock of a demonstration only goes forward; choose a later day")
    if until - now > FURTHEST:
        raise InvalidInput("until", say("the clock of a demonstration goes {days} days at most at once; go several times",
                                        days=FURTHEST.days))
    store.send(connection, until)


def reach(connection: Connection, at: datetime, *, machine: datetime) -> None:
    """The clock shows at least `at` from now on."""
    store.reach(connection, _microseconds(at - machine))


def arrive(connection: Connection, at: datetime, *, machine: datetime) -> None:
    """The clock has come to `at`, which may be where it was moved to."""
    reach(connection, at, machine=machine)
    store.arrive(connection, at)


def _microseconds(span: timedelta) -> int:
    return span // timedelta(microseconds=1)
