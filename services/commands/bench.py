"""`jiban bench`: what a step costs, measured in pairs within one run."""

from __future__ import annotations

from importlib import import_module

import click

from services.commands import terminal

BENCHES = ("kernel", "store", "timers", "clocks", "inbox", "cluster")

_OF_BENCH = {"tasks": "inbox", "seconds": "cluster", "due": "cluster"}


@click.command(name="bench")
@click.argument("which", type=click.Choice(BENCHES), metavar="|".join(BENCHES))
@click.option("--tasks", type=click.IntRange(min=5000), help="inbox: how many open tasks; a million, if not said")
@click.option("--seconds", type=click.FloatRange(min=1), help="cluster: how long each number of nodes is driven; 15, if not "
                                                              "said")
@click.option("--due", type=click.IntRange(min=100), help="cluster: timers due in the same second; 10,000, if not said")
@terminal.as_json
def command(which: str, tasks: int | None, seconds: float | None, due: int | None, as_json: bool) -> None:
    """Measure the kernel against stock SpiffWorkflow, a step in the store against the raw driver, the timers, a million open
    clocks when the calendar changes and the board above them, the queues of a hundred people above a million open tasks, or
    whole cases over HTTP with one, two and three nodes and ten thousand timers due in one second.

    Databases are temporary; cluster takes an empty PostgreSQL of JIBAN_DATABASE, if that names one. Compare the ratios: on
    another machine the times mean nothing.

    \b
    Example:
      jiban bench kernel
    """
    given = {name: value for name, value in (("tasks", tasks), ("seconds", seconds), ("due", due)) if value is not None}
    for name in given:
        if which != _OF_BENCH[name]:
            raise click.UsageError(f"--{name} goes with {_OF_BENCH[name]}")
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
