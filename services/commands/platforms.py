"""`jiban platforms`: the upstream platforms 一网通办, 工改: their secrets, what they have told, what they are told."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click
import orjson

from services.administering import Instruction
from services.commands import terminal
from services.commands.opened import opened
from services.deliveries import platform_endpoints
from services.office import open_office
from services.platforms import callbacks, shared_secrets, statuses
from services.settings import from_environment
from services.store import platform_messages, reading
from services.store import platforms as store
from services.store.platform_messages import MessageRow
from services.store.platforms import NOTHING_CAME, SecretRow

_FIRST = 2**62
by_option = click.option("--by", default="command line", show_default=True, metavar="ACCOUNT", help="Who does it, by account.")


@click.group(name="platforms")
def command() -> None:
    """Upstream platforms: what comes in signed from them, and what they are told.

    Each is a file in the shelf's folder platforms; starting any command of this group checks them all.

    \b
    Example:
      jiban platforms issue gonggai --by 张敏
      whsec_…
      jiban platforms messages
      3  gonggai  77  platform_number YY-2026-0001  unmatched: what it asks is for a person to see to
    """


@command.command(name="list")
@terminal.as_json
def list_(as_json: bool) -> None:
    """List the platforms, with what has come from them.

    \b
    Example:
      jiban platforms list
    """
    office = open_office(from_environment())
    with opened() as connection:
        received, secrets = store.received(connection), store.secrets(connection)
    for platform in office.platforms.values():
        came = received.get(platform.name, NOTHING_CAME)
        live = [_secret_object(row) for row in secrets if row.platform == platform.name and row.ended_at is None]
        if as_json:
            terminal.print_json({
                "name": platform.name, "title": platform.title, "applications": came.applications,
                "last_application_at": _at(came.last_application_at), "last_callback_at": _at(came.last_callback_at),
                "secrets": live})
        else:
            click.echo(f"{platform.name}  {platform.title}  {came.applications} applications, {len(live)} live secrets")


@command.command()
@click.argument("platform")
@by_option
@terminal.as_json
def issue(platform: str, by: str, as_json: bool) -> None:
    """Make a secret for a PLATFORM, shown this once; two live at most.

    \b
    Example:
      jiban platforms issue gonggai --by 张敏
    """
    office = open_office(from_environment())
    with opened(writes=True) as connection:
        row = shared_secrets.issue(connection, office.platforms, platform, by=by, now=datetime.now(UTC))
    terminal.print_json({**_secret_object(row), "secret": row.secret}) if as_json else click.echo(row.secret)


@command.command()
@click.argument("platform")
@click.argument("secret", type=int)
@by_option
@terminal.as_json
def end(platform: str, secret: int, by: str, as_json: bool) -> None:
    """Refuse from now on what a PLATFORM signs with a SECRET, by its number.

    \b
    Example:
      jiban platforms end gonggai 1 --by 张敏
    """
    with opened(writes=True) as connection:
        row = shared_secrets.end(connection, platform, secret, by=by, now=datetime.now(UTC))
    terminal.print_json(_secret_object(row)) if as_json else click.echo(f"{row.platform} {row.id}: ended by {row.ended_by}")


@command.command()
@click.option("--all", "is_all", is_flag=True, help="Also what was dealt with.")
@click.option("--most", default=50, show_default=True, type=click.IntRange(1, 1000), metavar="N", help="How many.")
@terminal.as_json
def messages(is_all: bool, most: int, as_json: bool) -> None:
    """List what platforms have told and nobody has taken yet.

    \b
    Example:
      jiban platforms messages
    """
    with opened() as connection:
        rows = platform_messages.messages(connection, is_open=not is_all, before=_FIRST, most=most)
    for row in rows:
        _show(row, as_json)


@command.command()
@click.argument("message", type=int)
@click.argument("case")
@by_option
@terminal.as_json
def deliver(message: int, case: str, by: str, as_json: bool) -> None:
    """Give a MESSAGE to the CASE it is for; a withdrawal is confirmed by this.

    \b
    Example:
      jiban platforms deliver 3 4306002026030400001 --by 张敏
    """
    office = open_office(from_environment())
    with opened(writes=True) as connection:
        office.refresh(connection)
        row = callbacks.deliver(connection, office, message, case, by=by, now=datetime.now(UTC))
    _show(row, as_json)


@command.command()
@click.argument("message", type=int)
@click.option("--reason", required=True, metavar="TEXT", help="Why nothing is done about it.")
@by_option
@terminal.as_json
def dismiss(message: int, reason: str, by: str, as_json: bool) -> None:
    """Do nothing about a MESSAGE, for a reason.

    \b
    Example:
      jiban platforms dismiss 3 --reason 平台测试 --by 张敏
    """
    office = open_office(from_environment())
    with opened(writes=True) as connection:
        office.refresh(connection)
        row = callbacks.dismiss(connection, office, message, reason, by=by, now=datetime.now(UTC))
    _show(row, as_json)


@command.command()
@click.argument("platform")
@click.argument("endpoint", type=int)
@by_option
@terminal.as_json
def answer(platform: str, endpoint: int, by: str, as_json: bool) -> None:
    """Tell a PLATFORM of the cases it has sent, in its words, at an ENDPOINT of its own (`jiban webhooks`).

    \b
    Example:
      jiban platforms answer gonggai 2 --by 张敏
    """
    office = open_office(from_environment())
    with opened(writes=True) as connection:
        office.refresh(connection)
        row = platform_endpoints.answer(connection, office, Instruction(by=by, now=datetime.now(UTC)), endpoint, platform)
    told = {"platform": platform, "endpoint": row.endpoint, "kinds": row.kinds.split(",")}
    terminal.print_json(told) if as_json else click.echo(f"{platform} is told at endpoint {row.endpoint}: {row.kinds}")


@command.command(name="statuses")
@click.argument("case")
@terminal.as_json
def statuses_of(case: str, as_json: bool) -> None:
    """Show what the platform a CASE came from is told of it.

    \b
    Example:
      jiban platforms statuses 4306002026030400001
    """
    office = open_office(from_environment())
    with opened() as connection:
        row = reading.peek_case(connection, case)
        found = store.submission_of(connection, row.id) if row is not None else None
        told = statuses.statuses(connection, office, found.platform, found.case_id) if found is not None else []
    for each in told:
        if as_json:
            terminal.print_json({"seq": each.seq, "fact": each.fact, "body": each.body})
        else:
            click.echo(terminal.safe(f"{each.seq}  {each.fact}  {orjson.dumps(each.body).decode()}"))


def _show(row: MessageRow, as_json: bool) -> None:
    """Without what it says: that may be personal, and the pages mask it."""
    if as_json:
        terminal.print_json({
            **{name: getattr(row, name) for name in ("id", "platform", "ask", "code", "name", "state", "why", "tries",
                                                     "settled_by", "reason")},
            "keys": orjson.loads(row.keys), "case": row.case or None, "received_at": _at(row.received_at),
            "settled_at": _at(row.settled_at)})
        return
    keys = ", ".join(f"{name} {value}" for name, value in orjson.loads(row.keys).items())
    what = " ".join(part for part in (row.code, row.name) if part)
    click.echo(terminal.safe(f"{row.id}  {row.platform}  {what}  {keys}  {row.state}{f': {row.why}' if row.why else ''}"
                             f"{f' by {row.settled_by}' if row.settled_by else ''}"))


def _secret_object(row: SecretRow) -> dict[str, Any]:
    return {"platform": row.platform, "id": row.id, "issued_by": row.issued_by, "issued_at": _at(row.issued_at),
            "ended_by": row.ended_by, "ended_at": _at(row.ended_at)}


def _at(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None
