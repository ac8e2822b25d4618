"""Cases in progress over the API: brought in once, each whole or refused with its reason."""

from __future__ import annotations

from typing import Any

import pytest

CASE: dict[str, Any] = {
    "process": "竣工联合验收", "source": "老审批系统", "old_number": "YY-1", "steps": ["汇总验收意见"],
    "received_on": "2026-03-02", "accepted_at": "2026-03-03T10:00:00+08:00", "data": {"applicant": "岳阳某某公司"},
    "stops": [{"ground": "expert_review", "start": "2026-03-05", "end": "2026-03-10", "document": "岳特〔2026〕1号"}]}
SHEET = ("事项名称,原办件编号,收件日期,受理时间,当前环节\n竣工联合验收,YY-1,2026-03-02,2026-03-03,联合踏勘\n"
         "竣工联合验收,YY-2,2026-03-02,,联合踏勘\n")


def test_a_case_in_progress_goes_on_here(api) -> None:
    landed = api.post("brought-in", CASE).json["landed"]

    case = api.get(f"cases/{landed['number']}").json
    assert landed["due"] == {"promised": "2026-03-18"} and (case["state"], case["accepted_on"]) == ("reviewing", "2026-03-03")
    assert [task["node"] for task in case["tasks"]] == ["summarise"]
    assert [(stop["ground"], stop["start"], stop["end"]) for stop in case["suspensions"]] == [
        ("expert_review", "2026-03-05", "2026-03-10")]


def test_the_same_request_again_changes_nothing(api) -> None:
    first, again = (api.post("brought-in", CASE).json["landed"] for _ in range(2))

    assert again["number"] == first["number"] and again["is_new"] is False
    assert api.get("brought-in", old_number="YY-1").json["items"] == [
        {"number": first["number"], "source": "老审批系统", "old_number": "YY-1"}]


def test_a_dry_run_keeps_nothing(api) -> None:
    said = api.post("brought-in", {**CASE, "dry_run": True}).json

    assert said["landed"]["due"] == {"promised": "2026-03-18"} and api.get("cases").json["items"] == []
    assert api.get("brought-in", old_number="YY-1").status_code == 404


def test_each_line_of_a_sheet_lands_or_is_refused_with_its_reason(api) -> None:
    said = api.post("brought-in/sheet", {"csv": SHEET, "source": "老审批系统"}).json

    assert (said["landed"], said["passed_over"], said["refused"]) == (1, 0, 1)
    assert [(item["line"], item["landed"] is not None) for item in said["items"]] == [(2, True), (3, False)]
    assert "受理" in said["items"][1]["refusal"]


@pytest.mark.parametrize(("body", "field"), [
    ({"steps": []}, "steps"), ({"received_on": "2.3.2026"}, "received_on"),
    ({"accepted_at": "2026-03-03T10:00:00"}, "accepted_at"),
    ({"stops": [{"ground": "x" * 41, "start": "2026-03-05"}]}, "stops.0.ground"), ({"colour": "red"}, "colour"),
])
def test_what_has_not_the_shape_of_a_case_is_refused_by_its_field(api, body: dict[str, Any], field: str) -> None:
    answer = api.post("brought-in", {**CASE, **body})

    assert answer.status_code == 422 and answer.json["field"] == field


def test_a_sheet_comes_once_and_as_a_sheet(api) -> None:
    assert api.post("brought-in/sheet", {}).json["field"] == "csv"
    assert api.post("brought-in/sheet", {"xlsx": "***"}).json["field"] == "xlsx"
