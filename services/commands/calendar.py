"""`jiban calendar`: the calendar as law: what is in force, and how two people change it.

With --json each prints the object the API answers with.
"""

from __future__ import annotations

import getpass
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime

import click
from pydantic import BaseModel
from sqlalchemy import Engine

from engine.calendar import FIRST_YEAR, LAST_YEAR
from engine.errors import InvalidInput
from engine.notices import FIXTURE, Notice, Scope, read_date, read_notice_file
from services import calendar_changes, recounting
from services.calendar_changes import Proposed
from services.commands import given, terminal
from services.commands.opened import opened
from services.database import is_there
from services.law import Law, load_law, shelf_law
from services.office import open_office
from services.recounting import Recounted
from services.settings import from_environment
from services.web.answers import calendar as answers
from services.web.shapes import calendar as shapes

_LARGEST = 1024 * 1024  # bytes; a notice has two thousand
_PLACES = {Scope.CITY: "全市", Scope.PARK: "园区", Scope.WINDOW: "窗口", Scope.SYSTEM: "系统"}


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError) as error:
        raise click.UsageError("the operating system does not say who you are; give --by NAME") from error


_by = click.option("--by", metavar="NAME", default=_user, help="Who acts, by natural name.  [default: the user's login]")
_id = click.argument("change_id", metavar="ID", type=click.IntRange(1, 2**53))


@click.group(name="calendar")
def command() -> None:
    """The calendar as law: which days are worked, and how two people change that.

    A year's notice 放假通知 or a closure 停办 is proposed by one person and becomes the law when another accepts it.

    \b
    A notice is a JSON file like those in bpmn/calendars; "fixture": true marks one that is made up for a test.
      {"year": 2027, "number": "国办发明电〔…〕…号", "title": "…", "published_on": "2026-11-…", "source": "https://…",
       "holidays": [{"name": "元旦", "first": "2027-01-01", "last": "2027-01-03", "make_up": ["2027-01-10"]}, …]}

    \b
    Example:
      jiban calendar check 2027.json
      jiban calendar import 2027.json --by 王
      jiban calendar accept 1 --by 李
    """


@command.command(name="check", short_help="Say whether files could become the law.")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@terminal.as_json
@click.pass_context
def check(context: click.Context, files: Sequence[str], as_json: bool) -> None:
    """Say whether files are notices that could become the law; nothing is stored.

    Status 1 when one contradicts itself, the statute or the calendars of the shelf, with its line.

    \b
    Example:
      jiban calendar check 2027.json
      2027.json: refused 有误: holidays[0].make_up[0]: line 8: 2027-01-05 falls on a weekday and is worked anyway: …
    """
    law = shelf_law(from_environment().shelf)
    refused = 0
    for file in files:
        found = _checked(law, file)
        refused += not found["sound"]
        if as_json:
            terminal.print_json(found)
        else:
            verdict = f"sound 无误: {found['notice']}" if found["sound"] else f"refused 有误: {found['reason']}"
            click.echo(terminal.safe(f"{file}: {verdict}"))
    if refused:
        context.exit(1)


@command.command(name="import", short_help="Propose a year's notice 放假通知.")
@click.argument("file", metavar="FILE")
@_by
@terminal.as_json
def import_(file: str, by: str, as_json: bool) -> None:
    """Propose the notice in a file, - for standard input, and show day by day what it would change.

    It is not the law yet: another person accepts it under the number printed.

    \b
    Example:
      jiban calendar import 2027.json --by 王
      change 1: 测试〔2026〕1号 …; 18 days change from 2027-01-04 on; 3 open clocks run through its days
        2027-01-04 一  工作日 → 元旦放假
        …
    """
    data, shelf = _read(file), from_environment().shelf
    with opened(writes=True) as connection:
        told = calendar_changes.propose_notice(connection, shelf, data, file=file, by=by, now=datetime.now(UTC))
    _show_proposed(told, as_json)


@command.command(name="close", short_help="Propose a closure 停办.")
@click.option("--scope", type=click.Choice([scope.value for scope in Scope]), default=Scope.CITY.value, show_default=True,
              help="Whose cases it binds.")
