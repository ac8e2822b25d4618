"""Bundles over HTTP: a clerk sees the children at once, with their parent, their state and what they wait for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine

from services import deployments
from services.database import writing
from tests.services.bundle_diagrams import LICENCE, ORDERED, TAX, call, parent

NOW = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)


def deploy(database: Engine, **diagrams: bytes) -> None:
    """Deploy diagrams by their names."""
    with writing(database) as connection:
        deployments.deploy(connection, {f"{name}.bpmn": data for name, data in diagrams.items()}, now=NOW)


@pytest.fixture
def number(api, database: Engine) -> str:
    """An application for a licence, and a tax matter that is decided after it; accepted at the window."""
    deploy(database, all=ORDERED, licence=LICENCE, tax=TAX)
    return str(api.complete(api.open("all", applicant="岳阳某公司"), None)["number"])


def children(api, number: str) -> list[dict[str, Any]]:
    """The children of a case."""
    return list(api.get(f"cases/{number}").json["children"])


def test_the_children_are_there_as_soon_as_the_clerk_has_his_answer(api, number: str) -> None:
    licence, tax = children(api, number)

    assert [child["case"]["department"] for child in (licence, tax)] == ["市场监管局", "税务局"]
    assert (licence["case"]["state"], licence["case"]["lamp"], licence["result"]) == ("received", "grey", "")
    assert (licence["after"], tax["after"], tax["is_optional"]) == ([], ["licence"], False)
    assert {kind["case"]["process"] for kind in (licence, tax)} == {"licence", "tax"}


def test_a_child_names_its_parent_and_the_list_keeps_to_one_bundle(api, number: str) -> None:
    api.open()
    child = api.get(f"cases/{children(api, number)[0]['case']['number']}").json
    listed = api.get("cases", parent=number).json["items"]

    assert (child["parent"]["number"], child["parent"]["process_name"]) == (number, "企业开办一件事")
    assert child["parent_number"] == number
    assert [each["process"] for each in listed] == ["tax", "licence"]
    assert api.get("cases", parent=number, state="concluded").json["items"] == []
    assert api.get(f"cases/{number}").json["parent"] is None


def test_what_a_decision_frees_is_free_at_once(api, number: str) -> None:
    licence, tax = (child["case"]["number"] for child in children(api, number))
    moved = {case: api.get("tasks", case=case).json["items"][0] for case in (licence, tax)}
    for case in (tax, licence):
        stepped = {"tasks": [moved[case]]}
        stepped = api.complete(api.complete(stepped, "accept"), None)
        refused = api.post(f"tasks/{stepped['tasks'][0]['id']}/complete", {"outcome": "grant"})

        assert refused.status_code == (409 if case == tax else 200), refused.text

    assert children(api, number)[0]["result"] == "granted" and children(api, number)[1]["after"] == []
    task = api.get("tasks", case=tax).json["items"][0]
    assert api.post(f"tasks/{task['id']}/complete", {"outcome": "grant"}).status_code == 200
    assert api.get(f"cases/{number}").json["tasks"][0]["node"] == "hand_out"


def test_what_could_not_be_opened_is_tried_again_when_its_cause_is_mended(api, database: Engine) -> None:
    deploy(database, all=parent(call("tax", "tax")))
    number = api.complete(api.open("all"), None)["number"]
    (incident,) = api.get(f"cases/{number}").json["incidents"]
    path = f"cases/{number}/children/{incident['token']}/retry"
    assert children(api, number)[0]["case"] is None

    assert api.post(f"cases/{number}/children/99/retry").status_code == 404
    deploy(database, tax=TAX)
    assert api.post(path).status_code == 200

    assert children(api, number)[0]["case"]["process"] == "tax" and api.get(f"cases/{number}").json["incidents"] == []
    assert api.post(path).status_code == 404
