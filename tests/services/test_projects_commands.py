"""`jiban projects` and `jiban assessments` as people and programs call them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from engine.errors import InvalidInput
from services.commands import assessments, projects

OPEN = ("open", "年产五万吨新材料项目", "--park", "湘阴高新区", "--amount", "120000", "--investor", "岳阳某某公司",
        "--parcel", "A-1")
SHEET = "评估类型,所属园区,成果编号,生效日期,有效期至\n节能评价,湘阴高新区,甲,2025-01-01,2030-01-01\n"


@pytest.fixture
def call(sqlite_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Call a command on a database of the test's own; what it printed."""
    monkeypatch.setenv("JIBAN_DATABASE", sqlite_url)

    def called(command: click.Command, *arguments: str) -> str:
        command.main(list(arguments), standalone_mode=False)
        return capsys.readouterr().out

    return called


def number_of(call: Callable[..., str]) -> str:
    return str(json.loads(call(projects.command, *OPEN, "--json"))["number"])


def written(folder: Path, value: object) -> str:
    file = folder / "file.json"
    file.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    return str(file)


def test_a_project_is_entered_listed_and_shown_with_what_is_missing(call: Callable[..., str]) -> None:
    number = number_of(call)

    assert call(projects.command, "list") == f"{number} (无项目代码) 年产五万吨新材料项目 湘阴高新区 洽谈\n"
    told = call(projects.command, "show", number)
    assert "待指派（建议市级）" in told and "! 缺项目代码" in told


def test_an_agreement_a_code_a_stage_and_a_team_are_entered(call: Callable[..., str], tmp_path: Path) -> None:
    number = number_of(call)
    agreement = written(tmp_path, {"number": "招商协议〔2026〕8号", "signed_on": "2026-03-03", "effective_on": "2026-03-04",
                                   "commitments": [{"item": "竣工联合验收", "amount": 6, "clause": "第六条"}]})

    call(projects.command, "sign", number, agreement)
    call(projects.command, "code", number, "2603-430624-04-01-123457")
    call(projects.command, "team", number, "市帮代办中心")
    staged = call(projects.command, "stage", number, "signed")

    assert staged == f"{number} 2603-430624-04-01-123457 年产五万吨新材料项目 湘阴高新区 签约\n"
    promised = call(projects.command, "promises", number)
    assert promised == "joint_completion_inspection 6 workday 招商协议〔2026〕8号 第六条: 未起算\n"
    kinds = [json.loads(line)["kind"] for line in call(projects.command, "history", number, "--json").splitlines()]
    assert kinds == ["ProjectOpened", "AgreementEntered", "CodeGiven", "TeamAssigned", "StageReached"]


def test_a_plan_opens_the_cases_that_are_ready(call: Callable[..., str], tmp_path: Path) -> None:
    number = number_of(call)
    plan = written(tmp_path, [{"key": "开办", "process": "企业开办", "due_on": "2026-09-30"},
                              {"key": "验收", "process": "竣工联合验收", "after": ["开办"]}])

    call(projects.command, "plan", number, plan, "--reason", "首次定制")
    opened = json.loads(call(projects.command, "next", number, "--json"))
    shown = json.loads(call(projects.command, "show", number, "--json"))

    assert opened["item"] == "开办" and opened["case"]
    assert shown["items"] == [{"key": "开办", "state": "open", "case": opened["case"]},
                              {"key": "验收", "state": "blocked", "case": ""}]
    assert call(projects.command, "next", number) == "nothing is ready 没有可开办的事项\n"


@pytest.mark.parametrize("said", ["{", '{"number": 1}', '{"number": "x", "signed_on": "昨天", "effective_on": "2026-03-04"}',
                                  '{"number": "x", "signed_on": "2026-03-03", "effective_on": "2026-03-04", "colour": 1}'])
def test_a_file_that_is_no_agreement_is_refused(call: Callable[..., str], tmp_path: Path, said: str) -> None:
    number = number_of(call)
    (tmp_path / "x.json").write_text(said, encoding="utf-8")

    with pytest.raises(InvalidInput, match="file"):
        call(projects.command, "sign", number, str(tmp_path / "x.json"))


def test_the_register_says_of_a_project_what_need_not_be_assessed_again(call: Callable[..., str]) -> None:
    number = number_of(call)
    call(assessments.command, "set", "planning_environment", "湘阴高新区", "岳环评〔2025〕3号", "2025-01-01", "2099-12-31",
         "--parcel", "A-1")

    told = call(assessments.command, "ask", number)

    assert "规划环评: 免评估 岳环评〔2025〕3号" in told and "节能评价: 单独评估" in told
    assert "A-1 免评估" in call(assessments.command, "list")
    call(assessments.command, "end", "planning_environment", "湘阴高新区", "岳环评〔2025〕3号")
    rows: list[dict[str, Any]] = json.loads(call(assessments.command, "list", "--history", "--json"))["assessments"]
    assert [row["until"] is not None for row in rows] == [True] and call(assessments.command, "list") == ""


def test_a_register_comes_as_a_sheet(call: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "区域评估.csv").write_text(SHEET, encoding="utf-8")

    told = call(assessments.command, "import", str(tmp_path / "区域评估.csv"))

    assert told == "1 added 新增, 0 replaced 更新, 0 unchanged 未变\n"
