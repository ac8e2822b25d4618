"""`bench store`: what one durable step costs, beside the raw driver doing the very same statements.

A step is a clerk completing a task through the use case: tokens, facts with their chain, decision, tasks, a drawn timer taken
away and another set, everything in one transaction. While our steps run on one database, the statements and parameters they
send are noted and then replayed, chunk by chunk, by the bare driver on a twin of that database that stands where ours stood.
Both figures therefore come from one run, on the same disk, for the same work; on another machine only the ratio means anything.
"""

from __future__ import annotations

import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import psycopg
from sqlalchemy import Engine, event

from services import cases, deployments
from services.bench.postgres import temporary_postgres
from services.cases import Completion
from services.database import connect, writing
from services.migrations import migrate
from services.office import Office, open_office
from services.settings import SHELF, Settings

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
TASKS = 10
"""User tasks of the measured process. Each has a drawn timer, so a step takes one timer away and sets another."""
DATA = {"applicant": "岳阳某某制造有限公司", "note": "一" * 600}
"""About 2 KB of case data, as a case of a project carries."""


@dataclass(frozen=True, slots=True)
class Note:
    """A statement as it went to the driver."""

    statement: str
    parameters: object
    is_many: bool


class Twin(Protocol):
    """The bare driver on a copy of the database."""

    def replay(self, transaction: Sequence[Note]) -> None:
        """Run one transaction's statements and commit."""


def run(*, steps: int = 2000, chunk: int = 100) -> dict[str, object]:
    """Measure both databases: ``{"sqlite": {"per_s", "raw_per_s", "times_raw", "statements_per_step",
    "most_statements"}, "postgresql": {…}}``. `times_raw`: our time over the raw driver's, median over the chunks."""
    return {"sqlite": _sqlite(steps, chunk), "postgresql": _postgres(steps, chunk)}


def _sqlite(steps: int, chunk: int) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        ours, copy = Path(folder) / "ours.db", Path(folder) / "raw.db"
        database = connect(f"sqlite:///{ours}")
        office, numbers = _prepare(database, steps)
        with sqlite3.connect(ours) as source, sqlite3.connect(copy) as target:
            source.backup(target)
        twin = _SqliteTwin(copy)
        try:
            return _measure(database, office, numbers, twin, chunk)
        finally:
            twin.connection.close()
            database.dispose()


def _postgres(steps: int, chunk: int) -> dict[str, object]:
    with temporary_postgres() as server:
        database = connect(server.create("ours"))
        office, numbers = _prepare(database, steps)
        database.dispose()
        twin = _PostgresTwin(server.create("raw", template="ours"))
        try:
            return _measure(database, office, numbers, twin, chunk)
        finally:
            twin.connection.close()
            database.dispose()


def _prepare(database: Engine, steps: int) -> tuple[Office, list[str]]:
    """A migrated database with enough cases waiting at their first task."""
    migrate(database)
    office = open_office(Settings(shelf=SHELF))
    with writing(database) as connection:
        deployments.deploy(connection, {"bench.bpmn": diagram(TASKS)}, now=NOW)
        opened = [cases.open_case(connection, office, process="bench", data=DATA, by="bench", now=NOW)
                  for _ in range(-(-steps // TASKS))]
    return office, [case.number for case in opened]


def _measure(database: Engine, office: Office, numbers: list[str], twin: Twin, chunk: int) -> dict[str, object]:
    notes: list[Note] = []
    event.listen(database, "before_cursor_execute", lambda connection, cursor, statement, parameters, context, many:
                 notes.append(Note(statement, parameters, many)))
    ours: list[float] = []
    raw: list[float] = []
    counts: list[int] = []
    for some in _chunks(_steps(numbers), chunk):
        transactions = []
        started = time.perf_counter()
        for number, token in some:
            notes.clear()
            with writing(database) as connection:
                cases.complete_task(connection, office, Completion(task=f"{number}-{token}", outcome=None, data={},
                                                                   by="bench"), now=NOW)
            transactions.append([note for note in notes if not note.statement.startswith("BEGIN")])
        ours.append((time.perf_counter() - started) / len(some))
        counts += map(len, transactions)
        started = time.perf_counter()
        for transaction in transactions:
            twin.replay(transaction)
        raw.append((time.perf_counter() - started) / len(some))
    return {
        "per_s": round(1 / statistics.median(ours)), "raw_per_s": round(1 / statistics.median(raw)),
        "times_raw": round(statistics.median(mine / bare for mine, bare in zip(ours, raw, strict=True)), 2),
        "statements_per_step": round(statistics.mean(counts), 1), "most_statements": max(counts),
    }


def _steps(numbers: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Every case's tasks, one task of each case in turn. Tokens of a sequence with timers: task, timer, task, timer …"""
    for position in range(TASKS):
        for number in numbers:
            yield number, position
