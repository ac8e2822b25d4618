"""The catalogue of matters: names and their periods, entries as JSON, contradictions and gaps, what intake asks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from engine.catalogue import (
    Alias,
    Bundle,
    BundleMatter,
    Catalogue,
    Category,
    Department,
    Matter,
    MatterKind,
    MatterLimit,
    Park,
    suggestions,
)
from engine.catalogue_checks import check_promises, findings, lacks_supervisor
from engine.catalogue_entries import read_entry, write_entry
from engine.errors import InvalidInput
from engine.intake import require_fields, standard_park
from engine.limits import Limit, LimitKind
from services.catalogue import assemble, read_shelf
from services.settings import SHELF

SHIPPED = assemble(read_shelf(SHELF), ())
ANNEX_3 = ("岳阳经发区", "南湖新区", "临港高新区(含综合区)", "汨罗高新区", "岳阳绿色化工产业区", "平江高新区", "湘阴高新区",
           "临湘高新区", "华容高新区", "君山产业开发区", "岳阳高新技术产业园区")
ISSUED = date(2022, 3, 8)
PROCESSES = frozenset(path.stem for path in SHELF.glob("*.bpmn"))


def test_the_shelf_has_the_eleven_parks_of_annex_3_in_its_order() -> None:
    assert tuple(park.name for park in SHIPPED.parks.values()) == ANNEX_3
    assert not any(code.startswith("4306") for code in SHIPPED.parks)  # a park is no division


@pytest.mark.parametrize(("written", "meant"), [
    ("岳阳绿色化工高新区", "岳阳绿色化工产业区"), ("岳阳经济技术开发区", "岳阳经发区"),
    ("城陵矶新港区", "临港高新区(含综合区)"),
    ("临港高新区", "临港高新区(含综合区)"), ("临港高新区（含综合区）", "临港高新区(含综合区)"), ("湘阴 高新区", "湘阴高新区"),
])
def test_a_park_is_known_by_every_name_the_plan_calls_it(written: str, meant: str) -> None:
    assert standard_park(SHIPPED, written, ISSUED) == meant


def test_an_unknown_park_is_refused_with_what_may_be_meant() -> None:
    with pytest.raises(InvalidInput) as refused:
        standard_park(SHIPPED, "湘阴", ISSUED)
    with pytest.raises(InvalidInput) as elsewhere:
        standard_park(SHIPPED, "屈原管理区", ISSUED)  # an addressee of the plan, but no park

    assert refused.value.field == "data.park" and "perhaps 湘阴高新区" in refused.value.reason
    assert "岳阳经发区、南湖新区" in elsewhere.value.reason
    assert standard_park(Catalogue(), "屈原管理区", ISSUED) == "屈原管理区" and standard_park(SHIPPED, "", ISSUED) == ""


def test_a_name_that_was_given_up_is_known_on_the_days_it_was_used() -> None:
    park = Park(code="P", name="新名", aliases=(Alias(name="旧名", since=date(2010, 1, 1), until=date(2024, 1, 1)),))
    catalogue = Catalogue(parks={"P": park})

    known = [catalogue.park("旧名", day) is not None for day in (date(2009, 12, 31), date(2023, 12, 31), date(2024, 1, 1))]

    assert known == [False, True, False]


def test_every_process_of_the_shelf_has_its_matter_and_every_matter_its_process() -> None:
    assert {matter.process for matter in SHIPPED.matters.values()} == PROCESSES
    assert {bundle.process for bundle in SHIPPED.bundles.values()} <= PROCESSES


def test_the_shipped_catalogue_contradicts_nothing_and_its_gaps_are_those_the_office_fills() -> None:
    found = findings(SHIPPED)

    assert [each for each in found if not each.is_gap] == []
    assert any(each.code == "SJ-BDCD" and "the office gives it" in each.message for each in found)
    assert any(each.code == "SJ-QYGD" and "the project gives it" in each.message for each in found)


def test_no_number_is_shipped_that_neither_the_plan_nor_a_statute_gives() -> None:
    assert all(limit.amount is None for matter in SHIPPED.matters.values() for limit in matter.limits)


@pytest.mark.parametrize(("category", "data", "field"), [
    (Category.PARK, [], ""), (Category.PARK, {"code": "P"}, ""), (Category.PARK, {"code": "", "name": "园"}, "code"),
    (Category.PARK, {"code": "P", "name": "园", "nmae": 1}, "nmae"), (Category.PARK, {"code": "P", "name": 5}, "name"),
    (Category.PARK, {"code": "P", "name": "园", "divisions": ["43"]}, "divisions[0]"),
    (Category.PARK, {"code": "P", "name": "园", "aliases": [{"name": "a", "since": "x"}]}, "aliases[0].since"),
    (Category.PARK, {"code": "P", "name": "园", "aliases": [{"name": "a", "since": "2024-01-02", "until": "2024-01-01"}]},
     "aliases[0].until"),
    (Category.DEPARTMENT, {"code": "D", "name": "局", "credit_code": "91350100M000100Y44"}, "credit_code"),
    (Category.MATTER, {"code": "M", "name": "事", "kind": "quick"}, "kind"),
    (Category.MATTER, {"code": "M", "name": "事", "implementation_code": "12"}, "implementation_code"),
    (Category.MATTER, {"code": "M", "name": "事", "materials": [{"name": "图"}, {"name": "图"}]}, "materials[1]"),
    (Category.MATTER, {"code": "M", "name": "事", "materials": [{"name": "图", "requird": True}]}, "materials[0].requird"),
    (Category.MATTER, {"code": "M", "name": "事", "limits": [{"kind": "hand_over"}]}, "limits[0].kind"),
    (Category.MATTER, {"code": "M", "name": "事", "limits": [{"kind": "promised", "amount": -1}]}, "limits[0].amount"),
    (Category.MATTER, {"code": "M", "name": "事", "limits": [
        {"kind": "stage", "item": "公告", "amount": 5, "giver": "project"}]}, "limits[0].amount"),
    (Category.MATTER, {"code": "M", "name": "事", "note": "x" * 1001}, "note"),
    (Category.MATTER, {"code": "M", "name": "事", "basis": ["法"] * 201}, "basis"),
    (Category.BUNDLE, {"code": "B", "name": "件", "matters": [{"matter": "M", "step": 0}]}, "matters[0].step"),
    (Category.BUNDLE, {"code": "B", "name": "件", "matters": [{"matter": "M"}, {"matter": "M"}]}, "matters[1].matter"),
])
def test_what_no_entry_may_say_is_refused_by_its_field(category: Category, data: Any, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_entry(category, data)

    assert refused.value.field == field


def test_an_entry_written_is_read_again_the_same() -> None:
    matter = SHIPPED.matters["SJ-SZBL"]

    assert read_entry(Category.MATTER, write_entry(matter)) == matter


MATTER = Matter(code="M", name="事项", process="p", department="市住建局", supervisor="市住建局")
BOOKS: dict[str, Any] = {"matters": {"M": MATTER}, "departments": {"市住建局": Department(code="市住建局", name="市住建局")}}


@pytest.mark.parametrize(("changes", "code", "message"), [
    ({"matters": {"M": replace(MATTER, department="市住房局")}}, "M", "no department of the catalogue"),
    ({"matters": {"M": replace(MATTER, supervisor="市住建")}}, "M", "perhaps 市住建局"),
    ({"matters": {"M": MATTER, "N": replace(MATTER, code="N")}}, "N", "belongs to M already"),
    ({"bundles": {"B": Bundle(code="B", name="件", matters=(BundleMatter(matter="X"),))}}, "B", "“X” is none"),
    ({"parks": {"P": Park(code="P", name="甲"), "Q": Park(code="Q", name="乙", aliases=(Alias(name="甲"),))}}, "Q",
     "means P too"),
])
def test_a_catalogue_that_contradicts_itself_is_told(changes: dict[str, Any], code: str, message: str) -> None:
    found = findings(Catalogue(**{**BOOKS, **changes}))

    assert [(each.code, message in each.message, each.is_gap) for each in found] == [(code, True, False)]


def test_two_parks_may_have_had_one_name_in_different_years() -> None:
    first = Park(code="P", name="甲", aliases=(Alias(name="老区", until=date(2020, 1, 1)),))
    second = Park(code="Q", name="乙", aliases=(Alias(name="老区", since=date(2020, 1, 1)),))

    assert findings(Catalogue(parks={"P": first, "Q": second})) == []


def test_a_permit_that_nobody_supervises_afterwards_is_a_gap_and_a_service_is_none() -> None:
    bare, service = replace(MATTER, supervisor=""), replace(MATTER, supervisor="", kind=MatterKind.SERVICE)

    assert lacks_supervisor(Catalogue(matters={"M": bare}), "p") == bare
    assert lacks_supervisor(Catalogue(matters={"M": service}), "p") is None
    assert lacks_supervisor(Catalogue(matters={"M": MATTER}), "p") is None and lacks_supervisor(Catalogue(), "p") is None


def test_an_application_without_what_its_matter_requires_is_not_taken_in() -> None:
    catalogue = Catalogue(matters={"M": replace(MATTER, requires=("project_code",))})

    with pytest.raises(InvalidInput) as refused:
        require_fields(catalogue, "p", {"project_code": ""}, {"project_code": "项目代码"})

    assert refused.value.field == "data.project_code" and "项目代码 is missing" in refused.value.reason
    require_fields(catalogue, "p", {"project_code": "2603-430600-04-01-123456"}, {})
    require_fields(catalogue, "q", {}, {})


def test_the_catalogue_s_promise_is_no_longer_than_the_statute_without_a_reason() -> None:
    longer = replace(MATTER, limits=(MatterLimit(kind=LimitKind.PROMISED, amount=15),))
    statute = [Limit(amount=3, kind=LimitKind.STATUTORY)]

    with pytest.raises(InvalidInput, match="longer than the statutory"):
        check_promises(longer, statute)
    check_promises(replace(MATTER, limits=(MatterLimit(kind=LimitKind.PROMISED, amount=10, exception="市审改办"),)), statute)
    check_promises(longer, [])
    check_promises(MATTER, [Limit(amount=9), *statute])  # what the diagram alone says was checked when it was published


def test_suggestions_name_the_standard_names_once() -> None:
    assert suggestions(SHIPPED.departments.values(), "市住房和城乡建设") == ["市住建局"]
    assert suggestions(SHIPPED.departments.values(), "") == []
