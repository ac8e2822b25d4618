"""The plan of a project opens its cases; where its items stand and what became of its promises follows from them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from engine.assessments import Assessment
from engine.bringing_in import Past, opening_of
from engine.errors import Forbidden, InvalidInput, NotFound, Refusal
from engine.plans import ItemState, PlanItem
from engine.promises import Keeping
from services import assessments, bringing_in, projects
from services import project_files as files
from services.bringing_in import InProgress
from services.database import reading, writing
from tests.services.desk import Desk, day
from tests.services.investment import (
    ANNOUNCED,
    CODE,
    INVESTOR,
    PARK,
    PLAN,
    attach,
    change,
    entered,
    kept,
    opened,
    planned,
    promise,
    shown,
    signed,
    states,
)


@pytest.fixture
def land(desk: Desk) -> Desk:
    """A desk that also has the announcement of land."""
    desk.deploy(announced=ANNOUNCED)
    return desk


def test_the_plan_opens_what_is_ready_with_what_the_file_knows(land: Desk) -> None:
    number = entered(land)
    change(land, number, "give_code", CODE)
    signed(land, number, promise())
    planned(land, number)

    first, again = opened(land, number), opened(land, number)

    assert [(each.item, bool(each.case)) for each in first] == [("公告", True), ("开办", True)] and again == []
    assert states(land, number) == {"公告": ItemState.OPEN, "开办": ItemState.OPEN, "验收": ItemState.BLOCKED}
    announced = land.case(first[0].case)
    assert (announced.park, announced.department, announced.project) == (PARK, "市资规局", CODE)
    assert land.facts(first[1].case, "CaseOpened")[0]["data"]["data"]["applicant"] == INVESTOR.name
    assert land.problems() == []


def test_an_item_is_ready_when_the_cases_before_it_are_concluded(land: Desk) -> None:
    number = entered(land)
    signed(land, number, promise())
    change(land, number, "give_code", CODE)
    planned(land, number)
    announcement, setup = (each.case for each in opened(land, number))

    land.complete(announcement, "announce")
    half = states(land, number)
    walk = ("register", "verify", "review_registration", "decide_registration")
    land.go(setup, *walk)
    for node in ("make_seal", "issue_invoices", "insure", "open_fund", "book_bank"):
        land.complete(setup, node, "done")

    assert half == {"公告": ItemState.DONE, "开办": ItemState.OPEN, "验收": ItemState.BLOCKED}
    assert states(land, number)["验收"] is ItemState.READY
    assert [(each.item, each.refusal) for each in opened(land, number)] == [("验收", "")]


def test_a_refusal_stops_what_comes_after_it_until_another_case_is_granted(land: Desk) -> None:
    number = entered(land)
    planned(land, number, [replace(PLAN[1], key="开办"), replace(PLAN[2], after=("开办",))])
    (setup,) = opened(land, number)
    land.go(setup.case, "register", "verify", "review_registration")
    land.complete(setup.case, "decide_registration", "refuse")
    refused = states(land, number)

    other = land.open()
    attach(land, number, other, "开办")

    assert refused == {"开办": ItemState.REFUSED, "验收": ItemState.BLOCKED}
    assert states(land, number)["开办"] is ItemState.OPEN


def test_a_case_opened_outside_of_the_plan_is_attached_to_one_project(desk: Desk) -> None:
    number, other = entered(desk), entered(desk)
    planned(desk, number, PLAN[1:2])
    case = desk.open()

    attach(desk, number, case, "开办")

    assert [(row.number, row.item) for row in shown(desk, number).cases] == [(case, "开办")]
    with pytest.raises(Forbidden, match=number):
        attach(desk, other, case)
    with pytest.raises(InvalidInput, match="not in the plan"):
        attach(desk, number, desk.open(), "没有的")
    with pytest.raises(NotFound):
        attach(desk, number, "43060020260304999999")


def test_a_case_that_bears_the_code_belongs_to_the_project(desk: Desk) -> None:
    number = entered(desk)
    change(desk, number, "give_code", CODE)

    case = desk.open("竣工联合验收", project_code=CODE)

    assert [(row.number, row.item) for row in shown(desk, number).cases] == [(case, "")]


def test_a_changed_plan_is_a_new_version_with_its_reason_and_keeps_its_cases(land: Desk) -> None:
    number = entered(land)
    signed(land, number, promise())
    planned(land, number)
    case = opened(land, number)[0].case

    plan = planned(land, number, PLAN[:2], "取消竣工验收,另行安排").plan

    assert plan is not None and (plan.version, plan.reason) == (2, "取消竣工验收,另行安排")
    assert {standing.item.key: standing.case for standing in shown(land, number).items}["公告"] == case
    with reading(land.database) as connection:
        made = [each.event for each in files.history(connection, number) if type(each.event).__name__ == "PlanMade"]
    assert [(each.version, len(each.items)) for each in made] == [(1, 3), (2, 2)]


@pytest.mark.parametrize(("items", "reason"), [
    ((PLAN[0], PLAN[0]), "in the plan already"),  # a key twice
    ((replace(PLAN[0], after=("环评",)),), "not in the plan"),  # after nothing
    ((replace(PLAN[0], after=("开办",)), replace(PLAN[1], after=("公告",))), "none could begin"),  # in a circle
    ((replace(PLAN[0], process="没有的事项"),), "没有的事项"),  # of no process
    ((), "1 to 100"),  # empty
])
def test_a_plan_that_cannot_be_carried_out_is_refused(land: Desk, items: tuple[PlanItem, ...], reason: str) -> None:
    number = entered(land)

    with pytest.raises(InvalidInput, match=reason):
        planned(land, number, items)


def test_the_plan_keeps_what_the_register_said_of_the_project_that_day(land: Desk) -> None:
    number = entered(land)
    result = Assessment(kind="planning_environment", park=PARK, document="岳环评〔2025〕3号", valid_from=date(2025, 1, 1),
                        valid_until=date(2030, 12, 31), parcels=("YY-2026-017",))
    with writing(land.database) as connection:
        assessments.enter(connection, result, by="王", now=day(2))
    planned(land, number)
    with writing(land.database) as connection:
        assessments.end(connection, kind=result.kind, park=PARK, document=result.document, now=land.now)

    plan = shown(land, number).project.plan

    assert plan is not None
    assert [(each.kind, each.mode, each.document) for each in plan.assessments] == [
        ("planning_environment", "exempt", "岳环评〔2025〕3号"), ("energy", "singly", "")]


def test_the_number_a_timer_needs_is_asked_for_in_the_words_of_who_can_enter_it(land: Desk) -> None:
    number = entered(land)
    planned(land, number)
    before = shown(land, number).missing

    signed(land, number, promise())

    assert any("发布土地出让公告" in said and "园区招商部门" in said for said in before)
    assert not any("发布土地出让公告" in said for said in shown(land, number).missing)


def test_a_commitment_that_lapsed_is_a_breach_with_its_clause_and_one_in_time_is_kept(land: Desk) -> None:
    number = entered(land)
    signed(land, number, promise(), promise("企业开办", 0))
    planned(land, number, PLAN[:2])
    not_begun = kept(land, number)
    announcement, setup = (each.case for each in opened(land, number))
    running = kept(land, number)

    land.now = day(6)
    land.go(setup, "register", "verify")
    land.now = day(13)
    land.ring()

    assert set(not_begun) == {"发布土地出让公告", "company_setup"} and not any(not_begun.values())
    assert running["发布土地出让公告"] == [Keeping.RUNNING]
    assert kept(land, number)["发布土地出让公告"] == [Keeping.BROKEN]
    with reading(land.database) as connection:
        (broken, *_) = projects.kept(connection, land.office, number)
    assert (broken.commitment.clause, broken.promises[0].case) == ("第六条", announcement)
    assert kept(land, number)["company_setup"] == [Keeping.BROKEN]


def test_a_commitment_that_was_met_in_time_is_kept(land: Desk) -> None:
    number = entered(land)
    signed(land, number, promise())
    planned(land, number, PLAN[:1])
    (announcement,) = opened(land, number)

    land.now = day(9)
    land.complete(announcement.case, "announce")

    assert kept(land, number) == {"发布土地出让公告": [Keeping.KEPT]}


def test_an_item_that_cannot_be_opened_says_why_and_the_others_are(land: Desk) -> None:
    number = entered(land)
    planned(land, number, [replace(PLAN[1], data={"colour": "red"}), replace(PLAN[2], after=())])

    done = opened(land, number)

    assert [(each.item, bool(each.case)) for each in done] == [("开办", False), ("验收", True)] and "colour" in done[0].refusal
    with pytest.raises(Refusal, match="no plan"):
        opened(land, entered(land))


def test_a_case_brought_in_after_its_refusal_stops_what_comes_after_it(land: Desk) -> None:
    number = entered(land)
    planned(land, number, [replace(PLAN[2], after=()), replace(PLAN[1], after=("验收",))])
    land.now = day(9)
    refused = InProgress(
        process="竣工联合验收", source="老系统", old_number="1", steps=("送达不合格意见书",), data={"applicant": "某公司"},
        past=Past(received_on=date(2026, 3, 2), accepted_at=opening_of(date(2026, 3, 3)), decided_on=date(2026, 3, 5),
                  concluded_on=date(2026, 3, 5)))
    with writing(land.database) as connection:
        case = bringing_in.bring_in(connection, land.office, refused, by="王", now=land.now).number

    attach(land, number, case, "验收")

    assert states(land, number) == {"验收": ItemState.REFUSED, "开办": ItemState.BLOCKED}
