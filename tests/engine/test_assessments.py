"""What a regional assessment covers need not be assessed again: exempt, by declared compliance, or singly, with the reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from engine.assessments import Assessment, Site, Use, Verdict, contains, covers, verdicts

SQUARE = ((0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0))
RESULT = Assessment(kind="energy", park="湘阴高新区", document="岳节能〔2025〕1号", valid_from=date(2025, 1, 1),
                    valid_until=date(2026, 12, 31), parcels=("A-1",), excluded=("两高", "26"))
SITE = Site(park="湘阴高新区", industry="3099", parcel="A-1")


def verdict(result: Assessment = RESULT, site: Site = SITE, on: date = date(2026, 3, 4)) -> Verdict:
    return verdicts(site, [result], on=on, kinds=["energy"])[0]


def test_a_parcel_that_a_valid_result_names_is_exempt_and_the_result_is_cited() -> None:
    said = verdict()

    assert (said.mode, said.document, said.valid_until) == ("exempt", "岳节能〔2025〕1号", date(2026, 12, 31))


def test_a_result_may_be_used_by_declared_compliance() -> None:
    assert verdict(replace(RESULT, mode=Use.DECLARED.value)).mode == "declared"


@pytest.mark.parametrize(("result", "site", "on", "reason"), [
    (RESULT, SITE, date(2027, 1, 1), "已于 2026-12-31 到期"),  # the day after the last
    (RESULT, SITE, date(2024, 12, 31), "自 2025-01-01 起有效"),  # the day before the first
    (RESULT, replace(SITE, parcel="B-1"), date(2026, 3, 4), "不在成果"),  # another parcel
    (RESULT, replace(SITE, parcel=""), date(2026, 3, 4), "尚无地块"),  # no parcel yet
    (RESULT, replace(SITE, traits=("两高",)), date(2026, 3, 4), "负面清单"),  # a trait it excludes
    (RESULT, replace(SITE, industry="2614"), date(2026, 3, 4), "“26”"),  # an industry it excludes
    (RESULT, replace(SITE, park="汨罗高新区"), date(2026, 3, 4), "没有节能评价"),  # another park
])
def test_what_a_result_does_not_hold_for_is_assessed_singly_with_the_reason(
    result: Assessment, site: Site, on: date, reason: str,
) -> None:
    said = verdict(result, site, on)

    assert said.mode == "singly" and said.document == "" and reason in said.reason


def test_the_last_day_of_a_result_still_counts() -> None:
    assert verdict(on=date(2026, 12, 31)).mode == "exempt"


def test_a_result_for_the_whole_park_needs_no_parcel() -> None:
    assert verdict(replace(RESULT, parcels=()), replace(SITE, parcel="")).mode == "exempt"


def test_an_exemption_counts_before_a_declaration() -> None:
    declared = replace(RESULT, mode=Use.DECLARED.value, document="乙", valid_until=date(2030, 1, 1))

    assert verdicts(SITE, [declared, RESULT], on=date(2026, 3, 4), kinds=["energy"])[0].document == RESULT.document


def test_a_drawn_parcel_is_covered_when_it_lies_in_the_drawn_area() -> None:
    drawn = replace(RESULT, parcels=(), area=SQUARE)

    inside = verdict(drawn, replace(SITE, parcel="B-1", polygon=((1, 1), (2, 1), (2, 2))))
    across = verdict(drawn, replace(SITE, parcel="B-1", polygon=((9, 9), (11, 9), (11, 11))))

    assert (inside.mode, across.mode) == ("exempt", "singly")


@pytest.mark.parametrize(("point", "is_inside"), [
    ((5, 5), True), ((10, 5), True), ((0, 0), True), ((10.001, 5), False), ((-1, 5), False), ((5, -0.001), False)])
def test_a_point_lies_in_an_area_or_on_its_edge(point: tuple[float, float], is_inside: bool) -> None:
    assert contains(SQUARE, point) is is_inside


def test_an_area_with_a_bay_does_not_cover_what_spans_the_bay() -> None:
    bay = ((0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (6.0, 10.0), (6.0, 2.0), (4.0, 2.0), (4.0, 10.0), (0.0, 10.0))

    assert not covers(bay, ((1, 8), (9, 8), (9, 9), (1, 9))) and covers(bay, ((1, 1), (9, 1), (9, 1.5), (1, 1.5)))
    assert covers(SQUARE, SQUARE) and not covers((), SQUARE) and not covers(SQUARE, ())
