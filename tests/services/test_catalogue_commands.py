"""`jiban catalogue`, `jiban lists` and what `jiban deploy` refuses, as people and programs call them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from engine.errors import Forbidden, InvalidInput, NotFound
from services.cli import run
from services.commands import catalogue, decision_lists, rulings
from services.settings import SHELF

SHEET = "项目类型,建筑面积(平方米),区位,结果,依据\n厂房,≤3000,,免于审查,附件一\n厂房,<1000,,告知承诺,附件二\n"


@pytest.fixture
def call(sqlite_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Call a command on a database of the test's own; what it printed."""
    monkeypatch.setenv("JIBAN_DATABASE", sqlite_url)

    def called(command: click.Command, *arguments: str) -> str:
        command.main(list(arguments), standalone_mode=False)
        return capsys.readouterr().out

    return called


def objects(text: str) -> dict[str, Any]:
    """The one object printed."""
    return dict(json.loads(text))


def test_the_office_s_own_value_is_set_shown_and_ended(call: Callable[..., str]) -> None:
    told = call(catalogue.command, "set", "matter", "SJ-SDQW", "supervisor", "市城管局", "--basis", "岳审改〔2026〕1号")
    whole = call(catalogue.command, "show", "matter", "水电气网报装")
    listed = call(catalogue.command, "show", "matter")
    shown = objects(call(catalogue.command, "show", "matter", "SJ-SDQW", "--json"))["entries"][0]
    call(catalogue.command, "end", "matter", "SJ-SDQW")
    rows = objects(call(catalogue.command, "history", "matter", "SJ-SDQW", "--json"))["rows"]

    assert told == "SJ-SDQW 水电气网报装 (office 本级: supervisor)\n" and told in listed
    assert 'supervisor: "市城管局"  [office]\n' in whole and 'department: "市行政审批服务局"  [shipped]\n' in whole
    assert (shown["sources"]["supervisor"], shown["basis"]) == ("office", "岳审改〔2026〕1号")
    assert [(row["body"], row["until"] is None) for row in rows] == [({"supervisor": "市城管局"}, False)]
    assert "(since 自 " in call(catalogue.command, "history", "matter", "SJ-SDQW")


def test_a_limit_filled_in_counts_and_its_source_is_said(call: Callable[..., str]) -> None:
    call(catalogue.command, "set", "matter", "SJ-LHYS", "limits", '[{"kind": "promised", "amount": 7}]', "--basis", "文")

    assert call(rulings.command, "show", "竣工联合验收") == "promised: 7 workday from the catalogue (drawn: 8 workday)\n"


def test_an_earlier_day_shows_the_catalogue_of_that_day(call: Callable[..., str]) -> None:
    call(catalogue.command, "set", "park", "YY-P02", "note", "试点", "--basis", "文")

    assert "[shipped]" in call(catalogue.command, "show", "park", "YY-P02", "--at", "2026-01-05").splitlines()[-1]


def test_the_check_names_what_is_missing_and_ends_well(call: Callable[..., str]) -> None:
    call(catalogue.command, "set", "matter", "YJS-ZJBG", "supervisor", '""', "--basis", "文")
    told = call(catalogue.command, "check")
    found = objects(call(catalogue.command, "check", "--json"))["findings"]

    assert "missing 待填: matter YJS-ZJBG: nobody supervises it" in told
    assert all(each["gap"] for each in found) and run(["catalogue", "check"]) == 0


@pytest.mark.parametrize(("arguments", "error"), [
    (("set", "matter", "SJ-SDQW", "supervisor", "--basis", "文"), InvalidInput),
    (("set", "matter", "SJ-SDQW", "supervisor", "市水务局", "--basis", "文"), InvalidInput),
    (("show", "park", "云溪"), NotFound), (("end", "park", "YY-P01"), NotFound),
])
def test_what_the_catalogue_cannot_take_is_refused(
    call: Callable[..., str], arguments: tuple[str, ...], error: type[Exception],
) -> None:
    with pytest.raises(error):
        call(catalogue.command, *arguments)


