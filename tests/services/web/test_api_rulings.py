"""What an office rules, through the API: entered, seen with its history, and whose limit counts."""

from __future__ import annotations

from typing import Any

import pytest

LIMIT = {"process": "joint_completion_inspection", "park": "湘阴高新区", "kind": "promised", "amount": 6,
         "basis": "湘高管发〔2026〕4号", "approver": "李主任"}
COMMITMENT = {"project": "2603-430600-04-01-123456", "item": "joint_completion_inspection", "amount": 5, "clause": "第六条",
              "agreement": "招商协议〔2026〕8号"}


def effective(api: Any, **query: str) -> list[tuple[Any, ...]]:
    """Of each drawn limit: its kind, the amount that counts, where it comes from."""
    answer = api.get("limits/effective", **{"process": "joint_completion_inspection", **query})
    assert answer.status_code == 200, answer.text
    return [(each["kind"], each["amount"], each["source"]) for each in answer.json["limits"]]


def test_an_office_limit_is_entered_and_seen_with_who_entered_it(api) -> None:
    entered = api.post("limits", {**LIMIT, "process": "竣工联合验收"}, X_Jiban_Actor="%E7%8E%8B")

    assert entered.status_code == 200, entered.text
    assert entered.json["process"] == "joint_completion_inspection" and entered.json["entered_by"] == "王"
    assert entered.json["until"] is None and entered.json["exception"] is None and entered.json["unit"] == "workday"
    assert api.get("limits").json == {"items": [entered.json], "next": None}


def test_whose_limit_counts_is_shown_with_value_and_source(api) -> None:
    drawn = effective(api)

    api.post("limits", LIMIT)
    office = effective(api, park="湘阴高新区")
    api.post("commitments", COMMITMENT)
    project = effective(api, park="湘阴高新区", project=COMMITMENT["project"])

    assert drawn == [("promised", 8, "diagram")] and office == [("promised", 6, "office")]
    assert project == [("promised", 5, "commitment")]


def test_a_longer_commitment_is_passed_over_with_the_reason(api) -> None:
    api.post("commitments", {**COMMITMENT, "amount": 12})

    shown = api.get("limits/effective", process="竣工联合验收", project=COMMITMENT["project"]).json["limits"][0]

    assert shown["source"] == "diagram" and "12 workday is not shorter than 8 workday" in shown["passed_over"]


def test_a_target_that_the_agreement_promises_becomes_a_promise(api) -> None:
    api.post("commitments", {**COMMITMENT, "item": "four_permits"})

    shown = api.get("limits/effective", process="four_permits", project=COMMITMENT["project"]).json["limits"]

    assert [(each["kind"], each["becomes"], each["source"]) for each in shown] == [
        ("target", "promised", "commitment"), ("statutory", "statutory", "diagram")]


def test_a_past_instant_is_answered_as_it_stood(api) -> None:
    api.post("limits", LIMIT)

    assert effective(api, park="湘阴高新区", at="2026-01-05T10:00:00+08:00") == [("promised", 8, "diagram")]


def test_what_followed_is_history_and_what_is_ended_counts_no_more(api) -> None:
    first = api.post("limits", LIMIT).json
    second = api.post("limits", {**LIMIT, "amount": 7}).json

    ended = api.post("limits/end", {"process": LIMIT["process"], "park": LIMIT["park"], "kind": "promised"})

    assert ended.status_code == 200 and ended.json["id"] == second["id"] and ended.json["until"] is not None
    assert api.get("limits").json["items"] == []
    assert [each["id"] for each in api.get("limits", history=True).json["items"]] == [first["id"], second["id"]]
    assert effective(api, park="湘阴高新区") == [("promised", 8, "diagram")]


def test_the_same_ruling_sent_again_is_the_same_ruling(api) -> None:
    assert api.post("limits", LIMIT).json == api.post("limits", LIMIT).json
    assert api.post("commitments", COMMITMENT).json == api.post("commitments", COMMITMENT).json


def test_pages_of_limits_join_without_gap_or_overlap(api) -> None:
    entered = [api.post("limits", {**LIMIT, "park": f"园区{number}"}).json["id"] for number in range(3)]

    first = api.get("limits", limit=2).json
    second = api.get("limits", limit=2, after=first["next"]).json

    assert [each["id"] for each in first["items"] + second["items"]] == entered and second["next"] is None


