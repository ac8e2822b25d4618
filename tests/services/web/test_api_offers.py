"""What may be done, over HTTP: the table of verbs, and each of them judged for a task or a case."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from tests.services.web.conftest import BEARER


def offered(api, path: str, by: str = "李") -> dict[str, dict[str, Any]]:
    """The verbs of a task or a case for somebody, by name."""
    answer = api.client.get(f"/api/v1/{path}/verbs", headers=BEARER | {"X-Jiban-Actor": quote(by)})
    assert answer.status_code == 200, answer.text
    return {each["name"]: each for each in answer.json["items"]}


def test_the_table_says_what_each_verb_does_and_on_what_it_rests(api) -> None:
    verbs = {each["name"]: each for each in api.get("verbs").json["items"]}

    assert verbs["suspend"]["label"] == "发起特别程序" and verbs["suspend"]["basis"] == "行政许可法第四十五条"
    assert verbs["suspend"]["moves_clock"] and not verbs["send_back"]["moves_clock"]
    assert verbs["send_back"]["label"] == "退回" and "照常计算" in verbs["send_back"]["consequence"]
    assert verbs["write_off"]["roles"] == ["supervisor"]


def test_what_is_offered_is_done_and_what_is_refused_is_refused_in_the_same_words(api) -> None:
    number = api.accepted("company_setup")
    task = api.get(f"cases/{number}").json["tasks"][0]["id"]
    before = api.get(f"cases/{number}").json["version"]

    offers = offered(api, f"tasks/{task}")
    claimed = api.post(f"tasks/{task}/claim", {}, X_Jiban_Actor=quote("李"))
    resolved = api.post(f"tasks/{task}/resolve", {"opinion": "—"}, X_Jiban_Actor=quote("李"))

    assert offers["claim"]["is_allowed"] and claimed.status_code == 200
    assert claimed.json["version"] == before + 1  # asking had changed nothing
    assert not offers["resolve"]["is_allowed"] and resolved.status_code == 409
    assert offered(api, f"tasks/{task}")["resolve"]["reason"] == resolved.json["detail"]


def test_a_case_says_what_may_be_done_to_it(api) -> None:
    number = api.accepted("company_setup")

    offers = offered(api, f"cases/{number}")

    assert offers["withdraw"]["is_allowed"] and not offers["void"]["is_allowed"]
    assert "nothing is stopped" in offers["resume_case"]["reason"]


def test_what_is_not_there_offers_nothing(api) -> None:
    assert api.get("tasks/43060020260211000001-3/verbs").status_code == 404
    assert api.get("cases/43060020260211000001/verbs").status_code == 404
