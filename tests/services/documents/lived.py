"""Cases in which every document has something to say, lived through at a desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from services import people, undertakings
from services.database import writing
from services.documents.kinds import DocumentKind as Kind
from services.people import NewGrant, NewPerson
from services.undertakings import Kind as Way
from services.undertakings import NewTemplate
from tests.services.desk import Desk, day

NEW_YEAR = date(2026, 1, 1)
CODE = "91430600MA40000130"
COMPANY = "岳阳楚天智能装备有限公司"
DOCUMENTS = ["企业登记申请书", "公司章程", "法定代表人身份证明", "住所使用证明"]
DEFECTS = ["《公司章程》缺少全体股东签字页，请补交原件", "住所使用证明未载明使用期限，请由产权人重新出具",
           "法定代表人身份证明复印件不清晰，请重新提交"]
FLAWS = ["2号疏散楼梯间未按图设置常闭防火门", "地下室人防口部密闭门缺少合格证", "竣工图未加盖竣工图章"]
UNDERTAKING = ("本单位已知悉本事项的全部许可条件，现承诺：\n一、所填写的信息真实、准确；\n"
               "二、已经能够满足告知的条件、标准和要求；\n"
               "三、愿意承担不实承诺、违反承诺的法律责任。")


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """One case of a story, by what it is good for."""

    setup: str
    corrected: str
    declined: str
    conditional: str
    declared: str
    refused: str
    inspected: str
    mandated: str

    def of(self, kind: Kind) -> str:
        """The case in which a kind of document has something to say."""
        return str(getattr(self, _CASES.get(kind, "setup")))


_CASES = {
    Kind.CORRECTION: "corrected", Kind.DECLINE: "declined", Kind.CONDITIONAL_ACCEPTANCE: "conditional",
    Kind.SUPPLY_UNDERTAKING: "conditional", Kind.DECLARATION: "declared", Kind.SPECIAL_PROCEDURE: "conditional",
    Kind.EXTENSION: "conditional", Kind.REFUSAL: "refused", Kind.JOINT_INSPECTION: "inspected", Kind.RECTIFICATION: "inspected",
    Kind.SUPERVISION_ORDER: "refused", Kind.YELLOW_CARD: "refused", Kind.RED_CARD: "refused", Kind.MANDATE: "mandated",
}


def opened(desk: Desk, process: str = "company_setup", **data: object) -> str:
    """A case on the desk, its documents registered."""
    number = desk.open(process, **{"applicant": COMPANY, "credit_code": CODE, **data})
    minutes(desk)
    desk.complete(number, "register", "received", data={"documents": DOCUMENTS})
    minutes(desk)
    return number


def minutes(desk: Desk, number: int = 5) -> None:
    """Some time passes."""
    desk.now += timedelta(minutes=number)


def decided(desk: Desk, **data: object) -> str:
    """企业开办, granted."""
    number = opened(desk, **data)
    for node, outcome, told in (
        ("verify", "accept", {}), ("review_registration", "propose_grant", {"opinion": "材料齐全，符合登记条件"}),
        ("decide_registration", "grant", {"opinion": "同意设立登记"}),
    ):
        desk.complete(number, node, outcome, data=told)
        minutes(desk)
    return number


def handed_over(desk: Desk, number: str) -> None:
    """What follows the decision, to the hand-over."""
    for node in ("make_seal", "issue_invoices", "insure", "open_fund", "book_bank"):
        if any(task.node == node for task in desk.tasks(number)):
            desk.complete(number, node, "done")
            minutes(desk)
    desk.complete(number, "hand_over", "handed_over", data={"recipient": "陈志远", "delivery": "窗口领取"})


def setup(desk: Desk) -> str:
    """企业开办, granted and handed over on the same day."""
    number = decided(desk)
    handed_over(desk, number)
    return number


def corrected(desk: Desk, defects: list[str] | None = None) -> str:
    """企业开办, of which something is missing."""
    number = opened(desk)
    desk.complete(number, "verify", "correct", data={"missing_documents": DEFECTS if defects is None else defects,
                                                     "opinion": "其余材料符合要求"})
    return number


def declined(desk: Desk, **told: object) -> str:
    """企业开办, not accepted."""
    number = opened(desk)
    desk.complete(number, "verify", "decline", data={
        "reason": "申请事项不属于本机关职权范围。\n请向岳阳市市场监督管理局（市政务服务中心二楼）提出申请。", **told})
    return number


def conditional(desk: Desk) -> str:
    """四证并联, accepted conditionally, stopped for an expert review, and extended."""
    number = opened(desk, "four_permits", planning_review="告知承诺", project_name="智能装备产业园一期",
                    project_code="2603-430602-04-01-123456")
    desk.complete(number, "verify", "accept_conditionally", data={
        "missing_materials": [{"name": "总平面图电子版", "supply_on": "2026-03-10"},
                              {"name": "授权委托书原件", "supply_on": "2026-03-06"}],
        "undertaking_text": "本单位承诺按期补齐上述材料；逾期未补齐的，由本单位承担相应后果。", "signer": "陈志远"})
    desk.now = day(5)
    desk.command("suspend", number, ground="expert_review", document="岳园特〔2026〕7号", expected_end=date(2026, 3, 31),
                 by="李")
    desk.now = day(9)
    desk.resume(number, by="李")
    desk.now = day(10)
    desk.command("propose_extension", number, amount=10, by="李",
                 reason="涉及深基坑工程，专家意见需要逐条核实，\n难以在期限内作出决定")
    minutes(desk)
    desk.command("approve_extension", number, role="head_of_office", document="岳园延〔2026〕3号", by="局长")
    return number


def declared(desk: Desk) -> str:
    """四证并联, accepted on a declaration."""
    with writing(desk.database) as connection:
        undertakings.enter_template(connection, NewTemplate(kind=Way.DECLARED, process="four_permits", text=UNDERTAKING,
                                                            basis="岳审改〔2026〕3号"), by="事项", now=desk.now)
    number = opened(desk, "four_permits", planning_review="告知承诺")
    desk.complete(number, "verify", "declare", data={"signer": "陈志远"})
    return number


def refused(desk: Desk) -> str:
    """竣工联合验收 is late, 企业开办 refused: with cards of both colours and an order."""
    number = opened(desk)
    desk.complete(number, "verify", "accept")
    desk.now = day(12)
    desk.ring()
    desk.command("issue_order", number, addressee="市市场监管局登记科", due_on=date(2026, 3, 16), by="督查",
                 text="该办件已超过承诺时限和法定时限，请于收到本单之日起两个工作日内办结，并说明超期原因。")
    desk.now = day(13)
    desk.complete(number, "review_registration", "propose_refuse")
    minutes(desk)
    desk.complete(number, "decide_registration", "refuse", data={
        "reason": "一、拟设立公司的住所属于违法建筑，不能作为经营场所；\n二、公司章程规定的出资期限不符合公司法第四十七条。"})
    return number


def inspected(desk: Desk) -> str:
    """竣工联合验收, passed after a rectification."""
    number = opened(desk, "joint_completion_inspection", project_name="智能装备产业园一期")
    for node, outcome, told in (
        ("verify", "accept", {}), ("dispatch", "dispatched", {}),
        ("check_planning", "qualified", {"opinion": "建筑位置、高度、面积与规划许可一致"}),
        ("check_fire", "defective", {"opinion": "2号楼梯间防火门不符合要求，其余合格"}),
        ("check_civil_defence", "qualified", {"opinion": "符合人防设计要求"}),
        ("check_archives", "qualified", {"opinion": "档案齐全"}),
        ("check_quality", "qualified", {"opinion": "质量监督程序完备"}),
        ("visit", "visited", {"findings": "现场踏勘一次，记录在案", "inspectors": ["李", "周"], "visited_on": "2026-03-04"}),
        ("summarise", "rectify", {}), ("notify_defects", "notified", {"defects": FLAWS}), ("report_rectified", "received", {}),
        ("visit_again", "visited", {"findings": "三项问题均已整改到位"}),
        ("summarise", "qualified", {"opinion": "各专项均已合格"}),
        ("decide_acceptance", "grant", {"opinion": "同意通过竣工联合验收"}),
    ):
        if any(task.node == node for task in desk.tasks(number)):
            desk.complete(number, node, outcome, data=told)
            minutes(desk)
    return number


def mandated(desk: Desk) -> str:
    """帮代办, with a mandate."""
    number = desk.open("agent_service", applicant=COMPANY, credit_code=CODE)
    for node, outcome in (("register_request", "accepted"), ("assign", "assigned")):
        minutes(desk)
        desk.complete(number, node, outcome, data={"agent_name": "刘帮办"} if node == "assign" else {})
    desk.complete(number, "sign_mandate", "signed", data={
        "mandate_number": "岳园委〔2026〕12号", "principal": COMPANY, "agent_name": "刘帮办",
        "scope": ["企业开办一件事申请材料的准备和提交", "领取营业执照和印章"],
        "valid_from": "2026-03-04", "valid_until": "2026-06-30", "may_sign_commitment": False, "signed_on": "2026-03-04"})
    return number


def supervised(desk: Desk) -> None:
    """Whoever works here is entered, after the cases were lived: from then on it has to be known who acts."""
    with writing(desk.database) as connection:
        for name, unit, role in (("督查", "岳阳市行政审批服务局", "supervisor"), ("王", "市市场监管局", "clerk")):
            people.enter(connection, NewPerson(id=name, name=name, unit=unit, since_on=NEW_YEAR), by="系统", now=desk.now)
            people.grant(connection, NewGrant(person=name, role=role, since_on=NEW_YEAR), by="系统", now=desk.now)
