"""The contact book as a sheet: the columns of annex 1, as offices fill them in with a spreadsheet.

Decides how a CSV file becomes contacts and contacts a CSV file. The file comes from anywhere: its size is bounded, it may be
UTF-8 (with or without a mark) or GB 18030, as spreadsheets save it here, and every line that cannot be used is named with its
number. All lines are right, or nothing is entered.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence

from engine.errors import InvalidInput
from engine.ladder import Rank
from services.contacts import Contact, NewContact, check

COLUMNS = ("单位", "类别", "姓名", "职务", "办公电话", "联系手机", "备注")
"""In the order of annex 1."""

LARGEST = 1024 * 1024
"""Bytes of a sheet: ten thousand contacts."""

WORDS: Mapping[Rank, str] = {Rank.LEADER: "分管领导", Rank.HEAD: "市直科室(园区)负责人", Rank.LIAISON: "联络员"}

_HEADS = ("负责人", "科室负责人", "园区负责人")
_COLUMN_OF = {"unit": "单位", "name": "姓名", "title": "职务", "office_phone": "办公电话", "mobile": "联系手机", "note": "备注"}
_MOST_TOLD = 20
_MOST_LINES = 10_000


def read_sheet(data: bytes) -> list[NewContact]:
    """The contacts of a CSV file with the columns of annex 1, in any order. Raises InvalidInput: its field is the first wrong
    line and column, its reason tells of every wrong line, up to twenty."""
    rows = _rows(_decoded(data))
    columns = _header(next(rows, (1, []))[1])
    found: dict[tuple[str, Rank], int] = {}
    contacts: list[NewContact] = []
    wrong: list[InvalidInput] = []
    for line, cells in rows:
        try:
            contact = _contact(line, columns, cells)
            earlier = found.setdefault((contact.unit, contact.rank), line)
            if earlier != line:
                raise InvalidInput(f"line {line}", f"{contact.unit} has a {WORDS[contact.rank]} on line {earlier} already")
            contacts.append(contact)
        except InvalidInput as refusal:
            wrong.append(refusal)
    if wrong:
        raise _all(wrong)
    if not contacts:
        raise InvalidInput("line 2", f"the sheet holds no contact below its header {','.join(COLUMNS)}")
    return contacts


def write_sheet(contacts: Iterable[Contact]) -> str:
    """Contacts as a CSV file that spreadsheets open as it is: with a byte order mark, lines ended as RFC 4180 has it. No cell
    begins like a formula, because no contact may."""
    written = io.StringIO()
    sheet = csv.writer(written)
    sheet.writerow(COLUMNS)
    for each in contacts:
        sheet.writerow((each.unit, WORDS[each.rank], each.name, each.title, each.office_phone, each.mobile, each.note))
    return "\N{BYTE ORDER MARK}" + written.getvalue()


def _decoded(data: bytes) -> str:
    if len(data) > LARGEST:
        raise InvalidInput("file", f"has {len(data)} bytes; a contact book has at most {LARGEST}")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise InvalidInput("file", "is not a text; save the sheet as “CSV UTF-8”")


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """The lines that hold something, with the number they end on."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    held = 0
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                held += 1
                if held > _MOST_LINES:
                    raise InvalidInput(f"line {reader.line_num}", f"a contact book has at most {_MOST_LINES} lines")
                yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error as error:
        raise InvalidInput(f"line {reader.line_num}", f"is not CSV: {error}") from error


def _header(cells: Sequence[str]) -> list[str]:
    names = ["".join(cell.split()) for cell in cells]  # the form prints 姓  名
    for name in COLUMNS:
        if name not in names:
            raise InvalidInput("line 1", f"the column {name} is missing; expected {','.join(COLUMNS)}")
    for place, name in enumerate(names):
        if name and (name not in COLUMNS or name in names[:place]):
            raise InvalidInput("line 1", f"the column “{name}” is unknown or there twice; expected {','.join(COLUMNS)}")
    return names


def _contact(line: int, columns: Sequence[str], cells: Sequence[str]) -> NewContact:
    if len(cells) > len(columns):
        raise InvalidInput(f"line {line}", f"has {len(cells)} cells where the header has {len(columns)}")
    cell = {name: value for name, value in zip(columns, cells, strict=False) if name} | {
        name: "" for name in columns[len(cells):] if name}
    rank = _rank(cell["类别"])
    if rank is None:
        raise InvalidInput(f"line {line} 类别", f"expected one of {'、'.join(WORDS.values())}, found “{cell['类别'][:40]}”")
    try:
        return check(NewContact(rank=rank, **{field: cell[column] for field, column in _COLUMN_OF.items()}))
    except InvalidInput as refusal:
        raise InvalidInput(f"line {line} {_COLUMN_OF[refusal.field]}", refusal.reason) from refusal


def _rank(word: str) -> Rank | None:
    """The rank a word of the form means, in brackets of either width; None: it means none."""
    plain = _plain(word)
    return Rank.HEAD if plain in _HEADS else next((rank for rank, known in WORDS.items() if _plain(known) == plain), None)


def _plain(word: str) -> str:
    return unicodedata.normalize("NFKC", "".join(word.split()))


def _all(wrong: Sequence[InvalidInput]) -> InvalidInput:
    """Every wrong line in one refusal, told from the first."""
    first, others = wrong[0], wrong[1:_MOST_TOLD]
    told = "; ".join([first.reason, *(str(each) for each in others)])
    more = f"; and {len(wrong) - _MOST_TOLD} more" if len(wrong) > _MOST_TOLD else ""
    return InvalidInput(first.field, f"{told}{more}. Nothing was entered")
