"""What a document says, kind by kind: read back from the PDF that is printed, on both databases."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from engine.errors import Forbidden, InvalidInput
from services.documents.kinds import SORTS
from services.documents.kinds import DocumentKind as Kind
from tests.services.desk import Desk
from tests.services.documents import lived
from tests.services.documents.conftest import Issue, Print
from tests.services.documents.lived import CODE, COMPANY, DEFECTS, DOCUMENTS, FLAWS, About

REMEDIES = ("六十日内依法申请行政复议", "行政复议法》第二十条", "六个月内依法向人民法院提起行政诉讼", "行政诉讼法》第四十六条")

SAYS = [
    # what was received, and that nothing is accepted yet
    (Kind.RECEIPT, (*DOCUMENTS, "2026年3月4日10:00", "收件不等于受理", "第三十二条", "收件人：王")),
    # the limits with their due days: one working day promised, three by law
    (Kind.ACCEPTANCE, ("2026年3月4日予以受理", "第三十二条第一款第（五）项", "承诺时限1个工作日2026年3月5日",
        "法定时限3个工作日2026年3月9日")),
    # every defect, told once, and until when
    (Kind.CORRECTION, (*DEFECTS, "全部内容一次告知", "第三十二条第一款第（四）项", "2026年4月3日前补正")),
    (Kind.DECLINE, ("不予受理", "不属于本机关职权范围", "岳阳市市场监督管理局", *REMEDIES)),
    (Kind.CONDITIONAL_ACCEPTANCE, ("总平面图电子版2026年3月10日", "授权委托书原件2026年3月6日",
        "法定时限20个工作日2026年4月1日")),
    (Kind.SUPPLY_UNDERTAKING, ("本单位承诺按期补齐上述材料", "签署人：陈志远", "2026年3月10日")),
    (Kind.DECLARATION, ("二、已经能够满足告知的条件", "20个工作日内核查", "10个工作日内整改", "国办发〔2020〕42号",
        "签署人：陈志远")),
    # ground, article, expected end; under the number the reviewer has given it
    (Kind.SPECIAL_PROCEDURE, ("岳园特〔2026〕7号", "专家评审", "第四十五条", "预计至2026年3月31日")),
    # reason, article, old and new due days
    (Kind.EXTENSION, ("岳园延〔2026〕3号", "涉及深基坑工程", "难以在期限内作出决定", "第四十二条第一款", "延长10个工作日",
        "法定时限2026年4月3日2026年4月20日")),
    (Kind.GRANT, ("准予行政许可（核准登记）", "第三十八条第一款", "十个工作日内向你（单位）颁发、送达", "第四十四条",
        *REMEDIES)),
    (Kind.REFUSAL, ("不予行政许可（核准登记）", "住所属于违法建筑", "公司法第四十七条", "第三十八条第二款", *REMEDIES)),
    (Kind.HAND_OVER, ("受送达人", "窗口领取", "陈志远", "签收人签名")),
    (Kind.JOINT_INSPECTION, ("规划核实合格", "消防验收需整改", "竣工联合验收合格", "同意通过竣工联合验收", "第四十九条",
        "智能装备产业园一期")),
    (Kind.RECTIFICATION, (*FLAWS, "全部问题一次告知")),
    (Kind.SUPERVISION_ORDER, ("市市场监管局登记科", "两个工作日内办结", "2026年3月16日前书面答复", "岳阳市行政审批服务局",
        "签发人：督查")),
    (Kind.YELLOW_CARD, ("黄牌", "承诺时限", "2026年3月5日", "市市场监管局", "可以向本机关申诉")),
    (Kind.RED_CARD, ("红牌", "法定时限", "2026年3月9日", "岳阳市行政审批服务局")),
    (Kind.MANDATE, ("岳园委〔2026〕12号", "刘帮办", "领取营业执照和印章", "2026年3月4日至2026年6月30日",
        "不得代为签署告知承诺书")),
]


def said(pdf: bytes) -> str:
    """What a PDF says, without the breaks between its lines and cells."""
    return "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def test_every_kind_is_told_of() -> None:
    assert [kind for kind, _ in SAYS] == list(Kind)


@pytest.mark.parametrize(("kind", "words"), SAYS, ids=[kind.value for kind, _ in SAYS])
def test_a_document_says_what_the_law_wants_it_to_say(
    about: About, hall: Desk, issue: Issue, printed: Print, kind: Kind, words: tuple[str, ...],
) -> None:
    if kind is Kind.HAND_OVER:
        issue(Kind.GRANT)
    seq = _meant(hall, about, kind)

    issued = issue(kind, seq=seq)
    text = said(printed(issued.number))

    assert [word for word in words if "".join(word.split()) not in text] == []
    for common in (SORTS[kind].title, issued.number, "2026年3月13日", about.of(kind), COMPANY, CODE, issued.digest):
        assert common in text


def _meant(hall: Desk, about: About, kind: Kind) -> int | None:
    """Where several facts would do: the supervisor's own order, and the red card of the statutory limit."""
    facts = hall.facts(about.of(kind))
    return {
        Kind.SUPERVISION_ORDER: [fact["seq"] for fact in facts if fact["kind"] == "OrderIssued" and fact["by"] == "督查"],
        Kind.RED_CARD: [fact["seq"] for fact in facts if fact["kind"] == "CardIssued" and fact["data"]["colour"] == "red"
                        and fact["data"]["clock"] == "statutory"],
    }.get(kind, [None])[0]


