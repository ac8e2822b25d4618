"""`jiban people`: who works here, in which roles, who stands in for whom; and the mandates 委托书 of agents.

This is the door at the machine itself: an office without a system administrator is given one here, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

import click

from engine.case import local_day
from engine.duties import Deed
from engine.errors import InvalidInput
from engine.notices import read_date
from services import administering, people
from services.administering import Entry, Instruction
from services.commands import given, terminal
from services.commands.opened import opened
from services.people import EVERY, ROLES, Listed, NewGrant, NewMandate, NewPerson
from services.people_sheets import read_sheet
from services.sheets import LARGEST
from services.store.people import AbsenceRow, GrantRow, MandateRow


def _day(context: click.Context, option: click.Parameter, text: str | None) -> date | None:
    """The day an option names; None when it is left out."""
    try:
        return None if text is None else read_date(text, option.opts[0])
    except InvalidInput as refusal:
        raise click.UsageError(str(refusal)) from refusal


_by = click.option("--by", default="command line", show_default=True, metavar="ACCOUNT", help="Who does it, by account.")
_unit = click.option("--unit", metavar="UNIT", help="His department or park.")
_park = click.option("--park", default="", metavar="PARK", help="The role counts in this park only.")
_department = click.option("--department", default="", metavar="UNIT", help="… for work of this department only.")
_process = click.option("--process", default="", metavar="ID", help="… for this process only.")
_since = click.option("--since", callback=_day, metavar="DAY", help="The first day, like 2026-03-02.  [default: today]")


@click.group(name="people")
def command() -> None:
    """The people of the office: accounts, roles within a scope, absences, mandates of agents.

    While nobody is entered, the doors take everybody at his word. An office begins with its system administrator
    系统管理员, who can be entered at the machine itself only:

    \b
    Example:
      jiban people enter 张敏 张敏 --unit 市数据局 --role system_admin
      张敏 张敏 市数据局, since 2026-03-04
        1 system_admin 系统管理员: everywhere, since 2026-03-04
    """


@command.command(name="list")
@click.option("--unit", metavar="UNIT", help="Only those of this unit.")
@click.option("--role", metavar="ROLE", help="Only those who hold this role today.")
@click.option("--history", is_flag=True, help="Roles and absences that are over, too.")
@terminal.as_json
def list_(unit: str | None, role: str | None, history: bool, as_json: bool) -> None:
    """List the people with their roles and absences.

    \b
    Example:
      jiban people list --unit 市住建局 --role reviewer
    """
    with opened() as connection:
        found = people.listed(connection, on=local_day(datetime.now(UTC)), unit=unit, role=role, with_history=history,
                              most=EVERY)
    if as_json:
        terminal.print_json({"people": [_as_object(each) for each in found]})
        return
    for each in found:
        _show(each)


@command.command()
@click.argument("account")
@click.argument("name")
@_unit
@click.option("--identity", default="", metavar="NUMBER", help="The number of his identity document; only a digest is kept.")
@click.option("--role", metavar="ROLE", help="A role he has from the first: " + ", ".join(ROLES) + ", or one of a diagram.")
@_park
@_department
@_process
@_since
@_by
@terminal.as_json
def enter(
    account: str, name: str, unit: str | None, identity: str, role: str | None, park: str, department: str, process: str,
    since: date | None, by: str, as_json: bool,
) -> None:
    """Enter an ACCOUNT of somebody called NAME, with a role when one is given.

    \b
    Example:
      jiban people enter 周凯 周凯 --unit 市住建局 --role reviewer --department 市住建局 --by 张敏
    """
    told = _told(by)
    first = since or told.today
    grants = () if role is None else (NewGrant(person=account, role=role, park=park, department=department, process=process,
                                               since_on=first),)
    entry = Entry(person=NewPerson(id=account, name=name, unit=unit or "", identity=identity, since_on=first), grants=grants)
    with opened(writes=True) as connection:
        entered = people.account(connection, administering.enter(connection, told, entry).id)
    _answer(entered, as_json)


@command.command(name="import")
@click.argument("file", metavar="FILE")
@_since
@_by
@terminal.as_json
def import_(file: str, since: date | None, by: str, as_json: bool) -> None:
    """Enter a CSV or XLSX sheet with the columns 账号,姓名,单位,证件号码,角色,园区,部门,事项: one role a line.

    All lines are entered or none; every line that cannot be used is told with its number. - reads standard input.

    \b
    Example:
      jiban people import 人员.csv --by 张敏
      2 people 人员, 3 roles 角色
    """
    told = _told(by)
    sheet = read_sheet(given.bytes_of(file, LARGEST), file=file, since_on=since or told.today)
    with opened(writes=True) as connection:
        rows = administering.enter_all(connection, told, sheet.entries, at=sheet.at)
    roles = sum(len(entry.grants) for entry in sheet.entries)
    terminal.print_json({"people": len(rows), "roles": roles}) if as_json else click.echo(
        f"{len(rows)} people 人员, {roles} roles 角色")


@command.command()
@click.argument("account")
@click.option("--name", metavar="NAME", help="His name from now on.")
@_unit
@click.option("--until", callback=_day, metavar="DAY", help="His last day in office.")
@_by
@terminal.as_json
def change(account: str, name: str | None, unit: str | None, until: date | None, by: str, as_json: bool) -> None:
    """Change the name or the unit of an ACCOUNT, or say when it was last in office.

    \b
    Example:
      jiban people change 周凯 --until 2026-06-30 --by 张敏
    """
    with opened(writes=True) as connection:
        administering.change(connection, _told(by), account, name=name, unit=unit, until_on=until)
        changed = people.account(connection, account)
    _answer(changed, as_json)


@command.command()
@click.argument("account")
@click.argument("role")
@_park
@_department
@_process
@_since
@click.option("--until", callback=_day, metavar="DAY", help="The last day, included.  [default: without end]")
@click.option("--reason", default="", metavar="TEXT", help="Why, or the document it rests on.")
@_by
@terminal.as_json
def grant(
    account: str, role: str, park: str, department: str, process: str, since: date | None, until: date | None, reason: str,
    by: str, as_json: bool,
) -> None:
    """Grant an ACCOUNT a ROLE within a scope; a part of the scope that is left out means everywhere.

    \b
    Example:
      jiban people grant 周凯 reviewer --department 市住建局 --reason 岳建人〔2026〕3号 --by 张敏
    """
    told = _told(by)
    new = NewGrant(person=account, role=role, park=park, department=department, process=process, since_on=since or told.today,
                   until_on=until, reason=reason)
    with opened(writes=True) as connection:
        granted = administering.grant(connection, told, new)
    terminal.print_json(granted._asdict() | _entered(granted)) if as_json else click.echo(_role(granted))


@command.command()
@click.argument("grant_id", metavar="ROLE_NUMBER", type=click.IntRange(1, 2**53))
@click.option("--until", callback=_day, metavar="DAY", help="The last day on which it is held.  [default: today]")
@_by
@terminal.as_json
def end(grant_id: int, until: date | None, by: str, as_json: bool) -> None:
    """End the granted role with this number, as `jiban people list` shows it.

    \b
    Example:
      jiban people end 7 --until 2026-06-30 --by 张敏
    """
    told = _told(by)
    with opened(writes=True) as connection:
        ended = administering.end_grant(connection, told, grant_id, until_on=until or told.today)
    terminal.print_json(ended._asdict() | _entered(ended)) if as_json else click.echo(_role(ended))


@command.command()
@click.argument("account")
@click.argument("substitute")
@click.option("--from", "first", required=True, callback=_day, metavar="DAY", help="The first day.")
@click.option("--to", "last", required=True, callback=_day, metavar="DAY", help="The last day, included.")
@click.option("--reason", required=True, metavar="TEXT", help="Why.")
@_by
@terminal.as_json
def absent(account: str, substitute: str, first: date, last: date, reason: str, by: str, as_json: bool) -> None:
    """ACCOUNT is away, and SUBSTITUTE does his work 代理, with the bans of both.

    \b
    Example:
      jiban people absent 周凯 李敏 --from 2026-03-09 --to 2026-03-13 --reason 出差 --by 周凯
    """
    with opened(writes=True) as connection:
        row = administering.absent(connection, _told(by), person=account, substitute=substitute, first_on=first, last_on=last,
                                   reason=reason)
    terminal.print_json(row._asdict() | _entered(row)) if as_json else click.echo(_absence(row))


@command.command()
@click.argument("account")
@_by
@terminal.as_json
def back(account: str, by: str, as_json: bool) -> None:
    """ACCOUNT is back today: his absences are over.

    \b
    Example:
      jiban people back 周凯 --by 周凯
      1 absences ended
    """
    with opened(writes=True) as connection:
        ended = administering.back(connection, _told(by), person=account)
    terminal.print_json({"ended": ended}) if as_json else click.echo(f"{ended} absences ended")


@command.command()
@click.argument("number")
@click.argument("agent")
@click.argument("principal")
@click.option("--deed", "deeds", required=True, multiple=True, type=click.Choice([deed.value for deed in Deed]),
              help="What it covers; repeat it for several.")
@click.option("--from", "first", required=True, callback=_day, metavar="DAY", help="The first day.")
@click.option("--to", "last", required=True, callback=_day, metavar="DAY", help="The last day, included.")
@click.option("--project", default="", metavar="CODE", help="In this project only.")
@_by
@terminal.as_json
def mandate(
    number: str, agent: str, principal: str, deeds: Sequence[str], first: date, last: date, project: str, by: str,
    as_json: bool,
) -> None:
    """Register the mandate 委托书 NUMBER: AGENT may act for PRINCIPAL, an applicant by credit code or name.

    \b
    Example:
      jiban people mandate 委〔2026〕7号 周凯 岳阳某某科技有限公司 --deed apply --deed supply \\
        --from 2026-03-01 --to 2026-12-31 --by 张敏
    """
    new = NewMandate(number=number, agent=agent, principal=principal, deeds=frozenset(map(Deed, deeds)), first_on=first,
                     last_on=last, project=project)
    with opened(writes=True) as connection:
        row = administering.entrust(connection, _told(by), new)
    terminal.print_json(row._asdict() | _entered(row)) if as_json else click.echo(_mandate(row))


@command.command()
@click.option("--agent", metavar="ACCOUNT", help="Only those of this agent.")
@terminal.as_json
def mandates(agent: str | None, as_json: bool) -> None:
    """List the mandates 委托书, revoked ones too.

    \b
    Example:
      jiban people mandates --agent 周凯
    """
    with opened() as connection:
        found = people.mandates(connection, agent=agent, most=EVERY)
    if as_json:
        terminal.print_json({"mandates": [row._asdict() | _entered(row) for row in found]})
        return
    for row in found:
        click.echo(_mandate(row))


@command.command()
@click.argument("number")
@_by
@terminal.as_json
def revoke(number: str, by: str, as_json: bool) -> None:
    """The mandate 委托书 NUMBER is revoked: it covers nothing from now on.

    \b
    Example:
      jiban people revoke 委〔2026〕7号 --by 张敏
    """
    with opened(writes=True) as connection:
        row = administering.revoke_mandate(connection, _told(by), number)
    terminal.print_json(row._asdict() | _entered(row)) if as_json else click.echo(_mandate(row))


def _told(by: str) -> Instruction:
    return Instruction(by=by, now=datetime.now(UTC), is_local=True)


def _answer(listed: Listed, as_json: bool) -> None:
    terminal.print_json(_as_object(listed)) if as_json else _show(listed)


def _as_object(listed: Listed) -> dict[str, object]:
    person = {name: value for name, value in listed.person._asdict().items() if name != "identity"}
    return {**person, **_entered(listed.person), "roles": [row._asdict() | _entered(row) for row in listed.grants],
            "absences": [row._asdict() | _entered(row) for row in listed.absences]}


def _entered(row: people.Entered) -> dict[str, str]:
    return {"entered_at": row.entered_at.isoformat()}


def _show(listed: Listed) -> None:
    person = listed.person
    also = "" if person.natural == person.id else f", the same person as {person.natural}"
    click.echo(terminal.safe(f"{person.id} {person.name} {person.unit}".rstrip()
                             + f", {_days(person.since_on, person.until_on)}{also}"))
    for row in listed.grants:
        click.echo(f"  {_role(row)}")
    for absence in listed.absences:
        click.echo(f"  {_absence(absence)}")


def _role(row: GrantRow) -> str:
    scope = "、".join(each for each in (row.park, row.department, row.process) if each) or "everywhere"
    return terminal.safe(f"{row.id} {row.role} {ROLES.get(row.role, '')}".rstrip() + f": {scope}, "
                         f"{_days(row.since_on, row.until_on)}")


def _absence(row: AbsenceRow) -> str:
    return terminal.safe(f"away 外出 {row.first_on} to {row.last_on}: {row.substitute} stands in 代理 ({row.reason})")


def _mandate(row: MandateRow) -> str:
    state = "revoked" if row.is_revoked else f"{row.first_on} to {row.last_on}"
    return terminal.safe(f"{row.number}: {row.agent} for {row.principal} {row.project}".rstrip() + f", {row.deeds}, {state}")


def _days(since_on: str, until_on: str | None) -> str:
    return f"since {since_on}" if until_on is None else f"{since_on} to {until_on}"
