"""`jiban undertakings`: the templates of undertakings 承诺书范本."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from engine.undertakings import OnLapse
from services import rulings, undertakings
from services.commands import terminal
from services.commands.opened import opened
from services.store.undertakings import TemplateRow
from services.undertakings import Kind, NewTemplate

_KINDS = click.Choice([kind.value for kind in Kind])
_by = click.option("--by", default="command line", show_default=True, metavar="NAME", help="Who does it, for the record.")
_process = click.option("--process", default="", metavar="PROCESS", help="The matter; without it, all matters.")


@click.group(name="undertakings")
def command() -> None:
    """What applicants sign 承诺书 to be accepted conditionally 容缺受理 or on a declaration 告知承诺.

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


def _text(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise click.BadParameter(f"{file} is not text in UTF-8", param_hint="FILE") from error


def _as_object(row: TemplateRow) -> dict[str, object]:
    return {**row._asdict(), "since": row.since.isoformat(), "until": row.until.isoformat() if row.until else None}


def _line(row: TemplateRow) -> str:
    excluded = f"  excluded 不适用: {row.excluded}" if row.excluded else ""
    until = f"  (until 至 {row.until.date()})" if row.until else ""
    return terminal.safe(f"{row.kind} {row.process or 'all matters 全部事项'}, version {row.version}{excluded}{until}")
