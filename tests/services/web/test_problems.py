"""Whatever goes wrong is a problem detail (RFC 9457) that names the thing and says what to do."""

import logging

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, event
from werkzeug.test import TestResponse

from services import cases
from services.database import connect
from services.office import Office
from services.settings import Settings
from services.web.app import create_app
from tests.services.web.conftest import sign_in

DEEP = b'{"process":"company_setup","data":{"applicant":' + b"[" * 200 + b"]" * 200 + b"}}"
DEEPER = b'{"process":"company_setup","data":' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"}"


def _is_problem(answer: TestResponse, status: int, slug: str) -> bool:
    told = answer.json
    assert told is not None and answer.content_type == "application/problem+json", answer.text
    assert set(told) >= {"type", "title", "status", "detail"} and "Traceback" not in answer.text
    return (answer.status_code, told["status"], told["type"]) == (status, status, f"urn:jiban:problem:{slug}")


@pytest.mark.parametrize(("body", "status", "slug"), [
    (b"", 422, "invalid_input"),
    (b"{", 400, "malformed"),
    (b"nonsense", 400, "malformed"),
    (b'{"process": NaN}', 400, "malformed"),
    (b'{"process": "\\ud800"}', 400, "malformed"),  # half of a surrogate pair
    (b'{"process": "\xff\xfe"}', 400, "malformed"),  # not UTF-8
    (DEEPER, 400, "malformed"),
    (DEEP, 422, "invalid_input"),
    (b'"company_setup"', 422, "invalid_input"),
    (b"null", 422, "invalid_input"),
    (b'{"process": "company_setup\\u0000"}', 422, "invalid_input"),
    (b'{"process": "company_setup", "data": {"a\\u0000": 1}}', 422, "invalid_input"),
    (b'{"process": "company_setup", "data": {"remarks": "\\u0000"}}', 422, "invalid_input"),
    (b'{"process": "company_setup", "data": {"capital": 123456789012345678901234567890}}', 422, "invalid_input"),
    (b'{"process": "company_setup", "data": {"capital": 1e999}}', 400, "malformed"),
    (b'{"process": "company_setup", "data": {"remarks": "' + b"x" * 5000 + b'"}}', 422, "invalid_input"),
    (b'{"process": "company_setup", "data": {"remarks": "' + b"x" * 1_100_000 + b'"}}', 413, "too_large"),
])
def test_a_hostile_body_opens_no_case(api, body: bytes, status: int, slug: str) -> None:
    refused = api.client.post("/api/v1/cases", data=body, headers=_headers(api))

    assert _is_problem(refused, status, slug)
    assert api.get("cases").json["items"] == []


def _headers(api) -> dict[str, str]:  # type: ignore[no-untyped-def]
    return {"Authorization": f"Bearer {_token(api)}".encode().decode("latin-1"), "Content-Type": "application/json"}


def _token(api) -> str:  # type: ignore[no-untyped-def]
    return str(api.client.application.extensions["jiban"].settings.token)


