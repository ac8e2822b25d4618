"""Sheets of contacts, as offices fill them in: every wrong line is named, and nothing hostile gets in."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InvalidInput
from engine.ladder import Rank
from services.contact_sheets import COLUMNS, LARGEST, read_sheet, write_sheet
from services.contacts import Contact
from tests.services.test_sheets import workbook

HEADER = "单位,类别,姓名,职务,办公电话,联系手机,备注\n"
LINE = "市住建局,联络员,王联络,科员,0730-8880000,13807301234,\n"


def refusal(text: str | bytes) -> InvalidInput:
    """Why a sheet is refused."""
    with pytest.raises(InvalidInput) as refused:
        read_sheet(text.encode() if isinstance(text, str) else text)
    return refused.value


def test_a_sheet_with_the_columns_of_annex_1_is_read() -> None:
    lines = (HEADER + LINE + "市住建局,分管领导,李局长,副局长,8880001,,\n" "\n"
             "湘阴高新区,市直科室(园区)负责人,周主任,,,13907305678,\n")

    found = read_sheet(lines.encode())

    assert [(each.unit, each.rank, each.name) for each in found] == [
        ("市住建局", Rank.LIAISON, "王联络"), ("市住建局", Rank.LEADER, "李局长"), ("湘阴高新区", Rank.HEAD, "周主任")]


@pytest.mark.parametrize("data", [
    b"\xef\xbb\xbf" + (HEADER + LINE).encode(),  # with the mark spreadsheets write
    (HEADER + LINE).encode("gb18030"),  # as spreadsheets here save it
    (HEADER + LINE).replace("\n", "\r\n").encode(),
    workbook([HEADER.strip().split(","), LINE.strip().split(",")]),
    "姓 名,职 务,单位,类别,办公电话,联系手机,备 注\n王联络,科员,市住建局,联络员,0730-8880000,13807301234\n".encode(),
    (HEADER + '"市住建局","联络员","王联络","科员","0730-8880000","13807301234",""\n,,,,,,\n').encode(),
])
def test_a_sheet_may_come_from_any_spreadsheet(data: bytes) -> None:
    found = read_sheet(data)

    assert [(each.name, each.mobile, each.note) for each in found] == [("王联络", "13807301234", "")]


@pytest.mark.parametrize(("line", "field", "reason"), [
    ("市住建局,局长,王,,,13807301234,", "line 3 类别", "局长"),
    ("市住建局,负责人,,,,13807301234,", "line 3 姓名", "missing"),
    ("市住建局,负责人,王,,,1380730123,", "line 3 联系手机", "eleven digits"),
    ("市住建局,负责人,王,,电话,,", "line 3 办公电话", "0730-8880000"),
    ("市住建局,负责人,=1+1,,,13807301234,", "line 3 姓名", "spreadsheet"),
    ("市住建局,负责人,王,,,13807301234,-2+3", "line 3 备注", "spreadsheet"),
    ("市住建局,负责人,王,,,13807301234,,多", "line 3", "8 cells"),
    ("市住建局,联络员,赵,,,13807301234,", "line 3", "on line 2 already"),
    ('市住建局,负责人,"王"x,,,13807301234,', "line 3", "not CSV"),
    ("市住建局", "line 3 类别", "found “”"),
])
def test_a_line_that_cannot_be_used_is_named(line: str, field: str, reason: str) -> None:
    refused = refusal(HEADER + LINE + line + "\n")

    assert refused.field == field and reason in refused.reason


def test_every_wrong_line_is_told_at_once_and_nothing_is_entered() -> None:
    refused = refusal(HEADER + "甲,局长,王,,,13807301234,\n" + LINE + "乙,联络员,王,,,1,\n")

    assert refused.field == "line 2 类别"
    assert "line 4 联系手机" in refused.reason and refused.reason.endswith("Nothing was entered")


def test_after_twenty_wrong_lines_the_rest_are_counted() -> None:
    refused = refusal(HEADER + "甲,局长,王,,,13807301234,\n" * 30)

    assert "and 10 more" in refused.reason


@pytest.mark.parametrize(("data", "field"), [
    (b"", "line 1"), (HEADER.encode(), "line 2"), (b"a,b\n", "line 1"),
    (HEADER.replace("备注", "姓名").encode(), "line 1"), ((HEADER.strip() + ",邮箱\n").encode(), "line 1"),
    (b"\x00" * 100, "file"), (b"PK\x03\x04\xff\xff", "file"), (b"x" * (LARGEST + 1), "file"),
    ((HEADER + '"' + "长" * 200_000).encode(), "line 2"),
    ((HEADER + "甲,联络员,王,,,13807301234,\n" * 10_001).encode(), "line 10001"),
])
def test_what_is_no_sheet_is_refused(data: bytes, field: str) -> None:
    assert refusal(data).field == field


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: (HEADER + text).encode("utf-8", "surrogatepass")))
def test_no_file_raises_anything_but_a_refusal(data: bytes) -> None:
    try:
        found = read_sheet(data)
    except InvalidInput:
        return

    assert found


def test_a_sheet_written_is_read_again_the_same() -> None:
    at = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
    contact = Contact(id=1, unit="临港高新区(含综合区)", rank=Rank.HEAD, name="王,\"小\"", title="主任", office_phone="8880000",
                      mobile="13807301234", note="值班", since=at, until=None, entered_by="李")

    written = write_sheet([contact])

    assert written.startswith("\ufeff") and next(csv.reader(io.StringIO(written[1:]))) == list(COLUMNS)
    read = read_sheet(written.encode())[0]
    assert (read.unit, read.rank, read.name, read.mobile) == (contact.unit, contact.rank, contact.name, contact.mobile)
