"""What is done to a node before it begins, so that a fault is met sooner than in life (see `tests.faults.nursery`)."""

from __future__ import annotations

import os

from services import database, patience

ANSWER_SECONDS, LEASE_SECONDS = "RIG_ANSWER_SECONDS", "RIG_LEASE_SECONDS"


def impatient() -> None:
    """With less patience than is shipped: as much as the environment says."""
    database.connect.__kwdefaults__.update(
        answer_seconds=float(os.environ[ANSWER_SECONDS]), lease_seconds=float(os.environ[LEASE_SECONDS]))
    patience.CONNECT_SECONDS = 2
