"""`jiban explain`: a deadline, day by day, with the rules that made it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import click

from engine.calendar import SHANGHAI
from engine.case import local_day
from engine.explanation import Account, explain
from engine.limit_words import read_question, said
from engine.limits import EVENTS
from services.commands import terminal
from services.commands.opened import law_in_force, opened
from services.explaining import ExplainedCase, ExplainedClock, explain_case
from services.office import open_office
from services.settings import from_environment

_WEEKDAYS = "一二三四五六日"


@click.command(name="explain")
@click.argument("case", required=False, metavar="[CASE]")
@click.option("--clock", metavar="KIND", help="Of a case: promised, statutory, hand_over, stage:17 …; else what governs it.")
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
    case: str | None, clock: str | None, at: str | None, limit: str | None, event: str, count_first_day: bool, no_roll: bool,
    stops: Sequence[str], closures: Sequence[str], extend: int, as_json: bool,
) -> None:
    """Explain a deadline day by day: what is counted, what is not, and by which rule. Of a case, or of a question.

    \b
    Example:
      jiban explain 43060020260211000001 --clock promised
      jiban explain --at 2026-02-13T10:00 --limit 5workday
      jiban explain --at 2026-02-11 --limit 5个工作日 --stop 2026-02-12..2026-02-25:expert_review --json
    """
    if case is not None:
        if at is not None or limit is not None:
            raise click.UsageError("a case has its clocks already: give either a CASE, or --at and --limit")
        _explain_case(case, clock, as_json)
        return
    if at is None or limit is None:
        raise click.UsageError("a question needs --at and --limit, for example --at 2026-02-13T10:00 --limit 5workday")
    asked = read_question(at=at, limit=limit, event=event, count_first_day=count_first_day, roll_off_holiday=not no_roll,
                          stops=stops, closures=closures, extend=extend)
    calendar = law_in_force().calendar()
    account = explain(calendar.with_closures(asked.closures) if asked.closures else calendar, asked.limit, asked.at,
                      event=asked.event, suspensions=asked.suspensions, extensions=asked.extensions)
    terminal.print_json(as_object(account)) if as_json else show(account, f"{asked.at:%Y-%m-%d %H:%M}")


def _explain_case(number: str, kind: str | None, as_json: bool) -> None:
    with opened() as connection:
        found = explain_case(connection, open_office(from_environment()), number, today=local_day(datetime.now(UTC)))
    chosen = found.chosen(kind)
    if as_json:
        terminal.print_json(clock_as_object(found, chosen))
        return
    clock = chosen.clock
    click.echo(terminal.safe(f"办件 {number}  {chosen.label} {clock.name}  "
                             f"依据 {clock.basis or '未注明'}  数值来源 {clock.source}"))
    show(chosen.account, f"{clock.counted_from.astimezone(SHANGHAI):%Y-%m-%d %H:%M}")
    if chosen.opens_on:
        click.echo(f"可申请日 {chosen.opens_on}(届满后首个工作日)")
    click.echo()
    click.echo("历次到期日")
    for told in chosen.deadlines:
        due = (told.due or "停表").replace("T", " ") + ("(暂定)" if told.provisional else "")
        click.echo(terminal.safe(f"  {told.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}  {due}  {told.said}  ({told.by})"))
    others = [each.clock.name for each in found.clocks if each is not chosen]
    if others:
        click.echo(f"其他时限(--clock): {', '.join(others)}")


def clock_as_object(found: ExplainedCase, chosen: ExplainedClock) -> dict[str, object]:
    """A clock of a case for programs: its account, and what it is."""
    clock = chosen.clock
    return {
        "case": found.number, "clock": clock.name, "kind": clock.kind.value, "label": chosen.label, "source": clock.source,
        "basis": clock.basis, "counted_from": clock.counted_from.isoformat(), "version": clock.version,
        "stopped_on": clock.stopped_on.isoformat() if clock.stopped_on else None,
        "lapsed_at": chosen.lapsed_at.isoformat() if chosen.lapsed_at else None,
        "opens_on": chosen.opens_on.isoformat() if chosen.opens_on else None, **as_object(chosen.account),
        "deadlines": [{"seq": told.seq, "at": told.at.isoformat(), "by": told.by, "due": told.due,
                       "provisional": told.provisional, "reason": told.reason} for told in chosen.deadlines],
        "others": [each.clock.name for each in found.clocks if each is not chosen]}


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
