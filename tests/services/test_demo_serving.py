"""A demonstration served in a process of its own: it says what it is, and its bell turns the clock that somebody moves."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from services import demonstration
from services.database import connect, reading, writing
from services.demo import staff

ROOT = Path(__file__).resolve().parents[2]


def test_it_says_that_it_is_one_and_its_bell_turns_the_clock_that_another_process_has_moved(sqlite_url: str) -> None:
    database, machine = connect(sqlite_url), datetime.now(UTC)
    with writing(database) as connection:
        demonstration.begin(connection, at=machine, machine=machine)
        staff.enter(connection, now=machine)
        demonstration.finish(connection, machine=machine)
        demonstration.send(connection, machine + timedelta(days=20), now=machine)
    environment = os.environ | {"JIBAN_DATABASE": sqlite_url, "JIBAN_PORT": "0"}

    with subprocess.Popen([sys.executable, "-m", "services.cli", "serve", "--demo"], cwd=ROOT, env=environment,
                          stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        said = server.stdout.readline() + server.stdout.readline()
        waited_until = time.monotonic() + 20
        while (found := _found(sqlite_url)).until is not None and time.monotonic() < waited_until:
            time.sleep(0.2)
        server.terminate()

    assert "This is a demonstration 演示" in said and "Jiban serves http://" in said
    assert found.until is None and timedelta(days=19, hours=23) < found.ahead <= timedelta(days=20)


def test_an_offices_database_is_refused_in_one_sentence(sqlite_url: str) -> None:
    database = connect(sqlite_url)
    with writing(database) as connection:
        staff.enter(connection, now=datetime(2026, 3, 4, tzinfo=UTC))
    environment = os.environ | {"JIBAN_DATABASE": sqlite_url, "JIBAN_PORT": "0"}

    refused = subprocess.run([sys.executable, "-m", "services.cli", "serve", "--demo"], cwd=ROOT, env=environment,
                             capture_output=True, text=True, check=False)

    assert refused.returncode == 1 and "this database is no demonstration" in refused.stderr
    assert refused.stderr.count("\n") == 1


def _found(url: str) -> demonstration.Demonstration:
    database = connect(url)
    with reading(database) as connection:
        found = demonstration.require(connection)
    database.dispose()
    return found
