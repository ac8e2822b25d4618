"""The cases of 临港高新区, the pilot with one hall, one seal, one body: 一件事, 四证并联, 竣工联合验收, 一照通.

One child of each bundle 企业开办一件事 is none of its own: 公章刻制 stays with 市公安局, which is late for one application
since yesterday and will be for another at noon, unless its people hurry. What is late there escalates there, not to the window.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from services.demo.days import Days
from services.demo.numbers import credit_code, project_code
from services.demo.script import Story, done, given
from services.demo.staff import LINGANG
from services.demo.steps import Steps, When, handed_over, registered, step, story, taken_in

LATE_AT_NOON = "岳阳洞庭智造有限公司"
"""The company whose seal is late at noon of the first day: the case that a newcomer sees escalate as the clock is moved on."""

LATE_SINCE_YESTERDAY = "岳阳港航供应链有限公司"
"""The company whose seal is late since yesterday."""

_DIVISION = "430603"
_MATTERS = ("invoice_issuing", "insurance_registration", "fund_registration", "bank_appointment")


def stories(days: Days) -> Iterator[Story]:
    """All of them."""
    yield from _bundles(days)
    yield from _four_permits(days)
    yield from _inspections(days)
    yield from _licences(days)


def _bundles(days: Days) -> Iterator[Story]:
    yield _bundle(
        days, "公章刻制今日中午到期", LATE_AT_NOON, "蒋慧", (-1, "09:00"),
        _registration(-1, "10:00", "14:30"),
        _matter("invoice_issuing", -1, "15:40"),
        _matter("bank_appointment", -1, "16:10"))
    yield _bundle(
        days, "公章刻制逾期，升级到市公安局", LATE_SINCE_YESTERDAY, "谢萍", (-2, "09:00"),
        _registration(-2, "10:00", "14:30"),
        *(_matter(each, -2, "16:00") for each in _MATTERS))
    yield _bundle(
        days, "六个事项均已办结，待一窗发放", "岳阳新港跨境电商有限公司", "李响", (-3, "09:00"),
        _registration(-3, "10:00", "11:40"),
        *(_matter(each, -3, "14:00") for each in _MATTERS),
        _seal(-3, "15:30"))
    yield _bundle(days, "待核验", "岳阳临港数智科技有限公司", "文静", (0, "09:08"), registered(0, "09:24"))


def _four_permits(days: Days) -> Iterator[Story]:
    yield _site(
        days, 1, "审查中", "岳阳高新建材有限公司", "装配式构件厂", (-3, "09:30"),
        taken_in(-3, "10:30"),
        step(-2, "10:00", done("review_drawings", "register_supervision")))
    yield _site(
        days, 2, "今日到期，待施工许可决定", "岳阳临港新材有限公司", "高分子新材料项目", (-5, "09:00"),
        taken_in(-5, "10:00"),
        _reviewed(-4),
        step(-2, "15:00", done("decide_planning", opinion="符合规划条件")),
        step(-1, "10:00", done("review_construction")))
    yield _site(
        days, 3, "专家评审，特别程序", "岳阳长岭石化装备有限公司", "重型装备制造基地", (-6, "14:00"),
        taken_in(-6, "14:30"),
        step(-5, "11:00", done("review_drawings", "register_supervision")),
        step(-4, "16:00", given("suspend", "reviewer", ground="expert_review", document=f"临高特告〔{days.today.year}〕2号",
            expected_end=days.day(6))))
    yield _site(
        days, 4, "待制证", "湖南城陵矶粮油有限公司", "粮油加工二期", (-5, "09:40"),
        taken_in(-5, "10:10"),
        _reviewed(-4),
        step(-3, "10:00", done("decide_planning")),
        step(-3, "15:00", done("review_construction")),
        step(-1, "11:00", done("decide_construction", opinion="具备施工条件")))
    yield _site(
        days, 5, "超力争时限，申请延期待批准", "岳阳南翔钢构有限公司", "钢结构生产线", (-16, "09:30"),
        taken_in(-16, "10:00"),
        step(-15, "10:00", done("register_supervision")),
        step(-9, "10:00", done("supervise_target", cause="图审意见反复", measures="三日内会商")),
        step(-2, "10:30", given("propose_extension", "reviewer", amount=10, reason="设计单位补充基坑支护论证")))
    yield _site(
        days, 6, "已送达，许可证已登记", "岳阳云港物流有限公司", "智能仓储中心", (-15, "09:30"),
        taken_in(-15, "10:00"),
        _reviewed(-14),
        step(-13, "10:00", done("decide_planning")),
        step(-13, "15:00", done("review_construction")),
        step(-12, "10:00", done("decide_construction")),
        step(-12, "15:00", done("certify", permits=[{"sort": "planning"}, {"sort": "construction"}])),
        handed_over(-11, "10:00"))


def _inspections(days: Days) -> Iterator[Story]:
    yield _building(
        days, 7, "一次性补正", "湖南城陵矶物流有限公司", "冷链仓库一期", (-4, "10:00"),
        registered(-4, "10:20"),
        step(-4, "15:00", done("verify", outcome="correct", missing_documents=["消防检测报告", "竣工图"])))
    yield _building(
        days, 8, "明日到期", "岳阳临港电子信息有限公司", "电子厂房3号楼", (-7, "09:30"),
        taken_in(-7, "10:00"),
        _checked(-6))
    yield _building(
        days, 9, "整改，暂停计时", "岳阳海昌医疗器械有限公司", "洁净车间", (-6, "09:30"),
        taken_in(-6, "10:00"),
        _checked(-5),
        step(-3, "10:00", done("visit", findings="二层疏散指示标志缺失")),
        step(-3, "16:00", done("summarise", outcome="rectify")),
        step(-3, "16:30", done("notify_defects", defects=["补装二层疏散指示标志"])),
        step(-3, "16:40", given("pause", "reviewer", ground="rectification", basis="联合验收办法第十二条",
            expected_end=days.day(4))))
    yield _building(
        days, 10, "超承诺时限，督办已答复待销号", "岳阳道仁矶重工有限公司", "总装车间", (-12, "09:30"),
        taken_in(-12, "10:00"),
        _checked(-10),
        step(-3, "09:20", given("issue_order", "supervisor", addressee="王磊", text="联合验收已超承诺时限，请说明并限期办结",
            due_on=days.day(0))),
        step(-1, "16:00", given("reply_to_order", "reviewer", text="已约定明日联合踏勘，三日内出具意见")))
    yield _building(
        days, 11, "法院裁定，挂起", "岳阳天元置业有限公司", "标准厂房5号楼", (-9, "09:30"),
        taken_in(-9, "10:00"),
        _checked(-8),
        step(-5, "10:00", given("hold", "head_of_office", order=f"({days.today.year})湘06行保1号", reason="法院裁定停止执行")))


def _licences(days: Days) -> Iterator[Story]:
    hotel = "岳阳湖滨大酒店有限公司"
    data = {"applicant": hotel, "credit_code": credit_code(61), "company_name": hotel, "park": LINGANG, "industry": "餐饮",
            "premises_area": 860, "wants_food": True, "wants_hygiene": True, "channel": "窗口",
            "materials": ["登记(备案)申请书", "经营场所平面图", "设施设备清单"]}
    yield story(
        days, "一照通：食品、卫生许可审查中", "one_licence", (-6, "09:20"), data,
        taken_in(-6, "10:00"),
        step(-6, "10:40", done("review", of="company_registration")),
        step(-6, "14:00", done("decide", of="company_registration")),
        step(-6, "15:00", done("make_licence", of="company_registration", licence_number="430603000012361",
            credit_code=credit_code(61))),
        step(-3, "10:00", done("review", of="food_business_permit", opinion="布局流程符合要求")))


def _bundle(days: Days, title: str, company: str, who: str, filed: When, *steps: Steps) -> Story:
    data = {"applicant": who, "company_name": company, "company_type": "有限责任公司", "park": LINGANG, "channel": "窗口",
            "representative": who, "capital": 500, "business_scope": "智能装备制造、仓储服务",
            "seal_engraver": "临港第二刻章点", "employees": 12, "bank": "临港支行", "phone": "0730-2220002",
            "materials": ["登记(备案)申请书", "公司章程", "住所使用证明", "法定代表人身份证件"]}
    return story(days, title, "company_setup_bundle", filed, data, *steps)


def _registration(workdays: int, accepted: str, granted: str) -> Steps:
    """受理 of the bundle, then 企业登记, whose grant begins the half days of the others."""
    return (*taken_in(workdays, accepted), *step(workdays, "11:00", done("review", of="company_registration")),
            *step(workdays, granted, done("decide", of="company_registration", opinion="符合登记条件")),
            *step(workdays, granted, done("make_licence", of="company_registration", licence_number="430603000012345",
                                         credit_code=credit_code(40 - workdays))))


def _matter(process: str, workdays: int, clock: str) -> Steps:
    """One of the matters from review to its end."""
    device = step(workdays, clock, done("provide_device", of=process, reason="使用数电票，无需税控设备"))
    return (*step(workdays, clock, done("review", "decide", of=process)), *(device if process == "invoice_issuing" else ()))


def _seal(workdays: int, clock: str) -> Steps:
    return (*step(workdays, clock, done("review", "decide", of="seal_engraving")), *step(workdays, clock, done(
        "engrave", of="seal_engraving", seal_record="岳公印备31号", seals=["公章", "财务专用章"])))


def _project(serial: int, company: str, project: str) -> Mapping[str, object]:
    return {"applicant": company, "credit_code": credit_code(serial), "project_name": project, "park": LINGANG,
            "channel": "窗口", "project_code": project_code(_DIVISION, serial), "phone": "0730-2220003"}


def _site(days: Days, serial: int, title: str, company: str, project: str, filed: When, *steps: Steps) -> Story:
    return story(days, f"四证并联：{title}", "four_permits", filed, {
        **_project(serial, company, project), "project_kind": "工业", "floor_area": 18_000 + 700 * serial}, *steps)


def _reviewed(workdays: int) -> Steps:
    return step(workdays, "15:00", done("review_planning", "review_drawings", "register_supervision"))


def _building(days: Days, serial: int, title: str, company: str, project: str, filed: When, *steps: Steps) -> Story:
    return story(days, f"竣工联合验收：{title}", "joint_completion_inspection", filed, {
        **_project(serial, company, project), "floor_area": 9_600 + 500 * serial}, *steps)


def _checked(workdays: int) -> Steps:
    return (*step(workdays, "10:00", done("dispatch")), *step(workdays, "15:00", done(
        "check_planning", "check_fire", "check_civil_defence", "check_archives", "check_quality")))
