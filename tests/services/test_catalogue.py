"""The office's own values of the catalogue: they count before the shipped ones, are never edited, and keep it whole."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from sqlalchemy import Connection

from engine.catalogue import Category, Matter, Park
from engine.catalogue_checks import lacks_supervisor
from engine.errors import InvalidInput, NotFound
from engine.limits import LimitKind
from services import catalogue
from services.catalogue import Held, read_shelf
from services.database import reading, writing
from services.settings import SHELF
from services.store import reading as store_reading
from tests.services import diagrams
from tests.services.desk import Desk, day
from tests.services.test_whose_limit import ANNOUNCED

SHELVED = read_shelf(SHELF)


def enter(connection: Connection, code: str, at: Any = None, category: Category = Category.MATTER, **values: Any) -> Held:
    """The office's own values of an entry."""
    return catalogue.set_values(connection, SHELVED, category, code, values, basis="岳审改〔2026〕1号", by="王",
                                now=at or day(4))


def test_the_offices_value_counts_before_the_shipped_one_and_both_are_told_apart(connection: Connection) -> None:
    entered = enter(connection, "SJ-SDQW", supervisor="市城管局")

    held = catalogue.held_entry(connection, SHELVED, Category.MATTER, "水电气网报装", at=day(5))
    assert held == entered and isinstance(held.entry, Matter)
    assert (held.entry.supervisor, held.sources["supervisor"], held.sources["department"]) == ("市城管局", "office", "shipped")
    assert held.row is not None and (held.row.basis, held.row.entered_by) == ("岳审改〔2026〕1号", "王")


def test_every_past_day_shows_the_catalogue_of_that_day(connection: Connection) -> None:
    enter(connection, "SJ-SDQW", day(4), supervisor="市林业局")
    enter(connection, "SJ-SDQW", day(9), supervisor="市住建局")
    catalogue.end_values(connection, SHELVED, Category.MATTER, "SJ-SDQW", now=day(12))

    found = [catalogue.load_catalogue(connection, SHELVED, at=day(number)).matters["SJ-SDQW"].supervisor
             for number in (3, 4, 8, 9, 11, 12)]

    assert found == ["市城管局", "市林业局", "市林业局", "市住建局", "市住建局", "市城管局"]
    assert [row.until for row in catalogue.history(connection, Category.MATTER, "SJ-SDQW")] == [day(9), day(12)]


def test_a_further_value_keeps_the_others_and_none_takes_the_shipped_one_again(connection: Connection) -> None:
    enter(connection, "SJ-SDQW", day(4), supervisor="市林业局")
    enter(connection, "SJ-SDQW", day(5), note="试行")

    held = enter(connection, "SJ-SDQW", day(6), supervisor=None)

    assert isinstance(held.entry, Matter) and (held.entry.supervisor, held.entry.note) == ("市城管局", "试行")
    assert len(catalogue.history(connection, Category.MATTER, "SJ-SDQW")) == 3


def test_the_same_values_again_are_one_ruling(connection: Connection) -> None:
    first, second = (enter(connection, "SJ-SDQW", day(number), supervisor="市城管局") for number in (4, 5))

    assert first == second and len(catalogue.history(connection, Category.MATTER, "SJ-SDQW")) == 1


def test_an_office_adds_a_matter_of_its_own_and_removes_it_when_nothing_needs_it(connection: Connection) -> None:
    enter(connection, "BD-01", name="本地事项", department="市住建局")
    enter(connection, "TC-QYNS", day(5), Category.BUNDLE, matters=[{"matter": "YJS-QYNS"}, {"matter": "BD-01"}])

    with pytest.raises(InvalidInput, match="its matter “BD-01” is none"):
        catalogue.end_values(connection, SHELVED, Category.MATTER, "BD-01", now=day(6))
    catalogue.end_values(connection, SHELVED, Category.BUNDLE, "TC-QYNS", now=day(6))
    catalogue.end_values(connection, SHELVED, Category.MATTER, "BD-01", now=day(7))

    assert "BD-01" not in catalogue.load_catalogue(connection, SHELVED).matters


@pytest.mark.parametrize(("code", "values", "field", "reason"), [
    ("SJ-SDQW", {"department": "市水务局"}, "", "no department"), ("SJ-SDQW", {"kind": "quick"}, "kind", "quick"),
    ("SJ-SDQW", {"code": "X"}, "code", "keeps its code"), ("NEU", {"department": "市住建局"}, "", "name"),
    ("NEU", {"name": "新", "process": "four_permits"}, "", "belongs to SJ-SZBL"),
    ("SJ-QYGD", {"limits": [{"kind": "stage", "item": "公告", "giver": "project", "amount": 5}]}, "limits[0].amount",
     "commitment"),
])
def test_a_value_that_would_break_the_catalogue_is_refused(
    connection: Connection, code: str, values: dict[str, Any], field: str, reason: str,
) -> None:
    with pytest.raises(InvalidInput) as refused:
        catalogue.set_values(connection, SHELVED, Category.MATTER, code, values, basis="文", by="王", now=day(4))

    assert refused.value.field == field and reason in str(refused.value)
    assert catalogue.history(connection, Category.MATTER, code) == []


