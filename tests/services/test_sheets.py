"""Sheets from anywhere become rows with their line numbers, or are refused with one; CSV and XLSX are read the same way."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from engine.errors import InvalidInput
from services.sheets import LARGEST, SheetRow, every, read_sheet, write_sheet

COLUMNS = {"park": "园区", "matter": "事项", "since": "生效日期"}


def workbook(rows: Sequence[Sequence[object]]) -> bytes:
    """An XLSX file with these rows."""
    made = Workbook()
    assert made.active is not None
    for row in rows:
        made.active.append(list(row))
    written = io.BytesIO()
    made.save(written)
    return written.getvalue()


def archive(parts: dict[str, bytes], of: bytes = workbook([["园区", "事项", "生效日期"], ["湘阴高新区", "甲", "乙"]])) -> bytes:
    """A workbook some of whose parts are others."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(of)) as source, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if name not in parts:
                target.writestr(name, source.read(name))
        for name, data in parts.items():
            target.writestr(name, data)
    return written.getvalue()


def read(data: bytes, optional: Sequence[str] = ()) -> list[tuple[int, tuple[str, ...]]]:
    """Lines and values of a sheet."""
    rows = read_sheet(data, file="清单.csv", columns=COLUMNS, optional=optional)
    return [(row.line, tuple(row.values.values())) for row in rows]


def refusal(data: bytes) -> InvalidInput:
    with pytest.raises(InvalidInput) as refused:
        read(data)
    return refused.value


ROWS = [["事 项", "园区", "生效日期"], ["施工许可", "湘阴高新区", "2026-03-02"], [], ["占道", "湘阴高新区", ""]]


@pytest.mark.parametrize("data", [
    "\n".join(",".join(map(str, row)) for row in ROWS).encode(),
    "\r\n".join(",".join(map(str, row)) for row in ROWS).encode("gb18030"),
    workbook(ROWS),
    workbook([["Matter", "PARK", "since", None], ["施工许可", " 湘阴高新区 ", date(2026, 3, 2)], [], ["占道", "湘阴高新区"]]),
])
def test_a_csv_and_a_workbook_with_the_same_cells_are_read_the_same(data: bytes) -> None:
    assert read(data) == [(2, ("湘阴高新区", "施工许可", "2026-03-02")), (4, ("湘阴高新区", "占道", ""))]


def test_an_optional_column_may_be_missing_and_another_may_not() -> None:
    data = "园区,事项\n湘阴高新区,占道\n".encode()

    assert read(data, optional=["since"]) == [(2, ("湘阴高新区", "占道", ""))]
    assert refusal(data).field == "line 1" and "生效日期 is missing" in refusal(data).reason


def test_numbers_and_dates_of_a_workbook_are_read_as_people_wrote_them() -> None:
    morning, day = datetime.fromisoformat("2026-03-02T09:30"), datetime.fromisoformat("2026-03-02")

    data = workbook([["园区", "事项", "生效日期"], [5, 2.5, morning], [True, 10.0, day]])

    assert read(data) == [(2, ("5", "2.5", "2026-03-02 09:30")), (3, ("TRUE", "10", "2026-03-02"))]


@pytest.mark.parametrize(("cell", "reason"), [
    (430111198001011234, "loses the last ones"),  # an identity number in a cell that is no text
    ("#REF!", "error #REF! of a formula"),
])
def test_a_cell_that_a_spreadsheet_has_spoilt_is_refused_with_its_place(cell: object, reason: str) -> None:
    refused = refusal(workbook([["园区", "事项", "生效日期"], ["湘阴高新区", "占道", "2026-03-02"], ["湘阴高新区", cell, ""]]))

    assert refused.field == "line 3 B" and reason in refused.reason


HEADER = "园区,事项,生效日期\n".encode()
SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'
BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaa">]><x>&a;</x>'


@pytest.mark.parametrize(("data", "field"), [
    (b"", "line 1"), (HEADER, "line 2"), (b"x" * (LARGEST + 1), "file"), (b"\0" * 9, "file"), (b"PK\x03\x04\xff", "file"),
    (HEADER + "一,二,三,四\n".encode(), "line 2"),
    (HEADER + b'"' + "长".encode() * 200_000, "line 2"),
    (HEADER + "甲,乙,丙\n".encode() * 10_000, "line 10001"),
    ("园区,事项,生效日期,事项\n甲,乙,丙,丁\n".encode(), "line 1"),
    (archive({"xl/worksheets/sheet1.xml": BOMB}), "file"),
    (archive({"xl/sharedStrings.xml": BOMB.decode().encode("utf-16")}), "file"),
    (archive({"xl/sharedStrings.xml": b'<?xml version="1.0" encoding="UTF-7"?><sst/>'}), "file"),
    (archive({"xl/sharedStrings.xml": b"<si/>" * 1_200_000}), "file"),
    (archive({"xl/media/image1.png": b"\0" * 3_000_000}), "file"),  # a thousand times its packed size
    (archive({f"xl/part{number}.xml": b"<a/>" for number in range(600)}), "file"),
    (archive({"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row r='x'>"}), "file"),
    (archive({"xl/workbook.xml": b"<workbook/>"}), "file"),
    (archive({"xl/worksheets/sheet1.xml": SHEET % b'<row r="999999999"/>'}), "line 20001"),
    (archive({"xl/worksheets/sheet1.xml": SHEET % b'<row r="1"><c r="XFD1"><v>1</v></c></row>'}), "line 1"),
    (workbook([["园区", "事项", "生效日期"], ["甲"] * 101]), "line 2"),
])
def test_what_is_no_sheet_or_a_hostile_one_is_refused(data: bytes, field: str) -> None:
    assert refusal(data).field == field


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 3000), st.binary(min_size=1, max_size=8))
def test_a_damaged_workbook_raises_nothing_but_a_refusal(at: int, bytes_: bytes) -> None:
    whole = archive({})
    damaged = whole[:at] + bytes_ + whole[at + len(bytes_):]

    try:
        read(b"PK\x03\x04" + damaged[4:])
    except InvalidInput as refused:
        assert refused.reason


def test_every_wrong_row_is_told_at_once_with_its_line_and_column() -> None:
    def park(row: SheetRow) -> str:
        if row.values["park"] != "湘阴高新区":
            raise InvalidInput("park", f"{row.values['park']} is unknown")
        return row.values["park"]

    rows = read_sheet(HEADER + "甲,占道,\n湘阴高新区,占道,\n乙,占道,\n".encode(), file="清单.csv", columns=COLUMNS)
    with pytest.raises(InvalidInput) as refused:
        every(rows, park)

    assert refused.value.field == "line 2 园区"
    assert refused.value.reason == "甲 is unknown; line 4 园区: 乙 is unknown. Nothing was entered"


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_cell_of_a_sheet_begins_as_a_formula_does(sign: str) -> None:
    written = write_sheet(tuple(COLUMNS.values()), [(f"{sign}cmd|' /C calc'!A0", "甲", f"{sign}SUM(A1)")])

    (cells,) = list(csv.reader(io.StringIO(written.removeprefix("\ufeff"), newline="")))[1:]
    assert [cell[0] for cell in cells] == ["'", "甲", "'"]


def test_a_sheet_written_is_read_again_the_same_and_calculates_nothing() -> None:
    cells = ("=1+1", '多行\n"引号"', "-5")

    written = write_sheet(tuple(COLUMNS.values()), [cells])

    assert next(csv.reader(io.StringIO(written.removeprefix("\ufeff").split("\r\n", 1)[1])))[0] == "'=1+1"
    assert read(written.encode()) == [(3, cells)]
