"""The books of the office on pages: read by whom they are for, changed through their use cases, refused in Chinese."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from services.people import ROLES
from services.web.admission import PAGES
from services.web.books import BOOKS, SHELVES
from services.web.books.book import Act, Book
from tests.services.web.conftest import Browser, sign_in

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


@pytest.fixture
def admin(client: FlaskClient, database: Engine, clock: Callable[[datetime], None]) -> Browser:
    """The system administrator, on 25 November 2026."""
    clock(NOW)
    return sign_in(client, database, "张敏", "system_admin")


@pytest.fixture
def other(admin: Browser, client: FlaskClient, database: Engine) -> Callable[[], Browser]:
    """A second person who rules; signed in when asked for."""
    return lambda: sign_in(client, database, "许文", "legal_officer")


def answers(browser: Browser, address: str, **typed: object) -> str:
    """Type into the form of an act and send it; the page that follows, the form again when it was refused."""
    sent = browser.client.post(f"/administration/{address}", data={
        "csrf": browser.csrf, **{f"data.{name}": value for name, value in typed.items()}})
    if sent.status_code == 303:
        return unescape(browser.get(sent.headers["Location"]).text)
    return unescape(sent.text)


def key(page: str, book: str, act: str) -> str:
    """The address of an act on the first row that takes it."""
    found = re.search(rf"/administration/({book}/{act}\?key=[^\"]+)", page)
    assert found is not None, f"no row takes {act}"
    return found[1]


@pytest.mark.parametrize("role", ROLES)
def test_a_book_opens_for_its_readers_and_for_nobody_else(
    role: str, client: FlaskClient, database: Engine, clock: Callable[[datetime], None],
) -> None:
    clock(NOW)
    browser = sign_in(client, database, f"持{role}", role)

    opened = {name: browser.get(f"/administration/{name}").status_code for name in BOOKS}
    index = browser.get("/administration")

    is_admitted = role in PAGES["administration.book"]  # type: ignore[operator]
    assert opened == {name: 200 if role in book.readers else 404 if is_admitted else 403 for name, book in BOOKS.items()}
    assert index.status_code == (200 if is_admitted else 403)
    assert set(re.findall(r'href="/administration/(\w+)"', index.text)) == {
        name for name, book in BOOKS.items() if role in book.readers and is_admitted}


def test_every_book_stands_on_a_shelf_and_its_keepers_may_read_it() -> None:
    for book in BOOKS.values():
        assert book.shelf in SHELVES
        assert book.keepers <= book.readers <= PAGES["administration.book"], book.name  # type: ignore[operator]


@pytest.mark.parametrize(("book", "act"), [(book, act) for book in BOOKS.values() for act in book.acts if not act.is_about_row])
def test_an_act_says_what_follows_before_it_is_done(book: Book, act: Act, admin: Browser) -> None:
    page = admin.get(f"/administration/{book.name}/{act.name}")

    assert page.status_code == 200 and act.consequence in unescape(page.text)


def test_an_act_is_not_done_by_whoever_only_reads(client: FlaskClient, database: Engine) -> None:
    browser = sign_in(client, database, "孙涛", "supervisor")

    assert browser.get("/administration/limits").status_code == 200
    assert "规定时限" not in browser.get("/administration/limits").text
    assert browser.get("/administration/limits/enter").status_code == 409
    assert browser.get("/administration/limits/no_such").status_code == 404
    assert browser.get("/administration/limits/row?key=no").status_code == 404


def test_the_office_sets_a_value_of_a_matter_beside_the_shipped_one_and_ends_it(admin: Browser) -> None:
    set_ = "matters/set?key=QY-SLDJ"
    given = dict(re.findall(r'name="data\.(\w+)"[^>]* value="([^"]*)"', admin.get(f"/administration/{set_}").text))

    unchanged = answers(admin, set_, **given, kind="promised", reason="岳审改〔2026〕1号")
    preview = answers(admin, set_, **given | {"name": "企业设立登记（园区）"}, reason="岳审改〔2026〕1号")
    row = unescape(admin.get("/administration/matters/row?key=QY-SLDJ").text)
    ended = answers(admin, "matters/end?key=QY-SLDJ")

    assert "没有办成" in unchanged or "已办" in unchanged
    assert "已办：自定数值" in preview and "企业设立登记（园区）" in preview
    assert "本级自定值" in row and "岳审改〔2026〕1号" in row and "张敏" in row
    assert "已办：停用自定值" in ended and "企业设立登记（园区）" not in ended
