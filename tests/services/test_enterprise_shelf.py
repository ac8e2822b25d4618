"""The enterprise matters at the desk: bundles with their children, late ones, and what is refused when a date is missing."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from engine.calendar import SHANGHAI
from tests.services.desk import Desk, day

OPTIONAL = {"wants_fund": False, "wants_bank": False}
REGISTER = ("register:received", "verify:accept")
CHILD = ("review:propose_grant", "decide:grant")


def go(desk: Desk, number: str, *steps: str, **given: object) -> None:
    """Complete tasks, each as “node:outcome”, and do the errands."""
    for step in steps:
        node, _, outcome = step.partition(":")
        desk.complete(number, node, outcome, **given)
        desk.ring()


def child(desk: Desk, bundle: str, process: str) -> str:
    return next(each.number for each in desk.children(bundle) if each.process == process)


def set_up(desk: Desk, **data: object) -> str:
    """An application for setting up a company, accepted, its registration granted."""
    number = desk.open("company_setup_bundle", applicant="岳阳某公司", company_name="岳阳某有限公司", park="湘阴高新区", **data)
    go(desk, number, *REGISTER)
    registration = child(desk, number, "company_registration")
    go(desk, registration, *CHILD)
    go(desk, registration, "make_licence:made", data={"licence_number": "430624000000001", "credit_code": "91430600MA40000130"})
    return number


def test_one_application_for_a_company_is_a_case_in_each_department(desk: Desk) -> None:
    number = set_up(desk)

    assert {each.department for each in desk.children(number)} == {
        "市市场监管局", "市公安局", "市税务局", "市人社局", "市住房公积金管理中心", "人民银行岳阳市中心支行"}
    assert {each.park for each in desk.children(number)} == {"湘阴高新区"}
    assert desk.problems() == []


def test_the_materials_that_were_handed_in_once_are_before_every_department(desk: Desk) -> None:
    materials = ["登记(备案)申请书", "公司章程", "住所使用证明", "法定代表人身份证件"]

    number = set_up(desk, materials=materials)

    assert len(desk.children(number)) == 6
    assert {tuple(desk.facts(each.number)[0]["data"]["data"]["materials"]) for each in desk.children(number)} == {
        tuple(materials)}


def test_one_licence_hands_its_materials_on_to_each_permit(desk: Desk) -> None:
    number = desk.open("one_licence", applicant="岳阳某店", wants_food=True, wants_hotel=True,
                       materials=["登记(备案)申请书", "经营场所平面图", "设施设备清单", "从业人员健康证明", "安全管理制度"])
    go(desk, number, *REGISTER)

    assert {"company_registration", "food_business_permit", "hotel_permit"} <= {
        each.process for each in desk.children(number)}
    assert desk.incidents(number) == []


def test_the_bundle_is_over_when_all_its_matters_are(desk: Desk) -> None:
    number = set_up(desk, **OPTIONAL)

    seal = child(desk, number, "seal_engraving")
    go(desk, seal, *CHILD)
    go(desk, seal, "engrave:done", data={"seal_record": "印备〔2026〕1号"})
    go(desk, child(desk, number, "invoice_issuing"), *CHILD, "provide_device:not_needed")
    assert desk.tasks(number) == []
    go(desk, child(desk, number, "insurance_registration"), *CHILD)
    go(desk, number, "hand_over:handed_over")

    assert desk.case(number).state == "handed_over"
    assert [each["data"]["result"] for each in desk.facts(number, "ChildEnded")] == ["granted"] * 4
    assert desk.problems() == []


def test_a_late_child_is_the_business_of_its_own_department_and_can_still_be_finished(desk: Desk) -> None:
    number = set_up(desk, **OPTIONAL)
    seal, insurance = child(desk, number, "seal_engraving"), child(desk, number, "insurance_registration")
    go(desk, insurance, *CHILD)

    desk.now = day(4, 10)  # 18:00: the afternoon is over, the working day of the bundle is not
    desk.ring()

    assert desk.case(seal).department == "市公安局"
    assert [task.node for task in desk.tasks(seal) if task.role == "supervisor"] == ["supervise_promise"]
    assert desk.facts(insurance, "DeadlineLapsed") == desk.facts(number, "DeadlineLapsed") == []
    go(desk, seal, *CHILD, "engrave:done", "supervise_promise:handled", data={})
    assert desk.case(seal).state == "concluded"
    assert len(desk.facts(seal, "DeadlineLapsed")) == 1


def test_a_refused_registration_opens_no_other_matter(desk: Desk) -> None:
    number = desk.open("company_setup_bundle", applicant="岳阳某公司")
    go(desk, number, *REGISTER)

    go(desk, child(desk, number, "company_registration"), "review:propose_refuse", "decide:refuse")
    go(desk, number, "hand_over_refusal:handed_over")

    assert len(desk.children(number)) == 1
    assert desk.case(number).state == "handed_over"


def test_a_licence_without_the_refused_permit_is_handed_over_and_pushed(desk: Desk) -> None:
    number = desk.open("one_licence", applicant="岳阳某店", wants_food=True, food_declared=True, wants_hotel=True)
    go(desk, number, *REGISTER)
    food, hotel = child(desk, number, "food_business_permit"), child(desk, number, "hotel_permit")
    registration = child(desk, number, "company_registration")

    go(desk, registration, *CHILD, "make_licence:made")
    go(desk, food, "verify_commitment:complete", "decide:grant", "make_permit:made")
    go(desk, hotel, "review:propose_refuse", "decide:refuse")
    go(desk, number, "choose_scope:without_scope", "write_licence:written", "hand_over:handed_over", "push_both:signed")

    assert desk.case(number).state == "archived"
    assert desk.problems() == []


def test_a_notice_of_twenty_days_and_the_window_after_it_pass_at_the_desk(desk: Desk) -> None:
    desk.now = day(10)
    number = desk.open("company_deregistration", applicant="岳阳某公司")
    go(desk, number, "guide:simple", "publish_notice:published")

    desk.now = datetime(2026, 3, 30, 17, tzinfo=SHANGHAI)
    desk.ring()
    assert "apply_simple" not in {task.node for task in desk.tasks(number)}

    desk.now = datetime(2026, 3, 31, 9, tzinfo=SHANGHAI)
    desk.ring()
    assert [task.node for task in desk.tasks(number)] == ["apply_simple"]  # who did not answer has not objected

    desk.now = datetime(2026, 4, 21, 9, tzinfo=SHANGHAI)
    desk.ring()
    assert [task.node for task in desk.tasks(number)] == ["guide_again"]
    go(desk, number, "guide_again:guided")
    assert desk.case(number).state == "returned"


def test_an_objection_that_comes_by_message_ends_the_notice(desk: Desk) -> None:
    number = desk.open("company_deregistration", applicant="岳阳某公司")
    go(desk, number, "guide:simple", "publish_notice:published")

    desk.receive(number, "objection")

    assert [task.node for task in desk.tasks(number)] == ["record_objection"]


def test_a_return_needs_the_date_the_tax_office_has_published(desk: Desk) -> None:
    number = desk.open("company_tax", applicant="岳阳某公司", tax_service="日常申报")
    go(desk, number, *REGISTER, "set_due_date:set", "prefill:prefilled")

    assert [task.node for task in desk.tasks(number)] == ["prefill"]
    assert "filing_due_on" in desk.incidents(number)[0].message


def test_a_return_that_is_not_filed_in_time_is_reminded_of_the_next_day(desk: Desk) -> None:
    number = desk.open("company_tax", applicant="岳阳某公司", tax_service="日常申报")
    go(desk, number, *REGISTER)
    go(desk, number, "set_due_date:set", data={"filing_due_on": "2026-03-16", "calendar_source": "税务总局办税日历"})
    go(desk, number, "prefill:prefilled")

    desk.now = day(16) + timedelta(days=1)
    desk.ring()

    assert [task.node for task in desk.tasks(number)] == ["file_return", "remind_filing"]


@pytest.mark.parametrize(("process", "steps", "order"), [
    ("company_change", REGISTER, "supervise_statute"),
    ("policy_grant_on_application", REGISTER, "supervise_target"),
    ("policy_grant_automatic", ("match:matched", "push_policy:pushed", "confirm:accepted"), "supervise_target"),
    ("agent_service", ("register_request:accepted",), "supervise_assignment"),
])
def test_what_is_late_is_supervised(desk: Desk, process: str, steps: tuple[str, ...], order: str) -> None:
    number = desk.open(process, applicant="岳阳某公司")
    go(desk, number, *steps)

    desk.now = day(4) + timedelta(days=120)
    desk.ring()

    assert order in {task.node for task in desk.tasks(number)}
