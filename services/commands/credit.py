"""`jiban credit`: the credit register 失信记录, whose records bar from declarations 告知承诺."""

from __future__ import annotations

from datetime import UTC, date, datetime

import click

from services import credit
from services.commands import terminal
from services.commands.opened import opened
from services.credit import NewRecord
from services.store.undertakings import CreditRow

_by = click.option("--by", default="command line", show_default=True, metavar="NAME", help="Who does it, for the record.")


@click.group(name="credit")
def command() -> None:
    """The credit register: whoever is in it may not be accepted on a declaration.

    \b
    Example:
      jiban credit list --code 91430600MA40000130
    """


@command.command(name="list")
@click.option("--code", metavar="CODE", help="Only records against this code.")
@click.option("--state", type=click.Choice(credit.STATES), help="Only those that stand like this.")
@terminal.as_json
def records(code: str | None, state: str | None, as_json: bool) -> None:
    """List the records in the order they were entered.

    \b
    Example:
      jiban credit list --state proposed
    """
    with opened() as connection:
        found = credit.records(connection, code=code, state=state)
    if as_json:
        terminal.print_json({"records": [_record(row) for row in found]})
        return
    for row in found:
        click.echo(_record_line(row))


@command.command(name="enter")
@click.argument("code")
@click.argument("name")
@click.argument("reason")
@click.option("--document", required=True, help="The decision it rests on.")
@click.option("--until", "until_on", type=click.DateTime(["%Y-%m-%d"]), help="The last day; without it, until restored.")
@_by
@terminal.as_json
def enter_record(
    code: str, name: str, reason: str, document: str, until_on: datetime | None, by: str, as_json: bool,
) -> None:
    """Enter a record against CODE that another office has decided on.

    \b
    Example:
      jiban credit enter 91430600MA40000130 岳阳某某公司 虚假承诺 --document 岳信〔2026〕1号
    """
    new = NewRecord(code=code, name=name, reason=reason, document=document, until_on=_date(until_on))
    with opened(writes=True) as connection:
        _show(credit.enter(connection, new, by=by, now=datetime.now(UTC)), as_json)


@command.command(name="confirm")
@click.argument("record", type=click.IntRange(min=1))
@click.option("--document", required=True, help="The decision it rests on.")
@click.option("--until", "until_on", type=click.DateTime(["%Y-%m-%d"]), help="The last day; without it, until restored.")
@_by
@terminal.as_json
def confirm(record: int, document: str, until_on: datetime | None, by: str, as_json: bool) -> None:
    """Put a proposed RECORD in force, by another person than who proposed it.

    \b
    Example:
      jiban credit confirm 3 --document 岳信〔2026〕2号 --by 周局长
    """
    with opened(writes=True) as connection:
        _show(credit.confirm(connection, record, document=document, until_on=_date(until_on), by=by, now=datetime.now(UTC)),
              as_json)


@command.command(name="drop")
@click.argument("record", type=click.IntRange(min=1))
@click.argument("reason")
@_by
@terminal.as_json
def drop(record: int, reason: str, by: str, as_json: bool) -> None:
    """Do not put a proposed RECORD in force.

    \b
    Example:
      jiban credit drop 3 核查有误 --by 周局长
    """
    with opened(writes=True) as connection:
        _show(credit.drop(connection, record, reason=reason, by=by), as_json)


@command.command(name="restore")
@click.argument("record", type=click.IntRange(min=1))
@click.option("--document", required=True, help="The decision it rests on.")
@_by
@terminal.as_json
def restore(record: int, document: str, by: str, as_json: bool) -> None:
    """Restore credit 信用修复: the RECORD counts no more, and is kept.

    \b
    Example:
      jiban credit restore 3 --document 岳信修〔2026〕1号
    """
    with opened(writes=True) as connection:
        _show(credit.restore(connection, record, document=document, by=by, now=datetime.now(UTC)), as_json)


def _date(day: datetime | None) -> date | None:
    return None if day is None else day.date()


def _show(row: CreditRow, as_json: bool) -> None:
    terminal.print_json(_record(row)) if as_json else click.echo(_record_line(row))


def _record(row: CreditRow) -> dict[str, object]:
    return {**row._asdict(), "since": row.since.isoformat(),
            "restored_at": row.restored_at.isoformat() if row.restored_at else None}


def _record_line(row: CreditRow) -> str:
    until = f"  至 {row.until_on}" if row.until_on else ""
    return terminal.safe(f"{row.id}  {row.code}  {row.name}  {row.state}  {row.reason}  {row.document}{until}".rstrip())
