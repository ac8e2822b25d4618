"""The server is killed in the middle of whatever it is doing, again and again, and nothing it said is done is lost."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from services.database import connect
from services.office import Office
from tests.faults.busy import BUSY
from tests.faults.clerks import Clerk
from tests.faults.kept import assert_kept
from tests.faults.nodes import Node
from tests.faults.reached import Reached, size
from tests.services.desk import Desk

pytestmark = pytest.mark.faults

KILLS = size("JIBAN_KILLS", 5)
TRANSITIONS = size("JIBAN_TRANSITIONS", 200)
"""A thousand kills over 100,000 transitions: ``make faults``."""

CLERKS = 8
SEED = 20260304
ROUND = max(3, TRANSITIONS // max(KILLS, 1) // 2)
"""Requests acknowledged before the next kill, so that a slow machine tests as much as a quick one. Timers do the rest."""


def test_kills_under_load_lose_nothing_and_do_nothing_twice(sqlite_url: str, office: Office, tmp_path: Path) -> None:
    desk = Desk(database=connect(sqlite_url), office=office)
    desk.deploy(busy=BUSY)
    desk.database.dispose()
    server, stop, reached = Node(url=sqlite_url, log=tmp_path / "server.log"), threading.Event(), Reached(
        fault="kill -9, SQLite", seed=SEED)
    cases: list[str] = []
    clerks = [Clerk(nodes=[server], number=number, cases=cases, stop=stop) for number in range(CLERKS)]
    threads = [threading.Thread(target=clerk.work) for clerk in clerks]
    random = Random(SEED)

    server.start()
    for thread in threads:
        thread.start()
    kills = 0
    while kills < KILLS or moved(desk) < TRANSITIONS:
        await_work(clerks)
        time.sleep(random.uniform(0, 0.1))
        server.kill()
        server.start()
        kills += 1
        reached.so_far(kills=kills, transitions=moved(desk))
    time.sleep(0.5)
    stop.set()
    for thread in threads:
        thread.join()
    server.kill()

    done = [each for clerk in clerks for each in clerk.acknowledged]
    assert [strange for clerk in clerks for strange in clerk.strange] == []
    assert len(done) >= KILLS * ROUND and sum(clerk.lost for clerk in clerks) > 0, "the clerks had nothing to do"
    reached.so_far(verifying=moved(desk))
    assert desk.problems() == []
    assert_kept(desk, done)
    reached.note(kills=kills, transitions=moved(desk), acknowledged=len(done), unanswered=sum(clerk.lost for clerk in clerks),
                 problems=0)
    desk.database.dispose()


def moved(desk: Desk) -> int:
    """How many transitions there were: commands and firings, each of which saved a case once. Read beside everybody else."""
    with closing(sqlite3.connect(str(desk.database.url.database), timeout=30)) as connection:
        return int(connection.execute('SELECT coalesce(sum(version), 0) FROM "case"').fetchone()[0])


def await_work(clerks: list[Clerk]) -> None:
    """Wait until the clerks have had some answers from the server that has just started."""
    begun, until = sum(len(clerk.acknowledged) for clerk in clerks), time.monotonic() + 20
    while sum(len(clerk.acknowledged) for clerk in clerks) < begun + ROUND and time.monotonic() < until:
        time.sleep(0.02)
