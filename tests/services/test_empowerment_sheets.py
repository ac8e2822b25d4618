"""The empowerment list as sheets: what offices write is understood, every wrong line is told, all or none."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

import pytest
from openpyxl import Workbook
from sqlalchemy import Connection

from engine.empowerment import Empowerment, Hall, Mode, ParkMode, Taking
from engine.errors import InvalidInput
from services import empowerment
from services.empowerment import resolve, rule_of
from services.empowerment_sheets import COLUMNS, enter_sheet, survey_sheet, write_sheet
from services.settings import SHELF

NOW = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)
HEADER = "园区,事项编码,赋权方式,赋权部门,监管部门,印章编号,承接状态,批次号,文号,交接书,生效日,失效日"
GOOD = "湘阴高新区,SJ-LHYS,直接赋权,市住建局,,4306240001,已承接,第一批,岳政发1号,交1号,2026-01-01,2026/12/31"
SAMPLES = (("park_modes", "park_mode"), ("local_authorities", "local_authority"), ("empowerment", "empowerment"))


def entered(connection: Connection, *lines: str, header: str = HEADER, kind: str = "empowerment") -> list[empowerment.Rule]:
    """Enter the lines of a sheet; what they say."""
    found = enter_sheet(connection, "\n".join([header, *lines]).encode(), kind, by="李", now=NOW)
    return [rule_of(row) for row in found.rows]


def refused(connection: Connection, *lines: str, header: str = HEADER) -> str:
    """Why the lines of a sheet are refused."""
    with pytest.raises(InvalidInput) as refusal:
        entered(connection, *lines, header=header)
    assert empowerment.rows(connection) == []
    return str(refusal.value)


def test_a_line_says_what_the_office_wrote(connection: Connection) -> None:
    row, = entered(connection, GOOD)

    assert isinstance(row, Empowerment)
    assert (row.mode, row.taking, row.seal, row.handover) == (Mode.DIRECT, Taking.TAKEN_OVER, "4306240001", "交1号")
    assert (row.valid_from, row.valid_until) == (date(2026, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(("written", "day"), [
    ("2026-03-08", date(2026, 3, 8)), ("2026/3/8", date(2026, 3, 8)), ("2026年3月8日", date(2026, 3, 8)),
    ("2026.03.08", date(2026, 3, 8)), ("20260308", date(2026, 3, 8)),
])
def test_a_day_is_read_as_people_write_it(connection: Connection, written: str, day: date) -> None:
    row, = entered(connection, GOOD.replace("2026-01-01", written))

    assert row.valid_from == day


@pytest.mark.parametrize("written", ["", "长期", "无"])
def test_a_row_without_a_last_day_has_no_end(connection: Connection, written: str) -> None:
    row, = entered(connection, GOOD.replace("2026/12/31", written))

    assert row.valid_until is None


@pytest.mark.parametrize(("word", "mode"), [
    ("委托收件、受审分离", Mode.RECEIVED_ONLY), ("委托收件", Mode.RECEIVED_ONLY), (" 服务 前移 ", Mode.STATIONED),
    ("direct_report", Mode.DIRECT_REPORT),
])
def test_a_mode_is_known_by_the_words_of_the_offices_and_ours(connection: Connection, word: str, mode: Mode) -> None:
    row, = entered(connection, GOOD.replace("直接赋权", word))

    assert isinstance(row, Empowerment) and row.mode is mode


def test_every_wrong_line_is_told_with_its_number_and_column_and_nothing_is_entered(connection: Connection) -> None:
    told = refused(
        connection, GOOD, GOOD.replace("SJ-LHYS", "A").replace("直接赋权", "全部赋权"), GOOD.replace("SJ-LHYS", ""),
        GOOD.replace("SJ-LHYS", "B").replace("2026-01-01", "2026-02-30"), GOOD.replace("第一批", "第二批"),
        GOOD.replace("SJ-LHYS", "C").replace("已承接", "有效运行"))

    for part in ("line 3 赋权方式: expected one of 直接赋权", "line 4 事项编码: is missing", "line 5 生效日: expected a day",
                 "line 6 生效日: line 6 (湘阴高新区 SJ-LHYS", "overlaps line 2 (", "line 7 承接状态: “running” is found out"):
        assert part in told, part
    assert told.endswith("Nothing was entered")


def test_a_line_that_overlaps_a_row_entered_before_names_both(connection: Connection) -> None:
    entered(connection, GOOD)

    with pytest.raises(InvalidInput, match=r"line 2 生效日: line 2 \(.*第二批\) overlaps row 1 \(.*第一批\)"):
        entered(connection, GOOD.replace("第一批", "第二批"))


def test_a_column_nobody_needs_may_be_missing_and_one_that_is_needed_may_not(connection: Connection) -> None:
    short = "园区,事项编码,赋权方式,赋权部门,批次号,文号,生效日"

    assert "the column 赋权部门 is missing" in refused(connection, "x", header=short.replace("赋权部门,", ""))
    row, = entered(connection, "湘阴高新区,A,服务前移,市住建局,第一批,文,2026-01-01", header=short)
    assert isinstance(row, Empowerment) and row.taking is Taking.GRANTED


def test_a_preview_says_what_a_sheet_would_do_and_does_nothing(connection: Connection) -> None:
    entered(connection, GOOD)
    data = "\n".join([HEADER, GOOD, GOOD.replace("SJ-LHYS", "A")]).encode()

    found = survey_sheet(connection, data, "empowerment", by="李", now=NOW)

    assert ([row.matter for row in found.rows], found.unchanged) == (["A"], 1)
    assert len(empowerment.rows(connection)) == 1


def test_a_workbook_is_read_as_a_sheet_is(connection: Connection) -> None:
    book, file = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for line in (HEADER, GOOD):
        sheet.append(line.split(","))
    sheet.cell(2, 11).value = datetime(2026, 1, 1)  # noqa: DTZ001 - a spreadsheet knows no zone
    book.save(file)

    found = enter_sheet(connection, file.getvalue(), "empowerment", by="李", now=NOW)

    assert [rule_of(row).valid_from for row in found.rows] == [date(2026, 1, 1)]


def test_what_is_exported_is_entered_again_as_it_was(connection: Connection) -> None:
    before = []
    for name, kind in SAMPLES:
        before += enter_sheet(connection, (SHELF / "empowerment" / f"{name}.csv").read_bytes(), kind, by="李", now=NOW).rows

    for _, kind in SAMPLES:
        written = write_sheet([rule_of(row) for row in before if row.kind == kind], kind)
        again = enter_sheet(connection, written.encode(), kind, by="李", now=NOW)
        assert again.rows == () and again.unchanged == sum(row.kind == kind for row in before)


def test_the_sample_list_of_the_shelf_answers_for_every_park_and_says_that_it_is_a_sample(connection: Connection) -> None:
    rows = []
    for name, kind in SAMPLES:
        rows += enter_sheet(connection, (SHELF / "empowerment" / f"{name}.csv").read_bytes(), kind, by="李", now=NOW).rows
    empowerment.decide(connection, ids=[row.id for row in rows], is_approved=True, by="赵", now=NOW)

    modes = [rule for row in rows if isinstance(rule := rule_of(row), ParkMode)]
    answers = {(mode.park, matter): resolve(connection, park=mode.park, matter=matter, on=date(2026, 3, 4),
                                            department="市税务局")
               for mode in modes for matter in ("YJS-QYKB", "SJ-SZBL", "SJ-LHYS", "任何其他事项")}

    assert len(modes) == 11 and len(answers) == 44
    assert {mode.park for mode in modes if mode.hall is Hall.PILOT} == {"临港高新区(含综合区)", "临湘高新区"}
    assert all("示例" in rule_of(row).document for row in rows)
    assert answers["湘阴高新区", "SJ-LHYS"].mode == "received_only"
    assert answers["南湖新区", "SJ-LHYS"].decides == "南湖新区住建局"
    assert answers["南湖新区", "任何其他事项"].decides == "市税务局"
    assert answers["华容高新区", "SJ-SZBL"].receives == "华容县政务服务中心“园区事园区办”综合窗口"


def test_every_kind_of_row_has_its_columns() -> None:
    assert set(COLUMNS) == set(empowerment.KINDS)
