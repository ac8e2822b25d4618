"""The demonstration shows what it promises: every way a case can come out, and the escalation of a late one."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from services.cli import run


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the first demonstration leaves its database."""
    return tmp_path_factory.mktemp("demo") / "demo.db"


@pytest.fixture(scope="module")
def played(kept: Path) -> dict[str, Any]:
    """What the first demonstration said."""
    with pytest.MonkeyPatch.context() as patch:
        said: list[dict[str, Any]] = []
        patch.setattr("services.commands.terminal.print_json", said.append)
        assert run(["demo", "--json", "--keep", str(kept)]) == 0
    return said[0]


def case_of(played: dict[str, Any], number: str) -> dict[str, Any]:
    return next(case for case in played["cases"] if case["number"] == number)


def test_nine_cases_come_out_in_every_way_a_case_can(played: dict[str, Any]) -> None:
    assert Counter(case["standing"] for case in played["cases"]) == {
        "on_time": 3, "early": 2, "late": 2, "withdrawn": 1, "declined": 1}
    assert {case["process"] for case in played["cases"]} == {"company_setup", "four_permits", "joint_completion_inspection"}
    assert all(set(case) == {"number", "process", "accepted_on", "due_on", "concluded_on", "standing"}
               for case in played["cases"])


def test_a_standing_says_how_the_conclusion_lies_to_the_due_date(played: dict[str, Any]) -> None:
    for case in played["cases"]:
        match case["standing"]:
            case "early":
                assert case["concluded_on"] < case["due_on"]
            case "on_time":
                assert case["concluded_on"] == case["due_on"]
            case "late":
                assert case["concluded_on"] > case["due_on"]
            case _:
                assert case["concluded_on"] is None


def test_a_promise_that_lapses_on_a_make_up_saturday_is_a_yellow_card_and_the_law_then_a_red_one(
    played: dict[str, Any],
) -> None:
    yellow, again, red = played["cards"]

    assert (yellow["colour"], yellow["due_on"], yellow["scheduled_at"]) == (
        "yellow", "2026-02-14", "2026-02-15T00:00:00+08:00")
    assert (red["colour"], red["due_on"], red["scheduled_at"]) == ("red", "2026-02-25", "2026-02-26T00:00:00+08:00")
    assert (again["colour"], again["rule"], again["scheduled_at"]) == (
        "red", "yellow_unanswered", "2026-02-25T09:00:00+08:00")  # the second working day after the 14th
    assert yellow["case"] == again["case"] == red["case"] and case_of(played, red["case"])["standing"] == "late"


def test_a_target_that_lapses_calls_the_supervisor_and_issues_no_card(
    played: dict[str, Any], capsys: pytest.CaptureFixture[str],
) -> None:
    late = [case for case in played["cases"] if case["standing"] == "late" and case["process"] == "four_permits"]

    run(["demo"])
    timeline = next(text for text in capsys.readouterr().out.split("\n\n") if text.startswith(late[0]["number"]))

    assert not [card for card in played["cards"] if card["case"] == late[0]["number"]]
    assert "力争时限届满(02-25 终了),转督查员督办,力争时限不发牌" in timeline
    assert "孙涛(督查)" in timeline and "视为受理" in timeline and "超期办结" in timeline


def test_the_special_procedure_moves_the_due_date_by_the_days_it_covers(played: dict[str, Any]) -> None:
    (suspended,) = [case for case in played["cases"] if case["due_on"] == "2026-03-04"]

    assert (suspended["accepted_on"], suspended["standing"]) == ("2026-02-12", "on_time")


def test_the_timelines_show_who_did_what_when(capsys: pytest.CaptureFixture[str]) -> None:
    status = run(["demo"])
    shown = capsys.readouterr().out

    assert status == 0
    for words in ("02-15 周日 00:00  时钟          发黄牌:承诺时限 02-14 已过", "一次性补正告知", "补正材料收到", "退回审查",
                  "特别程序开始(专家评审)", "力争时限到期日改为 03-04", "撤件:", "不予受理", "校验完好",
                  "今日到期(承诺时限),告知 承办人、窗口、首席;联络表缺:科室负责人", "停表结束(专家评审),时限继续计算",
                  "送达期限 10个工作日,到期日 03-11", "发红牌:黄牌后仍未办结(承诺时限 02-14 已过)"):
        assert words in shown


def test_two_demonstrations_are_the_same(played: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    run(["demo", "--json"])

    assert json.loads(capsys.readouterr().out) == played


def test_what_was_played_is_intact_and_replays_to_the_same(
    played: dict[str, Any], kept: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("JIBAN_DATABASE", f"sqlite:///{kept}")

    status = run(["verify", "--fold", "--json"])
    told = json.loads(capsys.readouterr().out)

    assert (status, told["audit"], told["problems"]) == (0, "intact", [])
    assert (told["cases"], told["facts"]) == (len(played["cases"]), played["facts"])
    assert played["audit"] == "intact"