def test_what_is_not_there_cannot_be_ended_or_shown(connection: Connection) -> None:
    with pytest.raises(NotFound):
        catalogue.end_values(connection, SHELVED, Category.PARK, "YY-P01", now=day(4))
    with pytest.raises(NotFound, match="there are 11"):
        catalogue.held_entry(connection, SHELVED, Category.PARK, "云溪", at=day(4))


@pytest.mark.parametrize(("file", "text", "field"), [
    ("parks.json", "[{", "parks.json"), ("parks.json", "{}", "parks.json"), ("parks.json", "[{}]", "parks.json: [0]"),
    ("matters.json", '[{"code": "M", "name": "x"}, {"code": "M", "name": "y"}]', "matters.json: [1].code"),
])
def test_a_shelf_that_cannot_be_read_is_refused_with_file_and_place(tmp_path: Path, file: str, text: str, field: str) -> None:
    (tmp_path / "catalogue").mkdir()
    (tmp_path / "catalogue" / file).write_text(text, encoding="utf-8")

    with pytest.raises(InvalidInput) as refused:
        read_shelf(tmp_path)

    assert refused.value.field == field


def test_a_park_is_kept_by_its_standard_name_whatever_it_was_called(desk: Desk) -> None:
    number = desk.open("company_setup", park="岳阳绿色化工高新区")

    assert desk.case(number).park == "岳阳绿色化工产业区"
    assert desk.facts(number, "CaseOpened")[0]["data"]["data"]["park"] == "岳阳绿色化工产业区"
    with pytest.raises(InvalidInput, match="perhaps 湘阴高新区"):
        desk.open("company_setup", park="湘阴")
    assert desk.problems() == []


def test_a_park_renamed_by_the_office_keeps_its_old_name_as_an_alias(desk: Desk) -> None:
    with writing(desk.database) as connection:
        enter(connection, "YY-P05", desk.now, Category.PARK, name="岳阳绿色化工高新区",
              aliases=[{"name": "岳阳绿色化工产业区"}])

    numbers = [desk.open("company_setup", park=name) for name in ("岳阳绿色化工产业区", "岳阳绿色化工高新区")]

    assert [desk.case(number).park for number in numbers] == ["岳阳绿色化工高新区"] * 2
    with reading(desk.database) as connection:
        park = catalogue.load_catalogue(connection, SHELVED).park("岳阳绿色化工产业区", date(2026, 3, 4))
    assert isinstance(park, Park) and park.code == "YY-P05"


def test_intake_asks_for_what_the_office_requires_of_a_matter(desk: Desk) -> None:
    with writing(desk.database) as connection:
        enter(connection, "SJ-LHYS", desk.now, requires=["project_code"])

    with pytest.raises(InvalidInput) as refused:
        desk.open("joint_completion_inspection")
    desk.open("joint_completion_inspection", project_code="2603-430600-04-01-123456")

    assert refused.value.field == "data.project_code" and "项目代码 is missing" in refused.value.reason


def test_the_catalogues_number_counts_before_the_diagrams(desk: Desk) -> None:
    with writing(desk.database) as connection:
        enter(connection, "SJ-LHYS", desk.now, limits=[{"kind": "promised", "amount": 7, "basis": "岳审改〔2026〕1号"}])
    number = desk.open("joint_completion_inspection")
    desk.go(number, "register", "verify")

    started = desk.facts(number, "ClockStarted")[-1]["data"]
    assert (started["clock"], started["amount"], started["source"], started["basis"]) == (
        "promised", 7, "catalogue", "岳审改〔2026〕1号")
    assert desk.problems() == []


def test_a_clock_without_a_number_waits_until_the_office_has_filled_it_in(desk: Desk) -> None:
    desk.deploy(announced=ANNOUNCED)
    number = desk.open("announced")
    clock = desk.incidents(number)[0]
    with writing(desk.database) as connection:
        enter(connection, "BD-GG", desk.now, name="公告", process="announced", department="市资规局",
              limits=[{"kind": "stage", "item": "announcement", "amount": 10}])

    desk.command("start_clock", number, token=clock.token)

    started = desk.facts(number, "ClockStarted")[-1]["data"]
    assert (started["kind"], started["amount"], started["source"]) == (LimitKind.STAGE.value, 10, "catalogue")
    assert desk.problems() == []


