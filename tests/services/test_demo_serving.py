"""A demonstration served in a process of its own: it says what it is, and its bell turns the clock that somebody moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from services import demonstration
from services.database import connect, reading, writing
from services.demo import staff
from tests.services.forking import fork
from tests.services.nodes import until


def test_it_says_that_it_is_one_and_its_bell_turns_the_clock_that_another_process_has_moved(
    sqlite_url: str, tmp_path: Path,
) -> None:
    database, machine = connect(sqlite_url), datetime.now(UTC)
    with writing(database) as connection:
        demonstration.begin(connection, at=machine, machine=machine)
        staff.enter(connection, now=machine)
        demonstration.finish(connection, machine=machine)
        demonstration.send(connection, machine + timedelta(days=20), now=machine)

    server = fork(["serve", "--demo"], {"JIBAN_DATABASE": sqlite_url, "JIBAN_PORT": "0"}, log=tmp_path / "demo.log")
    said = server.line(0) + server.line(1)
    until(lambda: _found(sqlite_url).until is None)
    found = _found(sqlite_url)
    server.kill()

    assert "This is a demonstration 演示" in said and "Jiban serves http://" in said
    assert found.until is None and timedelta(days=19, hours=23) < found.ahead <= timedelta(days=20)


def test_an_offices_database_is_refused_in_one_sentence(sqlite_url: str, tmp_path: Path) -> None:
    database = connect(sqlite_url)
    with writing(database) as connection:
        staff.enter(connection, now=datetime(2026, 3, 4, tzinfo=UTC))

    refused = fork(["serve", "--demo"], {"JIBAN_DATABASE": sqlite_url, "JIBAN_PORT": "0"}, log=tmp_path / "demo.log")
    status, said = refused.wait(20), refused.log.read_text("utf-8")

    assert status == 1 and "this database is no demonstration" in said and said.count("\n") == 1


def _found(url: str) -> demonstration.Demonstration:
    database = connect(url)
    with reading(database) as connection:
        found = demonstration.require(connection)
    database.dispose()
    return found
