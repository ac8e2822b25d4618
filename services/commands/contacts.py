"""`jiban contacts`: the contact book 联络表, who is told when a deadline lapses."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime

import click

from engine.ladder import Rank
from services import contacts
from services.commands import given, terminal
from services.commands.opened import opened
from services.contact_sheets import LARGEST, WORDS, read_sheet, write_sheet
from services.contacts import Contact, NewContact

_RANKS = click.Choice([rank.value for rank in Rank])
_unit = click.option("--unit", metavar="UNIT", help="Only this unit.")
_as_unit = click.option("--as", "viewer_unit", metavar="UNIT", help="The unit the list is made for: its own mobile numbers are "
                                                                    "shown whole, all others masked.")
_by = click.option("--by", default="command line", show_default=True, metavar="NAME", help="Who enters it, for the record.")


@click.group(name="contacts")
def command() -> None:
    """The contact book 联络表: of each unit the leader 分管领导, the head 负责人 and the liaison 联络员.

    \b
    Example:
      jiban contacts import 联络表.csv
      33 added 新增, 0 replaced 更换, 0 unchanged 未变
    """


@command.command(name="list")
@_unit
@_as_unit
@click.option("--history", is_flag=True, help="Those whom others have followed, too.")
@terminal.as_json
def list_(unit: str | None, viewer_unit: str | None, history: bool, as_json: bool) -> None:
    """List the contacts; of a named UNIT also the ranks that nobody holds.

    \b
    Example:
      jiban contacts list --unit 市住建局
    """
    with opened() as connection:
        found = contacts.contacts(connection, viewer_unit=viewer_unit, unit=unit, with_history=history)
        missing = contacts.gaps(connection, [unit], at=datetime.now(UTC)) if unit is not None else []
    if as_json:
        terminal.print_json({"contacts": [_as_object(each) for each in found],
                             "gaps": [{"unit": gap.unit, "rank": gap.rank.value} for gap in missing]})
        return
    for each in found:
        click.echo(_line(each))
    for gap in missing:
        click.echo(f"{terminal.safe(gap.unit)} {WORDS[gap.rank]}: missing 缺")


@command.command(name="set")
@click.argument("unit")
@click.argument("rank", type=_RANKS)
@click.argument("name")
@click.option("--title", default="", help="职务")
@click.option("--office-phone", default="", help="办公电话")
@click.option("--mobile", default="", help="联系手机")
@click.option("--note", default="", help="备注")
@_by
@terminal.as_json
def set_(
    unit: str, rank: str, name: str, title: str, office_phone: str, mobile: str, note: str, by: str, as_json: bool,
) -> None:
    """Enter the contact of a UNIT at a RANK; whoever held the place before is kept in the history.

    \b
    Example:
      jiban contacts set 市住建局 liaison 王联络 --mobile 13807301234
    """
    new = NewContact(unit=unit, rank=Rank(rank), name=name, title=title, office_phone=office_phone, mobile=mobile, note=note)
    with opened(writes=True) as connection:
        entered = contacts.set_contact(connection, new, by=by, now=datetime.now(UTC))
    terminal.print_json(_as_object(entered)) if as_json else click.echo(_line(entered))


@command.command(name="import")
@click.argument("file", metavar="FILE")
@_by
@terminal.as_json
def import_(file: str, by: str, as_json: bool) -> None:
    """Enter a CSV or XLSX sheet with the columns of annex 1: 单位,类别,姓名,职务,办公电话,联系手机,备注.

    All lines are entered or none; every line that cannot be used is told with its number. - reads standard input.

    \b
    Example:
      jiban contacts import 联络表.csv
    """
    sheet = read_sheet(given.bytes_of(file, LARGEST))
    with opened(writes=True) as connection:
        entered = contacts.set_contacts(connection, sheet, by=by, now=datetime.now(UTC))
    if as_json:
        terminal.print_json(asdict(entered))
    else:
        click.echo(f"{entered.added} added 新增, {entered.replaced} replaced 更换, {entered.unchanged} unchanged 未变")


@command.command(name="export")
@_unit
@_as_unit
def export(unit: str | None, viewer_unit: str | None) -> None:
    """Print the book as a sheet with the columns of annex 1.

    \b
    Example:
      jiban contacts export --as 市住建局 > 联络表.csv
    """
    with opened() as connection:
        found = contacts.contacts(connection, viewer_unit=viewer_unit, unit=unit)
    ranks = list(Rank)
    click.echo(write_sheet(sorted(found, key=lambda each: (each.unit, ranks.index(each.rank)))), nl=False)


def _as_object(contact: Contact) -> dict[str, object]:
    return {**asdict(contact), "rank": contact.rank.value, "since": contact.since.isoformat(),
            "until": contact.until.isoformat() if contact.until else None}


def _line(contact: Contact) -> str:
    numbers = "  ".join(number for number in (contact.office_phone, contact.mobile) if number)
    until = "" if contact.until is None else f"  (until 至 {contact.until.date()})"
    name = f"{contact.name} {contact.title}".rstrip()
    return terminal.safe(f"{contact.unit} {WORDS[contact.rank]}: {name}  {numbers}{until}")
