"""The help: each role finds its own page, and what a page calls a button is what the button says."""

import ast
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from services.people import ROLES
from services.web.topics import TOPICS
from tests.services.web.conftest import sign_in

ROOT = Path(__file__).parents[3]
WEB = ROOT / "services/web"


def _said_elsewhere() -> set[str]:
    """Every word of the interface, and every outcome of a diagram on the shelf."""
    pot = (WEB / "words/interface.pot").read_text()
    labels = (re.findall(r'jb:outcome [^>]*label="([^"]*)"', path.read_text()) for path in (ROOT / "bpmn").glob("*.bpmn"))
    return {ast.literal_eval(word) for word in re.findall(r'^msgid (".+")$', pot, re.M)} | {
        label for found in labels for label in found}


@pytest.mark.parametrize("topic", [topic.key for topic in TOPICS])
def test_what_the_help_calls_a_button_is_what_the_button_says(topic: str) -> None:
    # given what a page of the help puts between “ and ”
    quoted = set(re.findall(r"“([^”]+)”", (WEB / f"templates/help/{topic}.html").read_text()))

    # then each is a word of another page, of a verb or of a diagram
    assert quoted - _said_elsewhere() == set()


def test_every_role_has_its_page() -> None:
    assert {role for topic in TOPICS for role in topic.roles} == set(ROLES)


def test_the_help_of_ones_own_role_comes_first_and_every_page_opens(client: FlaskClient, database: Engine) -> None:
    # given a supervisor 督查员
    browser = sign_in(client, database, "孙涛", "supervisor")

    # when he opens the help from his menu, then his page is the first, and marked
    shown = browser.get("/help/").text
    links = re.findall(r'class="panel card" href="(/help/[a-z]+)"', shown)
    assert links[0] == "/help/supervisor" and len(links) == len(TOPICS)
    assert shown.count("您的岗位") == 1 and 'href="/help/" aria-current="page"' in shown

    # and every page opens
    for link in links:
        page = browser.get(link)
        assert page.status_code == 200 and page.text.count("<h1>") == 1


@pytest.mark.parametrize(("role", "path", "topic"), [
    ("clerk", "/queues/to_accept", "clerk"), ("reviewer", "/queues/in_hand", "reviewer"), ("supervisor", "/wall", "supervisor"),
    ("designer", "/designer/", "designer"), ("audit_admin", "/account-events", "administrators"),
    ("park_admin", "/administration", "unit"), ("clerk", "/password", "")])
def test_each_area_leads_to_its_own_help(role: str, path: str, topic: str, client: FlaskClient, database: Engine) -> None:
    shown = sign_in(client, database, "王", role).get(path).text
    assert f'<a href="/help/{topic}">帮助</a>' in shown.partition('<footer class="foot">')[2]


def test_an_applicant_reads_his_page_without_signing_in(client: FlaskClient) -> None:
    shown = client.get("/help/")
    assert shown.status_code == 200 and re.findall(r'class="panel card" href="/help/([a-z]+)"', shown.text)[0] == "applicant"
    assert "听证" in client.get("/help/applicant").text
    assert client.get("/help/passwords").status_code == 404


def test_somebody_without_a_role_is_still_told_who_grants_one(client: FlaskClient, database: Engine) -> None:
    assert "您还没有岗位" in sign_in(client, database, "新人").get("/").text


def test_a_deadline_can_be_tried_beside_the_rules(client: FlaskClient, database: Engine) -> None:
    # given somebody signed in who wonders about the Spring Festival of 2026
    browser = sign_in(client, database, "王", "clerk")

    # when five working days from 10:00 on 13 February are tried, then they end on 27 February: the make-up Saturday counts
    assert "<strong>2026-02-27</strong>" in browser.get("/help/days?at=2026-02-13T10:00&limit=5个工作日").text

    # and what cannot be read is said, with what was typed still there
    wrong = browser.get("/help/days?at=2026-02-13T10:00&limit=<b>soon").text
    assert 'role="alert"' in wrong and "&lt;b&gt;soon" in wrong
