"""The companies of 湘阴高新区, a park with a hall and with rights of its own: 企业开办 at one window, one day promised.

Each story stops where the demonstration opens, so that every queue of the window, of review and of decision has a case: to take
in, in hand, due today, late with its cards, corrected, to hand over, to archive, done.
"""

from __future__ import annotations

from collections.abc import Iterator

from services.demo.days import Days
from services.demo.script import Story, Withdraw, done, given
from services.demo.staff import XIANGYIN
from services.demo.steps import Steps, When, handed_over, registered, step, story, taken_in

NEWCOMER = "岳阳云帆科技有限公司"
"""The company whose application waits at the window: the first thing a newcomer takes from receipt to hand-over."""

DUE_TODAY = "岳阳南湖文旅有限公司"
"""The company whose case waits for its decision: late tomorrow, if nobody decides today."""

LATE, LATEST = "岳阳巴陵餐饮管理有限公司", "岳阳环湖冷链物流有限公司"
"""The companies whose cases are late: with a yellow card, and with a red one and an order 督办单."""


def stories(days: Days) -> Iterator[Story]:
    """All of them, queue by queue."""
    yield from _to_take_in(days)
    yield from _in_hand(days)
    yield from _late(days)
    yield from _decided_cases(days)
    yield from _over(days)


def _to_take_in(days: Days) -> Iterator[Story]:
    yield _setup(days, "待收件", NEWCOMER, "刘洋", (0, "09:06"))
    yield _setup(days, "待核验", "岳阳洞庭渔家食品有限公司", "何军", (0, "08:55"), registered(0, "09:10"))
    yield _setup(
        days, "下班后网上申请，待核验", "湘阴左公文创有限公司", "左岚", (-1, "19:20"),
        registered(0, "09:18"),
        channel="网上")
    yield _setup(
        days, "一次性补正", "岳阳金盆生态农业有限公司", "黎明", (-3, "10:10"),
        registered(-3, "10:20"),
        step(-3, "15:00", done("verify", outcome="correct", missing_documents=["住所使用证明", "股东会决议"],
            opinion="两项材料缺失，一次告知")))
    yield _setup(
        days, "补正后再次核验", "湘阴鹤龙湖蟹业有限公司", "龙军", (-5, "09:40"),
        registered(-5, "09:50"),
        step(-5, "14:20", done("verify", outcome="correct", missing_documents=["法定代表人身份证件"])),
        step(-1, "16:40", done("supplement", documents=["法定代表人身份证件"])))


def _in_hand(days: Days) -> Iterator[Story]:
    yield _setup(days, "今日到期，待审查", "岳阳星城包装材料有限公司", "熊伟", (-1, "15:10"), taken_in(-1, "15:30"))
    yield _setup(days, "今日到期，待决定", DUE_TODAY, "杨洁", (-1, "09:50"), taken_in(-1, "10:00"), _reviewed(-1, "15:00"))
    yield _setup(
        days, "退回审查", "岳阳君山茶业贸易有限公司", "毛蕾", (-1, "10:20"),
        taken_in(-1, "10:40"),
        _reviewed(-1, "14:00"),
        step(-1, "16:30", done("decide_registration", outcome="send_back", reason="经营范围表述不规范")))
    yield _setup(
        days, "联办环节，尚余三项", "湘阴樟树港辣椒食品有限公司", "戴敏", (-1, "09:20"),
        taken_in(-1, "09:30"),
        _reviewed(-1, "11:00"),
        _decided(-1, "14:30"),
        step(-1, "16:00", done("make_seal", "issue_invoices", result_number="湘阴办2号")))


def _late(days: Days) -> Iterator[Story]:
    yield _setup(
        days, "超承诺：黄牌，督办中", LATE, "黄蓉", (-2, "09:30"),
        taken_in(-2, "10:00"),
        step(0, "09:15", given("remind", "supervisor", addressee="周凯", text="已超承诺时限，请当日审查")))
    yield _setup(
        days, "超法定：红牌，督办单待答复", LATEST, "蔡勇", (-7, "09:30"),
        taken_in(-7, "10:00"),
        _reviewed(-6, "11:00"),
        step(-3, "09:30", given("issue_order", "supervisor", addressee="罗敏", text="超法定时限，请说明原因并限期决定",
            due_on=days.day(1))),
        step(-2, "15:20", given("appeal", "approver", reason="系统切换期间无法登录，请复核")))


