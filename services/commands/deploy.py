"""`jiban deploy`: diagrams become versions that cases can be opened on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from engine.catalogue_checks import require_supervisor
from engine.errors import DefinitionError
from services import deployments, migrations
from services.catalogue import load_catalogue, read_shelf
from services.commands import terminal
from services.database import connect, writing
from services.deployments import Deployed
from services.gate.door import Gate
from services.gate.files import is_on_shelf, read_file
from services.gate.messages import Request
from services.settings import Settings, from_environment


@click.command(name="deploy")
@click.argument("files", nargs=-1, metavar="[FILE]...")
@terminal.as_json
def command(files: Sequence[str], as_json: bool) -> None:
    """Deploy BPMN files as new versions of their processes; without a FILE, every diagram of the shelf.

    All are deployed or none. The same meaning deployed again changes nothing; cases that run stay on their version. A matter
    that the responsibility list 监管责任清单 has no department for is refused.

    \b
    Example:
      jiban deploy my_process.bpmn
      my_process 我的流程 version 1, new
    """
    settings = from_environment()
    sources = {file: read_file(file) for file in files} if files else _shelf(settings.shelf)
    _pass_the_gate({file: data for file, data in sources.items() if files and not is_on_shelf(file, settings.shelf)}, settings)
    deployed = _deploy(sources, settings)
    if as_json:
        terminal.print_json({"deployed": [_as_object(each) for each in deployed]})
        return
    for each in deployed:
        click.echo(f"{each.process} {each.name} version {each.version}, {'new 新版本' if each.is_new else 'unchanged 未变'}")


def _shelf(shelf: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(shelf.glob("*.bpmn"))}


def _pass_the_gate(strangers: dict[str, bytes], settings: Settings) -> None:
    """Raises DefinitionError for the first file that is refused there."""
    if not strangers:
        return
    with Gate(settings.shelf) as gate:
        for file, data in strangers.items():
            answer = gate.ask(Request(file=file, data=data))
            if answer.verdict != "deployable":
                raise DefinitionError(file, answer.diagnostics)


def _deploy(sources: dict[str, bytes], settings: Settings) -> list[Deployed]:
    """What was deployed. Raises Forbidden for what is new of a matter that nobody supervises (seed measure 3)."""
    database = connect(settings.database)
    try:
        migrations.require_current(database)
        with writing(database) as connection:
            deployed = deployments.deploy(connection, sources, now=datetime.now(UTC))
            known = load_catalogue(connection, read_shelf(settings.shelf))
            for each in deployed:
                if each.is_new:
                    require_supervisor(known, each.process, "deploy")
        return deployed
    finally:
        database.dispose()


def _as_object(deployed: Deployed) -> dict[str, object]:
    return {"file": deployed.file, "process": deployed.process, "name": deployed.name, "version": deployed.version,
            "hash": deployed.hash, "new": deployed.is_new}
