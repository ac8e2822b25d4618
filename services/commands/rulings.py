"""`jiban limits`: an office's own limits, a project's commitments, and whose limit counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import click
import orjson

from engine.limits import Limit, LimitKind, Unit
from engine.precedence import Commitment, Departure, Settled
from services import catalogue, rulings
from services.commands import terminal
from services.commands.opened import opened
from services.rulings import OFFICE_KINDS, NewLimit
from services.settings import from_environment
from services.store.rulings import CommitmentRow, OfficeLimitRow

_KINDS = click.Choice([kind.value for kind in OFFICE_KINDS])
_UNITS = click.Choice([unit.value for unit in Unit])
_park = click.option("--park", default="", metavar="PARK", help="A park by its standard name; without it, all parks.")
_unit = click.option("--in", "unit", type=_UNITS, default="workday", show_default=True, help="The unit of AMOUNT.")
_by = click.option("--by", default="command line", show_default=True, metavar="NAME", help="Who enters it, for the record.")
_amount = click.argument("amount", type=click.IntRange(min=0))


@click.group(name="limits")
def command() -> None:
    """Whose limit counts: a project's commitment, the office's own value, the catalogue's, or the diagram's.

    A new value counts for cases accepted from now on; what it follows is kept in the history.

    \b
    Example:
      jiban limits show joint_completion_inspection --park 湘阴高新区
      promised: 6 workday from the office (drawn: 8 workday)
    """


@command.command(name="list")
@click.option("--process", metavar="PROCESS", help="Only this process, by its id.")
@click.option("--history", is_flag=True, help="Those that others have followed, too.")
@terminal.as_json
def list_(process: str | None, history: bool, as_json: bool) -> None:
    """List the office's own limits and the projects' commitments.

    \b
    Example:
      jiban limits list --history
    """
    with opened() as connection:
        limits = rulings.office_limits(connection, process=process, with_history=history)
        commitments = rulings.commitments(connection, item=process, with_history=history)
    if as_json:
        terminal.print_json({"limits": [_as_object(row) for row in limits],
                             "commitments": [_as_object(row) for row in commitments]})
        return
    for line in (*(_limit_line(row) for row in limits), *(_commitment_line(row) for row in commitments)):
        click.echo(line)


@command.command(name="show")
@click.argument("process")
@click.option("--park", default="", metavar="PARK", help="The case's park.")
@click.option("--project", default="", metavar="PROJECT", help="The case's project.")
@terminal.as_json
def show(process: str, park: str, project: str, as_json: bool) -> None:
    """Say whose limit counts for a case of PROCESS accepted now.

    \b
    Example:
      jiban limits show four_permits --project 2603-430600-04-01-123456
    """
    with opened() as connection:
        name, drawn = rulings.drawn_limits(connection, process)
        listed = catalogue.load_catalogue(connection, catalogue.read_shelf(from_environment().shelf)).limits_of(name)
        in_force = rulings.effective_limits(connection, process=name, park=park, project=project, at=datetime.now(UTC),
                                            catalogue=listed)
    settled = [(limit, in_force.settle(limit)) for limit in drawn]
    if as_json:
        terminal.print_json({"process": name, "limits": [_settled_object(*each) for each in settled]})
        return
    for each in settled:
        click.echo(_settled_line(*each))


@command.command(name="set")
@click.argument("process")
@click.argument("kind", type=_KINDS)
@_amount
@_unit
@_park
@click.option("--basis", required=True, help="The document it rests on.")
@click.option("--approver", required=True, metavar="NAME")
@click.option("--exception", nargs=3, metavar="BASIS APPROVER REASON", help="Why a promise is longer than the statute.")
@_by
@terminal.as_json
def set_(
    process: str, kind: str, amount: int, unit: str, park: str, basis: str, approver: str, exception: Sequence[str] | None,
    by: str, as_json: bool,
) -> None:
    """Enter the office's own limit for PROCESS.

    \b
    Example:
      jiban limits set joint_completion_inspection promised 6 --park 湘阴高新区 --basis 湘高管发〔2026〕4号 --approver 李主任
    """
    departure = Departure(basis=exception[0], approver=exception[1], explanation=exception[2]) if exception else None
    with opened(writes=True) as connection:
        name, drawn = rulings.drawn_limits(connection, process)
        new = NewLimit(process=name, park=park, kind=LimitKind(kind), amount=amount, unit=Unit(unit), basis=basis,
                       approver=approver, exception=departure)
        row = rulings.enter_office_limit(connection, new, drawn=drawn, by=by, now=datetime.now(UTC))
    terminal.print_json(_as_object(row)) if as_json else click.echo(_limit_line(row))


@command.command(name="end")
@click.argument("process")
@click.argument("kind", type=_KINDS)
@_park
@terminal.as_json
def end(process: str, kind: str, park: str, as_json: bool) -> None:
    """End the office's own limit for PROCESS: what is below it counts again.

    \b
    Example:
      jiban limits end joint_completion_inspection promised --park 湘阴高新区
    """
    with opened(writes=True) as connection:
        name, drawn = rulings.drawn_limits(connection, process)
        row = rulings.end_office_limit(connection, process=name, park=park, kind=LimitKind(kind), drawn=drawn,
                                       now=datetime.now(UTC))
    terminal.print_json(_as_object(row)) if as_json else click.echo(_limit_line(row))


@command.command(name="commit")
@click.argument("project")
@click.argument("item")
@_amount
@_unit
@click.option("--agreement", required=True, help="The agreement's document number.")
@click.option("--clause", required=True, help="The clause a breach is judged by (违约责任).")
@click.option("--start-event", default="", help="From when, as the agreement words it.")
@click.option("--responsible", default="", help="Who answers for it.")
@_by
@terminal.as_json
def commit(
    project: str, item: str, amount: int, unit: str, agreement: str, clause: str, start_event: str, responsible: str, by: str,
    as_json: bool,
) -> None:
    """Enter what an agreement promises a PROJECT on an ITEM: a process, or the name a drawn limit asks for.

    \b
    Example:
      jiban limits commit 2603-430600-04-01-123456 发布土地出让公告 15 --agreement 招商协议〔2026〕8号 --clause 第六条
    """
    with opened(writes=True) as connection:
        name, current = rulings.committed_item(connection, item)
        new = Commitment(item=name, amount=amount, unit=Unit(unit), clause=clause, agreement=agreement,
                         start_event=start_event, responsible=responsible)
        row = rulings.enter_commitment(connection, new, project=project, current=current, by=by, now=datetime.now(UTC))
    terminal.print_json(_as_object(row)) if as_json else click.echo(_commitment_line(row))


def _as_object(row: OfficeLimitRow | CommitmentRow) -> dict[str, object]:
    """A row as JSON; an exception as the object it is, null when there is none."""
    shown = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row._asdict().items()}
    if isinstance(row, OfficeLimitRow):
        shown["exception"] = orjson.loads(row.exception) if row.exception else None
    return shown


def _limit_line(row: OfficeLimitRow) -> str:
    return terminal.safe(f"{row.process} {row.park or 'all parks 各园区'} {row.kind}: {row.amount} {row.unit}  "
                         f"{row.basis}{_span(row)}")


def _commitment_line(row: CommitmentRow) -> str:
    return terminal.safe(f"{row.project} {row.item}: {row.amount} {row.unit}  {row.agreement} {row.clause}{_span(row)}")


def _span(row: OfficeLimitRow | CommitmentRow) -> str:
    until = "" if row.until is None else f" until 至 {row.until.isoformat(timespec='minutes')}"
    return f"  (since 自 {row.since.isoformat(timespec='minutes')}{until})"


def _settled_object(drawn: Limit, settled: Settled | None) -> dict[str, object]:
    return {
        "kind": drawn.kind.value, "item": drawn.item, "drawn_amount": drawn.amount, "drawn_unit": drawn.unit.value,
        "amount": settled.limit.amount if settled else None, "unit": settled.limit.unit.value if settled else None,
        "source": settled.source.value if settled else None, "becomes": settled.becomes.value if settled else None,
        "basis": settled.limit.basis if settled else drawn.basis, "passed_over": settled.passed_over if settled else ""}


def _settled_line(drawn: Limit, settled: Settled | None) -> str:
    name = f"{drawn.kind.value} {drawn.item}".rstrip()
    if settled is None:
        return terminal.safe(f"{name}: missing; a commitment of the project or the catalogue gives the number 待填")
    limit = settled.limit
    why = f"; {settled.passed_over}" if settled.passed_over else ""
    return terminal.safe(f"{name}: {limit.amount} {limit.unit.value} from the {settled.source.value} "
                         f"(drawn: {drawn.amount} {drawn.unit.value}{why})")