def _decided_cases(days: Days) -> Iterator[Story]:
    yield _setup(days, "待送达", "岳阳临资汽配有限公司", "向阳", (-2, "09:40"), *_granted(-2, -1))
    yield _setup(
        days, "待送达", "岳阳青山岛旅游开发有限公司", "邓超", (-2, "14:30"),
        taken_in(-2, "14:50"),
        _reviewed(-2, "16:00"),
        _decided(-1, "09:20"),
        _joint(-1, "11:00"))
    yield _setup(
        days, "不予登记，待送达", "岳阳环球金控集团有限公司", "赵明", (-2, "10:30"),
        taken_in(-2, "10:45"),
        step(-2, "15:30", done("review_registration", outcome="propose_refuse", opinion="名称含有禁止使用的内容")),
        step(-1, "10:00", done("decide_registration", outcome="refuse", reason="名称不符合企业名称登记管理规定")))


def _over(days: Days) -> Iterator[Story]:
    yield _setup(
        days, "已送达，待归档", "湘阴金龙智造有限公司", "吴倩", (-6, "09:20"),
        *_granted(-6, -5),
        handed_over(-5, "15:30"))
    yield _setup(
        days, "已送达，待归档", "岳阳三塘环保科技有限公司", "曹雪", (-8, "09:20"),
        *_granted(-8, -7),
        handed_over(-7, "10:00"))
    for place, (company, who) in enumerate((("岳阳鹅形山矿泉水有限公司", "罗平"), ("湘阴东湖电子有限公司", "钱进"))):
        first = -18 - 6 * place
        yield _setup(
            days, "已归档", company, who, (first, "09:10"),
            *_granted(first, first + 1),
            handed_over(first + 1, "16:30"),
            step(first + 3, "10:00", given("archive", "clerk")))
    yield _setup(
        days, "不予受理", "岳阳万利投资咨询中心", "周倩", (-4, "14:00"),
        registered(-4, "14:10"),
        step(-4, "15:00", done("verify", outcome="decline", reason="不属于本机关职权范围，请向市金融办申请")))
    yield _setup(
        days, "撤件", "湘阴兴旺建材经营部", "彭松", (-5, "10:00"),
        taken_in(-5, "10:15"),
        step(-4, "10:30", Withdraw(reason="申请人调整股东后重新申报")))
    yield _setup(
        days, "误录作废", "岳阳云帆科技有限公司(重复录入)", "刘洋", (-2, "09:00"),
        step(-2, "09:05", given("void", "clerk", reason="重复录入")))


def _setup(days: Days, title: str, company: str, who: str, filed: When, *steps: Steps, channel: str = "窗口") -> Story:
    """A company is set up."""
    data = {"applicant": who, "company_name": company, "company_type": "有限责任公司", "capital": 200, "park": XIANGYIN,
            "channel": channel, "phone": "0730-2220001"}
    return story(days, title, "company_setup", filed, data, *steps)


def _granted(first: int, second: int) -> tuple[Steps, ...]:
    """All but the hand-over, on two days."""
    return taken_in(first, "10:00"), _reviewed(first, "14:30"), _decided(first, "16:00"), _joint(second, "09:40")


def _reviewed(workdays: int, clock: str) -> Steps:
    return step(workdays, clock, done("review_registration", opinion="材料齐全，符合法定形式",
                                      basis="市场主体登记管理条例第十九条"))


def _decided(workdays: int, clock: str) -> Steps:
    return step(workdays, clock, done("decide_registration", opinion="符合登记条件，准予登记"))


def _joint(workdays: int, clock: str) -> Steps:
    return step(workdays, clock, done("make_seal", "issue_invoices", "insure", "open_fund", "book_bank"))
