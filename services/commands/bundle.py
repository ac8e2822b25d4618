"""`jiban bundle`: the cases of an application beside each other; try again what could not be done between two of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime

import click

from engine.bundles import result_name
from engine.errors import NotFound
from services import bundles, errands, migrations
from services.acting import Command
from services.commands import terminal
from services.commands.opened import opened
from services.database import connect, writing
from services.family import Kin, Relative, children_of, parent_of
from services.folded import fold_of
from services.office import open_office
from services.settings import from_environment
from services.store import reading


@click.group(name="bundle")
def command() -> None:
    """A bundle 一件事: one application, a case of its own for each matter.

    \b
    Example:
      jiban bundle show 43060020260304000001
    """


@command.command(name="show")
@click.argument("number")
@terminal.as_json
def show(number: str, as_json: bool) -> None:
    """Show the parent and the children of a case: number, process, department, state, lamp and due day.

    \b
    Example:
      jiban bundle show 43060020260304000001 --json
    """
    now = datetime.now(UTC)
    with opened() as connection:
        row = reading.peek_case(connection, number)
        if row is None:
            raise NotFound("case", number)
        office = open_office(from_environment())
        office.refresh(connection)
        case = fold_of(row)
        parent = parent_of(connection, office, case, now=now)
        children = children_of(connection, office, case, now=now)
    if as_json:
        terminal.print_json({"number": number, "parent": None if parent is None else _plain(parent),
                             "children": [{**asdict(kin), "case": kin.case and _plain(kin.case)} for kin in children]})
    else:
        _show(number, parent, children)


@command.command(name="retry")
@click.argument("number")
@click.argument("token", type=click.IntRange(min=1))
@click.option("--by", default="command line", show_default=True, metavar="NAME", help="Who has looked, for the record.")
@terminal.as_json
def retry(number: str, token: int, by: str, as_json: bool) -> None:
    """Try again what could not be done between a bundle and the child it knows by TOKEN; its incident names both.

    \b
    Example:
      jiban bundle retry 43060020260304000001 7
    """
    settings, now = from_environment(), datetime.now(UTC)
    database, office = connect(settings.database), open_office(settings)
    try:
        migrations.require_current(database)
        with writing(database) as connection:
            bundles.ask_again(connection, office, Command(number=number, by=by, now=now), token=token)
        done = errands.run(database, office, now=now, most=errands.AT_ONCE)
    finally:
        database.dispose()
    if as_json:
        terminal.print_json({"errands": done})
    else:
        click.echo(f"errands done or set aside again: {done}")


def _plain(found: Relative) -> dict[str, object]:
    """For programs."""
    return {"number": found.number, "process": found.process, "process_name": found.process_name,
            "department": found.department, "state": found.state.value, "lamp": found.lamp.value,
            "due_on": found.due_on.isoformat() if found.due_on else None,
            "ended_at": found.ended_at.isoformat() if found.ended_at else None}


def _show(number: str, parent: Relative | None, children: Sequence[Kin]) -> None:
    if parent is not None:
        click.echo(terminal.safe(f"一件事 {_line(parent)}"))
    click.echo(f"办件 {number}")
    for kin in children:
        waits = f"  须在{'、'.join(kin.after)}准予之后决定" if kin.after and not kin.result else ""
        result = f"  {result_name(kin.result)}" if kin.result else "" if kin.is_wanted else "  不再需要"
        case = _line(kin.case) if kin.case else f"{kin.name} 待开办"
        click.echo(terminal.safe(f"  事项 {case}{result}{waits}"))
    if parent is None and not children:
        click.echo("不属于一件事")


def _line(found: Relative) -> str:
    due = f"  到期 {found.due_on}" if found.due_on else ""
    return f"{found.number}  {found.process_name}  {found.department}  {found.state.value}  {found.lamp.value}{due}"
