"""The empowerment list through the API, and what it does to cases and tasks."""

from __future__ import annotations

import base64
import io
from typing import Any
from urllib.parse import quote

import pytest
from openpyxl import Workbook

ROW = {"park": "湘阴高新区", "matter": "YJS-QYKB", "mode": "received_only", "authority": "市市场监管局", "batch": "第一批",
       "document": "岳政发〔2026〕1号", "valid_from": "2022-03-08"}
LOCAL = {"park": "湘阴高新区", "department": "湘阴县行政审批服务局", "document": "三定方案", "valid_from": "2022-03-08"}
SHEET = "园区,属地部门,文号,生效日\n平江高新区,平江县行政审批服务局,三定方案,2022-03-08\n"
LI, ZHAO = {"X_Jiban_Actor": quote("李")}, {"X_Jiban_Actor": quote("赵")}


def entered(api: Any, path: str = "empowerment", body: dict[str, Any] = ROW) -> int:
    """Enter a row; its number."""
    answer = api.post(path, body, **LI)
    assert answer.status_code == 200, answer.text
    return int(answer.json["items"][0]["id"])


def approved(api: Any, path: str = "empowerment", body: dict[str, Any] = ROW) -> int:
    """Enter a row and let a second person approve it."""
    number = entered(api, path, body)
    assert api.post("empowerment/decide", {"ids": [number], "is_approved": True}, **ZHAO).status_code == 200
    return number


def test_a_row_is_entered_by_one_person_and_approved_by_another(api) -> None:
    number = entered(api)

    own = api.post("empowerment/decide", {"ids": [number], "is_approved": True}, **LI)
    other = api.post("empowerment/decide", {"batch": "第一批", "is_approved": True}, **ZHAO)

    assert own.status_code == 409 and "a second person" in own.json["detail"]
    row = other.json["items"][0]
    assert (row["entered_by"], row["decided_by"], row["is_approved"]) == ("李", "赵", True)
    assert row["says"]["authority"] == "市市场监管局" and row["says"]["mode"] == "received_only"


def test_rows_are_listed_page_by_page_by_what_is_asked(api) -> None:
    first, second = approved(api), approved(api, "empowerment/authorities", LOCAL)
    third = entered(api, "empowerment/modes", {"park": "临湘高新区", "hall": "pilot", "body": "行政审批局", "seal": "1",
                                               "document": "文", "valid_from": "2022-03-08", "staff": ["张三"]})

    page = api.get("empowerment", limit=2).json

    assert [row["id"] for row in page["items"]] == [first, second]
    assert [row["id"] for row in api.get("empowerment", after=page["next"]).json["items"]] == [third]
    for asked, expected in (({"kind": "local_authority"}, [second]), ({"pending": True}, [third]),
                            ({"batch": "第一批"}, [first]), ({"on": "2020-01-01"}, []),
                            ({"on": "2026-03-04", "park": "湘阴高新区"}, [first, second])):
        assert [row["id"] for row in api.get("empowerment", **asked).json["items"]] == expected, asked


def test_who_has_a_matter_and_why_is_answered_before_there_is_a_case(api) -> None:
    number = approved(api)
    approved(api, "empowerment/authorities", LOCAL)

    given = api.get("empowerment/resolve", park="湘阴高新区", matter="企业开办", on="2026-03-04").json
    before = api.get("empowerment/resolve", park="湘阴高新区", matter="YJS-QYKB", on="2022-03-07")

    assert (given["rule"], given["receives"], given["decides"]) == (number, "湘阴高新区", "市市场监管局")
    assert "row 1 (" in given["why"] and "第一批" in given["why"]
    assert before.status_code == 422 and before.json["field"] == "park" and "属地" in before.json["detail"]


def test_a_case_shows_whose_it_is_and_each_unit_finds_its_tasks(api) -> None:
    approved(api)
    moved = api.open(park="湘阴高新区")
    other = api.open()

    case = api.get(f"cases/{moved['number']}").json
    after = api.complete(moved, "received")

    assert (case["routing"]["mode"], case["routing"]["decides"], case["department"]) == (
        "received_only", "市市场监管局", "市市场监管局")
    assert api.get(f"cases/{other['number']}").json["routing"] is None
    assert [task["unit"] for task in (*moved["tasks"], *after["tasks"])] == ["湘阴高新区", "市市场监管局"]
    found = {unit: {task["case"] for task in api.get("tasks", unit=unit, role="clerk").json["items"]}
             for unit in ("湘阴高新区", "市市场监管局", "市税务局")}
    assert found == {"湘阴高新区": set(), "市市场监管局": {moved["number"], other["number"]}, "市税务局": set()}


