"""Undertakings, credit and granted permits through the API."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest

CODE = "91430600MA40000130"
BASIS = {"basis": "岳审改〔2026〕3号"}
RECORD = {"code": CODE, "name": "岳阳某某公司", "reason": "虚假承诺", "document": "岳信〔2026〕1号"}
STAFF = {"clerk": "王", "reviewer": "李", "approver": "赵", "certifier": "钱"}
STEPS = ("signed", "grant", "qualified", "done", "propose_grant", "grant")


def actor(name: str) -> dict[str, str]:
    """Who acts."""
    return {"X_Jiban_Actor": quote(name)}


def complete(api: Any, moved: dict[str, Any], outcome: str, **data: object) -> Any:
    """Complete the first open task that has the outcome, each duty by another person (受理、审查、审批三分离)."""
    task = next(each for each in moved["tasks"] if outcome in each["outcomes"])
    return api.post(f"tasks/{task['id']}/complete", {"outcome": outcome, "data": data}, **actor(STAFF[task["role"]]))


def accepted(api: Any, outcome: str, **data: object) -> dict[str, Any]:
    """Four permits received and accepted in some way."""
    moved = api.open("four_permits", applicant="岳阳某某公司", credit_code=CODE, planning_review="告知承诺")
    return dict(complete(api, complete(api, moved, "received").json, outcome, **data).json)


def granted(api: Any, moved: dict[str, Any], *permits: dict[str, object]) -> dict[str, Any]:
    """The same, granted and certified."""
    for outcome in STEPS:
        moved = complete(api, moved, outcome).json
    answer = complete(api, moved, "certified", permits=list(permits))
    assert answer.status_code == 200, answer.text
    return dict(answer.json)


def test_a_case_accepted_conditionally_is_supplied_through_the_api(api, clock) -> None:
    clock(datetime(2026, 3, 4, 2, tzinfo=UTC))
    moved = api.open("four_permits")
    moved = complete(api, moved, "received").json
    case = complete(api, moved, "accept_conditionally", signer="赵", undertaking_text="承诺补齐", missing_materials=[
        {"name": "授权书", "supply_on": "2026-03-10"}]).json

    wrong = api.post(f"cases/{case['number']}/supply", {"materials": ["别的"]})
    right = api.post(f"cases/{case['number']}/supply", {"materials": ["授权书"]}, Idempotency_Key="k1", **actor("王"))
    again = api.post(f"cases/{case['number']}/supply", {"materials": ["授权书"]}, Idempotency_Key="k1", **actor("王"))

    assert wrong.status_code == 422 and wrong.json["field"] == "materials"
    assert right.status_code == 200 and again.data == right.data
    assert api.told(case["number"], "MaterialsSupplied") == [{"names": ["授权书"], "approved_by": "", "mandate": ""}]


def test_a_template_is_entered_versioned_and_ended(api) -> None:
    first = api.post("undertakings", {"kind": "declared", "text": "承诺", **BASIS}, **actor("法制"))
    second = api.post("undertakings", {"kind": "declared", "text": "承诺二", "process": "企业开办", **BASIS})

    assert (first.json["version"], first.json["process"], first.json["entered_by"]) == (1, "", "法制")
    assert (second.json["version"], second.json["process"]) == (1, "company_setup")
    page = api.get("undertakings", limit=1).json
    assert [each["id"] for each in page["items"]] == [first.json["id"]] and page["next"]
    assert [each["id"] for each in api.get("undertakings", after=page["next"]).json["items"]] == [second.json["id"]]
    assert api.post("undertakings/end", {"kind": "declared", "process": "company_setup"}).json["until"] is not None
    assert api.post("undertakings/end", {"kind": "declared", "process": "company_setup"}).status_code == 404


@pytest.mark.parametrize(("body", "field"), [
    ({"kind": "declared", "text": ""}, "text"), ({"kind": "other", "text": "x"}, "kind"),
    ({"kind": "conditional", "excluded": "国家安全"}, "excluded"), ({"kind": "declared", "text": "x", "verify_workdays": 0},
                                                                 "verify_workdays"),
    ({"kind": "declared", "text": "x", "on_lapse": "card"}, "on_lapse"),
    ({"kind": "declared", "text": "x", "colour": 1}, "colour"),
])
def test_a_wrong_template_is_named(api, body: dict[str, object], field: str) -> None:
    refused = api.post("undertakings", {**BASIS, **body})

    assert refused.status_code == 422 and refused.json["field"] == field


def test_an_applicant_in_the_credit_register_may_not_declare(api) -> None:
    api.post("undertakings", {"kind": "declared", "text": "承诺", **BASIS})
    record = api.post("credit", RECORD, **actor("信用办")).json
    moved = complete(api, api.open("four_permits", applicant="岳阳某某公司", credit_code=CODE), "received").json

    refused = complete(api, moved, "declare", signer="赵")
    assert refused.status_code == 409 and "信用修复" in refused.json["detail"]

    assert api.post(f"credit/{record['id']}/restore", {"document": "岳信修〔2026〕1号"}).json["state"] == "restored"
    assert complete(api, moved, "declare", signer="赵").status_code == 200
    assert [each["state"] for each in api.get("credit", code=CODE).json["items"]] == ["restored"]
    assert api.post("credit/99/drop", {"reason": "无"}).status_code == 404
    assert api.post(f"credit/{record['id']}/restore", {"document": "岳信修〔2026〕2号"}).status_code == 409


def test_a_declaration_is_verified_or_fails_with_a_record_another_person_decides_on(api) -> None:
    api.post("undertakings", {"kind": "declared", "text": "承诺", **BASIS})
    case = granted(api, accepted(api, "declare", signer="赵"))["number"]

    assert api.post(f"cases/{case}/declaration/verify", {"findings": ""}).status_code == 422
    unmet = api.post(f"cases/{case}/declaration/unmet", {"findings": "不足", "document": "整1"}, **actor("王"))
    failed = api.post(f"cases/{case}/declaration/fail", {"findings": "仍不足"}, **actor("王"))
    late = api.post(f"cases/{case}/declaration/verify", {"findings": "属实"})

    assert (unmet.status_code, failed.status_code, late.status_code) == (200, 200, 409)
    (record,) = api.get("credit", state="proposed").json["items"]
    assert (record["case"], record["code"]) == (case, CODE)
    assert api.post(f"credit/{record['id']}/confirm", {"document": "信1"}, **actor("王")).status_code == 409
    confirmed = api.post(f"credit/{record['id']}/confirm", {"document": "信1", "until_on": "2099-01-01"}, **actor("周")).json
    assert (confirmed["state"], confirmed["until_on"], confirmed["decided_by"]) == ("in_force", "2099-01-01", "周")


def test_a_granted_permit_is_in_the_register_with_its_history(api) -> None:
    given = ({"sort": "construction"}, {"sort": "planning", "number": "建字第1号"})
    case = granted(api, accepted(api, "accept"), *given)["number"]

    first, second = api.get("permits").json["items"]
    assert (first["sort"], first["case"], first["state_label"]) == ("construction", case, "有效")
    assert second["number"] == "建字第1号" and api.get("permits", sort="planning").json["items"] == [second]
    assert api.get("permits", state="lapsed").json["items"] == [] and api.get("permits", holder_code=CODE).json["next"] is None
    found = api.get(f"permits/{quote('建字第1号')}").json
    assert [event["kind"] for event in found["events"]] == ["PermitGranted"] and found["permit"] == second
    assert api.get("permits/none").status_code == 404
    assert {each["sort"] for each in api.get("permits/sorts").json["items"]} >= {"construction", "planning", "food"}


def test_pages_of_permits_join_without_gap_or_overlap(api) -> None:
    granted(api, accepted(api, "accept"), *[{"sort": "general"}] * 3)

    first = api.get("permits", limit=2).json
    second = api.get("permits", limit=2, after=first["next"]).json

    assert len({each["number"] for each in first["items"] + second["items"]}) == 3 and second["next"] is None


def test_the_beginning_of_work_is_extended_and_met(api) -> None:
    case = granted(api, accepted(api, "accept"), {"sort": "construction"})["number"]
    permit = api.get("permits").json["items"][0]["number"]
    today = api.get("permits").json["items"][0]["granted_on"]

    extended = api.post(f"permits/{permit}/conditions/begin_work/extend", {"document": "延1"}, **actor("李"))
    met = api.post(f"permits/{permit}/conditions/begin_work/meet", {"met_on": today}, **actor("李"))
    again = api.post(f"permits/{permit}/conditions/begin_work/meet", {"met_on": today})

    assert (extended.json["number"], extended.status_code, met.status_code, again.status_code) == (case, 200, 200, 409)
    assert [event["kind"] for event in api.get(f"permits/{permit}").json["events"]] == [
        "PermitGranted", "ConditionExtended", "ConditionMet"]
    assert api.post(f"permits/{permit}/conditions/finish/extend", {"document": "延1"}).json["field"] == "condition"
    assert api.post("permits/none/conditions/begin_work/extend", {"document": "延1"}).status_code == 404


def test_a_new_case_about_a_permit_names_one_there_is(api) -> None:
    granted(api, accepted(api, "accept"), {"sort": "general"})
    permit = api.get("permits").json["items"][0]["number"]
    data = {"permit": permit, "permit_act": "annul", "ground": "以欺骗手段取得"}

    opened = api.open("permit_change", **data)

    assert [each["number"] for each in api.get(f"permits/{quote(permit)}").json["open_cases"]] == [opened["number"]]
    assert api.post("cases", {"process": "permit_change", "data": data}).status_code == 409  # one is open already
    assert api.post("cases", {"process": "permit_change", "data": {**data, "permit": "none"}}).status_code == 404
    wrong = api.post("cases", {"process": "permit_change", "data": {**data, "permit_act": "burn"}})
    assert wrong.status_code == 422 and wrong.json["field"] == "data.permit_act"
