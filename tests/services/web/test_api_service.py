"""The API of what applicants do, on both databases: files come and go, a rating is given once and answered once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

import pytest
from flask_openapi3 import OpenAPI
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from services import api_tokens, people
from services.api_tokens import NewToken, Scope
from services.database import writing
from services.people import NewGrant
from services.settings import Settings
from services.web.door import door, hang
from tests.services.staff import ENTERED_AT, JANUARY, enter
from tests.services.web.conftest import BEARER, TOKEN, Api

APPLICANT = {"X_Jiban_Actor": quote("申请人")}


@pytest.fixture(autouse=True)
def files(house: OpenAPI, api: Api, tmp_path: Path) -> Path:
    """Where files lie in these tests."""
    with house.app_context():
        hung = door()
    hang(house, replace(hung, settings=Settings(token=TOKEN, files=tmp_path / "files", file_megabytes=1)))
    return tmp_path / "files"


def attach(api: Api, number: str, content: bytes = b"%PDF-1.4\n", name: str = "证.pdf") -> TestResponse:
    return api.client.post(f"/api/v1/cases/{number}/uploads", headers=BEARER | {"X-Jiban-Actor": quote("王")},
                           data={"file": (BytesIO(content), name), "material": "身份证明"})


def test_a_file_is_handed_in_listed_and_fetched(api: Api, files: Path) -> None:
    number = api.open()["number"]

    row = attach(api, number)

    assert row.status_code == 200, row.text
    assert row.json is not None and (row.json["name"], row.json["media_type"], row.json["by"]) == (
        "证.pdf", "application/pdf", "王")
    listed = api.get(f"cases/{number}/uploads").json
    assert listed is not None and [each["sha256"] for each in listed["items"]] == [row.json["sha256"]]
    fetched = api.get(f"cases/{number}/uploads/{row.json['id']}")
    assert fetched.data == b"%PDF-1.4\n" and fetched.headers["Content-Disposition"].startswith("attachment;")
    assert fetched.headers["Content-Security-Policy"].startswith("sandbox")
    assert api.get(f"cases/{api.open()['number']}/uploads/{row.json['id']}").status_code == 404


def test_what_may_not_come_is_refused_by_name(api: Api, files: Path) -> None:
    number = api.open()["number"]

    for content, name, field in ((b"MZ", "a.pdf", "file"), (b"%PDF-", "a.exe", "name"), (b"", "a.pdf", "file.empty")):
        answer = attach(api, number, content, name)
        assert answer.status_code == 422 and answer.json is not None and answer.json["field"] == field
    assert attach(api, number, b"%PDF-" + b"x" * 3_000_000).status_code == 413
    assert attach(api, "430600").status_code == 404
    assert api.client.post(f"/api/v1/cases/{number}/uploads", data={"material": "x"}, headers=BEARER,
                           content_type="multipart/form-data").status_code == 422
    assert api.client.post(f"/api/v1/cases/{number}/uploads", data={}).status_code == 401


def test_a_file_is_handed_in_once_and_another_is_not_under_its_key(api: Api, files: Path) -> None:
    number = api.open()["number"]

    def under_the_key(content: bytes) -> TestResponse:
        return api.client.post(f"/api/v1/cases/{number}/uploads", headers=BEARER | {"Idempotency-Key": "k1"},
                               data={"file": (BytesIO(content), "证.pdf"), "material": "身份证明"})

    first, again, other = (under_the_key(content) for content in (b"%PDF-1.4", b"%PDF-1.4", b"%PDF-1.7"))

    assert first.status_code == 200 and again.data == first.data
    assert other.status_code == 422 and other.json is not None and other.json["field"] == "Idempotency-Key"
    assert len((api.get(f"cases/{number}/uploads").json or {})["items"]) == 1


def test_a_receipt_is_printed_with_the_same_code_again(api: Api) -> None:
    number = api.open()["number"]

    first, second = api.get(f"cases/{number}/query-code").json, api.get(f"cases/{number}/query-code").json

    assert first == second and first is not None and len(first["code"]) == 11
    assert api.get("cases/43060020260304999999/query-code").status_code == 404


def test_a_bad_rating_is_answered_through_its_task(api: Api) -> None:
    number = api.open()["number"]
    api.post(f"cases/{number}/withdraw", {"reason": "不办了"}, **APPLICANT)

    rated = api.post(f"cases/{number}/rating", {"level": 1, "reasons": ["late"]}, Idempotency_Key="r1", **APPLICANT)
    again = api.post(f"cases/{number}/rating", {"level": 1, "reasons": ["late"]}, Idempotency_Key="r1", **APPLICANT)

    assert rated.status_code == 200 and rated.json == again.json and rated.json is not None
    (task,) = rated.json["tasks"]
    assert (task["name"], task["role"]) == ("差评整改（非常不满意）", "department_admin")
    assert api.post(f"cases/{number}/rating", {"level": 5}, **APPLICANT).status_code == 409
    assert api.post(f"tasks/{task['id']}/answer-rating", {"text": " "}).status_code == 422
    assert api.post(f"tasks/{task['id']}/answer-rating", {"text": "已整改"}).status_code == 200
    assert api.post(f"tasks/{task['id']}/answer-rating", {"text": "再答"}).status_code == 409


def test_the_hand_over_is_chosen_and_a_declaration_without_a_template_is_not_signed(api: Api) -> None:
    number = api.open()["number"]

    chosen = api.post(f"cases/{number}/hand-over-choice", {"way": "window"}, **APPLICANT)
    signed = api.post(f"cases/{number}/declaration/sign", {"signer": "赵", "digest": "0" * 64}, **APPLICANT)

    assert chosen.status_code == 200 and signed.status_code == 409
    assert api.told(number, "HandOverChosen")[0]["way"] == "window"


def test_files_and_codes_are_for_whoever_sees_the_case_and_nobody_else_learns_that_there_is_one(
    api: Api, database: Engine,
) -> None:
    """A clerk of 湘阴 asks for a case of the office's own, which is in no park."""
    number = api.open()["number"]
    attach(api, number)
    with writing(database) as connection:
        enter(connection, "本园", "clerk"), enter(connection, "承办", "reviewer"), enter(connection, "外园")
        people.grant(connection, NewGrant(person="外园", role="clerk", since_on=JANUARY, park="湘阴高新区"), by="root",
                     now=ENTERED_AT)
        own, reviewer, foreign = (
            {"Authorization": f"Bearer {api_tokens.issue(connection, new, by=new.person, now=datetime.now(UTC))[0]}"}
            for new in (NewToken(person=person, name="x", scopes=frozenset({Scope.READ, Scope.WORK}),
                                 expires_on=datetime.now(UTC).date() + timedelta(days=30))
                        for person in ("本园", "承办", "外园")))

    for path in ("query-code", "uploads", "uploads/1"):
        seen, refused = (api.client.get(f"/api/v1/cases/{number}/{path}", headers=who) for who in (own, foreign))
        missing = api.client.get(f"/api/v1/cases/43060020260304999999/{path}", headers=foreign)
        assert (seen.status_code, refused.status_code, missing.status_code) == (200, 404, 404), path
        assert refused.text.replace(number, "") == missing.text.replace("43060020260304999999", ""), path
    sent = api.client.post(f"/api/v1/cases/{number}/uploads", headers=foreign,
                           data={"file": (BytesIO(b"%PDF-1.4\n"), "证.pdf"), "material": "身份证明"})
    assert sent.status_code == 404
    assert api.client.get(f"/api/v1/cases/{number}/uploads", headers=reviewer).status_code == 200
    assert api.client.get(f"/api/v1/cases/{number}/query-code", headers=reviewer).status_code == 403
