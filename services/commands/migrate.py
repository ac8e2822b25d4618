"""`jiban migrate`: the database gets the tables of this release, and its cases are taken over."""

from __future__ import annotations

from datetime import UTC, datetime

import click
from sqlalchemy import Engine

from services import adoption, migrations, refolding
from services.commands import terminal
from services.database import connect
from services.office import open_office
from services.settings import Settings, from_environment


@click.command(name="migrate")
@terminal.as_json
def command(as_json: bool) -> None:
    """Bring the database of JIBAN_DATABASE to the tables of this release, and the cases an earlier release left to its clocks.

    Stop the earlier release first. What is broken off goes on where it stopped; a second time changes nothing.

    \b
    Example:
      JIBAN_DATABASE=postgresql://jiban@localhost/jiban jiban migrate
    """
    settings = from_environment()
    database = connect(settings.database, answer_seconds=None, lease_seconds=None)  # as long as it takes
    try:
        revision = migrations.migrate(database)
        adopted = _adopt(database, settings)
    finally:
        database.dispose()
    if as_json:
        terminal.print_json({"revision": revision, "adopted": adopted})
    else:
        click.echo(f"the database stands at revision {revision}" + (f", {adopted} cases were taken over" if adopted else ""))


def _adopt(database: Engine, settings: Settings) -> int:
    office = open_office(settings)
    with terminal.Progress() as line:
        adopted = adoption.adopt(database, office, now=datetime.now(UTC),
                                 progress=lambda done, total: line.show(f"taking over cases: {done} of {total}"))
        return max(adopted, refolding.refold(database, office, progress=lambda done, total: line.show(
            f"folding cases anew: {done} of {total}")))
