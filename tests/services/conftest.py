"""Real databases for the tests of services: each test gets its own, with the shelf deployed, on SQLite and on PostgreSQL."""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from shutil import copyfile

import pytest
from sqlalchemy import Connection, Engine

from services import deployments
from services.bench.postgres import PostgresServer, temporary_postgres
from services.database import connect, writing
from services.migrations import migrate
from services.office import Office, open_office
from services.settings import SHELF, Settings
from tests.services.desk import Desk

Story = Callable[[Desk], None]

DEPLOYED_AT = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
_NUMBERS = count(1)


def _prepare(url: str) -> None:
    database = connect(url)
    migrate(database)
    with writing(database) as connection:
        deployments.deploy_shelf(connection, SHELF, now=DEPLOYED_AT)
    database.dispose()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL for all tests of this worker, with the database `prepared` as a template."""
    with temporary_postgres() as server:
        server.forget()  # what a crash leaves is tested in `faults`, on a server of its own
        _prepare(server.create("prepared"))
        yield server


@pytest.fixture(scope="session")
def prepared_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the tables and the shelf."""
    file = tmp_path_factory.mktemp("prepared") / "prepared.db"
    _prepare(f"sqlite:///{file}")
    return file


@pytest.fixture
def sqlite_url(prepared_file: Path, tmp_path: Path) -> str:
    """An SQLite database of the test's own, with the shelf deployed."""
    copyfile(prepared_file, tmp_path / "jiban.db")
    return f"sqlite:///{tmp_path / 'jiban.db'}"


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """A PostgreSQL database of the test's own, with the shelf deployed."""
    name = f"test{next(_NUMBERS)}"
    yield postgres.create(name, template="prepared")
    postgres.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Each of the two databases in turn."""
    return str(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url"))


@pytest.fixture
def database(database_url: str) -> Iterator[Engine]:
    """An open database with the shelf deployed, on each of the two in turn."""
    opened = connect(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def connection(database: Engine) -> Iterator[Connection]:
    """A transaction that is rolled back after the test."""
    with database.connect() as opened, opened.begin() as transaction:
        yield opened
        transaction.rollback()


@pytest.fixture(scope="session")
def shelf_office() -> Office:
    """The office of the shipped shelf, of no database: what it would remember of one is wrong in the next."""
    return open_office(Settings(shelf=SHELF))


@pytest.fixture
def office(shelf_office: Office) -> Office:
    """The office of the shipped shelf, for the one database of a test: ids mean something else in each."""
    return replace(shelf_office, cache=OrderedDict())


@pytest.fixture
def desk(database: Engine, office: Office) -> Desk:
    """A desk at each of the two databases, on Wednesday 2026-03-04 at 10:00."""
    return Desk(database=database, office=office)


@pytest.fixture(scope="session")
def lived_through() -> dict[tuple[Story, str], Desk]:
    """The desks at which this worker has told a story, by the story and the kind of database."""
    return {}


@pytest.fixture(params=["sqlite", "postgresql"])
def tell(
    request: pytest.FixtureRequest, office: Office, lived_through: dict[tuple[Story, str], Desk], tmp_path: Path,
) -> Iterator[Callable[[Story], Desk]]:
    """A desk where a story has been lived, on each of the two databases: lived once by this worker, copied for each test."""
    opened: list[Desk] = []

    def told(story: Story) -> Desk:
        first = lived_through.get((story, request.param))
        if first is None:
            first = lived_through[story, request.param] = Desk(
                database=connect(_first(request)), office=replace(office, cache=OrderedDict()))
            story(first)
            first.database.dispose()
        opened.append(replace(first, database=connect(_copy(request, first.database, tmp_path)), opened=list(first.opened),
                              office=replace(office, cache=OrderedDict())))
        return opened[-1]

    yield told
    for desk in opened:
        desk.database.dispose()
        if request.param == "postgresql":
            request.getfixturevalue("postgres").drop(desk.database.url.database)


def _first(request: pytest.FixtureRequest) -> str:
    """A database that stays as long as the worker; its URL."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres").create(f"lived{next(_NUMBERS)}", template="prepared"))
    file = request.getfixturevalue("tmp_path_factory").mktemp("lived") / "lived.db"
    copyfile(request.getfixturevalue("prepared_file"), file)
    return f"sqlite:///{file}"


def _copy(request: pytest.FixtureRequest, first: Engine, folder: Path) -> str:
    """A copy of a database that nobody is connected to, for one test; its URL."""
    assert first.url.database is not None
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres").create(f"copy{next(_NUMBERS)}", template=first.url.database))
    copyfile(first.url.database, folder / "jiban.db")
    return f"sqlite:///{folder / 'jiban.db'}"
