"""`bench cluster`: cases a second with one, two and three nodes on one PostgreSQL, and how late ten thousand timers are.

The nodes are `jiban serve` in processes of their own, as an office runs them; clerks in processes of theirs drive whole cases
over HTTP to their end. On one machine all of them share its processors, with the database: more nodes than processors left
over bring nothing, and only nodes on other machines would show how far it goes. Lateness is what somebody sees who looks from
outside: how long after the second in which all were due nine of ten, ninety-nine of a hundred, were done and committed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, func, inspect, select, update

from engine.errors import JibanError
from services import cases, deployments
from services import tables as t
from services.bench import copies, diagrams
from services.bench.callers import PROCESS
from services.bench.postgres import temporary_postgres
from services.database import connect, reading, writing
from services.fleet import Fleet
from services.migrations import migrate
from services.office import open_office
from services.settings import SHELF, Settings
from services.store import reading as stored
from services.store.bulk import copy

NODES = (1, 2, 3)
TASKS = 3
"""User tasks of a case: with its opening, four requests drive it to its end."""
CALLERS, THREADS = 2, 8
"""Processes of clerks, and clerks in each."""
_TOKEN = "bench"
_WARM_UP = 3.0
_BEFORE_DUE = timedelta(seconds=5)
_PATIENCE = 300.0

Progress = Callable[[str], None]


class NotEmpty(JibanError):
    """What is measured is a database of its own."""

    def __init__(self, url: str) -> None:
        super().__init__(f"JIBAN_DATABASE names a database that has tables already ({url}): name an empty one, or unset it: "
                         "then a PostgreSQL is started for this alone")


def run(
    *, seconds: float = 15.0, due: int = 10_000, nodes: Sequence[int] = NODES, progress: Progress | None = None,
) -> dict[str, Any]:
    """Measure: ``{"cases_per_s": {"1", "2", "3"}, "lateness_p99_s"}``. `seconds`: how long each number of nodes is driven.
    `due`: how many timers are due in the same second, with the largest of `nodes`. `progress` is told each stage. Raises
    NotEmpty."""
    tell = progress or (lambda text: None)
    with _database(tell) as url:
        database = connect(url)
        try:
            _prepare(database)
            per_second = {str(number): _driven(url, number, seconds, tell) for number in nodes}
            return {"cases_per_s": per_second, "lateness_p99_s": _lateness(database, url, due, max(nodes), tell)}
        finally:
            database.dispose()


@contextmanager
def _database(tell: Progress) -> Iterator[str]:
    """The empty PostgreSQL that is named, or one for this alone."""
    given = os.environ.get("JIBAN_DATABASE", "")
    if given.startswith("postgres"):
        url = "postgresql+psycopg://" + given.partition("://")[2]
        database = connect(url)
        has_tables = bool(inspect(database).get_table_names())
        database.dispose()
        if has_tables:
            raise NotEmpty(database.url.render_as_string(hide_password=True))
        yield url
        return
    tell("PostgreSQL: starting a server")
    with temporary_postgres() as server:
        yield server.create("bench")


def _prepare(database: Engine) -> None:
    migrate(database)
    with writing(database) as connection:
        deployments.deploy(connection, {
            "bench.bpmn": diagrams.sequence(TASKS, process=PROCESS, work=True),
            "timed.bpmn": diagrams.sequence(1, process="timed", timer="P30D", work=True)}, now=datetime.now(UTC))


@contextmanager
def _served(url: str, nodes: int) -> Iterator[list[int]]:
    """So many nodes; their ports."""
    settings = {"JIBAN_DATABASE": url, "JIBAN_PORT": "0", "JIBAN_TOKEN": _TOKEN, "JIBAN_TICK_SECONDS": "1"}
    fleet = Fleet([settings] * nodes)
    fleet.start()
    try:
        yield [node.port for node in fleet.nodes]
    finally:
        fleet.stop()


def _driven(url: str, nodes: int, seconds: float, tell: Progress) -> float:
    """Cases a second that come to their end."""
    tell(f"{nodes} nodes: starting")
    with _served(url, nodes) as ports:
        _call(ports, _WARM_UP)
        tell(f"{nodes} nodes: driving cases for {seconds:.0f} s")
        begun = time.perf_counter()
        ended = _call(ports, seconds)
        return round(ended / (time.perf_counter() - begun), 1)


def _call(ports: Sequence[int], seconds: float) -> int:
    """Let the clerks work; how many cases came to their end. Raises JibanError when one of them was answered otherwise."""
    command = [sys.executable, "-m", "services.bench.callers", _TOKEN, str(seconds), str(THREADS), *map(str, ports)]
    callers = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(CALLERS)]
    said = [caller.communicate() for caller in callers]
    for caller, (_, wrong) in zip(callers, said, strict=True):
        if caller.returncode:
            raise JibanError(f"a clerk was not answered: {wrong.strip().splitlines()[-1] if wrong.strip() else 'no reason'}")
    return sum(int(out) for out, _ in said)


def _lateness(database: Engine, url: str, due: int, nodes: int, tell: Progress) -> float:
    """Seconds after which ninety-nine of a hundred timers are done that are due in one second."""
    tell(f"writing {due:,} cases with a timer each")
    _write(database, due)
    with _served(url, nodes):
        at = datetime.now(UTC).replace(microsecond=0) + _BEFORE_DUE
        with writing(database) as connection:
            connection.execute(update(t.timer).values(due_at=at))
        tell(f"{nodes} nodes: {due:,} timers due in one second")
        return _observed(database, at, due)


def _observed(database: Engine, at: datetime, due: int) -> float:
    """Look until all are done; when ninety-nine of a hundred had been seen done."""
    seen, given_up = None, time.monotonic() + _PATIENCE
    while (left := _left(database)) and time.monotonic() < given_up:
        if seen is None and left <= due // 100:
            seen = datetime.now(UTC) - at
        time.sleep(0.05)
    if left:
        raise JibanError(f"{left} of {due} timers were not done within {_PATIENCE:.0f} s")
    return round(((datetime.now(UTC) - at) if seen is None else seen).total_seconds(), 2)


def _left(database: Engine) -> int:
    with reading(database) as connection:
        return connection.execute(select(func.count()).select_from(t.timer)).scalar_one()


def _write(database: Engine, due: int) -> None:
    """One real case, and as many copies of it, each with its timer, which is not due yet."""
    office, now = open_office(Settings(shelf=SHELF)), datetime.now(UTC)
    with writing(database) as connection:
        number = cases.open_case(connection, office, process="timed", data={}, by="bench", now=now).number
        template = copies.template(connection, number)
        timer = stored.timers_of(connection, template.row.id)[0]
        ids = range(template.row.id + 1, template.row.id + due)
        copies.copy_cases(connection, template, ids)
        copy(connection, t.timer, (timer._replace(case_id=id) for id in ids))
        connection.execute(update(t.outbox).values(sent_at=now))  # who is told is not what is measured
