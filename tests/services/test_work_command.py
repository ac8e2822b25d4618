"""`jiban work --loop`: does what is due until it is told to stop."""

from __future__ import annotations

import json
import signal
from datetime import UTC, datetime
from pathlib import Path

from services import cases
from services.database import connect, writing
from services.office import open_office
from services.settings import SHELF, Settings
from services.store import reading as store
from tests.services.forking import fork
from tests.services.nodes import until


def test_a_worker_goes_on_until_it_is_told_to_stop(sqlite_url: str, tmp_path: Path) -> None:
    _open_a_case_that_is_overdue(sqlite_url)
    worker = fork(["work", "--loop", "--json"], {"JIBAN_DATABASE": sqlite_url, "JIBAN_TICK_SECONDS": "0.1"},
                  log=tmp_path / "worker.log")
    has_fired = until(lambda: worker.log.exists() and worker.log.read_text("utf-8").startswith("fired "))
    goes_on = not worker.has_ended()

    worker.signal(signal.SIGTERM)
    status = worker.wait(20)

    done = json.loads(worker.output.read_text("utf-8"))
    assert has_fired and goes_on and status == 0 and done["fired"] > 0 and done["parked"] == 0


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
