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
from time import monotonic
from typing import Any

import psycopg
import psycopg.conninfo
from sqlalchemy import BigInteger, Connection, CursorResult, Engine, create_engine, event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, InvalidatePoolError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection
from sqlalchemy.types import TypeDecorator

from engine.errors import JibanError

BUSY_SECONDS = 15
IDLE_SECONDS = 1
CONNECT_SECONDS = 4
"""A PostgreSQL that has not taken a connection after so many seconds does not answer."""

_ALIVE = {"keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 2, "tcp_user_timeout": 5000}
"""A server whose machine has vanished is noticed within ten seconds, not after the quarter of an hour that TCP gives it."""

_READS_ONLY = "reads_only"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class DatabaseUnavailable(JibanError):
    """The database does not answer, is full or is locked. What was being done is wholly kept or wholly not: read again
    before repeating it."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"the database is not available: {reason}; nothing was half-written, try again when it answers")


class DatabaseDamaged(DatabaseUnavailable):
    """What is there cannot be read as a database."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        JibanError.__init__(self, f"the database cannot be read: {reason}; check JIBAN_DATABASE, or restore a backup")


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


class _Sqlite(SQLiteDialect_pysqlite):
    """SQLite whose transactions begin as ours do. Part of the dialect, because a listener for `begin` makes SQLAlchemy look
    for listeners at every statement, which costs a step more than the statement that begins it."""

    supports_statement_cache = True

    def do_begin(self, dbapi_connection: PoolProxiedConnection) -> None:
        """Begin as a writer, unless `reading` has said otherwise."""
        reads_only = dbapi_connection.info.pop(_READS_ONLY, False)
        dbapi_connection.execute("BEGIN" if reads_only else "BEGIN IMMEDIATE")


registry.register("sqlite.jiban", __name__, _Sqlite.__name__)


def is_there(url: str) -> bool:
    """Is there a database behind a URL, as far as can be said without opening it? Only a file can be missing."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        return True  # whoever opens it is told what is wrong
    return parsed.get_backend_name() != "sqlite" or not parsed.database or Path(parsed.database).exists()


def connect(url: str) -> Engine:
    """Open the database behind a URL; creates the folder of an SQLite file. Raises DatabaseUnavailable."""
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            return _sqlite(url, parsed.database)
        return _postgres(url)
    except (ArgumentError, OSError) as error:
        raise DatabaseUnavailable(str(error)) from error


def _sqlite(url: str, file: str | None) -> Engine:
    if file and file != ":memory:":
        Path(file).parent.mkdir(parents=True, exist_ok=True)
    database = create_engine(make_url(url).set(drivername="sqlite+jiban"),
                             hide_parameters=True, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})

    @event.listens_for(database, "connect")
    def _configure(connection: sqlite3.Connection, record: object) -> None:
        connection.isolation_level = None  # BEGIN is ours: the driver would begin late and deferred
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_SECONDS * 1000}"):
            connection.execute(f"PRAGMA {pragma}")

    return database


def _postgres(url: str) -> Engine:
    """A connection that has lain idle is asked first whether its server is still there: at every use that would be one more
    round trip in each transaction, and under load a server that goes away is noticed in the middle of one in any case."""
    parsed = make_url(url)
    given = {"connect_timeout": CONNECT_SECONDS, **_ALIVE}
    database = create_engine(parsed, pool_size=10, max_overflow=20, hide_parameters=True, connect_args={
        name: value for name, value in given.items() if name not in parsed.query})

    @event.listens_for(database, "checkin")
    def _note(connection: object, record: ConnectionPoolEntry) -> None:
        record.info["idle_since"] = monotonic()

    @event.listens_for(database, "checkout")
    def _ask(connection: DBAPIConnection, record: ConnectionPoolEntry, proxy: object) -> None:
        if monotonic() - record.info.get("idle_since", monotonic()) > IDLE_SECONDS:
            try:
                database.dialect.do_ping(connection)
            except psycopg.Error as error:
                raise InvalidatePoolError from error

    return database


def plain_address(database: Engine) -> str:
    """Where a PostgreSQL is, as its driver takes it, for whoever speaks to it without SQLAlchemy. It may hold a password."""
    _, given = database.dialect.create_connect_args(database.url)
    return psycopg.conninfo.make_conninfo(**{**_ALIVE, **{name: value for name, value in given.items() if name != "context"}})


@contextmanager
def writing(database: Engine) -> Iterator[Connection]:
    """A transaction that will write; committed on leaving, rolled back by an error. Raises DatabaseUnavailable."""
    with _translated(), database.begin() as connection:
        yield connection


@contextmanager
def reading(database: Engine) -> Iterator[Connection]:
    """A transaction that only reads, and sees the database as it stood at its first statement. Raises DatabaseUnavailable."""
    with _translated(), database.connect() as connection:
        if database.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        else:
            connection.connection.info[_READS_ONLY] = True  # until the transaction has begun
        with connection.begin():
            yield connection


@contextmanager
def rebuilding(database: Engine) -> Iterator[Connection]:
    """As `writing`, for migrations: SQLite lets a table that others refer to be made anew only while it does not look at such
    references, and that is said before a transaction begins. Raises DatabaseUnavailable."""
    with _translated(), database.connect() as connection:
        is_sqlite = database.dialect.name == "sqlite"
        driver = connection.connection.dbapi_connection
        assert driver is not None
        try:
            if is_sqlite:
                driver.execute("PRAGMA foreign_keys=OFF")
            with connection.begin():
                yield connection
        finally:
            if is_sqlite:
                driver.execute("PRAGMA foreign_keys=ON")


@contextmanager
def rehearsing(database: Engine) -> Iterator[Connection]:
    """A transaction whose work is thrown away. It sees others' commits, holds nothing up on SQLite, and on PostgreSQL only the
    case it looks at. Raises DatabaseUnavailable."""
    with _translated(), database.connect() as connection:
        if database.dialect.name != "postgresql":
            connection.connection.info[_READS_ONLY] = True  # until the transaction has begun
        with connection.begin() as transaction:
            yield connection
            transaction.rollback()


@contextmanager
def pipelined(connection: Connection) -> Iterator[None]:
    """Statements inside whose results nobody reads: PostgreSQL is sent all of them before its first answer is awaited.
    What any of them raises there comes on leaving, and `rows_changed` is known only then. On SQLite nothing changes."""
    driver = connection.connection.dbapi_connection
    if not isinstance(driver, psycopg.Connection):
        yield
        return
    try:
        with driver.pipeline():
            yield
    except psycopg.Error as error:
        raise _wrapped(connection, driver, error) from error


def rows_changed(result: CursorResult[Any]) -> int:
    """How many rows a statement has changed; of one sent inside `pipelined`, to be asked when that is over."""
    cursor = result.context.cursor
    return int(cursor.rowcount) if isinstance(cursor, psycopg.Cursor) else result.rowcount


def _wrapped(connection: Connection, driver: psycopg.Connection[Any], error: psycopg.Error) -> BaseException:
    """What SQLAlchemy would have made of an error that came past it."""
    is_lost = driver.closed
    if is_lost:
        connection.invalidate(error)
    return DBAPIError.instance(None, None, error, psycopg.Error, connection_invalidated=is_lost, dialect=connection.dialect)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise DatabaseUnavailable(_reason(error)) from error
    except DBAPIError as error:
        if type(error.orig) is sqlite3.DatabaseError:  # its subclasses are about a statement, it itself about the file
            raise DatabaseDamaged(_reason(error)) from error
        if not error.connection_invalidated:
            raise
        raise DatabaseUnavailable(_reason(error)) from error


def _reason(error: DBAPIError) -> str:
    return str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else type(error.orig).__name__
