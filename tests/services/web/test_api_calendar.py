"""The calendar through the API: looked at, proposed by one, accepted by another."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson

from services.settings import SHELF
from services.web.shapes import calendar as shapes_calendar
from tests.services.web.conftest import BEARER, Api

FIXTURE = (Path(__file__).parents[1] / "data" / "2027_fixture.json").read_bytes()
CLOSURE = {"scope": "park", "place": "云溪", "first": "2090-12-28", "last": "2090-12-29", "reference": "岳停〔2090〕9号",
           "approver": "市政府", "reason": "冰冻"}
ONE, OTHER = quote("王"), quote("李")


def send(api: Api, notice: bytes) -> Any:
    """Propose a notice, its text as it is."""
    return api.client.post("/api/v1/calendar/notices", data=notice, headers={
        **BEARER, "X-Jiban-Actor": ONE, "Content-Type": "application/json"})


def test_the_calendar_in_force_is_that_of_the_shelf_until_it_is_changed(api: Api) -> None:
    law = api.get("calendar").json

    assert law["version"] == 0 and law["pending"] == [] and law["closures"] == []
    assert [(year["year"], year["is_provisional"], year["number"]) for year in law["years"]][-2:] == [
        (2026, False, "国办发明电〔2025〕7号"), (2027, True, None)]
    assert api.get("calendar", year=2026).json["years"] == [law["years"][2]]
    assert law["years"][2]["months"] == [21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23]


def test_a_year_beyond_the_calendar_is_refused(api: Api) -> None:
    for year in ("1980", "2101", "x", "-1", "9" * 40):
        assert api.get("calendar", year=year).status_code == 422, year


def test_one_proposes_a_notice_and_another_accepts_it(api: Api) -> None:
    proposed = send(api, FIXTURE)
    path = proposed.headers["Location"].removeprefix("/api/v1/")
    own = api.post(f"{path}/accept", {"fixture": True}, X_Jiban_Actor=ONE)
    not_law = api.post(f"{path}/accept", {}, X_Jiban_Actor=OTHER)
    accepted = api.post(f"{path}/accept", {"fixture": True}, X_Jiban_Actor=OTHER)
    again = api.post(f"{path}/accept", {"fixture": True}, X_Jiban_Actor=OTHER)

    assert proposed.status_code == 201 and proposed.json["state"] == "pending" and proposed.json["is_fixture"]
    assert {"date": "2027-02-09", "was": "工作日", "becomes": "春节放假"} in proposed.json["days"]
    assert own.status_code == 409 and "second person" in own.json["detail"]
    assert not_law.status_code == 409 and "测试数据,非法定" in not_law.json["detail"]
    assert accepted.status_code == 200 and accepted.json["decided_by"] == "李" and accepted.json["version"] == 1
    assert again.status_code == 409 and "was accepted" in again.json["detail"]
    assert api.get("calendar", year=2027).json["years"][0]["is_fixture"] is True
    assert api.get(path).json["days"] == proposed.json["days"]  # what it changed can still be seen


def test_the_real_notice_of_2026_is_the_law_already(api: Api) -> None:
    refused = send(api, (SHELF / "calendars" / "2026.json").read_bytes())

    assert refused.status_code == 409 and "is the law of 2026 already" in refused.json["detail"]


def test_a_notice_that_contradicts_itself_is_refused_with_its_line(api: Api) -> None:
    for old, new, field, said in (
        (b'"2027-02-20"', b'"2027-02-12"', "holidays[1].make_up[1]", "line 9: 2027-02-12 is a day off"),
        (b'"year": 2027,', b'"year": 2027,\n"year": 2027,', "year", "line 3: stands twice"),
        (b'"year": 2027', b'"year": "2027"', "year", "line 2: expected a year"),
        (b'"year": 2027', b'"year": 1600', "holidays[0].first", "line 8: 2027-01-01 lies outside 1600"),
        (b'"first": "2027-06-09"', b'"first": 20270609', "holidays[4].first", "line 12: expected a date"),
        (b'"title"', b'"titel"', "title", "required"),
    ):
        refused = send(api, FIXTURE.replace(old, new))
        assert refused.status_code == 422 and refused.json["field"] == field and said in refused.json["detail"], said

    assert api.get("calendar/changes").json["items"] == []


def test_a_closure_is_proposed_refused_and_kept(api: Api) -> None:
    proposed = api.post("calendar/closures", CLOSURE, X_Jiban_Actor=ONE)
    twice = api.post("calendar/closures", CLOSURE, X_Jiban_Actor=OTHER)
    refused = api.post(f"calendar/changes/{proposed.json['id']}/refuse", {"reason": "文号有误"}, X_Jiban_Actor=OTHER)

    assert proposed.status_code == 201 and len(proposed.json["days"]) == 2 and proposed.json["clocks"] == 0
    assert twice.status_code == 409 and "proposed by 王" in twice.json["detail"]
    assert refused.json["state"] == "refused" and refused.json["refusal"] == "文号有误"
    kept, = api.get("calendar/changes").json["items"]
    assert kept == refused.json and api.get("calendar").json["closures"] == []


def test_a_closure_of_the_past_needs_a_supervisor(api: Api) -> None:
    proposed = api.post("calendar/closures", {**CLOSURE, "first": "2026-01-05", "last": "2026-01-05"}, X_Jiban_Actor=ONE).json
    path = f"calendar/changes/{proposed['id']}/accept"

    refused = api.post(path, {}, X_Jiban_Actor=OTHER)
    accepted = api.post(path, {"signed_off_by": "督"}, X_Jiban_Actor=OTHER)

    assert refused.status_code == 409 and "督查员" in refused.json["detail"]
    assert accepted.json["signed_off_by"] == "督"
    assert api.get("calendar").json["closures"] == [{
        "scope": "park", "place": "云溪", "first": "2026-01-05", "last": "2026-01-05", "reference": "岳停〔2090〕9号",
        "approver": "市政府"}]


def test_a_closure_without_its_papers_is_refused(api: Api) -> None:
    for change, field in (
        ({"scope": "street"}, "scope"), ({"scope": "city"}, "place"), ({"place": ""}, "place"), ({"first": 1}, "first"),
        ({"first": "2090-12-30"}, "last"), ({"last": "2190-12-30"}, "last"), ({"reference": " "}, "reference"),
        ({"approver": ""}, "approver"), ({"by": "王"}, "by"), ({"reason": "\u200b"}, "reason"),
    ):
        refused = api.post("calendar/closures", {**CLOSURE, **change})
        assert refused.status_code == 422 and refused.json["field"] == field, change

    assert api.get("calendar/changes").json["items"] == []


def test_a_change_that_was_never_proposed_is_not_found(api: Api) -> None:
    for path in ("calendar/changes/1", "calendar/changes/9007199254740992"):
        assert api.get(path).status_code == 404
        assert api.post(f"{path}/accept", {}).status_code == 404
        assert api.post(f"{path}/refuse", {"reason": "x"}).status_code == 404


def test_a_change_is_named_by_a_number(api: Api) -> None:
    for number in ("x", "0", "99999999999999999999", "-1", "1.5"):
        assert api.get(f"calendar/changes/{number}").status_code in (404, 422), number


def test_the_shape_of_a_notice_has_the_fields_of_its_file() -> None:
    assert orjson.loads(FIXTURE).keys() <= shapes_calendar.NewNotice.model_fields.keys()
