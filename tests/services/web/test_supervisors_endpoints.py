"""An endpoint of a supervising department at the door: named on the page and in the API, and what a clerk reads who archives
too early."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask_openapi3 import OpenAPI

from engine.errors import Forbidden
from services.database import writing
from services.settings import Settings
from services.web.door import Door, hang
from services.web.words import refusals
from tests.services.desk import Desk
from tests.services.receiving import GUARD
from tests.services.staff import QUICK, hire
from tests.services.test_supervising import DEPARTMENT, concluded
from tests.services.web.conftest import BEARER, TOKEN, Browser, sign_in

pytestmark = pytest.mark.parametrize("tell", ["sqlite"], indirect=True)


@pytest.fixture
def desk(tell: Callable[[Callable[[Desk], None]], Desk], house: OpenAPI) -> Desk:
    """An office that may post to this machine, before anything was granted."""
    def told(desk: Desk) -> None:
        with writing(desk.database) as connection:
            hire(connection, "总", "system_admin")
            for id in ("王", "李", "赵"):
                hire(connection, id, "clerk", "certifier")

    desk = tell(told)
    hang(house, Door(database=desk.database, office=desk.office, clock=lambda: desk.now,
                     settings=Settings(token=TOKEN, hashing=QUICK, guard=GUARD)))
    return desk


@pytest.fixture
def browser(house: OpenAPI, desk: Desk) -> Browser:
    """The administrator's, once an endpoint was entered."""
    browser = sign_in(house.test_client(), desk.database, "总")
    browser.post("/administration/endpoints/enter", **{"data.name": "城管平台", "data.url": "http://127.0.0.1:9/hook"})
    return browser


def test_a_supervising_department_is_chosen_on_the_page_and_shown_with_the_subscription(browser: Browser) -> None:
    made = browser.post("/administration/endpoints/subscribe?key=1", **{"data.supervisor": DEPARTMENT})
    row = browser.get("/administration/endpoints/row?key=1").text

    assert made.status_code == 303 and f"<td>{DEPARTMENT}</td>" in row


def test_a_program_names_it_by_an_alias_and_is_told_its_standard_name(browser: Browser, house: OpenAPI) -> None:
    headers = {**BEARER, "X-Jiban-Actor": "%E6%80%BB"}
    client = house.test_client()

    made = client.post("/api/v1/webhooks/endpoints/1/subscriptions", headers={**headers, "Idempotency-Key": "a"},
                       json={"supervisor": "市城市管理和综合执法局"})
    refused = client.post("/api/v1/webhooks/endpoints/1/subscriptions", headers={**headers, "Idempotency-Key": "b"},
                          json={"supervisor": "城管队"})

    assert (made.status_code, made.json["supervisor"]) == (200, DEPARTMENT)
    assert refused.status_code == 422 and "no department of the catalogue" in refused.text


def test_who_archives_too_early_reads_in_chinese_whose_system_lacks_it(browser: Browser, desk: Desk) -> None:
    browser.post("/administration/endpoints/subscribe?key=1", **{"data.supervisor": DEPARTMENT})
    number = concluded(desk)
    desk.complete(number, "check")

    with pytest.raises(Forbidden) as refused:
        desk.command("archive", number)

    assert refusals.reason_in_chinese(refused.value) == (
        f"办件{number}的审批结果城管平台还没有收到：请等待再次推送，或者请系统管理员在死信中重推或者放弃")
