"""`jiban bench`: what a step costs, measured in pairs within one run."""

from __future__ import annotations

from importlib import import_module

import click

from services.commands import terminal

BENCHES = ("kernel", "store", "timers", "clocks", "inbox")


@click.command(name="bench")
@click.argument("which", type=click.Choice(BENCHES), metavar="|".join(BENCHES))
@click.option("--tasks", type=click.IntRange(min=5000), help="inbox: how many open tasks; a million, if not said")
@terminal.as_json
def command(which: str, tasks: int | None, as_json: bool) -> None:
    """Measure the kernel against stock SpiffWorkflow, a step in the store against the raw driver, the timers, a million open
    clocks when the calendar changes and the board above them, or the queues of a hundred people above a million open tasks.

    Databases are temporary. Compare the ratios: on another machine the times mean nothing.

    \b
    Example:
      jiban bench kernel
    """
    if tasks is not None and which != "inbox":
        raise click.UsageError("--tasks goes with inbox")
    given = {} if tasks is None else {"tasks": tasks}
    figures: dict[str, object]
    with terminal.Progress() as progress:
        figures = import_module(f"services.bench.{which}").run(progress=progress.show, **given)
    if as_json:
        terminal.print_json(figures)
    else:
        _show(figures)


def _show(figures: dict[str, object], indent: str = "") -> None:
    for name, value in figures.items():
        if isinstance(value, dict):
            click.echo(f"{indent}{name}")
            _show(value, indent + "  ")
        elif isinstance(value, list):
            click.echo(f"{indent}{name}")
            _table(value, indent + "  ")
        else:
            click.echo(f"{indent}{name:<24}{_number(value)}")


def _table(rows: list[dict[str, object]], indent: str) -> None:
    if not rows:
        return
    names = list(rows[0])
    lines: list[list[object]] = [[*names], *([row[name] for name in names] for row in rows)]
    for row in lines:
        first, *others = map(_number, row)
        click.echo(f"{indent}{first:<30}" + "".join(f"{other:>12}" for other in others))


def _number(value: object) -> str:
    return f"{value:,.3f}" if isinstance(value, float) else str(value)
