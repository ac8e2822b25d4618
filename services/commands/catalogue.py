"""`jiban catalogue`: the matters, bundles, parks and departments 事项库, with the office's own values over the shipped ones."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import click
import orjson

from engine.catalogue import Category
from engine.catalogue_checks import Finding
from engine.catalogue_entries import write_entry
from engine.errors import InvalidInput
from services import catalogue
from services.catalogue import OFFICE, Held, Shelved
from services.commands import terminal
from services.commands.opened import opened
from services.settings import from_environment
from services.store.catalogue import EntryRow

_category = click.argument("category", type=click.Choice([category.value for category in Category]))
_code = click.argument("code")
_by = click.option("--by", default="command line", show_default=True, metavar="NAME", help="Who enters it, for the record.")


@click.group(name="catalogue")
def command() -> None:
    """The catalogue of matters 事项库: matter 事项, bundle 一件事, park 园区, department 部门.

    The office's own value of a field counts before the shipped one; what it follows is kept in the history.

    \b
    Example:
      jiban catalogue set matter SJ-SDQW supervisor 市城管局 --basis 岳审改〔2026〕1号
      SJ-SDQW 水电气网报装 (office 本级: supervisor)
    """


@command.command(name="show")
@_category
@click.argument("code", required=False)
@click.option("--at", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]), help="As of a day, in UTC; without it, now.")
@terminal.as_json
def show(category: str, code: str | None, at: datetime | None, as_json: bool) -> None:
    """List the entries of a CATEGORY, or show one by its CODE or name, with where each value comes from.

    \b
    Example:
      jiban catalogue show matter SJ-SZBL
    """
    instant = at.replace(tzinfo=UTC) if at is not None else datetime.now(UTC)
    with opened() as connection:
        if code is not None:
            found = [catalogue.held_entry(connection, _shelved(), Category(category), code, at=instant)]
        else:
            found = catalogue.held(connection, _shelved(), Category(category), at=instant)
    if as_json:
        terminal.print_json({"entries": [_as_object(each) for each in found]})
    elif code is not None:
        for line in _whole(found[0]):
            click.echo(line)
    else:
        for each in found:
            click.echo(_line(each))


@command.command(name="set")
@_category
@_code
@click.argument("pairs", nargs=-1, metavar="FIELD VALUE...")
@click.option("--basis", required=True, help="The document it rests on.")
@_by
@terminal.as_json
def set_(category: str, code: str, pairs: Sequence[str], basis: str, by: str, as_json: bool) -> None:
    """Enter the office's own values of an entry. A VALUE is JSON, or else a text; null takes the shipped value again.

    An entry that is not on the shelf is new, and has to be given whole.

    \b
    Example:
      jiban catalogue set matter SJ-BDCD limits '[{"kind": "promised", "amount": 3}]' --basis 岳审改〔2026〕1号
    """
    if not pairs or len(pairs) % 2:
        raise InvalidInput("FIELD VALUE", f"expected pairs of a field and its value, found {len(pairs)} words")
    values = {field: _value(text) for field, text in zip(pairs[::2], pairs[1::2], strict=True)}
    with opened(writes=True) as connection:
        found = catalogue.set_values(connection, _shelved(), Category(category), code, values, basis=basis, by=by,
                                     now=datetime.now(UTC))
    terminal.print_json(_as_object(found)) if as_json else click.echo(_line(found))


@command.command(name="end")
@_category
@_code
@terminal.as_json
def end(category: str, code: str, as_json: bool) -> None:
    """End the office's own values of an entry: the shipped ones count again; an entry of its own is gone.

    \b
    Example:
      jiban catalogue end matter SJ-SDQW
    """
    with opened(writes=True) as connection:
        row = catalogue.end_values(connection, _shelved(), Category(category), code, now=datetime.now(UTC))
    terminal.print_json(_row(row)) if as_json else click.echo(_row_line(row))


@command.command(name="history")
@_category
@_code
@terminal.as_json
def history(category: str, code: str, as_json: bool) -> None:
    """What the office has entered of an entry, oldest first.

    \b
    Example:
      jiban catalogue history matter SJ-SDQW
    """
    with opened() as connection:
        rows = catalogue.history(connection, Category(category), code)
    if as_json:
        terminal.print_json({"rows": [_row(row) for row in rows]})
        return
    for row in rows:
        click.echo(_row_line(row))


@command.command(name="check")
@terminal.as_json
def check(as_json: bool) -> int:
    """Say what contradicts itself, what has not been filled in yet, and which deployed diagrams say something else.

    Ends with 1 when something contradicts itself; what is only missing does not.

    \b
    Example:
      jiban catalogue check
    """
    with opened() as connection:
        found = catalogue.check(connection, _shelved())
    if as_json:
        terminal.print_json({"findings": [{"category": each.category.value, "code": each.code, "message": each.message,
                                           "gap": each.is_gap} for each in found]})
    else:
        for each in found:
            click.echo(_finding(each))
    return int(any(not each.is_gap for each in found))


def _shelved() -> Shelved:
    return catalogue.read_shelf(from_environment().shelf)


def _value(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def _as_object(held: Held) -> dict[str, object]:
    return {"category": held.category.value, "values": write_entry(held.entry), "sources": dict(held.sources),
            "since": held.row.since.isoformat() if held.row else None, "basis": held.row.basis if held.row else None}


def _line(held: Held) -> str:
    own = [name for name, source in held.sources.items() if source == OFFICE]
    return terminal.safe(f"{held.entry.code} {held.entry.name}" + (f" (office 本级: {', '.join(own)})" if own else ""))


def _whole(held: Held) -> list[str]:
    return [terminal.safe(f"{name}: {json.dumps(value, ensure_ascii=False)}  [{held.sources[name]}]")
            for name, value in write_entry(held.entry).items()]


def _row(row: EntryRow) -> dict[str, object]:
    return {**row._asdict(), "body": orjson.loads(row.body), "since": row.since.isoformat(),
            "until": row.until.isoformat() if row.until else None}


def _row_line(row: EntryRow) -> str:
    until = f" until 至 {row.until.isoformat(timespec='minutes')}" if row.until else ""
    return terminal.safe(f"{row.code} {row.body.decode()}  {row.basis}, {row.entered_by}  (since 自 "
                         f"{row.since.isoformat(timespec='minutes')}{until})")


def _finding(found: Finding) -> str:
    what = "missing 待填" if found.is_gap else "wrong 有误"
    return terminal.safe(f"{what}: {found.category.value} {found.code}: {found.message}")
