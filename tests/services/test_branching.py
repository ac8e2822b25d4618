"""Which branch a case takes: a published list decides it, in the version of the day, and the version is kept with the case."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from engine.decision_lists import Hit
from engine.errors import Forbidden, InvalidInput, NotFound
from services import decision_lists
from services.database import reading, writing
from services.decision_lists import NewVersion, Version
from tests.services.desk import Desk, day

SHEET = """项目类型,建筑面积(平方米),区位,结果,依据
厂房、仓库,≤3000,,免于审查,附件一第1类
厂房、仓库,,工业用地,告知承诺,附件一第2类
"""
EVERYTHING = SHEET + ",,,技审分离,其他\n"
WAREHOUSE = {"project_kind": "仓库", "floor_area": 2000, "location": "工业用地"}


def publish(desk: Desk, sheet: str, *, on: date = date(2026, 3, 2), document: str = "岳资规〔2026〕5号") -> Version:
    """A version of the list, entered by 王 and approved by somebody else."""
    shape = desk.office.shapes["planning_review"]
    with writing(desk.database) as connection:
        lines = decision_lists.read_rows(shape, sheet.encode(), file="清单.csv")
        new = NewVersion(lines=lines, document=document, valid_from=on)
        entered, _ = decision_lists.enter(connection, shape, new, by="王", now=desk.now)
        return decision_lists.approve(connection, entered.row.id, by="李", now=desk.now)


def accept(desk: Desk, **data: object) -> str:
    """A case of 四证并联, accepted."""
    number = desk.open("four_permits", **data)
    desk.complete(number, "register", "received")
    desk.complete(number, "verify", "accept")
    return number


def branch(desk: Desk, number: str) -> set[str]:
    """The tasks of the planning bureau that are open."""
    return {task.node for task in desk.tasks(number)} & {"review_planning", "check_commitment", "check_exemption"}


@pytest.mark.parametrize(("data", "row", "task"), [
    (WAREHOUSE, 1, "check_exemption"), ({**WAREHOUSE, "floor_area": 9000}, 2, "check_commitment"),
    ({**WAREHOUSE, "project_kind": "住宅"}, 3, "review_planning"),
])
def test_the_row_that_fits_picks_the_branch_and_is_kept_with_the_case(
    desk: Desk, data: dict[str, object], row: int, task: str,
) -> None:
    publish(desk, EVERYTHING)

    number = accept(desk, **data)

    fact = desk.facts(number, "DecisionListApplied")[0]["data"]
    assert (fact["list"], fact["version"], fact["row"], fact["document"]) == ("planning_review", 1, row, "岳资规〔2026〕5号")
    assert branch(desk, number) == {task} and desk.problems() == []


def test_particulars_that_come_with_a_task_are_asked_too(desk: Desk) -> None:
    publish(desk, EVERYTHING)
    number = desk.open("four_permits", project_kind="仓库", location="工业用地")

    assert desk.facts(number, "DecisionListApplied") == []
    with pytest.raises(InvalidInput) as refused:
        desk.go(number, "register", "verify")

    assert refused.value.field == "data.floor_area" and "建筑面积" in refused.value.reason
    assert [task.node for task in desk.tasks(number)] == ["verify"] and desk.problems() == []


def test_a_list_with_a_gap_keeps_a_case_from_being_accepted(desk: Desk) -> None:
    publish(desk, SHEET)
    number = desk.open("four_permits", project_kind="住宅", floor_area=1, location="商业用地")
    desk.go(number, "register")

    with pytest.raises(InvalidInput) as refused:
        desk.go(number, "verify")

    assert "no row of the list 规划审查方式 (version 1" in refused.value.reason


def test_nobody_sends_what_the_list_decides(desk: Desk) -> None:
    free = desk.open("four_permits", planning_review="告知承诺")  # nobody has published a list yet
    publish(desk, EVERYTHING)

    with pytest.raises(InvalidInput) as refused:
        desk.open("four_permits", planning_review="免于审查", **WAREHOUSE)

    assert refused.value.field == "data.planning_review" and "version 1" in refused.value.reason
    assert desk.facts(free, "DecisionListApplied") == []


def test_an_accepted_case_keeps_its_version_and_one_at_receipt_takes_the_new_one(desk: Desk) -> None:
    publish(desk, EVERYTHING)
    accepted, received = accept(desk, **WAREHOUSE), desk.open("four_permits", **WAREHOUSE)
    desk.now = day(5)
    publish(desk, EVERYTHING.replace("免于审查", "告知承诺"), on=date(2026, 3, 5), document="岳资规〔2026〕6号")

    desk.complete(accepted, "check_exemption", "listed")
    desk.complete(received, "register", "received")
    desk.complete(received, "verify", "accept")

    assert [fact["data"]["version"] for fact in desk.facts(accepted, "DecisionListApplied")] == [1]
    assert [fact["data"]["version"] for fact in desk.facts(received, "DecisionListApplied")] == [1, 2]
    assert branch(desk, received) == {"check_commitment"} and desk.problems() == []


def test_a_version_counts_from_the_day_its_document_names(desk: Desk) -> None:
    publish(desk, EVERYTHING, on=date(2026, 3, 9))

    before = accept(desk, **WAREHOUSE)
    desk.now = day(9)
    after = accept(desk, **WAREHOUSE)

    assert (branch(desk, before), branch(desk, after)) == ({"review_planning"}, {"check_exemption"})


def test_whoever_entered_a_version_does_not_approve_it_and_nobody_decides_twice(desk: Desk) -> None:
    shape = desk.office.shapes["planning_review"]
    lines = decision_lists.read_rows(shape, SHEET.encode(), file="清单.csv")
    new = NewVersion(lines=lines, document="岳资规〔2026〕5号", valid_from=date(2026, 3, 2))
    with writing(desk.database) as connection:
        entered, review = decision_lists.enter(connection, shape, new, by="王", now=desk.now)
        with pytest.raises(Forbidden, match="second person"):
            decision_lists.approve(connection, entered.row.id, by=" 王", now=desk.now)
        refused = decision_lists.refuse(connection, entered.row.id, by="王", now=desk.now)
        with pytest.raises(Forbidden, match="refused by 王 already"):
            decision_lists.approve(connection, entered.row.id, by="李", now=desk.now)
        with pytest.raises(NotFound):
            decision_lists.approve(connection, 99, by="李", now=desk.now)

    assert (refused.row.version, refused.row.is_approved) == (None, False)
    assert review.gaps and review.gaps[0].startswith("项目类型")
    with reading(desk.database) as connection:
        assert decision_lists.versions(connection, "planning_review") == [refused]
        assert decision_lists.load_lists(connection, desk.office.shapes) == {}


def test_versions_follow_each_other_and_none_comes_into_force_before_the_one_it_follows(desk: Desk) -> None:
    first = publish(desk, SHEET, on=date(2026, 6, 1))
    second = publish(desk, EVERYTHING, on=date(2026, 1, 1))

    assert (first.row.version, first.row.in_force_on) == (1, "2026-06-01")
    assert (second.row.version, second.row.in_force_on) == (2, "2026-06-01")
    with reading(desk.database) as connection:
        lists = decision_lists.load_lists(connection, desk.office.shapes)["planning_review"]
    found = decision_lists.in_force(lists, date(2026, 6, 1))
    assert decision_lists.in_force(lists, date(2026, 5, 31)) is None and found is not None and found.version == 2


def test_a_list_of_unique_rows_that_overlap_is_refused_with_their_numbers(desk: Desk) -> None:
    shape = desk.office.shapes["planning_review"]
    new = NewVersion(lines=decision_lists.read_rows(shape, EVERYTHING.encode(), file="x"), document="文", hit=Hit.UNIQUE,
                     valid_from=date(2026, 3, 2))

    with pytest.raises(InvalidInput) as refused, writing(desk.database) as connection:
        decision_lists.enter(connection, shape, new, by="王", now=desk.now)

    assert "1 and 2, 1 and 3, 2 and 3" in refused.value.reason


def test_every_wrong_line_of_a_sheet_is_told_and_a_sheet_written_is_read_the_same(desk: Desk) -> None:
    shape = desk.office.shapes["planning_review"]
    with pytest.raises(InvalidInput) as refused:
        decision_lists.read_rows(shape, (SHEET + "厂房,很大,,免于审查,\n厂房,,,也许,\n").encode(), file="清单.csv")
    lines = decision_lists.read_rows(shape, SHEET.encode(), file="清单.csv")

    assert refused.value.field == "line 4 建筑面积(平方米)" and "line 5 结果" in refused.value.reason
    assert decision_lists.read_rows(shape, decision_lists.write_rows(shape, lines).encode(), file="x") == lines


def test_a_version_whose_shape_has_changed_stops_cases_instead_of_being_passed_over(desk: Desk) -> None:
    publish(desk, EVERYTHING)
    shape = desk.office.shapes["planning_review"]
    desk.office.shapes = {"planning_review": replace(shape, outcomes=("技审分离",))}

    with pytest.raises(InvalidInput) as refused:
        desk.open("four_permits", **WAREHOUSE)

    assert "cannot be asked" in refused.value.reason
