"""Statements that count many cases anew after the calendar has changed: which are touched, and writing them as sets.

PostgreSQL is given arrays and writes each table of a chunk in one statement; SQLite is given the rows one after the other, which
costs it no round trip. Called inside the caller's transaction; commits nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Boolean,
    Connection,
    Executable,
    Integer,
    LargeBinary,
    String,
    Table,
    bindparam,
    column,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine

from engine.errors import Stale
from services import tables as t
from services.database import Instant
from services.store.law import ChangeRow
from services.store.rows import Counted
from services.store.writing import count_clocks


class Touched(NamedTuple):
    """A case to be counted anew, locked until the transaction ends."""

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


_KEYS: Mapping[type, Mapping[str, str]] = {CaseChange: {"id": "id", "version": "version"},
                                           ClockChange: {"case_id": "case_id", "clock": "clock"}}
_TABLES: Mapping[type, Table] = {CaseChange: t.case, ClockChange: t.clock, FactRow: t.fact, LeavingRow: t.outbox}

_PENDING = (
    select(*(t.calendar_change.c[name] for name in ChangeRow._fields))
    .where(t.calendar_change.c.version.is_not(None), t.calendar_change.c.applied_at.is_(None))
    .order_by(t.calendar_change.c.version))
_APPLIED = (update(t.calendar_change).where(t.calendar_change.c.id == bindparam("change_id"))
            .values(applied_at=bindparam("at")))
_RUNNING = (
    select(t.clock.c.case_id).distinct()
    .where(t.clock.c.case_id > bindparam("after"), t.clock.c.due >= bindparam("first"), t.clock.c.since_on <= bindparam("last"),
           t.clock.c.law < bindparam("version"))
    .order_by(t.clock.c.case_id).limit(bindparam("most")))
_CONCLUDED = (
    select(t.case.c.id)
    .where(t.case.c.id > bindparam("after"), t.case.c.concluded_on >= bindparam("first"),
           t.case.c.due_on >= bindparam("first"), t.case.c.accepted_on <= bindparam("last"))
    .order_by(t.case.c.id).limit(bindparam("most")))
_TOUCHED = (select(*(t.case.c[name] for name in Touched._fields)).where(t.case.c.id.in_(bindparam("ids", expanding=True)))
            .order_by(t.case.c.id).with_for_update())


def pending(connection: Connection) -> list[ChangeRow]:
    """The accepted changes of the calendar by which not every clock is known to be counted, oldest first."""
    return [ChangeRow._make(row) for row in connection.execute(_PENDING)]


def applied(connection: Connection, change_id: int, at: datetime) -> None:
    """Every clock is counted by a change."""
    connection.execute(_APPLIED, {"change_id": change_id, "at": at})


def running(connection: Connection, change: ChangeRow, *, after: int, most: int) -> list[int]:
    """Cases with a running clock that has a day in the span of a change and was last counted without it; by id."""
    return list(connection.execute(_RUNNING, {**_span(change), "version": change.version, "after": after, "most": most}).scalars())


def concluded(connection: Connection, change: ChangeRow, *, after: int, most: int) -> list[int]:
    """Concluded cases whose deadline has a day in the span of a change; by id."""
    return list(connection.execute(_CONCLUDED, {**_span(change), "after": after, "most": most}).scalars())


def touched(connection: Connection, ids: Sequence[int]) -> list[Touched]:
    """The cases, locked in the order of their ids."""
    return [Touched._make(row) for row in connection.execute(_TOUCHED, {"ids": list(ids)})]


def write(
    connection: Connection, cases: Sequence[CaseChange], clocks: Sequence[ClockChange], facts: Sequence[FactRow],
    leaving: Sequence[LeavingRow], counts: Mapping[tuple[Counted, int], int],
) -> None:
    """Write the changes of many cases. Raises Stale when one of them is not at the version it was read at."""
    changed = _write(connection, cases)
    if changed != len(cases):
        raise Stale(f"one of {len(cases)}", len(cases), changed)
    for rows in (clocks, facts, leaving):
        _write(connection, rows)
    count_clocks(connection, counts)


def _span(change: ChangeRow) -> dict[str, object]:
    return {"first": change.first_on, "last": change.last_on}


def _write(connection: Connection, rows: Sequence[Any]) -> int:
    """Write rows of one sort; how many were there to be written."""
    if not rows:
        return 0
    sort = type(rows[0])
    if connection.dialect.name == "postgresql":
        return connection.execute(_AS_SET[sort], _columns(sort, rows)).rowcount
    return connection.execute(_ONE_BY_ONE[sort], [{f"given_{name}": value for name, value in row._asdict().items()}
                                                  for row in rows]).rowcount


def _columns(sort: type, rows: Sequence[Any]) -> dict[str, list[Any]]:
    return {f"given_{name}": list(values) for name, values in zip(sort._fields, zip(*rows, strict=True), strict=True)}  # type: ignore[attr-defined]


def _as_set(sort: type) -> Executable:
    """One statement for many rows, each column an array."""
    table, names = _TABLES[sort], sort._fields  # type: ignore[attr-defined]
    given = func.unnest(*(bindparam(f"given_{name}", type_=ARRAY(_plain(table.c[name].type))) for name in names)).table_valued(
        *(column(name, _plain(table.c[name].type)) for name in names), name="given").render_derived()
    if sort not in _KEYS:
        return insert(table).from_select(list(names), select(*(given.c[name] for name in names)))
    keys = _KEYS[sort]
    values: dict[str, Any] = {name: given.c[name] for name in names if name not in keys}
    if "version" in keys:
        values["version"] = given.c.version + 1
    return update(table).where(*(table.c[name] == given.c[name] for name in keys)).values(values)


def _one_by_one(sort: type) -> Executable:
    table, names = _TABLES[sort], sort._fields  # type: ignore[attr-defined]
    given: dict[str, Any] = {name: bindparam(f"given_{name}", type_=table.c[name].type) for name in names}
    if sort not in _KEYS:
        return insert(table).values(given)
    keys = _KEYS[sort]
    values = {name: value for name, value in given.items() if name not in keys}
    if "version" in keys:
        values["version"] = table.c.version + 1
    return update(table).where(*(table.c[name] == given[name] for name in keys)).values(values)


def _plain(type_: TypeEngine[Any]) -> TypeEngine[Any]:
    """A column's type as the element of an array."""
    for plain in (Instant, Boolean, LargeBinary, BigInteger, Integer):
        if isinstance(type_, plain):
            return plain() if plain is not Boolean else Boolean(create_constraint=False)
    return String()


_AS_SET = {sort: _as_set(sort) for sort in _TABLES}
_ONE_BY_ONE = {sort: _one_by_one(sort) for sort in _TABLES}