def test_it_has_to_be_said_which_of_several_facts_is_meant(issue: Issue, about: About) -> None:
    with pytest.raises(InvalidInput, match="say which, as the number of the fact"):
        issue(Kind.RED_CARD)
    with pytest.raises(InvalidInput, match="fact 1 is not one for a 红牌通知书"):
        issue(Kind.RED_CARD, seq=1)


@pytest.mark.parametrize(("kind", "case", "reason"), [
    (Kind.DECLINE, "setup", "has not been declined"), (Kind.EXTENSION, "setup", "head of office 机关负责人 approves"),
    (Kind.JOINT_INSPECTION, "setup", "no 竣工联合验收"), (Kind.GRANT, "inspected", "grants it 准予 first"),
    (Kind.MANDATE, "setup", "not filed under a mandate"),
])
def test_nothing_is_issued_about_what_has_not_happened(
    issue: Issue, about: About, kind: Kind, case: str, reason: str,
) -> None:
    with pytest.raises(Forbidden, match=reason):
        issue(kind, getattr(about, case))


def test_what_nobody_has_entered_is_refused_with_who_enters_it(desk: Desk, issue_at: Issue) -> None:
    corrected = lived.corrected(desk, defects=[])
    nameless = desk.open("company_setup")
    desk.complete(nameless, "register", "received", data={"documents": DOCUMENTS})

    with pytest.raises(Forbidden, match=r"需补正的全部内容.*clerk 窗口受理人员 lists all of it"):
        issue_at(Kind.CORRECTION, corrected)
    with pytest.raises(Forbidden, match=r"申请人.*enters it in the application form"):
        issue_at(Kind.RECEIPT, nameless)


def test_a_document_of_supervision_needs_the_unit_of_who_supervises(desk: Desk, issue_at: Issue) -> None:
    refused = lived.refused(desk)

    with pytest.raises(Forbidden, match="督查员 with his unit"):
        issue_at(Kind.YELLOW_CARD, refused)


def test_an_acceptance_by_lapse_says_so(desk: Desk, issue_at: Issue, print_at: Print) -> None:
    number = lived.opened(desk)
    desk.now = lived.day(12)
    desk.ring()

    text = said(print_at(issue_at(Kind.ACCEPTANCE, number).number))

    assert "第三十二条第一款第（四）项，自收到申请材料之日即2026年3月4日起即为受理" in text


def test_a_hand_over_receipt_has_room_before_the_hand_over_and_names_who_received_it_afterwards(
    desk: Desk, issue_at: Issue, print_at: Print,
) -> None:
    number = lived.decided(desk)
    grant = issue_at(Kind.GRANT, number)

    before = issue_at(Kind.HAND_OVER, number)
    lived.handed_over(desk, number)
    after = issue_at(Kind.HAND_OVER, number)

    assert before.number != after.number and grant.number in said(print_at(before.number))
    assert "年月日时分" in said(print_at(before.number)) and "陈志远" not in said(print_at(before.number))
    assert "陈志远" in said(print_at(after.number))


def test_identity_numbers_are_masked_wherever_they_stand(desk: Desk, issue_at: Issue, print_at: Print) -> None:
    number = lived.declined(desk, reason="法定代表人（11010519491231002X）无权申请；编号 110105194912310021 不是身份证号")

    text = said(print_at(issue_at(Kind.DECLINE, number).number))

    assert "11010519491231002X" not in text and "110105********002X" in text and "110105194912310021" in text
    assert "已作隐去处理" in text
