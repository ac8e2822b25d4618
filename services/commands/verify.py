"""`jiban verify`: is everything in the database as it should be?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import click

from services.commands import terminal
from services.database import connect, reading
from services.fold import fold as replay
from services.office import open_office
from services.settings import from_environment
from services.verify import Problem, verify


@click.command(name="verify")
@click.option("--fold", is_flag=True, help="Also replay the facts with the engine and compare what comes out.")
@terminal.as_json
@click.pass_context
def command(context: click.Context, fold: bool, as_json: bool) -> None:
    """Check a database from outside: chains, sequences, references, reasons to wait, double firings and decisions.

    Nothing is changed. Status 1 when anything is off, with the rows.

    \b
    Example:
      jiban verify --fold
      12 cases, 245 facts: intact 完好
    """
    settings = from_environment()
    database = connect(settings.database, answer_seconds=None, lease_seconds=None)  # it reads everything
    try:
        with terminal.Progress() as progress, reading(database) as connection:
            report = verify(connection, progress=lambda cases: progress.show(f"{cases} cases looked at"))
            problems = list(report.problems)
            if fold and report.cases:
                problems += replay(connection, open_office(settings),
                                  progress=lambda cases: progress.show(f"{cases} of {report.cases} cases replayed"))
    finally:
        database.dispose()
    if as_json:
        terminal.print_json({"cases": report.cases, "facts": report.facts, "audit": "broken" if problems else "intact",
                             "problems": [asdict(problem) for problem in problems]})
    else:
        _show(report.cases, report.facts, problems)
    if problems:
        context.exit(1)


def _show(cases: int, facts: int, problems: Sequence[Problem]) -> None:
    number = f"{len(problems)} problem{'s' if len(problems) > 1 else ''} 有误"
    verdict = click.style(number, fg="red") if problems else click.style("intact 完好", fg="green")
    click.echo(f"{cases} cases, {facts} facts: {verdict}")
    for problem in problems:
        place = f"{problem.case or ''}{f' fact {problem.seq}' if problem.seq is not None else ''}".strip()
        click.echo(terminal.safe(f"  {problem.check}{f' ({place})' if place else ''}: {problem.message}"))
