"""A day of each role from who one is to the last step of his work, each once with the mouse and once by the keyboard alone.

Nobody goes to a page by its address after he has signed in. What a clerk, a reviewer and an approver do together stands in
`test_days_in_the_hall`.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from services.database import reading
from services.query_codes import code_of
from tests.journeys.browser import PHONE, Hall
from tests.journeys.hands import BOTH, Keys, Mouse, become, begin, button, find, link, menu

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("kind", BOTH, ids=["mouse", "keys"])]

Kind = type[Mouse] | type[Keys]


def test_a_head_of_office_approves_an_extension_and_the_due_day_moves(hall: Hall, kind: Kind) -> None:
    hand = begin(hall, kind, "彭辉")
    page = hand.visit.page
    find(hand, hall.number("four_permits", applicant="岳阳南翔钢构有限公司"))
    before = page.get_by_role("row").filter(has_text="法定时限").locator(".date").inner_text()

    hand.press(link(page, "更多操作"))
    hand.press(link(page, "批准延期"))
    expect(page.locator(".consequence")).to_contain_text("时限自原起算日延长")
    expect(page.get_by_label("岗位")).to_have_value("head_of_office")
    hand.fill(page.get_by_label("文书编号"), "临高延〔2026〕3号")
    hand.press(button(page, "批准延期"))

    expect(page.get_by_role("status").filter(has_text="已办：批准延期")).to_be_visible()
    assert page.get_by_role("row").filter(has_text="法定时限").locator(".date").inner_text() > before


def test_a_reviewer_stops_the_clock_by_a_special_procedure_and_resumes_it(hall: Hall, kind: Kind) -> None:
    hand = begin(hall, kind, "周凯")
    page = hand.visit.page
    find(hand, hall.number("site_permit", "reviewing"))

    hand.press(link(page, "更多操作"))
    hand.press(link(page, "发起特别程序"))
    hand.choose(page.get_by_label("事由"), 1)
    hand.fill(page.get_by_label("文书编号"), "湘高特告〔2026〕5号")
    hand.date(page.get_by_label("预计结束"), "2026-12-11")
    hand.press(button(page, "发起特别程序"))
    expect(page.locator(".case-head .lamp")).to_contain_text("特别程序")
    hand.press(link(page, "更多操作"))
    hand.press(link(page, "恢复"))
    hand.choose(page.locator("main select").first, 1)
    hand.press(button(page, "恢复"))

    expect(page.locator(".case-head .lamp")).to_have_text("审查中")


def test_a_certifier_makes_the_certificates_that_the_register_then_knows(hall: Hall, kind: Kind) -> None:
    hand = begin(hall, kind, "何莉")
    page, number = hand.visit.page, hall.number("four_permits", "concluded")

    hand.press(page.get_by_role("link", name=re.compile("待出件")))
    hand.press(page.get_by_role("link", name=number))
    hand.choose(page.get_by_label("证件种类").first, _place(page.get_by_label("证件种类").first, "建筑工程施工许可证"))
    hand.press(button(page, "出件"))
    hand.press(link(page, number))

    expect(page.locator(".timeline")).to_contain_text("建筑工程施工许可证")


def test_a_supervisor_orders_an_answer_and_closes_the_order_and_whom_he_reminds_reads_it(hall: Hall, kind: Kind) -> None:
    hand = begin(hall, kind, "孙涛")
    page, number = hand.visit.page, hall.number("seal_engraving", applicant="蒋慧")
    hand.press(menu(page, "效能监督"))
    hand.press(link(page, "在办时限"))
    hand.press(page.get_by_role("link", name=number))
    hand.press(link(page, "催办"))
    hand.fill(page.get_by_label("被催办人"), "吴刚")
    hand.fill(page.get_by_label("催办内容"), "请今日办结")
    hand.press(button(page, "催办"))
    expect(page.locator("main").get_by_role("status")).to_contain_text("已催办")
    hand.press(link(page, "督办$"))
    hand.fill(page.get_by_label("督办对象"), "吴刚")
    hand.fill(page.get_by_label("督办内容"), "请说明原因")
    hand.press(button(page, "督办"))
    expect(page.locator("main").get_by_role("status")).to_contain_text("督办单")

    become(hand, "吴刚")
    hand.press(menu(page, "消息"))
    told = page.get_by_role("row").filter(has_text="请今日办结")
    hand.press(told.get_by_role("button", name="标为已读"))
    expect(told).to_have_count(0)
    find(hand, number)
    hand.press(link(page, "更多操作"))
    hand.press(link(page, "督办答复"))
    hand.choose(page.get_by_label("督办单"), 1)
    hand.fill(page.get_by_label("内容"), "刻章点停电，下午交付")
    hand.press(button(page, "督办答复"))
    become(hand, "孙涛")
    hand.press(menu(page, "效能监督"))
    hand.press(link(page, "督办单"))
    hand.press(link(page, "待销号"))
    hand.press(page.get_by_role("link", name=number))
    hand.press(link(page, "销号"))
    hand.fill(page.get_by_label("核实情况"), "已交付")
    hand.press(button(page, "销号"))

    expect(page.locator("main").get_by_role("status")).to_contain_text("督办单已销号")


def test_a_system_administrator_enters_a_colleague(hall: Hall, kind: Kind) -> None:
    hand = begin(hall, kind, "张敏")
    page = hand.visit.page

    hand.press(menu(page, "管理"))
    hand.press(link(page, "人员与岗位"))
    hand.press(link(page, "登记人员"))
    hand.fill(page.get_by_label("账号"), "新人")
    hand.fill(page.get_by_label("姓名"), "新人")
    hand.fill(page.get_by_label("单位"), "湘阴高新区")
    hand.press(button(page, "登记人员"))

    hand.fill(page.locator("main").get_by_label("查找"), "新人")
    page.keyboard.press("Enter")
    expect(page.get_by_role("row").filter(has_text="新人")).to_be_visible()


def test_a_department_administrator_has_a_colleague_stood_in_for(hall: Hall, kind: Kind) -> None:
    hand = begin(hall, kind, "郑伟")
    page = hand.visit.page

    hand.press(menu(page, "管理"))
    hand.press(link(page, "人员与岗位"))
    hand.press(page.get_by_role("row").filter(has_text="吴刚").get_by_role("link", name="外出代理"))
    substitute = page.get_by_label("代理人")
    hand.choose(substitute, _place(substitute, "秦越（市公安局）"))
    hand.fill(page.get_by_label("事由"), "外出培训")
    hand.press(button(page, "外出代理"))

    expect(page.get_by_role("row").filter(has_text="吴刚")).to_contain_text("秦越")


def test_a_park_administrator_shortens_a_limit_of_his_own_park_and_of_no_other(hall: Hall, kind: Kind) -> None:
    hand = begin(hall, kind, "钟慧")
    page = hand.visit.page
    hand.press(menu(page, "管理"))
    hand.press(link(page, "本级时限"))
    hand.press(link(page, "规定时限"))

    hand.choose(page.get_by_label("事项流程"), _place(page.get_by_label("事项流程"), "企业变更"))
    hand.choose(page.get_by_label("园区"), _place(page.get_by_label("园区"), "临港高新区(含综合区)"))
    hand.choose(page.get_by_label("时限类型"), _place(page.get_by_label("时限类型"), "承诺时限"))
    hand.fill(page.get_by_label("数值"), "1")
    hand.choose(page.get_by_label("单位"), _place(page.get_by_label("单位"), "个工作日"))
    hand.fill(page.get_by_label("依据（文件、文号）"), "湘高区办〔2026〕9号")
    hand.fill(page.get_by_label("批准人").first, "杨帆")
    hand.visit.excused.append("409")
    hand.press(button(page, "规定时限"))
    expect(page.get_by_role("alert").filter(has_text="没有办成")).to_contain_text("只能为湘阴高新区作规定")
    hand.choose(page.get_by_label("园区"), _place(page.get_by_label("园区"), "湘阴高新区"))
    hand.press(button(page, "规定时限"))

    expect(page.locator("main").get_by_role("status")).to_contain_text("已办：规定时限")
    expect(page.get_by_role("row").filter(has_text="湘高区办〔2026〕9号")).to_contain_text("钟慧")
    expect(page.get_by_role("row").filter(has_text="湘高区办〔2026〕9号")).to_contain_text("湘阴高新区")


def test_a_park_administrator_proposes_to_close_the_hall_and_another_accepts_it(hall: Hall, kind: Kind) -> None:
    hand = begin(hall, kind, "钟慧")
    page = hand.visit.page
    hand.press(menu(page, "管理"))
    hand.press(link(page, "工作日历"))
    hand.press(link(page, "提出停办"))
    hand.choose(page.get_by_label("范围"), _place(page.get_by_label("范围"), "园区"))
    hand.fill(page.get_by_label("园区、窗口或系统的名称"), "湘阴高新区")
    hand.date(page.get_by_label("首日"), "2026-12-10")
    hand.date(page.get_by_label("末日"), "2026-12-11")
    hand.fill(page.get_by_label("文号"), "湘高区办〔2026〕10号")
    hand.fill(page.get_by_label("批准人"), "杨帆")
    hand.fill(page.get_by_label("事由"), "大厅停电检修")
    hand.press(button(page, "提出停办"))
    waiting = page.get_by_role("row").filter(has_text="湘高区办〔2026〕10号")
    expect(waiting).to_contain_text("待审核")

    become(hand, "许文")
    hand.press(menu(page, "管理"))
    hand.press(link(page, "工作日历"))
    hand.press(waiting.get_by_role("link", name="通过"))
    hand.press(button(page, "通过"))

    expect(waiting).to_contain_text("许文")
    expect(waiting).not_to_contain_text("待审核")


def test_a_security_administrator_bars_an_account_and_the_audit_administrator_reads_of_it(hall: Hall, kind: Kind) -> None:
    hand = begin(hall, kind, "沈洁")
    page = hand.visit.page

    hand.press(menu(page, "管理"))
    hand.press(link(page, "登录账号"))
    hand.press(page.get_by_role("row").filter(has_text="何莉").get_by_role("link", name="停用"))
    hand.fill(page.get_by_label(re.compile("理由|原因")), "调离")
    hand.press(button(page, "停用"))
    expect(page.get_by_role("row").filter(has_text="何莉")).to_contain_text("已停用")
    become(hand, "高峰")
    hand.press(menu(page, "账号日志"))

    hand.fill(page.get_by_label("账号", exact=True), "何莉")
    hand.press(button(page, "筛选"))
    expect(page.get_by_role("row").filter(has_text="停用")).to_contain_text("沈洁")


def test_a_limit_is_changed_by_a_designer_published_by_another_and_counts_for_the_next_case(hall: Hall, kind: Kind) -> None:
    hand = begin(hall, kind, "林晓")
    page = hand.visit.page
    hand.press(link(page, "企业开办$"))
    hand.press(button(page, "从这一版起草"))
    page.wait_for_selector("#board[data-ready]")
    hand.fill(page.get_by_label("数", exact=True).first, "2")
    page.keyboard.press("Tab")
    expect(page.locator("output.due").first).to_contain_text("2026-12-01 到期")
    expect(page.locator("#verdict")).to_contain_text("个错误")  # the timer that is drawn says another number
    hand.press(page.locator("#findings button:enabled").first)
    hand.fill(page.get_by_label("数", exact=True).first, "2")
    page.keyboard.press("Tab")
    expect(page.locator("#verdict")).to_contain_text("可以发布")
    hand.press(page.get_by_role("button", name="提交审核"))
    expect(page.get_by_text("待审核")).to_be_visible()

    hand.press(page.locator(".demo-next").get_by_role("button", name="切换到许文"))
    expect(page.get_by_role("row").filter(has_text="1个工作日").first).to_contain_text("2个工作日")
    hand.press(button(page, "发布流程"))
    expect(page.get_by_role("status").filter(has_text="已发布为第 2 版")).to_be_visible()
    become(hand, "陈静")
    hand.press(menu(page, "收件"))
    hand.press(link(page, "企业开办$"))
    hand.fill(page.get_by_label("申请人"), "王新")
    hand.choose(page.get_by_label("所属园区"), _place(page.get_by_label("所属园区"), "湘阴高新区"))
    hand.press(button(page, "收件"))
    hand.press(button(page, "收件"))
    expect(page.locator("details.task[open] summary")).to_contain_text("核验材料")
    hand.press(button(page, "受理"))

    expect(page.get_by_role("row").filter(has_text="承诺时限")).to_contain_text("2026-12-01")


def _place(of: Locator, label: str) -> int:
    """Where an option stands in a list."""
    expect(of).to_be_visible()
    return of.locator("option").all_inner_texts().index(label)


def test_an_applicant_chooses_how_the_result_is_handed_to_him(hall: Hall, kind: Kind) -> None:
    number = hall.number("company_setup", "reviewing", "熊伟")
    with reading(hall.database) as connection:
        code = code_of(connection, number)
    hand = kind(hall.visit(PHONE))
    page = hand.visit.page
    hand.visit.go("/progress")

    hand.fill(page.get_by_label("办件编号"), number)
    hand.fill(page.get_by_label("查询码"), code)
    hand.press(button(page, "查询"))
    hand.press(link(page, "选择领取方式"))
    hand.check(page.get_by_role("radio", name=re.compile("^窗口领取")))
    hand.press(button(page, "保存"))

    expect(page.get_by_role("main").get_by_role("status")).to_be_visible()
    hand.press(button(page, "退出查询"))
    expect(page.get_by_label("查询码")).to_be_visible()


def test_an_agent_looks_after_the_case_of_whom_he_stands_for(hall: Hall, kind: Kind) -> None:
    hand = begin(hall, kind, "唐敏")
    page = hand.visit.page

    hand.press(menu(page, "代办"))
    expect(page.get_by_text("岳阳湘江智能装备有限公司").first).to_be_visible()
    hand.press(page.locator(".cases a").first)

    expect(page.get_by_role("heading", name="办理经过")).to_be_visible()
    hand.press(link(page, "选择领取方式").or_(link(page, "撤件")).first)
    expect(page.locator("main form")).to_be_visible()
