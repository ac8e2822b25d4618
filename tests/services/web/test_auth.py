"""Who may use the API, and what is open to everybody."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from services.office import Office
from services.settings import Settings
from services.web.app import create_app

WRONG = [None, "", "Bearer", "Bearer ", "Bearer wrong", "Basic YTpi", "secret", "Bearer é", "Token secret"]


@pytest.mark.parametrize("path", ["cases", "cases/1", "tasks", "nowhere", "openapi.jso"])
@pytest.mark.parametrize("header", WRONG)
def test_without_the_token_every_address_of_the_api_says_the_same(client: FlaskClient, path: str, header: str | None) -> None:
    refused = client.get(f"/api/v1/{path}", headers={} if header is None else {"Authorization": header})

    assert refused.status_code == 401 and refused.content_type == "application/problem+json"
    assert refused.headers["WWW-Authenticate"].startswith("Bearer") and "JIBAN_TOKEN" in refused.json["detail"]


def test_nothing_is_written_without_the_token(api, client: FlaskClient) -> None:
    refused = client.post("/api/v1/cases", json={"process": "company_setup"})

    assert refused.status_code == 401
    assert api.get("cases").json["items"] == []


@pytest.mark.parametrize("path", ["/sign-in", "/healthz", "/api/v1/openapi.json", "/static/jiban.css", "/static/icon.svg"])
def test_signing_in_the_health_and_the_description_are_open(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 200


def test_a_server_without_a_token_answers_nobody_and_says_how_to_set_one(database: Engine, office: Office) -> None:
    client = create_app(database, office, Settings(token=None)).test_client()

    refused = client.get("/api/v1/cases", headers={"Authorization": "Bearer None"})

    assert refused.status_code == 401 and "set JIBAN_TOKEN" in refused.json["detail"]
    assert client.get("/sign-in").status_code == 200 and client.get("/healthz").status_code == 200
