"""Migrations: from nothing to this release's tables, however often and from however many at once."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from services.bench.postgres import PostgresServer
from services.database import connect, writing
from services.migrations import SchemaRefused, migrate, require_current
from services.tables import metadata


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.create(f"empty_{abs(hash(tmp_path))}")


def test_migrating_makes_every_table_and_twice_changes_nothing(empty_url: str) -> None:
    database = connect(empty_url)

    first, second = migrate(database), migrate(database)

    assert first == second and {*metadata.tables, "alembic_version"} == set(inspect(database).get_table_names())
    require_current(database)
    database.dispose()


def test_the_migrated_tables_are_those_the_program_uses(database: Engine) -> None:
    with database.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)

    assert differences == []


def test_several_processes_may_migrate_at_once(empty_url: str) -> None:
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as pool:
        revisions = list(pool.map(migrate_url, [empty_url] * 4))

    assert len(set(revisions)) == 1
    database = connect(empty_url)
    require_current(database)
    with database.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar_one() == 1
    database.dispose()


def test_a_database_without_cases_has_none_to_take_over(empty_url: str) -> None:
    database = connect(empty_url)

    migrate(database)

    with database.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM counter WHERE name <> 'subscriptions'")).scalar_one() == 0
    require_current(database)
    database.dispose()


def test_an_empty_database_is_refused_with_what_to_do(empty_url: str) -> None:
    database = connect(empty_url)

    with pytest.raises(SchemaRefused, match="run `jiban migrate`"):
        require_current(database)
    database.dispose()


def test_the_database_of_a_newer_release_is_refused_and_left_as_it_is(database: Engine) -> None:
    with writing(database) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(SchemaRefused, match="made by a newer release"):
        migrate(database)
    with pytest.raises(SchemaRefused, match="made by a newer release"):
        require_current(database)


def migrate_url(url: str) -> str:
    """In a process of its own."""
    database = connect(url)
    try:
        return migrate(database)
    finally:
        database.dispose()
