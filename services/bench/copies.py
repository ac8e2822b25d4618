"""One real case, written again and again under other numbers, for measuring.

The copies are as valid as the first: every fact is recorded anew under its number, so that the chains hold, and the case is
their fold. They are written by the driver's own bulk way (`COPY` on PostgreSQL), since opening a million cases one by one
would take an hour; a portion at a time, so that memory stays bounded.
"""

from __future__ import annotations

from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, func, insert, select

from engine import events
from engine.case import Case, evolve
from engine.outbound import LEAVES
from services import tables as t
from services.folded import row_of
from services.store import reading, relighting
from services.store.bulk import copy
from services.store.rows import CaseRow, ClockRow, Counted, PlacedTask
from services.store.writing import SHARDS

PORTION = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """The case that is copied, with its rows and facts."""

    row: CaseRow
    tasks: tuple[PlacedTask, ...]
    clocks: tuple[ClockRow, ...]
    facts: tuple[events.Recorded, ...]


def template(connection: Connection, number: str) -> Template:
    """A stored case as what is copied."""
    row = reading.peek_case(connection, number)
    assert row is not None
    return Template(row=row, tasks=tuple(relighting.placed_of(connection, [row.id]).get(row.id, ())),
                    clocks=tuple(reading.clocks_of(connection, row.id)),
                    facts=tuple(events.read(body, link) for body, link in reading.facts_of(connection, row.id)))


def copy_cases(connection: Connection, template: Template, ids: range) -> None:
    """Write the case once more under each of the ids, which follow those that are there. What the board counts is not written:
    `count_clocks` does it for all."""
    for first in range(ids.start, ids.stop, PORTION):
        portion = range(first, min(first + PORTION, ids.stop))
        told = {id: _retold(template, id) for id in portion}
        copy(connection, t.case, (_case_row(template, id, *told[id]) for id in portion))
        copy(connection, t.fact, ((id, fact.seq, fact.kind, fact.at, fact.body, fact.hash, fact.decides,
                                   None if fact.decides is None else fact.by)
                                  for id in portion for fact in told[id][1]))
        copy(connection, t.outbox, ((id, fact.seq, fact.kind, fact.at, None, None) for id in portion for fact in told[id][1]
                                    if type(fact.fact) in LEAVES))
        copy(connection, t.task, (task._replace(case_id=id) for id in portion for task in template.tasks))
        copy(connection, t.clock, (clock._replace(case_id=id) for id in portion for clock in template.clocks))
    connection.execute(t.counter.update().where(t.counter.c.name == "case").values(value=ids.stop - 1))


def count_clocks(connection: Connection) -> None:
    """Let the board count the clocks that are there."""
    connection.execute(t.clock_count.delete())
    names = [name for name in Counted._fields if name != "due"]
    sharded = select(*(t.clock.c[name] for name in names), func.coalesce(t.clock.c.due, "").label("due"),
                     (t.clock.c.case_id % SHARDS).label("shard")).subquery()
    counted = select(*sharded.c, func.count()).group_by(*sharded.c)
    connection.execute(insert(t.clock_count).from_select([*names, "due", "shard", "clocks"], counted))


def _retold(template: Template, id: int) -> tuple[Case, list[events.Recorded]]:
    """The template's facts under another number, and the case they make."""
    number = f"{template.row.number[:-6]}{id:06d}"
    case, head, told = None, events.GENESIS, []
    for fact in template.facts:
        told.append(events.record(number, fact.seq, head, fact.at, fact.by, fact.fact))
        case, head = evolve(case, told[-1]), told[-1].hash
    assert case is not None
    return case, told


def _case_row(template: Template, id: int, case: Case, told: list[events.Recorded]) -> CaseRow:
    row = template.row
    return row_of(case, id=id, version=1, definition_id=row.definition_id, tokens=row.tokens, data=orjson.loads(row.data))

