"""How transactions begin, what a pipeline of statements says, and a server that goes away."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from services import database as databases
from services.database import DatabaseDamaged, DatabaseUnavailable, connect, pipelined, reading, rows_changed, writing

INSERT = text("INSERT INTO counter (name, value) VALUES (:name, 1)")
COUNT = text("UPDATE counter SET value = value + 1 WHERE name = :name")


def test_a_writer_waits_for_the_writer_before_it_from_its_first_statement_on(sqlite_url: str) -> None:
    one, other = connect(sqlite_url), connect(sqlite_url)
    seen: list[int] = []

    def count() -> None:
        with writing(other) as connection:
            seen.append(connection.execute(text("SELECT value FROM counter WHERE name = 'turns'")).scalar_one())

    with writing(one) as connection:
        connection.execute(INSERT, {"name": "turns"})
        waiting = threading.Thread(target=count)
        waiting.start()
        waiting.join(0.2)
        assert not seen and waiting.is_alive()
    waiting.join()

    assert seen == [1]


def test_a_reader_neither_waits_for_a_writer_nor_sees_what_is_not_committed(database: Engine) -> None:
    with writing(database) as writer:
        writer.execute(INSERT, {"name": "unseen"})
        with reading(database) as reader:
            found = reader.execute(text("SELECT count(*) FROM counter WHERE name = 'unseen'")).scalar_one()

    assert found == 0


def test_a_transaction_after_one_that_only_read_may_write(database: Engine) -> None:
    with reading(database) as connection:
        connection.execute(text("SELECT 1"))
    with writing(database) as connection:
        connection.execute(INSERT, {"name": "after"})

    with reading(database) as connection:
        assert connection.execute(text("SELECT value FROM counter WHERE name = 'after'")).scalar_one() == 1


def test_how_many_rows_a_statement_of_a_pipeline_changed_is_known_when_it_is_over(database: Engine) -> None:
    with writing(database) as connection:
        with pipelined(connection):
            connection.execute(INSERT, {"name": "one"})
            counted = connection.execute(COUNT, {"name": "one"})
            missed = connection.execute(COUNT, {"name": "nobody"})

        assert (rows_changed(counted), rows_changed(missed)) == (1, 0)


def test_what_a_pipeline_breaks_is_told_as_by_any_other_statement(database: Engine) -> None:
    with writing(database) as connection:
        connection.execute(INSERT, {"name": "twice"})

    with pytest.raises(IntegrityError, match="counter"), writing(database) as connection, pipelined(connection):
        connection.execute(COUNT, {"name": "twice"})
        connection.execute(INSERT, {"name": "twice"})

    with reading(database) as connection:
        assert connection.execute(text("SELECT value FROM counter WHERE name = 'twice'")).scalar_one() == 1


def test_an_idle_connection_whose_server_went_away_is_replaced_unseen(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch,
) -> None:
    database = connect(postgres_url)
    _end_every_connection(database, postgres_url)
    monkeypatch.setattr(databases, "IDLE_SECONDS", 0)

    with writing(database) as connection:
        found = connection.execute(text("SELECT 1")).scalar_one()

    assert found == 1
    database.dispose()


@pytest.mark.parametrize("is_pipelined", [False, True])
def test_a_server_that_goes_away_in_a_transaction_is_unavailable_and_then_there_again(
    postgres_url: str, is_pipelined: bool,
) -> None:
    database = connect(postgres_url)

    with pytest.raises(DatabaseUnavailable), writing(database) as connection:
        connection.execute(INSERT, {"name": "lost"})
        _end_every_connection(None, postgres_url)
        if is_pipelined:
            with pipelined(connection):
                connection.execute(COUNT, {"name": "lost"})
        else:
            connection.execute(COUNT, {"name": "lost"})

    with reading(database) as connection:
        assert connection.execute(text("SELECT count(*) FROM counter WHERE name = 'lost'")).scalar_one() == 0
    database.dispose()


def _end_every_connection(database: Engine | None, url: str) -> None:
    """The server ends everybody else's connections; with `database`, after it has laid one into its pool."""
    if database is not None:
        with reading(database) as connection:
            connection.execute(text("SELECT 1"))
    other = connect(url)
    with writing(other) as connection:
        connection.execute(text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                                "WHERE datname = current_database() AND pid <> pg_backend_pid()"))
    other.dispose()


def test_a_file_that_is_no_database_is_named_as_such(tmp_path: Path) -> None:
    file = tmp_path / "letter.db"
    file.write_bytes(b"Dear Sir or Madam, " * 100)

    with pytest.raises(DatabaseDamaged, match="check JIBAN_DATABASE"), reading(connect(f"sqlite:///{file}")) as connection:
        connection.execute(text("SELECT 1 FROM counter"))
