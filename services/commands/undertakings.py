"""`jiban undertakings`: the templates of undertakings 承诺书范本, and the credit register 失信记录."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import click

from engine.undertakings import OnLapse
from services import credit, rulings, undertakings
from services.commands import terminal
from services.commands.opened import opened
from services.credit import NewRecord
from services.store.undertakings import CreditRow, TemplateRow
from services.undertakings import Kind, NewTemplate

_KINDS = click.Choice([kind.value for kind in Kind])
_by = click.option("--by", default="command line", show_default=True, metavar="NAME", help="Who does it, for the record.")
_process = click.option("--process", default="", metavar="PROCESS", help="The matter; without it, all matters.")


@click.group(name="undertakings")
def command() -> None:
    """What applicants sign 承诺书 to be accepted conditionally or on a declaration, and who is out of credit.

    \b
    Example:
      jiban undertakings enter declared 承诺书.txt --process four_permits --basis 岳审改〔2026〕3号
      declared four_permits, version 1
    """


@command.command(name="list")
@click.option("--history", is_flag=True, help="Those that others have followed, too.")
@terminal.as_json
def list_(history: bool, as_json: bool) -> None:
    """List the templates in force.

    \b
    Example:
      jiban undertakings list --history
    """
    with opened() as connection:
        found = undertakings.templates(connection, with_history=history)
    if as_json:
        terminal.print_json({"templates": [_as_object(row) for row in found]})
        return
    for row in found:
        click.echo(_line(row))


@command.command(name="enter")
@click.argument("kind", type=_KINDS)
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@_process
@click.option("--verify-workdays", type=click.IntRange(1, 1000), default=20, show_default=True, help="核查期限")
@click.option("--correct-workdays", type=click.IntRange(1, 1000), default=10, show_default=True, help="整改期限")
@click.option("--on-lapse", type=click.Choice([each.value for each in OnLapse]), default="decide", show_default=True,
              help="What the lapse of a supply period leads to.")
@click.option("--basis", required=True, help="The document it rests on.")
@_by
@terminal.as_json
def enter(
    kind: str, file: str, process: str, verify_workdays: int, correct_workdays: int, on_lapse: str, basis: str, by: str,
    as_json: bool,
) -> None:
    """Enter the text in FILE as the next version of a template of KIND (conditional 容缺受理, declared 告知承诺).

    \b
    Example:
      jiban undertakings enter conditional 容缺受理承诺书.txt --basis 岳审改〔2026〕3号
    """
    text = _text(file)
    with opened(writes=True) as connection:
        row = undertakings.enter_template(connection, NewTemplate(
            kind=Kind(kind), process=rulings.process_named(connection, process), text=text, verify_workdays=verify_workdays,
            correct_workdays=correct_workdays, on_lapse=OnLapse(on_lapse), basis=basis), by=by, now=datetime.now(UTC))
    terminal.print_json(_as_object(row)) if as_json else click.echo(_line(row))


@command.command(name="exclude")
@click.argument("process")
@click.argument("ground")
@click.option("--basis", required=True, help="The document it rests on.")
@_by
@terminal.as_json
def exclude(process: str, ground: str, basis: str, by: str, as_json: bool) -> None:
    """Exclude PROCESS from declarations, on a GROUND (国家安全, 公共安全, 生态环境保护 …).

    \b
    Example:
      jiban undertakings exclude four_permits 直接涉及公共安全 --basis 国办发〔2020〕42号
    """
    with opened(writes=True) as connection:
        row = undertakings.enter_template(connection, NewTemplate(
            kind=Kind.DECLARED, process=rulings.process_named(connection, process), excluded=ground, basis=basis),
            by=by, now=datetime.now(UTC))
    terminal.print_json(_as_object(row)) if as_json else click.echo(_line(row))


@command.group(name="credit")
def credit_() -> None:
    """The credit register: whoever is in it may not be accepted on a declaration.

    \b
    Example:
      jiban undertakings credit list --code 91430600MA40000130
    """


@credit_.command(name="list")
@click.option("--code", metavar="CODE", help="Only records against this code.")
@click.option("--state", type=click.Choice(credit.STATES), help="Only those that stand like this.")
@terminal.as_json
def records(code: str | None, state: str | None, as_json: bool) -> None:
    """List the records in the order they were entered.

    \b
    Example:
      jiban undertakings credit list --state proposed
    """
    with opened() as connection:
        found = credit.records(connection, code=code, state=state)
    if as_json:
        terminal.print_json({"records": [_record(row) for row in found]})
        return
    for row in found:
        click.echo(_record_line(row))


@credit_.command(name="enter")
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
      jiban undertakings credit enter 91430600MA40000130 岳阳某某公司 虚假承诺 --document 岳信〔2026〕1号
    """
    new = NewRecord(code=code, name=name, reason=reason, document=document, until_on=_date(until_on))
    with opened(writes=True) as connection:
        _show(credit.enter(connection, new, by=by, now=datetime.now(UTC)), as_json)


