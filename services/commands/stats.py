"""`jiban stats`: the figures of a month, with what each of them means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import click

from engine.case import local_day
from engine.counted import Group
from engine.figures import FIGURES, Figure, Figures, Ratio, Value
from engine.months import read_month
from services import migrations
from services.commands import terminal
from services.database import connect, reading, writing
from services.figures import Frozen, Report, Snapshot, as_object, freeze, report
from services.office import open_office
from services.settings import from_environment

_LABEL, _VALUE = 22, 14
_TOTAL = "合计"


@click.command(name="stats")
@click.option("--month", required=True, metavar="YYYY-MM", help="Which month.")
@click.option("--by", multiple=True, type=click.Choice(Group._fields),
              help="Also apart by this; may be repeated, and then apart by each combination.")
@click.option("--freeze", "is_freezing", is_flag=True, help=(
    "Write down the figures of a month that is over; of one that was written down, what is other now, as a amendment "
    "更正."))
@terminal.as_json
def command(month: str, by: Sequence[str], is_freezing: bool, as_json: bool) -> None:
    """Show the figures of a month: on time, early and late, time used, compression, by park, department and process.

    A month that was frozen is shown as it ended, with the amendments found since; another one as it stands now. Open overdue
    cases are in the denominator of the on-time rate. The definition of every figure is printed below.

    \b
    Example:
      jiban stats --month 2026-09 --by park --by process
    """
    asked, now = read_month(month), datetime.now(UTC)
    settings = from_environment()
    database, office = connect(settings.database), open_office(settings)
    frozen: Frozen | None = None
    try:
        migrations.require_current(database)
        if is_freezing:
            with writing(database) as connection:
                frozen = freeze(connection, office, asked, now=now)
        with reading(database) as connection:
            found = report(connection, office, asked, by=by, now=now)
    finally:
        database.dispose()
    if as_json:
        written = {"written": {"originals": frozen.originals, "amendments": frozen.amendments}} if frozen else {}
        terminal.print_json(as_object(found) | written)
    else:
        _show(found, frozen)


def _show(found: Report, frozen: Frozen | None) -> None:
    kind = "月末快照" if found.is_frozen else "现时统计，未固化"
    click.echo(click.style(f"{found.month.text} 办件统计（{kind}）", bold=True))
    if frozen is not None:
        click.echo(f"written 写入：{frozen.originals} 组快照，{frozen.amendments} 条更正")
    for group, values in found.groups:
        _show_group(group, values)
    if found.amendments:
        click.echo(f"\n{click.style('更正', bold=True)}")
        _show_amendments(found.amendments)
    click.echo(f"\n{click.style('统计口径', bold=True)}")
    for figure in FIGURES:
        click.echo(f"  {figure.label}：{figure.definition}")


def _show_group(group: Group, values: Figures) -> None:
    click.echo(f"\n{click.style(_name(group), bold=True)}")
    for figure in FIGURES:
        if (value := values.get(figure.name)) is not None:
            click.echo(f"  {terminal.padded(figure.label, _LABEL)}{_value(figure, value)}")


def _show_amendments(amendments: Iterable[Snapshot]) -> None:
    for row in amendments:
        click.echo(terminal.safe(f"  {local_day(row.made_at)} {_name(row.group)} 第{row.number}次 {row.reason}"))


def _name(group: Group) -> str:
    return terminal.safe(" · ".join(part for part in group if part) or _TOTAL)


def _value(figure: Figure, value: Value) -> str:
    if not isinstance(value, Ratio):
        return f"{value} {figure.unit}"
    if value.value is None:
        return f"—{'':{_VALUE - 1}}{value.numerator}/{value.denominator}"
    shown = f"{value.value:.1%}" if figure.unit == "%" else f"{value.value:.1f} {figure.unit}"
    return f"{terminal.padded(shown, _VALUE)}{value.numerator}/{value.denominator}"
