"""Decision lists: what a cell accepts, which row fits, and where a table contradicts itself or leaves a gap."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.decision_checks import review
from engine.decision_lists import Answer, DecisionList, Hit, Input, InputKind, Line, Shape, ask, compile_list
from engine.errors import InvalidInput

KIND = Input(name="project_kind", title="项目类型", kind=InputKind.TEXT)
AREA = Input(name="floor_area", title="建筑面积", kind=InputKind.NUMBER)
INSIDE = Input(name="is_inside", title="园区内", kind=InputKind.BOOL)
SHAPE = Shape(code="planning_review", name="规划审查方式", inputs=(KIND, AREA, INSIDE),
              outcomes=("技审分离", "告知承诺", "免于审查"))


def table(*rows: Sequence[str], hit: Hit = Hit.FIRST) -> DecisionList:
    """A list of these rows: three cells and the outcome."""
    return compile_list(SHAPE, hit, [Line(cells=dict(zip(("project_kind", "floor_area", "is_inside"), cells, strict=True)),
                                          outcome=outcome, basis="") for *cells, outcome in rows])


def answer(found: DecisionList, kind: object = None, area: object = None, inside: object = None) -> Answer:
    """What a list says of these particulars."""
    return ask(found, {"project_kind": kind, "floor_area": area, "is_inside": inside})


@pytest.mark.parametrize(("cell", "accepted", "refused"), [
    ("厂房、仓库", ["厂房", "仓 库"], ["住宅"]), ("厂房,仓库;站", ["站"], ["厂房,仓库"]),
    ("厂房\n仓库", ["仓库"], ["厂房仓库"]),
    ("≠住宅", ["厂房"], ["住宅"]), ("", ["任何"], []), ("任意", ["任何"], []),
])
def test_a_cell_of_texts_accepts_what_it_names(cell: str, accepted: list[str], refused: list[str]) -> None:
    found = table((cell, "", "", "免于审查"))

    assert [answer(found, kind).row for kind in accepted] == [1] * len(accepted)
    assert [answer(found, kind).row for kind in refused] == [None] * len(refused)


@pytest.mark.parametrize(("cell", "accepted", "refused"), [
    ("≤3000", [3000, 0, 2999.9], [3000.1]), ("<3000", [2999], [3000]), (">= 3000", [3000], [2999]), ("＞3000", [3001], [3000]),
    ("5", [5, 5.0], [5.1]), ("1000-3000", [1000, 3000], [999.9, 3001]), ("1000～3000", [2000], [0]),
    ("[1000,3000)", [1000, 2999.99], [3000]), ("（1000，3000]", [3000], [1000]), ("0.1", [0.1], [0.2]), ("-5--3", [-4], [-2]),
])
def test_a_cell_of_numbers_accepts_what_lies_in_it(cell: str, accepted: list[float], refused: list[float]) -> None:
    found = table(("", cell, "", "免于审查"))

    assert [answer(found, area=area).row for area in accepted] == [1] * len(accepted)
    assert [answer(found, area=area).row for area in refused] == [None] * len(refused)


@pytest.mark.parametrize(("row", "field"), [
    (("", "很大", "", "免于审查"), "row 1 floor_area"), (("", "3000-1000", "", "免于审查"), "row 1 floor_area"),
    (("", "(5,5]", "", "免于审查"), "row 1 floor_area"), (("厂房、、仓库", "", "", "免于审查"), "row 1 project_kind"),
    (("", "", "也许", "免于审查"), "row 1 is_inside"), (("", "", "", "随便"), "row 1 outcome"),
    (("x" * 501, "", "", "免于审查"), "row 1 project_kind"),
])
def test_a_cell_that_means_nothing_is_refused_with_its_row_and_column(row: Sequence[str], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        table(row)

    assert refused.value.field == field


def test_the_topmost_row_that_fits_counts() -> None:
    found = table(("厂房", "≤3000", "是", "免于审查"), ("厂房", "", "", "告知承诺"), ("", "", "", "技审分离"))

    assert answer(found, "厂房", 2000, True).outcome == "免于审查"
    assert answer(found, "厂房", 9000, True).row == 2
    assert answer(found, "住宅", 2000, False).row == 3


def test_a_value_is_asked_for_only_where_it_decides() -> None:
    found = table(("厂房", "≤3000", "", "免于审查"), ("", "", "", "技审分离"))

    assert answer(found, "住宅").row == 2
    assert answer(found, "厂房").missing == ("floor_area",)
    assert answer(found, area=5000).row == 2
    assert answer(table(("厂房", "", "", "免于审查"), ("", "≤5", "", "告知承诺"), hit=Hit.UNIQUE), area=3).row == 2


@pytest.mark.parametrize(("name", "value"), [
    ("project_kind", 5), ("floor_area", "大"), ("floor_area", True), ("floor_area", float("nan")), ("is_inside", "是")])
def test_a_value_of_another_kind_is_refused_by_its_name(name: str, value: object) -> None:
    with pytest.raises(InvalidInput) as refused:
        ask(table(("厂房", "5", "是", "免于审查")), {name: value})

    assert refused.value.field == name


def test_rows_that_can_fit_together_are_found() -> None:
    found = review(table(("厂房", "≤3000", "", "免于审查"), ("厂房、仓库", "3000-5000", "", "告知承诺"),
                         ("", ">5000", "", "技审分离"), hit=Hit.UNIQUE))

    assert found.overlaps == ((1, 2),)  # an area of exactly 3000


def test_a_gap_is_told_in_words_and_a_row_that_never_counts_by_its_number() -> None:
    found = review(table(("厂房", "<3000", "", "免于审查"), ("厂房", ">3000", "", "告知承诺"),
                         ("厂房", "<1000", "是", "技审分离"), ("≠厂房", "", "", "技审分离")))

    assert found.gaps == ("项目类型 厂房, 建筑面积 3000, 园区内 是", "项目类型 厂房, 建筑面积 3000, 园区内 否")
    assert found.idle == (3,) and found.overlaps == () and found.is_whole


def test_a_list_that_ends_in_a_row_for_everything_has_no_gap() -> None:
    assert review(table(("厂房", "≤3000", "是", "免于审查"), ("", "", "", "技审分离"))).gaps == ()


def test_a_tangled_list_is_looked_at_within_a_budget() -> None:
    rows = [(f"类{row}", f"{row}-{row * 7 % 500 + row}", "", "技审分离") for row in range(1, 600)]

    found = review(table(*rows))

    assert len(found.gaps) == 20


CELLS = st.tuples(
    st.sampled_from(["", "甲", "乙", "甲、乙", "≠甲"]), st.sampled_from(["", "<1", "≤1", "1", "1-2", ">2", "(1,2)"]),
    st.sampled_from(["", "是", "否"]), st.sampled_from(SHAPE.outcomes))
EVERYTHING = list(product(["甲", "乙", "丙"], [0, 1, 1.5, 2, 3], [True, False]))


@settings(max_examples=200, deadline=None)
@given(st.lists(CELLS, min_size=1, max_size=6))
def test_the_review_agrees_with_asking_every_case_there_is(rows: list[tuple[str, str, str, str]]) -> None:
    fitting = {case: [number for number, row in enumerate(rows, 1) if answer(table(row), *case).row] for case in EVERYTHING}

    first, unique = review(table(*rows)), review(table(*rows, hit=Hit.UNIQUE))

    assert bool(first.gaps) == any(not rows_of for rows_of in fitting.values())
    assert set(first.idle) == set(range(1, len(rows) + 1)) - {rows_of[0] for rows_of in fitting.values() if rows_of}
    together = {(one, other) for rows_of in fitting.values() for one in rows_of for other in rows_of if one < other}
    assert set(unique.overlaps) == together
