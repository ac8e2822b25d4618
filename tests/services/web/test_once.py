"""A request under an idempotency key is carried out once, whatever is repeated and however late."""

from concurrent.futures import ThreadPoolExecutor

import pytest


def test_the_same_request_again_is_given_the_same_answer(api) -> None:
    opened = api.open()
    path, body = f"tasks/{opened['tasks'][0]['id']}/complete", {"outcome": "received", "data": {}}

    first = api.post(path, body, Idempotency_Key="k1")
    api.complete(first.json, "accept")  # the case goes on meanwhile
    again = api.post(path, {"data": {}, "outcome": "received"}, Idempotency_Key="k1", If_Match="99")

    assert again.status_code == first.status_code == 200
    assert again.data == first.data and again.headers["ETag"] == first.headers["ETag"]
    assert api.get(f"cases/{opened['number']}").json["version"] == 3


def test_a_case_is_opened_once(api) -> None:
    body = {"process": "company_setup", "data": {"applicant": "某公司"}}

    first, again = (api.post("cases", body, Idempotency_Key="k2") for _ in range(2))

    assert first.status_code == again.status_code == 201
    assert again.data == first.data and again.headers["Location"] == first.headers["Location"]
    assert len(api.get("cases").json["items"]) == 1


def test_another_request_under_the_same_key_is_refused(api) -> None:
    opened = api.open()
    path = f"tasks/{opened['tasks'][0]['id']}/complete"
    api.post(path, {"outcome": "received"}, Idempotency_Key="k3")

    other_body = api.post(path, {"outcome": "received", "data": {"remarks": "x"}}, Idempotency_Key="k3")
    other_address = api.post("cases", {"process": "company_setup"}, Idempotency_Key="k3")

    assert other_body.status_code == other_address.status_code == 422
    assert other_body.json["field"] == other_address.json["field"] == "Idempotency-Key"
    assert len(api.get("cases").json["items"]) == 1


def test_a_refused_request_may_be_mended_under_the_same_key(api) -> None:
    opened = api.open()
    path = f"tasks/{opened['tasks'][0]['id']}/complete"

    refused = api.post(path, {"outcome": "receive"}, Idempotency_Key="k4")
    mended = api.post(path, {"outcome": "received"}, Idempotency_Key="k4")

    assert refused.status_code == 422 and mended.status_code == 200


def test_a_move_is_made_once(api) -> None:
    number = api.open()["number"]

    first, again = (api.post(f"cases/{number}/withdraw", {"reason": "撤回"}, Idempotency_Key="k5") for _ in range(2))

    assert first.status_code == again.status_code == 200 and first.data == again.data


@pytest.mark.parametrize("key", ["", " ", "a b", "é", "k" * 201])
def test_a_key_that_is_none_is_refused(api, key: str) -> None:
    refused = api.post("cases", {"process": "company_setup"}, Idempotency_Key=key)

    assert refused.status_code == 422 and refused.json["field"] == "Idempotency-Key"


@pytest.mark.parametrize("round_", range(3))
def test_the_same_requests_at_once_open_one_case_and_all_hear_the_same(api, round_: int) -> None:
    def send(_: int) -> tuple[int, bytes]:
        answer = type(api)(api.client.application.test_client()).post(
            "cases", {"process": "company_setup"}, Idempotency_Key=f"at once {round_}".replace(" ", "-"))
        return answer.status_code, answer.data

    with ThreadPoolExecutor(8) as together:
        answers = set(together.map(send, range(8)))

    assert len(answers) == 1 and answers.pop()[0] == 201
    assert len(api.get("cases").json["items"]) == 1


def test_the_same_completions_at_once_move_the_case_once(api) -> None:
    opened = api.open()

    def send(_: int) -> tuple[int, bytes]:
        answer = type(api)(api.client.application.test_client()).post(
            f"tasks/{opened['tasks'][0]['id']}/complete", {"outcome": "received"}, Idempotency_Key="together")
        return answer.status_code, answer.data

    with ThreadPoolExecutor(8) as together:
        answers = set(together.map(send, range(8)))

    assert len(answers) == 1 and answers.pop()[0] == 200
    assert api.get(f"cases/{opened['number']}").json["version"] == 2


def test_different_people_at_once_decide_a_task_once(api) -> None:
    opened = api.open()

    def send(person: int) -> int:
        return type(api)(api.client.application.test_client()).post(
            f"tasks/{opened['tasks'][0]['id']}/complete", {"outcome": "received"}, X_Jiban_Actor=f"clerk {person}").status_code

    with ThreadPoolExecutor(8) as together:
        answers = sorted(together.map(send, range(8)))

    assert answers == [200] + [409] * 7


def test_what_an_office_enters_is_entered_once(api) -> None:
    limit = {"process": "joint_completion_inspection", "kind": "promised", "amount": 6, "basis": "岳园办〔2026〕4号",
             "approver": "李"}

    first = api.post("limits", limit, Idempotency_Key="k6")
    api.post("limits", {**limit, "amount": 7})
    again = api.post("limits", limit, Idempotency_Key="k6")
    other = api.post("limits", {**limit, "amount": 5}, Idempotency_Key="k6")

    assert first.status_code == again.status_code == 200 and again.data == first.data
    assert (other.status_code, other.json["field"]) == (422, "Idempotency-Key")
    assert [each["amount"] for each in api.get("limits").json["items"]] == [7]


def test_a_project_is_entered_once_and_told_with_its_version(api) -> None:
    profile = {"name": "年产五万吨新材料项目", "park": "湘阴高新区"}

    first, again = (api.post("projects", profile, Idempotency_Key="k7") for _ in range(2))

    assert first.status_code == again.status_code == 201 and again.data == first.data
    assert first.headers["ETag"] == again.headers["ETag"] == '"1"'
    assert len(api.get("projects").json["items"]) == 1


def test_a_sheet_that_is_brought_in_twice_is_told_the_same(api) -> None:
    sheet = {"source": "老系统",
             "csv": "事项名称,原办件编号,收件日期,受理时间,当前环节\n竣工联合验收,1,2026-03-02,2026-03-03,联合踏勘\n"}

    first, again, anew = (api.post("brought-in/sheet", sheet, Idempotency_Key=key) for key in ("k9", "k9", "k10"))

    assert first.json["landed"] == 1 and again.data == first.data
    assert (anew.json["landed"], anew.json["passed_over"]) == (0, 1)
