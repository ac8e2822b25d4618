"""What other sites cannot do in the name of somebody who is signed in, at any address of the pages."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from services.database import writing
from services.web.admission import ADMITTED, EVERYBODY, PAGES
from tests.services.staff import PASSWORD, hire
from tests.services.web.conftest import Browser, sign_in, stored
from tests.services.web.test_admission import _routes, only_gates
from tests.services.web.test_visiting import mark_of


@pytest.fixture(autouse=True)
def administrator(database: Engine) -> None:
    """An administrator who may sign in."""
    with writing(database) as connection:
        hire(connection, "张", "system_admin", unit="市数据局")


def _unsafe(client: FlaskClient) -> list[tuple[str, str, str]]:
    return [(endpoint, method, address) for endpoint, method, address in _routes(client.application)
            if endpoint in PAGES and method != "GET"]


def _everything(client: FlaskClient, database: Engine) -> Browser:
    """Somebody who holds every role a page asks for, so that nothing but the mark is wanting."""
    wanted = sorted(frozenset().union(*(each for each in PAGES.values() if isinstance(each, frozenset))))
    return sign_in(client, database, "全", *wanted)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_page_does_anything_at_another_sites_request(client: FlaskClient, database: Engine) -> None:
    """Every unsafe route of the pages, generated from the application: a new one is tried as well."""
    other = sign_in(client, database, "张").csrf
    client.delete_cookie("jiban")
    anonymous = mark_of(client.get("/sign-in"))
    _everything(client, database)
    before = stored(database)
    for endpoint, method, address in _unsafe(client):
        mark = _everything(client, database).csrf
        for data, headers in (
            ({}, {}), ({"csrf": ""}, {"X-CSRF": ""}), ({"csrf": other}, {}), ({"csrf": mark[:-1]}, {}),
            *((({"csrf": anonymous}, {}),) if ADMITTED[endpoint] is not EVERYBODY else ()),
            ({"csrf": mark}, {"Sec-Fetch-Site": "cross-site"}), ({"csrf": mark}, {"Sec-Fetch-Site": "same-site"}),
            ({"csrf": mark}, {"Origin": "http://evil.example"}), ({"csrf": mark}, {"Origin": "null"}),
        ):
            refused = client.open(address, method=method, data=data, headers=headers)

            assert refused.status_code == 403 and "没有通过校验" in refused.text, (endpoint, data, headers)
            assert client.get("/password").status_code == 200, "he is still signed in"
    assert stored(database) == before


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_page_takes_its_own_form(client: FlaskClient, database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    only_gates(client.application, monkeypatch)
    browser = _everything(client, database)
    for endpoint, method, address in _unsafe(client):
        for headers in (
            {}, {"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}, {"Origin": "https://localhost"},
            {"Sec-Fetch-Site": "same-origin", "Origin": "https://hall.example"},  # a proxy in front has another name
        ):
            by_field = client.open(address, method=method, data={"csrf": browser.csrf}, headers=headers)
            by_header = client.open(address, method=method, headers=headers | {"X-CSRF": browser.csrf})

            assert by_field.status_code == by_header.status_code == 204, (endpoint, headers)


def test_the_form_to_sign_in_cannot_be_sent_by_another_site(client: FlaskClient) -> None:
    """Else a stranger could have somebody work under the stranger's account."""
    shown = client.get("/sign-in")
    client.delete_cookie("jiban_form")

    without = client.post("/sign-in", data={"csrf": mark_of(shown), "account": "张", "password": PASSWORD})
    bare = client.post("/sign-in", data={"account": "张", "password": PASSWORD})

    assert without.status_code == bare.status_code == 403
    assert ADMITTED["sign_in.enter"] is EVERYBODY
