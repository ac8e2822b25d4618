"""`jiban serve`: the doors open, and the bell rings."""

from __future__ import annotations

import click

from services import serving
from services.commands import terminal
from services.serving import Role
from services.settings import from_environment


@click.command(name="serve")
@click.option("--demo", is_flag=True, help="Serve a demonstration; it is prepared in a database that is empty.")
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.ALL.value,
              help="What this node does: answer requests (web), what is due and what leaves (worker), or both.")
@terminal.as_json
def command(demo: bool, role: str, as_json: bool) -> None:
    """Serve the API and the pages at JIBAN_HOST and JIBAN_PORT (or PORT), and fire what is due, until stopped.

    Any number of nodes may serve one PostgreSQL, each in a role; on SQLite there is one, which does everything.

    With --demo: an office with people and cases that are invented, a bar to switch between the people without a password, and
    a clock that can be moved on. It refuses a database in which somebody has entered something.

    \b
    Example:
      JIBAN_TOKEN=secret PORT=8080 jiban serve
      JIBAN_DATABASE=postgresql://jiban@db/jiban jiban serve --role worker
      JIBAN_DATABASE=sqlite:///data/demo.db jiban serve --demo
    """
    if demo and role != Role.ALL.value:
        raise click.UsageError("a demonstration is one node, which does everything: leave --role out")
    settings = from_environment()
    if as_json:
        terminal.print_json({"host": settings.host, "port": settings.port, "demo": demo, "role": role})
    if not demo:
        serving.serve(settings, role=Role(role))
        return
    with terminal.Progress() as line:
        def told(scene: int, of: int) -> None:
            line.show(f"preparing the demonstration 准备演示: {scene} of {of}")
            if scene == of:
                line.clear()

        serving.serve_demonstration(settings, told=told)