@click.option("--place", metavar="NAME", default="", help="Which park, window or system; not for the city.")
@click.option("--from", "first", required=True, metavar="DAY", help="Its first day, 2026-12-28.")
@click.option("--to", "last", required=True, metavar="DAY", help="Its last day, included.")
@click.option("--reference", required=True, metavar="NUMBER", help="The number of the order 文号.")
@click.option("--approver", required=True, metavar="NAME", help="Who approved it.")
@click.option("--reason", required=True, metavar="TEXT", help="Why.")
@_by
@terminal.as_json
def close(
    scope: str, place: str, first: str, last: str, reference: str, approver: str, reason: str, by: str, as_json: bool,
) -> None:
    """Propose a closure 停办, and show day by day what it would change.

    It alters no clock yet: another person accepts it under the number printed.

    \b
    Example:
      jiban calendar close --scope park --place 云溪 --from 2026-12-28 --to 2026-12-29 \\
        --reference 岳停〔2026〕9号 --approver 市政府办公室 --reason 冰冻 --by 王
    """
    shelf, first_day, last_day = from_environment().shelf, _date(first, "--from"), _date(last, "--to")
    with opened(writes=True) as connection:
        told = calendar_changes.propose_closure(
            connection, shelf, scope=Scope(scope), place=place, first=first_day, last=last_day, reference=reference,
            approver=approver, reason=reason, by=by, now=datetime.now(UTC))
    _show_proposed(told, as_json)


@command.command(name="accept", short_help="Make what another proposed the law.")
@_id
@_by
@click.option("--signed-off-by", metavar="NAME", help="The supervisor 督查员, where days already past change.")
@click.option("--fixture", is_flag=True, help=f"Accept what is made up for a test ({FIXTURE}).")
@terminal.as_json
def accept(change_id: int, by: str, signed_off_by: str | None, fixture: bool, as_json: bool) -> None:
    """Make a proposed change the law from now on; by another person than proposed it. Every clock it touches is counted again,
    and the old and the new due date become facts of its case.

    \b
    Example:
      jiban calendar accept 1 --by 李
      change 1 is the law, version 1; 3 cases were counted again, 4 clocks moved
    """
    now = datetime.now(UTC)
    with opened(writes=True) as connection:
        database = connection.engine
        change = calendar_changes.accept(connection, from_environment().shelf, change_id, by=by, now=now,
                                         signed_off_by=signed_off_by, allow_fixture=fixture)
    done = _recount(database, now)
    if as_json:
        terminal.print_json({**answers.change(change).model_dump(mode="json"),
                             "recounted": {"cases": done.cases, "clocks": done.clocks, "repaired": done.repaired}})
        return
    repaired = f", {done.repaired} lapses repaired" if done.repaired else ""
    click.echo(f"change {change.id} is the law, version {change.row.version}; {done.cases} cases were counted again, "
               f"{done.clocks} clocks moved{repaired}")


@command.command(name="refuse", short_help="Refuse what was proposed.")
@_id
@_by
@click.option("--reason", required=True, metavar="TEXT", help="Why; it is kept.")
@terminal.as_json
def refuse(change_id: int, by: str, reason: str, as_json: bool) -> None:
    """Refuse a proposed change for good; who proposed it may take it back in this way.

    \b
    Example:
      jiban calendar refuse 1 --by 李 --reason 与公报不符
      change 1 is refused
    """
    with opened(writes=True) as connection:
        change = calendar_changes.refuse(connection, change_id, by=by, reason=reason, now=datetime.now(UTC))
    if not _printed(answers.change(change), as_json):
        click.echo(f"change {change.id} is refused")


@command.command(name="show", short_help="Show the calendar in force.")
@click.argument("year", required=False, type=click.IntRange(FIRST_YEAR + 1, LAST_YEAR))
@terminal.as_json
def show(year: int | None, as_json: bool) -> None:
    """Show the calendar in force: each year's breaks and working days, the closures, and what is proposed.

    Without a YEAR, every year that is known.

    \b
    Example:
      jiban calendar show 2026
      law version 0
      2026 国办发明电〔2025〕7号, 248 working days (21 16 22 21 19 21 23 21 22 18 21 23)
        元旦 2026-01-01 to 2026-01-03, make-up 调休上班 2026-01-04
    """
    settings = from_environment()
    if is_there(settings.database):
        with opened() as connection:
            shown = answers.calendar(load_law(connection, settings.shelf), year, calendar_changes.pending(connection))
    else:
        shown = answers.calendar(shelf_law(settings.shelf), year)
    if not _printed(shown, as_json):
        _show_law(shown)


