"""`bench clocks`: a million open clocks when the calendar changes, and the board above them.

Half a million cases, each accepted in the last days of a year whose successor has no notice yet, run two clocks each: every
one of them is provisional 暂定. Then the notice of the next year is accepted (one made up for the purpose, which is no law),
and every clock is counted anew: facts with the old and the new due date, rows, chains, the board's counts. What is written is
checked afterwards by counting it. The board is then asked as a supervisor's browser would.
"""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, func, select, text

from services import board, calendar_changes, cases, deployments, recounting
from services import tables as t
from services.bench import diagrams
from services.bench.copies import Template, copy_cases, count_clocks, template
from services.bench.postgres import temporary_postgres
from services.database import connect, reading, writing
from services.migrations import migrate
from services.office import Office, open_office
from services.settings import SHELF, Settings

BEGIN = datetime(2026, 12, 14, 2, 0, tzinfo=UTC)
ACCEPTED_AT = tuple(BEGIN + timedelta(days=day) for day in (0, 1, 2, 3, 4, 7, 8, 9, 10, 11, 14, 15, 16, 17))
"""The working days of the last weeks of 2026, 10:00 in Shanghai."""
CHANGED_AT = datetime(2026, 12, 31, 12, 0, tzinfo=UTC)
CLOCKS_A_CASE = 2
TICKS = 200

MADE_UP: dict[str, Any] = {
    "year": 2027, "number": "测试〔2027〕1号", "title": "测试数据,非法定", "published_on": "2026-12-31", "fixture": True,
    "holidays": [
        {"name": "元旦", "first": "2027-01-01", "last": "2027-01-03"},
        {"name": "春节", "first": "2027-02-05", "last": "2027-02-11", "make_up": ["2027-01-31", "2027-02-14"]},
        {"name": "清明节", "first": "2027-04-03", "last": "2027-04-05"},
        {"name": "劳动节", "first": "2027-05-01", "last": "2027-05-05", "make_up": ["2027-04-25", "2027-05-08"]},
        {"name": "端午节", "first": "2027-06-09", "last": "2027-06-09"},
        {"name": "中秋节", "first": "2027-09-15", "last": "2027-09-15"},
        {"name": "国庆节", "first": "2027-10-01", "last": "2027-10-07", "make_up": ["2027-09-26", "2027-10-09"]},
    ],
}

Progress = Callable[[str], None]


def run(*, open_clocks: int = 1_000_000, progress: Progress | None = None) -> dict[str, Any]:
    """Measure: ``{"clocks", "moved", "recompute_s", "board_p95_ms", "rss_mb"}``. `moved`: clocks whose deadline, or whose
    provisional mark, changed; `rss_mb`: the most memory that this process and one of its workers have held."""
    tell = progress or (lambda text: None)
    office = open_office(Settings(shelf=SHELF))
    with temporary_postgres() as server:
        database = connect(server.create("bench"), answer_seconds=None)
        try:
            tell(f"PostgreSQL: writing {open_clocks:,} open clocks")
            _fill(database, office, open_clocks // CLOCKS_A_CASE)
            before = _board(database, office)
            seconds, moved = _recount(database, office, tell)
            _check(database, open_clocks, moved)
            after = _board(database, office)
        finally:
            database.dispose()
    return {"clocks": open_clocks, "moved": moved, "recompute_s": round(seconds, 1),
            "board_p95_ms": round(max(before, after), 1),
            "rss_mb": round(sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
                            / 1024)}


def _fill(database: Engine, office: Office, count: int) -> None:
    """Cases in several parks, accepted on the days above."""
    migrate(database)
    with writing(database) as connection:
        deployments.deploy(connection, {"bench.bpmn": diagrams.accepted()}, now=BEGIN)
        parks = [park.name for park in office.catalogue.parks.values()]
        templates = [_accepted(connection, office, at, parks[place % len(parks)]) for place, at in enumerate(ACCEPTED_AT)]
        first = templates[-1].row.id + 1
        for place, one in enumerate(templates):
            share = range(first + (count - len(templates)) * place // len(templates),
                          first + (count - len(templates)) * (place + 1) // len(templates))
            copy_cases(connection, one, share)
        count_clocks(connection)
        connection.execute(text("ANALYZE"))


def _accepted(connection: Connection, office: Office, at: datetime, park: str) -> Template:
    data = {"applicant": "岳阳某某制造有限公司", "note": "一" * 100, "park": park}
    return template(connection, cases.open_case(connection, office, process="bench", data=data, by="bench", now=at).number)


def _recount(database: Engine, office: Office, tell: Progress) -> tuple[float, int]:
    with writing(database) as connection:
        proposed = calendar_changes.propose_notice(connection, office.shelf, orjson.dumps(MADE_UP), file="2027.json", by="甲",
                                                   now=CHANGED_AT)
        calendar_changes.accept(connection, office.shelf, proposed.change.id, by="乙", now=CHANGED_AT, allow_fixture=True)
    started = time.perf_counter()
    done = recounting.recount_due(database, office, now=CHANGED_AT, progress=lambda cases, clocks: tell(
        f"PostgreSQL: {cases:,} cases counted anew, {clocks:,} clocks moved"))
    return time.perf_counter() - started, done.clocks


def _check(database: Engine, open_clocks: int, moved: int) -> None:
    """Everything that was to be written is there."""
    with reading(database) as connection:
        provisional = connection.execute(select(func.count()).where(t.clock.c.is_provisional)).scalar_one()
        told = connection.execute(select(func.count()).where(t.fact.c.kind == "ClocksRecounted")).scalar_one()
        counted = connection.execute(select(func.sum(t.clock_count.c.clocks))).scalar_one()
    assert (provisional, told * CLOCKS_A_CASE, int(counted)) == (0, moved, open_clocks), (provisional, told, counted, moved)


def _board(database: Engine, office: Office) -> float:
    """Milliseconds to read the board, the 95th of a hundred."""
    times = []
    for _ in range(TICKS):
        started = time.perf_counter()
        with reading(database) as connection:
            board.board(connection, office, now=CHANGED_AT)
        times.append(time.perf_counter() - started)
    return statistics.quantiles(times, n=20)[-1] * 1000
