"""The people of an office and the mandates of agents through the API."""

from __future__ import annotations

from datetime import date
from urllib.parse import quote

import pytest

from services import people
from services.database import writing
from services.people import NewGrant, NewPerson
from tests.services.desk import WEDNESDAY

JANUARY = date(2026, 1, 1)
NEW = {"id": "周凯", "name": "周凯", "unit": "市住建局", "identity": "43060219850307001X"}
MANDATE = {"number": "委〔2026〕7号", "agent": "周凯", "principal": "岳阳某某科技有限公司", "deeds": ["supply", "apply"],
           "first_on": "2026-03-01", "last_on": "2026-12-31"}


@pytest.fixture
def staffed(api, database):
    """张 administers the system, 孙 the people of 市住建局."""
    with writing(database) as connection:
        for id, unit, role in (("张", "市数据局", "system_admin"), ("孙", "市住建局", "department_admin")):
            people.enter(connection, NewPerson(id=id, name=id, unit=unit, since_on=JANUARY), by="root", now=WEDNESDAY)
            people.grant(connection, NewGrant(person=id, role=role, since_on=JANUARY), by="root", now=WEDNESDAY)
    return api


def by(name: str) -> dict[str, str]:
    """The header of whoever acts."""
    return {"X_Jiban_Actor": quote(name)}


def test_an_office_without_a_system_administrator_gets_none_over_the_network(api) -> None:
    refused = api.post("people", NEW)

    assert refused.status_code == 409 and "whoever runs the machine gives it one" in refused.json["detail"]
    assert api.get("people").json == {"items": [], "next": None}


def test_a_person_is_entered_with_a_chinese_account_and_no_digest_is_shown(staffed) -> None:
    entered = staffed.post("people", NEW, **by("孙"))
    granted = staffed.post(f"people/{quote('周凯')}/roles", {"role": "reviewer", "department": "市住建局"}, **by("孙"))
    listed = staffed.get("people", unit="市住建局", role="reviewer")

    assert entered.status_code == granted.status_code == 200, (entered.text, granted.text)
    assert entered.json["entered_by"] == "孙" and entered.json["natural"] == "周凯"
    assert listed.json["items"] == [{**entered.json, "roles": [granted.json]}]
    assert "identity" not in listed.text and "43060219850307001X" not in listed.text


def test_a_person_is_changed_moved_and_let_go_within_bounds(staffed) -> None:
    staffed.post("people", NEW, **by("孙"))

    moved = staffed.post(f"people/{quote('周凯')}/change", {"unit": "市水利局"}, **by("孙"))
    changed = staffed.post(f"people/{quote('周凯')}/change", {"unit": "市水利局", "until_on": "2099-12-31"}, **by("张"))

    assert moved.status_code == 409 and "not “市水利局”" in moved.json["detail"]
    assert (changed.json["unit"], changed.json["until_on"], changed.json["name"]) == ("市水利局", "2099-12-31", "周凯")


def test_a_role_is_ended_and_then_only_in_the_history(staffed) -> None:
    staffed.post("people", NEW, **by("孙"))
    granted = staffed.post(f"people/{quote('周凯')}/roles", {"role": "clerk", "since_on": "2026-01-01"}, **by("张")).json

    ended = staffed.post(f"people/roles/{granted['id']}/end", {"until_on": "2026-01-31"}, **by("张"))

    assert ended.json == {**granted, "until_on": "2026-01-31", "ended_by": "张"}
    assert staffed.get("people", unit="市住建局").json["items"][1]["roles"] == []
    assert staffed.get("people", unit="市住建局", history=True).json["items"][1]["roles"] == [ended.json]
    assert staffed.post("people/roles/999/end", {"until_on": "2026-01-31"}, **by("张")).status_code == 404


def test_nobody_grants_himself_a_role(staffed) -> None:
    refused = staffed.post(f"people/{quote('张')}/roles", {"role": "approver"}, **by("张"))

    assert refused.status_code == 409 and "nobody grants himself a role" in refused.json["detail"]


def test_somebody_says_that_he_is_away_and_that_he_is_back(staffed) -> None:
    staffed.post("people", NEW, **by("孙"))
    away = {"substitute": "孙", "first_on": "2026-01-01", "last_on": "2099-12-31", "reason": "出差"}

    told = staffed.post(f"people/{quote('周凯')}/absences", away, **by("周凯"))
    back = staffed.post(f"people/{quote('周凯')}/back", **by("周凯"))

    assert told.status_code == 200 and told.json["substitute"] == "孙" and told.json["entered_by"] == "周凯"
    assert back.status_code == 200 and back.json["absences"][0]["last_on"] < "2099-12-31"
    assert staffed.get("people", unit="市住建局").json["items"][1]["absences"] == []
    assert staffed.post(f"people/{quote('周凯')}/absences", away, **by("孙")).status_code == 409  # makes himself the substitute


