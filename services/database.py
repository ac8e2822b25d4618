"""The database itself: how it is opened, how a transaction begins, and what its failures mean.

SQLite runs with a write-ahead log, full synchronisation and `BEGIN IMMEDIATE` for whoever will write, so that writers take
turns from the first statement and never fail in the middle. PostgreSQL runs at READ COMMITTED; the version guard of a case,
not the isolation level, is what keeps two writers apart. A transaction belongs to the door that opens it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import BigInteger, Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.types import TypeDecorator

from engine.errors import JibanError

BUSY_SECONDS = 15
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class DatabaseUnavailable(JibanError):
    """The database does not answer, is full or is locked. What was being done is wholly kept or wholly not: read again
    before repeating it."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"the database is not available: {reason}; nothing was half-written, try again when it answers")


class Instant(TypeDecorator[datetime]):
    """An instant as microseconds since 1970 (UTC), the same on every database. Refuses a naive datetime."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> int | None:
        """To the stored integer."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone; instants are stored in UTC")
        return (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Any) -> datetime | None:
        """Back to an aware datetime."""
        return None if value is None else _EPOCH + timedelta(microseconds=value)


def connect(url: str) -> Engine:
    """Open the database behind a URL; creates the folder of an SQLite file. Raises DatabaseUnavailable."""
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            return _sqlite(url, parsed.database)
        return create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=20, connect_args={"connect_timeout": 10})
    except (ArgumentError, OSError) as error:
        raise DatabaseUnavailable(str(error)) from error


def _sqlite(url: str, file: str | None) -> Engine:
    if file and file != ":memory:":
        Path(file).parent.mkdir(parents=True, exist_ok=True)
    database = create_engine(url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})

    @event.listens_for(database, "connect")
    def _configure(connection: sqlite3.Connection, record: object) -> None:
        connection.isolation_level = None  # BEGIN is ours: the driver would begin late and deferred
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_SECONDS * 1000}"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(database, "begin")
    def _begin(connection: Connection) -> None:
        reads_only = connection.get_execution_options().get("reads_only", False)
        connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")

    return database


@contextmanager
def writing(database: Engine) -> Iterator[Connection]:
    """A transaction that will write; committed on leaving, rolled back by an error. Raises DatabaseUnavailable."""
    with _translated(), database.begin() as connection:
        yield connection


@contextmanager
def reading(database: Engine) -> Iterator[Connection]:
    """A transaction that only reads. Raises DatabaseUnavailable."""
    with _translated(), database.connect() as raw:
        connection = raw.execution_options(reads_only=True)
        with connection.begin():
            yield connection


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise DatabaseUnavailable(_reason(error)) from error
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        raise DatabaseUnavailable(_reason(error)) from error


def _reason(error: DBAPIError) -> str:
    return str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else type(error.orig).__name__
