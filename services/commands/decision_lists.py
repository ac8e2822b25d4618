"""`jiban lists`: the decision lists 决策清单 that pick a branch: entered from a sheet, approved by a second person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime

import click
import orjson

from engine.case import local_day
from engine.decision_checks import Review
from engine.decision_lists import Answer, Hit, Shape, ask
from engine.errors import InvalidInput, NotFound
from services import decision_lists
from services.commands import given, terminal
from services.commands.opened import opened
from services.decision_lists import NewVersion, Version
from services.settings import from_environment
from services.sheets import LARGEST

_list = click.argument("code", metavar="LIST")
_number = click.argument("number", type=click.IntRange(min=1))
_by = click.option("--by", default="command line", show_default=True, metavar="NAME", help="Who does it, for the record.")


@click.group(name="lists")
def command() -> None:
    """Decision lists 决策清单: tables that pick a branch of a diagram (技审分离, 告知承诺, 免于审查).

    A version is entered from a sheet, approved by a second person, and kept with every case it was asked for.

    \b
    Example:
      jiban lists import planning_review 清单.xlsx --document 岳资规〔2026〕5号 --from 2026-03-02 --by 王
      3 planning_review, 12 rows, first: not approved 待审核
      gap 未覆盖: 项目类型 其他, 建筑面积(平方米) 3000, 区位 其他
    """


@command.command(name="show")
@terminal.as_json
def show(as_json: bool) -> None:
    """List the decision lists, with the version of each that is in force.

    \b
    Example:
      jiban lists show
    """
    shapes = _shapes()
    with opened() as connection:
        lists = decision_lists.load_lists(connection, shapes)
    today = local_day(datetime.now(UTC))
    found = [(shape, decision_lists.in_force(lists.get(code, ()), today)) for code, shape in shapes.items()]
    if as_json:
        terminal.print_json({"lists": [{
            "code": shape.code, "name": shape.name, "inputs": [each.name for each in shape.inputs],
            "outcomes": list(shape.outcomes), "version": held.version if held else None,
            "document": held.document if held else None} for shape, held in found]})
        return
    for shape, held in found:
        state = f"version {held.version}, {held.document}, since 自 {held.since}" if held else "no version in force 未发布"
        click.echo(terminal.safe(f"{shape.code} {shape.name}: {state}"))


@command.command(name="import")
@_list
@click.argument("file", metavar="FILE")
@click.option("--document", required=True, help="The document that publishes it 文号.")
@click.option("--from", "valid_from", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The day it names.")
@click.option("--hit", type=click.Choice([hit.value for hit in Hit]), help="Which row counts when several fit; else as the "
                                                                           "list has it.")
@_by
@terminal.as_json
def import_(code: str, file: str, document: str, valid_from: datetime, hit: str | None, by: str, as_json: bool) -> None:
    """Enter a version of LIST from a CSV or XLSX FILE: a column for each input, then 结果 and 依据. - reads standard input.

    Every line that cannot be used is told with its number; gaps and rows that never count are told and entered all the same.

    \b
    Example:
      jiban lists import planning_review 清单.csv --document 岳资规〔2026〕5号 --from 2026-03-02
    """
    shape = decision_lists.shape_of(_shapes(), code)
    new = NewVersion(lines=decision_lists.read_rows(shape, given.bytes_of(file, LARGEST), file=file), document=document,
                     valid_from=valid_from.date(), hit=Hit(hit) if hit else None)
    with opened(writes=True) as connection:
        entered, review = decision_lists.enter(connection, shape, new, by=by, now=datetime.now(UTC))
    if as_json:
        terminal.print_json({**_as_object(entered), "review": asdict(review)})
        return
    click.echo(_line(entered))
    for line in _told(review):
        click.echo(line)


@command.command(name="approve")
@_number
@_by
@terminal.as_json
def approve(number: int, by: str, as_json: bool) -> None:
    """Approve the version entered under NUMBER; whoever entered it does not.

    \b
    Example:
      jiban lists approve 3 --by 李
    """
    with opened(writes=True) as connection:
        found = decision_lists.approve(connection, number, by=by, now=datetime.now(UTC))
    terminal.print_json(_as_object(found)) if as_json else click.echo(_line(found))


@command.command(name="refuse")
@_number
@_by
@terminal.as_json
def refuse(number: int, by: str, as_json: bool) -> None:
    """Refuse the version entered under NUMBER for good.

    \b
    Example:
      jiban lists refuse 3 --by 李
    """
    with opened(writes=True) as connection:
        found = decision_lists.refuse(connection, number, by=by, now=datetime.now(UTC))
    terminal.print_json(_as_object(found)) if as_json else click.echo(_line(found))


@command.command(name="history")
@click.argument("code", metavar="[LIST]", required=False)
@terminal.as_json
def history(code: str | None, as_json: bool) -> None:
    """List every version that was entered, of LIST or of all.

    \b
    Example:
      jiban lists history planning_review
    """
    with opened() as connection:
        found = decision_lists.versions(connection, decision_lists.shape_of(_shapes(), code).code if code else None)
    if as_json:
        terminal.print_json({"versions": [_as_object(each) for each in found]})
        return
    for each in found:
        click.echo(_line(each))


@command.command(name="export")
@_number
def export(number: int) -> None:
    """Print the version entered under NUMBER as the CSV sheet that `import` takes.

    \b
    Example:
      jiban lists export 3 > 清单.csv
    """
    with opened() as connection:
        found = decision_lists.version(connection, number)
    click.echo(decision_lists.write_rows(decision_lists.shape_of(_shapes(), found.row.list), found.lines), nl=False)


@command.command(name="ask")
@_list
@click.argument("values", nargs=-1, metavar="NAME=VALUE...")
@terminal.as_json
def ask_(code: str, values: Sequence[str], as_json: bool) -> None:
    """Ask LIST as it is in force today; a VALUE is JSON, or else a text.

    \b
    Example:
      jiban lists ask planning_review project_kind=厂房 floor_area=2400 location=工业用地
      row 1: 免于审查 (附件一第1类), version 2
    """
    shapes = _shapes()
    shape = decision_lists.shape_of(shapes, code)
    with opened() as connection:
        lists = decision_lists.load_lists(connection, shapes)
    held = decision_lists.in_force(lists.get(shape.code, ()), local_day(datetime.now(UTC)))
    if held is None or held.table is None:
        raise NotFound("version in force", shape.code, held.problem if held else "none was approved yet")
    answer = ask(held.table, dict(_pair(shape, each) for each in values))
    if as_json:
        terminal.print_json({**asdict(answer), "version": held.version})
    else:
        click.echo(_answered(shape, answer, held.version))


def _shapes() -> dict[str, Shape]:
    return dict(decision_lists.read_shapes(from_environment().shelf))


def _pair(shape: Shape, text: str) -> tuple[str, object]:
    name, sign, value = text.partition("=")
    known = [each.name for each in shape.inputs]
    if not sign or name not in known:
        raise InvalidInput("NAME=VALUE", f"expected one of {', '.join(known)}, found “{text[:40]}”")
    try:
        return name, orjson.loads(value)
    except orjson.JSONDecodeError:
        return name, value


def _answered(shape: Shape, answer: Answer, version: int) -> str:
    if answer.missing:
        titles = {each.name: each.title for each in shape.inputs}
        return terminal.safe(f"missing 缺: {'、'.join(titles[name] for name in answer.missing)}, version {version}")
    if answer.row is None:
        return f"no row fits 无对应行, version {version}"
    return terminal.safe(f"row {answer.row}: {answer.outcome} ({answer.basis}), version {version}")


def _told(review: Review) -> list[str]:
    told = [f"gap 未覆盖: {gap}" for gap in review.gaps]
    told += [f"row {row} never counts 被上行覆盖" for row in review.idle]
    return [terminal.safe(line) for line in told] + ([] if review.is_whole else ["too tangled to look at whole 未全部核对"])


def _as_object(version: Version) -> dict[str, object]:
    row = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in version.row._asdict().items()}
    return {**row, "body": [asdict(line) for line in version.lines]}


def _line(version: Version) -> str:
    row = version.row
    state = {None: "not approved 待审核", True: f"version {row.version}, in force from 自 {row.in_force_on}",
             False: f"refused 已否决 by {row.decided_by}"}[row.is_approved]
    return terminal.safe(f"{row.id} {row.list}, {len(version.lines)} rows, {row.hit}: {state}  {row.document}, "
                         f"{row.entered_by}")
