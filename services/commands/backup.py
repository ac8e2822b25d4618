"""`jiban backup`: the whole installation in one file, while it works."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from services.backup.taking import take
from services.commands import terminal
from services.database import connect
from services.settings import files_of, from_environment


@click.command(name="backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@terminal.as_json
@click.pass_context
def command(context: click.Context, file: Path, as_json: bool) -> None:
    """Write every row as it stands at this moment, and the files handed in, to FILE. Nobody has to stop working.

    The file holds personal data and the office's secrets in clear; only its owner may read it. Status 1 when the database is
    not sound or a file is missing: the backup is there all the same, and says so.

    \b
    Example:
      jiban backup /backup/jiban-2026-11-27.zip
    """
    settings = from_environment()
    database = connect(settings.database)
    try:
        with terminal.Progress() as line:
            manifest, report = take(database, files_of(settings), file, now=datetime.now(UTC), told=line.show)
    finally:
        database.dispose()
    rows = sum(part.rows for part in manifest.parts.values())
    if as_json:
        terminal.print_json({"file": str(file), "revision": manifest.revision, "cases": manifest.cases, "rows": rows,
                             "files": len(manifest.files()), "missing": list(manifest.missing),
                             "problems": len(report.problems)})
    else:
        click.echo(f"{file}: {manifest.cases} cases, {rows} rows, {len(manifest.files())} files, revision {manifest.revision}")
    for digest in manifest.missing:
        terminal.complain(f"the file {digest} was handed in and lies on no disk any more")
    if report.problems:
        terminal.complain(f"the database is not sound, {len(report.problems)} problems: `jiban verify` shows them")
    if manifest.missing or report.problems:
        context.exit(1)
