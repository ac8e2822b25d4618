"""The file of a project: what joins the four 即 of one investment, with its agreement, its plan and the cases that plan
opens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from engine.assessments import Assessment
from engine.errors import Forbidden, InvalidInput, NotFound, Refusal, Stale
from engine.limits import Unit
from engine.plans import ItemState, PlanItem
from engine.precedence import Commitment
from engine.project_events import Parcel, Party, Profile
from engine.projects import Project, Stage, Tier
from engine.promises import Keeping
from services import assessments, projects
from services import project_files as files
from services.database import reading, writing
from services.project_files import Change
from services.projects import File
from tests.services import diagrams
from tests.services.desk import Desk, day

PARK, CODE = "湘阴高新区", "2603-430624-04-01-123457"
INVESTOR = Party(role="investor", name="岳阳某某新材料有限公司", credit_code="91430600MA40000130")
PROFILE = Profile(name="年产五万吨新材料项目", park=PARK, industry="C2659", amount=120_000, parties=(INVESTOR,),
                  parcel=Parcel(id="YY-2026-017", area=66_667))
ANNOUNCED = diagrams.process(
    "announced", diagrams.words(variables="project_code:string"), diagrams.start(), diagrams.throw("accept", "accepted"),
    diagrams.task("announce"),
    '<bpmn:boundaryEvent id="late" attachedToRef="announce" cancelActivity="false"><bpmn:timerEventDefinition>'
    '<bpmn:extensionElements><jb:limit kind="stage" item="发布土地出让公告"/></bpmn:extensionElements>'
    "</bpmn:timerEventDefinition></bpmn:boundaryEvent>",
    diagrams.task("supervise", role="supervisor"), diagrams.end(milestone="concluded"),
    diagrams.flows("begin", "accept", "announce", "done"), diagrams.flows("late", "supervise", "over"),
    diagrams.end("over"), name="土地出让公告")
"""The park publishes the announcement within the days it has promised: a number only the agreement has."""

PLAN = (
    PlanItem(key="公告", process="土地出让公告", department="市资规局", responsible="张科长", due_on=date(2026, 4, 1)),
    PlanItem(key="开办", process="企业开办", materials=("名称预先核准",)),
    PlanItem(key="验收", process="竣工联合验收", after=("公告", "开办"), department="市住建局"),
)


def entered(desk: Desk, profile: Profile = PROFILE) -> str:
    """A project in the file; its number."""
    with writing(desk.database) as connection:
        return files.open_project(connection, profile, by="李招商", now=desk.now).number


def change(desk: Desk, project: str, name: str, *given: Any, seq: int | None = None, **named: Any) -> Project:
    """A change of the file by its name."""
    with writing(desk.database) as connection:
        return getattr(files, name)(connection, Change(project=project, by="李招商", now=desk.now, seq=seq), *given, **named)


def signed(desk: Desk, number: str, *commitments: Commitment) -> Project:
    return change(desk, number, "enter_agreement", number="招商协议〔2026〕8号", signed_on=date(2026, 3, 3),
                  effective_on=date(2026, 3, 4), commitments=commitments)


def promise(item: str = "发布土地出让公告", amount: int = 5) -> Commitment:
    return Commitment(item=item, amount=amount, unit=Unit.WORKDAY, clause="第六条", start_event="协议生效", responsible="园区")


def planned(desk: Desk, number: str, items: Sequence[PlanItem] = PLAN, reason: str = "首次定制") -> Project:
    return change(desk, number, "make_plan", items, reason=reason, assessed=("planning_environment", "energy"))


def shown(desk: Desk, number: str) -> File:
    with reading(desk.database) as connection:
        return projects.show(connection, desk.office, number)


def states(desk: Desk, number: str) -> dict[str, ItemState]:
    return {standing.item.key: standing.state for standing in shown(desk, number).items}


def opened(desk: Desk, number: str) -> list[projects.Opened]:
    return projects.open_ready(desk.database, desk.office, number, by="周帮办", now=desk.now)


def kept(desk: Desk, number: str) -> dict[str, list[Keeping]]:
    with reading(desk.database) as connection:
        return {each.commitment.item: [one.keeping for one in each.promises]
                for each in projects.kept(connection, desk.office, number)}


@pytest.fixture
def land(desk: Desk) -> Desk:
    """A desk that also has the announcement of land."""
    desk.deploy(announced=ANNOUNCED)
    return desk


def test_a_project_in_negotiation_needs_no_code_and_no_credit_code(desk: Desk) -> None:
    number = entered(desk, replace(PROFILE, parties=(Party(role="investor", name="某某集团"),)))

    file = shown(desk, number)
    assert (file.project.stage, file.project.code, number[:6]) == (Stage.NEGOTIATING, "", "XM2026")
    assert any("项目代码" in said for said in file.missing)
    assert any("某某集团的统一社会信用代码" in said for said in file.missing)


def test_a_code_is_given_once_and_a_doubtful_check_digit_is_a_warning(desk: Desk) -> None:
    number = entered(desk)

    project = change(desk, number, "give_code", "2603-430624-04-01-999998")

    assert project.code == "2603-430624-04-01-999998" and project.code_warning
    with pytest.raises(Forbidden, match="has the code"):
        change(desk, number, "give_code", CODE)
    with pytest.raises(InvalidInput):
        change(desk, entered(desk), "give_code", "不是代码")
    with pytest.raises(Forbidden, match="another project"):
        change(desk, entered(desk), "give_code", "2603-430624-04-01-999998")


def test_every_past_day_of_the_file_can_be_shown(desk: Desk) -> None:
    number = entered(desk)
    desk.now = day(9)
    change(desk, number, "change_profile", replace(PROFILE, amount=200_000), reason="增资")

    with reading(desk.database) as connection:
        then = files.read_at(connection, number, day(8))
        history = files.history(connection, number)
        with pytest.raises(NotFound):
            files.read_at(connection, number, day(3))

    assert (then.profile.amount, files_amount(desk, number)) == (120_000, 200_000)
    assert [(each.seq, type(each.event).__name__, each.by) for each in history] == [
        (1, "ProjectOpened", "李招商"), (2, "ProfileChanged", "李招商")]


def files_amount(desk: Desk, number: str) -> int:
    return shown(desk, number).project.profile.amount


def test_who_read_an_older_file_is_told_to_read_it_again(desk: Desk) -> None:
    number = entered(desk)
    change(desk, number, "give_code", CODE, seq=1)

    with pytest.raises(Stale):
        change(desk, number, "assign_team", team="市帮代办中心", seq=1)


def test_a_project_comes_from_stage_to_stage_and_is_closed_for_a_reason(desk: Desk) -> None:
    number = entered(desk)
    with pytest.raises(Forbidden, match="no agreement"):
        change(desk, number, "reach_stage", Stage.SIGNED)
    signed(desk, number)
    change(desk, number, "reach_stage", Stage.SIGNED)
    with pytest.raises(Forbidden, match="no 项目代码"):
        change(desk, number, "reach_stage", Stage.LAND)
    change(desk, number, "give_code", CODE)
    change(desk, number, "reach_stage", Stage.LAND)
    with pytest.raises(Forbidden, match="comes to 开工"):
        change(desk, number, "reach_stage", Stage.CERTIFIED)
    with pytest.raises(InvalidInput, match="reason"):
        change(desk, number, "reach_stage", Stage.CLOSED)

    closed = change(desk, number, "reach_stage", Stage.CLOSED, reason="投资方撤资")

    assert (closed.stage, closed.closed_because) == (Stage.CLOSED, "投资方撤资")
    with pytest.raises(Forbidden, match="投资方撤资"):
        planned(desk, number, PLAN[1:2])


@pytest.mark.parametrize(("amount", "tier"), [
    (100_000, Tier.CITY),  # 十亿项目
    (99_999, Tier.COUNTY),
    (10_000, Tier.COUNTY),  # 亿元项目
    (9_999, Tier.PARK),
])
def test_the_investment_suggests_whose_agents_serve_the_project(desk: Desk, amount: int, tier: Tier) -> None:
    number = entered(desk, replace(PROFILE, amount=amount))

    team = change(desk, number, "assign_team", team="帮代办一组").team

    assert team is not None and team.tier == team.suggested == tier.value


def test_an_agreement_enters_its_commitments_or_nothing_at_all(desk: Desk) -> None:
    number = entered(desk)

    with pytest.raises(InvalidInput, match=r"commitments\.1\.clause"):
        signed(desk, number, promise(), replace(promise("竣工联合验收", 6), clause=""))
    before = shown(desk, number)
    signed(desk, number, promise(), promise("竣工联合验收", 6))

    assert before.project.agreement is None and before.commitments == ()
    assert [(row.item, row.amount, row.agreement) for row in shown(desk, number).commitments] == [
        ("发布土地出让公告", 5, "招商协议〔2026〕8号"), ("joint_completion_inspection", 6, "招商协议〔2026〕8号")]


def test_with_the_code_the_commitments_count_for_the_cases_that_bear_it(land: Desk) -> None:
    number = entered(land)
    signed(land, number, promise())

    change(land, number, "give_code", CODE)
    planned(land, number)
    case = next(each.case for each in opened(land, number) if each.item == "公告")

    assert land.case(case).project == CODE
    assert [(clock.kind, clock.due) for clock in land.clocks(case).values()] == [("stage", "2026-03-11")]


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


def attach(desk: Desk, number: str, case: str, item: str = "") -> Project:
    with writing(desk.database) as connection:
        return projects.attach(connection, desk.office, Change(project=number, by="周帮办", now=desk.now), case=case, item=item)


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
