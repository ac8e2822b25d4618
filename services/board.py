"""The lamp board 亮灯看板: how many running clocks of each lamp there are, by matter, park and department.

Reads only, and only counts: clocks that are due on the same day under the same limit have the same lamp, so it is worked
out once for all of them, under the policy and on the calendar of their park. What is closed for one window or platform alone
is not in the counts; the list of clocks (`services.clocks`) has it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeAlias

from sqlalchemy import Connection

from engine.calendar import SHANGHAI, Calendar
from engine.case import local_day
from engine.limits import LimitKind, Unit
from engine.supervision import Lamp, Policy, lamp
from services.office import Office
from services.store import clocks as store
from services.store.rows import Counted

_KINDS = {kind.value: kind for kind in LimitKind}

_Known: TypeAlias = dict[tuple[int, str, str, bool], Lamp]
"""The lamps worked out so far, by amount, unit, due and whether that is provisional."""

_Place: TypeAlias = tuple[Policy, Calendar, _Known]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The clocks of one matter, park and department. `kinds`: clocks by lamp, of each kind of limit that runs there. `lamps`:
    the same of the clocks people look at: the promised ones and the targets; where neither runs, the statutory ones."""

    process: str
    matter: str
    park: str
    department: str
    kinds: Mapping[LimitKind, Mapping[Lamp, int]]

    @property
    def looked_at(self) -> tuple[LimitKind, ...]:
        """The kinds of limits of the clocks people look at."""
        kinds = tuple(kind for kind in (LimitKind.PROMISED, LimitKind.TARGET) if kind in self.kinds)
        return kinds or (LimitKind.STATUTORY,)

    @property
    def lamps(self) -> Counter[Lamp]:
        """See the class."""
        return sum((Counter(self.kinds.get(kind, {})) for kind in self.looked_at), Counter())


@dataclass(frozen=True, slots=True, kw_only=True)
class Lit:
    """How many clocks there are that are counted as one, and their lamp."""

    counted: Counted
    clocks: int
    lamp: Lamp


def board(
    connection: Connection, office: Office, *, now: datetime, process: str | None = None, park: str | None = None,
    department: str | None = None,
) -> list[Group]:
    """The board, in the order of processes, parks and departments; None: any."""
    return grouped((each for each in lit(connection, office, now=now) if process in (None, each.counted.process)
                    and park in (None, each.counted.park) and department in (None, each.counted.department)),
                   store.matters(connection))


def lit(connection: Connection, office: Office, *, now: datetime) -> Iterator[Lit]:
    """What the board counts, each with its lamp. One statement."""
    lamps = _Lamps(office=office, now=now)
    for *fields, clocks in store.counted(connection):
        counted = Counted._make(fields)
        yield Lit(counted=counted, clocks=int(clocks), lamp=lamps.of(
            counted.process, counted.park, counted.amount, counted.unit, counted.due, counted.is_provisional))


def grouped(found: Iterable[Lit], matters: Mapping[str, str]) -> list[Group]:
    """What is lit, by matter, park and department. `matters`: the names of processes by id."""
    places: dict[tuple[str, str, str], dict[str, Counter[Lamp]]] = {}
    for each in found:
        counted = each.counted
        kinds = places.setdefault((counted.process, counted.park, counted.department), {})
        kinds.setdefault(counted.kind, Counter())[each.lamp] += each.clocks
    return [Group(process=name, matter=matters.get(name, name), park=where, department=whose,
                  kinds={_KINDS[kind]: lamps for kind, lamps in sorted(kinds.items())})
            for (name, where, whose), kinds in sorted(places.items())]


@dataclass(slots=True, kw_only=True)
class _Lamps:
    """The lamps of this instant, each worked out once for all places under the same policy and calendar."""

    office: Office
    now: datetime
    places: dict[tuple[str, str], _Place] = field(default_factory=dict)
    known: dict[tuple[int, int], _Known] = field(default_factory=dict)

    def of(self, process: str, park: str, amount: int, unit: str, due: str, is_provisional: bool) -> Lamp:
        """The lamp of each of the clocks that are counted there."""
        policy, calendar, known = self.places.get((process, park)) or self._place(process, park)
        key = (amount, unit, due, is_provisional)
        if (found := known.get(key)) is None:
            due_on, lapses_at = _deadline(due)
            found = known[key] = lamp(
                calendar, policy, local_day(self.now), due_on=due_on, amount=amount, unit=Unit(unit), lapses_at=lapses_at,
                is_provisional=is_provisional, now=self.now)
        return found

    def _place(self, process: str, park: str) -> _Place:
        """What holds at a place. It keeps both values alive, so that no other can take their identity."""
        policy, calendar = self.office.policies.of(process, park), self.office.law.calendar(park=park)
        known = self.known.setdefault((id(policy), id(calendar)), {})
        self.places[process, park] = policy, calendar, known
        return policy, calendar, known


def _deadline(due: str) -> tuple[date | None, datetime | None]:
    """The last day and, of a unit shorter than a day, the minute; both None while the clock is stopped."""
    if not due:
        return None, None
    minute = datetime.fromisoformat(due).replace(tzinfo=SHANGHAI) if "T" in due else None
    return date.fromisoformat(due[:10]), minute
