"""Two workers fire what is due, one is killed in the middle: every timer goes off exactly once."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from services.database import connect
from services.database import reading as read
from services.office import Office
from tests.services import diagrams
from tests.services.desk import Desk, day

pytestmark = pytest.mark.faults

ROOT = Path(__file__).parents[2]
CASES = 600
ROUNDS = 3

WAITING = diagrams.process("waiting", diagrams.start(), diagrams.timer("pause", "PT1H"), diagrams.task("fill"), diagrams.end(),
                           diagrams.flows("begin", "pause", "fill", "done"))


def test_a_killed_worker_fires_no_timer_twice_and_loses_none(postgres_url: str, office: Office) -> None:
    desk = Desk(database=connect(postgres_url), office=office)
    desk.deploy(waiting=WAITING)
    for _ in range(CASES):
        desk.open("waiting")
    steady, *victims = [start(postgres_url) for _ in range(1 + ROUNDS)]

    go(steady)
    endings = [killed(victim, seconds) for victim, seconds in zip(victims, (0.03, 0.06, 0.09), strict=True)]
    fired, _ = steady.communicate(timeout=120)

    with read(desk.database) as connection:
        counts = dict(map(tuple, connection.execute(text(
            "SELECT times, count(*) FROM (SELECT count(*) AS times FROM fact WHERE kind = 'TimerFired' GROUP BY case_id) "
            "AS fired GROUP BY times")).all()))
    assert counts == {1: CASES} and 0 < int(fired) <= CASES and -signal.SIGKILL in endings
    assert desk.rows("timer") == 0 and desk.problems() == []
    desk.database.dispose()


def start(url: str) -> subprocess.Popen[str]:
    """A worker that is ready to begin."""
    worker = subprocess.Popen([sys.executable, "-m", "services.bench.worker", url, day(5).isoformat()], cwd=ROOT, text=True,
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert worker.stdout is not None and worker.stdout.readline() == "ready\n"
    return worker


def go(worker: subprocess.Popen[str]) -> None:
    """Let it begin."""
    assert worker.stdin is not None
    worker.stdin.write("go\n")
    worker.stdin.flush()


def killed(worker: subprocess.Popen[str], seconds: float) -> int:
    """Let it begin, and kill it so many seconds later; its status."""
    go(worker)
    time.sleep(seconds)
    worker.send_signal(signal.SIGKILL)
    worker.communicate()
    return worker.returncode
