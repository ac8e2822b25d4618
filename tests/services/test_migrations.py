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
from services.migrations import SchemaRefused, migrate, queue, require_current
from services.tables import metadata


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.create(f"empty_{abs(hash(tmp_path))}")


def is_ours(table: str) -> bool:
    """Not one of the queue's."""
    return not table.startswith("procrastinate_")


def test_migrating_makes_every_table_and_twice_changes_nothing(empty_url: str) -> None:
    database = connect(empty_url)

    first, second = migrate(database), migrate(database)

    assert first == second
    assert {*metadata.tables, "alembic_version"} == set(filter(is_ours, inspect(database).get_table_names()))
    require_current(database)
    database.dispose()


def test_the_migrated_tables_are_those_the_program_uses(database: Engine) -> None:
    ours = {"compare_type": True, "include_name": lambda name, kind, parents: kind != "table" or is_ours(name or "")}
    with database.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection, opts=ours), metadata)

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
        assert connection.execute(text("SELECT count(*) FROM counter WHERE name IN ('adopted', 'refolded')")).scalar_one() == 0
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


def test_a_postgresql_gets_the_tables_of_the_queue_in_the_same_transaction_and_notes_their_scripts(
    postgres: PostgresServer, tmp_path: Path,
) -> None:
    database = connect(postgres.create(f"queue_{abs(hash(tmp_path))}"))

    migrate(database)

    assert "procrastinate_jobs" in inspect(database).get_table_names()
    with database.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM queue_script")).scalar_one() == len(queue.scripts())
    database.dispose()


def test_a_queue_of_an_older_library_gets_the_scripts_it_lacks_and_is_refused_until_then(postgres_url: str) -> None:
    """As if the last script had come with the newest release; run twice, it replaces functions by themselves."""
    database, newest = connect(postgres_url), queue.scripts()[-1]
    with writing(database) as connection:
        connection.execute(text("DELETE FROM queue_script WHERE name = :name"), {"name": newest})

    with pytest.raises(SchemaRefused, match="the tables of the queue lack 1 scripts"):
        require_current(database)
    migrate(database)

    require_current(database)
    database.dispose()


def test_a_queue_of_a_newer_library_is_refused(postgres_url: str) -> None:
    database = connect(postgres_url)
    with writing(database) as connection:
        connection.execute(text("INSERT INTO queue_script VALUES ('99.00.00_01_pre_newer.sql')"))

    for refused in (require_current, migrate):
        with pytest.raises(SchemaRefused, match="made by a newer release"):
            refused(database)
    database.dispose()
