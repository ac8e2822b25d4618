"""`jiban empowerment`: the empowerment list 赋权清单, who receives, decides and seals what in which park."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime

import click
import orjson
from sqlalchemy import Connection

from engine.case import local_day
from engine.case_facts import CaseRouted
from engine.empowerment import named
from engine.errors import InvalidInput
from services import empowerment
from services.commands import given, terminal
from services.commands.opened import opened
from services.empowerment import KINDS, rule_of
from services.empowerment_report import ParkCounts
from services.empowerment_report import report as count
from services.empowerment_sheets import HALLS, LARGEST, MODES, enter_sheet, survey_sheet, write_sheet
from services.office import Office, open_office
from services.settings import from_environment
from services.store.empowerment import RuleRow

_KINDS = click.Choice(list(KINDS))
_ROW = click.IntRange(1, 2**62)
_PARTIES = {"receives": "收件", "accepts": "受理", "reviews": "审查", "decides": "决定", "seals": "用印", "seal": "印章编号",
            "in_name_of": "名义", "liable": "法律责任", "supervises": "监管"}
_kind = click.option("--kind", type=_KINDS, default="empowerment", show_default=True, help="Which of the three sheets.")
_park = click.option("--park", metavar="PARK", help="Only of this park.")
_on = click.option("--on", metavar="YYYY-MM-DD", help="A day; without it, today.")
_by = click.option("--by", default="command line", show_default=True, metavar="NAME", help="Who acts, for the record.")


@click.group(name="empowerment")
def command() -> None:
    """The empowerment list 赋权清单: park × matter × situation × day → who receives, decides, seals, is liable.

    Three kinds of rows: empowerment (赋权), park_mode (试点、有大厅、无大厅) and local_authority (属地). A row counts once a
    second person has approved it. A case keeps the row of the day it was received.

    \b
    Example:
      jiban empowerment import 赋权清单.csv --by 李
      128 new 新增, 0 unchanged 未变; they wait for a second person (approve)
      jiban empowerment approve --batch 2026年第一批 --by 赵
    """


@command.command(name="show")
@click.option("--kind", type=_KINDS, help="Only rows of this kind.")
@_park
@click.option("--matter", metavar="MATTER", help="Only of this matter, by its code.")
@click.option("--batch", metavar="BATCH", help="Only of this batch 批次号.")
@click.option("--on", metavar="YYYY-MM-DD", help="Only what is in force on this day; without it, all that was ever entered.")
@click.option("--pending", is_flag=True, help="Only what waits for a second person.")
@terminal.as_json
def show(
    kind: str | None, park: str | None, matter: str | None, batch: str | None, on: str | None, pending: bool, as_json: bool,
) -> None:
    """List rows in the order they were entered.

    \b
    Example:
      jiban empowerment show --park 湘阴高新区 --on 2026-03-04
    """
    with opened() as connection:
        park = _standard(connection, park, on)
        found = empowerment.rows(connection, kind=kind, park=park, matter=matter, batch=batch, pending=pending,
                                 on=_day(on) if on is not None else None)
    _print_rows(found, as_json)


@command.command(name="modes")
@_park
@_on
@terminal.as_json
def modes(park: str | None, on: str | None, as_json: bool) -> None:
    """List how the parks work on a day 园区运行模式: the pilot's one seal, a hall, or the centre's window.

    \b
    Example:
      jiban empowerment modes
    """
    with opened() as connection:
        found = empowerment.rows(connection, kind="park_mode", park=_standard(connection, park, on), on=_day(on))
    _print_rows(found, as_json)


@command.command(name="resolve")
@click.argument("park")
@click.argument("matter")
@click.option("--situation", default="", metavar="SITUATION", help="业务情形")
@_on
@terminal.as_json
def resolve(park: str, matter: str, situation: str, on: str | None, as_json: bool) -> None:
    """Say who would have a case of MATTER (its code, or a deployed process) received in PARK, and why.

    \b
    Example:
      jiban empowerment resolve 湘阴高新区 竣工联合验收 --on 2026-03-04
    """
    with opened() as connection:
        office = _office(connection)
        code, department = office.matter(connection, matter)
        routed = empowerment.resolve(connection, park=office.park(park, _day(on)), matter=code, situation=situation,
                                     on=_day(on), department=department)
    if as_json:
        terminal.print_json(asdict(routed))
        return
    for line in _routed_lines(routed):
        click.echo(terminal.safe(line))


@command.command(name="import")
@click.argument("file", metavar="FILE.csv|FILE.xlsx")
@_kind
@click.option("--preview", is_flag=True, help="Only say what it would do.")
@_by
@terminal.as_json
def import_(file: str, kind: str, preview: bool, by: str, as_json: bool) -> None:
    """Enter a sheet. All lines are entered or none; every line that cannot be used is told with its number. - reads standard
    input.

    \b
    Example:
      jiban empowerment import bpmn/empowerment/local_authorities.csv --kind local_authority --by 李
    """
    data = given.bytes_of(file, LARGEST)
    step = survey_sheet if preview else enter_sheet
    with opened(writes=not preview) as connection:
        entered = step(connection, data, kind, by=by, now=datetime.now(UTC), catalogue=_office(connection).catalogue)
    if as_json:
        terminal.print_json({"new": [_as_object(row) for row in entered.rows], "unchanged": entered.unchanged,
                             "is_preview": preview})
        return
    after = "nothing was written" if preview else "they wait for a second person (approve)"
    click.echo(f"{len(entered.rows)} new 新增, {entered.unchanged} unchanged 未变; {after}")


@command.command(name="export")
@_kind
@_park
@click.option("--on", metavar="YYYY-MM-DD", help="What is in force on this day; without it, today.")
def export(kind: str, park: str | None, on: str | None) -> None:
    """Print the rows in force on a day as a sheet that `import` reads again.

    \b
    Example:
      jiban empowerment export --park 湘阴高新区 > 赋权清单.csv
    """
    with opened() as connection:
        found = empowerment.rows(connection, kind=kind, park=_standard(connection, park, on), on=_day(on))
    click.echo(write_sheet(map(rule_of, found), kind), nl=False)


@command.command(name="approve")
@click.argument("ids", metavar="[ROW]...", type=_ROW, nargs=-1)
@click.option("--batch", metavar="BATCH", help="Every row of this batch that waits.")
@click.option("--kind", type=_KINDS, help="Every row of this kind that waits.")
@click.option("--refuse", is_flag=True, help="Refuse them instead.")
@_by
@terminal.as_json
def approve(ids: Sequence[int], batch: str | None, kind: str | None, refuse: bool, by: str, as_json: bool) -> None:
    """Approve rows that somebody else has entered, by their numbers, a whole batch, or all of a kind.

    \b
    Example:
      jiban empowerment approve 3 4 5 --by 赵
    """
    if sum((bool(ids), batch is not None, kind is not None)) != 1:
        raise click.UsageError("name rows by their numbers, or a batch with --batch, or a kind with --kind, one of them")
    with opened(writes=True) as connection:
        rows = empowerment.decide(connection, batch=batch, kind=kind, ids=ids, is_approved=not refuse, by=by,
                                  now=datetime.now(UTC))
    _print_rows(rows, as_json)


@command.command(name="end")
@click.argument("row", type=_ROW)
@click.argument("on", metavar="YYYY-MM-DD")
@click.argument("reason")
@_by
@terminal.as_json
def end(row: int, on: str, reason: str, by: str, as_json: bool) -> None:
    """End ROW before its time 收回: the day given is its last. Cases received until then keep it.

    \b
    Example:
      jiban empowerment end 12 2026-06-30 "未有效承接,收回" --by 赵
    """
    with opened(writes=True) as connection:
        ended = empowerment.end(connection, row, on=_day(on), reason=reason, by=by, now=datetime.now(UTC))
    _print_rows([ended], as_json)


@command.command(name="report")
@_on
@click.option("--months", type=click.IntRange(1, 120), help=(
    "有效运行: at least one case concluded in so many months; without it, the setting JIBAN_RUNNING_MONTHS."))
@terminal.as_json
def report(on: str | None, months: int | None, as_json: bool) -> None:
    """Count 赋权一批、承接一批、有效运行一批, park by park.

    \b
    Example:
      jiban empowerment report --months 12
    """
    with opened() as connection:
        found = count(connection, on=_day(on), months=months or from_environment().running_months)
    if as_json:
        terminal.print_json({**asdict(found), "on": found.on.isoformat(), "after": found.after.isoformat()})
        return
    for each in (*found.parks, found.total):
        click.echo(terminal.safe(_count_line(each)))
    click.echo(f"有效运行: at least one case concluded after {found.after} and up to {found.on} ({found.months} months)")


def _office(connection: Connection) -> Office:
    """The office with what is in force."""
    office = open_office(from_environment())
    office.refresh(connection)
    return office


def _standard(connection: Connection, name: str | None, on: str | None) -> str | None:
    """The standard name of the park that is asked for, if one is. Raises InvalidInput."""
    return None if name is None else _office(connection).park(name, _day(on))


def _day(text: str | None) -> date:
    """A day, or today where none was given. Raises InvalidInput."""
    try:
        return local_day(datetime.now(UTC)) if text is None else date.fromisoformat(text)
    except ValueError:
        raise InvalidInput("on", f"expected a day like 2026-03-08, found “{text}”") from None


def _print_rows(rows: Sequence[RuleRow], as_json: bool) -> None:
    if as_json:
        terminal.print_json({"rows": [_as_object(row) for row in rows]})
        return
    for row in rows:
        click.echo(terminal.safe(_line(row)))


def _as_object(row: RuleRow) -> dict[str, object]:
    """A row with what it says among its columns."""
    instants = {name: at.isoformat() if at else None for name, at in (
        ("entered_at", row.entered_at), ("decided_at", row.decided_at), ("ended_at", row.ended_at))}
    columns = {name: value for name, value in row._asdict().items() if name != "body"}
    return {**columns, **instants, "says": orjson.loads(row.body)}


def _line(row: RuleRow) -> str:
    said = orjson.loads(row.body)
    state = "waits for approval" if row.is_approved is None else "approved" if row.is_approved else "refused"
    what = next((words[kind] for words, kind in (
        ({mode.value: word for mode, word in MODES.items()}, said.get("mode")),
        ({hall.value: word for hall, word in HALLS.items()}, said.get("hall"))) if kind), "属地")
    whose = said.get("authority") or said.get("body") or said.get("window") or said.get("department") or ""
    return f"{named(rule_of(row))}: {what} {whose}  [{state}]"


def _routed_lines(routed: CaseRouted) -> list[str]:
    mode = next(word for mode, word in MODES.items() if mode.value == routed.mode)
    hall = next(word for hall, word in HALLS.items() if hall.value == routed.hall)
    return [f"{mode} ({routed.mode}), 园区运行模式 {hall}",
            *(f"  {word} {name}: {getattr(routed, name)}" for name, word in _PARTIES.items()), f"  why: {routed.why}"]


def _count_line(counts: ParkCounts) -> str:
    return (f"{counts.park or '合计'}: 赋权 {counts.granted}, 承接 {counts.taken_over}, 有效运行 {counts.running}, 未有效承接 "
            f"{counts.not_taken_over}, 收回 {counts.taken_back}; 办结 {counts.concluded}")
