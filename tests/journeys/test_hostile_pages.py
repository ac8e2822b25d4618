"""No text of people or files becomes markup, whichever page it stands on: every page, with everything on it hostile."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from io import BytesIO
from urllib.parse import urlsplit

import orjson
import pytest
from lxml import etree
from openpyxl import load_workbook
from playwright.sync_api import Browser
from werkzeug.test import TestResponse

from tests.journeys.browser import MACHINE, Visit, served
from tests.journeys.hostile_house import House, hostile_house
from tests.journeys.poison import MARKER
from tests.services.markup import MARKUP

BARRED = frozenset({"iframe", "object", "embed", "base", "math", "style", "frame", "applet", "template"})
ADDRESSES = frozenset({
    "href", "src", "action", "formaction", "xlink:href", "poster", "data", "background", "hx-get", "hx-post"})
DATA, XLSX = "application/json", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STATUS = {"not-found": 404, "not-admitted": 403, "not-here": 404}
UNSHOWN = (
    "project_event.", "permit.", "catalogue.permits.", "case.fold.permits.", "fact.body.data.conditions.",  # the API has them
    "calendar_change.", "catalogue.decision_lists.note", "catalogue.matters.limits.", "diagram.exclusiveGateway.",
    "case.fold.routing.", "fact.body.data.why", "fact.body.data.seal", "case.fold.stops.basis",
    "case.data.", "fact.body.data.data.", "routing_rule.body.",  # of cases and rows that are not opened here; others are
)
"""Where something stands that none of these pages shows."""
EVALUATED = re.compile("36863")
"""191 × 193, which no text says before a template has reckoned it."""


DRAWN = {
    "first-clerk-0": "", "queue-done": "", "case-reviewing": "#picture .djs-shape", "verbs": "", "wall-list-all": "",
    "wall-case": "", "wall-figures": "", "wall-heat": "", "process": "[data-diagram] .djs-shape",
    "board": "#board[data-ready] .djs-shape", "book-empowerment": "", "intake-form-long": "", "book-people": ""}
"""A dozen pages for a browser, with what their scripts draw, which is clicked at."""


class Page(HTMLParser):
    """What a browser would make of a page. `faults`: what none of ours would have; `text`: what people read."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.text = ""
        self._script = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in BARRED or "zq" in tag or (tag == "meta" and "http-equiv" in given):
            self.faults.append(f"<{tag}>")
        if tag == "script" and given.get("type") != DATA and not given.get("src", "").startswith("/static/"):
            self.faults.append("a script of a page's own")
        self.faults += [f"<{tag} {name}={value[:60]}>" for name, value in given.items() if _is_fault(name, value)]
        self._script = given.get("type", "") if tag == "script" else ""
        self.text += " ".join(("", *given.values(), ""))

    def handle_data(self, data: str) -> None:
        if self._script == DATA:
            orjson.loads(data)
        self.text += data

    def handle_endtag(self, tag: str) -> None:
        self._script = ""


def _is_fault(name: str, value: str) -> bool:
    if "zq" in name or name == "srcdoc" or name.startswith(("on", "x-", "@", ":", "hx-on", "data-hx")):
        return True
    if name == "style" or name in ADDRESSES:
        return name == "style" or bool(urlsplit(value.strip()).scheme) or value.strip().startswith("//")
    return name.startswith("hx-") and "zq" in value


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with hostile_house(tmp_path_factory.mktemp("hostile")) as opened:
        yield opened


def test_what_people_and_files_say_is_only_ever_text(house: House) -> None:
    faults: dict[str, list[str]] = {}
    shown = ""
    for leaf in house.leaves:
        answer = house.look(leaf)
        text, found = _read(answer)
        shown += text
        found += [f"{each}, reckoned" for each in EVALUATED.findall(text)]
        if answer.status_code != STATUS.get(leaf.name, 200):
            found.append(answer.status)
        if found:
            faults[leaf.name] = found
    seen = {int(number) for number in MARKER.findall(shown)}

    assert faults == {}
    assert [each for each in MARKUP if each not in shown] == [], "each of them was there to be found"
    unseen = {place for place, numbers in house.poison.places.items() if not numbers & seen}
    assert {place for place in unseen if not place.startswith(UNSHOWN)} == set(), "what is written is seen on some page"


def _read(answer: TestResponse) -> tuple[str, list[str]]:
    """The text of what was answered, and what is wrong with it."""
    if answer.data.startswith(b"<?xml"):
        return "\n".join(map(str, etree.fromstring(answer.data).xpath("//@*|//text()"))), []
    if answer.mimetype == XLSX:
        cells = [cell for row in load_workbook(BytesIO(answer.data)).active for cell in row]
        return "\n".join(str(cell.value) for cell in cells), [str(cell.value) for cell in cells if cell.data_type == "f"]
    if answer.mimetype == DATA:
        return "\n".join(_texts(answer.json)), []
    page = Page(answer.text)
    return page.text, page.faults


def _texts(value: object) -> Iterator[str]:
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else [value]:
        yield from _texts(each) if isinstance(each, dict | list) else [str(each)]


@pytest.mark.browser
def test_no_hostile_text_does_anything_in_a_browser(house: House, browser: Browser) -> None:
    complaints: list[str] = []
    with served(house.app) as address:
        for leaf in (leaf for leaf in house.leaves if leaf.name in DRAWN):
            context = browser.new_context(locale="zh-CN")
            visit = Visit(page=context.new_page(), address=address, database=house.database)
            visit.page.on("dialog", lambda dialog, said=visit.complaints: (said.append(dialog.message), dialog.dismiss()))
            if leaf.person:
                visit.become(leaf.person, MACHINE)

            visit.go(leaf.path)
            visit.page.wait_for_load_state("networkidle")
            for drawn in filter(None, [DRAWN[leaf.name]]):
                visit.page.locator(drawn).first.click(force=True)

            complaints += visit.unexcused()
            assert visit.page.url.startswith(f"{address}{leaf.path}"), f"{leaf.name} has led away"
            assert visit.page.evaluate("window.__hit") is None and visit.page.locator("[zq]").count() == 0, leaf.name
            assert MARKER.search(visit.page.content()), leaf.name
            context.close()

    assert complaints == []
