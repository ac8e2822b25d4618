"""`bench store`: what one durable step costs, beside the raw driver doing the very same statements.

A step is a clerk completing a task through the use case: tokens, facts with their chain, tasks, a drawn timer taken
away and another set, everything in one transaction. While our steps run on one database, the statements and parameters they
send are noted and then replayed, chunk by chunk, by the bare driver on a twin of that database that stands where ours stood.
Both figures therefore come from one run, on the same disk, for the same work; on another machine only the ratio means anything.
"""

from __future__ import annotations

import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
from sqlalchemy import Engine
from sqlalchemy.engine import make_url

from services import cases, deployments
from services.bench import diagrams
from services.bench.postgres import temporary_postgres
from services.cases import Completion
from services.database import connect, reading, writing
from services.migrations import migrate
from services.office import Office, open_office
from services.settings import SHELF, Settings
from services.store.reading import tasks_page

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
TASKS = 10
"""User tasks of the measured process. Each has a drawn timer, so a step takes one timer away and sets another."""
DATA = {"applicant": "岳阳某某制造有限公司", "note": "一" * 600}
"""About 2 KB of case data, as a case of a project carries."""
FILLED_IN = {"opinion": "材料齐全, 符合法定形式, 同意进入下一环节。"}

Progress = Callable[[str], None]


class Note(NamedTuple):
    """A statement as it went to the driver, with its parameters, or a list of them (`is_many`)."""

    statement: str
    parameters: Any
    is_many: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """The bare driver on a copy of the database; `begin`: how a transaction that writes begins there, None by itself."""

    connection: Any
    begin: str | None = None

    def replay(self, transaction: Sequence[Note]) -> None:
        """Run one transaction's statements, fetch what they read, and commit."""
        cursor = self.connection.cursor()
        if self.begin is not None:
            cursor.execute(self.begin)
        for note in transaction:
            if note.is_many:
                cursor.executemany(note.statement, note.parameters)
            else:
                cursor.execute(note.statement, note.parameters)
            if cursor.description is not None:
                cursor.fetchall()
        cursor.close()
        self.connection.commit()


def run(*, steps: int = 2000, chunk: int = 100, progress: Progress | None = None) -> dict[str, Any]:
    """Measure both databases: ``{"sqlite": {"per_s", "raw_per_s", "times_raw", "statements_per_step",
    "most_statements"}, "postgresql": {…}}``. `times_raw`: our time over the raw driver's, median over the chunks.
    `progress` is told each stage."""
    tell = progress or (lambda text: None)
    return {"sqlite": _sqlite(steps, chunk, tell), "postgresql": _postgres(steps, chunk, tell)}


def _sqlite(steps: int, chunk: int, tell: Progress) -> dict[str, object]:
    with tempfile.TemporaryDirectory(prefix="jiban-bench-") as folder:
        ours, copy = Path(folder) / "ours.db", Path(folder) / "raw.db"
        database = connect(f"sqlite:///{ours}")
        tell(f"SQLite: opening {_cases(steps)} cases")
        office = _prepare(database, steps)
        with sqlite3.connect(ours) as source, sqlite3.connect(copy) as target:
            source.backup(target)
        twin = Twin(connection=_bare_sqlite(copy), begin="BEGIN IMMEDIATE")
        tell(f"SQLite: {steps} steps, ours and the raw driver in turns")
        return _measured(database, office, twin, steps, chunk)


def _bare_sqlite(file: Path) -> sqlite3.Connection:
    """The driver set up as `services.database` sets it up, with a cache for every statement."""
    connection = sqlite3.connect(file, isolation_level=None, cached_statements=256)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _postgres(steps: int, chunk: int, tell: Progress) -> dict[str, object]:
    tell("PostgreSQL: starting a server")
    with temporary_postgres() as server:
        url = server.create("ours")
        database = connect(url)
        tell(f"PostgreSQL: opening {_cases(steps)} cases")
        office = _prepare(database, steps)
        database.dispose()  # a template must be at rest
        copy = make_url(server.create("raw", template="ours"))
        twin = Twin(connection=psycopg.connect(f"host={copy.query['host']} user={copy.username} dbname={copy.database}"))
        tell(f"PostgreSQL: {steps} steps, ours and the raw driver in turns")
        return _measured(database, office, twin, steps, chunk)


def _cases(steps: int) -> int:
    return -(-steps // TASKS)


def _prepare(database: Engine, steps: int) -> Office:
    """A migrated database with enough cases waiting at their first task."""
    migrate(database)
    office = open_office(Settings(shelf=SHELF))
    with writing(database) as connection:
        deployments.deploy(connection, {"bench.bpmn": diagrams.sequence(TASKS, timer="P30D", work=True)}, now=NOW)
        for _ in range(_cases(steps)):
            cases.open_case(connection, office, process="bench", data=DATA, by="bench", now=NOW)
    return office


def _measured(database: Engine, office: Office, twin: Twin, steps: int, chunk: int) -> dict[str, object]:
    try:
        return _measure(database, office, twin, steps, chunk)
    finally:
        twin.connection.close()
        database.dispose()


def _measure(database: Engine, office: Office, twin: Twin, steps: int, chunk: int) -> dict[str, object]:
    notes = _listen(database)
    ours: list[float] = []
    raw: list[float] = []
    counts: list[int] = []
    for tasks in _chunks(database, steps, chunk):
        started = time.perf_counter()
        transactions = [_step(database, office, task, notes) for task in tasks]
        between = time.perf_counter()
        for transaction in transactions:
            twin.replay(transaction)
        ended = time.perf_counter()
        ours.append((between - started) / len(tasks))
        raw.append((ended - between) / len(tasks))
        counts += map(len, transactions)
    return {
        "per_s": round(1 / statistics.median(ours)), "raw_per_s": round(1 / statistics.median(raw)),
        "times_raw": round(statistics.median(mine / bare for mine, bare in zip(ours, raw, strict=True)), 2),
        "statements_per_step": round(statistics.mean(counts), 1), "most_statements": max(counts),
    }


def _listen(database: Engine) -> list[Note]:
    """The statements that go to the driver from now on, as they go. Not by an event: with a listener SQLAlchemy works more
    at every statement, and that would be measured."""
    notes: list[Note] = []
    dialect = database.dialect
    one, many = dialect.do_execute, dialect.do_executemany

    def noting_one(cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
        notes.append(Note(statement, parameters, False))
        one(cursor, statement, parameters, context)

    def noting_many(cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
        notes.append(Note(statement, parameters, True))
        many(cursor, statement, parameters, context)

    dialect.do_execute, dialect.do_executemany = noting_one, noting_many  # type: ignore[method-assign]
    return notes


def _step(database: Engine, office: Office, task: str, notes: list[Note]) -> list[Note]:
    """Complete a task as a door does; what went to the driver meanwhile."""
    notes.clear()
    with writing(database) as connection:
        cases.complete_task(connection, office, Completion(task=task, outcome="pass", data=FILLED_IN, by="王"), now=NOW)
    return list(notes)


def _chunks(database: Engine, steps: int, chunk: int) -> Iterator[list[str]]:
    """The ids of `steps` open tasks, a chunk at a time; each case's next task when every case has had its turn."""
    while steps > 0:
        with reading(database) as connection:
            tasks = [f"{number}-{task.token}" for number, _, task in tasks_page(connection, most=steps)]
        for start in range(0, len(tasks), chunk):
            yield tasks[start:start + chunk]
        steps -= len(tasks)