def test_the_diagrams_of_the_shelf_and_the_shipped_catalogue_say_the_same(desk: Desk) -> None:
    with reading(desk.database) as connection:
        found = catalogue.check(connection, SHELVED)
        deployed = {row.process for row in store_reading.latest_definitions(connection)}
        shipped = catalogue.load_catalogue(connection, SHELVED)

    assert [each for each in found if not each.is_gap] == []
    assert deployed == {path.stem for path in SHELF.glob("*.bpmn")} == {each.process for each in shipped.matters.values()}


@pytest.mark.parametrize("path", sorted(SHELF.glob("*.bpmn")), ids=lambda path: path.stem)
def test_a_matter_has_the_same_name_in_its_diagram_and_in_the_catalogue(path: Path) -> None:
    drawn = ElementTree.parse(path).getroot().find(".//{urn:jiban:bpmn:1}matter")
    listed = {data["process"]: data["name"] for (category, _), data in SHELVED.items() if category is Category.MATTER}

    assert drawn is None or drawn.get("name") == listed[path.stem]


def test_a_lane_that_is_always_one_departments_names_a_department_of_the_catalogue() -> None:
    named = {word.get("unit") for path in SHELF.glob("*.bpmn")
             for word in ElementTree.parse(path).getroot().iter("{urn:jiban:bpmn:1}party") if word.get("unit")}

    assert "市税务局" in named and named <= {code for category, code in SHELVED if category is Category.DEPARTMENT}


def test_the_sample_empowerment_list_names_matters_of_the_catalogue() -> None:
    named = {row["事项编码"] for file in ("empowerment.csv", "local_authorities.csv")
             for row in csv.DictReader((SHELF / "empowerment" / file).read_text("utf-8-sig").splitlines())}

    assert named - {""} <= {code for category, code in SHELVED if category is Category.MATTER}


def test_the_check_tells_where_a_bundle_has_other_matters_than_its_diagram(desk: Desk) -> None:
    with writing(desk.database) as connection:
        enter(connection, "TC-JGBZ", desk.now, Category.BUNDLE,
              matters=[{"matter": "SJ-LHYS"}, {"matter": "SJ-BDCD", "is_mandatory": False}])
        found = catalogue.check(connection, SHELVED)

    assert [(each.code, each.message) for each in found if not each.is_gap] == [
        ("TC-JGBZ", "its matters are SJ-BDCD (optional)、SJ-LHYS here and SJ-BDCD、SJ-LHYS in the deployed diagram of "
                    "completion_to_certificate")]


def test_the_check_tells_where_a_deployed_diagram_and_the_catalogue_differ(desk: Desk) -> None:
    words = '<bpmn:extensionElements><jb:matter code="XX-1" department="市住建局"/></bpmn:extensionElements>'
    desk.deploy(strange=diagrams.process("strange", words, diagrams.start(), diagrams.task("t"), diagrams.end(),
                                         diagrams.flows("begin", "t", "done")))
    with writing(desk.database) as connection:
        enter(connection, "SJ-LHYS", desk.now, department="市资规局")
        found = catalogue.check(connection, SHELVED)

    told = {(each.code, each.message) for each in found if not each.is_gap}
    assert told == {
        ("XX-1", "is handled by the deployed process strange, and no matter of the catalogue is"),
        ("SJ-LHYS", "its department is 市资规局 here and 市住建局 in the deployed diagram of joint_completion_inspection")}


def test_values_of_an_entry_that_has_left_the_shelf_are_told_and_stop_nobody(connection: Connection) -> None:
    enter(connection, "SJ-SDQW", supervisor="市城管局")
    smaller = {key: value for key, value in SHELVED.items() if key[1] not in ("SJ-SDQW", "TC-XMKG", "TC-KGPT", "TC-JGYS")}

    assert "SJ-SDQW" not in catalogue.load_catalogue(connection, smaller).matters
    assert [each.message for each in catalogue.check(connection, smaller) if each.code == "SJ-SDQW"] == [
        "is no longer on the shelf: the office's values of it are not read; end them, or give the entry whole",
        "is handled by the deployed process utilities_connection, and no matter of the catalogue is"]


def test_every_shipped_matter_that_permits_something_is_supervised_by_somebody(connection: Connection) -> None:
    shipped = catalogue.load_catalogue(connection, SHELVED)

    assert [code for code, matter in shipped.matters.items() if lacks_supervisor(shipped, matter.process)] == []
