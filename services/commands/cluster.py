"""`jiban cluster`: several nodes on this machine, in the foreground."""

from __future__ import annotations

import signal
from collections.abc import Mapping

import click

from services import migrations
from services.commands import terminal
from services.database import connect
from services.fleet import Fleet
from services.settings import SettingRefused, Settings, from_environment
from services.shutdown import Shutdown


@click.command(name="cluster")
@click.option("--nodes", type=click.IntRange(1, 16), default=3, show_default=True, help="How many.")
@terminal.as_json
def command(nodes: int, as_json: bool) -> None:
    """Serve the PostgreSQL of JIBAN_DATABASE with several nodes: ports 8001, 8002, … (those after JIBAN_PORT); metrics, when
    JIBAN_METRICS_PORT is set, after that. A node that dies is started again; Ctrl-C or SIGTERM ends all of them.

    For trying a cluster on one machine. A real office lets its service manager run `jiban serve` on each of its machines.

    \b
    Example:
      JIBAN_DATABASE=postgresql://jiban@localhost/jiban jiban cluster --nodes 3
    """
    settings = from_environment()
    _require_shared(settings)
    fleet, shutdown = Fleet(_each(settings, nodes), told=click.echo), Shutdown()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, frame: shutdown.ask())
    fleet.start()
    ports = [node.port for node in fleet.nodes]
    if as_json:
        terminal.print_json({"ports": ports})
    else:
        click.echo(f"{nodes} nodes serve on ports {', '.join(map(str, ports))}; Ctrl-C ends them")
    fleet.watch(shutdown)
    fleet.stop(settings.stop_seconds + settings.drain_seconds + 5)


def _require_shared(settings: Settings) -> None:
    """Raises SettingRefused, SchemaRefused, DatabaseUnavailable."""
    if not settings.database.startswith("postgresql"):
        raise SettingRefused("JIBAN_DATABASE", "several nodes share a PostgreSQL: name one, like postgresql://jiban@localhost/"
                                               "jiban; on SQLite there is one node, `jiban serve`")
    database = connect(settings.database)
    try:
        migrations.require_current(database)
    finally:
        database.dispose()


def _each(settings: Settings, nodes: int) -> list[Mapping[str, str]]:
    """What each node is told besides what all are."""
    return [{"JIBAN_PORT": str(settings.port + number)}
            | ({} if settings.metrics_port is None else {"JIBAN_METRICS_PORT": str(settings.metrics_port + number)})
            for number in range(1, nodes + 1)]
