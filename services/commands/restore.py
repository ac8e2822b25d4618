"""`jiban restore`: an installation is made of a backup, wholly or not at all."""

from __future__ import annotations

from pathlib import Path

import click

from services.backup.archive import Reader
from services.backup.restoring import restore
from services.commands import terminal
from services.database import connect
from services.settings import files_of, from_environment


@click.command(name="restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--even-if-unsound", is_flag=True, help="Restore what was not sound when it was backed up.")
@terminal.as_json
@click.pass_context
def command(context: click.Context, file: Path, even_if_unsound: bool, as_json: bool) -> None:
    """Make an installation of the backup in FILE, in the empty database of JIBAN_DATABASE, which may be of the other kind than
    the one it was taken from. What is restored is verified before it is kept; files go to JIBAN_FILES.

    \b
    Example:
      JIBAN_DATABASE=postgresql://jiban@localhost/jiban jiban restore /backup/jiban-2026-11-27.zip
    """
    settings = from_environment()
    with Reader(file) as backup, terminal.Progress() as line:
        database = connect(settings.database)
        try:
            report = restore(database, files_of(settings), backup, must_be_sound=not even_if_unsound, told=line.show)
        finally:
            database.dispose()
        manifest = backup.manifest
    problems = len(report.problems) if report is not None else 0
    if as_json:
        terminal.print_json({"cases": manifest.cases, "files": len(manifest.files()), "revision": manifest.revision,
                             "is_current": report is not None, "problems": problems})
    elif report is None:
        click.echo(f"restored {manifest.cases} cases as revision {manifest.revision} had them: now run `jiban migrate`")
    else:
        click.echo(f"restored {manifest.cases} cases and {len(manifest.files())} files: "
                   + ("intact 完好" if not problems else f"{problems} problems 有误"))
    if problems:
        context.exit(1)
