"""A program with the token of an account: it acts for that account alone, within its scopes and roles."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from services import accounts, api_tokens
from services.administering import Instruction
from services.api_tokens import NewToken, Scope
from services.database import reading, writing
from services.office import Office
from services.settings import Settings
from services.web.admission import API, Api
from services.web.app import create_app
from tests.services.desk import WEDNESDAY
from tests.services.staff import enter, hire
from tests.services.web.test_admission import _routes, only_gates

OPENING = {"process": "company_setup", "data": {}}
LIMIT = {"process": "company_setup", "kind": "promised", "amount": 3, "unit": "workday", "basis": "岳园办〔2026〕1号",
         "approver": "张"}


@pytest.fixture(autouse=True)
def hall(database: Engine, clock) -> None:  # type: ignore[no-untyped-def]
    """An office at 10:00 on Wednesday 2026-03-04, with a clerk, a colleague and an administrator."""
    with writing(database) as connection:
        enter(connection, "窗口一", "clerk"), enter(connection, "窗口二", "clerk"), hire(connection, "张", "system_admin")
    clock(WEDNESDAY)


def issued(database: Engine, person: str, *scopes: Scope) -> str:
    """A token of somebody."""
    with writing(database) as connection:
        return api_tokens.issue(connection, NewToken(person=person, name="x", scopes=frozenset(scopes),
                                                     expires_on=date(2026, 6, 30)), by=person, now=WEDNESDAY)[0]


def send(client: FlaskClient, token: str, method: str, path: str, body: object = None, **headers: str) -> TestResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.open(f"/api/v1/{path}", method=method, json=body, headers={"Authorization": f"Bearer {token}"} | named)


def test_who_acts_is_the_account(client: FlaskClient, database: Engine) -> None:
    token = issued(database, "窗口一", Scope.READ, Scope.WORK)

    opened = send(client, token, "POST", "cases", OPENING)
    number = opened.json["number"]
    done = send(client, token, "POST", f"tasks/{opened.json['tasks'][0]['id']}/complete", {"outcome": "received"},
                X_Jiban_Actor=quote("窗口一"))
    facts = send(client, token, "GET", f"cases/{number}").json["facts"]

    assert opened.status_code == 201 and done.status_code == 200, (opened.text, done.text)
    assert {fact["by"] for fact in facts} == {"窗口一"}


def test_it_cannot_act_for_another(client: FlaskClient, database: Engine) -> None:
    token = issued(database, "窗口一", Scope.READ, Scope.WORK)

    for named in (quote("窗口二"), quote("张"), "api", "%ff", ""):
        refused = send(client, token, "POST", "cases", OPENING, X_Jiban_Actor=named)

        assert refused.status_code == 403 and refused.json["type"] == "urn:jiban:problem:not_admitted"
    assert send(client, token, "GET", "cases").json["items"] == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_each_address_needs_its_scope(client: FlaskClient, database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every route of the API, generated from the application, with a token of each one scope; what it would do is not done."""
    only_gates(client.application, monkeypatch)
    tokens = {scope: issued(database, "张", scope) for scope in Scope}
    for endpoint, method, address in _routes(client.application):
        admission = API.get(endpoint)
        if not isinstance(admission, Api):
            continue
        for scope, token in tokens.items():
            answer = send(client, token, method, address.removeprefix("/api/v1/"))

            is_wanting = answer.status_code == 403 and "needs the scope" in answer.json["detail"]
            assert is_wanting is (scope is not admission.scope), (method, address, scope, answer.text)


def test_a_scope_gives_nobody_a_role(client: FlaskClient, database: Engine) -> None:
    clerk, administrator = (issued(database, person, *Scope) for person in ("窗口一", "张"))

    refused, entered = (send(client, token, "POST", "limits", LIMIT) for token in (clerk, administrator))

    assert refused.status_code == 403 and "legal_officer" in refused.json["detail"]
    assert entered.status_code == 200 and entered.json["entered_by"] == "张", entered.text


def test_it_is_answered_no_more_once_revoked_disabled_or_over(client: FlaskClient, database: Engine, clock) -> None:  # type: ignore[no-untyped-def]
    token, other = issued(database, "窗口一", Scope.READ), issued(database, "窗口二", Scope.READ)
    before = send(client, token, "GET", "cases").status_code
    with writing(database) as connection:
        accounts.disable(connection, Instruction(by="张", now=WEDNESDAY), "窗口一", reason="x")
    disabled = send(client, token, "GET", "cases")
    clock(datetime(2026, 6, 30, 16, 0, tzinfo=UTC))

    assert (before, disabled.status_code, send(client, other, "GET", "cases").status_code) == (200, 401, 401)
    assert disabled.content_type == "application/problem+json"


def test_its_use_is_noted_once_a_minute(client: FlaskClient, database: Engine, clock) -> None:  # type: ignore[no-untyped-def]
    token, seen = issued(database, "窗口一", Scope.READ), []
    for seconds in (0, 30, 90):
        clock(WEDNESDAY + timedelta(seconds=seconds))
        send(client, token, "GET", "cases")
        with reading(database) as connection:
            seen.append(api_tokens.tokens(connection, "窗口一")[0].last_used_at)

    assert seen == [WEDNESDAY, WEDNESDAY, WEDNESDAY + timedelta(seconds=90)]


def test_an_answer_kept_for_one_account_is_not_told_to_another(client: FlaskClient, database: Engine) -> None:
    first, second = (issued(database, person, Scope.WORK) for person in ("窗口一", "窗口二"))
    told = [send(client, token, "POST", "cases", OPENING, Idempotency_Key="7f0c") for token in (first, first, second)]

    assert [each.status_code for each in told] == [201, 201, 422] and told[0].json == told[1].json


def test_a_server_without_the_operators_token_answers_those_of_accounts(database: Engine, office: Office) -> None:
    with writing(database) as connection:
        token, _ = api_tokens.issue(connection, NewToken(
            person="窗口一", name="x", scopes=frozenset({Scope.READ}), expires_on=date(2026, 6, 30)), by="窗口一",
            now=WEDNESDAY)
    client = create_app(database, office, Settings(token=None), clock=lambda: WEDNESDAY).test_client()

    assert send(client, token, "GET", "cases").status_code == 200
    assert send(client, token + "x", "GET", "cases").status_code == 401
