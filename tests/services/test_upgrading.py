"""A database of each release before this one, with cases in flight, is upgraded, found sound, and worked on."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

from services import migrations
from services.bench.postgres import PostgresServer
from services.cli import run
from services.database import connect, rebuilding
from services.migrations import SchemaRefused, migrate, require_current
from services.office import Office
from services.tables import metadata
from tests.services.desk import Desk, day
from tests.services.released import copy, release
from tests.services.test_migrations import is_ours

RELEASES = ("0001", "0002", "0016")
_FOLDER = str(Path(migrations.__file__).parent)
REVISIONS = sorted(script.revision for script in ScriptDirectory(_FOLDER).walk_revisions())
_NUMBERS = count(1)


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where nothing is yet."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'office.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = f"upgraded{next(_NUMBERS)}"
    yield server.create(name)
    server.drop(name)


def released(revision: str, url: str, folder: Path) -> Engine:
    """The database of a release at a URL."""
    if url.startswith("sqlite"):
        release(revision, folder / "office.db")
    else:
        copy(revision, url, folder / "released.db")
    return connect(url)


@pytest.mark.parametrize("revision", RELEASES)
def test_a_released_database_with_cases_in_flight_is_upgraded_and_found_sound(
    revision: str, new_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    database = released(revision, new_url, tmp_path)
    monkeypatch.setenv("JIBAN_DATABASE", new_url)
    with pytest.raises(SchemaRefused, match="run `jiban migrate`"):
        require_current(database)

    status = run(["migrate"]), run(["migrate"])

    require_current(database)
    assert status == (0, 0) and run(["verify", "--fold"]) == 0
    database.dispose()


def test_cases_of_the_last_release_go_on_to_their_end(new_url: str, office: Office, tmp_path: Path) -> None:
    database = released("0016", new_url, tmp_path)
    desk = Desk(database=database, office=office, now=day(11))

    migrate(database)
    waiting, accepted, reviewed, stopped = (f"43060020260304{number:06}" for number in range(1, 5))
    desk.go(waiting, "register", "verify", "review_registration", "decide_registration")
    desk.go(accepted, "review_registration", "decide_registration")
    desk.go(reviewed, "decide_registration")
    desk.resume(stopped)
    desk.ring()

    assert [desk.case(number).state for number in (waiting, accepted, reviewed, stopped)] == [
        "decided", "decided", "decided", "reviewing"]
    assert desk.problems() == []
    database.dispose()


@pytest.mark.parametrize("revision", REVISIONS[:-1])
def test_the_tables_of_every_revision_become_those_of_this_release(revision: str, new_url: str) -> None:
    database = connect(new_url)
    with rebuilding(database) as connection:
        config = Config()
        config.set_main_option("script_location", _FOLDER)
        config.attributes["connection"] = connection
        command.upgrade(config, revision)

    migrate(database)

    ours = {"compare_type": True, "include_name": lambda name, kind, parents: kind != "table" or is_ours(name or "")}
    with database.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts=ours), metadata) == []
    require_current(database)
    database.dispose()


def test_an_upgrade_that_is_broken_off_has_changed_nothing(
    new_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The last revision fails when all others have been made."""
    database = released("0016", new_url, tmp_path)
    monkeypatch.setattr(migrations, "_head", lambda: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        migrate(database)

    with database.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == "0016"
    database.dispose()
