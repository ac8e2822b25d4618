"""The decision lists of an office: versions entered from a sheet by one person, approved by another, and kept for good.

Decides that a version is a proposal until somebody else has approved it, that versions follow each other in force, and what a
sheet of one looks like. It does not know what a cell means (`engine.decision_lists`) nor which case asks
(`services.branching`).

    entered ──approved by a second person──► in force from the day its document names, but not before its approval
            └─refused───────────────────────► kept, for good

The shapes of the lists lie on the shelf beside the diagrams that read their outcomes: `catalogue/decision_lists.json`, a list
of objects with the fields of `engine.decision_lists.Shape`. Their rows are the office's alone: none are shipped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

import msgspec
import orjson
from sqlalchemy import Connection

from engine.case import local_day
from engine.decision_checks import Review, review
from engine.decision_lists import MAX_INPUTS, DecisionList, Hit, Line, Shape, compile_line, compile_list, plain
from engine.errors import Forbidden, InvalidInput, NotFound
from engine.sentences import quoted, say
from services import sheets
from services.sheets import SheetRow
from services.store import decision_lists as store
from services.store import writing
from services.store.decision_lists import ListRow

FILE = "decision_lists.json"
EVERY = 100_000
"""More versions than any list has: a history that is not read page by page."""

_OUTCOME, _BASIS = "结果", "依据"
_NAME = re.compile(r"[A-Za-z_]\w{0,60}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version of a list. `row`: as stored."""

    row: ListRow
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """An approved version. `since`: the first day on which it counts. `table` None: its shape has changed on the shelf so that
    its rows no longer fit; `problem` says how."""

    version: int
    document: str
    since: date
    table: DecisionList | None
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVersion:
    """A version to be entered. `hit` None: as the shape has it."""

    lines: Sequence[Line]
    document: str
    valid_from: date
    hit: Hit | None = None


def read_shapes(shelf: Path) -> Mapping[str, Shape]:
    """The shapes on the shelf, by code. Raises InvalidInput with file and place when they cannot be used."""
    try:
        shapes = msgspec.json.decode((shelf / "catalogue" / FILE).read_bytes(), type=list[Shape])
    except FileNotFoundError:
        return {}
    except msgspec.MsgspecError as wrong:
        raise InvalidInput(FILE, quoted(str(wrong))) from wrong
    for shape in shapes:
        names = [each.name for each in shape.inputs]
        titles = [plain(each.title) for each in shape.inputs] + [plain(_OUTCOME), plain(_BASIS)]
        if not all(map(_NAME.fullmatch, names)) or len(set(names)) < len(names) or len(set(titles)) < len(titles):
            raise InvalidInput(FILE, say(
                "{list}: each input needs a name and a title of its own (not {outcome}, {basis})",
                list=shape.code, outcome=_OUTCOME, basis=_BASIS))
        if not 1 <= len(names) <= MAX_INPUTS or not shape.outcomes:
            raise InvalidInput(FILE, say(
                "{list}: a list has 1 to {most} inputs, and at least one outcome", list=shape.code, most=MAX_INPUTS))
    return {shape.code: shape for shape in shapes}


def shape_of(shapes: Mapping[str, Shape], code: str) -> Shape:
    """The shape of a list, by its code or its name. Raises NotFound."""
    for shape in shapes.values():
        if code in (shape.code, shape.name):
            return shape
    known = ", ".join(f"{shape.code} {shape.name}" for shape in shapes.values())
    raise NotFound("decision list", code, say("the shelf has {known}", known=known or say("none")))


def read_rows(shape: Shape, data: bytes, *, file: str) -> list[Line]:
    """The rows of a CSV or XLSX sheet: a column for each input by its title or name, then 结果 and 依据. Raises InvalidInput,
    which tells of every wrong line."""
    columns = {**{each.name: each.title for each in shape.inputs}, "outcome": _OUTCOME, "basis": _BASIS}

    def line(row: SheetRow) -> Line:
        read = Line(cells={each.name: row.values[each.name] for each in shape.inputs if row.values[each.name]},
                    outcome=row.values["outcome"], basis=row.values["basis"])
        compile_line(shape, read)
        return read

    return sheets.every(sheets.read_sheet(data, file=file, columns=columns, optional=("basis",)), line)


def write_rows(shape: Shape, lines: Sequence[Line]) -> str:
    """Rows as the CSV sheet that `read_rows` takes."""
    return sheets.write_sheet([*(each.title for each in shape.inputs), _OUTCOME, _BASIS], (
        [*(line.cells.get(each.name, "") for each in shape.inputs), line.outcome, line.basis] for line in lines))


