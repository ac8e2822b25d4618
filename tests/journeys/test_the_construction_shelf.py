"""Whole stories over the construction matters: what one case owes another, and what a project has been promised."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from engine.errors import Forbidden, InvalidInput
from engine.limits import Unit
from engine.precedence import Commitment
from services import rulings
from services.database import writing
from services.store.rows import CaseRow
from tests.services.desk import Desk

PROJECT = "2603-430624-89-05-346948"
PHASES = ["土方开挖与基坑支护", "基础与地下工程", "地上主体工程"]
ACCEPT = ("register:received", "verify:accept")
REVIEW = ("review_case:propose_grant", "decide_case:grant")


def at(month: int, day: int, hour: int = 10) -> datetime:
    """An hour in Shanghai, in 2026."""
    return datetime(2026, month, day, hour - 8, tzinfo=UTC)


def go(desk: Desk, number: str, *steps: str) -> None:
    """Complete tasks, each given as “node:outcome”, and do what the cases ask of each other."""
    for step in steps:
        node, _, outcome = step.partition(":")
        desk.complete(number, node, outcome or None)
        desk.ring()


def child(desk: Desk, number: str, process: str, nth: int = 0) -> CaseRow:
    return [case for case in desk.children(number) if case.process == process][nth]


def promise(desk: Desk, item: str, amount: int) -> None:
    with writing(desk.database) as connection:
        rulings.enter_commitment(connection, Commitment(
            item=item, amount=amount, unit=Unit.WORKDAY, clause="第七条", agreement="招商协议〔2026〕12号"), project=PROJECT,
            by="王", now=desk.now)


def in_phases(desk: Desk) -> str:
    """A bundle whose applicant has chosen the three phases, opened on 2 March."""
    desk.now = at(3, 2)
    number = desk.open("construction_support", applicant="某公司", project_name="一号厂房", wants_utilities=False)
    go(desk, number, *ACCEPT)
    desk.complete(number, "choose_plan", "phased", data={"phases": PHASES})
    desk.ring()
    return number


def test_each_phase_is_a_case_of_its_own_that_knows_its_phase_and_its_project(desk: Desk) -> None:
    number = in_phases(desk)

    told = [desk.facts(case.number)[0]["data"]["data"] for case in desk.children(number)]
    assert [(data["phase"], data["project_name"]) for data in told] == [(phase, "一号厂房") for phase in PHASES]
    assert desk.problems() == []


def test_the_second_phase_is_accepted_and_counted_at_once_but_decided_after_the_first(desk: Desk) -> None:
    number = in_phases(desk)
    first, second = (child(desk, number, "phase_permit", nth).number for nth in (0, 1))
    desk.now = at(3, 4)
    go(desk, second, *ACCEPT, "review_case:propose_grant")

    assert desk.clocks(second)["statutory"].due == "2026-03-13"  # 7 working days from its own acceptance on the 4th
    with pytest.raises(Forbidden, match="分阶段施工许可"):
        go(desk, second, "decide_case:grant")
    go(desk, first, *ACCEPT, *REVIEW)
    go(desk, second, "decide_case:grant")

    assert [desk.case(case).state for case in (first, second)] == ["concluded", "concluded"]
    assert desk.problems() == []


def test_a_phase_that_is_refused_ends_those_that_rest_on_it_and_the_bundle_says_so(desk: Desk) -> None:
    number = in_phases(desk)
    first = child(desk, number, "phase_permit").number

    go(desk, first, *ACCEPT, "review_case:propose_refuse", "decide_case:refuse")
    go(desk, number, "sum_up:partly", "hand_over_partly:handed_over")

    assert [case.state for case in desk.children(number)] == ["concluded", "terminated", "terminated"]
    assert desk.case(number).state == "handed_over"
    assert desk.problems() == []


def test_the_announcement_waits_for_the_number_the_agreement_promised(desk: Desk) -> None:
    desk.now = at(3, 2)
    number = desk.open("land_supply", applicant="某公司", project_code=PROJECT)
    go(desk, number, "register_agreement:registered")
    (missing,) = desk.incidents(number)
    assert missing.code == "no_commitment" and "land_announcement" in missing.message

    other = desk.open("land_supply", applicant="某公司", project_code=PROJECT)
    promise(desk, "land_announcement", 10)
    go(desk, other, "register_agreement:registered")

    (clock,) = desk.clocks(other).values()
    assert (clock.kind, clock.due) == ("stage", "2026-03-16")
    assert desk.incidents(other) == [] and desk.problems() == []


def test_a_late_announcement_is_told_to_the_supervisor_and_the_land_is_supplied_all_the_same(desk: Desk) -> None:
    desk.now = at(2, 2)
    promise(desk, "land_announcement", 3)
    number = desk.open("land_supply", applicant="某公司", project_code=PROJECT)
    go(desk, number, "register_agreement:registered", "clear_parcel:cleared", "draw_scheme:drawn")

    desk.now = at(2, 9)
    desk.ring()
    go(desk, number, "supervise_promise_late:handled", "approve_scheme:grant", "publish_announcement:published",
       "pre_review_design:done", "pre_review_drawings:unneeded")
    desk.now = at(3, 1, 23)
    desk.ring()
    assert desk.tasks(number) == []
    desk.now = at(3, 2)  # twenty full days after the announcement of 9 February (39号令 art. 8)
    desk.ring()
    go(desk, number, "list_parcel:listed")
    desk.now = at(3, 13)
    desk.ring()
    go(desk, number, "confirm_deal:sold", "publish_result:published", "sign_contract:signed")

    assert child(desk, number, "four_permits").state == "received"
    assert desk.facts(number, "DeadlineLapsed")[0]["data"]["node"] == "promise_late"
    assert desk.problems() == []


def test_the_days_of_registration_count_from_its_own_acceptance(desk: Desk) -> None:
    desk.now = at(3, 2)
    number = desk.open("completion_to_certificate", applicant="某公司", project_name="一号厂房")
    go(desk, number, "register_project:registered", "survey_together:done", "survey_ownership:done", "advise_taxes:done",
       "check_files:done")
    inspection = child(desk, number, "joint_completion_inspection").number
    go(desk, inspection, *ACCEPT, "dispatch:dispatched", "check_planning:qualified", "check_fire:qualified",
       "check_civil_defence:qualified", "check_archives:qualified", "check_quality:qualified", "visit:visited",
       "summarise:qualified", "decide_acceptance:grant")
    desk.complete(number, "record_filing", "filed", data={"filing_number": "岳建备〔2026〕1号"})
    desk.ring()
    registration = child(desk, number, "real_estate_registration").number
    assert "statutory" not in desk.clocks(registration)

    desk.now = at(3, 5)
    go(desk, registration, *ACCEPT)

    assert desk.clocks(registration)["statutory"].since_on == "2026-03-05"
    assert desk.facts(registration)[0]["data"]["data"]["filing_number"] == "岳建备〔2026〕1号"
    assert desk.problems() == []


def occupied(desk: Desk) -> str:
    """A permitted occupation whose fees are due."""
    desk.now = at(3, 2)
    number = desk.open("road_and_green_occupation", applicant="某公司", takes_green=False)
    go(desk, number, *ACCEPT, "review_road:propose_grant", "review_traffic:propose_grant", "decide_occupation:grant",
       "hand_over:handed_over", "assess_fees:due")
    return number


def fee(kind: str, amount: int, voucher: str, payable: int = 0) -> dict[str, object]:
    return {"fee_kind": kind, "amount": amount, "voucher_number": voucher, "paid_on": "2026-03-03",
            "enterprise_payable": payable}


def test_every_fee_the_park_pays_is_an_entry_of_its_ledger(desk: Desk) -> None:
    number = occupied(desk)

    desk.complete(number, "pay_fees", "more", data=fee("占道费", 1200, "缴001"))
    desk.complete(number, "pay_fees", "paid", data=fee("挖掘修复费", 8000, "缴002"))

    entries = [fact["data"]["data"] for fact in desk.facts(number, "TaskCompleted") if fact["data"]["node"] == "pay_fees"]
    assert [(entry["fee_kind"], entry["amount"], entry["voucher_number"]) for entry in entries] == [
        ("占道费", 1200, "缴001"), ("挖掘修复费", 8000, "缴002")]
    assert desk.problems() == []


@pytest.mark.parametrize("entry", [
    fee("占道费", 1200, "缴001", payable=300),  # the enterprise pays nothing
    fee("押金", 1200, "缴001"),  # no such kind of fee
    {"fee_kind": "占道费", "amount": 1200},  # paid by what voucher?
])
def test_an_entry_that_charges_the_enterprise_or_has_no_voucher_is_refused(desk: Desk, entry: dict[str, object]) -> None:
    number = occupied(desk)

    with pytest.raises(InvalidInput):
        desk.complete(number, "pay_fees", "paid", data=entry)

    assert [task.node for task in desk.tasks(number)] == ["pay_fees"]


def test_an_occupation_stays_open_until_what_was_broken_is_restored(desk: Desk) -> None:
    number = occupied(desk)
    go(desk, number, "pay_fees:paid", "register_works:restored", "verify_restoration:unrestored")
    assert desk.case(number).state == "handed_over" and desk.tasks(number)[0].node == "register_works"

    go(desk, number, "register_works:restored", "verify_restoration:verified", "settle_ledger:settled")

    assert desk.case(number).state == "archived" and desk.tasks(number) == []
    assert desk.problems() == []
