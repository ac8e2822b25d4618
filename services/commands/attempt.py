"""`jiban try`: run diagrams in memory, to their first wait or as far as they go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import click
import orjson

from engine.errors import DefinitionError
from services.commands import terminal
from services.commands.check import diagnostics_of, show_diagnostics
from services.gate.door import Gate
from services.gate.files import read_file
from services.gate.library import Library
from services.gate.messages import Answer, Attempt, Attempted, Request
from services.settings import from_environment

_FAILED = frozenset({"refused", "incident"})
_NOT_RUN = Attempted(outcome="refused", waiting_for=(), trace=(), end_events=(), message=None)
_WORDS = {"waiting": "waiting 等待", "completed": "completed 已走完", "refused": "refused 不可部署",
          "incident": "incident 异常"}
_KINDS = {"task": "task 任务", "timer": "timer 时限", "message": "message 消息", "signal": "signal 信号",
          "connector": "connector 连接器", "call": "called process 被调用流程", "variable": "variable 变量"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """How the files are to be tried."""

    variables: Mapping[str, object]
    complete: bool


@click.command(name="try")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--complete", is_flag=True, help="Complete each task with its first outcome and fire each timer, up to the end.")
@click.option("--data", metavar="JSON", default="{}", help="The start variables, a JSON object.")
@terminal.as_json
@click.pass_context
def command(context: click.Context, files: Sequence[str], complete: bool, data: str, as_json: bool) -> None:
    """Run each BPMN file in memory, on a virtual clock from 2026-03-02 09:00 in Asia/Shanghai.

    Called processes are looked for in the other files and on the shelf. What is not there (a called process, a
    connector, a variable of a form) is a wait, named. Status 1: some were refused or ended in an incident.

    \b
    Example:
      jiban try bpmn/company_setup.bpmn --complete --data '{"wants_fund": false}'
      bpmn/company_setup.bpmn: completed 已走完
    """
    wish, shelf, failed = _Wish(variables=_variables(data), complete=complete), from_environment().shelf, 0
    with Gate(shelf) as gate, terminal.Progress() as progress:
        library = Library(gate, [*files, *map(str, sorted(shelf.glob("*.bpmn")))])
        for number, file in enumerate(files, start=1):
            progress.show(f"{number}/{len(files)} {file}")
            answer = _try(gate, library, file, wish)
            failed += (answer.attempted or _NOT_RUN).outcome in _FAILED
            progress.clear()
            terminal.print_json(_as_object(file, answer)) if as_json else _show(file, answer)
    if failed:
        context.exit(1)


def _variables(text: str) -> Mapping[str, object]:
    try:
        variables = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise click.BadParameter(f"this is not JSON: {error}", param_hint="--data") from error
    if not isinstance(variables, dict):
        raise click.BadParameter("expected a JSON object, such as '{\"amount\": 5}'", param_hint="--data")
    return variables


def _try(gate: Gate, library: Library, file: str, wish: _Wish) -> Answer:
    """Tried with what it calls; a file that calls nothing outside itself is asked about once."""
    try:
        data = read_file(file)
        alone = gate.ask(Request(file=file, data=data, attempt=Attempt(variables=wish.variables, complete=wish.complete)))
        homes = library.homes_of(file, alone.calls) if alone.calls else {}
        if not homes:
            return alone
        called = {home: read_file(home) for home in set(homes.values())}
    except DefinitionError as unreadable:
        return Answer(verdict="refused", diagnostics=unreadable.diagnostics)
    attempt = Attempt(variables=wish.variables, complete=wish.complete, library=called, homes=homes)
    return gate.ask(Request(file=file, data=data, attempt=attempt))


def _as_object(file: str, answer: Answer) -> dict[str, object]:
    tried = answer.attempted or _NOT_RUN
    told: dict[str, object] = {
        "file": file, "outcome": tried.outcome,
        "waiting_for": [{"id": wait.id, "kind": wait.kind, "name": wait.name} for wait in tried.waiting_for],
        "trace": list(tried.trace), "end_events": list(tried.end_events)}
    if tried.outcome == "refused":
        told["diagnostics"] = diagnostics_of(answer.diagnostics)
    if tried.outcome == "incident":
        told["message"] = tried.message
    return told


def _show(file: str, answer: Answer) -> None:
    tried = answer.attempted or _NOT_RUN
    outcome = click.style(_WORDS[tried.outcome], fg="red" if tried.outcome in _FAILED else "green")
    click.echo(f"{terminal.safe(file)}: {outcome}")
    if tried.outcome == "refused":
        show_diagnostics(answer.diagnostics)
    if tried.message:
        click.echo(f"  {terminal.safe(tried.message)}")
    if tried.trace:
        click.echo(f"  completed 已办: {terminal.safe(' → '.join(tried.trace))}")
    for wait in tried.waiting_for:
        click.echo(terminal.safe(f"  waits for {_KINDS.get(wait.kind, wait.kind)}: {wait.name} ({wait.id})"))
    if tried.end_events:
        click.echo(f"  ends 结束于: {terminal.safe(', '.join(tried.end_events))}")
