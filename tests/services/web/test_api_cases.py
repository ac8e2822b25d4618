"""Cases through the API: opening, looking, listing, and the legal moves."""

import pytest


def test_a_case_is_opened_by_the_name_of_its_process(api) -> None:
    opened = api.post("cases", {"process": "企业开办", "data": {"applicant": "某公司"}}, X_Jiban_Actor="clerk 7")

    number = opened.json["number"]
    case = api.get(f"cases/{number}").json
    assert opened.status_code == 201 and opened.json["version"] == 1
    assert opened.headers["Location"] == f"/api/v1/cases/{number}" and opened.headers["ETag"] == '"1"'
    assert case["process"] == "company_setup" and case["process_name"] == "企业开办" and case["state"] == "received"
    assert case["data"]["applicant"] == "某公司" and case["lamp"] == "grey" and case["standing"] is None
    assert case["facts"][0]["kind"] == "CaseOpened" and case["facts"][0]["by"] == "clerk 7"


def test_an_unknown_process_is_not_found_and_the_known_ones_are_named(api) -> None:
    missing = api.post("cases", {"process": "marriage"})

    assert missing.status_code == 404 and "company_setup" in missing.json["detail"]


@pytest.mark.parametrize(("body", "field"), [
    ({}, "process"), ({"process": ""}, "process"), ({"process": None}, "process"), ({"process": ["company_setup"]}, "process"),
    ({"process": "company_setup", "data": {"wants_bank": "yes"}}, "data.wants_bank"),
    ({"process": "company_setup", "data": {"wage": 1}}, "data.wage"),
    ({"process": "company_setup", "data": None}, "data"),
    ({"process": "company_setup", "number": "1"}, "number"),
    ([], ""), ("{\"process\": \"company_setup\"}", ""),
])
def test_what_does_not_fit_opens_no_case(api, body: object, field: str) -> None:
    refused = api.post("cases", body)

    assert refused.status_code == 422 and refused.json["field"] == field
    assert api.get("cases").json["items"] == []


def test_cases_are_listed_newest_first_page_by_page(api) -> None:
    numbers = [api.open()["number"] for _ in range(5)]

    first = api.get("cases", limit=3).json
    api.open()  # a case opened meanwhile does not shift the next page
    second = api.get("cases", limit=3, after=first["next"]).json

    assert [case["number"] for case in first["items"] + second["items"]] == numbers[::-1]
    assert second["next"] is None


def test_cases_in_one_state(api) -> None:
    api.open()
    withdrawn = api.open()["number"]
    api.post(f"cases/{withdrawn}/withdraw", {"reason": "申请人撤回"})

    listed = api.get("cases", state="withdrawn").json["items"]

    assert [case["number"] for case in listed] == [withdrawn]
    assert api.get("cases", state="done").status_code == 422


def test_facts_are_paged_and_chained(api) -> None:
    moved = api.complete(api.complete(api.open(), "received"), "accept")

    whole = api.get(f"cases/{moved['number']}").json["facts"]
    first = api.get(f"cases/{moved['number']}", facts_limit=2).json
    rest = api.get(f"cases/{moved['number']}", facts_after=first["facts_next"]).json

    assert [fact["seq"] for fact in whole] == list(range(1, len(whole) + 1))
    assert first["facts"] + rest["facts"] == whole and rest["facts_next"] is None
    assert len({fact["hash"] for fact in whole}) == len(whole)


@pytest.mark.parametrize(("move", "state"), [("withdraw", "withdrawn"), ("terminate", "terminated"), ("void", "voided")])
def test_a_case_that_is_ended_has_no_tasks_and_cannot_be_ended_again(api, move: str, state: str) -> None:
    number = api.open()["number"]

    ended = api.post(f"cases/{number}/{move}", {"reason": "录入错误"})
    again = api.post(f"cases/{number}/{move}", {"reason": "录入错误"})

    assert ended.status_code == 200 and ended.json["state"] == state and ended.json["tasks"] == []
    assert again.status_code == 409 and state in again.json["detail"]
    assert api.get(f"cases/{number}").json["lamp"] == "grey"


def test_a_stale_move_is_refused(api) -> None:
    number = api.complete(api.open(), "received")["number"]

    for move in ("withdraw", "terminate", "void"):
        assert api.post(f"cases/{number}/{move}", {"reason": "x"}, If_Match="1").status_code == 409
    assert api.post(f"cases/{number}/messages", {"name": "paid"}, If_Match="1").status_code == 409


def test_a_message_nobody_waits_for_is_not_found(api) -> None:
    number = api.open()["number"]

    missing = api.post(f"cases/{number}/messages", {"name": "paid"})

    assert missing.status_code == 404 and number in missing.json["detail"]


@pytest.mark.parametrize("number", ["x", "43060020260101000001", "%00", "%ff", "a" * 500])
def test_a_case_that_does_not_exist_is_not_found(api, number: str) -> None:
    assert api.get(f"cases/{number}").status_code == 404
    assert api.post(f"cases/{number}/withdraw", {"reason": "x"}).status_code == 404


def test_what_only_a_task_can_decide_cannot_be_sent_as_data(api) -> None:
    refused = api.post("cases", {"process": "company_setup", "data": {"decide_registration": "grant"}})

    assert (refused.status_code, refused.json["field"]) == (422, "data.decide_registration")
