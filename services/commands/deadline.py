"""`jiban deadline`: rows that ask for a deadline, answered one by one."""

from __future__ import annotations

import sys
from codecs import BOM_UTF8
from collections.abc import Iterator
from pathlib import Path

import click
import orjson

from engine.calendar import Calendar
from engine.errors import InvalidInput
from engine.limit_vectors import answer
from services.calendars import load_calendar
from services.commands import terminal
from services.settings import from_environment


@click.command(name="deadline")
@click.option("--vectors", required=True, metavar="FILE.jsonl", help="One JSON object a line; - reads standard input.")
@terminal.as_json
@click.pass_context
def command(context: click.Context, vectors: str, as_json: bool) -> None:
    """Answer worked deadlines with the published calendar.

    A row names an instant, a limit, and what stops or extends it. The answer is the day (or the minute) it is due, and
    whether that is provisional because a year's notice is not published yet. A row that cannot be answered is answered
    with its error, and the command then ends with status 1.

    \b
    Example:
      echo '{"id": 1, "at": "2026-02-11T10:00", "limit": {"amount": 5}}' | jiban deadline --vectors - --json
      {"id":1,"due":"2026-02-25","provisional":false}
    """
    calendar = load_calendar(from_environment().shelf)
    wrong = 0
    for number, line in _lines(vectors):
        found = _answer(number, line, calendar)
        wrong += "error" in found
        terminal.print_json(found) if as_json else click.echo(_line(found))
    if wrong:
        terminal.complain(f"{wrong} row{'s' if wrong > 1 else ''} of {vectors} could not be answered; "
                          "the error stands in place of the answer")
        context.exit(1)


def _lines(vectors: str) -> Iterator[tuple[int, bytes]]:
    """The lines that hold something, with their number from 1 on."""
    if vectors == "-":
        yield from _numbered(sys.stdin.buffer)
        return
    with Path(vectors).open("rb") as opened:
        yield from _numbered(opened)


def _numbered(lines: Iterator[bytes]) -> Iterator[tuple[int, bytes]]:
    return ((number, line.removeprefix(BOM_UTF8)) for number, line in enumerate(lines, start=1) if line.strip())


def _answer(number: int, line: bytes, calendar: Calendar) -> dict[str, object]:
    row: object = None
    try:
        row = orjson.loads(line)
        return answer(row, calendar)
    except orjson.JSONDecodeError as error:
        return {"id": None, "error": f"line {number} is not JSON: {error}"}
    except InvalidInput as refusal:
        return {"id": row.get("id") if isinstance(row, dict) else None, "error": f"line {number}: {refusal}"}


def _line(found: dict[str, object]) -> str:
    name = terminal.safe("-" if found["id"] is None else str(found["id"]))
    if "error" in found:
        return f"{name}\t{terminal.safe(str(found['error']))}"
    return f"{name}\t{found['due'] or 'stopped 暂停'}{'  provisional 暂定' if found['provisional'] else ''}"
