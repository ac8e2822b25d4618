"""The books of the office on pages: read by whom they are for, changed through their use cases, refused in Chinese."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from html import unescape
from io import BytesIO
from urllib.parse import quote, unquote

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from services import credit
from services.database import writing
from services.people import ROLES
from services.web.admission import PAGES
from services.web.books import BOOKS, SHELVES
from tests.services.staff import enter
from tests.services.web.answering import answers, key, shown
from tests.services.web.conftest import THURSDAY, Browser, sign_in


def test_a_book_opens_for_its_readers_and_for_nobody_else(
    client: FlaskClient, database: Engine, clock: Callable[[datetime], None],
) -> None:
    clock(THURSDAY)
    admitted = PAGES["administration.book"]
    assert isinstance(admitted, frozenset)

    for role in ROLES:
        browser = sign_in(client, database, f"持{role}", role)
        opened = {name: browser.get(f"/administration/{name}").status_code for name in BOOKS}
        index = browser.get("/administration")

        assert opened == {name: 200 if role in book.readers else 404 if role in admitted else 403
                          for name, book in BOOKS.items()}, role
        assert index.status_code == (200 if role in admitted else 403), role
        assert set(re.findall(r'href="/administration/(\w+)"', index.text)) == {
            name for name, book in BOOKS.items() if role in book.readers and role in admitted}, role


def test_every_book_stands_on_a_shelf_and_its_keepers_may_read_it() -> None:
    for book in BOOKS.values():
        assert book.shelf in SHELVES
        assert book.keepers <= book.readers <= PAGES["administration.book"], book.name  # type: ignore[operator]


def test_an_act_says_what_follows_before_it_is_done(admin: Browser) -> None:
    acts = [(book, act) for book in BOOKS.values() for act in book.acts if not act.is_about_row]

    pages = {(book.name, act.name): unescape(admin.get(f"/administration/{book.name}/{act.name}").text) for book, act in acts}

    assert [(book.name, act.name) for book, act in acts if act.consequence not in pages[book.name, act.name]] == []


def test_an_act_is_not_done_by_whoever_only_reads(client: FlaskClient, database: Engine) -> None:
    browser = sign_in(client, database, "孙涛", "supervisor")

    assert browser.get("/administration/limits").status_code == 200
    assert "规定时限" not in browser.get("/administration/limits").text
    assert browser.get("/administration/limits/enter").status_code == 409
    assert browser.get("/administration/limits/no_such").status_code == 404
    assert browser.get("/administration/limits/row?key=no").status_code == 404


def test_a_credit_record_is_entered_by_its_document_and_restored(admin: Browser) -> None:
    typed = {"code": "91350100M000100Y43", "name": "某公司", "reason": "虚假承诺", "document": "岳信〔2026〕1号"}
    past = answers(admin, "credit/enter", **typed, until_on="2026-01-01")
    entered = answers(admin, "credit/enter", **typed)
    restored = answers(admin, key(entered, "credit", "restore"), document="岳信修〔2026〕1号")

    assert "fault" in past and "生效中" in entered
    assert "已办：信用修复" in restored and "已修复" in shown(admin, "credit")


def test_a_proposed_credit_record_is_confirmed_by_another_than_proposed_it(
    admin: Browser, other: Callable[[], Browser], database: Engine,
) -> None:
    with writing(database) as connection:
        credit.propose(connection, credit.NewRecord(code="91350100M000100Y43", name="某公司", reason="承诺不实", document=""),
                       case_number="430600-1", by="张敏", now=THURSDAY)
    waiting = unescape(admin.get("/administration").text)
    address = key(shown(admin, "credit"), "credit", "confirm")
    own = answers(admin, address, document="岳信〔2026〕2号")
    confirmed = answers(other(), address, document="岳信〔2026〕2号")

    assert "1项待处理" in waiting and "没有办成" in own and "已办：确认" in confirmed


def test_a_mandate_is_registered_at_the_window_and_laid_down_by_the_agent(
    admin: Browser, client: FlaskClient, database: Engine,
) -> None:
    agent = sign_in(client, database, "唐敏", "agent")
    clerk = sign_in(client, database, "李娟", "clerk")
    typed = {"number": "帮委〔2026〕1号", "agent": "唐敏", "principal": "某公司", "deeds": "apply", "first_on": "2026-11-25"}
    backwards = answers(clerk, "mandates/enter", **typed, last_on="2026-01-01")
    entered = answers(clerk, "mandates/enter", **typed, last_on="2027-11-25")
    agent = sign_in(client, database, "唐敏", "agent")
    forbidden = agent.get("/administration/mandates/enter").status_code
    revoked = answers(agent, key(entered, "mandates", "revoke"))

    assert "fault" in backwards and "帮委〔2026〕1号" in entered
    assert forbidden == 409 and "已办：撤销" in revoked and "已撤销" in shown(agent, "mandates")


def test_a_first_password_is_shown_once_and_has_to_be_changed(admin: Browser, database: Engine) -> None:
    with writing(database) as connection:
        enter(connection, "新人", "clerk")
    own = answers(admin, "accounts/password?key=张敏")
    once = answers(admin, "accounts/password?key=新人")
    given = re.search(r'class="secret"[^>]*>([^<]+)<', once)
    book = shown(admin, "accounts")

    assert "没有办成" in own
    assert given and len(given[1]) == 19 and "只显示这一次" in once
    assert given[1] not in book and "待本人改密码" in book


def test_an_account_is_barred_and_let_in_again_by_the_security_administrator(
    admin: Browser, client: FlaskClient, database: Engine,
) -> None:
    sign_in(client, database, "陈静", "clerk")
    guard = sign_in(client, database, "沈洁", "security_admin")

    own = answers(guard, "accounts/disable?key=沈洁", reason="试试")
    barred = answers(guard, "accounts/disable?key=陈静", reason="调离")
    enabled = answers(guard, "accounts/enable?key=陈静", reason="调回")
    particulars = unescape(guard.get("/administration/accounts/row?key=陈静").text)

    assert "没有办成" in own and "已停用" in barred and "已办：启用" in enabled and "调离" in particulars
    assert guard.get("/administration/accounts/password?key=陈静").status_code == 409


def test_a_token_of_a_program_is_shown_once_and_revoked(admin: Browser, database: Engine) -> None:
    with writing(database) as connection:
        enter(connection, "工改平台", "agent")
    late = answers(admin, "accounts/issue?key=工改平台", name="工改平台接入", scopes="read", expires_on="2030-01-01")
    once = answers(admin, "accounts/issue?key=工改平台", name="工改平台接入", scopes="read", expires_on="2027-01-01")
    particulars = unescape(admin.get("/administration/accounts/row?key=工改平台").text)
    revoked = answers(admin, "accounts/revoke?key=工改平台", token="1")

    assert "fault" in late and 'value="工改平台接入"' in late
    assert "jiban_" in once and "jiban_" not in particulars and "工改平台接入" in particulars
    assert "已办：撤销令牌" in revoked


def test_people_are_entered_within_the_unit_of_their_administrator(
    admin: Browser, client: FlaskClient, database: Engine,
) -> None:
    entered = answers(admin, "people/enter", id="新人", name="新人", unit="市公安局")
    granted = answers(admin, "people/grant?key=新人", role="clerk", reason="调入")
    particulars = unescape(admin.get("/administration/people/row?key=新人").text)
    keeper = sign_in(client, database, "郑伟", "department_admin")
    foreign = answers(keeper, "people/enter", id="外人", name="外人", unit="市公安局")

    assert "已办：登记人员" in entered and "窗口受理人员" in granted and "调入" in particulars
    assert "没有办成" in foreign and 'value="外人"' in foreign


def test_a_contact_is_entered_and_ended(admin: Browser) -> None:
    typed = {"unit": "市公安局", "rank": "liaison", "name": "郑伟", "title": "科长", "office_phone": "0730-8880000"}
    wrong = answers(admin, "contacts/enter", **typed, mobile="12")
    entered = answers(admin, "contacts/enter", **typed, mobile="13807301234")
    ended = answers(admin, key(entered, "contacts", "end"))

    assert "应为11位手机号" in wrong and 'value="科长"' in wrong
    assert "郑伟" in entered and "13807301234" not in entered
    assert "已办：撤下" in ended and "郑伟" in shown(admin, "contacts")


@pytest.mark.parametrize("hostile", [
    "<script>alert(1)</script>", '" onmouseover="x', "=cmd|' /C calc'!A0", "{{ 7*7 }}", "'; DROP TABLE person;--"])
def test_what_is_typed_is_only_ever_text(hostile: str, admin: Browser) -> None:
    answers(admin, "people/enter", id=hostile.replace("/", ""), name=hostile, unit=hostile)
    pages = [admin.get(address).text for address in (
        "/administration/people", "/administration/accounts", f"/administration/people?q={quote(hostile)}",
        f"/administration/people/row?key={quote(hostile.replace('/', ''))}")]
    refused = admin.client.post("/administration/empowerment/upload", content_type="multipart/form-data", data={
        "csrf": admin.csrf, "data.kind": hostile, "data.sheet": (BytesIO(hostile.encode()), f"{hostile}.csv")})

    for page in (*pages, refused.text):
        assert "<script>alert" not in page and '" onmouseover="x' not in page and ">49<" not in page
    assert refused.status_code == 422


def test_a_form_with_a_sheet_is_bounded(admin: Browser) -> None:
    huge = BytesIO(b"x" * (3 * 1024 * 1024 + 1))

    refused = admin.client.post("/administration/empowerment/upload", content_type="multipart/form-data", data={
        "csrf": admin.csrf, "data.kind": "empowerment", "data.sheet": (huge, "大.csv")})
    elsewhere = admin.client.post("/sign-in/password", content_type="multipart/form-data", data={
        "csrf": admin.csrf, "file": (BytesIO(b"x" * (1024 * 1024 + 1)), "大.csv")})

    assert refused.status_code == 413 and elsewhere.status_code in (404, 413)


def test_what_would_be_refused_of_another_units_people_is_not_offered(
    admin: Browser, client: FlaskClient, database: Engine,
) -> None:
    with writing(database) as connection:
        for id, role in (("自家", "clerk"), ("帮办", "agent"), ("自法", "legal_officer")):
            enter(connection, id, role)
        enter(connection, "外家", "clerk", unit="市公安局"), enter(connection, "外帮", "agent", unit="市公安局")
    for agent, number in (("帮办", "1"), ("外帮", "2")):
        answers(admin, "mandates/enter", number=number, agent=agent, principal="某公司", deeds="apply", first_on="2026-11-25",
                last_on="2027-11-25")

    everybody = {"自家", "外家", "帮办", "外帮", "自法"}
    assert offered(admin, "people", "change") >= everybody and offered(admin, "accounts", "issue") >= everybody
    keeper = sign_in(client, database, "郑伟", "department_admin")
    own = {"自家", "帮办"}
    assert offered(keeper, "people", "change") == offered(keeper, "accounts", "password") == own
    assert offered(keeper, "people", "grant") == own | {"自法", "张敏"}
    assert offered(keeper, "people", "end_role") == set(), "what is held everywhere reaches beyond the unit"
    answers(keeper, "people/grant?key=自家", role="reviewer", department="市住建局", reason="调入")
    assert offered(keeper, "people", "end_role") == {"自家"}
    assert offered(keeper, "people", "absent") == own | {"郑伟"}
    assert offered(keeper, "accounts", "issue") == own | {"郑伟"} and offered(keeper, "accounts", "disable") == own
    assert offered(keeper, "mandates", "revoke") == {"1"}
    assert "没有办成" in answers(keeper, "people/change?key=外家", name="改名")


def offered(browser: Browser, book: str, act: str) -> set[str]:
    """The rows of a book at which an act is offered."""
    return {unquote(found) for found in re.findall(
        rf'href="/administration/{book}/{act}\?key=([^"]+)"', browser.get(f"/administration/{book}").text)}
