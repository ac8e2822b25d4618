"""Many cases at once, for measuring: one real case is opened, then written again and again under other numbers.

The copies are as valid as the first: every fact is recorded anew under its number, so that the chains hold, and the case is
their fold. They are written by the driver's own bulk way (`COPY` on PostgreSQL), since opening a million cases one by one
would take an hour. Timers that are not due are given to the first of the copies under tokens they do not have.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, cast

import orjson
import psycopg
from sqlalchemy import Connection, Engine, Table, text

from engine import events
from engine.case import Case, evolve
from services import cases, deployments
from services import tables as t
from services.bench import diagrams
from services.chapter import LEAVES
from services.database import Instant, writing
from services.folded import row_of
from services.migrations import migrate
from services.office import Office
from services.store import reading
from services.store.rows import CaseRow, TaskRow, TimerRow

TIMERS_PER_CASE = 1000
DATA = {"applicant": "岳阳某某制造有限公司", "note": "一" * 300}
_INSTANT = Instant()


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """The case that is copied, with its rows and facts."""

    row: CaseRow
    task: TaskRow
    timer: TimerRow
    facts: tuple[events.Recorded, ...]


def fill(database: Engine, office: Office, *, timers: int, cases_due: int, now: datetime) -> datetime:
    """An empty database becomes one with `cases_due` cases opened `now`, each with one timer, all due at the instant that is
    returned, and with `timers` more timers that are due a year later."""
    migrate(database)
    with writing(database) as connection:
        deployments.deploy(connection, {"bench.bpmn": diagrams.supervised()}, now=now)
        opened = cases.open_case(connection, office, process="bench", data=DATA, by="bench", now=now)
        template = _template(connection, opened.number)
        holders, copies_due = -(-timers // TIMERS_PER_CASE), cases_due - 1  # the template is due as well
        _copy_cases(connection, template, holders + copies_due)
        _copy(connection, t.timer, islice(_idle_timers(template.timer, holders), timers))
        late = _ids(template, holders, holders + copies_due)
        _copy(connection, t.timer, (template.timer._replace(case_id=id) for id in late))
        connection.execute(text("ANALYZE"))
    assert template.timer.due_at is not None
    return template.timer.due_at


def _template(connection: Connection, number: str) -> Template:
    row = reading.peek_case(connection, number)
    assert row is not None
    return Template(row=row, task=reading.tasks_of(connection, row.id)[0], timer=reading.timers_of(connection, row.id)[0],
                    facts=tuple(events.read(body, link) for body, link in reading.facts_of(connection, row.id)))


def _ids(template: Template, first: int, last: int) -> range:
    """Ids of the copies from number `first` up to, not including, `last`."""
    return range(template.row.id + 1 + first, template.row.id + 1 + last)


def _idle_timers(timer: TimerRow, holders: int) -> Iterator[TimerRow]:
    assert timer.due_at is not None
    for place in range(TIMERS_PER_CASE):
        due_at = timer.due_at + timedelta(days=365, seconds=place)
        for id in range(timer.case_id + 1, timer.case_id + 1 + holders):
            yield TimerRow(id, timer.token + 1 + place, timer.node, timer.kind, 1, timer.opened_at, due_at)


def _copy_cases(connection: Connection, template: Template, count: int) -> None:
    ids = _ids(template, 0, count)
    told = {id: _retold(template, id) for id in ids}
    _copy(connection, t.case, (_case_row(template, id, *told[id]) for id in ids))
    _copy(connection, t.fact, ((id, fact.seq, fact.kind, fact.at, fact.body, fact.hash, fact.decides) for id in ids
                               for fact in told[id][1]))
    _copy(connection, t.outbox, ((id, fact.seq, fact.kind, fact.at, None) for id in ids for fact in told[id][1]
                                 if type(fact.fact) in LEAVES))
    _copy(connection, t.task, (template.task._replace(case_id=id) for id in ids))
    connection.execute(t.counter.update().where(t.counter.c.name == "case").values(value=ids[-1]))


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


def _copy(connection: Connection, table: Table, rows: Iterable[Sequence[Any]]) -> None:
    """Write rows, their values in the order of the table's columns, in bulk."""
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    places = [at for at, column in enumerate(table.columns) if isinstance(column.type, Instant)]
    driver = connection.connection.dbapi_connection
    assert driver is not None
    stored = (_stored(row, places) for row in rows)
    if isinstance(driver, psycopg.Connection):
        with driver.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
            for row in stored:
                copy.write_row(row)
    else:
        marks = ", ".join("?" * len(table.columns))
        sqlite = cast(sqlite3.Connection, driver)
        sqlite.executemany(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', stored)


def _stored(row: Sequence[Any], places: Sequence[int]) -> list[Any]:
    """A row as the driver is given it: instants as numbers."""
    values = list(row)
    for place in places:
        values[place] = _INSTANT.process_bind_param(values[place], None)
    return values
