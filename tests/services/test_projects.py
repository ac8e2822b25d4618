"""The file of a project: what joins the four 即 of one investment, with its agreement and its commitments."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.errors import Forbidden, InvalidInput, NotFound, Stale
from engine.project_events import Party
from engine.projects import Stage, Tier
from services import project_files as files
from services.database import reading
from tests.services.desk import Desk, day
from tests.services.investment import (
    ANNOUNCED,
    CODE,
    PLAN,
    PROFILE,
    change,
    entered,
    opened,
    planned,
    promise,
    shown,
    signed,
)


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

    assert (then.profile.amount, shown(desk, number).project.profile.amount) == (120_000, 200_000)
    assert [(each.seq, type(each.event).__name__, each.by) for each in history] == [
        (1, "ProjectOpened", "李招商"), (2, "ProfileChanged", "李招商")]


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
