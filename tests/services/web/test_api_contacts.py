"""The contact book through the API."""

from __future__ import annotations

import pytest

CONTACT = {"unit": "市住建局", "rank": "liaison", "name": "王联络", "title": "科员", "office_phone": "0730-8880000",
           "mobile": "13807301234"}
SHEET = ("单位,类别,姓名,职务,办公电话,联系手机,备注\n市住建局,联络员,王联络,,,13807301234,\n"
         "湘阴高新区,负责人,周主任,,,13907305678,\n")


def test_a_contact_is_entered_and_masked_for_other_units(api) -> None:
    entered = api.post("contacts", CONTACT, X_Jiban_Actor="%E6%9D%8E")

    assert entered.status_code == 200 and entered.json["mobile"] == "13807301234" and entered.json["entered_by"] == "李"
    assert api.get("contacts").json["items"][0]["mobile"] == "138****1234"
    assert api.get("contacts", viewer_unit="湘阴高新区").json["items"][0]["mobile"] == "138****1234"
    assert api.get("contacts", viewer_unit="市住建局").json["items"] == [entered.json]


def test_replacing_a_contact_keeps_the_history(api) -> None:
    api.post("contacts", CONTACT)
    api.post("contacts", {**CONTACT, "name": "赵联络"})

    now, ever = api.get("contacts", unit="市住建局").json, api.get("contacts", history=True).json

    assert [each["name"] for each in now["items"]] == ["赵联络"]
    assert [(each["name"], each["until"] is None) for each in ever["items"]] == [("王联络", False), ("赵联络", True)]


def test_a_sheet_is_entered_whole(api) -> None:
    entered = api.post("contacts/import", {"csv": SHEET})

    assert entered.json == {"added": 2, "replaced": 0, "unchanged": 0}
    assert api.post("contacts/import", {"csv": SHEET}).json == {"added": 0, "replaced": 0, "unchanged": 2}


def test_a_sheet_with_a_wrong_line_enters_nothing(api) -> None:
    refused = api.post("contacts/import", {"csv": SHEET + "市住建局,局长,李,,,13807301234,\n"})

    assert refused.status_code == 422 and refused.json["field"] == "line 4 类别"
    assert api.get("contacts").json["items"] == []


def test_missing_ranks_are_told(api) -> None:
    api.post("contacts", CONTACT)

    found = api.get("contacts/gaps", unit=["市住建局", "湘阴高新区"]).json["items"]

    assert [(gap["unit"], gap["rank"]) for gap in found] == [
        ("市住建局", "leader"), ("市住建局", "head"), ("湘阴高新区", "leader"), ("湘阴高新区", "head"),
        ("湘阴高新区", "liaison")]


def test_a_contact_is_taken_out_once(api) -> None:
    api.post("contacts", CONTACT)
    place = {"unit": "市住建局", "rank": "liaison"}

    assert api.post("contacts/end", place).json["until"] is not None
    assert api.post("contacts/end", place).status_code == 404


def test_pages_of_contacts_join_without_gap_or_overlap(api) -> None:
    entered = [api.post("contacts", {**CONTACT, "unit": f"单位{number}"}).json["id"] for number in range(3)]

    first = api.get("contacts", limit=2).json
    second = api.get("contacts", limit=2, after=first["next"]).json

    assert [each["id"] for each in first["items"] + second["items"]] == entered and second["next"] is None


@pytest.mark.parametrize(("body", "field"), [
    ({**CONTACT, "rank": "chief"}, "rank"), ({**CONTACT, "mobile": "1380730"}, "mobile"), ({**CONTACT, "name": "=1"}, "name"),
    ({**CONTACT, "wechat": "x"}, "wechat"), ({**CONTACT, "mobile": 13807301234}, "mobile"),
])
def test_a_wrong_contact_is_named(api, body: dict[str, object], field: str) -> None:
    refused = api.post("contacts", body)

    assert refused.status_code == 422 and refused.json["field"] == field
