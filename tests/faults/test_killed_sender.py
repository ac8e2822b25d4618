"""A sender is killed while it posts: what it had on its way is posted again under the same id, and nothing is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from socket import socket

import pytest

from services.deliveries import sending
from tests.services.desk import Desk
from tests.services.receiving import ids, kinds, wired
from tests.webhooks.receiving import answering, receiver

pytestmark = pytest.mark.faults

ROOT = Path(__file__).parents[2]
SENDER = Path(__file__).with_name("sender.py")
CASES, KILLS = 12, 3


def test_a_sender_killed_while_it_posts_loses_nothing_and_repeats_the_id(desk: Desk, database_url: str) -> None:
    office_wire, taken = wired(desk), threading.Semaphore(0)

    def slowly(line: socket) -> None:
        taken.release()
        time.sleep(0.05)
        answering()(line)

    with receiver(slowly) as there:
        office_wire.connect(there)
        numbers = [desk.open() for _ in range(CASES)]
        for number in numbers:
            desk.go(number, "register", "verify")
        now, killed = desk.now, 0
        for _ in range(KILLS):
            sender = start(database_url, now)
            assert taken.acquire(timeout=30)
            sender.send_signal(signal.SIGKILL)
            killed += sender.wait(30) == -signal.SIGKILL
            now += sending.LEASE + timedelta(seconds=1)
        office_wire.run(now + timedelta(minutes=5))

    told = Counter(ids(there))
    assert killed == KILLS and len(told) == 3 * CASES and sum(told.values()) > 3 * CASES
    assert {state for _, state, _ in office_wire.states()} == {"delivered"} and desk.problems() == []
    for number in numbers:
        assert list(dict.fromkeys(kinds(there, number))) == ["CaseOpened", "CaseAccepted", "ReviewStarted"]


def start(url: str, now: datetime) -> subprocess.Popen[bytes]:
    """A sender in a process of its own."""
    return subprocess.Popen([sys.executable, str(SENDER), url, now.isoformat()], cwd=ROOT, stdout=subprocess.DEVNULL,
                            env={**os.environ, "PYTHONPATH": str(ROOT)})
