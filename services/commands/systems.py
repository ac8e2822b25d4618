"""`jiban systems`: the register of connected systems, and what is mended in it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy import Connection

from engine.case import local_day
from engine.catalogue import Catalogue
from engine.linkage import ITEMS, Entered, Item, Place, Rectification
from services import linkage_sheets, linking
from services.administering import Instruction
from services.catalogue import load_catalogue, read_shelf
from services.commands import given, terminal
from services.commands.opened import opened
from services.linkage_sheets import LARGEST
from services.linking import NewCheck, NewRectification
from services.settings import from_environment

_ITEM = click.Choice([item.value for item in Item])
_DATE = click.DateTime(["%Y-%m-%d"])
_by = click.option("--by", default="command line", show_default=True, metavar="NAME", help="Who enters it, for the record.")


@click.group(name="systems")
def command() -> None:
    """The register of connected systems 系统对接台账: park × system × 打通、端口、账号、数据共享.

    \b
    Example:
      jiban systems show
      岳阳经发区 工改系统 打通+ 端口- 账号? 数据共享?  25%
    """


@command.command(name="show")
@click.option("--on", type=_DATE, metavar="DATE", help="As it stood at the end of this day.")
@terminal.as_json
def show(on: datetime | None, as_json: bool) -> None:
    """Show every park and system: + in place, - not, ? never entered.

    \b
    Example:
      jiban systems show --on 2026-03-31
    """
    with opened() as connection:
        found = linking.matrix(connection, _catalogue(connection), on=on.date() if on else local_day(datetime.now(UTC)))
    if as_json:
        terminal.print_json({
            "on": found.on.isoformat(), "percent": found.whole.percent, "in_place": found.whole.in_place,
            "cells": found.whole.cells, "unconfirmed": found.unconfirmed,
            "entered": [{"park": place.park, "system": place.system, "item": place.item.value, "in_place": cell.is_in_place,
                         "evidence": cell.evidence, "checked_on": cell.checked_on.isoformat(), "version": cell.version,
                         "entered_by": cell.entered_by} for place, cell in found.cells.items()]})
        return
    for park in found.parks:
        for system in found.systems:
            cells = [(item, found.cells.get(Place(park=park, system=system.code, item=item))) for item in Item]
            signs = " ".join(f"{ITEMS[item]}{_sign(cell)}" for item, cell in cells)
            click.echo(terminal.safe(f"{park} {system.name} {signs}"))
    click.echo(f"{found.whole.percent}% 到位 ({found.whole.in_place}/{found.whole.cells}), {found.unconfirmed} not looked at "
               "this month 本月未核对")


@command.command(name="set")
@click.argument("park")
@click.argument("system")
@click.argument("item", type=_ITEM)
@click.argument("state", type=click.Choice(["yes", "no"]))
@click.option("--evidence", required=True, metavar="TEXT", help="What it rests on, or what is missing.")
@click.option("--checked-on", type=_DATE, metavar="DATE", help="Default: today.")
@_by
@terminal.as_json
def set_(
    park: str, system: str, item: str, state: str, evidence: str, checked_on: datetime | None, by: str, as_json: bool,
) -> None:
    """Enter a cell; the entries before stay.

    \b
    Example:
      jiban systems set 岳阳经发区 工改系统 port yes --evidence 联调记录3号
    """
    told = _told(by)
    with opened(writes=True) as connection:
        row = linking.enter(connection, told, _catalogue(connection), NewCheck(
            park=park, system=system, item=Item(item), is_in_place=state == "yes", evidence=evidence,
            checked_on=checked_on.date() if checked_on else told.today))
    if as_json:
        terminal.print_json({"park": row.park, "system": row.system, "item": row.item, "version": row.version})
    else:
        click.echo(terminal.safe(f"{row.park} {row.system} {ITEMS[Item(row.item)]} version {row.version}"))


@command.command(name="import")
@click.argument("file", metavar="FILE.xlsx|csv")
@_by
@terminal.as_json
def import_(file: str, by: str, as_json: bool) -> None:
    """Enter a sheet with the columns 园区,系统,检查项,是否到位,佐证,核对日期.

    All lines are entered or none; every line that cannot be used is told with its number. - reads standard input.

    \b
    Example:
      jiban systems import 系统对接台账.xlsx
    """
    new = linkage_sheets.read_sheet(given.bytes_of(file, LARGEST))
    with opened(writes=True) as connection:
        rows = linking.enter_all(connection, _told(by), _catalogue(connection), new)
    if as_json:
        terminal.print_json({"entered": len(rows)})
    else:
        click.echo(f"{len(rows)} entered 已登记")


@command.command(name="export")
@click.argument("file", metavar="FILE.xlsx|csv")
@click.option("--on", type=_DATE, metavar="DATE", help="As it stood at the end of this day.")
def export(file: str, on: datetime | None) -> None:
    """Write every cell to a sheet that can be filled in and imported again; - writes CSV to standard output.

    \b
    Example:
      jiban systems export 系统对接台账.xlsx
    """
    with opened() as connection:
        found = linking.matrix(connection, _catalogue(connection), on=on.date() if on else local_day(datetime.now(UTC)))
    if file == "-":
        click.echo(linkage_sheets.write_sheet(found), nl=False)
    elif file.endswith(".xlsx"):
        Path(file).write_bytes(linkage_sheets.write_workbook(found))
    else:
        Path(file).write_text(linkage_sheets.write_sheet(found), encoding="utf-8", newline="")


@command.command(name="order")
@click.argument("park")
@click.argument("system")
@click.argument("item", type=_ITEM)
@click.argument("owner")
@click.argument("due_on", type=_DATE)
@click.argument("text")
@click.option("--department", default="", metavar="NAME", help="Default: the department that leads the system.")
@_by
@terminal.as_json
def order(
    park: str, system: str, item: str, owner: str, due_on: datetime, text: str, department: str, by: str, as_json: bool,
) -> None:
    """发起整改: have a cell that is not in place put right.

    \b
    Example:
      jiban systems order 岳阳经发区 工改系统 port 刘工 2026-03-31 开放回写端口
    """
    with opened(writes=True) as connection:
        task = linking.order(connection, _told(by), _catalogue(connection),
                             NewRectification(park=park, system=system, item=Item(item), owner=owner, text=text,
                                              due_on=due_on.date(), department=department))
    _show(task, as_json)


@command.command(name="orders")
@click.option("--department", default="", metavar="NAME", help="Only this department's.")
@terminal.as_json
def orders(department: str, as_json: bool) -> None:
    """List the rectifications.

    \b
    Example:
      jiban systems orders --department 市住建局
    """
    with opened() as connection:
        found = linking.rectifications(connection, department=department)
    if as_json:
        terminal.print_json({"rectifications": [_as_object(each) for each in found]})
        return
    for each in found:
        click.echo(_line(each))


@command.command(name="reply")
@click.argument("number", type=int)
@click.argument("text")
@_by
@terminal.as_json
def reply(number: int, text: str, by: str, as_json: bool) -> None:
    """整改答复: say what was put right.

    \b
    Example:
      jiban systems reply 3 端口已开放 --by 刘工
    """
    with opened(writes=True) as connection:
        _show(linking.reply(connection, _told(by), number, text=text), as_json)


@command.command(name="return")
@click.argument("number", type=int)
@click.argument("due_on", type=_DATE)
@click.argument("reason")
@_by
@terminal.as_json
def return_(number: int, due_on: datetime, reason: str, by: str, as_json: bool) -> None:
    """退回: the answer does not do, with a new day.

    \b
    Example:
      jiban systems return 3 2026-04-15 未见佐证 --by 孙涛
    """
    with opened(writes=True) as connection:
        _show(linking.send_back(connection, _told(by), number, reason=reason, due_on=due_on.date()), as_json)


@command.command(name="close")
@click.argument("number", type=int)
@click.argument("text")
@_by
@terminal.as_json
def close(number: int, text: str, by: str, as_json: bool) -> None:
    """销号, by another than who mended, once the register says that it is in place.

    \b
    Example:
      jiban systems close 3 核对属实 --by 孙涛
    """
    with opened(writes=True) as connection:
        _show(linking.close(connection, _told(by), number, text=text), as_json)


def _told(by: str) -> Instruction:
    return Instruction(by=by, now=datetime.now(UTC), is_local=True)


def _sign(cell: Entered | None) -> str:
    return "?" if cell is None else "+" if cell.is_in_place else "-"


def _catalogue(connection: Connection) -> Catalogue:
    return load_catalogue(connection, read_shelf(from_environment().shelf))


def _show(task: Rectification, as_json: bool) -> None:
    if as_json:
        terminal.print_json(_as_object(task))
    else:
        click.echo(_line(task))


def _as_object(task: Rectification) -> dict[str, object]:
    return {"id": task.id, "park": task.place.park, "system": task.place.system, "item": task.place.item.value,
            "department": task.department, "owner": task.owner, "text": task.text, "due_on": task.due_on.isoformat(),
            "ordered_by": task.ordered_by, "state": task.state.value, "reply": task.reply}


def _line(task: Rectification) -> str:
    return terminal.safe(f"{task.id} {task.place.park} {task.place.system} {ITEMS[task.place.item]} {task.department} "
                         f"{task.owner} {task.due_on} {task.state.value}: {task.text}")
