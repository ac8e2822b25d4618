"""`jiban policies`: when a lamp warns, which lapse issues which card, who is told on which rung; by matter and park."""

from __future__ import annotations

from datetime import UTC, datetime

import click
import orjson

from engine.errors import InvalidInput
from engine.policies import from_json, to_json
from engine.supervision import Policy
from services import rulings
from services.commands import given, terminal
from services.commands.opened import opened
from services.store.rulings import PolicyRow

LARGEST = 256 * 1024
"""Bytes of a policy's file; fifty rungs take a tenth of that."""

_process = click.option("--process", default="", metavar="PROCESS", help="A matter; without it, all.")
_park = click.option("--park", default="", metavar="PARK", help="A park by its standard name; without it, all parks.")


@click.group(name="policies")
def command() -> None:
    """Policies of lamps, cards and the escalation ladder, by matter and park.

    A policy counts whole: the park's for the matter, else the matter's, else the park's for all matters, else the office's.

    \b
    Example:
      jiban policies show > 规则.json      # then mend it
      jiban policies set 规则.json --process four_permits --park 湘阴高新区
    """


@command.command(name="list")
@click.option("--history", is_flag=True, help="Those that others have followed, too.")
@terminal.as_json
def list_(history: bool, as_json: bool) -> None:
    """List the policies that have been entered.

    \b
    Example:
      jiban policies list --history
    """
    with opened() as connection:
        rows = rulings.policies(connection, with_history=history)
    if as_json:
        terminal.print_json({"policies": [_as_object(row) for row in rows]})
        return
    for row in rows:
        click.echo(_line(row))


@command.command(name="show")
@_process
@_park
@terminal.as_json
def show(process: str, park: str, as_json: bool) -> None:
    """Print the policy that counts for a matter in a park, as JSON.

    \b
    Example:
      jiban policies show --process four_permits --park 湘阴高新区
    """
    with opened() as connection:
        name = rulings.process_named(connection, process)
        policy = to_json(rulings.policies_in_force(connection).of(name, park))
    if as_json:
        terminal.print_json(policy)
    else:
        click.echo(orjson.dumps(policy, option=orjson.OPT_INDENT_2))


@command.command(name="set")
@click.argument("file", metavar="FILE.json")
@_process
@_park
@click.option("--by", default="command line", show_default=True, metavar="NAME", help="Who enters it, for the record.")
@terminal.as_json
def set_(file: str, process: str, park: str, by: str, as_json: bool) -> None:
    """Enter the policy of a file; what it leaves out has its default. - reads standard input.

    \b
    Example:
      echo '{"target_cards": true}' | jiban policies set - --park 湘阴高新区
    """
    policy = _read(file)
    with opened(writes=True) as connection:
        name = rulings.process_named(connection, process)
        row = rulings.enter_policy(connection, policy, process=name, park=park, by=by, now=datetime.now(UTC))
    terminal.print_json(_as_object(row)) if as_json else click.echo(_line(row))


@command.command(name="end")
@_process
@_park
@terminal.as_json
def end(process: str, park: str, as_json: bool) -> None:
    """End a policy: what is less special counts again.

    \b
    Example:
      jiban policies end --park 湘阴高新区
    """
    with opened(writes=True) as connection:
        name = rulings.process_named(connection, process)
        row = rulings.end_policy(connection, process=name, park=park, now=datetime.now(UTC))
    terminal.print_json(_as_object(row)) if as_json else click.echo(_line(row))


def _read(file: str) -> Policy:
    data = given.bytes_of(file, LARGEST)
    if len(data) > LARGEST:
        raise InvalidInput(file, f"is larger than {LARGEST} bytes; a policy is not")
    try:
        return from_json(orjson.loads(data))
    except orjson.JSONDecodeError as error:
        raise InvalidInput(file, f"is not JSON: {error}") from error


def _as_object(row: PolicyRow) -> dict[str, object]:
    return {"id": row.id, "process": row.process, "park": row.park, "policy": orjson.loads(row.body),
            "since": row.since.isoformat(), "until": row.until.isoformat() if row.until else None,
            "entered_by": row.entered_by}


def _line(row: PolicyRow) -> str:
    until = "" if row.until is None else f" until 至 {row.until.isoformat(timespec='minutes')}"
    return terminal.safe(f"{row.process or 'all matters 各事项'} {row.park or 'all parks 各园区'}  "
                         f"(since 自 {row.since.isoformat(timespec='minutes')}{until}, {row.entered_by})")
