"""Statements that count many cases anew after the calendar has changed: which are touched, and writing them as sets.

PostgreSQL is given the new values in bulk and changes each table of a chunk in one statement; SQLite is given the rows one
after the other, which costs it no round trip. Called inside the caller's transaction; commits nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Column, Connection, MetaData, Table, bindparam, case, select, update
from sqlalchemy.schema import CreateTable

from engine.errors import Stale
from engine.sentences import say
from services import tables as t
from services.database import Instant
from services.store.bulk import copy
from services.store.law import ChangeRow
from services.store.rows import Counted
from services.store.writing import OF_RESULT, count_clocks


class Touched(NamedTuple):
    """A case to be counted anew. Not locked: on PostgreSQL that would write each of them once more; the version is the
    guard."""

    id: int
    number: str
    version: int
    fold: bytes


class CaseChange(NamedTuple):
    """What changes in a case's row. `version`: as it was read."""

    id: int
    version: int
    standing: str | None
    due_on: str | None
    is_provisional: bool
    seq: int
    head: bytes
    fold: bytes


class TaskChange(NamedTuple):
    """When the lamps of a case's open tasks turn now: of those of its result 制证、送达, and of all others."""

    case_id: int
    result_warns_at: datetime
    result_late_at: datetime
    other_warns_at: datetime
    other_late_at: datetime


class ClockChange(NamedTuple):
    """What changes in a clock's row."""

    case_id: int
    clock: str
    due: str | None
    lapses_at: datetime | None
    is_provisional: bool
    has_lapsed: bool
    version: int
    law: int
    rings_at: datetime | None


class FactRow(NamedTuple):
    """A fact that decides no task, as stored."""

    case_id: int
    seq: int
    kind: str
    at: datetime
    body: bytes
    hash: bytes


class LeavingRow(NamedTuple):
    """A fact that has to be told outside."""

    case_id: int
    seq: int
    kind: str
    created_at: datetime


def _beside(name: str, table: Table, columns: Sequence[str]) -> Table:
    """A table of the session, in which new values are put beside the old ones, and forgotten with the transaction."""
    return Table(name, MetaData(), *(Column(each, table.c[each].type) for each in columns), prefixes=["TEMPORARY"],
                 postgresql_on_commit="DELETE ROWS")


_TURNS = ("warns_at", "late_at")
_NEW_TASK = Table("new_task", MetaData(), Column("case_id", t.task.c.case_id.type),
                  *(Column(each, Instant()) for each in TaskChange._fields[1:]), prefixes=["TEMPORARY"],
                  postgresql_on_commit="DELETE ROWS")
_NEW_CASE = _beside("new_case", t.case, CaseChange._fields)
_NEW_CLOCK = _beside("new_clock", t.clock, ClockChange._fields)
_CHANGED_CASE, _CHANGED_CLOCK = CaseChange._fields[2:], ClockChange._fields[2:]
_CHANGE_CASES = (
    update(t.case).where(t.case.c.id == _NEW_CASE.c.id, t.case.c.version == _NEW_CASE.c.version,
                         t.case.c.id.between(bindparam("first_id"), bindparam("last_id")))
    .values({"version": t.case.c.version + 1, **{name: _NEW_CASE.c[name] for name in _CHANGED_CASE}}))
_CHANGE_CLOCKS = (
    update(t.clock).where(t.clock.c.case_id == _NEW_CLOCK.c.case_id, t.clock.c.clock == _NEW_CLOCK.c.clock,
                          t.clock.c.case_id.between(bindparam("first_id"), bindparam("last_id")))
    .values({name: _NEW_CLOCK.c[name] for name in _CHANGED_CLOCK}))
_CHANGE_CASE = (
    update(t.case).where(t.case.c.id == bindparam("given_id"), t.case.c.version == bindparam("given_version"))
    .values({"version": t.case.c.version + 1, **{name: bindparam(f"given_{name}") for name in _CHANGED_CASE}}))
_CHANGE_CLOCK = (
    update(t.clock).where(t.clock.c.case_id == bindparam("given_case_id"), t.clock.c.clock == bindparam("given_clock"))
    .values({name: bindparam(f"given_{name}") for name in _CHANGED_CLOCK}))
_CHANGE_TASKS = (
    update(t.task).where(t.task.c.case_id == _NEW_TASK.c.case_id,
                         t.task.c.case_id.between(bindparam("first_id"), bindparam("last_id")))
    .values({name: case((OF_RESULT, _NEW_TASK.c[f"result_{name}"]),
                        else_=_NEW_TASK.c[f"other_{name}"]) for name in _TURNS}))
_CHANGE_TASK = (
    update(t.task).where(t.task.c.case_id == bindparam("given_case_id"))
    .values({name: case((OF_RESULT, bindparam(f"given_result_{name}", type_=Instant)),
                        else_=bindparam(f"given_other_{name}", type_=Instant)) for name in _TURNS}))
_PENDING = (
    select(*(t.calendar_change.c[name] for name in ChangeRow._fields))
    .where(t.calendar_change.c.version.is_not(None), t.calendar_change.c.applied_at.is_(None))
    .order_by(t.calendar_change.c.version))
