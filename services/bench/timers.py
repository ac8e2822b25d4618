"""`bench timers`: a million pending timers. What a tick costs with nothing due; how fast and how surely what is due is fired.

Each due timer is a drawn limit of a real case: its lapse is a fact, issues a card and opens a task for the supervisor. Two
processes fire them on PostgreSQL; half-way one is killed with SIGKILL, in the middle of whatever it is doing, and a third
takes its place. Afterwards each timer must have been fired exactly once, which the facts of its case say. Timers that are not
due share some cases, since nobody looks at those.
"""

from __future__ import annotations

import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, select

from services import jobs
from services import tables as t
from services.bench import crowd
from services.bench.postgres import temporary_postgres
from services.database import connect, reading
from services.office import Office, open_office
from services.settings import SHELF, Settings

OPENED_AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
DUE_AT = OPENED_AT + timedelta(days=30)
"""When the drain begins: long after five working days, long before a year."""
TICKS = 300

Progress = Callable[[str], None]


def run(*, timers: int = 1_000_000, due: int = 12_000, progress: Progress | None = None) -> dict[str, Any]:
    """Measure: ``{"timers", "idle_ms": {"sqlite", "postgresql"}, "drained", "per_s", "double", "lost"}``. `idle_ms`: median of
    a tick with nothing due. `double`: timers fired more than once; `lost`: timers neither fired nor left. `progress` is told
    each stage."""
    tell = progress or (lambda text: None)
    office = open_office(Settings(shelf=SHELF))
    sqlite_ms = _sqlite(office, timers, tell)
    with temporary_postgres() as server:
        url = server.create("bench")
        with _crowded(url, office, timers, due, tell) as database:
            tell(f"PostgreSQL: {TICKS} ticks with nothing due")
            postgres_ms = _idle(database, office)
            tell(f"PostgreSQL: two processes fire {due} due timers, one is killed half-way")
            drained = _drain(database, url, due)
    return {"timers": timers, "idle_ms": {"sqlite": sqlite_ms, "postgresql": postgres_ms}, **drained}


def _sqlite(office: Office, timers: int, tell: Progress) -> float:
    with (tempfile.TemporaryDirectory(prefix="jiban-bench-") as folder,
          _crowded(f"sqlite:///{Path(folder) / 'bench.db'}", office, timers, 1, tell) as database):
        tell(f"SQLite: {TICKS} ticks with nothing due")
        return _idle(database, office)


@contextmanager
def _crowded(url: str, office: Office, timers: int, due: int, tell: Progress) -> Iterator[Engine]:
    database = connect(url)
    try:
        tell(f"{database.dialect.name}: writing {timers:,} timers, {due:,} of them due soon")
        crowd.fill(database, office, timers=timers - due, cases_due=due, now=OPENED_AT)
        yield database
    finally:
        database.dispose()


def _idle(database: Engine, office: Office) -> float:
    """Milliseconds of a tick with nothing due, median."""
    times = []
    for _ in range(TICKS):
        started = time.perf_counter()
        done = jobs.run_due(database, office, now=OPENED_AT)
        times.append(time.perf_counter() - started)
        assert done.total == 0
    return round(statistics.median(times) * 1000, 3)


@dataclass(slots=True, kw_only=True)
class Worker:
    """A process that fires due timers when told to."""

    process: subprocess.Popen[str]

    @classmethod
    def start(cls, url: str) -> Worker:
        """Begin to start; it says `ready` when it has."""
        return cls(process=subprocess.Popen([sys.executable, "-m", "services.bench.worker", url, DUE_AT.isoformat()],
                                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))

    def await_ready(self) -> None:
        """Return when it could begin at once."""
        assert self.process.stdout is not None and self.process.stdout.readline() == "ready\n"

    def go(self) -> None:
        """Let it begin."""
        assert self.process.stdin is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def end(self) -> None:
        """Whatever it is doing, it is over."""
        self.process.kill()
        self.process.communicate()


def _drain(database: Engine, url: str, due: int) -> dict[str, object]:
    """Fire all that is due with two processes, one of which is killed half-way; then count."""
    workers = [Worker.start(url) for _ in range(3)]
    try:
        for worker in workers:
            worker.await_ready()
        doomed, survivor, third = workers
        started = time.perf_counter()
        doomed.go()
        survivor.go()
        _await(database, due // 2)
        doomed.process.send_signal(signal.SIGKILL)
        third.go()
        _await(database, 0)
        took = time.perf_counter() - started
    finally:
        for worker in workers:
            worker.end()
    return _counted(database, due, took)


def _await(database: Engine, left: int) -> None:
    """Return when no more than `left` timers are due."""
    while _due(database) > left:
        time.sleep(0.02)


def _due(database: Engine) -> int:
    with reading(database) as connection:
        return connection.execute(select(func.count()).where(t.timer.c.due_at <= DUE_AT)).scalar_one()


def _counted(database: Engine, due: int, took: float) -> dict[str, object]:
    """What the facts say: how often the timer of each case was fired."""
    fired = (select(t.fact.c.case_id, func.count().label("times")).where(t.fact.c.kind == "TimerFired")
             .group_by(t.fact.c.case_id).subquery())
    with reading(database) as connection:
        once, double = (connection.execute(select(func.count()).select_from(fired).where(which)).scalar_one()
                        for which in (fired.c.times == 1, fired.c.times > 1))
    return {"drained": once + double, "per_s": round(due / took), "double": double,
            "lost": due - once - double - _due(database)}
