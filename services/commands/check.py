"""`jiban check`: may these diagrams be deployed, and if not, why not."""

from __future__ import annotations

from collections.abc import Sequence

import click

from engine.definitions.diagnostic import Diagnostic, Severity
from engine.errors import DefinitionError
from services.commands import terminal
from services.gate.door import Gate
from services.gate.files import read_file
from services.gate.messages import Answer, Request
from services.settings import from_environment

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}


@click.command(name="check")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@terminal.as_json
@click.pass_context
def command(context: click.Context, files: Sequence[str], as_json: bool) -> None:
    """Say of each BPMN file whether it can be deployed, with every reason why not.

    Files are read in a process of its own with little memory and time; nothing is kept. Status 0: all can be deployed;
    1: some are refused.

    \b
    Example:
      jiban check bpmn/*.bpmn
      bpmn/company_setup.bpmn: deployable 可部署
    """
    refused = 0
    with Gate(from_environment().shelf) as gate, terminal.Progress() as progress:
        for number, file in enumerate(files, start=1):
            progress.show(f"{number}/{len(files)} {file}")
            answer = _check(gate, file)
            refused += answer.verdict != "deployable"
            progress.clear()
            terminal.print_json(as_object(file, answer)) if as_json else show(file, answer)
    if refused:
        context.exit(1)


def as_object(file: str, answer: Answer) -> dict[str, object]:
    """The answer for programs."""
    return {"file": file, "verdict": answer.verdict, "diagnostics": diagnostics_of(answer.diagnostics)}


def diagnostics_of(diagnostics: Sequence[Diagnostic]) -> list[dict[str, object]]:
    """Diagnostics for programs."""
    return [{"code": found.code, "severity": found.severity.value, "element": found.element, "line": found.line,
             "message": found.message, "hint": found.hint} for found in diagnostics]


def show(file: str, answer: Answer) -> None:
    """The answer for people."""
    is_deployable = answer.verdict == "deployable"
    verdict = "deployable 可部署" if is_deployable else "refused 不可部署"
    click.echo(f"{terminal.safe(file)}: {click.style(verdict, fg='green' if is_deployable else 'red')}")
    show_diagnostics(answer.diagnostics)


def show_diagnostics(diagnostics: Sequence[Diagnostic]) -> None:
    """A finding a line, with its place; what to do about it below."""
    for found in diagnostics:
        place = ", ".join(filter(None, (f"line {found.line}" if found.line else "", found.element)))
        severity = click.style(found.severity.value, fg=_COLOURS[found.severity])
        said = terminal.safe(f"{f' ({place})' if place else ''}: {found.message}")
        click.echo(f"  {severity} {found.code}{said}")
        if found.hint:
            click.echo(f"      → {terminal.safe(found.hint)}")


def _check(gate: Gate, file: str) -> Answer:
    try:
        return gate.ask(Request(file=file, data=read_file(file)))
    except DefinitionError as unreadable:
        return Answer(verdict="refused", diagnostics=unreadable.diagnostics)