@pytest.mark.parametrize("media", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_a_body_that_is_not_declared_json_is_refused(api, media: str) -> None:
    headers = _headers(api) | {"Content-Type": media}

    refused = api.client.post("/api/v1/cases", data=b'{"process": "company_setup"}', headers=headers)

    assert _is_problem(refused, 415, "unsupported_media_type")


def test_an_address_or_method_that_does_not_exist(api) -> None:
    assert _is_problem(api.get("nowhere"), 404, "not_found")
    assert _is_problem(api.post("tasks"), 405, "method_not_allowed")
    assert "GET" in api.post("tasks").headers["Allow"]
    assert _is_problem(api.client.get("/nowhere"), 404, "not_found")
    assert _is_problem(api.client.post("/healthz"), 405, "method_not_allowed")


@pytest.mark.parametrize(("header", "value"), [
    ("If-Match", "three"), ("If-Match", "-1"), ("If-Match", "9" * 40), ("If-Match", '"1", "2"'), ("If-Match", ""),
    ("X-Jiban-Actor", "%0A"), ("X-Jiban-Actor", "x" * 101), ("X-Jiban-Actor", "%ff"), ("X-Jiban-Actor", "%00"),
])
def test_a_wrong_header_is_named(api, header: str, value: str) -> None:
    opened = api.open()

    refused = api.post(f"cases/{opened['number']}/withdraw", {"reason": "x"}, **{header: value})

    assert _is_problem(refused, 422, "invalid_input") and refused.json["field"] == header


def test_a_name_of_markup_is_kept_as_a_name(api) -> None:
    opened = api.open(applicant="<script>alert(1)</script>")

    case = api.get(f"cases/{opened['number']}")

    assert case.json["data"]["applicant"] == "<script>alert(1)</script>"
    assert case.content_type == "application/json" and case.headers["X-Content-Type-Options"] == "nosniff"


def test_a_dead_database_is_an_outage_that_names_no_host(office: Office) -> None:
    dead = connect("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    client = create_app(dead, office, Settings(token="t")).test_client()
    bearer = {"Authorization": "Bearer t"}

    answers = [client.get("/api/v1/tasks", headers=bearer), client.get("/api/v1/cases", headers=bearer),
               client.post("/api/v1/cases", json={"process": "company_setup"}, headers=bearer)]

    for answer in answers:
        assert _is_problem(answer, 503, "unavailable") and answer.headers["Retry-After"] == "5"
        assert "127.0.0.1" not in answer.text


def test_a_full_disk_is_an_outage_and_nothing_is_half_written(sqlite_url: str, office: Office) -> None:
    database = connect(sqlite_url)

    @event.listens_for(database, "connect")
    def _fill(connection, record) -> None:  # type: ignore[no-untyped-def]
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages + 2}")

    client = create_app(database, office, Settings(token="t")).test_client()
    bearer = {"Authorization": "Bearer t"}
    answers = [client.post("/api/v1/cases", json={"process": "company_setup"}, headers=bearer) for _ in range(20)]

    opened = sum(answer.status_code == 201 for answer in answers)
    assert opened < 20 and _is_problem(answers[-1], 503, "unavailable")
    assert len(client.get("/api/v1/cases", headers=bearer).json["items"]) == opened
    database.dispose()


def test_a_fault_of_ours_is_told_by_a_reference_only(
    api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
) -> None:
    def _break(*given: object, **named: object) -> None:
        raise ZeroDivisionError("the secret of the house")

    monkeypatch.setattr(cases, "open_case", _break)
    with caplog.at_level(logging.ERROR):
        broken = api.post("cases", {"process": "company_setup"})

    assert _is_problem(broken, 500, "internal") and "secret" not in broken.text
    assert broken.json["reference"] in broken.json["detail"] and broken.json["reference"] in caplog.text


def test_where_people_look_an_error_is_a_page(client: FlaskClient, office: Office) -> None:
    dead = create_app(connect("postgresql+psycopg://nobody@127.0.0.1:1/nothing"), office, Settings()).test_client()
    dead.set_cookie("jiban", "x" * 43)  # whose it is, nobody can say now

    outage, lost = dead.get("/queues/to_accept"), client.get("/nowhere/<script>", headers={"Accept": "text/html"})

    assert outage.status_code == 503 and "暂时读不到办件数据" in outage.text and outage.headers["Retry-After"] == "5"
    assert lost.status_code == 404 and "没有这个页面" in lost.text and "<script>" not in lost.text


def test_the_database_answers_again_after_an_outage(database: Engine, office: Office) -> None:
    client = create_app(database, office, Settings()).test_client()
    database.dispose()

    assert client.get("/readyz").json == {"status": "ready"}


def test_where_people_look_a_refusal_is_said_in_chinese(client: FlaskClient, database: Engine) -> None:
    page = sign_in(client, database, "孙涛", "supervisor").get("/wall/cards?state=nothing")

    assert page.status_code == 422 and "状态：应为以下之一：" in page.text and "expected one of" not in page.text
