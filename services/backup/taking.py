"""A backup is taken while people work: every row in one transaction that sees one moment, then the files those rows name.

Nobody waits for it: readers hold up no writer, on either database. A file is written before the row that names it, and stays:
whatever a row of that moment names lies on the disk when its turn comes. The database itself is looked at in the same moment
(`jiban verify`), so that a backup of a database that is off is known for one when it is taken, not when it is needed. The queue
of a cluster is left out: its jobs are hints, and the rows they hint at are here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, Table, select, text

from engine.errors import NotFound
from services import files, migrations
from services import tables as t
from services.backup.archive import FORMAT, Manifest, Writer, writing
from services.database import reading
from services.files import Files
from services.verify import Report, verify

PORTION = 1000
LEFT_OUT = frozenset({"alembic_version", "queue_script"})
_QUEUE = "procrastinate_"
_FILES = select(t.upload.c.sha256).distinct().order_by(t.upload.c.sha256)

Told = Callable[[str], None]


def take(
    database: Engine, kept: Files, target: Path, *, now: datetime, told: Told = lambda text: None,
) -> tuple[Manifest, Report]:
    """Write a backup to `target`; what it holds, and what is off in it. Raises BackupRefused, SchemaRefused,
    DatabaseUnavailable."""
    migrations.require_current(database)
    with writing(target) as writer:
        with reading(database) as connection:
            for table in tables(connection):
                told(f"rows of {table.name}")
                writer.write_rows(table.name, _portions(connection, table))
            digests = list(connection.execute(_FILES).scalars())
            report = verify(connection, progress=lambda cases: told(f"{cases} cases looked at"))
        missing = _write_files(writer, kept, digests, told)
        manifest = Manifest(format=FORMAT, revision=migrations.head(), release=version("jiban"), dialect=database.dialect.name,
                            taken_at=now.isoformat(), cases=report.cases, parts=writer.parts, missing=tuple(missing))
        writer.close(manifest)
    return manifest, report


def tables(connection: Connection) -> list[Table]:
    """The tables that are there, as they are there: those others refer to first."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name not in LEFT_OUT and not table.name.startswith(_QUEUE)]


def _portions(connection: Connection, table: Table) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of a table as the driver gives them, some at a time."""
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    rows = connection.execution_options(yield_per=PORTION).execute(text(f'SELECT {names} FROM "{table.name}"'))
    for portion in rows.partitions():
        yield [tuple(row) for row in portion]


def _write_files(writer: Writer, kept: Files, digests: list[str], told: Told) -> list[str]:
    """Write the files; the hashes of those that lie on no disk any more."""
    missing: list[str] = []
    for number, digest in enumerate(digests, 1):
        told(f"file {number} of {len(digests)}")
        try:
            with files.path_of(kept, digest).open("rb") as stream:
                writer.write_file(digest, stream)
        except NotFound:
            missing.append(digest)
    return missing
