"""Projects and the register of regional assessments over the API."""

from __future__ import annotations

from typing import Any

import pytest

PROFILE: dict[str, Any] = {
    "name": "年产五万吨新材料项目", "park": "湘阴高新区", "industry": "C2659", "amount": 120_000,
    "parties": [{"role": "investor", "name": "岳阳某某公司", "credit_code": "91430600MA40000130"}],
    "parcel": {"id": "A-1", "area": 66_667}}
PLAN = {"reason": "首次定制", "items": [{"key": "开办", "process": "企业开办"},
                                    {"key": "验收", "process": "竣工联合验收", "after": ["开办"]}]}
AGREEMENT = {"number": "招商协议〔2026〕8号", "signed_on": "2026-03-03", "effective_on": "2026-03-04",
             "commitments": [{"item": "竣工联合验收", "amount": 6, "clause": "第六条"}]}
RESULT = {"kind": "planning_environment", "park": "湘阴高新区", "document": "岳环评〔2025〕3号", "valid_from": "2025-01-01",
          "valid_until": "2099-12-31", "parcels": ["A-1"]}


@pytest.fixture
def number(api) -> str:
    """A project in the file; its number."""
    answer = api.post("projects", PROFILE)
    assert answer.status_code == 201, answer.text
    return str(answer.json["number"])


def test_a_project_goes_from_negotiation_to_its_first_case(api, number: str) -> None:
    api.post("assessments", RESULT)

    api.post(f"projects/{number}/agreement", AGREEMENT)
    api.post(f"projects/{number}/code", {"code": "2603-430624-04-01-123457"})
    api.post(f"projects/{number}/team", {"team": "市帮代办中心"})
    api.post(f"projects/{number}/stage", {"stage": "signed"})
    planned = api.post(f"projects/{number}/plan", PLAN).json
    opened = api.post(f"projects/{number}/open-ready").json["items"]

    shown = api.get("projects/2603-430624-04-01-123457").json
    assert planned["assessments"][0]["document"] == "岳环评〔2025〕3号" and planned["plan_version"] == 1
    assert [(item["key"], item["state"]) for item in shown["items"]] == [("开办", "open"), ("验收", "blocked")]
    assert (shown["stage_name"], shown["suggested_tier"], shown["team"]["tier"]) == ("签约", "city", "city")
    case = api.get(f"cases/{opened[0]['case']}").json
    assert (case["project"], case["data"]["applicant"]) == ("2603-430624-04-01-123457", "岳阳某某公司")


def test_the_history_tells_who_changed_what(api, number: str) -> None:
    api.post(f"projects/{number}/profile", {"profile": {**PROFILE, "amount": 200_000}, "reason": "增资"})

    items = api.get(f"projects/{number}/history").json["items"]

    assert [item["kind"] for item in items] == ["ProjectOpened", "ProfileChanged"] and items[1]["data"]["reason"] == "增资"


def test_who_read_an_older_file_is_told_so(api, number: str) -> None:
    api.post(f"projects/{number}/code", {"code": "2603-430624-04-01-123457"}, If_Match='"1"')

    assert api.post(f"projects/{number}/team", {"team": "一组"}, If_Match='"1"').status_code == 409


def test_what_is_missing_is_said_with_who_can_enter_it(api, number: str) -> None:
    missing = api.get(f"projects/{number}").json["missing"]

    assert any("项目代码" in said and "园区招商部门" in said for said in missing)


def test_promises_are_listed_before_any_clock_has_begun(api, number: str) -> None:
    api.post(f"projects/{number}/agreement", AGREEMENT)

    (kept,) = api.get(f"projects/{number}/promises").json["items"]

    assert (kept["commitment"]["item"], kept["promises"]) == ("joint_completion_inspection", [])


def test_a_case_opened_at_the_counter_is_attached(api, number: str) -> None:
    case = api.open()["number"]

    shown = api.post(f"projects/{number}/cases", {"case": case}).json

    assert [each["number"] for each in shown["cases"]] == [case]
    assert api.post(f"projects/{number}/cases", {"case": case}).status_code == 409


def test_projects_are_listed_page_by_page(api) -> None:
    for _ in range(3):
        api.post("projects", PROFILE)

    first = api.get("projects", limit=2).json
    second = api.get("projects", limit=2, after=first["next"]).json

    assert (len(first["items"]), len(second["items"]), second["next"]) == (2, 1, None)
    for asked in ({"stage": "signed"}, {"park": "汨罗高新区"}):
        assert api.get("projects", **asked).json["items"] == []


@pytest.mark.parametrize(("path", "body", "field"), [
    ("", {"name": "x"}, "park"), ("", {**PROFILE, "amount": -1}, "amount"), ("", {**PROFILE, "industry": "化工"}, "industry"),
    ("", {**PROFILE, "parties": [{"role": "king", "name": "x"}]}, "parties.0.role"),
    ("", {**PROFILE, "parties": [{"role": "investor", "name": "x", "credit_code": "91430600MA40000131"}]},
     "parties.0.credit_code"),
    ("", {**PROFILE, "parcel": {"id": "A", "polygon": [[1, 2], [3, 4]]}}, "parcel"),
    ("/{number}/plan", {"reason": "x", "items": [{"key": "a", "process": "没有的事项"}]}, "items.0.process"),
    ("/{number}/agreement", {**AGREEMENT, "effective_on": "2026-03-01"}, "effective_on"),
    ("/{number}/code", {"code": "123"}, "code"), ("/{number}/stage", {"stage": "closed"}, "reason"),
])
def test_a_wrong_value_is_named(api, number: str, path: str, body: dict[str, Any], field: str) -> None:
    answer = api.post(f"projects{path.format(number=number)}", body)

    assert answer.status_code == 422 and answer.json["field"] == field, answer.text


def test_a_project_that_is_not_there_is_not_found(api) -> None:
    assert api.get("projects/XM2026999999").status_code == api.post("projects/XM1/open-ready").status_code == 404


def test_the_register_is_kept_with_its_history(api, number: str) -> None:
    entered = api.post("assessments", RESULT).json
    ended = api.post("assessments/end", {name: RESULT[name] for name in ("kind", "park", "document")}).json

    assert (entered["kind_name"], entered["mode"], ended["until"] is not None) == ("规划环评", "exempt", True)
    assert api.get("assessments").json["items"] == [] and len(api.get("assessments", history=True).json["items"]) == 1
    verdicts = api.get(f"projects/{number}/assessments").json["items"]
    assert {each["mode"] for each in verdicts} == {"singly"}
    sheet = "评估类型,所属园区,成果编号,生效日期,有效期至\n节能评价,湘阴高新区,甲,2025-01-01,2030-01-01\n"
    assert api.post("assessments/import", {"csv": sheet}).json == {"added": 1, "replaced": 0, "unchanged": 0}
    assert api.post("assessments/import", {"csv": "评估类型\n"}).status_code == 422
