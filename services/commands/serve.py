"""`jiban serve`: the doors open, and the bell rings."""

from __future__ import annotations

import click

from services import serving
from services.commands import terminal
from services.settings import from_environment


@click.command(name="serve")
@terminal.as_json
def command(as_json: bool) -> None:
    """Serve the API and the pages at JIBAN_HOST and JIBAN_PORT (or PORT), and fire what is due, until stopped.

    \b
    Example:
      JIBAN_TOKEN=secret PORT=8080 jiban serve
    """
    settings = from_environment()
    if as_json:
        terminal.print_json({"host": settings.host, "port": settings.port})
    serving.serve(settings)
