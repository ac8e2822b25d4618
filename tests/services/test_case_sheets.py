"""Cases in progress as a sheet, and `jiban cases` as people and programs call it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from engine.errors import InvalidInput, NotFound
from services import case_sheets
from services.bringing_in import InProgress, Row
from services.commands import cases
from services.database import reading
from tests.services.desk import Desk

HEADER = "事项名称,原办件编号,收件日期,受理时间,当前环节,停表记录,所属园区,申请人,建筑面积(平方米),消防验收,补发黄红牌,到期日"
GOOD = ("竣工联合验收,YY-1,2026-03-02,2026-03-03 15:30,联合踏勘,专家评审|2026/3/5|2026年3月10日|岳特〔2026〕1号,湘阴高新区,"
        "岳阳某某公司,1200.5,否,否,")


def sheet(*lines: str, header: str = HEADER) -> bytes:
    return "\n".join((header, *lines)).encode()


def read(desk: Desk, data: bytes) -> list[Row]:
    with reading(desk.database) as connection:
        return case_sheets.read_rows(connection, desk.office, data, file="在办件.csv", source="老系统")


def the_case(row: Row) -> InProgress:
    assert row.case is not None, row.refusal
    return row.case


def test_a_line_says_what_the_old_system_holds(desk: Desk) -> None:
    (row,) = read(desk, sheet(GOOD))

    case = the_case(row)
    assert (row.line, case.process, case.source, case.old_number) == (2, "竣工联合验收", "老系统", "YY-1")
    assert (case.steps, case.park) == (("联合踏勘",), "湘阴高新区")
    assert case.past.accepted_at is not None and case.past.accepted_at.isoformat() == "2026-03-03T15:30:00+08:00"
    assert [(stop.kind, stop.ground, stop.start, stop.end) for stop in case.past.stops] == [
        ("special", "expert_review", date(2026, 3, 5), date(2026, 3, 10))]
    assert case.data == {"applicant": "岳阳某某公司", "floor_area": 1200.5, "fire_check": False}


def test_a_workbook_says_the_same(desk: Desk) -> None:
    book = openpyxl.Workbook()
    for line in (HEADER, GOOD):
        book.active.append(line.split(","))  # type: ignore[union-attr]
    held = io.BytesIO()
    book.save(held)

    assert the_case(read(desk, held.getvalue())[0]) == the_case(read(desk, sheet(GOOD))[0])


@pytest.mark.parametrize(("line", "reason"), [
    (GOOD.replace("2026-03-02", "去年"), "收件日期: expected a date"),
    (GOOD.replace("2026-03-02", "2026-13-02"), "收件日期: expected a date"),
    (GOOD.replace("2026-03-02", ""), "收件日期: is missing"),
    (GOOD.replace("专家评审", "领导出差"), "停表记录: “领导出差” is no ground"),
    (GOOD.replace("1200.5", "很大"), "expected a number"),
    (GOOD.replace(",否,否", ",也许,否"), "expected 是 or 否"),
])
def test_a_line_that_cannot_be_read_is_refused_by_itself(desk: Desk, line: str, reason: str) -> None:
    wrong, right = read(desk, sheet(line, GOOD.replace("YY-1", "YY-2")))

    assert wrong.case is None and reason in wrong.refusal and the_case(right).old_number == "YY-2"


def test_a_sheet_with_an_unknown_or_a_missing_column_is_refused_as_a_whole(desk: Desk) -> None:
    with pytest.raises(InvalidInput, match="星座"):
        read(desk, sheet(f"{GOOD},狮子座", header=f"{HEADER},星座"))
    with pytest.raises(InvalidInput, match="当前环节"):
        read(desk, sheet("竣工联合验收,YY-1,2026-03-02", header="事项名称,原办件编号,收件日期"))


@pytest.fixture
def call(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> Callable[..., tuple[Any, str]]:
    """Call the command on a database of the test's own: its status and what it printed."""
    monkeypatch.setenv("JIBAN_DATABASE", sqlite_url)

    def called(*arguments: str) -> tuple[Any, str]:
        status = cases.command.main(list(arguments), standalone_mode=False)
        return status, capsys.readouterr().out

    return called


def test_a_dry_run_says_for_each_line_what_would_happen_and_the_import_does_it(
    call: Callable[..., tuple[Any, str]], tmp_path: Path,
) -> None:
    file = tmp_path / "在办件.csv"
    file.write_bytes(sheet(GOOD, GOOD.replace("YY-1", "YY-2").replace("联合踏勘", "联合踏青")))

    dry, said = call("import", str(file), "--source", "老系统", "--dry-run")
    done, told = call("import", str(file), "--source", "老系统", "--json")
    again, repeated = call("import", str(file), "--source", "老系统")

    assert (dry, done, again) == (1, 1, 1)
    assert "line 2 YY-1: would land 可转入, promised 2026-03-18" in said
    assert "line 3 YY-2: refused 未转入: steps: “联合踏青”" in said
    lines = [json.loads(line) for line in told.splitlines()]
    assert lines[0]["landed"]["due"] == {"promised": "2026-03-18"} and lines[1]["landed"] is None
    assert "0 landed 转入, 1 here already 已在, 1 refused 未转入" in repeated and lines[0]["landed"]["number"] in repeated


def test_a_case_is_found_by_the_number_it_had(call: Callable[..., tuple[Any, str]], tmp_path: Path) -> None:
    file = tmp_path / "在办件.csv"
    file.write_bytes(sheet(GOOD))
    number = json.loads(call("import", str(file), "--source", "老系统", "--json")[1])["landed"]["number"]

    assert call("find", "YY-1")[1] == f"{number}  老系统 YY-1\n"
    assert json.loads(call("find", "YY-1", "--source", "老系统", "--json")[1])["cases"][0]["number"] == number
    with pytest.raises(NotFound):
        call("find", "YY-9")
