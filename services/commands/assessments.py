"""`jiban assessments`: the register of regional assessments, and what it means to a project."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime

import click
import msgspec
import orjson

from engine.assessments import KINDS, Assessment, Use
from services import assessments
from services import project_files as files
from services.commands import given, terminal
from services.commands.opened import opened
from services.sheets import LARGEST
from services.store.assessments import AssessmentRow

_KIND = click.Choice(list(KINDS))
_DATE = click.DateTime(["%Y-%m-%d"])
_MODES = {Use.EXEMPT.value: "免评估", Use.DECLARED.value: "告知承诺", Use.SINGLY.value: "单独评估"}
_by = click.option("--by", default="command line", show_default=True, metavar="NAME", help="Who enters it, for the record.")


@click.group(name="assessments")
def command() -> None:
    """The register of regional assessments 区域评估: what a park has had assessed need not be assessed again for each project.

    \b
    Example:
      jiban assessments ask XM2026000001
      规划环评: 免评估 岳环评〔2025〕3号
    """


@command.command(name="list")
@click.option("--park", metavar="PARK", help="Only this park.")
@click.option("--history", is_flag=True, help="Those that others have followed or that were taken out, too.")
@terminal.as_json
def list_(park: str | None, history: bool, as_json: bool) -> None:
    """List the results.

    \b
    Example:
      jiban assessments list --park 湘阴高新区
    """
    with opened() as connection:
        rows = assessments.assessments(connection, park=park, with_history=history)
    if as_json:
        terminal.print_json({"assessments": [_as_object(row) for row in rows]})
        return
    for row in rows:
        click.echo(_line(row))


@command.command(name="set")
@click.argument("kind", type=_KIND)
@click.argument("park")
@click.argument("document")
@click.argument("valid_from", type=_DATE)
@click.argument("valid_until", type=_DATE)
@click.option("--parcel", "parcels", multiple=True, metavar="ID", help="A parcel it covers; without any, the park.")
@click.option("--exclude", "excluded", multiple=True, metavar="WORD", help="负面清单: an industry or a trait.")
@click.option("--declared", is_flag=True, help="Used by declared compliance 告知承诺, instead of exempting.")
@_by
@terminal.as_json
def set_(
    kind: str, park: str, document: str, valid_from: datetime, valid_until: datetime, parcels: tuple[str, ...],
    excluded: tuple[str, ...], declared: bool, by: str, as_json: bool,
) -> None:
    """Enter a result; the same number follows the entry before.

    \b
    Example:
      jiban assessments set planning_environment 湘阴高新区 岳环评〔2025〕3号 2025-01-01 2030-12-31 --exclude 两高
    """
    new = Assessment(kind=kind, park=park, document=document, valid_from=valid_from.date(), valid_until=valid_until.date(),
                     parcels=parcels, excluded=excluded, mode=(Use.DECLARED if declared else Use.EXEMPT).value)
    with opened(writes=True) as connection:
        row = assessments.enter(connection, new, by=by, now=datetime.now(UTC))
    terminal.print_json(_as_object(row)) if as_json else click.echo(_line(row))


@command.command(name="end")
@click.argument("kind", type=_KIND)
@click.argument("park")
@click.argument("document")
@terminal.as_json
def end(kind: str, park: str, document: str, as_json: bool) -> None:
    """Take a result out of the register.

    \b
    Example:
      jiban assessments end planning_environment 湘阴高新区 岳环评〔2025〕3号
    """
    with opened(writes=True) as connection:
        row = assessments.end(connection, kind=kind, park=park, document=document, now=datetime.now(UTC))
    terminal.print_json(_as_object(row)) if as_json else click.echo(_line(row))


@command.command(name="import")
@click.argument("file", metavar="FILE.xlsx|csv")
@_by
@terminal.as_json
def import_(file: str, by: str, as_json: bool) -> None:
    """Enter a sheet with the columns 评估类型,所属园区,成果编号,生效日期,有效期至,覆盖地块,范围坐标,负面清单,适用方式.

    All lines are entered or none; every line that cannot be used is told with its number. - reads standard input.

    \b
    Example:
      jiban assessments import 区域评估成果.xlsx
    """
    new = assessments.read_sheet(given.bytes_of(file, LARGEST))
    with opened(writes=True) as connection:
        entered = assessments.enter_all(connection, new, by=by, now=datetime.now(UTC))
    if as_json:
        terminal.print_json(asdict(entered))
    else:
        click.echo(f"{entered.added} added 新增, {entered.replaced} replaced 更新, {entered.unchanged} unchanged 未变")


@command.command(name="ask")
@click.argument("project", metavar="PROJECT")
@terminal.as_json
def ask(project: str, as_json: bool) -> None:
    """Say for a PROJECT which assessments it is exempt from, may declare, or must have made singly, and why.

    \b
    Example:
      jiban assessments ask XM2026000001
    """
    with opened() as connection:
        found = assessments.verdicts_of(connection, files.read(connection, project), now=datetime.now(UTC))
    for each in found:
        if as_json:
            terminal.print_json(msgspec.to_builtins(each))
        else:
            click.echo(terminal.safe(f"{KINDS[each.kind]}: {_MODES[each.mode]} {each.document}  {each.reason}"))


def _as_object(row: AssessmentRow) -> dict[str, object]:
    named = {name: value for name, value in row._asdict().items() if name != "body"}
    return {**named, **orjson.loads(row.body), "since": row.since.isoformat(),
            "until": row.until.isoformat() if row.until else None}


def _line(row: AssessmentRow) -> str:
    held = orjson.loads(row.body)
    covers = "、".join(held["parcels"]) or ("按范围坐标" if held["area"] else "全园区")
    until = "" if row.until is None else f"  (until 至 {row.until.date()})"
    return terminal.safe(f"{KINDS[row.kind]} {row.park} {row.document} {row.valid_from}–{row.valid_until} {covers} "
                         f"{_MODES[held['mode']]}{until}")
