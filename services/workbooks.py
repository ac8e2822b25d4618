"""XLSX files as rows of texts, read and written: the only room that knows openpyxl.

A workbook comes from anywhere. It is a zip of XML, so before anything is parsed its parts are counted, their unpacked sizes and
ratios bounded, and every one of them has to be plain UTF-8 without a document type and with a bounded number of elements: what
is left cannot swell. Only the first sheet is read; of formulas the value that was saved with them, never the formula.

What is written is one sheet of texts and numbers, and never a formula: a text that begins like one (`=`, `+`, `-`, `@`, a tab)
is stored as a text and marked as one, so that a spreadsheet shows it as it stands and keeps it so when it is edited.

It refuses what would change silently: a number too long for a spreadsheet to keep (an identity number typed into a cell that is
not formatted as text loses its last digits), and the errors that formulas leave behind.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ERROR_CODES, ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from engine.errors import InvalidInput
from engine.sentences import say

SIGNATURE = b"PK\x03\x04"
"""How every XLSX file begins."""

LIKE_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""How begins what a spreadsheet would calculate; some take the wide signs of a Chinese keyboard for the narrow ones."""

_MOST_PARTS = 500
_UNPACKED = 32 * 1024 * 1024  # bytes of all parts together; ten thousand rows of twenty columns have nine million
_RATIO = 200  # unpacked to packed, of one part; the sheets of spreadsheet programs reach about fifty
_MOST_ELEMENTS = 500_000
_MOST_COLUMNS = 100
_LAST_LINE = 20_000  # a row may bear any number, and all before it are there, empty
_EXACT = 10**15  # a spreadsheet keeps fifteen digits of a number

_LONGEST = 32_767  # characters a cell holds
_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")
_WIDEST = 60

_XML = (".xml", ".rels", ".vml")
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*\bencoding\s*=\s*["']([^"']*)["']""")

# What openpyxl lets through of its own, of zipfile's and of the XML parser's for a damaged file. None is a fault of ours.
_DAMAGED = (zipfile.BadZipFile, InvalidFileException, zlib.error, SyntaxError, ArithmeticError, AssertionError, AttributeError,
            EOFError, LookupError, NotImplementedError, OSError, RuntimeError, TypeError, ValueError)

warnings.filterwarnings("ignore", module="openpyxl")  # it warns of decorations it does not read; we read none


def read_rows(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """The rows of the first sheet that hold something, with their numbers; cells as texts, without the empty ones at the end. A
    date is written as 2026-03-02, a whole number without a point. Raises InvalidInput: “file”, or the line and cell."""
    _survey(data)
    try:
        workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheet = workbook.worksheets[0]
        sheet.reset_dimensions()  # a file may say that it has fewer rows than it has
        for line, cells in enumerate(sheet.iter_rows(max_col=_MOST_COLUMNS + 1, values_only=True), start=1):
            if line > _LAST_LINE:
                raise InvalidInput(f"line {line}", say(
                    "a sheet ends by line {last}; delete the empty lines in it", last=_LAST_LINE))
            if not any(value is not None for value in cells):
                continue
            texts = [_text(line, place, value) for place, value in enumerate(cells, start=1)]
            while texts and not texts[-1]:
                texts.pop()
            if len(texts) > _MOST_COLUMNS:
                raise InvalidInput(f"line {line}", say("has more than {most} columns", most=_MOST_COLUMNS))
            yield line, texts
    except _DAMAGED as error:
        raise InvalidInput("file", say(
            "is no XLSX workbook that can be read ({technical}); save it anew as XLSX, or as “CSV UTF-8”",
            technical=type(error).__name__)) from error


def write_rows(title: str, header: Sequence[str], rows: Iterable[Sequence[str | int]]) -> bytes:
    """A workbook of one sheet: a header that stays in view, then the rows. Texts are texts, whatever they begin with; control
    characters, which a sheet cannot hold, become a mark."""
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(_SHEET_NAME.sub(" ", title)[:31])
    sheet.freeze_panes = "A2"
    lines: list[list[str | int]] = [list(header), *(list(row) for row in rows)]
    for place in range(len(header)):
        widest = max(_width(str(line[place])) for line in lines[:200] if place < len(line))
        sheet.column_dimensions[get_column_letter(place + 1)].width = min(widest + 3, _WIDEST)
    for number, line in enumerate(lines):
        cells = [_cell(sheet, value) for value in line]
        if number == 0:
            for cell in cells:
                cell.font = Font(bold=True)
        sheet.append(cells)
    written = io.BytesIO()
    workbook.save(written)
    return written.getvalue()


def _width(text: str) -> int:
    return sum(1 if ord(letter) < 0x2E80 else 2 for letter in text)


def _cell(sheet: Any, value: str | int) -> Any:
    if isinstance(value, int) or not value:
        return WriteOnlyCell(sheet, value=value if isinstance(value, int) else None)
    cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", value)[:_LONGEST])
    cell.data_type = "s"  # openpyxl takes what begins with “=” for a formula
    if value.startswith(LIKE_A_FORMULA):
        cell.quotePrefix = True
    return cell


def _survey(data: bytes) -> None:
    """Refuse a zip that would swell. A part gives at most the bytes it declares: zipfile reads no further."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > _MOST_PARTS:
                raise InvalidInput("file", say("is a workbook of {count} parts; a sheet has a dozen", count=len(parts)))
            if sum(part.file_size for part in parts) > _UNPACKED:
                raise InvalidInput("file", say(
                    "unpacks to more than {unpacked} bytes; split it, or save it as “CSV UTF-8”", unpacked=_UNPACKED))
            for part in parts:
                if part.file_size > _RATIO * max(part.compress_size, 1) + 4096:
                    raise InvalidInput("file", say(
                        "its part {part} unpacks to more than {ratio} times its size", part=part.filename[:80], ratio=_RATIO))
            _survey_xml(archive)
    except _DAMAGED as error:
        raise InvalidInput("file", "is no workbook; save the sheet as XLSX or as “CSV UTF-8”") from error


