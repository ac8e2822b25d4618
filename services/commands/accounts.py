"""`jiban accounts`: who may sign in, with what, who is barred; tokens for programs; what happened to accounts.

A password is read from the terminal without being shown, or from a file, never from the command itself: what is typed there
stays in the history of the shell and is seen by everybody on the machine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime

import click
from sqlalchemy import Connection

from engine.case import local_day
from engine.errors import InvalidInput
from engine.notices import read_date
from services import account_events, account_links, accounts, api_tokens, passwords
from services.account_events import NAMES, Kind
from services.accounts import Account
from services.administering import Instruction
from services.api_tokens import NewToken, Scope
from services.commands import given, terminal
from services.commands.opened import opened
from services.settings import from_environment
from services.store.account_links import LinkRow
from services.store.accounts import EventRow
from services.store.api_tokens import TokenRow

_LARGEST_PASSWORD = 1000


def _day(context: click.Context, option: click.Parameter, text: str) -> date:
    """The day an option names."""
    try:
        return read_date(text, option.opts[0])
    except InvalidInput as refusal:
        raise click.UsageError(str(refusal)) from refusal


by_option = click.option("--by", default="command line", show_default=True, metavar="ACCOUNT", help="Who does it, by account.")
reason_option = click.option("--reason", required=True, metavar="TEXT", help="Why, or the document it rests on.")
password_file = click.option("--password-file", metavar="FILE", help=(
    "Read the password from the first line of FILE, - for standard input.  [default: ask for it]"))


@click.group(name="accounts")
def command() -> None:
    """Accounts of people: who may sign in to the pages, and tokens of programs.

    The people themselves are entered with `jiban people`; the first administrator with `jiban init`.

    \b
    Example:
      jiban accounts password 周凯 --by 张敏
      New password: …
      周凯 周凯: may sign in, changes the password first
    """


@command.command(name="list")
@terminal.as_json
def list_(as_json: bool) -> None:
    """List whoever may sign in.

    \b
    Example:
      jiban accounts list
    """
    at = datetime.now(UTC)
    with opened() as connection:
        found = accounts.accounts(connection)
    if as_json:
        terminal.print_json({"accounts": [_as_object(each, at) for each in found]})
        return
    for each in found:
        click.echo(_line(each, at))


@command.command()
@click.argument("account")
@password_file
@by_option
@terminal.as_json
def password(account: str, password_file: str | None, by: str, as_json: bool) -> None:
    """Give an ACCOUNT a password, its first or another; its owner changes it when he first signs in.

    \b
    Example:
      jiban accounts password 周凯 --by 张敏
    """
    with opened() as connection:
        known = accounts.known_of(connection, account)
    secret = passwords.secret(read_password(password_file), known, from_environment().hashing)
    _perform(lambda connection: accounts.set_password(connection, told(by), account, secret), as_json)


@command.command()
@click.argument("account")
@click.argument("subject")
@by_option
@terminal.as_json
def link(account: str, subject: str, by: str, as_json: bool) -> None:
    """Let whoever unified authentication 统一身份认证 knows as SUBJECT sign in to an ACCOUNT.

    \b
    Example:
      jiban accounts link 周凯 248289761001 --by 张敏
    """
    with opened(writes=True) as connection:
        row = account_links.link(connection, told(by), account, issuer=_issuer(), subject=subject)
    terminal.print_json(_link_object(row)) if as_json else click.echo(_link_line(row))


@command.command()
@click.argument("account")
@by_option
@terminal.as_json
def unlink(account: str, by: str, as_json: bool) -> None:
    """Let nobody sign in to an ACCOUNT by unified authentication any more; all its visits end.

    \b
    Example:
      jiban accounts unlink 周凯 --by 张敏
    """
    with opened(writes=True) as connection:
        row = account_links.unlink(connection, told(by), account, issuer=_issuer())
    terminal.print_json(_link_object(row)) if as_json else click.echo(terminal.safe(f"{row.person}: linked no more 已解除"))


@command.command()
@terminal.as_json
def links(as_json: bool) -> None:
    """List which account is linked to which subject of the provider that is named now.

    \b
    Example:
      jiban accounts links
    """
    issuer = _issuer()
    with opened() as connection:
        found = account_links.links(connection, issuer).values()
    if as_json:
        terminal.print_json({"links": [_link_object(row) for row in found]})
        return
    for row in found:
        click.echo(_link_line(row))


@command.command()
@click.argument("account")
@reason_option
@by_option
@terminal.as_json
def disable(account: str, reason: str, by: str, as_json: bool) -> None:
    """Bar an ACCOUNT: all its visits end and its tokens are revoked, at once.

    \b
    Example:
      jiban accounts disable 周凯 --reason 调离 --by 张敏
    """
    _perform(lambda connection: accounts.disable(connection, told(by), account, reason=reason), as_json)


@command.command()
@click.argument("account")
@reason_option
@by_option
@terminal.as_json
def enable(account: str, reason: str, by: str, as_json: bool) -> None:
    """Let a barred ACCOUNT in again, with the password it had.

    \b
    Example:
      jiban accounts enable 周凯 --reason 调回 --by 张敏
    """
    _perform(lambda connection: accounts.enable(connection, told(by), account, reason=reason), as_json)


@command.command()
@click.argument("account")
@by_option
@terminal.as_json
def unlock(account: str, by: str, as_json: bool) -> None:
    """Lift the lock of an ACCOUNT that failed to sign in too often.

    \b
    Example:
      jiban accounts unlock 周凯 --by 张敏
    """
    _perform(lambda connection: accounts.unlock(connection, told(by), account), as_json)


@command.command()
@click.option("--account", metavar="ACCOUNT", help="Only those of this account.")
@terminal.as_json
def tokens(account: str | None, as_json: bool) -> None:
    """List the tokens of programs, revoked ones too.

    \b
    Example:
      jiban accounts tokens --account 省平台
    """
    with opened() as connection:
        found = api_tokens.tokens(connection, account)
    if as_json:
        terminal.print_json({"tokens": [_token_object(row) for row in found]})
        return
    for row in found:
        click.echo(_token_line(row))


@command.command()
@click.argument("account")
@click.option("--name", required=True, metavar="TEXT", help="What the token is for.")
@click.option("--scope", "scopes", required=True, multiple=True, type=click.Choice([scope.value for scope in Scope]),
              help="What it may be used for; repeat it for several.")
@click.option("--until", required=True, callback=_day, metavar="DAY", help="Its last day, at most a year away.")
@by_option
@terminal.as_json
def issue(account: str, name: str, scopes: Sequence[str], until: date, by: str, as_json: bool) -> None:
    """Issue a token with which a program acts for an ACCOUNT. It is shown this once.

    \b
    Example:
      jiban accounts issue 省平台 --name 数据推送 --scope read --scope work --until 2026-12-31 --by 张敏
    """
    new = NewToken(person=account, name=name, scopes=frozenset(map(Scope, scopes)), expires_on=until)
    with opened(writes=True) as connection:
        token, row = api_tokens.issue(connection, new, by=by, now=datetime.now(UTC))
    terminal.print_json(_token_object(row) | {"token": token}) if as_json else click.echo(f"{_token_line(row)}\n{token}")


@command.command()
@click.argument("number", type=click.IntRange(1, 2**53))
@by_option
@terminal.as_json
def revoke(number: int, by: str, as_json: bool) -> None:
    """Revoke the token with this NUMBER, as `jiban accounts tokens` shows it.

    \b
    Example:
      jiban accounts revoke 3 --by 张敏
    """
    with opened(writes=True) as connection:
        row = api_tokens.revoke(connection, number, by=by, now=datetime.now(UTC))
    terminal.print_json(_token_object(row)) if as_json else click.echo(_token_line(row))


@command.command()
@click.option("--account", metavar="ACCOUNT", help="Only those of this account.")
@click.option("--most", default=50, show_default=True, type=click.IntRange(1, 10_000), help="So many, the latest first.")
@terminal.as_json
def events(account: str | None, most: int, as_json: bool) -> None:
    """What happened to accounts, the latest first.

    \b
    Example:
      jiban accounts events --account 周凯
    """
    with opened() as connection:
        rows = account_events.events(connection, person=account, most=most)
    if as_json:
        terminal.print_json({"events": [row._asdict() | {"at": row.at.isoformat()} for row in rows]})
        return
    for row in rows:
        click.echo(_event_line(row))


def told(by: str) -> Instruction:
    """Said at the machine itself, now."""
    return Instruction(by=by, now=datetime.now(UTC), is_local=True)


def read_password(file: str | None) -> str:
    """A password from the first line of a file, "-" for standard input; None: asked for twice at the terminal, unseen. Raises
    InvalidInput, OSError."""
    if file is None:
        return str(click.prompt("New password", hide_input=True, confirmation_prompt=True, err=True))
    try:
        return given.bytes_of(file, _LARGEST_PASSWORD)[:_LARGEST_PASSWORD].decode("utf-8").partition("\n")[0].rstrip("\r")
    except UnicodeDecodeError as error:
        raise InvalidInput("--password-file", "the password is not text in UTF-8") from error


def show(account: Account, as_json: bool) -> None:
    """An account, for programs or for people."""
    at = datetime.now(UTC)
    terminal.print_json(_as_object(account, at)) if as_json else click.echo(_line(account, at))


def _perform(change: Callable[[Connection], Account], as_json: bool) -> None:
    with opened(writes=True) as connection:
        changed = change(connection)
    show(changed, as_json)


def _as_object(account: Account, at: datetime) -> dict[str, object]:
    secret = account.secret
    return {"id": account.person.id, "name": account.person.name, "unit": account.person.unit, "state": _state(account, at),
            "changed_at": secret.changed_at.isoformat(), "must_change": secret.must_change,
            "locked_until": secret.locked_until.isoformat() if secret.locked_until else None,
            "disabled_at": secret.disabled_at.isoformat() if secret.disabled_at else None, "disabled_by": secret.disabled_by}


def _state(account: Account, at: datetime) -> str:
    if account.secret.disabled_at is not None:
        return "disabled"
    return "locked" if account.is_locked(at) else "open"


def _line(account: Account, at: datetime) -> str:
    secret = account.secret
    said = {"disabled": f"disabled 停用 by {secret.disabled_by}", "locked": f"locked 锁定 until {secret.locked_until:%H:%M} UTC"
            if secret.locked_until else "", "open": "may sign in"}[_state(account, at)]
    must = ", changes the password first" if secret.must_change and secret.disabled_at is None else ""
    return terminal.safe(f"{account.person.id} {account.person.name} {account.person.unit}".rstrip() + f": {said}{must}")


def _issuer() -> str:
    """Of the provider the settings name. Raises InvalidInput where they name none."""
    provider = from_environment().provider
    if provider is None:
        raise InvalidInput("JIBAN_OIDC_ISSUER", "is not set, so that no provider of unified authentication is named")
    return provider.issuer


def _link_object(row: LinkRow) -> dict[str, object]:
    return row._asdict() | {"linked_at": row.linked_at.isoformat()}


def _link_line(row: LinkRow) -> str:
    return terminal.safe(f"{row.person}: linked 已关联 to “{row.subject}” of {row.issuer}")


def _token_object(row: TokenRow) -> dict[str, object]:
    return {"id": row.id, "person": row.person, "name": row.name, "scopes": row.scopes.split(","), "issued_by": row.issued_by,
            "issued_at": row.issued_at.isoformat(), "expires_on": row.expires_on,
            "revoked_at": row.revoked_at.isoformat() if row.revoked_at else None,
            "last_used_at": row.last_used_at.isoformat() if row.last_used_at else None}


def _token_line(row: TokenRow) -> str:
    state = "revoked 已吊销" if row.revoked_at else f"until {row.expires_on}"
    used = f", last used {local_day(row.last_used_at)}" if row.last_used_at else ""
    return terminal.safe(f"{row.id} {row.person} “{row.name}” {row.scopes}, {state}{used}")


def _event_line(row: EventRow) -> str:
    return terminal.safe(f"{row.id} {row.at:%Y-%m-%d %H:%M:%S} UTC {row.person} {row.kind} {NAMES[Kind(row.kind)]}"
                         + (f" by {row.by}" if row.by else "") + (f" ({row.detail})" if row.detail else ""))
