"""`jiban migrate`: the database gets the tables of this release."""

from __future__ import annotations

import click

from services import migrations
from services.commands import terminal
from services.database import connect
from services.settings import from_environment


@click.command(name="migrate")
@terminal.as_json
def command(as_json: bool) -> None:
    """Bring the database of JIBAN_DATABASE to the tables of this release; a second time changes nothing.

    \b
    Example:
      JIBAN_DATABASE=postgresql://jiban@localhost/jiban jiban migrate
    """
    database = connect(from_environment().database)
    try:
        revision = migrations.migrate(database)
    finally:
        database.dispose()
    if as_json:
        terminal.print_json({"revision": revision})
    else:
        click.echo(f"the database stands at revision {revision}")
