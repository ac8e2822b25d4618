"""The figures of a month through the API."""

from __future__ import annotations

import pytest
from openapi_schema_validator import OAS31Validator
from sqlalchemy import Engine

from engine.figures import DEFINITIONS
from engine.months import read_month
from services import figures
from services.database import writing
from services.office import Office
from tests.services.histories import Histories, at, moved

A, B = "43060020260304000001", "43060020260304000002"


@pytest.fixture(autouse=True)
def two_cases(database: Engine) -> None:
    """March 2026: a case in time in one park, a late one in another."""
    with writing(database) as connection:
        told = Histories(connection)
        told.open(A, on="2026-03-02", accepted="2026-03-04", promised=(5, "2026-03-11"), concluded="2026-03-10")
        told.open(B, on="2026-03-02", accepted="2026-03-04", promised=(5, "2026-03-11"), concluded="2026-03-12", park="临港")


def test_the_total_comes_first_and_every_figure_with_its_definition(api) -> None:
    found = api.get("figures", month="2026-03").json

    assert (found["month"], found["is_frozen"], found["amendments"]) == ("2026-03", False, [])
    total, = found["groups"]
    assert (total["park"], total["department"], total["process"]) == ("", "", "")
    assert total["figures"]["on_time_rate"] == {"numerator": 1, "denominator": 2, "value": 0.5}
    assert total["figures"]["special_rate"]["value"] == 0.0 and total["figures"]["compression"]["value"] is None
    assert set(found["definitions"]) == set(DEFINITIONS) == set(total["figures"])
    assert found["definitions"]["on_time_rate"]["label"] == "按时办结率"


def test_groups_are_kept_apart_by_what_is_asked_for(api) -> None:
    by_park = api.get("figures", month="2026-03", by="park").json["groups"]
    by_two = api.get("figures", month="2026-03", by=["park", "process"]).json["groups"]

    assert [(group["park"], group["figures"]["late"]) for group in by_park] == [("", 1), ("临港", 1), ("经开区", 0)]
    assert [(group["park"], group["process"]) for group in by_two] == [
        ("", ""), ("临港", "company_setup"), ("经开区", "company_setup")]


def test_a_frozen_month_comes_with_its_amendments(api, database: Engine, office: Office) -> None:
    march = read_month("2026-03")
    with writing(database) as connection:
        figures.freeze(connection, office, march, now=at("2026-04-01"))
        Histories(connection).tell(B, moved("promised", "2026-03-11", "2026-03-13", "停办 岳防〔2026〕1号"), on="2026-04-10")
        figures.freeze(connection, office, march, now=at("2026-04-11"))

    found = api.get("figures", month="2026-03", by="park").json

    assert found["is_frozen"] and found["groups"][0]["figures"]["late"] == 1
    assert [(row["park"], row["number"], row["figures"]["late"]) for row in found["amendments"]] == [
        ("", 1, 0), ("临港", 1, 0)]
    assert "停办 岳防〔2026〕1号" in found["amendments"][0]["reason"]
    assert found["amendments"][0]["made_at"] == "2026-04-11T02:00:00Z"


@pytest.mark.parametrize(("query", "field"), [
    ({}, "month"), ({"month": "2026-13"}, "month"), ({"month": "九月"}, "month"), ({"month": "2099-01"}, "month"),
    ({"month": "2026-03", "by": "mayor"}, "by.0"), ({"month": "2026-03", "until": "2026-04"}, "until"),
])
def test_what_cannot_be_answered_is_refused_by_field(api, query: dict[str, str], field: str) -> None:
    refused = api.get("figures", **query)

    assert refused.status_code == 422 and refused.json["field"] == field


def test_a_stranger_gets_no_figures(client) -> None:
    assert client.get("/api/v1/figures?month=2026-03").status_code == 401


def test_the_answer_has_the_shape_that_is_described(api, client) -> None:
    document = client.get("/api/v1/openapi.json").json
    schema = {"$ref": "#/components/schemas/MonthFigures", "components": document["components"]}

    assert not list(OAS31Validator(schema).iter_errors(api.get("figures", month="2026-03", by="park").json))
