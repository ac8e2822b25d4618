"""The register of regional assessments: kept with its history, read from a sheet, asked about a project."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Connection

from engine.assessments import Assessment
from engine.errors import InvalidInput, NotFound
from engine.project_events import Parcel, Profile
from engine.projects import Project
from services import assessments
from services.assessments import Entered
from tests.services.desk import day

RESULT = Assessment(kind="energy", park="湘阴高新区", document="岳节能〔2025〕1号", valid_from=date(2025, 1, 1),
                    valid_until=date(2026, 12, 31), parcels=("A-1",), excluded=("两高", "26"))
PROJECT = Project(number="XM2026000001",
                  profile=Profile(name="项目", park="湘阴高新区", industry="3099", parcel=Parcel(id="A-1")))
HEADER = "评估类型,所属园区,成果编号,生效日期,有效期至,覆盖地块,范围坐标,负面清单,适用方式"
LINE = ("节能评价,湘阴高新区,岳节能〔2025〕1号,2025-01-01,2026年12月31日,A-1、A-2,113.09 29.37;113.10 29.37;113.10 29.36,"
        "两高、26,告知承诺")


def test_a_result_entered_again_follows_the_one_before_and_both_can_be_seen(connection: Connection) -> None:
    first = assessments.enter(connection, RESULT, by="王", now=day(2))
    same = assessments.enter(connection, RESULT, by="李", now=day(3))

    second = assessments.enter(connection, replace(RESULT, valid_until=date(2028, 1, 1)), by="李", now=day(4))

    assert same == first and assessments.assessments(connection) == [second]
    assert assessments.assessments(connection, with_history=True) == [first._replace(until=day(4)), second]
    assert assessments.assessment_of(first) == RESULT


def test_a_result_taken_out_helps_no_project_from_then_on(connection: Connection) -> None:
    assessments.enter(connection, RESULT, by="王", now=day(2))
    before = assessments.verdicts_of(connection, PROJECT, now=day(3), kinds=["energy"])

    assessments.end(connection, kind="energy", park="湘阴高新区", document=RESULT.document, now=day(4))

    after = assessments.verdicts_of(connection, PROJECT, now=day(4), kinds=["energy"])
    assert (before[0].mode, after[0].mode) == ("exempt", "singly")
    with pytest.raises(NotFound):
        assessments.end(connection, kind="energy", park="湘阴高新区", document=RESULT.document, now=day(4))


def test_a_sheet_is_entered_whole(connection: Connection) -> None:
    read = assessments.read_sheet("\n".join((HEADER, LINE)).encode())

    first = assessments.enter_all(connection, read, by="王", now=day(2))
    again = assessments.enter_all(connection, read, by="王", now=day(3))

    assert (first, again) == (Entered(added=1), Entered(unchanged=1))
    assert (read[0].kind, read[0].mode, len(read[0].area)) == ("energy", "declared", 3)
    assert (read[0].parcels, read[0].excluded) == (("A-1", "A-2"), ("两高", "26"))


@pytest.mark.parametrize(("line", "told"), [
    (LINE.replace("节能评价", "风水评价"), "line 2 评估类型"), (LINE.replace("2025-01-01", "去年"), "line 2 生效日期"),
    (LINE.replace("2026年12月31日", "2024-12-31"), "line 2 有效期至"),
    (LINE.replace("113.10 29.36", "不详"), "line 2 范围坐标"),
    (LINE.replace("113.10 29.36", "200 29.36"), "line 2 范围坐标"), (LINE.replace("告知承诺", "看情况"), "line 2 适用方式"),
    (LINE.replace("岳节能〔2025〕1号", ""), "line 2 成果编号"),
])
def test_a_line_that_cannot_be_used_is_told_with_its_column(line: str, told: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        assessments.read_sheet("\n".join((HEADER, line)).encode())

    assert refusal.value.field == told


def test_only_the_register_of_the_project_s_own_park_is_asked(connection: Connection) -> None:
    assessments.enter(connection, replace(RESULT, park="汨罗高新区"), by="王", now=day(2))

    (said,) = assessments.verdicts_of(connection, PROJECT, now=day(3), kinds=["energy"])

    assert said.mode == "singly" and "湘阴高新区没有节能评价" in said.reason
    with pytest.raises(InvalidInput, match="no kind"):
        assessments.verdicts_of(connection, PROJECT, now=day(3), kinds=["风水"])
