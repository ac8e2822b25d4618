"""Whole stories over the shipped processes, from receipt to the end, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from engine.errors import Forbidden
from services.database import connect
from services.office import Office
from tests.services.desk import Desk


def at(month: int, day: int, hour: int = 10) -> datetime:
    """An hour in Shanghai, in 2026."""
    return datetime(2026, month, day, hour - 8, tzinfo=UTC)


def test_a_company_is_set_up_within_the_day_it_was_promised(desk: Desk) -> None:
    desk.now = at(2, 11, 9)
    number = desk.open("企业开办", applicant="岳阳某某制造有限公司", company_name="某某制造", capital=500, wants_bank=False)
    for node, outcome in (("register", "received"), ("verify", "accept"), ("review_registration", "propose_grant"),
                          ("decide_registration", "send_back"), ("review_registration", "propose_grant"),
                          ("decide_registration", "grant")):
        desk.complete(number, node, outcome)
    desk.now = at(2, 12, 16)  # the promised day itself
    assert {task.node for task in desk.tasks(number)} == {"make_seal", "issue_invoices", "insure", "open_fund"}

    for node in ("make_seal", "issue_invoices", "insure", "open_fund"):
        desk.complete(number, node, "done")
    desk.complete(number, "hand_over", "handed_over", data={})

    row = desk.case(number)
    assert (row.state, row.standing, row.due_on, row.concluded_on) == ("handed_over", "on_time", "2026-02-12", "2026-02-12")
    assert [fact["data"]["granted"] for fact in desk.facts(number, "DecisionMade")] == [True]
    assert desk.ring().total == 0 and desk.problems() == []


def test_four_permits_over_the_spring_festival_with_an_expert_review(desk: Desk) -> None:
    desk.now = at(2, 11, 9)
    number = desk.open("four_permits", applicant="某公司", planning_review="告知承诺")
    desk.complete(number, "register", "received")
    desk.complete(number, "verify", "accept")
    assert desk.case(number).due_on == "2026-02-25"  # 12, 13, make-up Saturday 14, after the festival 24, 25

    desk.now = at(2, 13)
    desk.suspend(number, expected_end=date(2026, 3, 10))
    desk.now = at(2, 27)
    desk.ring()
    assert desk.facts(number, "DeadlineLapsed") == []  # the target would have lapsed on the 25th
    desk.resume(number)
    assert desk.case(number).due_on == "2026-03-03"  # 12, 13 are used; make-up Saturday 28, 2 and 3 March are left
    for node, outcome in (("check_commitment", "signed"), ("decide_planning", "grant"), ("review_drawings", "qualified"),
                          ("register_supervision", "done"), ("review_construction", "propose_grant"),
                          ("decide_construction", "grant"), ("certify", "certified"), ("hand_over", "handed_over")):
        desk.complete(number, node, outcome)

    row = desk.case(number)
    assert (row.state, row.standing, row.concluded_on) == ("handed_over", "early", "2026-02-27")
    assert desk.facts(number, "CardIssued") == [] and desk.problems() == []


def test_a_joint_inspection_that_needs_mending_ends_late_and_its_card_stays(desk: Desk) -> None:
    desk.now = at(3, 2)
    number = desk.open("竣工联合验收")
    desk.complete(number, "register", "received")
    desk.complete(number, "verify", "correct", data={"missing_documents": ["竣工图"]})
    desk.now = at(3, 4)
    desk.complete(number, "supplement", "resubmitted")
    desk.complete(number, "verify", "accept")
    assert desk.case(number).due_on == "2026-03-16"
    desk.complete(number, "dispatch", "dispatched")
    for task in desk.tasks(number):
        desk.complete(number, task.node, "qualified")
    desk.complete(number, "visit", "visited")
    desk.complete(number, "summarise", "rectify")
    desk.complete(number, "notify_defects", "notified")

    desk.now = at(3, 17)
    desk.ring()
    assert [lapse["data"]["clock"] for lapse in desk.facts(number, "DeadlineLapsed")] == ["promised"]
    desk.complete(number, "supervise_promise", "handled", data={"cause": "整改未完成"})
    for node, outcome in (("report_rectified", "received"), ("visit_again", "visited"), ("summarise", "qualified"),
                          ("decide_acceptance", "grant"), ("file_completion", "filed"), ("hand_over", "handed_over")):
        desk.complete(number, node, outcome)

    row = desk.case(number)
    assert (row.state, row.standing, row.concluded_on) == ("handed_over", "late", "2026-03-17")
    assert [card["data"]["colour"] for card in desk.facts(number, "CardIssued")] == ["yellow"]
    assert desk.problems() == []


def test_an_application_to_the_wrong_office_ends_at_the_counter(desk: Desk) -> None:
    desk.now = at(3, 2)
    number = desk.open("four_permits")
    desk.complete(number, "register", "received")

    desk.complete(number, "verify", "not_applicable", data={"reason": "不属于本机关职权范围"})

    row = desk.case(number)
    assert (row.state, row.standing) == ("not_applicable", "declined") and row.ended_at is not None
    assert desk.kinds(number)[-1] == "ProcessCompleted" and desk.problems() == []


def test_a_further_correction_needs_an_approval_and_the_case_goes_on_with_it(desk: Desk) -> None:
    desk.now = at(3, 2)
    number = desk.open("four_permits")
    desk.complete(number, "register", "received")
    desk.complete(number, "verify", "correct", data={"missing_documents": ["总平面图"]})
    desk.complete(number, "supplement", "resubmitted")
    with pytest.raises(Forbidden, match=r"art\. 32\(4\).*legal officer"):
        desk.complete(number, "verify", "correct", data={"missing_documents": ["日照分析"]})

    desk.command("approve_correction", number, role="legal_officer", reason="补正材料与首次告知不符")
    desk.complete(number, "verify", "correct", data={"missing_documents": ["日照分析"]})
    desk.complete(number, "supplement", "resubmitted")
    desk.complete(number, "verify", "accept")

    assert [fact["data"]["number"] for fact in desk.facts(number, "CorrectionRequested")] == [1, 2]
    assert desk.case(number).accepted_on == "2026-03-02" and desk.problems() == []


def test_two_thousand_rounds_of_correction_leave_a_case_as_small_as_before(sqlite_url: str, office: Office) -> None:
    desk = Desk(database=connect(sqlite_url), office=office)
    number = desk.open("receipt")
    desk.complete(number, "register", "received")
    sizes = []

    for turn in range(2000):
        if turn:
            desk.command("approve_correction", number, role="head_of_office", reason="试")
        desk.complete(number, "verify", "correct")
        desk.complete(number, "supplement", "resubmitted")
        if turn in (10, 1999):
            sizes.append([len(desk.case(number).tokens), len(desk.case(number).fold)])
    desk.complete(number, "verify", "accept")

    assert all(later <= early * 1.2 for early, later in zip(*sizes, strict=True)) and desk.case(number).ended_at is not None
    assert desk.problems() == []
    desk.database.dispose()
