"""`jiban digest`: the morning digest 晨报 of a supervisor."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import click

from engine.calendar import SHANGHAI
from engine.case import local_day
from engine.duties import SUPERVISOR_ROLE
from engine.sight import EVERYWHERE, scopes_of
from services.commands import terminal
from services.commands.opened import opened
from services.digests import Digest, digest
from services.office import open_office
from services.settings import from_environment
from services.watching import Within
from services.watchlists import Watched


@click.command(name="digest")
@click.option("--person", metavar="ACCOUNT", help="Within the scope of this supervisor; left out: of the whole office.")
@click.option("--park", metavar="PARK", help="Only this park, by its standard name.")
@terminal.as_json
def command(person: str | None, park: str | None, as_json: bool) -> None:
    """Show what is overdue, what falls due today and on the next working day, and what has happened since the last digest.

    A digest is of a working day at nine and looks back to the one before. Nothing is sent.

    \b
    Example:
      jiban digest --person 孙涛 --json
    """
    now = datetime.now(UTC)
    office = open_office(from_environment())
    with opened() as connection:
        office.refresh(connection)
        scopes = EVERYWHERE if person is None else scopes_of(office.people, person, local_day(now), {SUPERVISOR_ROLE})
        found = digest(connection, office, Within(scopes=scopes, park=park), now=now)
    if as_json:
        terminal.print_json(as_object(found))
    else:
        _show(found)


def as_object(found: Digest) -> dict[str, object]:
    """A digest for programs."""
    return {
        "day": found.day.isoformat(), "since": found.since.astimezone(UTC).isoformat(), "next_on": found.next_on.isoformat(),
        "overdue": found.overdue, "today": found.today, "tomorrow": found.tomorrow, "concluded": found.concluded,
        "late": found.late, "worst": _clocks(found.worst), "lapsed": _clocks(found.lapsed),
        "first_today": _clocks(found.first_today), "first_tomorrow": _clocks(found.first_tomorrow),
        "cards": [{"case": each.number, "colour": each.card.colour, "rule": each.card.rule} for each in found.cards],
        "answered": [{"case": each.number, "order": each.order.seq} for each in found.answered],
        "unanswered": [{"case": each.number, "order": each.order.seq} for each in found.unanswered]}


def _clocks(items: Iterable[Watched]) -> list[dict[str, object]]:
    return [{"case": each.case.number, "process_name": each.matter, "clock": each.clock.name, "due": each.clock.due,
             "lamp": each.lamp.value, "late_workdays": each.late_workdays} for each in items]


def _show(found: Digest) -> None:
    since = found.since.astimezone(SHANGHAI)
    click.echo(click.style(f"每日晨报 {found.day}（上一期 {since:%m-%d %H:%M}）", bold=True))
    click.echo(f"已超期 {found.overdue}，今日到期 {found.today}，{found.next_on:%m-%d} 到期 {found.tomorrow}；"
               f"其间办结 {found.concluded}（超期 {found.late}），新亮牌 {len(found.cards)}，待销号督办 {len(found.answered)}，"
               f"逾期未答复 {len(found.unanswered)}")
    for title, items in (("新超期", found.lapsed), ("今日到期", found.first_today),
                         (f"{found.next_on:%m-%d} 到期", found.first_tomorrow), ("超期最久", found.worst)):
        if items:
            click.echo(f"\n{click.style(title, bold=True)}")
        for each in items:
            late = f"已超{each.late_workdays}个工作日" if each.late_workdays else ""
            click.echo(terminal.safe(f"  {each.case.number}  {terminal.padded(each.matter, 24)}"
                                     f"{terminal.padded(each.clock.due or '', 18)}{late}").rstrip())
