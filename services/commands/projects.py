"""`jiban projects`: the file of a project, its agreement, its plan, and the cases the plan opens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click
import msgspec
import orjson
from sqlalchemy import Connection

from engine.errors import InvalidInput
from engine.limits import Unit
from engine.plans import PlanItem
from engine.precedence import Commitment
from engine.project_events import Parcel, Party, Profile
from engine.projects import STAGE_NAMES, Project, Stage, Tier
from services import migrations, projects
from services import project_files as files
from services.commands import terminal
from services.commands.opened import opened
from services.commands.project_lines import as_object, lines, title
from services.database import connect
from services.office import Office, open_office
from services.project_files import Change
from services.settings import from_environment

_LARGEST = 1024 * 1024
_KEEPINGS = {"not_begun": "未起算", "running": "履行中", "kept": "兑现", "broken": "违约"}
_project = click.argument("project", metavar="PROJECT")
_by = click.option("--by", default="command line", show_default=True, metavar="NAME", help="Who enters it, for the record.")


@click.group(name="projects")
def command() -> None:
    """The file of a project 项目档案: parties, parcel, agreement and commitments, plan 定制单, cases. PROJECT is its number or
    code.

    \b
    Example:
      jiban projects show XM2026000001
      XM2026000001 年产五万吨新材料项目 湘阴高新区 洽谈
    """


@command.command(name="open")
@click.argument("name")
@click.option("--park", required=True, metavar="PARK")
@click.option("--industry", default="", metavar="CODE", help="GB/T 4754.")
@click.option("--amount", type=click.IntRange(min=0), default=0, help="The investment, in 万元.")
@click.option("--investor", default="", metavar="NAME", help="投资主体")
@click.option("--credit-code", default="", metavar="CODE", help="Of the investor, once there is one.")
@click.option("--parcel", default="", metavar="ID", help="地块")
@click.option("--trait", "traits", multiple=True, metavar="WORD", help="What a register may exclude, like 两高; repeat it.")
@_by
@terminal.as_json
def open_(
    name: str, park: str, industry: str, amount: int, investor: str, credit_code: str, parcel: str, traits: Sequence[str],
    by: str, as_json: bool,
) -> None:
    """Enter a project that is being negotiated 在谈项目.

    \b
    Example:
      jiban projects open 年产五万吨新材料项目 --park 湘阴高新区 --amount 120000 --investor 岳阳某某新材料有限公司
    """
    parties = (Party(role="investor", name=investor, credit_code=credit_code),) if investor else ()
    profile = Profile(name=name, park=park, industry=industry, amount=amount, parties=parties, traits=tuple(traits),
                      parcel=Parcel(id=parcel) if parcel else None)
    with opened(writes=True) as connection:
        _say(files.open_project(connection, profile, by=by, now=datetime.now(UTC)), as_json)


@command.command(name="list")
@click.option("--park", metavar="PARK", help="Only this park.")
@click.option("--stage", type=click.Choice([stage.value for stage in Stage]), help="Only this stage.")
@terminal.as_json
def list_(park: str | None, stage: str | None, as_json: bool) -> None:
    """List the projects.

    \b
    Example:
      jiban projects list --park 湘阴高新区
    """
    with opened() as connection:
        rows = files.projects(connection, park=park, stage=Stage(stage) if stage else None, most=100_000)
    if as_json:
        terminal.print_json({"projects": [{name: value for name, value in row._asdict().items() if name != "id"}
                                          for row in rows]})
        return
    for row in rows:
        stage_name = STAGE_NAMES[Stage(row.stage)]
        click.echo(terminal.safe(f"{row.number} {row.code or '(无项目代码)'} {row.name} {row.park} {stage_name}"))


@command.command(name="show")
@_project
@terminal.as_json
def show(project: str, as_json: bool) -> None:
    """Show a project: its file, where its plan stands, its cases, what is missing and who can enter it.

    \b
    Example:
      jiban projects show 2603-430624-04-01-123457
    """
    with opened() as connection:
        file = projects.show(connection, _office(), project)
    if as_json:
        terminal.print_json(as_object(file))
        return
    for line in lines(file):
        click.echo(terminal.safe(line))


@command.command(name="history")
@_project
@terminal.as_json
def history(project: str, as_json: bool) -> None:
    """Show everything that has happened to a project.

    \b
    Example:
      jiban projects history XM2026000001
    """
    with opened() as connection:
        happened = files.history(connection, project)
    for each in happened:
        told = {"seq": each.seq, "kind": type(each.event).__name__, "at": each.at.isoformat(), "by": each.by}
        if as_json:
            terminal.print_json({**told, "data": msgspec.to_builtins(each.event)})
        else:
            click.echo(terminal.safe(f"{each.seq} {each.at.isoformat(timespec='minutes')} {each.by} {told['kind']}"))


@command.command(name="code")
@_project
@click.argument("code")
@_by
@terminal.as_json
def code_(project: str, code: str, by: str, as_json: bool) -> None:
    """Enter the project's 项目代码; a check digit that does not fit is a warning.

    \b
    Example:
      jiban projects code XM2026000001 2603-430624-04-01-123457
    """
    _changed(project, by, as_json, lambda connection, change: files.give_code(connection, change, code))


@command.command(name="sign")
@_project
@click.argument("agreement", metavar="FILE.json")
@_by
@terminal.as_json
def sign(project: str, agreement: str, by: str, as_json: bool) -> None:
    """Enter the agreement 招商协议 with its commitments, all or nothing, from a JSON file (- reads standard input):

    {"number": "招商协议〔2026〕8号", "signed_on": "2026-03-03", "effective_on": "2026-03-04", "commitments":
    [{"item": "竣工联合验收", "amount": 6, "unit": "workday", "clause": "第六条"}]}

    \b
    Example:
      jiban projects sign XM2026000001 协议.json
    """
    said = _read(agreement, _Agreement)
    promised = [Commitment(item=each.item, amount=each.amount, unit=Unit(each.unit), clause=each.clause,
                           start_event=each.start_event, responsible=each.responsible) for each in said.commitments]
    _changed(project, by, as_json, lambda connection, change: files.enter_agreement(
        connection, change, number=said.number, signed_on=said.signed_on, effective_on=said.effective_on, commitments=promised))


@command.command(name="team")
@_project
@click.argument("team")
@click.option("--tier", type=click.Choice([tier.value for tier in Tier]), help="Without it, the one the investment suggests.")
@_by
@terminal.as_json
def team_(project: str, team: str, tier: str | None, by: str, as_json: bool) -> None:
    """Assign the team of agents 帮代办: 十亿项目 the city's, 亿元项目 the county's, unless you say otherwise.

    \b
    Example:
      jiban projects team XM2026000001 市帮代办中心一组
    """
    _changed(project, by, as_json, lambda connection, change: files.assign_team(
        connection, change, team=team, tier=Tier(tier) if tier else None))


@command.command(name="stage")
@_project
@click.argument("stage", type=click.Choice([stage.value for stage in Stage]))
@click.option("--reason", default="", help="Needed to close it.")
@_by
@terminal.as_json
def stage_(project: str, stage: str, reason: str, by: str, as_json: bool) -> None:
    """Bring a project to its next stage: signed 签约, land 供地, building 开工, completed 竣工, certified 办证, closed 归档.

    \b
    Example:
      jiban projects stage XM2026000001 signed
    """
    _changed(project, by, as_json, lambda connection, change: files.reach_stage(
        connection, change, Stage(stage), reason=reason))


@command.command(name="plan")
@_project
@click.argument("plan", metavar="FILE.json")
@click.option("--reason", required=True, help="Why it is made or changed.")
@_by
@terminal.as_json
def plan_(project: str, plan: str, reason: str, by: str, as_json: bool) -> None:
    """Make the plan 定制单, or its next version, from a JSON file (- reads standard input): a list of

    {"key": "验收", "process": "竣工联合验收", "after": ["开办"], "department": "市住建局", "responsible": "张科长", "due_on":
    "2026-09-30", "materials": ["竣工图"]}

    \b
    Example:
      jiban projects plan XM2026000001 定制单.json --reason 首次定制
    """
    items = _read(plan, list[PlanItem])
    _changed(project, by, as_json, lambda connection, change: files.make_plan(connection, change, items, reason=reason))


@command.command(name="next")
@_project
@_by
@terminal.as_json
def next_(project: str, by: str, as_json: bool) -> int:
    """Open the cases of the plan that are ready, each by itself. Exit status 1: one could not be opened.

    \b
    Example:
      jiban projects next XM2026000001
    """
    settings = from_environment()
    database, office = connect(settings.database), open_office(settings)
    try:
        migrations.require_current(database)
        done = projects.open_ready(database, office, project, by=by, now=datetime.now(UTC))
    finally:
        database.dispose()
    for each in done:
        if as_json:
            terminal.print_json({"item": each.item, "case": each.case, "refusal": each.refusal})
        else:
            click.echo(terminal.safe(f"{each.item}: {each.case or f'not opened 未开办: {each.refusal}'}"))
    if not done and not as_json:
        click.echo("nothing is ready 没有可开办的事项")
    return 1 if any(each.refusal for each in done) else 0


@command.command(name="attach")
@_project
@click.argument("case")
@click.option("--item", default="", metavar="KEY", help="The item of the plan it stands for.")
@_by
@terminal.as_json
def attach(project: str, case: str, item: str, by: str, as_json: bool) -> None:
    """Attach a case that was opened outside of the plan.

    \b
    Example:
      jiban projects attach XM2026000001 43060020260304000001 --item 开办
    """
    _changed(project, by, as_json, lambda connection, change: projects.attach(
        connection, _office(), change, case=case, item=item))


@command.command(name="promises")
@_project
@terminal.as_json
def promises_(project: str, as_json: bool) -> None:
    """Say what became of each commitment: kept 兑现, broken 违约 with its clause, running, or not begun.

    \b
    Example:
      jiban projects promises XM2026000001
    """
    with opened() as connection:
        found = projects.kept(connection, _office(), project)
    for each in found:
        row, told = each.commitment, [(one.keeping.value, one) for one in each.promises]
        if as_json:
            terminal.print_json({"item": row.item, "amount": row.amount, "unit": row.unit, "agreement": row.agreement,
                                 "clause": row.clause, "promises": [
                                     {"keeping": keeping, **msgspec.to_builtins(one)} for keeping, one in told]})
        else:
            states = "; ".join(f"{_KEEPINGS[keeping]} {one.case} {one.due_on or ''}".rstrip() for keeping, one in told)
            click.echo(terminal.safe(f"{row.item} {row.amount} {row.unit} {row.agreement} {row.clause}: "
                                     f"{states or _KEEPINGS['not_begun']}"))


class _Promised(msgspec.Struct, forbid_unknown_fields=True):
    """A commitment as a file has it."""

    item: str
    amount: int
    clause: str
    unit: str = "workday"
    start_event: str = ""
    responsible: str = ""

    def __post_init__(self) -> None:
        if self.unit not in {unit.value for unit in Unit}:
            raise ValueError(f"expected a unit of {', '.join(unit.value for unit in Unit)}, found “{self.unit[:40]}”")


class _Agreement(msgspec.Struct, forbid_unknown_fields=True):
    """An agreement as a file has it."""

    number: str
    signed_on: date
    effective_on: date
    commitments: list[_Promised] = []


def _read(file: str, kind: Any) -> Any:
    """What a JSON file says. Raises InvalidInput."""
    with click.open_file(file, "rb") if file == "-" else Path(file).open("rb") as held:
        data = held.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise InvalidInput("file", f"has more than {_LARGEST} bytes")
    try:
        return msgspec.convert(orjson.loads(data), kind)
    except (orjson.JSONDecodeError, msgspec.ValidationError) as error:
        raise InvalidInput("file", f"{file} is not what is expected: {error}") from error


def _changed(project: str, by: str, as_json: bool, change: Callable[[Connection, Change], Project]) -> None:
    with opened(writes=True) as connection:
        _say(change(connection, Change(project=project, by=by, now=datetime.now(UTC))), as_json)


def _say(project: Project, as_json: bool) -> None:
    if as_json:
        terminal.print_json(msgspec.to_builtins(project))
        return
    click.echo(terminal.safe(title(project)))
    if project.code_warning:
        terminal.complain(project.code_warning)


def _office() -> Office:
    return open_office(from_environment())
