"""Who is admitted where: a route that is not in the table is refused, and every role is tried at every page."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from flask_openapi3 import OpenAPI
from sqlalchemy import Engine
from werkzeug.routing import AnyConverter, IntegerConverter

from engine import jurisdiction
from services.people import ROLES
from services.web import admission
from services.web.admission import ADMITTED, API, EVERYBODY, INCOMING, PAGES, SIGNED, SIGNED_IN, Api, Open
from services.web.auth import SIGNED_ENDPOINTS
from tests.services.web.conftest import BEARER, sign_in


def _address(rule) -> str:  # type: ignore[no-untyped-def]
    """An address of a route, with something in every place of it."""
    values = {name: next(iter(sorted(converter.items))) if isinstance(converter, AnyConverter) else
              1 if isinstance(converter, IntegerConverter) else "1" for name, converter in rule._converters.items()}
    return str(rule.build({**values, **(rule.defaults or {})}, append_unknown=False)[1])


def _routes(application: OpenAPI) -> list[tuple[str, str, str]]:
    """Every route: endpoint, method, address."""
    return [(rule.endpoint, method, _address(rule)) for rule in application.url_map.iter_rules()
            for method in sorted(rule.methods - {"HEAD", "OPTIONS"})]


def only_gates(application: OpenAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every address answer nothing to whoever comes past the gates: only who does is in question."""
    for endpoint in application.view_functions:
        monkeypatch.setitem(application.view_functions, endpoint, lambda **_: ("", 204))


def test_every_route_is_in_the_table_and_the_table_has_no_other(house: OpenAPI) -> None:
    assert {rule.endpoint for rule in house.url_map.iter_rules()} == set(ADMITTED)
    assert not set(PAGES) & set(API)


def test_the_api_is_admitted_to_by_scopes_and_nothing_else_is(house: OpenAPI) -> None:
    for rule in house.url_map.iter_rules():
        is_api = rule.rule.startswith("/api/v1/") and rule.endpoint != "description" and rule.endpoint not in INCOMING
        assert isinstance(ADMITTED[rule.endpoint], Api) is is_api, rule.endpoint


def test_what_is_signed_bears_no_token_and_nothing_else_goes_without() -> None:
    assert set(INCOMING) == SIGNED_ENDPOINTS and set(INCOMING.values()) == {SIGNED}
    assert SIGNED not in {*PAGES.values(), *API.values()}


def test_roles_are_those_of_the_office() -> None:
    named = [each if isinstance(each, frozenset) else each.roles for each in ADMITTED.values() if not isinstance(each, Open)]

    assert frozenset().union(*named) <= set(ROLES)


def test_the_doors_admit_to_rulings_whoever_may_rule() -> None:
    assert admission.RULERS == jurisdiction.RULERS


def test_what_is_not_in_the_table_is_refused_to_everybody(
    client: FlaskClient, database: Engine, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(admission, "ADMITTED", {"static": EVERYBODY, "sign_in.form": EVERYBODY})

    stranger = client.get("/queues/to_accept")
    program = client.get("/api/v1/cases", headers=BEARER)
    sign_in(client, database, "张", "system_admin")
    administrator = client.get("/queues/to_accept")

    assert [each.status_code for each in (stranger, program, administrator)] == [403] * 3


def test_a_stranger_is_admitted_to_nothing_but_what_is_open(client: FlaskClient) -> None:
    for endpoint, method, address in _routes(client.application):
        answer = client.open(address, method=method)
        if ADMITTED[endpoint] is EVERYBODY:
            continue
        if isinstance(ADMITTED[endpoint], Api) or ADMITTED[endpoint] is SIGNED:
            assert answer.status_code == 401, (method, address)
        elif method == "GET":
            assert answer.status_code == 303 and answer.headers["Location"].startswith("/sign-in?next="), (method, address)
        else:
            assert answer.status_code == 401 and "没有提交" in answer.text, (method, address)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_each_role_sees_and_sends_the_pages_of_the_table_and_no_others(
    client: FlaskClient, database: Engine, monkeypatch: pytest.MonkeyPatch,
) -> None:
    only_gates(client.application, monkeypatch)
    pages = [route for route in _routes(client.application) if route[0] in PAGES]
    for role in ROLES:
        mark = {"csrf": sign_in(client, database, f"某{role}", role).csrf}
        for endpoint, method, address in pages:
            answer = client.open(address, method=method, data=None if method == "GET" else mark)

            table = PAGES[endpoint]
            is_admitted = role in table if isinstance(table, frozenset) else table in (EVERYBODY, SIGNED_IN)
            assert answer.status_code == (204 if is_admitted else 403), (role, method, address)


def test_whom_a_page_does_not_admit_is_told_who_may_grant_the_role(client: FlaskClient, database: Engine) -> None:
    sign_in(client, database, "周凯", "clerk")

    refused = client.get("/account-events")

    assert refused.status_code == 403 and "审计管理员" in refused.text and "请系统管理员授予" in refused.text


def test_the_menu_does_not_offer_what_is_refused(client: FlaskClient, database: Engine) -> None:
    with client.application.test_request_context():
        assert admission.may("sign_in.form") and not admission.may("counter.queue") and not admission.may("nowhere")
    sign_in(client, database, "周凯", "clerk")

    shown = client.get("/queues/to_accept").text

    assert "周凯某" in shown and "/account-events" not in shown
