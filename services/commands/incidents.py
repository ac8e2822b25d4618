"""`jiban incidents`: what is held up over all cases; have it tried again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click

from engine.errors import InvalidInput, Refusal
from services import errands, incidents, migrations
from services.acting import Command
from services.commands import terminal
from services.commands.opened import opened
from services.database import connect, writing
from services.office import open_office
from services.settings import from_environment
from services.store.incidents import Standing

_PAGE = 200


@click.group(name="incidents")
def command() -> None:
    """Incidents 运行故障: where a case stands still until a person has looked.

    \b
    Example:
      jiban incidents list
    """


@command.command(name="list")
@click.option("--code", help="Only those of one kind, such as connector_failed.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=_PAGE, show_default=True)
@terminal.as_json
def list_(code: str | None, limit: int, as_json: bool) -> None:
    """List the open incidents in the order of their cases, with what can be done about each.

    \b
    Example:
      jiban incidents list --code connector_failed --json
    """
    with opened() as connection:
        found = incidents.page(connection, code=code, most=limit)
    if as_json:
        terminal.print_json({"incidents": [_as_object(each) for each in found]})
        return
    for each in found:
        click.echo(_line(each))
    if not found:
        click.echo("no open incidents 没有运行故障")


@command.command(name="retry")
@click.argument("which", nargs=-1)
@click.option("--code", help="Instead of naming them: all of one kind.")
@click.option("--reason", required=True, help="What you have found out, for the record.")
@click.option("--by-hand", is_flag=True, help="转人工录入: people do what the connector could not.")
@click.option("--by", default="command line", show_default=True, metavar="NAME", help="Who has looked, for the record.")
@terminal.as_json
def retry(which: tuple[str, ...], code: str | None, reason: str, by_hand: bool, by: str, as_json: bool) -> None:
    """Have what incidents hold up tried again: WHICH are CASE/NUMBER, as `list` shows them. Status 1: some were refused.

    \b
    Example:
      jiban incidents retry 43060020260304000001/7 --reason 登记系统已恢复
    """
    if bool(which) == (code is not None):
        raise InvalidInput("which", "name incidents as CASE/NUMBER, or a kind with --code")
    settings, now = from_environment(), datetime.now(UTC)
    database, office = connect(settings.database), open_office(settings)
    done: list[str] = []
    refused: dict[str, str] = {}
    try:
        migrations.require_current(database)
        for number, seq in _asked(which, code):
            try:
                with writing(database) as connection:
                    incidents.retry(connection, office, Command(number=number, by=by, now=now), seq=seq, reason=reason,
                                    by_hand=by_hand)
                done.append(f"{number}/{seq}")
            except Refusal as refusal:
                refused[f"{number}/{seq}"] = str(refusal)
        errands.run_now(database, office, now=now)
    finally:
        database.dispose()
    _show(done, refused, as_json)
    if refused:
        raise SystemExit(1)


def _asked(which: tuple[str, ...], code: str | None) -> list[tuple[str, int]]:
    if code is None:
        return [_named(each) for each in which]
    with opened() as connection:
        return [(each.number, each.incident.seq) for each in incidents.page(connection, code=code, most=10_000)]


def _named(text: str) -> tuple[str, int]:
    number, slash, seq = text.rpartition("/")
    if not slash or not (seq.isascii() and seq.isdigit() and len(seq) < 10):
        raise InvalidInput("which", "name an incident as CASE/NUMBER, as `jiban incidents list` shows it")
    return number, int(seq)


def _as_object(each: Standing) -> dict[str, Any]:
    return {"case": each.number, "seq": each.incident.seq, "code": each.incident.code, "node": each.incident.node,
            "message": each.incident.message, "opened_at": each.incident.opened_at.isoformat(), "process": each.process,
            "park": each.park, "topic": each.topic, "error": each.error or None,
            "ways": [way.value for way in incidents.ways(each)]}


def _line(each: Standing) -> str:
    ways = ", ".join(way.value for way in incidents.ways(each))
    return f"{each.number}/{each.incident.seq} {each.incident.code} {terminal.safe(each.incident.message)} [{ways}]"


def _show(done: list[str], refused: dict[str, str], as_json: bool) -> None:
    if as_json:
        terminal.print_json({"retried": done, "refused": refused})
        return
    for each in done:
        click.echo(f"{each} is tried again 已重试")
    for each, why in refused.items():
        click.echo(f"{each} refused: {terminal.safe(why)}")
