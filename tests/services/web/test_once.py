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
