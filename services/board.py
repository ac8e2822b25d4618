"""The lamp board 亮灯看板: how many running clocks of each lamp there are, by matter, park and department.

Reads only, and only counts: clocks that are due on the same day under the same limit have the same lamp, so it is worked
out once for all of them, under the policy and on the calendar of their park. What is closed for one window or platform alone
is not in the counts; the list of clocks (`services.clocks`) has it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
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
    def lamps(self) -> Counter[Lamp]:
        """See the class."""
        looked_at = [kind for kind in (LimitKind.PROMISED, LimitKind.TARGET) if kind in self.kinds] or [LimitKind.STATUTORY]
        return sum((Counter(self.kinds.get(kind, {})) for kind in looked_at), Counter())


def board(
    connection: Connection, office: Office, *, now: datetime, process: str | None = None, park: str | None = None,
    department: str | None = None,
) -> list[Group]:
    """The board, in the order of processes, parks and departments; None: any."""
    matters = store.matters(connection)
    lamps = _Lamps(office=office, now=now)
    found: dict[tuple[str, str, str], dict[str, dict[Lamp, int]]] = {}
    for name, where, whose, kind, amount, unit, due, is_provisional, clocks in store.counted(connection):
        if process in (None, name) and park in (None, where) and department in (None, whose):
            lit = found.setdefault((name, where, whose), {}).setdefault(kind, {})
            shown = lamps.of(name, where, amount, unit, due, is_provisional)
            lit[shown] = lit.get(shown, 0) + clocks
    return [Group(process=name, matter=matters.get(name, name), park=where, department=whose,
                  kinds={_KINDS[kind]: lit for kind, lit in sorted(kinds.items())})
            for (name, where, whose), kinds in sorted(found.items())]


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
