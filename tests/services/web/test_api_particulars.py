"""Personal data through the API: masked to accounts, in full once and for a reason; papers offered, checked and taken back;
bad ratings that wait."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from services import api_tokens, people, unmasking
from services.api_tokens import NewToken, Scope
from services.database import reading, writing
from services.people import NewGrant
from services.settings import Settings
from services.web.door import door, hang
from tests.services.staff import ENTERED_AT, JANUARY, enter
from tests.services.web.conftest import BEARER, TOKEN, Api

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai
PHONE, SHOWN = "13807300123", "138****0123"
DATA = {"applicant": "岳阳某某公司 13907301234", "phone": PHONE}


@pytest.fixture
def number(api: Api, database, house, clock, tmp_path: Path) -> str:
    """A 企业开办 received on that Monday, with a phone, and a name in which somebody has typed another; then a clerk, one whose
    scope is another matter, and an administrator of the department are entered."""
    with house.app_context():
        hang(house, replace(door(), settings=Settings(token=TOKEN, files=tmp_path / "files")))
    clock(MONDAY)
    opened = api.open(**DATA)
    received = api.post(f"tasks/{opened['tasks'][0]['id']}/complete", {"outcome": "received", "data": {
        "documents": ["统一申请表"]}}, X_Jiban_Actor=quote("王"))
    assert received.status_code == 200, received.text
    with writing(database) as connection:
        enter(connection, "陈静", "clerk"), enter(connection, "外人")
        enter(connection, "管", "department_admin", unit="市市场监管局")
        people.grant(connection, NewGrant(person="外人", role="clerk", process="land_supply", since_on=JANUARY), by="root",
                     now=ENTERED_AT)
    return str(opened["number"])


@pytest.fixture
def told(api: Api, database) -> Callable[..., Any]:
    """What a program of somebody is answered."""
    def ask(person: str, path: str, body: object = None, method: str = "") -> Any:
        with writing(database) as connection:
            token, _ = api_tokens.issue(connection, NewToken(person=person, name="x", scopes=frozenset(Scope),
                                                             expires_on=date(2026, 6, 30)), by=person, now=MONDAY)
        return api.client.open(f"/api/v1/{path}", method=method or ("POST" if body is not None else "GET"), json=body,
                               headers={"Authorization": f"Bearer {token}"})

    return ask


def test_a_phone_is_masked_to_an_account_and_shown_to_the_machine_that_serves(api: Api, number: str, told) -> None:
    seen, whole = told("陈静", f"cases/{number}"), api.get(f"cases/{number}")

    assert seen.json["data"] == {**whole.json["data"], "phone": SHOWN, "applicant": "岳阳某某公司 139****1234"}
    assert PHONE not in seen.text and "13907301234" not in seen.text and PHONE in whole.text
    assert [fact["hash"] for fact in seen.json["facts"]] == [fact["hash"] for fact in whole.json["facts"]]


def test_the_full_data_is_answered_once_to_whoever_says_why_and_that_is_kept(number: str, told, database) -> None:
    answer = told("陈静", f"cases/{number}/particulars", {"reason": "电话通知补正"})

    assert answer.status_code == 200 and answer.json["data"]["phone"] == PHONE
    assert answer.headers["Cache-Control"] == "no-store" and PHONE not in told("陈静", f"cases/{number}").text
    with reading(database) as connection:
        kept = unmasking.records(connection, most=9)
    assert [(row.by, row.number, row.reason) for row in kept] == [("陈静", number, "电话通知补正")]


@pytest.mark.parametrize("reason", ["", " ", "x", "由" * 201])
def test_without_a_reason_nothing_is_shown_and_nothing_kept(reason: str, number: str, told, database) -> None:
    refused = told("陈静", f"cases/{number}/particulars", {"reason": reason})

    assert refused.status_code == 422 and refused.json["field"] == "reason" and PHONE not in refused.text
    with reading(database) as connection:
        assert unmasking.records(connection, most=9) == []


def test_of_a_case_one_may_not_see_nothing_is_there(number: str, told, database) -> None:
    for path, body in (("particulars", {"reason": "想看看"}), ("process.bpmn", None), ("documents/offered", None)):
        assert told("外人", f"cases/{number}/{path}", body).status_code == 404, path
    with reading(database) as connection:
        assert unmasking.records(connection, most=9) == []


def test_the_diagram_a_case_runs_on_is_given_out_as_a_file(number: str, told) -> None:
    answer = told("陈静", f"cases/{number}/process.bpmn")

    assert b"company_setup" in answer.data and answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_document_is_offered_until_it_is_issued_and_then_checked_by_its_digest(number: str, told) -> None:
    offered = [each["kind"] for each in told("陈静", f"cases/{number}/documents/offered").json["items"]]
    issued = told("陈静", f"cases/{number}/documents", {"kind": "receipt", "seq": 1})
    left = [each["kind"] for each in told("陈静", f"cases/{number}/documents/offered").json["items"]]
    assert issued.status_code == 200, issued.text
    address = f"documents/check?number={quote(issued.json['number'])}&digest="
    right, wrong = told("陈静", address + issued.json["digest"][:16]), told("陈静", address + "0" * 16)

    assert "receipt" in offered and "receipt" not in left
    assert right.json == {"is_valid": True, "title": "收件凭证", "issued_on": "2026-03-02"}
    assert wrong.json == {"is_valid": False, "title": None, "issued_on": None}


def test_a_file_is_taken_back_by_whoever_has_handed_it_in(api: Api, number: str, told) -> None:
    sent = api.client.post(f"/api/v1/cases/{number}/uploads", headers=BEARER | {"X-Jiban-Actor": quote("陈静")}, data={
        "file": (BytesIO(b"%PDF-1.4\n"), "证.pdf"), "material": "身份证明"})
    address = f"cases/{number}/uploads/{sent.json['id']}/remove"
    foreign = api.post(address, X_Jiban_Actor=quote("王"))
    stale = api.post(address, X_Jiban_Actor=quote("陈静"), If_Match='"999"')

    taken = told("陈静", address, method="POST")

    assert foreign.status_code == 409 and stale.json["type"] == "urn:jiban:problem:stale"
    assert taken.json == {"items": []} == told("陈静", f"cases/{number}/uploads").json
    assert told("陈静", address, method="POST").status_code == 404


def test_a_bad_rating_waits_for_whoever_administers_the_department(api: Api, told, number: str) -> None:
    by = {"X_Jiban_Actor": quote("申请人")}
    api.post(f"cases/{number}/withdraw", {"reason": "不办了"}, **by)
    rated = api.post(f"cases/{number}/rating", {"level": 1, "reasons": ["late"]}, **by)

    waiting = told("管", "ratings/waiting")
    told("管", f"tasks/{waiting.json['items'][0]['task']}/answer-rating", {"text": "已整改"})

    assert rated.status_code == 200 and told("陈静", "ratings/waiting").status_code == 403
    assert [(each["number"], each["level"], each["reasons"]) for each in waiting.json["items"]] == [(number, 1, ["late"])]
    assert told("管", "ratings/waiting").json == {"items": []}
