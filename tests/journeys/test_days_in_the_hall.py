"""The demonstration's hall in a real browser: a company is set up by three people, and what single steps promise.

The days of the other roles stand in `test_days_by_either_hand`.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.browser import Hall, Visit

pytestmark = pytest.mark.browser


def press(page: Page, name: str) -> None:
    """Click a button of the page itself, whatever key stands on it."""
    page.locator("main").get_by_role("button", name=re.compile(f"^{name}")).first.click()


def follow(page: Page, name: str) -> None:
    """Click a link of the page itself."""
    page.locator("main").get_by_role("link", name=re.compile(f"^{name}")).first.click()


def switch(page: Page, person: str) -> None:
    """Become somebody else in the bar, with the mouse."""
    page.locator(".demo-people summary").click()
    page.locator(".demo-people").get_by_role("button", name=re.compile(f"^{person}")).click()
    expect(page.locator(".demo-who")).to_contain_text(f"您现在是 {person}")


def waits(page: Page, person: str) -> None:
    """The bar says whom the case waits for; become this person, at the same case."""
    page.locator(".demo-next").get_by_role("button", name=f"切换到{person}").click()
    expect(page.locator(".demo-who")).to_contain_text(f"您现在是 {person}")


def begun(hall: Hall, person: str, path: str) -> Page:
    """Somebody at a page of his."""
    visit = hall.visit()
    visit.become(person, hall.now())
    visit.go(path)
    return visit.page


def timeline(page: Page) -> Locator:
    """办理经过."""
    return page.locator(".timeline")


def test_a_company_is_set_up_from_receipt_to_hand_over_by_mouse(hall: Hall) -> None:
    page = (visit := hall.visit()).page
    visit.go("/")
    press(page, "以陈静的身份开始")
    page.get_by_role("row").filter(has_text="刘洋").get_by_role("link").click()

    press(page, "收件")
    press(page, "受理")
    waits(page, "周凯")
    press(page, "拟准予")
    waits(page, "罗敏")
    press(page, "准予")
    waits(page, "周凯")
    while page.locator("details.task[open] .actions button.primary").count():
        page.locator("details.task[open] .actions button.primary").click()
        page.wait_for_load_state()
    waits(page, "陈静")
    press(page, "送达")

    expect(page.locator(".case-head .lamp")).to_have_text("已送达")
    expect(timeline(page)).to_contain_text("已送达")


def test_a_company_is_set_up_from_receipt_to_hand_over_by_keyboard_alone(hall: Hall) -> None:
    page = (visit := hall.visit()).page
    visit.go("/")
    visit.key("1")
    page.wait_for_url("**/queues/to_accept")
    row = page.get_by_role("row").filter(has_text="刘洋").get_by_role("link")
    for _ in range(4):
        visit.key("j")
    expect(row).to_be_focused()
    visit.key("Enter")

    expect(page.locator(".case-head")).to_contain_text("刘洋")
    visit.key("1")
    expect(page.locator("details.task[open] summary")).to_contain_text("核验材料")
    visit.tab_to(page.get_by_label("核验意见"))
    page.keyboard.insert_text("材料齐全")
    visit.key("Escape")
    visit.key("1")
    expect(page.get_by_role("status").filter(has_text="已办")).to_be_visible()
    _to_whom_it_waits_for(visit, "周凯")
    visit.key("1")
    expect(timeline(page)).to_contain_text("拟准予")
    _to_whom_it_waits_for(visit, "罗敏")
    visit.key("1")
    expect(timeline(page)).to_contain_text("决定:准予")
    _to_whom_it_waits_for(visit, "周凯")
    for done in range(5):
        expect(page.locator("details.task")).to_have_count(5 - done)
        visit.key("1")
    expect(page.locator("details.task")).to_have_count(1)
    _to_whom_it_waits_for(visit, "陈静")
    visit.key("1")

    expect(page.locator(".case-head .lamp")).to_have_text("已送达")


def _to_whom_it_waits_for(visit: Visit, person: str) -> None:
    """The bar says who has the next step; its key makes one this person, at the same case."""
    expect(visit.page.locator(".demo-next")).to_contain_text(f"切换到{person}")
    visit.key(".")
    expect(visit.page.locator(".demo-who")).to_contain_text(f"您现在是 {person}")
    expect(visit.page.locator(".case-head")).to_contain_text("刘洋")


def test_a_supervisor_sees_a_case_go_late(hall: Hall) -> None:
    page = (visit := hall.visit()).page
    visit.go("/")
    press(page, "以孙涛的身份开始")
    row = page.get_by_role("row").filter(has_text="公章刻制备案")
    expect(row.get_by_role("link").first).to_have_text("1")

    for hour in (10, 11, 12):
        page.locator(".demo-time").get_by_role("button", name="走1小时").click()
        expect(page.locator(".demo-clock")).to_contain_text(f"{hour}:30")
    expect(row.get_by_role("link").first).to_have_text("2")
    row.get_by_role("link").first.click()
    page.get_by_role("link", name=hall.number("seal_engraving", applicant="蒋慧")).click()

    expect(page.get_by_role("article").filter(has_text="黄牌")).to_be_visible()


def test_a_step_is_taken_back_within_ten_minutes_and_not_after(hall: Hall) -> None:
    number = hall.number("company_setup", "reviewing", "熊伟")
    page = begun(hall, "周凯", f"/cases/{number}")
    press(page, "拟准予")
    press(page, "拿回")
    expect(page.get_by_role("status").filter(has_text="已办：拿回")).to_be_visible()

    press(page, "拟准予")
    hall.visits[-1].excused.append("409")
    hall.machine.pass_(minutes=11)
    press(page, "拿回")

    expect(page.get_by_role("alert").filter(has_text="没有办成")).to_be_visible()


def test_sending_back_says_first_what_it_does(hall: Hall) -> None:
    number = hall.number("company_setup", "reviewing", "杨洁")
    page = begun(hall, "罗敏", f"/cases/{number}")

    follow(page, "退回")
    expect(page.locator("main")).to_contain_text("重")
    page.get_by_role("radio").first.check()
    page.get_by_label("理由").fill("经营范围表述不规范")
    press(page, "退回")

    expect(page.locator("details.task summary").first).to_contain_text("企业登记审查")
    expect(timeline(page)).to_contain_text("经营范围表述不规范")


def test_who_comes_second_is_told_who_did_what_meanwhile_and_keeps_what_he_typed(hall: Hall) -> None:
    number = hall.number("company_setup", "reviewing", "熊伟")
    first, second = (begun(hall, "周凯", f"/cases/{number}") for _ in range(2))
    hall.visits[-1].excused.append("409")
    press(first, "拟准予")
    expect(timeline(first)).to_contain_text("拟准予")

    second.get_by_label("审查意见").fill("材料齐全")
    press(second, "拟准予")

    told = second.get_by_role("alert").filter(has_text="没有办成")
    expect(told).to_contain_text("您打开本页后")
    expect(told).to_contain_text("周凯")
    expect(told).to_contain_text("拟准予")


def test_enter_does_what_it_stands_on_and_not_the_main_button_of_the_page(hall: Hall) -> None:
    number = hall.number("site_permit", "reviewing")
    page = begun(hall, "周凯", f"/cases/{number}/do/copy")

    hall.visits[-1].tab_to(page.get_by_role("link", name="不办了，返回办件"))
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="办理经过")).to_be_visible()
    expect(timeline(page)).not_to_contain_text("抄送")
