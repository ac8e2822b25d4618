"""`jiban cases`: bring in cases in progress from another system, and find them by the number they had there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from services import bringing_in, case_sheets, migrations
from services.bringing_in import Line, Row
from services.commands import terminal
from services.commands.opened import opened
from services.database import connect, reading
from services.office import open_office
from services.settings import from_environment
from services.sheets import LARGEST


@click.group(name="cases")
def command() -> None:
    """Cases in progress 在办件: bring them in from another system with their own days, where they stand.

    \b
    Example:
      jiban cases import 在办件.xlsx --source 老审批系统 --dry-run
      line 2 YY-0417: would land 可转入, promised 2026-03-13
    """


@command.command(name="import")
@click.argument("file", metavar="FILE.xlsx|csv", type=click.Path(exists=True, dir_okay=False))
@click.option("--source", default="", metavar="SYSTEM", help="The other system 来源系统, of rows that name none.")
@click.option("--dry-run", is_flag=True, help="Say for each line what would happen, and keep nothing.")
@click.option("--by", default="command line", show_default=True, metavar="NAME", help="Who brings them in, for the record.")
@terminal.as_json
def import_(file: str, source: str, dry_run: bool, by: str, as_json: bool) -> int:
    """Bring in the cases of a sheet, each whole or not at all.

    Columns:
    事项名称,来源系统,原办件编号,收件日期,受理时间,当前环节,到达环节日期,已有结论,停表记录,补正日期,补正次数,延期工作日,延期文号,决定日期,办结日期,
    到期日,承办人,受理部门,所属园区,项目代码,补发黄红牌, and one for each field of the application, by its name in the form. A
    stop is ground|from|to|document|rule|expected end. Where 到期日 is given, a case that is not due on that day here is
    refused.

    What lapsed before is noticed, without a card unless 补发黄红牌 says 是. A file that was broken off is brought in again:
    what is here already is passed over. Exit status 1: some line was refused.

    \b
    Example:
      jiban cases import 在办件.xlsx --source 老审批系统
    """
    settings = from_environment()
    database, office = connect(settings.database), open_office(settings)
    try:
        migrations.require_current(database)
        with reading(database) as connection:
            rows = case_sheets.read_rows(connection, office, _bytes(file), file=file, source=source)
        lines = _told(rows, bringing_in.bring_in_all(database, office, rows, by=by, now=datetime.now(UTC), is_dry=dry_run),
                      dry_run, as_json)
    finally:
        database.dispose()
    refused = sum(line.landed is None for line in lines)
    if not as_json:
        click.echo(_sum(lines, refused, dry_run))
    return 1 if refused else 0


@command.command(name="find")
@click.argument("old_number", metavar="OLD-NUMBER")
@click.option("--source", metavar="SYSTEM", help="Only of this system.")
@terminal.as_json
def find(old_number: str, source: str | None, as_json: bool) -> None:
    """Find the cases that had a number in another system.

    \b
    Example:
      jiban cases find YY-0417
    """
    with opened() as connection:
        found = bringing_in.find(connection, old_number, source)
    if as_json:
        terminal.print_json({"cases": [row._asdict() for row in found]})
        return
    for row in found:
        click.echo(terminal.safe(f"{row.number}  {row.source} {row.old_number}"))


def _bytes(file: str) -> bytes:
    """The bytes of a file, at most one more than a sheet may have."""
    with Path(file).open("rb") as held:
        return held.read(LARGEST + 1)


def _told(rows: list[Row], lines: Iterable[Line], dry_run: bool, as_json: bool) -> list[Line]:
    """Say what becomes of each line as it does, and how far the file is."""
    told: list[Line] = []
    with terminal.Progress() as progress:
        for line in lines:
            told.append(line)
            progress.clear()
            terminal.print_json(asdict(line)) if as_json else click.echo(_sentence(line, dry_run))
            progress.show(f"{len(told)} of {len(rows)} lines 行")
    return told


def _sentence(line: Line, dry_run: bool) -> str:
    landed = line.landed
    if landed is None:
        said = f"refused 未转入: {line.refusal}"
    elif not landed.is_new:
        said = f"here already 已转入: {landed.number}"
    else:
        due = ", ".join(f"{clock} {on or 'stopped 停表'}" for clock, on in landed.due.items()) or "no clock 不计时"
        late = f"; late 已超期: {', '.join(landed.lapsed)}" if landed.lapsed else ""
        said = f"{'would land 可转入' if dry_run else f'{landed.number} landed 已转入'}, {due}{late}; {'、'.join(landed.tasks)}"
    return terminal.safe(f"line {line.line} {line.old_number}: {said}")


def _sum(lines: list[Line], refused: int, dry_run: bool) -> str:
    here = sum(line.landed is not None and not line.landed.is_new for line in lines)
    return (f"{len(lines) - here - refused} {'would land 可转入' if dry_run else 'landed 转入'}, {here} here already 已在, "
            f"{refused} refused 未转入")
