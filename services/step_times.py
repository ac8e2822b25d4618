"""Where the time of a process goes: working time of each step of its last concluded cases, and how many cases wait at it now.

Reads only, and no more than so many cases; three statements. The steps are those of the newest version; what an older version
did at a step that is gone is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import Connection

from engine import events
from engine.step_times import KINDS, before, percentile, visits
from services.office import Office
from services.store import step_times as store
from services.store.rows import DefinitionRow
from services.watching import Within

MOST = 200
"""Cases that are looked at: enough for a fifth of them to be forty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step: how often it was completed, in working minutes how long half of them (`p50`) and four of five (`p80`) took at
    most, and all together; `open`: how many wait at it now."""

    node: str
    name: str
    completed: int
    p50: int
    p80: int
    total: int
    open: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Heat:
    """The steps of a process, those that take the longest first. `cases`: how many were looked at; `workday`: the minutes of a
    working day."""

    steps: tuple[Step, ...]
    cases: int
    workday: int

    @property
    def longest(self) -> int:
        """The longest P80 of a step."""
        return max((step.p80 for step in self.steps), default=0)


def heat(connection: Connection, office: Office, row: DefinitionRow, within: Within, *, most: int = MOST) -> Heat:
    """The heat of a process, within what may be seen of it. `row`: its newest version."""
    deployment = office.deployment(connection, row.id)
    earlier = before(deployment.definition.process, deployment.called)
    minutes: dict[str, list[int]] = {}
    names = {node.id: node.name for node in deployment.nodes.values() if node.id in earlier}
    cases = 0
    for park, facts in _cases(connection, within, most):
        cases += 1
        for visit in visits(facts, earlier, office.law.calendar(park=park)):
            minutes.setdefault(visit.node, []).append(visit.minutes)
    waiting = Counter[str]()
    for place, node, _, count in store.open_tasks(connection, within.wanted):
        if within.holds(place):
            waiting[node] += count
    steps = (Step(node=node, name=names[node] or node, completed=len(took), p50=percentile(took, 50), p80=percentile(took, 80),
                  total=sum(took), open=waiting[node])
             for node in names for took in [minutes.get(node, [])] if took or waiting[node])
    return Heat(steps=tuple(sorted(steps, key=lambda step: (-step.p80, -step.total, step.name))), cases=cases,
                workday=office.calendar.hours.minutes)


def _cases(connection: Connection, within: Within, most: int) -> Iterator[tuple[str, list[events.Recorded]]]:
    """The facts of each case that may be seen, with its park."""
    rows = store.last_concluded(connection, kinds=KINDS, most=most, wanted=within.wanted)
    for (_, place), told in groupby(rows, key=lambda each: each[:2]):
        if within.holds(place):
            yield place.park, [events.read(body, link) for _, _, body, link in told]
