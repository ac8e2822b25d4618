"""`jiban clocks`: what is overdue, what will be soon, and the lamp board."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import click
from sqlalchemy import Connection

from engine.limits import NAMES, LimitKind
from engine.supervision import Lamp
from services import board, clocks
from services.board import Group
from services.clocks import Asked, Running
from services.commands import terminal
from services.commands.opened import opened
from services.office import Office, open_office
from services.settings import from_environment

MOST = 10_000
"""Clocks in one answer; who needs more asks by process or park."""

_LAMPS: Mapping[Lamp, tuple[str, str]] = {
    Lamp.RED: ("超期", "red"), Lamp.YELLOW: ("预警", "yellow"), Lamp.GREEN: ("正常", "green"), Lamp.BLUE: ("暂定", "blue"),
    Lamp.GREY: ("暂停", "bright_black"),
}
_KIND = click.Choice([kind.value for kind in LimitKind])


@click.command(name="clocks")
@click.option("--overdue", "is_overdue", is_flag=True, help="Clocks that have lapsed, the oldest first.")
@click.option("--due-within", "within", type=click.IntRange(0, clocks.MOST_WORKDAYS), metavar="N",
              help="Clocks that have not, with at most N working days left; 0: today.")
@click.option("--board", "is_board", is_flag=True, help="How many clocks of each lamp, by matter, park and department.")
@click.option("--kind", type=_KIND, help="Only limits of this kind.")
@click.option("--process", metavar="PROCESS", help="Only this process, by its id.")
@click.option("--park", metavar="PARK", help="Only this park, by its standard name.")
@terminal.as_json
def command(
    is_overdue: bool, within: int | None, is_board: bool, kind: str | None, process: str | None, park: str | None,
    as_json: bool,
) -> None:
    """List running clocks that are overdue or will be soon, or show the lamp board.

    Each is judged by the calendar and the policy of its case. A clock that a stop holds still has no deadline and is only on
    the board.

    \b
    Example:
      jiban clocks --overdue --kind promised
      jiban clocks --due-within 1 --park 湘阴高新区 --json
    """
    if is_overdue + (within is not None) + is_board != 1:
        raise click.UsageError("ask for one of --overdue, --due-within N and --board")
    if is_board and kind is not None:
        raise click.UsageError("the board shows every kind; leave out --kind")
    now = datetime.now(UTC)
    office = open_office(from_environment())
    with opened() as connection:
        office.refresh(connection)
        if is_board:
            _print_board(board.board(connection, office, now=now, process=process, park=park), as_json)
            return
        which = clocks.asked(office, is_overdue=is_overdue, within=within, kind=LimitKind(kind) if kind else None,
                             process=process, park=park, now=now)
        _print_clocks(connection, office, which, now, as_json)


def _print_clocks(connection: Connection, office: Office, which: Asked, now: datetime, as_json: bool) -> None:
    total = clocks.count(connection, which)
    found = clocks.walk(connection, office, which, now=now, most=MOST)
    if as_json:
        terminal.print_json({"clocks": [as_object(each) for each in found], "total": total, "is_cut": total > MOST})
        return
    for each in found:
        click.echo(_line(each))
    click.echo(f"{total} clocks 共{total}个" + (f", the first {MOST} are shown 仅列前{MOST}个" if total > MOST else ""))


def as_object(found: Running) -> dict[str, object]:
    """A running clock for programs."""
    case, clock = found.case, found.clock
    return {
        "case": case.number, "process": case.process, "process_name": found.matter, "park": case.park,
        "department": case.department, "name": clock.name, "kind": clock.kind.value, "label": NAMES[clock.kind],
        "due": clock.due, "lapses_at": found.key.lapses_at.isoformat(), "provisional": clock.is_provisional,
        "lamp": found.lamp.value, "late_workdays": found.late_workdays, "left_workdays": found.left_workdays}


def _line(found: Running) -> str:
    case, clock = found.case, found.clock
    left = f"余{found.left_workdays}个工作日"
    if found.lamp is Lamp.RED:  # over on a day off, or by the minute, it is late by no working day yet
        left = f"超{found.late_workdays}个工作日" if found.late_workdays else "已超期"
    due = (clock.due or "").replace("T", " ")
    mark = " 暂定" if clock.is_provisional else ""
    said = terminal.safe(f"{case.number}  {terminal.padded(found.matter, 24)}{terminal.padded(NAMES[clock.kind], 14)}"
                         f"{terminal.padded(due + mark, 22)}{terminal.padded(left, 16)}{case.park} {case.department}")
    return f"{_lamp(found.lamp)}  {said.rstrip()}"


def _lamp(lamp: Lamp) -> str:
    word, colour = _LAMPS[lamp]
    return click.style(word, fg=colour)


def _print_board(groups: Sequence[Group], as_json: bool) -> None:
    total = sum((group.lamps for group in groups), Counter[Lamp]())
    if as_json:
        terminal.print_json({"total": _lit(total), "groups": [_group(each) for each in groups]})
        return
    for group in groups:
        click.echo(_board_line(" · ".join(part for part in (group.matter, group.park, group.department) if part), group.lamps))
    click.echo(_board_line("合计", total))


def _group(group: Group) -> dict[str, object]:
    return {"process": group.process, "process_name": group.matter, "park": group.park, "department": group.department,
            "lamps": _lit(group.lamps), "kinds": {kind.value: _lit(lit) for kind, lit in group.kinds.items()}}


def _lit(lit: Mapping[Lamp, int]) -> dict[str, int]:
    return {lamp.value: lit.get(lamp, 0) for lamp in Lamp}


def _board_line(name: str, lit: Mapping[Lamp, int]) -> str:
    shown = "  ".join(f"{_lamp(lamp)} {lit.get(lamp, 0):>6}" for lamp in _LAMPS)
    return f"{terminal.padded(terminal.safe(name), 44)}{shown}"
