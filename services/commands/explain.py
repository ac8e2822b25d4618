"""`jiban explain`: a deadline, day by day, with the rules that made it."""

from __future__ import annotations

from collections.abc import Sequence

import click

from engine.explanation import Account, explain
from engine.limit_words import EVENTS, read_question, said
from services.calendars import load_calendar
from services.commands import terminal
from services.settings import from_environment

_WEEKDAYS = "一二三四五六日"


@click.command(name="explain")
@click.argument("case", required=False, metavar="[CASE]")
@click.option("--at", metavar="WHEN", help="When it happened: 2026-02-13T10:00, or a day (then 09:00).")
@click.option("--limit", metavar="LENGTH",
              help="5workday, 20calendar_day, 3month, 4working_hour, 1half_day, 24hour; also 5wd, 5个工作日, 20日.")
@click.option("--event", type=click.Choice(EVENTS), default=EVENTS[0], show_default=True,
              help="What happened; a filing (submitted) after hours moves to the next working day.")
@click.option("--count-first-day", is_flag=True, help="The day of the event is day one.")
@click.option("--no-roll", is_flag=True, help="A last day off stays: it does not move to the next working day.")
@click.option("--stop", "stops", multiple=True, metavar="FROM..[TO]:GROUND",
              help="Days not counted; without TO still open. May be repeated.")
@click.option("--closure", "closures", multiple=True, metavar="FROM..TO:REFERENCE",
              help="An approved closure, both ends included. May be repeated.")
@click.option("--extend", type=click.IntRange(min=0), default=0, metavar="N", help="Units added to the limit.")
@terminal.as_json
def command(
    case: str | None, at: str | None, limit: str | None, event: str, count_first_day: bool, no_roll: bool,
    stops: Sequence[str], closures: Sequence[str], extend: int, as_json: bool,
) -> None:
    """Explain a deadline day by day: what is counted, what is not, and by which rule.

    \b
    Example:
      jiban explain --at 2026-02-13T10:00 --limit 5workday
      jiban explain --at 2026-02-11 --limit 5个工作日 --stop 2026-02-12..2026-02-25:expert_review --json
    """
    if case is not None:
        raise click.UsageError(f"the clocks of a case ({terminal.safe(case[:40])}) are not explained here yet; give --at and "
                               "--limit")
    if at is None or limit is None:
        raise click.UsageError("a question needs --at and --limit, for example --at 2026-02-13T10:00 --limit 5workday")
    asked = read_question(at=at, limit=limit, event=event, count_first_day=count_first_day, roll_off_holiday=not no_roll,
                          stops=stops, closures=closures, extend=extend)
    calendar = load_calendar(from_environment().shelf)
    account = explain(calendar.with_closures(asked.closures) if asked.closures else calendar, asked.limit, asked.at,
                      event=asked.event, suspensions=asked.suspensions, extensions=asked.extensions)
    terminal.print_json(as_object(account)) if as_json else show(account, f"{asked.at:%Y-%m-%d %H:%M}")


def as_object(account: Account) -> dict[str, object]:
    """The account for programs."""
    return {
        "due": account.due, "provisional": account.provisional,
        "days": [{"date": day.date.isoformat(), "counted": day.counted, "why": day.why, "code": day.code, "number": day.number}
                 for day in account.days],
        "rules": [{"text": rule.text, "source": rule.source} for rule in account.rules]}


def show(account: Account, began: str) -> None:
    """The account for people. `began`: when the event happened, as it is to be read."""
    due = (account.due or "停表中,待恢复后计算").replace("T", " ")
    mark = click.style("  暂定", fg="blue") if account.provisional else ""
    click.echo(f"{said(account.amount, account.limit.unit)}  {began} 起  →  到期 {click.style(due, bold=True)}{mark}")
    click.echo()
    for day in account.days:
        sign = click.style("●", fg="green") if day.counted else click.style("·", dim=True)
        due_mark = click.style("  ← 到期", bold=True) if day.date == account.due_on else ""
        why = terminal.safe(day.why)
        click.echo(f"{day.date}  {_WEEKDAYS[day.date.weekday()]}  {sign}  "
                   f"{why if day.counted else click.style(why, dim=True)}{due_mark}")
    click.echo()
    click.echo("依据")
    for rule in account.rules:
        source = terminal.safe(rule.source)
        click.echo(f"  {terminal.safe(rule.text)}{f'  {source}' if source else ''}")