def _survey_xml(archive: zipfile.ZipFile) -> None:
    """Refuse document types (entities are how XML swells), every encoding but UTF-8 (they could hide one), and a crowd."""
    elements = 0
    for name in archive.namelist():
        if not name.lower().endswith(_XML):
            continue
        text = archive.read(name)
        encoding = _ENCODING.match(text)
        if b"<!DOCTYPE" in text or b"\0" in text or (encoding and encoding[1].lower() not in (b"utf-8", b"us-ascii")):
            raise InvalidInput("file", say("its part {part} is not the plain XML of a spreadsheet program", part=name[:80]))
        elements += text.count(b"<")
        if elements > 2 * _MOST_ELEMENTS:
            raise InvalidInput("file", say(
                "has more than {most} elements; split it, or save it as “CSV UTF-8”", most=_MOST_ELEMENTS))


def _text(line: int, place: int, value: object) -> str:
    """A cell as a text. Raises InvalidInput for what cannot be trusted."""
    match value:
        case None:
            return ""
        case str():
            if value in ERROR_CODES:
                raise InvalidInput(f"line {line} {get_column_letter(place)}", say(
                    "holds the error {found} of a formula", found=value))
            return value.strip()
        case bool():
            return "TRUE" if value else "FALSE"
        case int() | float():
            return _number(line, place, value)
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="minutes")
        case date() | time():
            return value.isoformat()
        case timedelta():
            return str(value)
        case _:
            return str(value).strip()


def _number(line: int, place: int, value: float) -> str:
    if abs(value) >= _EXACT or value != value:
        raise InvalidInput(f"line {line} {get_column_letter(place)}",
                           "is a number of more than fifteen digits, of which a spreadsheet loses the last ones; format the "
                           "column as text 文本 and enter it again")
    return str(int(value)) if value == int(value) else repr(value)
