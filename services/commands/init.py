"""`jiban init`: the first administrator of an office, at the machine itself and nowhere else."""

from __future__ import annotations

import click

from engine.administering import SYSTEM_ADMIN
from services import accounts, passwords
from services.administering import Entry
from services.commands import terminal
from services.commands.accounts import password_file, read_password, show, told
from services.commands.opened import opened
from services.people import NewGrant, NewPerson
from services.settings import from_environment


@click.command(name="init")
@click.argument("account")
@click.argument("name")
@click.option("--unit", default="", metavar="UNIT", help="His department or park.")
@password_file
@terminal.as_json
def command(account: str, name: str, unit: str, password_file: str | None, as_json: bool) -> None:
    """Enter the first administrator: an ACCOUNT of somebody called NAME, who is system administrator 系统管理员 and signs in.

    The password is asked for and not shown. Where there is an administrator already, nothing is changed.

    \b
    Example:
      jiban init 张敏 张敏 --unit 市数据局
      New password: …
      张敏 张敏 市数据局: may sign in
    """
    founder = told("command line")
    entry = Entry(person=NewPerson(id=account, name=name, unit=unit, since_on=founder.today),
                  grants=(NewGrant(person=account, role=SYSTEM_ADMIN, since_on=founder.today),))
    with opened() as connection:
        accounts.require_none(connection, founder)
    secret = passwords.secret(read_password(password_file), (account, name, unit), from_environment().hashing)
    with opened(writes=True) as connection:
        founded = accounts.found(connection, founder, entry, secret)
    show(founded, as_json)
