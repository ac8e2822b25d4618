"""The tables of the queue that a cluster rings with: procrastinate's, brought up beside ours, on PostgreSQL alone.

The library ships one script that makes its tables, and one for each change since. Which of them a database has had is kept in
a table of ours, for it keeps none itself: an empty one gets the first, an older one what is missing, in order, each in the
transaction of the migration. A script that this release does not know means a newer release, as a revision of ours does.
Nothing of a case is ever kept in these tables: what has to be done is a row of ours, and a job only says so sooner.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, insert, select

from services import tables as t

_HAD = select(t.queue_script.c.name)
_NOTE = insert(t.queue_script)


def bring_up(connection: Connection) -> None:
    """Bring the queue's tables to those of the installed library."""
    had, known = _had(connection), scripts()
    if not had:
        _run(connection, SchemaManager.get_schema())
    for name in known:
        if had and name not in had:
            _run(connection, (_folder() / name).read_text("utf-8"))
    if missing := [name for name in known if name not in had]:
        connection.execute(_NOTE, [{"name": name} for name in missing])


def missing(connection: Connection) -> list[str]:
    """The scripts a database still needs, at this release's revision."""
    had = _had(connection)
    return [name for name in scripts() if name not in had]


def unknown(connection: Connection) -> list[str]:
    """The scripts of a newer library that a database has had."""
    return sorted(_had(connection) - set(scripts()))


@cache
def scripts() -> tuple[str, ...]:
    """The scripts of the installed library, in order."""
    return tuple(sorted(file.name for file in _folder().glob("*.sql")))


def _folder() -> Path:
    return Path(SchemaManager.get_migrations_path())


def _had(connection: Connection) -> set[str]:
    return set(connection.execute(_HAD).scalars())


def _run(connection: Connection, script: str) -> None:
    """Past SQLAlchemy, which would read colons and percent signs in it."""
    driver = connection.connection.dbapi_connection
    assert driver is not None
    cursor = driver.cursor()
    cursor.execute(script)
    cursor.close()