def test_a_park_is_known_by_any_of_its_names_and_no_other(api) -> None:
    number = approved(api, body={**ROW, "park": "岳阳绿色化工高新区"})  # as measure 5 has it

    listed = api.get("empowerment", park="岳阳绿色化工产业区").json["items"]
    asked = api.get("empowerment/resolve", park="岳阳绿色化工高新区", matter="YJS-QYKB").json
    moved = api.open(park="岳阳绿色化工高新区")
    refused = api.post("empowerment", {**ROW, "park": "绿色化工", "matter": "X"})

    assert [(row["id"], row["park"]) for row in listed] == [(number, "岳阳绿色化工产业区")] and asked["rule"] == number
    assert moved["tasks"][0]["unit"] == "岳阳绿色化工产业区"
    assert refused.status_code == 422 and refused.json["field"] == "park"
    assert "perhaps 岳阳绿色化工产业区" in refused.json["detail"]


def test_a_park_nobody_answers_for_opens_no_case(api) -> None:
    approved(api)

    refused = api.post("cases", {"process": "company_setup", "data": {"park": "平江高新区"}})

    assert refused.status_code == 422 and refused.json["field"] == "data.park"
    assert "no local authority 属地 is entered" in refused.json["detail"]


def test_a_row_that_contradicts_another_is_refused_and_both_are_named(api) -> None:
    number = entered(api)

    refused = api.post("empowerment", {**ROW, "mode": "stationed", "batch": "第二批"})

    assert refused.status_code == 422 and refused.json["field"] == "valid_from"
    assert f"row {number} (" in refused.json["detail"] and "第二批" in refused.json["detail"]


def test_a_row_ends_on_the_day_given(api) -> None:
    number = approved(api)

    ended = api.post(f"empowerment/{number}/end", {"on": "2099-06-30", "reason": "收回"}, **ZHAO)

    assert ended.json["ended_on"] == "2099-06-30" and ended.json["ending"] == "收回" and ended.json["valid_until"] is None
    assert api.post(f"empowerment/{number}/end", {"on": "2099-06-30", "reason": "收回"}).status_code == 409
    assert api.post("empowerment/99/end", {"on": "2099-06-30", "reason": "收回"}).status_code == 404


def test_a_sheet_is_previewed_and_entered_as_text_or_workbook(api) -> None:
    book, file = Workbook(), io.BytesIO()
    for line in SHEET.splitlines():
        book.active.append(line.split(","))
    book.save(file)
    sheet = {"kind": "local_authority", "csv": SHEET}

    preview = api.post("empowerment/import", {**sheet, "preview": True}).json
    first = api.post("empowerment/import", sheet).json
    second = api.post("empowerment/import", {"kind": "local_authority", "xlsx": base64.b64encode(file.getvalue()).decode()})

    assert preview["is_preview"] and len(preview["items"]) == len(first["items"]) == 1 and not first["is_preview"]
    assert second.json["items"] == [] and second.json["unchanged"] == 1
    assert len(api.get("empowerment").json["items"]) == 1


@pytest.mark.parametrize("body", [
    {"kind": "local_authority", "csv": SHEET.replace("2022-03-08", "三月八日")},
    {"kind": "local_authority", "csv": SHEET, "xlsx": "AAAA"}, {"kind": "local_authority"},
    {"kind": "local_authority", "xlsx": "不是"}, {"kind": "local_authority", "xlsx": "UEsDBAo="},
    {"kind": "park", "csv": SHEET},
])
def test_a_sheet_that_cannot_be_used_enters_nothing(api, body: dict[str, Any]) -> None:
    assert api.post("empowerment/import", body).status_code == 422
    assert api.get("empowerment").json["items"] == []


@pytest.mark.parametrize("body", [
    {"ids": [2**63], "is_approved": True}, {"ids": [0], "is_approved": True}, {"ids": ["1"], "is_approved": True},
    {"ids": [1], "batch": "第一批", "is_approved": True}, {"is_approved": True}, {"ids": [1], "is_approved": 1},
])
def test_a_decision_names_rows_in_one_way_and_by_numbers_there_can_be(api, body: dict[str, Any]) -> None:
    assert api.post("empowerment/decide", body, **ZHAO).status_code == 422


@pytest.mark.parametrize("query", [{"on": "0001-01-01"}, {"on": "2026-3-4"}, {"on": "1"}, {"months": 0}, {"months": 121}])
def test_a_report_of_no_day_or_no_months_is_refused(api, query: dict[str, object]) -> None:
    assert api.get("empowerment/report", **query).status_code == 422


def test_what_runs_is_counted_from_concluded_cases(api) -> None:
    approved(api)

    counts = api.get("empowerment/report", months=3).json

    assert counts["months"] == 3 and counts["total"]["granted"] == 1 and counts["total"]["running"] == 0
    assert [park["park"] for park in counts["parks"]] == ["湘阴高新区"]
    assert api.get("empowerment/report").json["months"] == 6