def test_a_promise_longer_than_the_statute_takes_a_documented_exception(api) -> None:
    new = {**LIMIT, "process": "company_setup", "amount": 5}
    exception = {"basis": "湘政办发〔2021〕72号", "approver": "市审改办", "explanation": "条例施行前已公布"}

    refused = api.post("limits", new)
    entered = api.post("limits", {**new, "exception": exception})

    assert refused.status_code == 422 and refused.json["field"] == "amount" and "statutory 3 workday" in refused.json["detail"]
    assert entered.status_code == 200 and entered.json["exception"] == exception


@pytest.mark.parametrize(("path", "body", "field"), [
    ("limits", {**LIMIT, "kind": "stage"}, "kind"), ("limits", {**LIMIT, "kind": "quick"}, "kind"),
    ("limits", {**LIMIT, "amount": "6"}, "amount"), ("limits", {**LIMIT, "amount": True}, "amount"),
    ("limits", {**LIMIT, "amount": 6.5}, "amount"), ("limits", {**LIMIT, "amount": -1}, "amount"),
    ("limits", {**LIMIT, "unit": "day"}, "unit"), ("limits", {**LIMIT, "basis": " "}, "basis"),
    ("limits", {**LIMIT, "colour": "red"}, "colour"),
    ("limits", {**LIMIT, "exception": {"basis": "文"}}, "exception.approver"),
    ("commitments", {**COMMITMENT, "clause": ""}, "clause"), ("commitments", {**COMMITMENT, "unit": "calendar_day"}, "unit"),
    ("policies", {"policy": {"colour": 1}}, "policy.colour"),
    ("policies", {"policy": {"ladder": [{"name": "x"}]}}, "policy.ladder[0].label"), ("policies", {}, "policy"),
])
def test_a_wrong_value_is_named(api, path: str, body: dict[str, object], field: str) -> None:
    refused = api.post(path, body)

    assert refused.status_code == 422 and refused.json["field"] == field, refused.text


@pytest.mark.parametrize(("path", "body"), [
    ("limits", {**LIMIT, "process": "无此事项"}), ("policies", {"process": "x", "policy": {}}),
    ("limits/end", {"process": LIMIT["process"], "kind": "promised"}), ("policies/end", {}),
    ("commitments/end", {"project": "x", "item": "y"}),
])
def test_what_does_not_exist_is_not_found(api, path: str, body: dict[str, object]) -> None:
    assert api.post(path, body).status_code == 404


@pytest.mark.parametrize(("query", "field"), [
    ({"after": "nonsense"}, "after"), ({"limit": 0}, "limit"), ({"history": "perhaps"}, "history"), ({"kind": "x"}, "kind"),
])
def test_a_wrong_question_is_named(api, query: dict[str, object], field: str) -> None:
    for path in ("limits", "commitments", "policies"):
        refused = api.get(path, **query)

        assert refused.status_code == 422 and refused.json["field"] == field


def test_an_instant_without_its_offset_is_refused(api) -> None:
    refused = api.get("limits/effective", process="four_permits", at="2026-01-05T10:00:00")

    assert refused.status_code == 422 and refused.json["field"] == "at"


def test_a_policy_is_kept_whole_with_its_defaults(api) -> None:
    entered = api.post("policies", {"process": "four_permits", "park": "湘阴高新区", "policy": {"target_cards": True}})

    assert entered.status_code == 200, entered.text
    assert entered.json["policy"]["target_cards"] is True and entered.json["policy"]["cards"]["promised"] == "yellow"
    assert [rung["name"] for rung in entered.json["policy"]["ladder"]][:2] == ["warning", "due_day"]
    assert api.get("policies", process="four_permits").json["items"] == [entered.json]


def test_a_policy_is_ended(api) -> None:
    api.post("policies", {"policy": {"warn_workdays": 3}})

    ended = api.post("policies/end", {})

    assert ended.status_code == 200 and ended.json["until"] is not None and api.get("policies").json["items"] == []


def test_nobody_rules_without_the_token(client) -> None:
    assert client.post("/api/v1/limits", json=LIMIT).status_code == 401
    assert client.get("/api/v1/contacts").status_code == 401
