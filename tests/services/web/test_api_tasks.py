"""Tasks through the API: what is open, and one decision each."""

from collections.abc import Callable

import pytest


def test_a_task_carries_everything_a_clerk_needs_to_decide(api) -> None:
    opened = api.open(applicant="岳阳某某科技有限公司")

    listed = api.get("tasks", case=opened["number"]).json

    task = listed["items"][0]
    assert listed["next"] is None
    assert task["name"] == "登记收件" and task["act"] == "receive" and task["role"] == "clerk"
    assert task["outcomes"] == ["received"] and task["labels"] == {"received": "收件"}
    assert task["case"] == opened["number"] and task["version"] == 1 and task["form"] == "register.json"
    assert task == opened["tasks"][0]


def test_completing_moves_the_case_on_and_shows_the_next_tasks(api) -> None:
    opened = api.open()

    moved = api.complete(opened, "received")

    assert moved["version"] == 2 and moved["state"] == "received" and moved["incident"] is None
    assert [task["name"] for task in moved["tasks"]] == ["核验材料"]
    assert api.get(f"cases/{opened['number']}").json["version"] == 2


def test_acceptance_starts_the_clocks(api) -> None:
    moved = api.complete(api.open(), "received")

    accepted = api.complete(moved, "accept")

    case = api.get(f"cases/{moved['number']}").json
    assert accepted["state"] == "reviewing"
    assert {(clock["kind"], clock["is_governing"]) for clock in case["clocks"]} == {("promised", True), ("statutory", False)}
    assert case["due_on"] is not None and case["lamp"] in {"green", "yellow", "blue"}


def test_whoever_comes_second_is_told_who_was_first(api) -> None:
    opened = api.open()
    api.complete(opened, "received", X_Jiban_Actor="%E7%8E%8B")

    second = api.post(f"tasks/{opened['tasks'][0]['id']}/complete", {"outcome": "received"})

    assert second.status_code == 409
    assert second.json["type"] == "urn:jiban:problem:already_decided" and "王" in second.json["detail"]


@pytest.mark.parametrize("tag", ["1", '"1"', 'W/"1"', "*"])
def test_the_version_that_was_read_may_be_given_in_any_form(api, tag: str) -> None:
    opened = api.open()

    moved = api.complete(opened, "received", If_Match=tag)

    assert moved["version"] == 2


def test_a_stale_version_is_refused_and_nothing_changes(api) -> None:
    moved = api.complete(api.open(), "received")

    stale = api.post(f"tasks/{moved['tasks'][0]['id']}/complete", {"outcome": "accept"}, If_Match='"1"')

    assert stale.status_code == 409 and stale.json["type"] == "urn:jiban:problem:stale" and stale.json["version"] == 2
    assert api.get(f"cases/{moved['number']}").json["version"] == 2


@pytest.mark.parametrize(("body", "field"), [
    ({"outcome": "grant"}, "outcome"),  # an outcome of another task
    ({}, "outcome"),  # none, where one is due
    ({"outcome": 5}, "outcome"),
    ({"outcome": "received", "data": {"wage": 1}}, "data.wage"),  # unknown to the form
    ({"outcome": "received", "data": []}, "data"),
    ({"outcome": "received", "color": "red"}, "color"),  # unknown to the API
])
def test_a_wrong_value_is_named(api, body: dict[str, object], field: str) -> None:
    opened = api.open()

    refused = api.post(f"tasks/{opened['tasks'][0]['id']}/complete", body)

    assert refused.status_code == 422 and refused.json["field"] == field
    assert api.get(f"cases/{opened['number']}").json["version"] == 1


@pytest.mark.parametrize("task", ["x", "43060020260101000001-1", "-", "a-1", "%00-1", "43060020260101000001-²",
                                  "9" * 300 + "-1"])
def test_a_task_that_does_not_exist_is_not_found(api, task: str) -> None:
    missing = api.post(f"tasks/{task}/complete", {"outcome": "received"})

    assert missing.status_code == 404 and missing.json["status"] == 404


def test_pages_of_tasks_join_without_gap_or_overlap(api) -> None:
    numbers = [api.open()["number"] for _ in range(5)]

    seen, after = [], {}
    while after is not None:
        page = api.get("tasks", limit=2, **after).json
        seen += [task["case"] for task in page["items"]]
        after = {"after": page["next"]} if page["next"] else None

    assert seen == numbers


def test_tasks_of_a_role_in_a_case(api) -> None:
    number = api.open()["number"]

    of_clerk = api.get("tasks", case=number, role="clerk").json["items"]
    of_approver = api.get("tasks", case=number, role="approver").json["items"]

    assert len(of_clerk) == 1 and of_approver == []


def test_tasks_of_an_unknown_case_are_not_an_empty_page(api) -> None:
    missing = api.get("tasks", case="43060020260101000001")

    assert missing.status_code == 404 and "43060020260101000001" in missing.json["detail"]


@pytest.mark.parametrize(("query", "field"), [
    ({"after": "nonsense"}, "after"), ({"after": "MS0t"}, "after"), ({"after": "MQ"}, "after"), ({"after": "九"}, "after"),
    ({"limit": 0}, "limit"), ({"limit": "many"}, "limit"), ({"role": "a\0"}, "role"), ({"roles": "clerk"}, "roles"),
])
def test_a_wrong_question_is_named(api, query: dict[str, object], field: str) -> None:
    refused = api.get("tasks", **query)

    assert refused.status_code == 422 and refused.json["field"] == field


def test_completing_costs_the_step_and_one_reading_and_a_key_two_more(api, statements: Callable[[], int]) -> None:
    one, another = api.open(), api.open()
    statements()

    api.complete(one, "received")
    plain = statements()
    api.complete(another, "received", Idempotency_Key="k")
    keyed = statements()

    assert plain <= 8 + 1
    assert keyed == plain + 2  # the key is looked up, its answer kept