def test_a_mandate_is_registered_listed_and_revoked(staffed) -> None:
    staffed.post("people", NEW, **by("张"))

    entered = staffed.post("mandates", MANDATE, **by("张"))
    revoked = staffed.post("mandates/revoke", {"number": MANDATE["number"]}, **by("张"))

    assert entered.json["deeds"] == ["apply", "supply"] and entered.json["is_revoked"] is False
    assert staffed.get("mandates", agent="周凯").json == {"items": [{**entered.json, "is_revoked": True}], "next": None}
    assert revoked.json["is_revoked"] is True and staffed.get("mandates", agent="孙").json["items"] == []
    assert staffed.post("mandates/revoke", {"number": "无"}, **by("张")).status_code == 404
    assert staffed.post("mandates", {**MANDATE, "number": "委2"}, **by("周凯")).status_code == 409  # the agent himself


def test_pages_of_people_join_without_gap_or_overlap(staffed) -> None:
    for number in range(3):
        staffed.post("people", {"id": f"员{number}", "name": "员"}, **by("张"))

    first = staffed.get("people", limit=2).json
    second = staffed.get("people", limit=2, after=first["next"]).json
    third = staffed.get("people", limit=2, after=second["next"]).json

    assert [each["id"] for page in (first, second, third) for each in page["items"]] == ["张", "孙", "员0", "员1", "员2"]
    assert third["next"] is None


@pytest.mark.parametrize(("path", "body", "field"), [
    ("people", {**NEW, "id": "科/室"}, "id"), ("people", {**NEW, "name": " "}, "name"), ("people", {**NEW, "age": 3}, "age"),
    ("people", {**NEW, "since_on": "2026-2-1"}, "since_on"), ("people", {**NEW, "id": "张"}, "id"),
    ("people/%E5%AD%99/roles", {"role": "clerk", "since_on": "2026-03-02", "until_on": "2026-03-01"}, "until_on"),
    ("people/%E5%AD%99/absences", {"substitute": "孙", "first_on": "2026-03-02", "last_on": "2026-03-03", "reason": "病"},
     "substitute"),
    ("people/%E5%AD%99/change", {"until_on": "2025-12-31"}, "until_on"),
    ("mandates", {**MANDATE, "agent": "孙", "deeds": ["bribe"]}, "deeds.0"),
    ("mandates", {**MANDATE, "agent": "孙", "last_on": "2026-02-01"}, "last_on"),
])
def test_a_wrong_value_is_named(staffed, path: str, body: dict[str, object], field: str) -> None:
    refused = staffed.post(path, body, **by("张"))

    assert refused.status_code == 422 and refused.json["field"] == field, refused.text


def test_whoever_is_not_there_is_told(staffed) -> None:
    refused = staffed.post(f"people/{quote('无此人')}/roles", {"role": "clerk"}, **by("张"))

    assert refused.status_code == 404 and "no person “无此人”: enter the account first" in refused.json["detail"]


def test_a_person_asks_for_what_he_may_do_now(staffed) -> None:
    staffed.post("people", NEW, **by("张"))
    for role in ("clerk", "reviewer"):
        staffed.post(f"people/{quote('周凯')}/roles", {"role": role}, **by("张"))
    opened = staffed.post("cases", {"process": "company_setup", "data": {}}, **by("周凯")).json
    before = staffed.get("tasks", mine="周凯").json
    moved = staffed.complete(staffed.complete(opened, "received", **by("周凯")), "accept", **by("周凯"))

    after = staffed.get("tasks", mine="周凯").json

    assert before == {"items": opened["tasks"], "next": None, "barred": {}}
    assert [task["id"] for task in after["items"]] == [moved["tasks"][0]["id"]] == list(after["barred"])
    assert "周凯 has done 受理" in after["barred"][moved["tasks"][0]["id"]]


def test_tasks_are_asked_for_by_who_has_them(api) -> None:
    opened = [api.open() for _ in range(2)]
    claimed = opened[1]["tasks"][0]["id"]
    api.post(f"tasks/{claimed}/claim", {}, **by("王"))

    for narrowed in ({}, {"role": "clerk"}, {"role": "clerk", "case": opened[1]["number"]}):
        assert [task["id"] for task in api.get("tasks", assignee="王", **narrowed).json["items"]] == [claimed]
    assert api.get("tasks", assignee="李").json["items"] == []
    refused = api.get("tasks", mine="王", role="clerk")
    assert refused.status_code == 422 and refused.json["field"] == "mine"
