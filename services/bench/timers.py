"""`bench timers`: a million pending clocks. What a tick costs with nothing due; how fast and how surely what is due is done.

Each due clock is a drawn limit of a real case: its lapse is a fact, issues a card, fires the drawn timer and opens a task for
the supervisor. Two processes ring them on PostgreSQL; half-way one is killed with SIGKILL, in the middle of whatever it is
doing, and a third takes its place. Afterwards each lapse must have been told and each timer fired exactly once, which the facts
of its case say. Clocks that are not due share some cases, since nobody looks at those.
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

from sqlalchemy import Engine, Subquery, func, select

from services import jobs
from services import tables as t
from services.bench import crowd
from services.bench.postgres import temporary_postgres
from services.database import connect, reading
from services.office import Office, open_office
from services.settings import SHELF, Settings

OPENED_AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
LAST_DAY = OPENED_AT + timedelta(days=7)
"""10:00 on the fifth working day: everybody has been warned, and nothing is left to be done but the lapse."""
DUE_AT = LAST_DAY + timedelta(hours=20)
"""When the drain begins: in the night after the limit has lapsed, before anybody is told in the morning."""
TICKS = 300

Progress = Callable[[str], None]


def run(*, timers: int = 1_000_000, due: int = 12_000, progress: Progress | None = None) -> dict[str, Any]:
    """Measure: ``{"timers", "idle_ms": {"sqlite", "postgresql"}, "drained", "per_s", "double", "lost"}``. `idle_ms`: median of
    a tick with nothing due. `drained`: lapses told; `double`: those told, and timers fired, more than once; `lost`: clocks
    whose lapse is neither told nor still to be. `progress` is told each stage."""
    tell = progress or (lambda text: None)
    office = open_office(Settings(shelf=SHELF))
    sqlite_ms = _sqlite(office, timers, tell)
    with temporary_postgres() as server:
        url = server.create("bench")
        with _crowded(url, office, timers, due, tell) as database:
            tell(f"PostgreSQL: {TICKS} ticks with nothing due")
            postgres_ms = _idle(database, office)
            tell(f"PostgreSQL: two processes ring {due} due clocks, one is killed half-way")
            drained = _drain(database, url, due)
    return {"timers": timers, "idle_ms": {"sqlite": sqlite_ms, "postgresql": postgres_ms}, **drained}


def _sqlite(office: Office, timers: int, tell: Progress) -> float:
    with (tempfile.TemporaryDirectory(prefix="jiban-bench-") as folder,
          _crowded(f"sqlite:///{Path(folder) / 'bench.db'}", office, timers, 1, tell) as database):
        tell(f"SQLite: {TICKS} ticks with nothing due")
        return _idle(database, office)


@contextmanager
def _crowded(url: str, office: Office, timers: int, due: int, tell: Progress) -> Iterator[Engine]:
    database = connect(url, answer_seconds=None)
    try:
        tell(f"{database.dialect.name}: writing {timers:,} clocks, {due:,} of them due soon")
        crowd.fill(database, office, timers=timers - due, cases_due=due, opened_at=OPENED_AT, now=LAST_DAY)
        yield database
    finally:
        database.dispose()


def _idle(database: Engine, office: Office) -> float:
    """Milliseconds of a tick with nothing due, median."""
    times = []
    for _ in range(TICKS):
        started = time.perf_counter()
        done = jobs.run_due(database, office, now=LAST_DAY)
        times.append(time.perf_counter() - started)
        assert done.total == 0
    return round(statistics.median(times) * 1000, 3)


@dataclass(slots=True, kw_only=True)
class Worker:
    """A process that does what is due when told to."""

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
    """Do all that is due with two processes, one of which is killed half-way; then count."""
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
    """Return when no more than `left` clocks are due."""
    while _due(database) > left:
        time.sleep(0.02)


def _due(database: Engine) -> int:
    with reading(database) as connection:
        return connection.execute(select(func.count()).where(t.clock.c.rings_at <= DUE_AT)).scalar_one()


def _counted(database: Engine, due: int, took: float) -> dict[str, object]:
    """What the facts say: how often the lapse of each case was told, and its timer fired."""
    lapsed, fired = _times("DeadlineLapsed"), _times("TimerFired")
    with reading(database) as connection:
        told, *twice = (connection.execute(select(func.count()).select_from(times).where(times.c.times >= least)).scalar_one()
                        for times, least in ((lapsed, 1), (lapsed, 2), (fired, 2)))
    return {"drained": told, "per_s": round(due / took), "double": sum(twice), "lost": due - told - _due(database)}


def _times(kind: str) -> Subquery:
    """How many facts of a kind each case has, of those that have any."""
    return (select(t.fact.c.case_id, func.count().label("times")).where(t.fact.c.kind == kind).group_by(t.fact.c.case_id)
            .subquery())
