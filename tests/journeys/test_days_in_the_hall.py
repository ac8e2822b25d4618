"""A day of each role in the demonstration's hall, in a real browser: from choosing who one is to the last step of his work."""

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


def test_a_supervisor_sees_a_case_go_late_orders_an_answer_and_closes_the_order(hall: Hall) -> None:
    page = (visit := hall.visit()).page
    number = hall.number("seal_engraving", applicant="蒋慧")
    visit.go("/")
    press(page, "以孙涛的身份开始")
    row = page.get_by_role("row").filter(has_text="公章刻制备案")
    expect(row.get_by_role("link").first).to_have_text("1")

    for hour in (10, 11, 12):
        page.locator(".demo-time").get_by_role("button", name="走1小时").click()
        expect(page.locator(".demo-clock")).to_contain_text(f"{hour}:30")
    expect(row.get_by_role("link").first).to_have_text("2")
    visit.go(f"/wall/cases/{number}")
    expect(page.get_by_role("article").filter(has_text="黄牌")).to_be_visible()
    follow(page, "督办$")
    page.get_by_label("督办对象").fill("吴刚")
    page.get_by_label("督办内容").fill("公章刻制超期，请说明原因，今日办结")
    press(page, "督办")
    expect(page.locator("main").get_by_role("status")).to_contain_text("督办单")
    switch(page, "吴刚")
    visit.go(f"/cases/{number}/do/reply_to_order")
    page.get_by_label("督办单").select_option(index=1)
    page.get_by_label("内容").fill("刻章点停电，下午交付")
    press(page, "督办答复")
    switch(page, "孙涛")
    visit.go(f"/wall/cases/{number}")
    follow(page, "销号")
    page.get_by_label("核实情况").fill("已交付")
    press(page, "销号")

    expect(page.locator("main").get_by_role("status")).to_contain_text("督办单已销号")


def test_a_limit_is_changed_by_a_designer_published_by_another_and_counts_for_the_next_case(hall: Hall) -> None:
    page = (visit := hall.visit()).page
    visit.go("/")
    press(page, "以林晓的身份开始")
    follow(page, "企业开办$")
    press(page, "从这一版起草")
    page.wait_for_selector("#board[data-ready]")
    page.get_by_label("数", exact=True).first.fill("2")
    page.keyboard.press("Tab")
    expect(page.locator("output.due").first).to_contain_text("2026-12-01 到期")
    expect(page.locator("#verdict")).to_contain_text("个错误")  # the timer that is drawn says another number
    page.locator("#findings button:enabled").first.click()
    page.get_by_label("数", exact=True).first.fill("2")
    page.keyboard.press("Tab")
    expect(page.locator("#verdict")).to_contain_text("可以发布")
    page.get_by_role("button", name="提交审核").click()
    expect(page.get_by_text("待审核")).to_be_visible()

    switch(page, "许文")
    expect(page.get_by_role("row").filter(has_text="1个工作日").first).to_contain_text("2个工作日")
    press(page, "发布流程")
    expect(page.get_by_role("status").filter(has_text="已发布为第 2 版")).to_be_visible()
    switch(page, "陈静")
    visit.go("/intake/company_setup")
    page.get_by_label("申请人").fill("王新")
    page.get_by_label("所属园区").select_option("湘阴高新区")
    press(page, "收件")
    press(page, "收件")
    press(page, "受理")

    visit.go(f"/cases/{hall.number('company_setup', applicant='王新')}")
    expect(page.get_by_role("row").filter(has_text="承诺时限")).to_contain_text("2026-12-01")


def test_a_head_of_office_approves_an_extension_and_the_due_day_moves(hall: Hall) -> None:
    number = hall.number("four_permits", applicant="岳阳南翔钢构有限公司")
    page = begun(hall, "彭辉", f"/cases/{number}")
    before = page.get_by_role("row").filter(has_text="法定时限").locator(".date").inner_text()

    follow(page, "更多操作")
    follow(page, "批准延期")
    expect(page.locator(".consequence")).to_contain_text("时限自原起算日延长")
    expect(page.get_by_label("岗位")).to_have_value("head_of_office")
    page.get_by_label("文书编号").fill("临高延〔2026〕3号")
    press(page, "批准延期")

    expect(page.get_by_role("status").filter(has_text="已办：批准延期")).to_be_visible()
    assert page.get_by_role("row").filter(has_text="法定时限").locator(".date").inner_text() > before


def test_a_reviewer_stops_the_clock_by_a_special_procedure_and_resumes_it(hall: Hall) -> None:
    number = hall.number("site_permit", "reviewing")
    page = begun(hall, "周凯", f"/cases/{number}")

    follow(page, "更多操作")
    follow(page, "发起特别程序")
    page.get_by_label("事由").select_option(index=1)
    page.get_by_label("文书编号").fill("湘高特告〔2026〕5号")
    page.get_by_label("预计结束").fill("2026-12-11")
    press(page, "发起特别程序")
    expect(page.locator(".case-head .lamp")).to_contain_text("特别程序")
    follow(page, "更多操作")
    follow(page, "恢复")
    page.locator("main select").first.select_option(index=1)
    press(page, "恢复")

    expect(page.locator(".case-head .lamp")).to_have_text("审查中")


def test_a_certifier_makes_the_certificates_that_the_register_then_knows(hall: Hall) -> None:
    number = hall.number("four_permits", "concluded")
    page = begun(hall, "何莉", "/")

    page.get_by_role("link", name=re.compile("待出件")).click()
    page.get_by_role("link", name=number).click()
    page.get_by_label("证件种类").first.select_option(label="建筑工程施工许可证")
    press(page, "出件")

    visit_page = begun(hall, "李娟", f"/cases/{number}")
    expect(visit_page.locator(".case-head .lamp")).to_have_text("已制证")
    expect(timeline(visit_page)).to_contain_text("建筑工程施工许可证")


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
