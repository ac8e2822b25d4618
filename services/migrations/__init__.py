"""Bringing a database to the tables of this release, from code: `migrate`.

Safe to run from several processes at once (they take turns on a lock of the database) and twice (the second does nothing). A
database made by a newer release is refused: going back would lose what only the newer one understands. Tables are not all of
an upgrade: where there are cases, a row of `counter` says that not all are taken over yet (`services.adoption`), and until it
is gone nobody serves the database. On PostgreSQL the tables of the cluster's queue are brought up in the same transaction, and
tables change only while no node serves them (`services.presence`).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text

from engine.errors import JibanError
from services import presence
from services.database import reading, rebuilding
from services.migrations import queue

_LOCK = 0x6A6962616E  # any number of ours: "jiban"
_TO_ADOPT = text("SELECT value FROM counter WHERE name IN ('adopted', 'refolded')")


class SchemaRefused(JibanError):
    """The database's tables do not fit this release; the message says what to do."""


def migrate(database: Engine) -> str:
    """Bring the database to this release's tables. Returns the revision. Raises SchemaRefused, DatabaseUnavailable."""
    with rebuilding(database) as connection:
        if database.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        found = _revision(connection)
        _refuse_newer(found)
        if found is not None and found != _head() and database.dialect.name == "postgresql":
            _require_nobody(presence.be_alone(connection))
        command.upgrade(_config(connection), "head")
        if connection.dialect.name == "postgresql":
            _refuse_newer_queue(queue.unknown(connection))
            queue.bring_up(connection)
        return _head()


def _require_nobody(nodes: int) -> None:
    if nodes:
        raise SchemaRefused(f"{nodes} nodes serve this database, and its tables have to change: end them first, then migrate, "
                            "then start those of this release; nothing was changed")


def make(connection: Connection, revision: str) -> None:
    """Make the tables of a revision in an empty database, inside the caller's transaction (`rebuilding`). Not the queue's."""
    command.upgrade(_config(connection), revision)


def is_known(revision: str) -> bool:
    """Does this release know a revision?"""
    return revision in _known()


def head() -> str:
    """The revision of this release."""
    return _head()


def require_current(database: Engine) -> None:
    """Raise SchemaRefused unless the database stands at this release's revision and all its cases were taken over."""
    with reading(database) as connection:
        found = _revision(connection) if inspect(connection).has_table("alembic_version") else None
        is_current = found == _head()
        adopted = connection.execute(_TO_ADOPT).scalars().first() if is_current else None
        has_queue = is_current and connection.dialect.name == "postgresql"
        unknown, missing = (queue.unknown(connection), queue.missing(connection)) if has_queue else ([], [])
    _refuse_newer(found)
    _refuse_newer_queue(unknown)
    if found != _head():
        raise SchemaRefused(f"the database is at revision {found or 'none'}, this release needs {_head()}: run `jiban migrate`")
    if missing:
        raise SchemaRefused(f"the tables of the queue lack {len(missing)} scripts of this release: run `jiban migrate`")
    if adopted is not None:
        raise SchemaRefused("the tables are those of this release, but the cases of the earlier one are not all taken over: "
                            "run `jiban migrate`, it goes on where it stopped")


def _refuse_newer(found: str | None) -> None:
    if found is not None and found not in _known():
        raise SchemaRefused(f"the database was made by a newer release (revision {found}); this one knows up to {_head()}: "
                            "install the newer release again")


def _refuse_newer_queue(unknown: list[str]) -> None:
    if unknown:
        raise SchemaRefused(f"the tables of the queue were made by a newer release ({unknown[-1]}): install the newer release "
                            "again")


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


@cache
def _known() -> frozenset[str]:
    return frozenset(script.revision for script in _scripts().walk_revisions())


@cache
def _head() -> str:
    head = _scripts().get_current_head()
    assert head is not None
    return head


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(Path(__file__).parent))


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config