def enter(
    connection: Connection, shape: Shape, new: NewVersion, *, by: str, now: datetime,
) -> tuple[Version, Review]:
    """Enter a version; it counts when somebody else has approved it. The review says what is odd about it: gaps, rows that
    never count. Raises InvalidInput, also when two rows of a `unique` list can fit the same case."""
    hit = new.hit or shape.hit
    table = compile_list(shape, hit, new.lines)
    found = review(table)
    if found.overlaps:
        pairs = tuple(say("{one} and {other}", one=one, other=other) for one, other in found.overlaps)
        raise InvalidInput("rows", say(
            "rows can fit the same case: {pairs}; a list of the hit policy “unique” has no such rows. Narrow them, or take "
            "the policy “first”", pairs=pairs))
    row = ListRow(
        id=writing.next_number(connection, "decision_list"), list=shape.code, version=None, hit=hit.value,
        body=msgspec.json.encode(list(new.lines)), document=_text(new.document, "document", 200),
        valid_from=new.valid_from.isoformat(), in_force_on=None, entered_by=_text(by, "by", 100), entered_at=now,
        decided_by=None, decided_at=None, is_approved=None)
    store.insert_version(connection, row)
    return Version(row=row, lines=tuple(new.lines)), found


def approve(connection: Connection, version_id: int, *, by: str, now: datetime) -> Version:
    """Approve a version: it becomes the next of its list, in force from the day its document names, never before today nor
    before the version it follows. Raises NotFound, or Forbidden for whoever entered it and for a version that is decided."""
    writing.next_number(connection, "decision_list")  # kept copies must notice, and approvals take turns
    found = _undecided(connection, version_id, "approve")
    approver = _text(by, "by", 100)
    if _is_same(approver, found.entered_by):
        raise Forbidden("approve", say(
            "{by} entered version {version} of {list}: a second person approves it",
            by=approver, version=version_id, list=found.list))
    last, since = store.latest(connection, found.list)
    on = max(found.valid_from, local_day(now).isoformat(), since)
    return _decide(connection, found._replace(version=last + 1, in_force_on=on, decided_by=approver, decided_at=now,
                                              is_approved=True))


def refuse(connection: Connection, version_id: int, *, by: str, now: datetime) -> Version:
    """Refuse a version for good; who entered it may take it back in this way. Raises NotFound, Forbidden."""
    found = _undecided(connection, version_id, "refuse")
    return _decide(connection, found._replace(decided_by=_text(by, "by", 100), decided_at=now, is_approved=False))


def versions(connection: Connection, code: str | None = None, *, after: int = 0, most: int = EVERY) -> list[Version]:
    """Versions in the order they were entered, from number `after` + 1; None: of all lists."""
    return [_version(row) for row in store.versions_page(connection, code=code, after=after, most=most)]


def version(connection: Connection, version_id: int) -> Version:
    """One version, by the number under which it was entered. Raises NotFound."""
    row = store.version(connection, version_id)
    if row is None:
        raise NotFound("version of a decision list", str(version_id), "`jiban lists history LIST` lists them")
    return _version(row)


def load_lists(connection: Connection, shapes: Mapping[str, Shape]) -> dict[str, tuple[InForce, ...]]:
    """Every approved version of each list on the shelf, in order."""
    found: dict[str, list[InForce]] = {}
    for row in store.approved(connection):
        if (shape := shapes.get(row.list)) is not None:
            found.setdefault(row.list, []).append(_approved(shape, row))
    return {code: tuple(each) for code, each in found.items()}


def in_force(lists: Sequence[InForce], on: date) -> InForce | None:
    """The version in force on a day; None: none was yet."""
    return next((each for each in reversed(lists) if each.since <= on), None)


def _approved(shape: Shape, row: ListRow) -> InForce:
    assert row.version is not None and row.in_force_on is not None
    said = InForce(version=row.version, document=row.document, since=date.fromisoformat(row.in_force_on), table=None)
    try:
        return replace(said, table=compile_list(shape, Hit(row.hit), _lines(row)))
    except InvalidInput as refusal:
        return replace(said, problem=refusal.sentence)


def _undecided(connection: Connection, version_id: int, command: str) -> ListRow:
    row = version(connection, version_id).row
    if row.is_approved is not None:
        raise Forbidden(command, say(
            "version {version} of {list} was {how} by {by} already; enter a new one",
            version=version_id, list=row.list, how=say("approved") if row.is_approved else say("refused"), by=row.decided_by))
    return row


def _decide(connection: Connection, row: ListRow) -> Version:
    if not store.decide(connection, row):
        raise Forbidden("decide", say(
            "somebody else has just decided about version {version} of {list}; look at it again",
            version=row.id, list=row.list))
    return _version(row)


def _version(row: ListRow) -> Version:
    return Version(row=row, lines=tuple(_lines(row)))


def _lines(row: ListRow) -> list[Line]:
    return msgspec.convert(orjson.loads(row.body), list[Line])


def _is_same(one: str, other: str) -> bool:
    return plain(one).casefold() == plain(other).casefold()


def _text(value: str, name: str, most: int) -> str:
    kept = value.strip()
    if not kept or len(kept) > most or not kept.isprintable():
        raise InvalidInput(name, say("expected 1 to {most} printable characters on one line", most=most))
    return kept
