"""A worker program over the API: it is handed what its tasks take, answers once, and sees nothing else of a case."""

from __future__ import annotations

from datetime import date, timedelta
from threading import Thread
from time import monotonic, sleep
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from services import api_tokens, people
from services.api_tokens import NewToken, Scope
from services.database import writing
from services.office import Office
from services.people import NewGrant
from tests.services.desk import WEDNESDAY, Desk
from tests.services.served import TOPIC, handed_in
from tests.services.staff import JANUARY, enter, hire
from tests.services.web.conftest import Api

FETCH: dict[str, Any] = {"worker": "w-1", "topics": [TOPIC], "lock_seconds": 60}


@pytest.fixture
def desk(database: Engine, office: Office, clock: Any) -> Desk:
    """The desk of the office the API serves, at the door's instant."""
    clock(WEDNESDAY)
    return Desk(database=database, office=office)


def fetched(api: Api, **given: Any) -> list[dict[str, Any]]:
    """What is handed out."""
    answer = api.post("external-tasks/fetch-and-lock", FETCH | given)
    assert answer.status_code == 200, answer.text
    return list((answer.json or {})["items"])


def test_a_task_is_fetched_extended_and_completed(api: Api, desk: Desk) -> None:
    number = handed_in(desk)

    task, = fetched(api)
    held = {"worker": "w-1", "fence": task["fence"]}
    extended = api.post(f"external-tasks/{task['id']}/extend-lock", held | {"lock_seconds": 600})
    done = api.post(f"external-tasks/{task['id']}/complete", held | {"variables": {"is_registered": True}})

    assert task["variables"] == {"credit_code": "91430600MA4L16JQ9B"} and task["case"] == number
    assert extended.json == {"locked_until": "2026-03-04T02:10:00Z"}
    assert done.status_code == 200 and done.json["incident"] is None and done.json["case"] == number, done.text
    assert [each.node for each in desk.tasks(number)] == ["look"] and desk.problems() == []


def test_the_same_answer_under_its_key_is_given_again_and_another_worker_is_refused(api: Api, desk: Desk) -> None:
    handed_in(desk)
    task, = fetched(api)
    path, said = f"external-tasks/{task['id']}/complete", {"worker": "w-1", "fence": 1, "variables": {"is_registered": True}}

    assert api.post(path, said | {"worker": "w-2"}).status_code == 409
    first = api.post(path, said, Idempotency_Key="k")
    again = api.post(path, said, Idempotency_Key="k")

    assert first.status_code == 200 and again.data == first.data
    late = api.post(path, said)
    assert late.status_code == 409 and late.json["type"] == "urn:jiban:problem:already_decided"


def test_failures_errors_and_incidents_are_answered_and_listed(api: Api, desk: Desk) -> None:
    number = handed_in(desk)
    task, = fetched(api)

    failed = api.post(f"external-tasks/{task['id']}/failure", {"worker": "w-1", "fence": 1, "error": "电话13807301234无人接",
                                                               "retries": 0})
    listed = api.get("incidents").json
    shown, = listed["items"]
    tried = api.post("incidents/retry", {"incidents": [{"case": number, "seq": shown["seq"]}], "reason": "已联系"})

    assert failed.json["incident"]["code"] == "connector_failed"
    assert shown["ways"] == ["retry", "by_hand"] and "credit_code" in shown["changeable"]
    assert "13807301234" not in shown["error"] + shown["message"]
    assert listed["codes"] == {"connector_failed": 1} and tried.json["items"][0]["refused"] is None, tried.text
    task, = fetched(api)
    thrown = api.post(f"external-tasks/{task['id']}/bpmn-error", {"worker": "w-1", "fence": 2, "code": "NOT_FOUND"})
    assert thrown.status_code == 200 and [each.node for each in desk.tasks(number)] == ["mend"]


def test_whoever_waits_is_answered_as_soon_as_there_is_something(api: Api, desk: Desk) -> None:
    began = monotonic()
    assert fetched(api, wait_seconds=1) == [] and monotonic() - began < 5

    def later() -> None:
        sleep(0.6)
        handed_in(desk)

    desk.deploy()
    handing = Thread(target=later)
    handing.start()
    found = fetched(api, wait_seconds=20)
    handing.join()

    assert len(found) == 1


def send(client: FlaskClient, token: str, method: str, path: str, body: object = None) -> TestResponse:
    return client.open(f"/api/v1/{path}", method=method, json=body, headers={"Authorization": f"Bearer {token}"})


def test_a_programs_account_serves_its_park_and_sees_no_case(api: Api, client: FlaskClient, desk: Desk) -> None:
    here, there = (handed_in(desk, park=park) for park in ("湘阴高新区", "临港高新区"))
    with writing(desk.database) as connection:
        hire(connection, "管", "system_admin")
        enter(connection, "程序")
        people.grant(connection, NewGrant(person="程序", role="connector", park="湘阴高新区", since_on=JANUARY), by="root",
                     now=desk.now - timedelta(days=30))
        token = api_tokens.issue(connection, NewToken(
            person="程序", name="x", scopes=frozenset({Scope.READ, Scope.WORK}), expires_on=date(2026, 6, 30)), by="程序",
            now=desk.now)[0]

    found = send(client, token, "POST", "external-tasks/fetch-and-lock", FETCH | {"most": 10}).json["items"]

    assert [each["case"] for each in found] == [here]
    assert send(client, token, "GET", f"cases/{here}").status_code == 404
    assert send(client, token, "GET", "cases").json["items"] == []
    assert send(client, token, "GET", "incidents").status_code == 403
    other, = fetched(api)
    held = {"worker": "w-1", "fence": 1}
    assert other["case"] == there
    assert send(client, token, "POST", f"external-tasks/{other['id']}/complete", held).status_code == 404
    done = send(client, token, "POST", f"external-tasks/{found[0]['id']}/complete", held)
    assert done.status_code == 200 and desk.facts(here, "ExternalTaskCompleted")[0]["by"] == "程序"