@credit_.command(name="confirm")
@click.argument("record", type=click.IntRange(min=1))
@click.option("--document", required=True, help="The decision it rests on.")
@click.option("--until", "until_on", type=click.DateTime(["%Y-%m-%d"]), help="The last day; without it, until restored.")
@_by
@terminal.as_json
def confirm(record: int, document: str, until_on: datetime | None, by: str, as_json: bool) -> None:
    """Put a proposed RECORD in force, by another person than who proposed it.

    \b
    Example:
      jiban undertakings credit confirm 3 --document 岳信〔2026〕2号 --by 周局长
    """
    with opened(writes=True) as connection:
        _show(credit.confirm(connection, record, document=document, until_on=_date(until_on), by=by, now=datetime.now(UTC)),
              as_json)


@credit_.command(name="drop")
@click.argument("record", type=click.IntRange(min=1))
@click.argument("reason")
@_by
@terminal.as_json
def drop(record: int, reason: str, by: str, as_json: bool) -> None:
    """Do not put a proposed RECORD in force.

    \b
    Example:
      jiban undertakings credit drop 3 核查有误 --by 周局长
    """
    with opened(writes=True) as connection:
        _show(credit.drop(connection, record, reason=reason, by=by), as_json)


@credit_.command(name="restore")
@click.argument("record", type=click.IntRange(min=1))
@click.option("--document", required=True, help="The decision it rests on.")
@_by
@terminal.as_json
def restore(record: int, document: str, by: str, as_json: bool) -> None:
    """Restore credit 信用修复: the RECORD counts no more, and is kept.

    \b
    Example:
      jiban undertakings credit restore 3 --document 岳信修〔2026〕1号
    """
    with opened(writes=True) as connection:
        _show(credit.restore(connection, record, document=document, by=by, now=datetime.now(UTC)), as_json)


def _text(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise click.BadParameter(f"{file} is not text in UTF-8", param_hint="FILE") from error


def _date(day: datetime | None) -> date | None:
    return None if day is None else day.date()


def _show(row: CreditRow, as_json: bool) -> None:
    terminal.print_json(_record(row)) if as_json else click.echo(_record_line(row))


def _as_object(row: TemplateRow) -> dict[str, object]:
    return {**row._asdict(), "since": row.since.isoformat(), "until": row.until.isoformat() if row.until else None}


def _line(row: TemplateRow) -> str:
    excluded = f"  excluded 不适用: {row.excluded}" if row.excluded else ""
    until = f"  (until 至 {row.until.date()})" if row.until else ""
    return terminal.safe(f"{row.kind} {row.process or 'all matters 全部事项'}, version {row.version}{excluded}{until}")


def _record(row: CreditRow) -> dict[str, object]:
    return {**row._asdict(), "since": row.since.isoformat(),
            "restored_at": row.restored_at.isoformat() if row.restored_at else None}


def _record_line(row: CreditRow) -> str:
    until = f"  至 {row.until_on}" if row.until_on else ""
    return terminal.safe(f"{row.id}  {row.code}  {row.name}  {row.state}  {row.reason}  {row.document}{until}".rstrip())
