"""The register of connected systems as a sheet: one line a cell, as offices fill it in each month with a spreadsheet.

Decides what the words of the form mean and that a cell is named once; how a file is read is decided in `services.sheets`. All
lines are right, or nothing is entered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from engine.errors import InvalidInput
from engine.linkage import ITEMS, Item, Place
from engine.sentences import say
from services import sheets, workbooks
from services.linking import Matrix, NewCheck
from services.sheets import LARGEST as LARGEST
from services.sheets import SheetRow

_COLUMNS = {"park": "园区", "system": "系统", "item": "检查项", "is_in_place": "是否到位", "evidence": "佐证",
            "checked_on": "核对日期"}
COLUMNS = tuple(_COLUMNS.values())
"""In the order in which the sheet is written."""

YES, NO = "是", "否"
_TITLE = "系统对接台账"


def read_sheet(data: bytes) -> list[NewCheck]:
    """The cells of a CSV or XLSX file; a line whose 是否到位 is empty was not looked at and is left out. Raises InvalidInput:
    its field is the first wrong line and column, its reason tells of every wrong line, up to twenty."""
    found: dict[tuple[str, str, Item], int] = {}

    def check(row: SheetRow) -> NewCheck | None:
        if not row.values["is_in_place"]:
            return None
        entered = _check(row)
        earlier = found.setdefault((entered.park, entered.system, entered.item), row.line)
        if earlier != row.line:
            raise InvalidInput("", say("this cell stands on line {line} already", line=earlier))
        return entered

    rows = sheets.every(sheets.read_sheet(data, file="the sheet", columns=_COLUMNS), check)
    return [each for each in rows if each is not None]


def write_sheet(matrix: Matrix) -> str:
    """Every cell of the register on a day as a CSV file that can be filled in and read back."""
    return sheets.write_sheet(COLUMNS, _lines(matrix))


def write_workbook(matrix: Matrix) -> bytes:
    """The same as an XLSX file."""
    return workbooks.write_rows(_TITLE, COLUMNS, _lines(matrix))


def _lines(matrix: Matrix) -> Iterator[tuple[str, ...]]:
    for park in matrix.parks:
        for system in matrix.systems:
            for item, label in ITEMS.items():
                cell = matrix.cells.get(Place(park=park, system=system.code, item=item))
                said = (YES if cell.is_in_place else NO, cell.evidence, cell.checked_on.isoformat()) if cell else ("", "", "")
                yield park, system.name, label, *said


def _check(row: SheetRow) -> NewCheck:
    """Raises InvalidInput naming the field."""
    values = row.values
    return NewCheck(park=values["park"], system=values["system"], item=_item(values["item"]),
                    is_in_place=_claim(values["is_in_place"]), evidence=values["evidence"],
                    checked_on=_day(values["checked_on"]))


def _item(word: str) -> Item:
    plain = sheets.plain(word).removesuffix("到位")
    for item, label in ITEMS.items():
        if plain in (label, item.value):
            return item
    raise InvalidInput("item", say(
        "expected one of {known}, found “{found}”", known="、".join(ITEMS.values()), found=word[:40]))


def _claim(word: str) -> bool:
    if word not in (YES, NO):
        raise InvalidInput("is_in_place", say(
            "expected one of {known}, found “{found}”", known=f"{YES}、{NO}", found=word[:40]))
    return word == YES


def _day(word: str) -> date:
    found = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: 00:00)?", word, re.ASCII)
    try:
        if found is None:
            raise ValueError
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        raise InvalidInput("checked_on", say("expected a date like 2026-03-02, found “{found}”", found=word[:40])) from None
