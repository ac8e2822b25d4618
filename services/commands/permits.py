"""`jiban permits`: the register of granted permits 许可证件登记."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click
import orjson

from engine.permits import NAMES, STATE_NAMES, Act, PermitState
from services import permit_sorts, permits
from services.acting import Stepped
from services.commands import terminal
from services.commands.opened import opened
from services.office import open_office
from services.permits import Granted
from services.settings import from_environment

MOST = 10_000
"""Permits in one answer; who needs more asks by park, sort or holder."""

_by = click.option("--by", default="command line", show_default=True, metavar="NAME", help="Who does it, for the record.")
_condition = click.option("--condition", default="begin_work", show_default=True, metavar="NAME", help="Which condition.")


@click.group(name="permits")
def command() -> None:
    """The register of granted permits, their conditions and what has become of them.

    \b
    Example:
      jiban permits list --state in_force --park 湘阴高新区
      430600202603040001  建筑工程施工许可证  有效  岳阳某某公司
    """


@command.command(name="list")
@click.option("--state", type=click.Choice([state.value for state in PermitState]), help="Only those that stand like this.")
@click.option("--sort", metavar="SORT", help="Only those of this sort, by its code (jiban permits sorts).")
@click.option("--holder", "holder_code", metavar="CODE", help="Only those of this holder, by 统一社会信用代码.")
@click.option("--park", metavar="PARK", help="Only those of this park.")
@terminal.as_json
def list_(state: str | None, sort: str | None, holder_code: str | None, park: str | None, as_json: bool) -> None:
    """List the permits in the order they were granted.

    \b
    Example:
      jiban permits list --sort construction --json
    """
    with opened() as connection:
        found = permits.permits(connection, state=state, sort=sort, holder_code=holder_code, park=park, most=MOST)
    if as_json:
        terminal.print_json({"permits": [_as_object(each) for each in found]})
        return
    for each in found:
        click.echo(_line(each))


@command.command(name="show")
@click.argument("number")
@terminal.as_json
def show(number: str, as_json: bool) -> None:
    """Show a permit with its history, fact by fact.

    \b
    Example:
      jiban permits show 430600202603040001
    """
    with opened() as connection:
        found = permits.history(connection, number)
    if as_json:
        events = [{**event._asdict(), "at": event.at.isoformat(), "case": case} for event, case in found.events]
        terminal.print_json({**_as_object(found.granted), "events": events,
                             "open_cases": [{"number": each.number, "act": each.act} for each in found.open_cases]})
        return
    click.echo(_line(found.granted))
    for event, case in found.events:
        act = f" {NAMES[Act(event.act)]}" if event.act else ""
        click.echo(terminal.safe(f"  {event.at:%Y-%m-%d %H:%M}Z  {event.kind}{act}  {case}#{event.seq}  {event.by}"))
    for each in found.open_cases:
        click.echo(terminal.safe(f"  open 在办: {each.number} {NAMES[Act(each.act)]}"))


@command.command(name="sorts")
@terminal.as_json
def sorts(as_json: bool) -> None:
    """List the sorts of permits, as the shelf has them.

    \b
    Example:
      jiban permits sorts
    """
    shelf: Path = from_environment().shelf
    for each in permit_sorts.read_sorts(shelf).values():
        if as_json:
            terminal.print_json({"sort": each.sort, "name": each.name, "pattern": each.pattern,
                                 "conditions": [condition.name for condition in each.conditions]})
        else:
            labels = "、".join(f"{condition.label}（{condition.basis}）" for condition in each.conditions)
            click.echo(terminal.safe(f"{terminal.padded(each.sort, 20)}{each.name}  {each.pattern}  {labels}".rstrip()))


@command.command(name="met")
@click.argument("number")
@_condition
@click.option("--on", "met_on", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day it was met.")
@_by
@terminal.as_json
def met(number: str, condition: str, met_on: datetime, by: str, as_json: bool) -> None:
    """Say that a condition of permit NUMBER has been met: the construction has begun.

    \b
    Example:
      jiban permits met 430600202603040001 --on 2026-04-01
    """
    with opened(writes=True) as connection:
        stepped = permits.meet_condition(connection, open_office(from_environment()), permit=number, condition=condition,
                                         met_on=met_on.date(), by=by, now=datetime.now(UTC))
    _say(number, "met 已开工", stepped, as_json)


@command.command(name="extend")
@click.argument("number")
@_condition
@click.option("--document", required=True, help="The number of the approval.")
@_by
@terminal.as_json
def extend(number: str, condition: str, document: str, by: str, as_json: bool) -> None:
    """Extend the time of a condition of permit NUMBER (建筑法 art. 9: twice, three months each).

    \b
    Example:
      jiban permits extend 430600202603040001 --document 岳建延〔2026〕1号
    """
    with opened(writes=True) as connection:
        stepped = permits.extend_condition(connection, open_office(from_environment()), permit=number, condition=condition,
                                           document=document, by=by, now=datetime.now(UTC))
    _say(number, "extended 已延期", stepped, as_json)


def _say(number: str, what: str, stepped: Stepped, as_json: bool) -> None:
    if as_json:
        terminal.print_json({"permit": number, "case": stepped.number, "version": stepped.version})
    else:
        click.echo(terminal.safe(f"{number}: {what} ({stepped.number})"))


def _as_object(found: Granted) -> dict[str, object]:
    row = found.row
    return {
        "number": row.number, "sort": row.sort, "name": row.name, "holder": row.holder, "holder_code": row.holder_code,
        "case": found.case, "process": row.process, "park": row.park, "authority": row.authority, "seal": row.seal,
        "granted_on": row.granted_on, "valid_from": row.valid_from, "valid_until": row.valid_until, "state": row.state,
        "version": row.version, "follows": row.follows, "conditions": orjson.loads(row.conditions)}


def _line(found: Granted) -> str:
    row = found.row
    until = f"  至 {row.valid_until}" if row.valid_until else ""
    return terminal.safe(f"{row.number}  {row.name}  {STATE_NAMES[PermitState(row.state)]}  {row.holder}{until}  {found.case}")
