"""A day of each role in the demonstration's hall, in a real browser: from choosing who one is to the last step of his work."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.journeys.browser import Hall, Visit


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
    number = hall.number("company_setup", "reviewing", "刘洋")
    visit.go(f"/cases/{number}")
    switch(page, "周凯")
    press(page, "拟准予")
    switch(page, "罗敏")
    press(page, "准予")
    switch(page, "周凯")
    while page.locator("details.task[open] .actions button.primary").count():
        page.locator("details.task[open] .actions button.primary").click()
        page.wait_for_load_state()
    switch(page, "陈静")
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
    visit.go(f"/cases/{hall.number('company_setup', 'reviewing', '刘洋')}")
    _become_by_keys(visit, "周凯")
    visit.key("1")
    expect(timeline(page)).to_contain_text("拟准予")
    _become_by_keys(visit, "罗敏")
    visit.key("1")
    expect(timeline(page)).to_contain_text("决定:准予")
    _become_by_keys(visit, "周凯")
    for done in range(5):
        expect(page.locator("details.task")).to_have_count(5 - done)
        visit.key("1")
    expect(page.locator("details.task")).to_have_count(1)
    _become_by_keys(visit, "陈静")
    visit.key("1")

    expect(page.locator(".case-head .lamp")).to_have_text("已送达")


def _become_by_keys(visit: Visit, person: str) -> None:
    visit.key("\\")
    visit.tab_to(visit.page.locator(".demo-people").get_by_role("button", name=re.compile(f"^{person}")))
    visit.key("Enter")
    expect(visit.page.locator(".demo-who")).to_contain_text(f"您现在是 {person}")
