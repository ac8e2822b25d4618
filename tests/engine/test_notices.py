"""A notice is taken as published, or refused with the place where it contradicts itself."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendar import Calendar
from engine.errors import InvalidInput
from engine.json_lines import line_of, read_json
from engine.notices import FIXTURE, Scope, fixed_days_off, read_closures, read_notice, read_notice_file, read_statutory

SHELF = Path(__file__).parents[2] / "bpmn" / "calendars"
TEXT = (SHELF / "2026.json").read_text(encoding="utf-8")
STATUTORY = read_statutory(orjson.loads((SHELF / "statutory.json").read_bytes()))

# Made up for the test; no such notice has been published.
FIRST_WEEK = {"name": "元旦", "first": "2031-01-01", "last": "2031-01-03", "make_up": ["2031-01-05"]}
OTHERS = [
    {"name": "春节", "first": "2031-01-22", "last": "2031-01-28"},
    {"name": "清明", "first": "2031-04-05", "last": "2031-04-05"},
    {"name": "劳动节", "first": "2031-05-01", "last": "2031-05-02"},
    {"name": "端午节", "first": "2031-06-23", "last": "2031-06-23"},
    {"name": "国庆节、中秋节", "first": "2031-10-01", "last": "2031-10-07"},
]
NOTICE = {"year": 2031, "number": "示例〔2030〕1号", "title": "示例通知", "published_on": "2030-11-05",
          "holidays": [FIRST_WEEK, *OTHERS]}


def told(text: str | bytes, **given: object) -> str:
    """Why a file is refused."""
    data = text.encode() if isinstance(text, str) else text
    with pytest.raises(InvalidInput) as refused:
        read_notice_file(data, "2026.json", **given)  # type: ignore[arg-type]
    return str(refused.value)


def test_a_published_notice_makes_its_year_certain() -> None:
    calendar = Calendar(notices=(read_notice(NOTICE),))

    assert calendar.is_published(2031)
    assert calendar.is_workday(date(2031, 1, 5)) and not calendar.is_workday(date(2031, 1, 2))
    assert not calendar.is_workday(date(2031, 10, 1))


def test_a_notice_may_reach_into_the_december_before() -> None:
    holiday = {"name": "元旦", "first": "2030-12-30", "last": "2031-01-01", "make_up": ["2030-12-28"]}

    notice = read_notice(NOTICE | {"holidays": [holiday, *OTHERS]})

    assert Calendar(notices=(notice,)).is_workday(date(2030, 12, 28))


@pytest.mark.parametrize(("change", "field", "reason"), [
    ({"make_up": ["2031-01-02"]}, "holidays[0].make_up[0]", "a day off (元旦) and a make-up working day at once"),
    ({"make_up": ["2031-01-06"]}, "holidays[0].make_up[0]", "falls on a weekday"),
    ({"make_up": ["2031-01-05", "2031-01-05"]}, "holidays[0].make_up[1]", "named twice"),
    ({"make_up": ["2031-05-11", "2032-03-06"]}, "holidays[0].make_up[1]", "lies outside 2031"),
    ({"first": "2030-11-01"}, "holidays[0].first", "lies outside 2031"),
    ({"last": "2030-12-31"}, "holidays[0].last", "before it begins"),
    ({"last": "2031-1-3"}, "holidays[0].last", "expected a date"),
    ({"last": "2031-02-30"}, "holidays[0].last", "expected a date"),
    ({"last": "2031-W01-5"}, "holidays[0].last", "expected a date"),
    ({"make_up": "2031-01-05"}, "holidays[0].make_up", "expected a list"),
    ({"makeup": []}, "holidays[0].makeup", "is not a field here"),
])
def test_a_break_that_cannot_be_is_refused_with_its_place(change: dict[str, object], field: str, reason: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_notice(NOTICE | {"holidays": [FIRST_WEEK | change, *OTHERS]})

    assert refused.value.field == field and reason in refused.value.reason


@pytest.mark.parametrize(("change", "field"), [
    ({"number": " "}, "number"),
    ({"year": "2031"}, "year"),
    ({"year": True}, "year"),
    ({"published_on": 2030}, "published_on"),
    ({"holidays": {}}, "holidays"),
    ({"holidays": ["元旦"]}, "holidays[0]"),
    ({"signed": "yes"}, "signed"),
    ({"title": "示例\n通知"}, "title"),
    ({"number": "示" * 201}, "number"),
    ({"fixture": "yes"}, "fixture"),
])
def test_a_malformed_notice_is_refused_with_its_field(change: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_notice(NOTICE | change)

    assert refused.value.field == field


@pytest.mark.parametrize("missing", sorted(NOTICE))
def test_a_notice_without_one_of_its_fields_is_refused(missing: str) -> None:
    with pytest.raises(InvalidInput, match=f"{missing}: is missing"):
        read_notice({name: value for name, value in NOTICE.items() if name != missing})


def test_a_day_off_named_by_two_breaks_is_refused() -> None:
    again = {"name": "春节", "first": "2031-01-03", "last": "2031-01-04"}

    with pytest.raises(InvalidInput, match="named twice: by 元旦 and by 春节"):
        read_notice(NOTICE | {"holidays": [FIRST_WEEK, again, *OTHERS]})


def test_a_statutory_day_cannot_be_a_make_up_day() -> None:
    labour_day = {"name": "劳动节", "first": "2027-05-03", "last": "2027-05-05", "make_up": ["2027-05-01"]}

    with pytest.raises(InvalidInput, match="off by statute"):
        read_notice(NOTICE | {"year": 2027, "holidays": [labour_day]})


def test_two_notices_that_disagree_about_a_day_are_refused() -> None:
    earlier = orjson.loads(orjson.dumps(NOTICE).replace(b"2031", b"2030"))
    earlier["holidays"] = [{"name": "元旦", "first": "2030-01-01", "last": "2030-01-01"},
                           {"name": "年末", "first": "2030-12-28", "last": "2030-12-29"}, *earlier["holidays"][1:]]
    later = NOTICE | {"holidays": [FIRST_WEEK | {"make_up": ["2030-12-28"]}, *OTHERS]}

    with pytest.raises(InvalidInput, match="2030-12-28 is off under"):
        Calendar(notices=(read_notice(earlier), read_notice(later)))


def test_statutory_days_stand_only_until_the_notice_is_published() -> None:
    statutory = read_statutory({"years": [{"year": 2031, "holidays": [
        {"name": "端午节", "first": "2031-06-24", "last": "2031-06-24"}]}]})

    assert not Calendar(statutory=statutory).is_workday(date(2031, 6, 24))
    assert Calendar(statutory=statutory, notices=(read_notice(NOTICE),)).is_workday(date(2031, 6, 24))


@pytest.mark.parametrize("missing", ["元旦", "春节", "清明", "劳动", "端午", "国庆"])
def test_a_notice_that_is_silent_about_a_holiday_is_refused(missing: str) -> None:
    holidays = [holiday for holiday in (FIRST_WEEK, *OTHERS) if missing not in str(holiday["name"])]

    with pytest.raises(InvalidInput, match=f"{missing} is missing|中秋 is missing"):
        read_notice(NOTICE | {"holidays": holidays})


def test_a_notice_of_before_2008_knows_four_holidays() -> None:
    four = [holiday for holiday in (FIRST_WEEK, *OTHERS) if holiday["name"] not in ("清明", "端午节")]
    row = orjson.loads(orjson.dumps(NOTICE | {"holidays": four}).replace("国庆节、中秋节".encode(), "国庆节".encode())
                       .replace(b"2031", b"2006").replace(b"2006-01-05", b"2006-01-07"))

    assert read_notice(row).year == 2006
    with pytest.raises(InvalidInput, match="清明 is missing"):
        read_notice(orjson.loads(orjson.dumps(row).replace(b"2006", b"2008").replace(b"2008-01-07", b"2008-01-05")))


def test_a_notice_whose_break_leaves_out_a_day_of_the_statute_is_refused() -> None:
    short = [FIRST_WEEK, *OTHERS[:-1], {"name": "国庆节、中秋节", "first": "2031-10-01", "last": "2031-10-02"}]

    with pytest.raises(InvalidInput, match="2031-10-03 is off by statute"):
        read_notice(NOTICE | {"holidays": short})


def test_statutory_days_cannot_name_make_up_days() -> None:
    with pytest.raises(InvalidInput, match="without make-up days"):
        read_statutory({"years": [{"year": 2031, "holidays": [FIRST_WEEK]}]})


def test_the_second_of_may_is_off_by_statute_since_2025() -> None:
    assert date(2024, 5, 2) not in fixed_days_off(2024) and date(2025, 5, 2) in fixed_days_off(2025)


def test_closures_are_read_with_their_references() -> None:
    closure, = read_closures([{"first": "2026-07-06", "last": "2026-07-07", "reference": "停办公告"}])

    assert (closure.first, closure.last, closure.reference) == (date(2026, 7, 6), date(2026, 7, 7), "停办公告")


def test_a_closure_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(InvalidInput, match="before it begins"):
        read_closures([{"first": "2026-07-07", "last": "2026-07-06", "reference": "停办公告"}])


def test_a_closure_binds_the_city_or_one_place() -> None:
    days = {"first": "2026-07-06", "last": "2026-07-07", "reference": "停办公告"}
    city, park = read_closures([days, days | {"scope": "park", "place": "城陵矶", "approver": "区管委会"}])

    assert city.binds() and city.binds(park="城陵矶", window="3号")
    assert park.scope is Scope.PARK and park.binds(park="城陵矶") and not park.binds(park="云溪") and not park.binds()
    assert not park.binds(window="城陵矶", system="城陵矶")


@pytest.mark.parametrize("change", [{"scope": "city", "place": "云溪"}, {"scope": "park"}, {"scope": "street", "place": "x"}])
def test_a_closure_whose_place_does_not_fit_its_scope_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        read_closures([{"first": "2026-07-06", "last": "2026-07-07", "reference": "停办公告"} | change])


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_the_notices_that_were_published_are_read_from_their_files(year: int) -> None:
    notice = read_notice_file((SHELF / f"{year}.json").read_bytes(), f"{year}.json", statutory=STATUTORY)

    assert notice.year == year and notice.citation == notice.number and not notice.is_fixture


def test_a_notice_made_up_for_a_test_says_so_wherever_it_is_cited() -> None:
    notice = read_notice(NOTICE | {"fixture": True})

    assert notice.citation == f"示例〔2030〕1号({FIXTURE})" and FIXTURE == "测试数据,非法定"


@pytest.mark.parametrize(("old", "new", "reason"), [
    ('"first": "2026-01-01"', '"first": "2026-01-04"', "holidays[0].last: line 8: 元旦 ends on 2026-01-03, before it begins"),
    ('"2026-01-04"', '"2026-01-05"', "holidays[0].make_up[0]: line 8: 2026-01-05 falls on a weekday"),
    ('"2026-02-28"', '"2026-02-14"', "holidays[1].make_up[1]: line 9: 2026-02-14 is named twice"),
    ('"2026-02-28"', '"2026-02-15"', "line 9: 2026-02-15 is a day off (春节) and a make-up working day at once"),
    ('"last": "2026-04-06"', '"last": "2026-05-01"', "holidays[3]: line 11: 2026-05-01 is named twice: by 清明节 and"),
    ('"first": "2026-06-19"', '"first": "2025-06-19"', "holidays[4].first: line 12: 2025-06-19 lies outside 2026"),
    ('"first": "2026-06-19"', '"first": "19 June"', "line 12: expected a date"),
    ('"last": "2026-05-05"', '"last": "2026-05-01"', "holidays: line 7: 2026-05-02 is off by statute"),
    ('"name": "中秋节"', '"name": "月饼节"', "holidays: line 7: 中秋 is missing"),
    ('"title"', '"titel"', "title: line 1: is missing"),
    ('"name": "元旦"', '"nom": "元旦"', "holidays[0].name: line 8: is missing"),
    ('"year": 2026,', '"year": 2026,\n  "year": 2027,', "year: line 3: stands twice, first on line 2"),
    ('"last": "2026-04-06"', '"last": "2026-04-06",\n "last": "2026-04-06"', "holidays[2].last: line 11: stands twice"),
    ('"holidays": [', '"holidays": [,', "line 7: is not JSON"),
    (TEXT, "[]", "2026.json: line 1: expected an object"),
    (TEXT, "", "2026.json: line 1: is not JSON"),
    (TEXT, "[" * 100_000, "line 1: is not JSON"),
    (TEXT, '{"a": [[[' + "1," * 10_000 + "1]]]}", "line 1: is missing"),
])
def test_a_file_that_contradicts_itself_is_refused_with_the_line(old: str, new: str, reason: str) -> None:
    changed = TEXT.replace(old, new)

    assert changed != TEXT and reason in told(changed)


def test_a_file_that_is_not_text_is_refused_with_the_line() -> None:
    assert "line 4: is not JSON: a character that is not UTF-8" in told(TEXT.encode().replace("国务院".encode(), b"\xff"))


def test_lines_are_told_for_files_of_other_systems_too() -> None:
    windows = b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode()

    assert read_notice_file(windows, "2026.json") == read_notice_file(TEXT.encode(), "2026.json")
    assert "line 8: 2026-01-05 falls on a weekday" in told(windows.replace(b"2026-01-04", b"2026-01-05"))


def test_a_notice_that_has_a_lunar_holiday_worked_is_not_the_notice_of_its_year() -> None:
    text = re.sub(r', "make_up": \[.*\]', "", TEXT.replace("2026", "2027"))  # the days of 2026, under another year

    assert "line 7: 2027-02-05 is off by statute (春节, 放假办法 art. 2)" in told(text, statutory=STATUTORY)
    assert read_notice_file(text.encode(), "2027.json").year == 2027  # what nobody knows of is not held against it


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(codec="utf-8"), max_size=8),
    lambda inner: (st.lists(inner, max_size=4)
                   | st.dictionaries(st.text("ab\n\"\\{[:,", min_size=1, max_size=4), inner, max_size=4)),
    max_leaves=20)


@given(_VALUES)
def test_every_value_of_any_text_has_the_line_it_stands_on(value: object) -> None:
    text = orjson.dumps(value, option=orjson.OPT_INDENT_2)

    read, lines = read_json(text)

    assert read == value
    assert sorted(lines.values()) == [line for line, each in enumerate(text.decode().split("\n"), start=1)
                                      if each.strip(" ,") not in ("]", "}")]


def test_a_value_that_is_not_there_is_looked_for_around_it() -> None:
    lines = {"": 1, "holidays": 7, "holidays[0]": 8}

    assert [line_of(lines, path) for path in ("holidays[0].name", "holidays[4].make_up[1]", "title", "")] == [8, 7, 1, 1]
