"""The supervisor's wall through the API: numbers and the lists behind them, evidence, figures, the digest, the inbox; each
within the scopes of whoever bears the token."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask_openapi3 import OpenAPI
from openpyxl import load_workbook

from engine.supervision import Lamp
from services import api_tokens
from services.api_tokens import NewToken, Scope
from services.database import writing
from services.settings import Settings
from services.web.door import Door, hang
from tests.services.desk import Desk
from tests.services.web.conftest import BEARER, TOKEN, Reader
from tests.services.web.supervised import HELD, LATE, SUN, enter

PARK = "湘阴高新区"


@pytest.fixture
def told(house: OpenAPI, watched: Desk) -> Callable[..., Any]:
    """What somebody's program is answered, at the desk's hour; "" for the operator's."""
    hang(house, Door(database=watched.database, office=watched.office, settings=Settings(token=TOKEN),
                     clock=lambda: watched.now))
    enter(watched, "园督", {"role": "supervisor", "park": PARK})
    client = house.test_client()

    def ask(person: str, path: str, method: str = "GET", **query: object) -> Any:
        return client.open(f"/api/v1{path}", method=method, query_string=query, headers=_bearer(watched, person))

    return ask


def _bearer(desk: Desk, person: str) -> dict[str, str]:
    if not person:
        return BEARER
    with writing(desk.database) as connection:
        token, _ = api_tokens.issue(connection, NewToken(person=person, name="x", scopes=frozenset(Scope),
                                                         expires_on=date(2026, 6, 30)), by=person, now=desk.now)
    return {"Authorization": f"Bearer {token}"}


def test_every_number_of_the_wall_is_the_length_of_the_list_behind_it(told) -> None:
    wall = told(SUN, "/wall").json

    numbers = {lamp: count for lamp, count in wall["lamps"].items() if count}
    lists = {lamp: told(SUN, "/wall/clocks", lamp=lamp).json for lamp in numbers}

    assert numbers and {lamp: len(each["items"]) for lamp, each in lists.items()} == numbers
    assert {lamp: each["total"] for lamp, each in lists.items()} == numbers
    assert sum(row["lamps"][lamp.value] for block in wall["blocks"] for row in block["rows"] for lamp in Lamp) == sum(
        numbers.values())


def test_it_counts_what_the_supervisors_page_counts(told, supervisor: Reader) -> None:
    shown = supervisor.get("/wall/list?lamp=red").text
    listed = told(SUN, "/wall/clocks", lamp="red").json["items"]

    assert listed and all(each["case"] in shown for each in listed)


def test_of_another_park_is_nothing_there(told, watched: Desk) -> None:
    everything, own = told(SUN, "/wall/clocks").json["items"], told("园督", "/wall/clocks").json["items"]
    elsewhere = next(each["case"] for each in everything if each["park"] != PARK)

    assert {each["park"] for each in own} == {PARK} < {each["park"] for each in everything}
    assert told("园督", "/wall").json["parks"] == [PARK]
    assert told("园督", f"/wall/cases/{elsewhere}").status_code == told("园督", "/wall/cases/430600").status_code == 404
    assert told("", f"/wall/cases/{elsewhere}").status_code == told(SUN, f"/wall/cases/{elsewhere}").status_code == 200


def test_the_list_is_exported_as_a_workbook(told) -> None:
    answer = told(SUN, "/wall/clocks.xlsx")

    rows = list(load_workbook(io.BytesIO(answer.data)).active.values)
    assert rows[0][1] == "办件编号" and len(rows) - 1 == len(told(SUN, "/wall/clocks").json["items"])
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_pages_of_a_list_join_without_gap_or_overlap(told) -> None:
    whole = [each["case"] for each in told(SUN, "/wall/clocks").json["items"]]
    pages, cursor = [], None
    while not pages or cursor:
        page = told(SUN, "/wall/clocks", limit=1, **({"after": cursor} if cursor else {})).json
        pages += [each["case"] for each in page["items"]]
        cursor = page["next"]

    assert pages == whole and len(whole) > 2
    assert told(SUN, "/wall/clocks", after="x").json["field"] == "after"


def test_the_evidence_of_a_late_case_names_its_holder_and_its_cards(told, watched: Desk) -> None:
    evidence = told(SUN, f"/wall/cases/{watched.opened[LATE]}").json

    assert evidence["lamp"] == "red" and evidence["holdings"][0]["workdays"] > 0
    assert evidence["cards"] and evidence["cards"][0]["facts"][0]["kind"] == "CardIssued"
    assert evidence["cards"][0]["facts"][0]["seq"] == evidence["cards"][0]["card"]["seq"]


def test_a_stopped_clock_is_listed_without_a_due_day(told, watched: Desk) -> None:
    listed = told(SUN, "/wall/clocks", lamp="grey").json["items"]

    assert [(each["case"], each["due"]) for each in listed] == [(watched.opened[HELD], None)]


def test_one_reads_ones_own_messages_and_nobody_elses(told, watched: Desk) -> None:
    inbox = told(SUN, "/inbox", unread=True).json["items"]
    read = told(SUN, f"/inbox/{inbox[0]['id']}/read", "POST")
    left = told(SUN, "/inbox", unread=True).json["items"]

    assert read.status_code == 200 and read.json["read_at"] and len(left) == len(inbox) - 1
    assert {each["recipient"] for each in inbox} <= {SUN, f"{SUN}某", "supervisor"}
    assert told(SUN, "/inbox/430600-1-0/read", "POST").status_code == 404
    assert told("王", f"/notifications/{left[0]['id']}/read", "POST").status_code == 404


def test_figures_heat_and_digest_are_those_of_the_pages(told, watched: Desk) -> None:
    trend, digest = told(SUN, "/wall/figures").json, told(SUN, "/wall/digest").json
    heat = told(SUN, "/wall/heat", process="joint_completion_inspection").json

    assert len(trend["months"]) == 6 and set(trend["months"][0]["figures"]) == set(trend["definitions"])
    assert digest["overdue"] == 1 and [each["case"] for each in digest["worst"]] == [watched.opened[LATE]]
    assert sum(step["open"] for step in heat["steps"]) == sum(len(watched.tasks(case)) for case in watched.opened)
    assert told(SUN, "/wall/heat/joint_completion_inspection.bpmn").data.startswith(b"<?xml")
    assert told(SUN, "/wall/heat", process="none").status_code == 404


def test_who_is_no_supervisor_watches_nothing(told) -> None:
    for path in ("", "/clocks", "/clocks.xlsx", "/figures", "/digest"):
        refused = told("王", f"/wall{path}")

        assert refused.status_code == 403 and "supervisor" in refused.json["detail"]
