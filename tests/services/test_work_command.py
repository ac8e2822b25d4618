"""`jiban work --loop`: does what is due until it is told to stop."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime

from services import cases
from services.database import connect, writing
from services.office import open_office
from services.settings import SHELF, Settings
from services.store import reading as store


def test_a_worker_goes_on_until_it_is_told_to_stop(sqlite_url: str) -> None:
    _open_a_case_that_is_overdue(sqlite_url)
    environment = {**os.environ, "JIBAN_DATABASE": sqlite_url, "JIBAN_TICK_SECONDS": "0.1"}
    worker = subprocess.Popen([sys.executable, "-m", "services.cli", "work", "--loop", "--json"], env=environment,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert worker.stderr is not None
    first = worker.stderr.readline()  # it has done what was due and waits for more
    assert worker.poll() is None

    worker.send_signal(signal.SIGTERM)
    out, _ = worker.communicate(timeout=20)

    assert first.startswith("fired ")
    assert worker.returncode == 0 and json.loads(out)["fired"] > 0 and json.loads(out)["parked"] == 0


def _open_a_case_that_is_overdue(url: str) -> None:
    """A case received in March 2026, whose applicant was never told what is missing."""
    database, office, at = connect(url), open_office(Settings(shelf=SHELF)), datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
    with writing(database) as connection:
        number = cases.open_case(connection, office, process="company_setup", data={}, by="王", now=at).number
    with writing(database) as connection:
        row = store.peek_case(connection, number)
        assert row is not None
        task = f"{number}-{store.tasks_of(connection, row.id)[0].token}"
        cases.complete_task(connection, office, cases.Completion(task=task, outcome="received", data={}, by="王"), now=at)
    database.dispose()
