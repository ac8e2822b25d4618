"""A sheet that is written: texts stay texts, whatever they begin with, and what a sheet cannot hold becomes a mark."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook

from services.workbooks import read_rows, write_rows


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "＝1+1", "＠x", "=cmd|' /C calc'!A0", "=HYPERLINK(\"http://x\")"])
def test_a_cell_that_looks_like_a_formula_is_a_text(text: str) -> None:
    data = write_rows("在办", ["内容"], [[text]])

    (cell,) = next(load_workbook(io.BytesIO(data)).worksheets[0].iter_rows(min_row=2))
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)


def test_what_is_written_is_read_again() -> None:
    data = write_rows("部门/事项:*?", ["编号", "数", "空"], [["43060020260302000001", 3, ""], ["正常", -2, "末"]])

    assert list(read_rows(data)) == [(1, ["编号", "数", "空"]), (2, ["43060020260302000001", "3"]), (3, ["正常", "-2", "末"])]


def test_a_control_character_becomes_a_mark() -> None:
    assert list(read_rows(write_rows("x", ["a\x00b"], [["c\x1bd"]]))) == [(1, ["a�b"]), (2, ["c�d"])]
