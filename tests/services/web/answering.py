"""Whoever answers the forms of the office's books as a browser would: what stands in one, typed over, sent."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

from tests.services.web.conftest import Browser


class Form(HTMLParser):
    """What stands in the form of an act, by the names of its questions."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self._select = self._text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = str(given.get("name"))
        if tag == "select":
            self._select = name
        elif tag == "textarea":
            self._text = name
            self._keep(name, "")
        elif tag == "option" and "selected" in given:
            self._keep(self._select, given["value"] or "")
        elif tag == "input" and given.get("type") in ("text", "date", "hidden"):
            self._keep(name, given.get("value") or "")
        elif tag == "input" and "checked" in given:
            self._keep(name, given["value"] or "")

    def handle_data(self, data: str) -> None:
        if self._text:
            self.values[self._text] = [data]

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._text = ""

    def _keep(self, name: str, value: str) -> None:
        if name.startswith("data."):
            self.values.setdefault(name, []).append(value)


def standing(browser: Browser, address: str) -> dict[str, list[str]]:
    """What stands in a form when it is opened."""
    page = browser.get(f"/administration/{address}")
    assert page.status_code == 200, page.text
    return Form(page.text).values


def answers(browser: Browser, address: str, **typed: Any) -> str:
    """Type over what stands in the form of an act and send it; the page that follows, the form again when it was refused."""
    over = {name if name == "preview" else f"data.{name}": value for name, value in typed.items()}
    sent = browser.client.post(f"/administration/{address}", data={
        "csrf": browser.csrf, **standing(browser, address), **over}, content_type="multipart/form-data")
    if sent.status_code == 303:
        return unescape(browser.get(sent.headers["Location"]).text)
    assert sent.status_code in (200, 409, 422), sent.text
    return unescape(sent.text)


def sheet(text: str) -> tuple[BytesIO, str]:
    """A CSV file as a browser sends it."""
    return BytesIO(text.encode()), "清单.csv"


def key(page: str, book: str, act: str) -> str:
    """The address of an act on the first row that takes it."""
    found = re.search(rf"/administration/({book}/{act}\?key=[^\"]+)", page)
    assert found is not None, f"no row takes {act}"
    return found[1]


def shown(browser: Browser, book: str) -> str:
    """A book with its history."""
    return unescape(browser.get(f"/administration/{book}?history=1").text)
