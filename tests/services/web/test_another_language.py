"""The pages in a language that says every word of the catalogue in ⟦ ⟧. Chinese outside is the office's own: its people, units,
parks and matters, what its diagrams and forms call things, and articles of law. Anything else nobody could translate."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest
from flask.testing import FlaskClient

from engine.errors import Forbidden
from engine.lifecycle import State
from engine.sentences import listed, say
from services import query_codes
from services.database import reading
from services.settings import Settings
from services.web.app import create_app
from services.web.frame import text
from services.web.words import catalogue
from services.web.words.refusals import in_chinese
from tests.services.desk import Desk
from tests.services.staff import QUICK
from tests.services.web.conftest import Browser, sign_in
from tests.services.web.supervised import HELD, INSPECTION, LATE, SUN

Signing = Callable[..., Browser]
_WRAPPED = re.compile(r"⟦[^⟦⟧]*⟧")
_LAW = {"民法典第201条", "行政许可法第82条", "某某公司"}
_OFFICE = {"王", "李", "秦", "画", "孙涛", "某", "市住建局", "湘阴高新区", "岳阳经发区", "竣工联合验收", "时钟", "其他材料"}
"""Whom and what the story is about; the clock acts under its name, and files without a material are kept under one."""
_RECEIVED = {"登记收件:收件", "核验材料:受理"}


def marked(pot: str) -> str:
    """A catalogue with every text in ⟦ ⟧: those over several lines, and both forms of those that count."""
    return "\n\n".join(_entry(block) for block in pot.split("\n\n") if "msgid " in block)


def _entry(block: str) -> str:
    parts = re.split(r"^(msgid_plural|msgid|msgstr(?:\[\d\])?) ", block, flags=re.M)[1:]
    said = dict(zip(parts[::2], parts[1::2], strict=True))
    plural = said.get("msgid_plural", said["msgid"]).rstrip()
    return "".join(f"{place} {words}" if place.startswith("msgid") else
                   f'{place} "⟦"\n{said["msgid"].rstrip() if place != "msgstr[1]" else plural}\n"⟧"\n'
                   for place, words in said.items())


@pytest.fixture
def foreign(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, watched: Desk) -> FlaskClient:
    """The story a supervisor looks at, in that language."""
    (tmp_path / "xx.po").write_text(marked((catalogue.FOLDER / "interface.pot").read_text()))
    monkeypatch.setattr(catalogue, "FOLDER", tmp_path)
    settings = Settings(language="xx", hashing=QUICK)
    client: FlaskClient = create_app(watched.database, watched.office, settings, clock=lambda: watched.now).test_client()
    return client


@pytest.fixture
def signed(foreign: FlaskClient, watched: Desk) -> Signing:
    """Somebody signs in, with roles when he is new."""
    return lambda id, *roles: sign_in(foreign, watched.database, id, *roles)


def _drawn(desk: Desk) -> set[str]:
    """What the diagrams and forms of the office call things."""
    read = [desk.office.shelf / f"{INSPECTION}.bpmn", *desk.office.shelf.glob("forms/*.json")]
    named = {name for path in read for name in re.findall(r'(?:name|label|title|"title":)\s*=?\s*"([^"]+)"', path.read_text())}
    stored = orjson.loads((desk.office.shelf / "catalogue/matters.json").read_bytes())
    processes = {name for path in desk.office.shelf.glob("*.bpmn")
                 for name in re.findall(r'<bpmn:process [^>]*name="([^"]+)"', path.read_text())}
    return named | processes | set(_texts(stored)) | _RECEIVED


def _texts(value: object) -> list[str]:
    match value:
        case str():
            return [value]
        case list():
            return [text for each in value for text in _texts(each)]
        case dict():
            return [text for each in value.values() for text in _texts(each)]
    return []


def unsaid(page: str, known: set[str]) -> list[str]:
    """The texts of a page that say Chinese which neither the catalogue nor the office says. Of what is `known` the longest is
    taken away first, so that no name is taken for a part of another."""
    while _WRAPPED.search(page):
        page = _WRAPPED.sub("", page)
    for each in sorted(known, key=len, reverse=True):
        page = page.replace(each, "")
    return [found.strip() for found in re.findall(r"[^\n<>\"]*[\u3400-\u9fff][^\n<>\"]*", page)]


@pytest.mark.parametrize(("account", "roles", "path"), [
    ("秦", ("clerk", "system_admin", "audit_admin"), path) for path in (
        "/queues/in_hand", "/queues/to_accept", "/search?q=某某公司", "/account-events", "/administration", "/designer/",
        "/administration/people/grant?key=王", "/password", "/documents/check/?number=x&h=1234567890123456", "/progress",
        "/help/", "/help/days", "/help/clerk", "/fragments/explain?at=2026-03-02&limit=5workday",
        "/fragments/explain?at=2026-03-02&limit=many")
] + [(SUN, (), path) for path in (
    "/wall", "/wall/list", "/wall/list?lamp=red", "/wall/figures", "/wall/digest", "/wall/cards", "/wall/orders")
] + [("画", ("designer",), path) for path in ("/designer/", "/help/designer")])
def test_a_page_says_no_word_past_the_catalogue(
    signed: Signing, watched: Desk, account: str, roles: tuple[str, ...], path: str,
) -> None:
    page = signed(account, *roles).get(path)

    known = _OFFICE | _LAW | {park.name for park in watched.office.catalogue.parks.values()}
    known |= _drawn(watched) if path.startswith(("/wall", "/designer")) else set()
    assert "⟦" in page.text and unsaid(page.text, known) == []


@pytest.mark.parametrize(("account", "path"), [
    ("王", "/cases/{held}"), ("李", "/cases/{late}"), (SUN, "/wall/cases/{late}"), (SUN, "/wall/cases/{held}"),
    (SUN, "/wall/cases/{late}/explained?clock=promised"), (SUN, "/wall/cases/{late}/remind"),
])
def test_the_page_of_a_case_says_its_timeline_and_its_ribbon_in_the_readers_language(
    signed: Signing, watched: Desk, account: str, path: str,
) -> None:
    # given a case that is late, and one in a special procedure
    address = path.format(held=watched.opened[HELD], late=watched.opened[LATE])

    # when somebody who may looks at it
    page = signed(account).get(address)

    # then its timeline, its clocks and its ribbon say nothing past the catalogue
    assert page.status_code == 200 and "⟦" in page.text
    assert unsaid(page.text, _OFFICE | _LAW | _drawn(watched)) == []


def test_an_applicant_reads_of_his_case_in_his_language(foreign: FlaskClient, watched: Desk) -> None:
    # given an applicant with the number of a case in a special procedure, and its query code
    number = watched.opened[HELD]
    with reading(watched.database) as connection:
        code = query_codes.code_of(connection, number)
    mark = re.search(r'name="csrf" value="([^"]+)"', foreign.get("/progress").text)

    # when he looks at its progress
    foreign.post("/progress", data={"csrf": mark[1], "number": number, "code": code})
    page = foreign.get(f"/progress/{number}")

    # then it says nothing past the catalogue
    assert page.status_code == 200 and "⟦" in page.text and unsaid(page.text, _OFFICE | _LAW) == []


def test_the_drawing_board_is_handed_the_words_of_its_scripts(signed: Signing) -> None:
    browser = signed("画", "designer")
    begun = browser.post("/designer/drafts", origin="empty", process="water_permit", title="water")

    page = browser.get(begun.headers["Location"]).text

    before, block, after = re.split(r'<script type="application/json" id="words">(.*?)</script>', page, flags=re.S)
    handed = orjson.loads(block)
    assert handed["受理"] == "⟦受理⟧" and handed["同样的还有 {count} 处"] == "⟦同样的还有 {count} 处⟧"
    assert len(handed) > 250 and unsaid(before + after, _OFFICE) == []


def test_a_sentence_is_said_with_the_words_among_its_values(foreign: FlaskClient) -> None:
    with foreign.application.app_context():
        assert text(say("撤件:{reason}", reason="受理")) == "⟦撤件:受理⟧"  # what somebody wrote stays as it is
        assert text(listed((say("受理"), "甲"), "、")) == "⟦受理⟧、甲"
        refused = Forbidden("seal", say("case {case} is {state}: {rule}, and happens once", case="7", state=State.ACCEPTED,
                                        rule=say("制证 follows 办结")))
        assert in_chinese(refused) == "⟦不能⟦用印⟧：⟦办件7⟦已受理⟧：⟦制证在办结之后⟧，且只能办理一次⟧⟧"