def _recount(database: Engine, now: datetime) -> Recounted:
    try:
        with terminal.Progress() as progress:
            return recounting.recount_due(database, open_office(from_environment()), now=now, progress=lambda cases, clocks: (
                progress.show(f"{cases:,} cases counted again, {clocks:,} clocks moved")))
    finally:
        database.dispose()


def _read(file: str) -> bytes:
    """Raises OSError or InvalidInput."""
    data = given.bytes_of(file, _LARGEST)
    if len(data) > _LARGEST:
        raise InvalidInput(file, f"is larger than {_LARGEST} bytes: not a notice")
    return data


def _checked(law: Law, file: str) -> dict[str, object]:
    """What `check` says of a file. `line`: None when it is sound, or cannot be read at all."""
    try:
        notice = read_notice_file(_read(file), "", statutory=law.statutory)
        law.amended(notice, version=law.version).calendar()
    except InvalidInput as refusal:
        line = re.match(r"line (\d+): ", refusal.reason)
        return {"file": file, "sound": False, "line": int(line[1]) if line else None, "field": refusal.field,
                "reason": str(refusal), "notice": None}
    except OSError as error:
        return {"file": file, "sound": False, "line": None, "field": "", "reason": error.strerror or str(error), "notice": None}
    return {"file": file, "sound": True, "line": None, "field": None, "reason": None, "notice": _cited(notice)}


def _cited(notice: Notice) -> str:
    return f"{notice.citation} {notice.title}"


def _date(text: str, option: str) -> date:
    try:
        return read_date(text, option)
    except InvalidInput as refusal:
        raise click.UsageError(str(refusal)) from refusal


def _printed(shape: BaseModel, as_json: bool) -> bool:
    """Print a shape when programs ask for it. False: people ask, and nothing was printed."""
    if as_json:
        terminal.print_json(shape.model_dump(mode="json"))
    return as_json


def _show_proposed(told: Proposed, as_json: bool) -> None:
    if _printed(answers.proposed(told), as_json):
        return
    change, days = told.change, told.days
    name = _cited(change.ruling) if isinstance(change.ruling, Notice) else f"停办 {change.row.reference}"
    extent = f"{len(days)} days change from {days[0].day} on" if days else "no day changes"
    click.echo(terminal.safe(f"change {change.id}: {name}; {extent}; {told.clocks} open clocks run through its days"))
    for day in days:
        click.echo(terminal.safe(f"  {day.day} {'一二三四五六日'[day.day.weekday()]}  {day.was} → {day.becomes}"))
    click.echo(f"not the law yet: another person accepts it with `jiban calendar accept {change.id} --by NAME`")


def _show_law(shown: shapes.CalendarLaw) -> None:
    click.echo(f"law version {shown.version}")
    for year in shown.years:
        _show_year(year)
    for closure in shown.closures:
        where = f"{_PLACES[closure.scope]}{closure.place}"
        click.echo(terminal.safe(f"closed 停办 {where} {closure.first} to {closure.last}, {closure.reference}, approved by "
                                 f"{closure.approver or 'the order itself'}"))
    for change in shown.pending:
        fixture = f" ({FIXTURE})" if change.is_fixture else ""
        click.echo(terminal.safe(f"proposed 待审 change {change.id}: {change.kind} {change.reference}{fixture}, "
                                 f"{change.first_on} to {change.last_on}, by {change.proposed_by}"))


def _show_year(year: shapes.CalendarYear) -> None:
    basis = "provisional 暂定" if year.number is None else f"{year.number}{f' ({FIXTURE})' if year.is_fixture else ''}"
    click.echo(terminal.safe(f"{year.year} {basis}, {year.workdays} working days ({' '.join(map(str, year.months))})"))
    for holiday in year.holidays:
        make_up = f", make-up 调休上班 {', '.join(holiday.make_up)}" if holiday.make_up else ""
        click.echo(terminal.safe(f"  {holiday.name} {holiday.first} to {holiday.last}{make_up}"))
