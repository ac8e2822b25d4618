"""`jiban connectors`: which systems are asked over HTTP for what service tasks wait for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import click

from engine.errors import InvalidInput
from services import connectors, reentries
from services.administering import Instruction
from services.commands import terminal
from services.commands.opened import opened
from services.connectors import NewConnector, call_of
from services.settings import from_environment
from services.store.connectors import ConnectorRow
from webhooks.calling import METHODS, Call

_by = click.option("--by", default="command line", show_default=True, metavar="ACCOUNT", help="Who does it, by account.")


@click.group(name="connectors")
def command() -> None:
    """Connectors 对接接口: systems we ask ourselves over HTTP. Nothing is sent to an address that JIBAN_WEBHOOK_ALLOW does
    not name.

    \b
    Example:
      jiban connectors list
    """


@command.command(name="list")
@terminal.as_json
def list_(as_json: bool) -> None:
    """List every version of every connector.

    \b
    Example:
      jiban connectors list --json
    """
    with opened() as connection:
        found = connectors.page(connection, most=10_000)
    if as_json:
        terminal.print_json({"connectors": [_as_object(each) for each in found]})
        return
    for each in found:
        click.echo(terminal.safe(_line(each)))


@command.command(name="enter")
@click.argument("name")
@click.argument("topic")
@click.argument("url")
@click.option("--method", type=click.Choice(METHODS), default="POST", show_default=True)
@click.option("--send", "sends", multiple=True, metavar="FIELD=VARIABLE", help="Which variable is sent by which field.")
@click.option("--read", "reads", multiple=True, metavar="VARIABLE=POINTER", help="Where a variable stands in the answer.")
@click.option("--error", "errors", multiple=True, metavar="STATUS=CODE", help="Which status is which BPMN error.")
@click.option("--seconds", default=connectors.SECONDS, show_default=True, help="For one request.")
@click.option("--new-secret", is_flag=True, help="Make its secret anew.")
@_by
@terminal.as_json
def enter(
    name: str, topic: str, url: str, method: str, sends: Sequence[str], reads: Sequence[str], errors: Sequence[str],
    seconds: int, new_secret: bool, by: str, as_json: bool,
) -> None:
    """Enter a connector, or the next version of the one of this NAME; a new secret is shown once.

    \b
    Example:
      jiban connectors enter 登记系统 registry.lookup https://registry.example.gov.cn/lookup \\
        --send code=credit_code --read is_registered=/data/registered --error 404=NOT_FOUND
    """
    call = Call(url=url, method=method, sends=_pairs("--send", sends), reads=_pairs("--read", reads),
                errors=_pairs("--error", errors))
    new = NewConnector(name=name, topic=topic, call=call, seconds=seconds, is_new_secret=new_secret)
    guard = from_environment().guard
    with opened(writes=True) as connection:
        row, secret = connectors.enter(connection, guard, Instruction(by=by, now=datetime.now(UTC), is_local=True), new)
    if as_json:
        terminal.print_json({**_as_object(row), "secret": secret})
    else:
        click.echo(terminal.safe(_line(row)))
        click.echo(f"secret 签名密钥 (shown this once): {secret}" if secret else "its secret stays as it was")


@command.command(name="end")
@click.argument("name")
@click.option("--reason", required=True, metavar="TEXT", help="Why; kept with it.")
@_by
@terminal.as_json
def end(name: str, reason: str, by: str, as_json: bool) -> None:
    """Ask a system no more.

    \b
    Example:
      jiban connectors end 登记系统 --reason 改由对接程序办理
    """
    with opened(writes=True) as connection:
        row = connectors.end(connection, Instruction(by=by, now=datetime.now(UTC), is_local=True), name, reason=reason)
    if as_json:
        terminal.print_json(_as_object(row))
    else:
        click.echo(terminal.safe(_line(row)))


@command.command(name="reentries")
@click.option("--since", required=True, metavar="YYYY-MM", help="The first month.")
@click.option("--until", required=True, metavar="YYYY-MM", help="The last month, included.")
@click.option("--csv", "as_csv", is_flag=True, help="As a sheet.")
@terminal.as_json
def reentries_(since: str, until: str, as_csv: bool, as_json: bool) -> None:
    """Count what people entered by hand instead of a system 二次录入, by month, park and system.

    \b
    Example:
      jiban connectors reentries --since 2026-01 --until 2026-09 --csv
    """
    with opened() as connection:
        found = reentries.counted(connection, since=since, until=until)
    if as_json:
        terminal.print_json({"reentries": [each._asdict() for each in found]})
    elif as_csv:
        click.echo(reentries.sheet(found), nl=False)
    else:
        for each in found:
            click.echo(terminal.safe(f"{each.month} {each.park or '—'} {each.system or '—'} {each.times}"))


def _pairs(option: str, given: Sequence[str]) -> dict[str, str]:
    found = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not equals or not name or name in found:
            raise InvalidInput(option, "expected NAME=VALUE, each name once")
        found[name] = value
    return found


def _as_object(row: ConnectorRow) -> dict[str, Any]:
    call = call_of(row)
    kept: Mapping[str, Any] = row._asdict()
    return {**kept, "sends": call.sends, "reads": call.reads, "errors": call.errors,
            "entered_at": row.entered_at.isoformat(), "ended_at": row.ended_at and row.ended_at.isoformat()}


def _line(row: ConnectorRow) -> str:
    state = "ended" if row.ended_at else "in force" if row.is_latest else "followed"
    return f"{row.name} v{row.version} {row.topic} → {row.method} {row.url} [{state}]"
