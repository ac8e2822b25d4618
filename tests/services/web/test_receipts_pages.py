"""监管推送 and 四到位 at the door: who is shown what, who signs, and what a program is told."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask_openapi3 import OpenAPI

from services.database import writing
from services.settings import Settings
from services.web.door import Door, hang
from tests.services.desk import Desk
from tests.services.staff import QUICK, hire
from tests.services.test_supervising import DEPARTMENT, concluded, pushed
from tests.services.web.conftest import BEARER, TOKEN, Browser, sign_in

pytestmark = pytest.mark.parametrize("tell", ["sqlite"], indirect=True)


@pytest.fixture
def desk(tell: Callable[[Callable[[Desk], None]], Desk], house: OpenAPI) -> Desk:
    """A result waits for its department, whose people may sign in."""
    def told(desk: Desk) -> None:
        concluded(desk)
        with writing(desk.database) as connection:
            hire(connection, "管监", "department_admin", unit=DEPARTMENT)
            hire(connection, "别管", "department_admin", unit="市水利局")
            hire(connection, "督", "supervisor")
            hire(connection, "总", "system_admin")

    desk = tell(told)
    hang(house, Door(database=desk.database, office=desk.office, clock=lambda: desk.now,
                     settings=Settings(token=TOKEN, hashing=QUICK)))
    return desk


@pytest.fixture
def visits(house: OpenAPI, desk: Desk) -> Callable[[str], Browser]:
    """Somebody's browser."""
    return lambda who: sign_in(house.test_client(), desk.database, who)


def test_a_department_signs_for_a_result_and_reports_what_it_finds(
    desk: Desk, visits: Callable[[str], Browser], house: OpenAPI,
) -> None:
    number, other = desk.opened[0], visits("别管").get("/pushes").text
    browser = visits("管监")
    address = f"/pushes/{number}/{pushed(desk, number)}"

    waiting = browser.get("/pushes").text
    early = browser.post(f"{address}/report", sort="check", text="不符")
    signed = browser.post(f"{address}/receive")
    empty = browser.post(f"{address}/report", sort="check", text=" ")
    reported = browser.post(f"{address}/report", sort="check", text="与许可不符")
    shown, timeline = browser.get("/pushes?stands=received").text, browser.get(f"/cases/{number}").text

    assert number in waiting and "2026-03-05" in waiting and number not in other
    assert (early.status_code, signed.status_code, empty.status_code, reported.status_code) == (409, 303, 422, 303)
    assert number in shown and "监管反馈(日常检查):与许可不符" in timeline and "监管部门签收审批结果" in timeline
    assert desk.problems() == []


def test_a_stranger_to_the_department_is_told_that_there_is_no_such_case(
    desk: Desk, visits: Callable[[str], Browser],
) -> None:
    browser = visits("别管")

    answer = browser.post(f"/pushes/{desk.opened[0]}/{pushed(desk, desk.opened[0])}/receive")

    assert answer.status_code == 404


def test_a_supervisor_watches_and_exports_the_figures_and_signs_for_nothing(
    desk: Desk, visits: Callable[[str], Browser],
) -> None:
    browser = visits("督")

    listed, figures = browser.get("/pushes").text, browser.get("/pushes/figures?first=2026-03-01&last=2026-03-31").text
    sheet = browser.get("/pushes/figures.csv?first=2026-03-01&last=2026-03-31")

    assert desk.opened[0] in listed and "/receive" not in listed and DEPARTMENT in figures
    assert f"{DEPARTMENT},,1,0,0,1,0,0" in sheet.get_data(as_text=True)


def test_a_program_reads_signs_and_reports(house: OpenAPI, desk: Desk) -> None:
    program, number = house.test_client(), desk.opened[0]

    listed = program.get("/api/v1/pushes", headers=BEARER).json
    push = listed["items"][0]["push"]
    path = f"/api/v1/cases/{number}/pushes/{push}"
    acting = BEARER | {"X-Jiban-Actor": "%E7%AE%A1%E7%9B%91"}
    signed = program.post(f"{path}/receive", json={}, headers=acting)
    found = program.post(f"{path}/findings", json={"sort": "credit", "text": "列入重点监管"}, headers=acting)
    figures = program.get("/api/v1/pushes/figures", query_string={"first": "2026-03-01", "last": "2026-03-31"}, headers=BEARER)

    assert (listed["items"][0]["number"], listed["items"][0]["label"], listed["next"]) == (number, "准予", None)
    assert (signed.status_code, found.status_code) == (200, 200)
    assert figures.json["items"] == [{"department": DEPARTMENT, "park": "", "pushed": 1, "in_time": 1, "late": 0, "waiting": 0,
                                      "overdue": 0, "findings": 1}]


def test_the_matrix_shows_every_park_and_goes_out_as_a_sheet_that_comes_back(
    desk: Desk, visits: Callable[[str], Browser], house: OpenAPI,
) -> None:
    browser, program = visits("督"), house.test_client()
    check = {"park": "岳阳经发区", "system": "工改系统", "item": "port", "is_in_place": True, "evidence": "联调记录3号",
             "checked_on": "2026-03-02"}

    entered = program.post("/api/v1/linkage", json=check, headers=BEARER)
    page, sheet = browser.get("/linkage").text, browser.get("/linkage/sheet.csv").get_data(as_text=True)
    book = browser.get("/linkage/sheet.xlsx")
    again = program.post("/api/v1/linkage/import", json={"csv": sheet}, headers=BEARER)
    matrix = program.get("/api/v1/linkage", headers=BEARER).json

    assert entered.status_code == 200 and "岳阳绿色化工" in page and "0%（1/220）" in page
    assert book.data[:2] == b"PK" and "岳阳经发区,工改系统,端口,是,联调记录3号,2026-03-02" in sheet
    assert [each["version"] for each in again.json["items"]] == [2]
    assert (matrix["whole"]["in_place"], matrix["by_park"]["岳阳经发区"]["percent"]) == (1, 5)


def test_what_waits_for_a_department_lies_in_its_people_s_inbox_until_it_is_signed_for(
    desk: Desk, visits: Callable[[str], Browser],
) -> None:
    with writing(desk.database) as connection:
        hire(connection, "审", "reviewer", unit=DEPARTMENT)
    browser, number = visits("审"), desk.opened[0]

    before, beside = browser.get("/messages/").text, browser.get("/queues/in_hand/counts").text
    browser.post(f"/pushes/{number}/{pushed(desk, number)}/receive")
    after = browser.get("/messages/").text, browser.get("/queues/in_hand/counts").text

    assert "监管推送，请签收" in before and number in before and 'href="/pushes"' in before
    assert '监管推送待签收<span class="count">1<' in beside
    assert "监管推送，请签收" not in after[0] and "监管推送待签收" not in after[1]
