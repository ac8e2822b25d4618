"""The demonstration shows what it promises: every way a case can come out, how a late one escalates, a bundle, a project."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import closing, redirect_stdout
from io import StringIO
from itertools import pairwise
from pathlib import Path
from sqlite3 import connect
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


@pytest.fixture(scope="module")
def shown() -> str:
    """What a demonstration prints."""
    with redirect_stdout(StringIO()) as said:
        assert run(["demo"]) == 0
    return said.getvalue()


def case_of(played: dict[str, Any], number: str) -> dict[str, Any]:
    return next(case for case in played["cases"] if case["number"] == number)


def cases_of(played: dict[str, Any], title: str) -> list[dict[str, Any]]:
    """The cases of the story whose title begins so, children included."""
    story = next(story for story in played["stories"] if story["title"].startswith(title))
    return [case_of(played, number) for number in story["cases"]]


@pytest.fixture(scope="module")
def single(played: dict[str, Any]) -> list[dict[str, Any]]:
    """The nine cases that are a story of their own."""
    return [case_of(played, *story["cases"]) for story in played["stories"] if len(story["cases"]) == 1]


@pytest.fixture(scope="module")
def bundle(played: dict[str, Any]) -> list[dict[str, Any]]:
    """The application for a company and its children."""
    return cases_of(played, "企业开办一件事")


@pytest.fixture(scope="module")
def project(played: dict[str, Any]) -> dict[str, Any]:
    """The one project."""
    (found,) = [story["project"] for story in played["stories"] if story["project"]]
    return dict(found)


def test_nine_cases_come_out_in_every_way_a_case_can(single: list[dict[str, Any]]) -> None:
    assert Counter(case["standing"] for case in single) == {
        "on_time": 3, "early": 2, "late": 2, "withdrawn": 1, "declined": 1}
    assert {case["process"] for case in single} == {"company_setup", "four_permits", "joint_completion_inspection"}


def test_nothing_is_left_unfinished_and_nothing_is_wrong(played: dict[str, Any], project: dict[str, Any], kept: Path) -> None:
    assert all(case["is_over"] for case in played["cases"])
    assert (played["audit"], played["problems"], project["missing"]) == ("intact", [], [])
    with closing(connect(kept)) as database:
        left = {table: database.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]
                for table in ("task", "timer", "message", "errand", "incident", "clock")}
    assert set(left.values()) == {0}, left


def test_a_project_passes_all_four(project: dict[str, Any]) -> None:
    four = project["four"]

    assert [each["process"] for each in four] == [
        "negotiation_service", "land_supply", "construction_support", "completion_to_certificate"]
    assert all(each["ended_at"] for each in four) and project["stage"] == "certified"
    assert all(before["ended_at"] <= after["opened_at"] for before, after in pairwise(four))
    assert {item["key"]: item["state"] for item in project["items"]} == {
        "签约即供地": "done", "开工即配套": "done", "竣工即办证": "done"}
    assert [item["case"] for item in project["items"]] == [each["case"] for each in four[1:]]


def test_each_of_the_four_holds_the_cases_of_its_matters(played: dict[str, Any], project: dict[str, Any]) -> None:
    inside = {each["process"]: sorted(case_of(played, number)["process"] for number in each["children"])
              for each in project["four"]}

    assert inside == {
        "negotiation_service": [], "land_supply": ["four_permits"],
        "construction_support": ["phase_permit", "phase_permit", "road_and_green_occupation", "utilities_connection"],
        "completion_to_certificate": ["joint_completion_inspection", "real_estate_registration"]}


def test_what_the_park_had_assessed_is_assessed_no_second_time(project: dict[str, Any]) -> None:
    assert Counter(each["mode"] for each in project["assessments"]) == {"exempt": 5, "declared": 2}
    assert all(each["document"] for each in project["assessments"])


def test_what_the_agreement_promised_was_kept(project: dict[str, Any]) -> None:
    assert {each["item"]: each["keeping"] for each in project["kept"]} == {
        "land_announcement": ["kept"], "four_permits": ["kept"], "utilities_plan": ["kept"], "utilities_switch_on": ["kept"]}


def test_the_register_has_the_permits_the_project_was_granted(played: dict[str, Any], project: dict[str, Any]) -> None:
    granted = [(each["sort"], case_of(played, each["case"])["process"], each["state"]) for each in project["permits"]]

    assert granted == [("planning", "four_permits", "in_force"), ("construction", "four_permits", "in_force"),
                       ("construction", "phase_permit", "in_force"), ("construction", "phase_permit", "in_force")]


def test_a_company_is_set_up_in_six_departments_at_once(bundle: list[dict[str, Any]]) -> None:
    parent, *children = bundle

    assert {child["parent"] for child in children} == {parent["number"]}
    assert {child["department"] for child in children} == {
        "市市场监管局", "市公安局", "市税务局", "市人社局", "市住房公积金管理中心", "人民银行岳阳市中心支行"}
    assert (parent["state"], parent["standing"]) == ("handed_over", "on_time")


def test_the_child_that_lapses_escalates_to_its_department_and_not_to_the_window(
    played: dict[str, Any], bundle: list[dict[str, Any]],
) -> None:
    numbers = [case["number"] for case in bundle]
    (lapse,) = [lapse for lapse in played["lapses"] if lapse["case"] in numbers]
    (card,) = [card for card in played["cards"] if card["case"] in numbers]
    told = [rung for rung in played["escalations"] if rung["case"] in numbers and rung["told_at"] >= lapse["scheduled_at"]]

    late = case_of(played, lapse["case"])
    assert (late["process"], late["department"], lapse["scheduled_at"]) == (
        "seal_engraving", "市公安局", "2026-02-14T12:00:00+08:00")
    assert (card["case"], card["department"], card["colour"]) == (late["number"], "市公安局", "yellow")
    assert {rung["case"] for rung in told} == {late["number"]}
    assert {each["unit"] for rung in told for each in rung["told"]} == {"市公安局"}
    assert {each["recipient"] for rung in told for each in rung["told"]} == {"reviewer", "approver", "郑伟", "范琳"}


def test_the_child_that_lapsed_is_concluded_late_and_the_bundle_with_it(bundle: list[dict[str, Any]]) -> None:
    parent, *children = bundle

    assert {child["process"] for child in children if child["standing"] == "late"} == {"seal_engraving"}
    assert all(child["is_over"] for child in children)
    assert parent["is_over"] and parent["concluded_on"] == max(child["concluded_on"] for child in children)


def test_a_standing_says_how_the_conclusion_lies_to_the_due_date(single: list[dict[str, Any]]) -> None:
    for case in single:
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
    played: dict[str, Any], single: list[dict[str, Any]],
) -> None:
    yellow, again, red = [card for card in played["cards"] if case_of(played, card["case"]) in single]

    assert (yellow["colour"], yellow["due_on"], yellow["scheduled_at"]) == (
        "yellow", "2026-02-14", "2026-02-15T00:00:00+08:00")
    assert (red["colour"], red["due_on"], red["scheduled_at"]) == ("red", "2026-02-25", "2026-02-26T00:00:00+08:00")
    assert (again["colour"], again["rule"], again["scheduled_at"]) == (
        "red", "yellow_unanswered", "2026-02-25T09:00:00+08:00")  # the second working day after the 14th
    assert yellow["case"] == again["case"] == red["case"] and case_of(played, red["case"])["standing"] == "late"


def test_a_target_that_lapses_calls_the_supervisor_and_issues_no_card(
    played: dict[str, Any], shown: str,
) -> None:
    late = [case for case in played["cases"] if case["standing"] == "late" and case["process"] == "four_permits"]

    timeline = next(text for text in shown.split("\n\n") if text.startswith(late[0]["number"]))

    assert not [card for card in played["cards"] if card["case"] == late[0]["number"]]
    assert "力争时限届满(02-25 终了),转督查员督办,力争时限不发牌" in timeline
    assert "孙涛(督查)" in timeline and "视为受理" in timeline and "超期办结" in timeline


def test_the_special_procedure_moves_the_due_date_by_the_days_it_covers(single: list[dict[str, Any]]) -> None:
    (suspended,) = [case for case in single if case["due_on"] == "2026-03-04"]

    assert (suspended["accepted_on"], suspended["standing"]) == ("2026-02-12", "on_time")


def test_the_timelines_show_who_did_what_when(shown: str) -> None:
    for words in ("02-15 周日 00:00  时钟          发黄牌:承诺时限 02-14 已过", "一次性补正告知", "补正材料收到", "退回审查",
                  "特别程序开始(专家评审)", "力争时限到期日改为 03-04", "撤件:", "不予受理", "校验、重放均完好",
                  "今日到期(承诺时限),告知 市市场监管局承办人、窗口、首席;联络表缺:科室负责人",
                  "停表结束(专家评审),时限继续计算", "送达期限 10个工作日,到期日 03-11",
                  "发红牌:黄牌后仍未办结(承诺时限 02-14 已过)"):
        assert words in shown


def test_the_bundle_and_the_project_are_told_with_their_children(shown: str) -> None:
    for words in ("└ 公章刻制备案          市公安局                    超期办结,到期日 2026-02-14",
                  "承诺时限届满(02-14 12:00)", "发黄牌:承诺时限 02-14 已过(市公安局)",
                  "告知 市公安局承办人、首席、科室负责人郑伟、部门管理员范琳", "登记建筑工程施工许可证 湘阴施〔2026〕31-2",
                  "洽谈 2026-01-05 → 签约 2026-01-19 → 供地 2026-03-13 → 开工 2026-04-13 → 竣工 2026-10-14 → 办证 2026-11-05",
                  "发布土地出让公告      15个工作日  湘高招〔2026〕3号第七条  兑现", "免评估 水土保持"):
        assert words in shown
    assert [line.split()[0] for line in shown.splitlines() if " 至 " in line] == [
        "洽谈即服务", "签约即供地", "开工即配套", "竣工即办证"]


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
