"""What else 湘阴高新区 was given: changes of companies, building sites, filings, grants; its own promise where it has one."""

from __future__ import annotations

from collections.abc import Iterator

from services.demo.days import Days
from services.demo.numbers import credit_code, project_code
from services.demo.script import Story, done, given
from services.demo.staff import XIANGYIN
from services.demo.steps import Steps, When, handed_over, registered, step, story, taken_in

_DIVISION = "430624"


def stories(days: Days) -> Iterator[Story]:
    """All of them."""
    yield from _changes(days)
    yield from _sites(days)
    yield from _others(days)


def _changes(days: Days) -> Iterator[Story]:
    yield _change(
        days, 81, "明日到期", "湘阴洋沙湖酒店管理有限公司", "变更经营范围", (-2, "09:40"),
        taken_in(-2, "10:00"),
        changes_scope=True)
    yield _change(
        days, 82, "容缺受理，材料待补齐", "岳阳浩河机械有限公司", "变更住所", (-1, "13:10"),
        registered(-1, "13:20"),
        step(-1, "13:40", done("verify", outcome="accept_conditionally", opinion="主要材料齐全，房产证明原件容缺",
            signer="夏林", missing_materials=[{"name": "房产证明原件", "supply_on": days.day(1).isoformat()}])),
        changes_address=True)
    yield _change(
        days, 83, "变更已登记，联办环节", "湘阴界头铺新材有限公司", "变更名称", (-2, "14:00"),
        taken_in(-2, "14:20"),
        step(-1, "10:00", done("review_name", opinion="新名称符合规定")),
        step(-1, "15:00", done("decide_change")),
        changes_name=True)


def _sites(days: Days) -> Iterator[Story]:
    yield _site(days, 84, "夜间施工，审查中", "夜间施工", "湖南湘江建工集团有限公司", (-4, "09:40"), taken_in(-4, "10:00"))
    yield _site(
        days, 85, "渣土处置，待决定", "建筑垃圾处置", "岳阳恒通渣土运输有限公司", (-6, "09:40"),
        taken_in(-6, "10:00"),
        step(-2, "15:00", done("review_case", opinion="消纳场地和运输路线明确")))
    yield _site(
        days, 86, "已核准，待制发文件", "建筑垃圾处置", "湘阴顺达土石方有限公司", (-7, "14:00"),
        taken_in(-7, "14:20"),
        step(-4, "10:00", done("review_case")),
        step(-1, "16:20", done("decide_case", opinion="准予处置")))
    yield _site(
        days, 87, "已制证，待送达", "夜间施工", "岳阳大桥工程有限公司", (-8, "14:00"),
        taken_in(-8, "14:20"),
        step(-5, "10:00", done("review_case")),
        step(-3, "10:00", done("decide_case")),
        step(-2, "11:00", done("certify", certificate_numbers=[f"湘高夜施〔{days.today.year}〕12号"])))


def _others(days: Days) -> Iterator[Story]:
    data = {**_applicant(88, "湖南湘江建工集团有限公司"), "project_name": "标准厂房一期", "filed_matter": "农民工工资保证金",
            "deposit": 1_200_000, "bank": "湘阴农商银行", "documents": ["保证金凭证或保函", "施工合同"]}
    yield story(days, "备案：待登记", "filing", (-1, "16:00"), data, taken_in(-1, "16:20"))
    yield story(
        days, "备案：已办结归档", "filing", (-9, "09:30"), {**data, "filed_matter": "工资专用账户"},
        taken_in(-9, "09:50"),
        step(-8, "10:00", done("file_record", filing_number=f"湘高备〔{days.today.year}〕41号")),
        handed_over(-8, "15:00"),
        step(-6, "09:30", given("archive", "clerk")))
    grant = {**_applicant(89, "岳阳洞庭生物科技有限公司"), "policy_name": "高新技术企业首次认定奖励", "amount": 20,
             "policy_version": "示例,湘高发〔2025〕3号", "materials": ["申报表", "营业执照(电子证照)"]}
    yield story(
        days, "政策兑现：待审核", "policy_grant_on_application", (-5, "09:30"), grant,
        taken_in(-5, "10:00"),
        step(-3, "10:00", done("review_jointly", opinion="无重复享受")))


def _applicant(serial: int, company: str) -> dict[str, object]:
    return {"applicant": company, "credit_code": credit_code(serial), "park": XIANGYIN, "channel": "窗口",
            "phone": "0730-2220004"}


def _change(
    days: Days, serial: int, title: str, company: str, after: str, filed: When, *steps: Steps, **changes: bool,
) -> Story:
    return story(days, f"企业变更：{title}", "company_change", filed, {
        **_applicant(serial, company), "company_name": company, "after": after, **changes}, *steps)


def _site(days: Days, serial: int, title: str, matter: str, builder: str, filed: When, *steps: Steps) -> Story:
    return story(days, f"施工核准：{title}", "site_permit", filed, {
        **_applicant(serial, builder), "builder": builder, "site_matter": matter, "project_name": f"湘阴大道{serial}号地块",
        "project_code": project_code(_DIVISION, serial), "works_from": days.day(3).isoformat(),
        "works_until": days.day(30).isoformat(), "waste_volume": 12_000}, *steps)