_APPLIED = (update(t.calendar_change).where(t.calendar_change.c.id == bindparam("change_id"))
            .values(applied_at=bindparam("at")))
_RUNNING = (
    select(t.clock.c.case_id)
    .where(t.clock.c.case_id > bindparam("after"), t.clock.c.due >= bindparam("first"), t.clock.c.since_on <= bindparam("last"),
           t.clock.c.law < bindparam("version"))
    .order_by(t.clock.c.case_id, t.clock.c.clock).limit(bindparam("most")))
_RUNNING_FURTHER = _RUNNING.offset(bindparam("skipped"))
_CONCLUDED = (
    select(t.case.c.id)
    .where(t.case.c.id > bindparam("after"), t.case.c.concluded_on >= bindparam("first"),
           t.case.c.accepted_on <= bindparam("last"))
    .order_by(t.case.c.id).limit(bindparam("most")))
_TOUCHED = (select(*(t.case.c[name] for name in Touched._fields)).where(t.case.c.id.in_(bindparam("ids", expanding=True)))
            .order_by(t.case.c.id))


def pending(connection: Connection) -> list[ChangeRow]:
    """The accepted changes of the calendar by which not every clock is known to be counted, oldest first."""
    return [ChangeRow._make(row) for row in connection.execute(_PENDING)]


def applied(connection: Connection, change_id: int, at: datetime) -> None:
    """Every clock is counted by a change."""
    connection.execute(_APPLIED, {"change_id": change_id, "at": at})


def running(connection: Connection, change: ChangeRow, *, after: int, most: int) -> list[int]:
    """Cases with a running clock that has a day in the span of a change and was last counted without it; by id. At most
    `most`, as a rule fewer: so many clocks are looked at, along their key."""
    found = connection.execute(_RUNNING, {**_span(change), "version": change.version, "after": after, "most": most}).scalars()
    return list(dict.fromkeys(found))


def at_least(connection: Connection, change: ChangeRow, many: int) -> bool:
    """Are there so many running clocks to be counted anew?"""
    given = {**_span(change), "version": change.version, "after": 0, "most": 1, "skipped": many - 1}
    return connection.execute(_RUNNING_FURTHER, given).first() is not None


def concluded(connection: Connection, change: ChangeRow, *, after: int, most: int) -> list[int]:
    """Concluded cases that lasted into the span of a change; by id. Whose promise was over before it may have been within the
    statute till then."""
    return list(connection.execute(_CONCLUDED, {**_span(change), "after": after, "most": most}).scalars())


def touched(connection: Connection, ids: Sequence[int]) -> list[Touched]:
    """The cases in the order of their ids."""
    return [Touched._make(row) for row in connection.execute(_TOUCHED, {"ids": list(ids)})]


def write(
    connection: Connection, cases: Sequence[CaseChange], clocks: Sequence[ClockChange], facts: Sequence[FactRow],
    leaving: Sequence[LeavingRow], tasks: Sequence[TaskChange], counts: Mapping[tuple[Counted, int], int],
) -> None:
    """Write the changes of many cases. Raises Stale when one of them has moved on since it was read."""
    if not cases:
        return
    changed = _write(connection, cases, clocks)
    if changed != len(cases):
        raise Stale(say("one of {count}", count=len(cases)), len(cases), changed)
    turn_tasks(connection, tasks)
    copy(connection, t.fact, facts, [t.fact.c[name] for name in FactRow._fields])
    copy(connection, t.outbox, leaving, [t.outbox.c[name] for name in LeavingRow._fields])
    count_clocks(connection, counts)


def turn_tasks(connection: Connection, tasks: Sequence[TaskChange]) -> None:
    """Write when the lamps of the open tasks of cases turn; by case id."""
    if not tasks:
        return
    if connection.dialect.name == "sqlite":
        connection.execute(_CHANGE_TASK, [_given(row) for row in tasks])
        return
    connection.execute(CreateTable(_NEW_TASK, if_not_exists=True))
    copy(connection, _NEW_TASK, tasks)
    connection.execute(_CHANGE_TASKS, {"first_id": tasks[0].case_id, "last_id": tasks[-1].case_id})


def _span(change: ChangeRow) -> dict[str, object]:
    return {"first": change.first_on, "last": change.last_on}


def _write(connection: Connection, cases: Sequence[CaseChange], clocks: Sequence[ClockChange]) -> int:
    """Change the rows of cases and clocks; how many cases were found as they were read."""
    if connection.dialect.name == "sqlite":
        if clocks:
            connection.execute(_CHANGE_CLOCK, [_given(row) for row in clocks])
        return connection.execute(_CHANGE_CASE, [_given(row) for row in cases]).rowcount
    for table, rows in ((_NEW_CASE, cases), (_NEW_CLOCK, clocks)):
        connection.execute(CreateTable(table, if_not_exists=True))
        copy(connection, table, rows)
    span = {"first_id": cases[0].id, "last_id": cases[-1].id}  # else the whole tables are read: nobody knows how small ours are
    connection.execute(_CHANGE_CLOCKS, span)
    return connection.execute(_CHANGE_CASES, span).rowcount


def _given(row: CaseChange | ClockChange | TaskChange) -> dict[str, object]:
    return {f"given_{name}": value for name, value in row._asdict().items()}
