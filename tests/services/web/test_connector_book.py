"""对接接口: what the system administrator sees of the systems we ask, and how one is entered, changed and asked no more."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from services.database import reading
from services.office import Office
from services.store import connectors as store
from services.store.connectors import ConnectorRow
from services.web.door import door, hang
from tests.services.desk import WEDNESDAY, Desk
from tests.services.served import TOPIC, handed_in
from tests.services.web.conftest import Browser, sign_in
from webhooks.guard import Guard, origins_of

NAME, URL = "登记系统", "https://registry.example.gov.cn/lookup"
FORM = {
    "data.name": NAME, "data.topic": TOPIC, "data.url": URL, "data.sends.0.left": "code", "data.sends.0.right": "credit_code",
    "data.reads.0.left": "is_registered", "data.reads.0.right": "/data/registered", "data.errors.0.left": "404",
    "data.errors.0.right": "NOT_FOUND"}
BOOK = "/administration/connectors"


@pytest.fixture
def keeper(client: FlaskClient, database: Engine, office: Office, clock) -> Browser:  # type: ignore[no-untyped-def]
    """The system administrator, of an installation that allows one system; a task waits for its answer."""
    clock(WEDNESDAY)
    with client.application.app_context():
        found = door()
    hang(client.application, replace(found, settings=replace(found.settings, guard=Guard(
        origins=origins_of("https://registry.example.gov.cn")))))
    handed_in(Desk(database=database, office=office))
    return sign_in(client, database, "张敏", "system_admin")


def latest(database: Engine) -> tuple[ConnectorRow, str]:
    """The connector as it is kept, with its secret."""
    with reading(database) as connection:
        found = store.latest(connection, NAME)
    assert found is not None
    return found


def test_a_system_is_entered_with_all_its_fields_and_its_secret_is_shown_once(keeper: Browser) -> None:
    once = re.findall(r"whsec_[A-Za-z0-9+/=]+", unescape(keeper.post(f"{BOOK}/enter", **FORM).text))

    row, secret = latest(keeper.database)
    assert once == [secret] and (row.sends, row.reads, row.errors) == (
        '{"code":"credit_code"}', '{"is_registered":"/data/registered"}', '{"404":"NOT_FOUND"}')
    book, particulars = keeper.get(BOOK).text, keeper.get(f"{BOOK}/row?key={row.id}").text
    assert TOPIC in book and f"<td>POST {URL}</td><td>1</td>" in re.sub(r"\s+(?=<)", "", book)
    assert all(each in particulars for each in ("credit_code", "/data/registered", "NOT_FOUND"))
    assert secret not in book + particulars + keeper.get(f"{BOOK}/change?key={row.id}").text


def test_a_change_is_the_next_version_under_the_same_secret_until_that_is_made_anew(keeper: Browser) -> None:
    keeper.post(f"{BOOK}/enter", **FORM)
    first, secret = latest(keeper.database)
    keeper.post(f"{BOOK}/change?key={first.id}", **{**FORM, "data.method": "GET", "data.seconds": "5"})
    second, kept = latest(keeper.database)
    renewed = keeper.post(f"{BOOK}/renew?key={second.id}").text
    third, new = latest(keeper.database)

    assert (second.version, second.method, second.seconds, kept) == (2, "GET", 5, secret)
    assert third.version == 3 and third.method == "GET" and new != secret and new in unescape(renewed)
    assert keeper.get(BOOK).text.count("<tr data-row") == 1 and keeper.get(f"{BOOK}?history=1").text.count("<tr data-row") == 3


def test_it_is_asked_no_more_with_a_reason_and_entered_again_under_another_secret(keeper: Browser) -> None:
    keeper.post(f"{BOOK}/enter", **FORM)
    first, secret = latest(keeper.database)
    without = keeper.post(f"{BOOK}/end?key={first.id}")
    keeper.post(f"{BOOK}/end?key={first.id}", **{"data.reason": "改由对接程序办理"})
    again = keeper.post(f"{BOOK}/change?key={first.id}", **FORM)

    assert without.status_code == 422 and again.status_code == 409
    assert "改由对接程序办理" in keeper.get(f"{BOOK}?history=1").text and NAME not in keeper.get(BOOK).text
    keeper.post(f"{BOOK}/enter", **FORM)
    assert latest(keeper.database)[1] != secret


@pytest.mark.parametrize(("typed", "told"), [
    ({"data.name": NAME}, "已有对接接口"), ({"data.name": "另一系统"}, "请先停用"),
    ({"data.url": "https://elsewhere.example/"}, "JIBAN_WEBHOOK_ALLOW"),
    ({"data.sends.1.left": "code", "data.sends.1.right": "name"}, "“code”重复填写"), ({"data.seconds": "300"}, "应为1至30秒"),
    ({"data.reads.0.right": "data"}, "JSON指针，如/data/number")])
def test_what_cannot_be_entered_is_said_at_its_field(keeper: Browser, typed: dict[str, str], told: str) -> None:
    keeper.post(f"{BOOK}/enter", **FORM)
    other = {"data.name": "第三系统", "data.topic": "other"} if "data.name" not in typed else {}
    answer = keeper.post(f"{BOOK}/enter", **{**FORM, **other, **typed})

    assert answer.status_code == 422 and told in unescape(answer.text) and "credit_code" in answer.text


def test_who_does_not_keep_the_machine_changes_nothing(client: FlaskClient, keeper: Browser) -> None:
    keeper.post(f"{BOOK}/enter", **FORM)
    auditor = sign_in(client, keeper.database, "高峰", "audit_admin")

    assert NAME in auditor.get(BOOK).text and auditor.get(f"{BOOK}/enter").status_code == 409
    assert sign_in(client, keeper.database, "陈静", "clerk").get(BOOK).status_code == 404
