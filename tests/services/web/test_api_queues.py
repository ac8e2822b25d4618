"""The counter through the API: queues with their counts, the search, what can be taken in and when it would be done."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote

import pytest

from services import people
from services.database import writing
from services.people import NewGrant
from tests.services.staff import ENTERED_AT, JANUARY, enter
from tests.services.web.conftest import BEARER

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai
PHONE = "13812345678"


@pytest.fixture
def counter(api, database, clock):
    """Three cases of that Monday, in an office that only then has entered a clerk, and one of another park's window."""
    clock(MONDAY)
    numbers = [api.open(applicant="岳阳某某公司"), api.accepted(), api.open(applicant=f"赵{PHONE}")]
    with writing(database) as connection:
        enter(connection, "陈静", "clerk", "reviewer"), enter(connection, "外人")
        people.grant(connection, NewGrant(person="外人", role="clerk", park="湘阴高新区", since_on=JANUARY), by="root",
                     now=ENTERED_AT)
    return api, [each if isinstance(each, str) else each["number"] for each in numbers]


def asked(api, person: str, path: str, **query: object):
    """What somebody is answered."""
    return api.client.get(f"/api/v1/{path}", query_string=query, headers=BEARER | {"X-Jiban-Actor": quote(person)})


def test_a_clerk_has_the_same_queues_as_on_his_page(counter) -> None:
    api, (setup, accepted, third) = counter

    counts = {each["queue"]: each["count"] for each in asked(api, "陈静", "queues").json["items"]}
    waiting = asked(api, "陈静", "queues/to_accept").json
    in_hand = asked(api, "陈静", "queues/in_hand").json["items"]

    assert (counts["to_accept"], counts["in_hand"]) == (2, 1) and "done" not in counts
    assert {each["number"] for each in waiting["items"]} == {setup, third} and waiting["next"] is None
    assert [(each["number"], each["due"], each["left_workdays"]) for each in in_hand] == [(accepted, "2026-03-12", 8)]


def test_pages_of_a_queue_join_without_gap_or_overlap(counter) -> None:
    api, _ = counter
    whole = [each["number"] for each in asked(api, "陈静", "queues/to_accept").json["items"]]

    first = asked(api, "陈静", "queues/to_accept", limit=1).json
    second = asked(api, "陈静", "queues/to_accept", limit=1, after=first["next"]).json

    assert [each["number"] for page in (first, second) for each in page["items"]] == whole
    assert asked(api, "陈静", "queues/to_accept", after="x").json["field"] == "after"


def test_what_is_done_is_found_in_its_queue(counter) -> None:
    api, _ = counter
    task = asked(api, "陈静", "queues/to_accept").json["items"][0]["task"]
    api.post(f"tasks/{task}/complete", {"outcome": "received"}, X_Jiban_Actor=quote("陈静"))

    done = asked(api, "陈静", "queues/done").json["items"]

    assert [(each["outcome"], each["is_mine"]) for each in done] == [("received", True)] and done[0]["done_at"]


def test_a_case_is_found_by_number_or_name_within_what_one_may_see(counter) -> None:
    api, (setup, *_) = counter

    by_number, by_name = (asked(api, "陈静", "search", q=q).json["items"] for q in (setup, "岳阳某某"))
    elsewhere = asked(api, "外人", "search", q=setup).json["items"]

    assert [each["number"] for each in by_number] == [each["number"] for each in by_name] == [setup]
    assert elsewhere == [] and asked(api, "陈静", "search", q=" ").json["field"] == "q"


def test_a_phone_number_typed_as_a_name_is_masked_in_a_line(counter) -> None:
    api, (*_, third) = counter

    found = asked(api, "陈静", "search", q="赵")

    assert [each["number"] for each in found.json["items"]] == [third] and PHONE not in found.text
    assert found.json["items"][0]["applicant"].startswith("赵138")


def test_a_queue_that_does_not_exist_is_refused_by_name(counter) -> None:
    api, _ = counter

    assert asked(api, "陈静", "queues/none").json["field"] == "queue"


def test_what_can_be_taken_in_with_its_form_and_its_due_day(counter) -> None:
    api, _ = counter

    choices = asked(api, "陈静", "intake", q="竣工").json["items"]
    form = asked(api, "陈静", "intake/joint_completion_inspection").json
    first = asked(api, "陈静", "intake").json["items"][0]

    assert "joint_completion_inspection" in {each["process"] for each in choices} and first["is_bundle"]
    assert [(each["amount"], each["due"]) for each in form["foreseen"] if each["clock"].startswith("promised")] == [
        (8, "2026-03-12")]
    assert form["form"]["properties"] and asked(api, "陈静", "intake/none").status_code == 404


def test_the_form_of_a_task_says_what_completes_it(counter) -> None:
    api, (_, accepted, _) = counter
    form = api.get("tasks", case=accepted).json["items"][0]["form"]

    told = asked(api, "陈静", f"forms/{form}")

    assert told.json["form"]["properties"] and asked(api, "陈静", "forms/none.json").status_code == 404
    assert asked(api, "陈静", "forms/..%2F..%2Fsetup.cfg").status_code == 404


def test_the_due_day_is_foreseen_before_acceptance_only(counter) -> None:
    api, (setup, accepted, _) = counter

    before, after = (asked(api, "陈静", f"cases/{number}/foreseen").json["items"] for number in (setup, accepted))

    assert before and before[0]["due"] and after == []
    assert asked(api, "陈静", "cases/430600/foreseen").status_code == 404
