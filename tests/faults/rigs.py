"""What is done to a node before it begins, so that a fault is met sooner than in life (see `tests.services.nursery`)."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from services import database, patience
from services.cluster import bell, workers
from services.deliveries import sending
from services.machine_clock import MachineClock
from webhooks.post import Wire

ANSWER_SECONDS, LEASE_SECONDS = "RIG_ANSWER_SECONDS", "RIG_LEASE_SECONDS"
AHEAD = "RIG_AHEAD"
"""The file that says how many seconds a node's clock is ahead."""


def impatient() -> None:
    """With less patience than is shipped: as much as the environment says."""
    database.connect.__kwdefaults__.update(
        answer_seconds=float(os.environ[ANSWER_SECONDS]), lease_seconds=float(os.environ[LEASE_SECONDS]))
    patience.CONNECT_SECONDS = 2


def brisk() -> None:
    """Waiting less for receivers that say nothing, and for what a node held that was killed: seconds instead of a minute."""
    Wire.__init__.__kwdefaults__["seconds"] = 2.0
    sending.LEASE, sending.ROOM = timedelta(seconds=6), timedelta(seconds=3)
    bell.SILENCE = workers.SILENCE = 4.0
    workers._HEARTBEAT, bell._RESCUE_CRON = 1.0, "* * * * * */2"


def set_clock() -> None:
    """With a clock that is as far ahead as a file says, whenever it is read."""
    file = Path(os.environ[AHEAD])

    def read() -> datetime:
        return datetime.now(UTC) + timedelta(seconds=int(file.read_text() or 0))

    MachineClock.__init__.__kwdefaults__["read"] = read
