"""Sheets that people fill in with a spreadsheet: a CSV or XLSX file becomes rows of texts by the names of fields, and back.

Decides how a file is told apart (by how it begins, never by its name), how a header is matched, and how what is wrong is told:
with the line as the spreadsheet counts it and the column as its header has it. The file comes from anywhere: its bytes, lines,
columns and cells are bounded; a CSV may be UTF-8 (with or without a mark) or GB 18030, as spreadsheets save it here. What a row
means is the caller's; `every` asks him row by row and tells all wrong rows at once, so that nobody mends a sheet line by line.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from engine.errors import InvalidInput
from engine.sentences import listed, say, sentence_of
from services import workbooks
from services.workbooks import LIKE_A_FORMULA

LARGEST = 1024 * 1024
"""Bytes of a sheet: ten thousand lines of a hundred bytes."""

MOST_LINES = 10_000
"""Lines that hold something, the header among them."""

_MOST_TOLD = 20
_LONGEST_CELL = 10_000
_MOST_COLUMNS = 100
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?", re.ASCII)

_Meaning = TypeVar("_Meaning")


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """A row: `line` as the spreadsheet counts it, `values` by field, trimmed, "" for an empty cell or an optional column that
    is not there. `columns`: the header of each field."""

    line: int
    values: Mapping[str, str]
    columns: Mapping[str, str]

    def at(self, field: str) -> str:
        """Where a field stands, as an error names it: “line 3 姓名”; “line 3” for what is no field of the sheet."""
        return f"line {self.line} {self.columns[field]}" if field in self.columns else f"line {self.line}"


def read_sheet(
    data: bytes, *, file: str, columns: Mapping[str, str], optional: Collection[str] = (),
) -> Iterator[SheetRow]:
    """The rows below the header of a CSV file or of the first sheet of an XLSX file, in order; empty lines are left out.

    `columns`: each field and its header; a header may also be the field's own name, and stand anywhere. `optional`: fields
    whose column may be missing. `file`: its name, for the refusal of a file without any row. Everything is read before the
    first row is given. Raises InvalidInput whose field is “file”, “line 3” or “line 3 姓名”.
    """
    rows = _rows(data)
    fields = _header(*next(rows, (1, [])), columns, optional)
    found = [_row(line, cells, fields, columns) for line, cells in rows]
    if not found:
        raise InvalidInput("line 2", say(
            "{file} holds no row below its header {expected}", file=file, expected=','.join(columns.values())))
    return iter(found)


def every(rows: Iterable[SheetRow], meaning: Callable[[SheetRow], _Meaning]) -> list[_Meaning]:
    """What each row means. Raises one InvalidInput that tells of every row `meaning` refused, up to twenty: its field is the
    first wrong line and column."""
    meant: list[_Meaning] = []
    wrong: list[InvalidInput] = []
    for row in rows:
        try:
            meant.append(meaning(row))
        except InvalidInput as refusal:
            wrong.append(_at_its_line(row, refusal))
    if wrong:
        raise _all(wrong)
    return meant


def write_sheet(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A CSV file that spreadsheets open as it is: with a byte order mark, lines ended as RFC 4180 has it. A cell that a
    spreadsheet would calculate begins with an apostrophe, which `read_sheet` takes away again."""
    written = io.StringIO()
    sheet = csv.writer(written)
    sheet.writerow(header)
    for row in rows:
        sheet.writerow([f"'{cell}" if _is_formula(cell) else cell for cell in row])
    return "\N{BYTE ORDER MARK}" + written.getvalue()


def plain(word: str) -> str:
    """A word as it is compared: without blanks (forms print 姓  名), brackets and letters of either width and case alike."""
    return unicodedata.normalize("NFKC", "".join(word.split())).casefold()


def _rows(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """The lines that hold something. Raises InvalidInput."""
    if len(data) > LARGEST:
        raise InvalidInput("file", say(
            "has {count} bytes; a sheet has at most {most}. Split it", count=len(data), most=LARGEST))
    lines = workbooks.read_rows(data) if data.startswith(workbooks.SIGNATURE) else _csv_rows(_decoded(data))
    held = 0
    for line, cells in lines:
        if not any(cells):
            continue
        held += 1
        if held > MOST_LINES:
            raise InvalidInput(f"line {line}", say("a sheet has at most {most} lines; split it", most=MOST_LINES))
        if any(len(cell) > _LONGEST_CELL for cell in cells):
            raise InvalidInput(f"line {line}", say("a cell holds more than {most} characters", most=_LONGEST_CELL))
        yield line, [_calm(cell) for cell in cells]


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise InvalidInput("file", "is not a text; save the sheet as XLSX or as “CSV UTF-8”")


def _csv_rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """The lines of a CSV file with the number each ends on, cells trimmed."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error as error:
        raise InvalidInput(f"line {reader.line_num}", say("is not CSV: {technical}", technical=error)) from error


def _calm(cell: str) -> str:
    """A cell without the apostrophe that `write_sheet`, or a person, put before what looks like a formula."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(LIKE_A_FORMULA) else cell


def _is_formula(cell: str) -> bool:
    return cell.startswith(LIKE_A_FORMULA) and not _NUMBER.fullmatch(cell)


def _header(line: int, cells: Sequence[str], columns: Mapping[str, str], optional: Collection[str]) -> list[str]:
    """The field of each column, "" for a column without a header."""
    known = {plain(name): field for field, header in columns.items() for name in (field, header)}
    expected = ",".join(columns.values())
    if len(cells) > _MOST_COLUMNS:
        raise InvalidInput(f"line {line}", say("has more than {most} columns", most=_MOST_COLUMNS))
    fields = [known.get(plain(cell)) if cell else "" for cell in cells]
    for wanted, header in columns.items():
        if wanted not in fields and wanted not in optional:
            raise InvalidInput(f"line {line}", say(
                "the column {header} is missing; expected {expected}", header=header, expected=expected))
    for place, field in enumerate(fields):
        if field is None or (field and field in fields[:place]):
            raise InvalidInput(f"line {line}", say(
                "the column “{header}” is unknown or there twice; expected {expected}",
                header=cells[place][:40], expected=expected))
    return [field or "" for field in fields]


def _row(line: int, cells: Sequence[str], fields: Sequence[str], columns: Mapping[str, str]) -> SheetRow:
    if any(cells[len(fields):]) or any(cell and not field for cell, field in zip(cells, fields, strict=False)):
        raise InvalidInput(f"line {line}", say(
            "has {count} cells where the header has {expected}", count=len(cells), expected=sum(map(bool, fields))))
    held = dict(zip(fields, cells, strict=False))
    return SheetRow(line=line, values={field: held.get(field, "") for field in columns}, columns=columns)


def _at_its_line(row: SheetRow, refusal: InvalidInput) -> InvalidInput:
    """A refusal that names a field, or names none, as one that names the line."""
    if refusal.field.startswith("line "):
        return refusal
    known = not refusal.field or refusal.field in row.columns
    return InvalidInput(row.at(refusal.field), refusal.reason if known else refusal.sentence)


def _all(wrong: Sequence[InvalidInput]) -> InvalidInput:
    """Every wrong line in one refusal, told from the first."""
    first, others = wrong[0], wrong[1:_MOST_TOLD]
    told = listed([sentence_of(first.reason), *(each.sentence for each in others)], "; ")
    more = len(wrong) - _MOST_TOLD
    return InvalidInput(first.field, say("{told}; and {more} more. Nothing was entered", told=told, more=more) if more > 0
                        else say("{told}. Nothing was entered", told=told))
