"""A backup becomes an installation again: wholly, in an empty database, or not at all.

First every part is read and compared with the manifest. Then the tables are made as the backup's release had them, its rows are
written into them, and the result is looked at as `jiban verify` does, all in one transaction; only what is found sound is
committed. Files are put in their places before that: under the hash of their content, where one without a row is harmless. What
an older release has backed up is restored as it was, and then upgraded by `jiban migrate` like any database of that release.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BufferedReader
from typing import Any, cast

from sqlalchemy import Boolean, Connection, Engine, Table, inspect, text

from services import files, migrations
from services.backup.archive import BackupRefused, Manifest, Reader
from services.backup.taking import tables
from services.database import rebuilding
from services.files import Files
from services.store.bulk import copy
from services.verify import Report, verify

Told = Callable[[str], None]


def restore(
    database: Engine, kept: Files, backup: Reader, *, must_be_sound: bool = True, told: Told = lambda text: None,
) -> Report | None:
    """Restore into an empty database; what is off in it, None when it has to be upgraded first. `must_be_sound`: refuse what is
    off. Raises BackupRefused, DatabaseUnavailable."""
    manifest = backup.manifest
    if not migrations.is_known(manifest.revision):
        raise BackupRefused(f"the backup is of a newer release ({manifest.release}, revision {manifest.revision}): install "
                            "that one, and restore with it")
    backup.check(told)
    with rebuilding(database) as connection:
        _require_empty(connection)
        _put_files(backup, kept, told)
        migrations.make(connection, manifest.revision)
        _fill(connection, backup, told)
        report = _looked_at(connection, manifest, told)
        if report is not None and report.problems and must_be_sound:
            first = report.problems[0]
            raise BackupRefused(f"what is in the backup is not sound, and was not when it was taken: {len(report.problems)} "
                                f"problems, the first: {first.check} {first.case} {first.message}; nothing was restored. "
                                "With --even-if-unsound it is")
    if report is not None:
        migrations.migrate(database)  # the queue of a cluster has no rows of ours
    return report


def _require_empty(connection: Connection) -> None:
    if found := [name for name in inspect(connection).get_table_names() if name != "sqlite_sequence"]:
        raise BackupRefused(f"the database is not empty, it has {len(found)} tables, and nothing is ever overwritten: name a "
                            "new one in JIBAN_DATABASE")


def _put_files(backup: Reader, kept: Files, told: Told) -> None:
    digests = backup.manifest.files()
    for number, digest in enumerate(digests, 1):
        told(f"file {number} of {len(digests)}")
        with backup.file(digest) as stream:
            files.put_back(kept, cast(BufferedReader, stream), digest)


def _fill(connection: Connection, backup: Reader, told: Told) -> None:
    """The rows of the backup, in place of those a new database begins with."""
    made = tables(connection)
    held = set(backup.manifest.tables())
    if held != {table.name for table in made}:
        raise BackupRefused(f"the backup holds other tables than revision {backup.manifest.revision} has: "
                            f"{', '.join(sorted(held ^ {table.name for table in made}))}")
    for table in reversed(made):
        connection.execute(table.delete())
    for table in made:
        told(f"rows of {table.name}")
        copy(connection, table, _rows(backup, table))
    if connection.dialect.name == "sqlite" and connection.execute(text("PRAGMA foreign_key_check")).first() is not None:
        raise BackupRefused("rows of the backup refer to others that are not in it; take another")


def _rows(backup: Reader, table: Table) -> Iterator[list[Any]]:
    """As the database takes them: SQLite has no truth values, PostgreSQL takes no numbers for them."""
    truths = [place for place, column in enumerate(table.columns) if isinstance(column.type, Boolean)]
    for row in backup.rows(table.name):
        for place in truths:
            row[place] = None if row[place] is None else bool(row[place])
        yield row


def _looked_at(connection: Connection, manifest: Manifest, told: Told) -> Report | None:
    if manifest.revision != migrations.head():
        return None
    return verify(connection, progress=lambda cases: told(f"{cases} of {manifest.cases} cases looked at"))