def test_a_list_is_imported_approved_asked_and_exported(call: Callable[..., str], tmp_path: Path) -> None:
    file = tmp_path / "清单.csv"
    file.write_text(SHEET, encoding="utf-8")
    given = ("planning_review", str(file), "--document", "岳资规〔2026〕5号", "--from", "2020-03-02", "--by", "王")

    told = call(decision_lists.command, "import", *given)
    with pytest.raises(Forbidden):
        call(decision_lists.command, "approve", "1", "--by", "王")
    approved = call(decision_lists.command, "approve", "1", "--by", "李")
    asked = call(decision_lists.command, "ask", "planning_review", "project_kind=厂房", "floor_area=500")

    assert told.splitlines()[0] == "1 planning_review, 2 rows, first: not approved 待审核  岳资规〔2026〕5号, 王"
    assert "row 2 never counts 被上行覆盖" in told and "gap 未覆盖: 项目类型 厂房" in told
    assert "version 1, in force from 自 " in approved and asked == "row 1: 免于审查 (附件一), version 1\n"
    assert call(decision_lists.command, "export", "1").removeprefix("\ufeff").splitlines() == SHEET.splitlines()
    assert "planning_review 规划审查方式: version 1" in call(decision_lists.command, "show")
    assert call(decision_lists.command, "ask", "planning_review", "project_kind=厂房") == (
        "missing 缺: 建筑面积(平方米), version 1\n")
    assert call(decision_lists.command, "ask", "规划审查方式", "project_kind=住宅") == "no row fits 无对应行, version 1\n"


def test_programs_get_objects(call: Callable[..., str], tmp_path: Path) -> None:
    file = tmp_path / "清单.csv"
    file.write_text(SHEET, encoding="utf-8")
    given = ("planning_review", str(file), "--document", "文", "--from", "2020-03-02", "--hit", "first", "--json")

    entered = objects(call(decision_lists.command, "import", *given))
    refused = objects(call(decision_lists.command, "refuse", str(entered["id"]), "--json"))
    versions = objects(call(decision_lists.command, "history", "planning_review", "--json"))["versions"]
    lists = objects(call(decision_lists.command, "show", "--json"))["lists"]

    assert entered["review"]["idle"] == [2] and entered["body"][0]["outcome"] == "免于审查"
    assert versions == [refused] and refused["is_approved"] is False
    assert [(each["code"], each["version"]) for each in lists] == [("planning_review", None)]
    assert "refused 已否决" in call(decision_lists.command, "history")


@pytest.mark.parametrize(("arguments", "error"), [
    (("ask", "planning_review"), NotFound), (("ask", "none"), NotFound), (("approve", "9"), NotFound),
    (("export", "9"), NotFound), (("history", "none"), NotFound),
])
def test_a_list_that_is_not_there_is_said_to_be_missing(
    call: Callable[..., str], arguments: tuple[str, ...], error: type[Exception],
) -> None:
    with pytest.raises(error):
        call(decision_lists.command, *arguments)


def test_deploying_a_matter_that_nobody_supervises_is_refused_with_the_way_out(
    call: Callable[..., str], capsys: pytest.CaptureFixture[str], tmp_path: Path,
) -> None:
    changed = tmp_path / "changed.bpmn"
    shipped = (SHELF / "site_permit.bpmn").read_text()
    changed.write_text(shipped.replace('name="督办(', 'name="督查督办('))
    call(catalogue.command, "set", "matter", "SJ-ZSZT", "supervisor", '""', "--basis", "文")

    same = run(["deploy"])  # what is there already is no new version
    capsys.readouterr()
    refused = run(["deploy", str(changed)])
    said = capsys.readouterr()
    call(catalogue.command, "set", "matter", "SJ-ZSZT", "supervisor", "市城管局", "--basis", "岳审改〔2026〕1号")
    done = run(["deploy", str(changed), "--json"])

    assert (same, refused, done) == (0, 1, 0) and said.out == ""
    assert "nobody supervises what SJ-ZSZT 施工噪声渣土核准 permits" in said.err
    assert "jiban catalogue set matter SJ-ZSZT supervisor DEPARTMENT" in said.err
    assert [each["version"] for each in objects(capsys.readouterr().out)["deployed"]] == [2]
