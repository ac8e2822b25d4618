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
from typing import Any, cast

import psycopg
import psycopg.conninfo
from sqlalchemy import URL, BigInteger, Connection, CursorResult, Dialect, Engine, create_engine, event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, InvalidatePoolError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection
from sqlalchemy.types import TypeDecorator

from engine.errors import JibanError
from services import tracing
from services.patience import ALIVE, ANSWER_SECONDS, LEASE_SECONDS, Impatient, arguments

BUSY_SECONDS = 15
IDLE_SECONDS = 1
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


class OutcomeUnknown(DatabaseUnavailable):
    """The connection was lost while a transaction was being committed. It is wholly kept or wholly not, and which of the two
    nobody here can know: read again before repeating it."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        JibanError.__init__(self, f"the database is not available: {reason}; the connection was lost in the commit, so that "
                                  "all of it was done or nothing, and which is not known: read again before repeating it")


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


def connect(url: str, *, answer_seconds: float | None = ANSWER_SECONDS, lease_seconds: float | None = LEASE_SECONDS) -> Engine:
    """Open the database behind a URL; creates the folder of an SQLite file. `answer_seconds`: for how long PostgreSQL may take
    over a statement, `lease_seconds`: for how long a transaction may lie idle there (`services.patience`); None: for ever.
    Raises DatabaseUnavailable."""
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            return _sqlite(url, parsed.database)
        return _postgres(parsed, answer_seconds, lease_seconds)
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


def _postgres(url: URL, answer_seconds: float | None, lease_seconds: float | None) -> Engine:
    """A connection that has lain idle is asked first whether its server is still there: at every use that would be one more
    round trip in each transaction, and under load a server that goes away is noticed in the middle of one in any case."""
    given = {name: value for name, value in url.query.items() if name != "host"}
    ours = arguments(str(given.get("options", "")), answer_seconds=answer_seconds, lease_seconds=lease_seconds)
    database = create_engine(url, pool_size=10, max_overflow=20, hide_parameters=True, connect_args={
        name: value for name, value in ours.items() if name == "options" or name not in given})

    @event.listens_for(database, "do_connect")
    def _connect(dialect: Dialect, record: ConnectionPoolEntry, given: list[Any], named: dict[str, Any]) -> DBAPIConnection:
        opened = Impatient.connect(*given, **named)
        opened.answer_seconds = answer_seconds
        return cast(DBAPIConnection, opened)

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
    return psycopg.conninfo.make_conninfo(**{**ALIVE, **{name: value for name, value in given.items() if name != "context"}})


@contextmanager
def writing(database: Engine) -> Iterator[Connection]:
    """A transaction that will write; committed on leaving, rolled back by an error. Raises DatabaseUnavailable, or
    OutcomeUnknown."""
    is_over = False
    try:
        with tracing.span("transaction"), _translated(), database.begin() as connection:
            yield connection
            is_over = True
    except DatabaseUnavailable as error:
        if is_over and _has_lost_connection(error):
            raise OutcomeUnknown(error.reason) from error
        raise


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
    """As `writing`, for migrations, which may take as long as they like: SQLite lets a table that others refer to be made anew
    only while it does not look at such references, and that is said before a transaction begins. Raises DatabaseUnavailable."""
    with _translated(), database.connect() as connection:
        is_sqlite = database.dialect.name == "sqlite"
        driver = connection.connection.dbapi_connection
        assert driver is not None
        patience = getattr(driver, "answer_seconds", None)
        try:
            if is_sqlite:
                driver.execute("PRAGMA foreign_keys=OFF")
            with connection.begin():
                if isinstance(driver, Impatient):
                    driver.answer_seconds = None
                    driver.execute("SET LOCAL statement_timeout = 0")
                yield connection
        finally:
            if isinstance(driver, Impatient):
                driver.answer_seconds = patience
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
    except NoConnectionFree as error:
        raise DatabaseUnavailable("every connection is in use") from error
    except DBAPIError as error:
        if type(error.orig) is sqlite3.DatabaseError:  # its subclasses are about a statement, it itself about the file
            raise DatabaseDamaged(_reason(error)) from error
        if not error.connection_invalidated:
            raise
        raise DatabaseUnavailable(_reason(error)) from error


def _has_lost_connection(error: DatabaseUnavailable) -> bool:
    return isinstance(error.__cause__, DBAPIError) and error.__cause__.connection_invalidated


def _reason(error: DBAPIError) -> str:
    return str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else type(error.orig).__name__
