"""The catalogue of matters and the decision lists through the API."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest

from tests.services.test_sheets import workbook

SET = {"values": {"supervisor": "市城管局"}, "basis": "岳审改〔2026〕1号"}
SHEET = "项目类型,建筑面积(平方米),区位,结果,依据\n厂房,≤3000,,免于审查,附件一\n厂房,>3000,,告知承诺,附件二\n"
VERSION = {"csv": SHEET, "document": "岳资规〔2026〕5号", "valid_from": "2020-03-02"}
OTHER = {"X_Jiban_Actor": quote("李")}


@pytest.mark.parametrize(("book", "most"), [("matters", 36), ("bundles", 10), ("parks", 11), ("departments", 33)])
def test_a_book_is_listed_page_by_page(api, book: str, most: int) -> None:
    codes, after = [], {}
    while True:
        page = api.get(f"catalogue/{book}", limit=4, **after).json
        codes += [each["code"] for each in page["items"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}

    assert len(codes) == most and codes == sorted(codes)


def test_the_office_s_value_is_entered_shown_with_its_source_and_ended(api) -> None:
    entered = api.post("catalogue/matters/SJ-SDQW", SET, **OTHER)
    shown = api.get("catalogue/matters/SJ-SDQW").json
    before = api.get("catalogue/matters/SJ-SDQW", at="2026-01-01T00:00:00Z").json
    ended = api.post("catalogue/matters/SJ-SDQW/end")

    assert entered.status_code == 200 and shown == entered.json and shown["entered_by"] == "李"
    assert (shown["values"]["supervisor"], shown["sources"]["supervisor"], shown["sources"]["name"]) == (
        "市城管局", "office", "shipped")
    assert (before["values"]["supervisor"], before["since"]) == ("市城管局", None)
    assert ended.json["until"] is not None and api.post("catalogue/matters/SJ-SDQW/end").status_code == 404
    history = api.get("catalogue/matters/SJ-SDQW/history").json
    assert [each["values"] for each in history["items"]] == [SET["values"]] and history["next"] is None


@pytest.mark.parametrize(("path", "body", "status", "field"), [
    ("catalogue/matters/SJ-SDQW", {**SET, "values": {"supervisor": "市水务局"}}, 422, ""),
    ("catalogue/matters/SJ-SDQW", {**SET, "values": {"colour": "red"}}, 422, "colour"),
    ("catalogue/matters/SJ-SDQW", {"values": {"note": "x"}}, 422, "basis"),
    ("catalogue/people/1", SET, 422, "book"),
    ("catalogue/parks/0", {**SET, "values": {"": []}}, 422, ""),  # an entry of its own that has no name
    ("decision-lists/none/versions", VERSION, 404, None),
    ("decision-lists/planning_review/versions", {**VERSION, "csv": SHEET + "厂房,大,,免于审查,\n"}, 422,
     "line 4 建筑面积(平方米)"),
    ("decision-lists/planning_review/versions", {**VERSION, "xlsx": "!"}, 422, "csv"),
    ("decision-lists/planning_review/versions", {**VERSION, "csv": None, "xlsx": "!"}, 422, "xlsx"),
    ("decision-lists/planning_review/versions", {**VERSION, "csv": None, "xlsx": "表"}, 422, "xlsx"),
    ("decision-lists/planning_review/ask", {"values": {}}, 404, None),
    ("decision-lists/versions/77/approve", None, 404, None),
])
def test_what_cannot_be_entered_is_refused_by_its_field(api, path: str, body: object, status: int, field: str | None) -> None:
    refused = api.post(path, body)

    assert refused.status_code == status, refused.text
    assert field is None or refused.json.get("field", "") == field


def test_the_check_tells_contradictions_and_gaps(api) -> None:
    found = api.get("catalogue/check").json["items"]

    assert {each["is_gap"] for each in found} == {True} and {"SJ-BDCD", "ZC-SB"} <= {each["code"] for each in found}


def test_a_version_is_entered_approved_by_another_and_asked(api) -> None:
    entered = api.post("decision-lists/planning_review/versions", VERSION, **OTHER).json
    number = entered["entered"]["number"]
    own = api.post(f"decision-lists/versions/{number}/approve", **OTHER)
    approved = api.post(f"decision-lists/versions/{number}/approve", X_Jiban_Actor=quote("赵"))

    assert entered["gaps"] == [f"项目类型 其他, 建筑面积(平方米) {area}, 区位 其他" for area in (2999, 3000, 3001)]
    assert own.status_code == 409 and "second person" in own.json["detail"]
    assert (approved.json["version"], approved.json["decided_by"], approved.json["is_approved"]) == (1, "赵", True)
    assert api.get("decision-lists").json["items"][0]["version"] == 1
    asked = [api.post("decision-lists/planning_review/ask", {"values": values}).json for values in (
        {"project_kind": "厂房", "floor_area": 100}, {"project_kind": "厂房"}, {"project_kind": "住宅"})]
    assert [(each["row"], each["outcome"], each["missing"]) for each in asked] == [
        (1, "免于审查", []), (None, "", ["floor_area"]), (None, "", [])]
    wrong = api.post("decision-lists/planning_review/ask", {"values": {"floor_area": "大"}})
    assert wrong.json["field"] == "values.floor_area"


def test_a_workbook_is_entered_as_well_as_a_csv_and_a_refused_version_stays_to_be_seen(api) -> None:
    rows = [["项目类型", "建筑面积(平方米)", "区位", "结果"], ["厂房", 3000, None, "免于审查"]]
    sent = {**VERSION, "csv": None, "xlsx": base64.b64encode(workbook(rows)).decode()}

    number = api.post("decision-lists/planning_review/versions", sent).json["entered"]["number"]
    refused = api.post(f"decision-lists/versions/{number}/refuse", **OTHER).json

    versions = api.get("decision-lists/planning_review/versions", limit=1).json
    assert versions == {"items": [refused], "next": None} and refused["is_approved"] is False
    assert refused["lines"] == [{"cells": {"project_kind": "厂房", "floor_area": "3000"}, "outcome": "免于审查", "basis": ""}]
