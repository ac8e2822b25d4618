"""A notice is taken as published, or refused with the place where it contradicts itself."""

from __future__ import annotations

from datetime import date

import pytest

from engine.calendar import Calendar
from engine.errors import InvalidInput
from engine.notices import fixed_days_off, read_closures, read_notice, read_statutory

# Made up for the test; no such notice has been published.
FIRST_WEEK = {"name": "元旦", "first": "2031-01-01", "last": "2031-01-03", "make_up": ["2031-01-05"]}
NOTICE = {"year": 2031, "number": "示例〔2030〕1号", "title": "示例通知", "published_on": "2030-11-05",
          "holidays": [FIRST_WEEK]}


def test_a_published_notice_makes_its_year_certain() -> None:
    calendar = Calendar(notices=(read_notice(NOTICE),))

    assert calendar.is_published(2031)
    assert calendar.is_workday(date(2031, 1, 5)) and not calendar.is_workday(date(2031, 1, 2))
    assert not calendar.is_workday(date(2031, 10, 1))  # off by statute although this notice is silent


def test_a_notice_may_reach_into_the_december_before() -> None:
    holiday = {"name": "元旦", "first": "2030-12-30", "last": "2031-01-01", "make_up": ["2030-12-28"]}

    notice = read_notice(NOTICE | {"holidays": [holiday]})

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
    ({"make_up": "2031-01-05"}, "holidays[0].make_up", "expected a list"),
    ({"makeup": []}, "holidays[0].makeup", "is not a field here"),
])
def test_a_break_that_cannot_be_is_refused_with_its_place(change: dict[str, object], field: str, reason: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_notice(NOTICE | {"holidays": [FIRST_WEEK | change]})

    assert refused.value.field == field and reason in refused.value.reason


@pytest.mark.parametrize(("change", "field"), [
    ({"number": " "}, "number"),
    ({"year": "2031"}, "year"),
    ({"year": True}, "year"),
    ({"published_on": 2030}, "published_on"),
    ({"holidays": {}}, "holidays"),
    ({"holidays": ["元旦"]}, "holidays[0]"),
    ({"signed": "yes"}, "signed"),
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
        read_notice(NOTICE | {"holidays": [FIRST_WEEK, again]})


def test_a_statutory_day_cannot_be_a_make_up_day() -> None:
    labour_day = {"name": "劳动节", "first": "2027-05-03", "last": "2027-05-05", "make_up": ["2027-05-01"]}

    with pytest.raises(InvalidInput, match="off by statute"):
        read_notice(NOTICE | {"year": 2027, "holidays": [labour_day]})


def test_two_notices_that_disagree_about_a_day_are_refused() -> None:
    earlier = NOTICE | {"year": 2030, "holidays": [{"name": "年末", "first": "2030-12-28", "last": "2030-12-29"}]}
    later = NOTICE | {"holidays": [FIRST_WEEK | {"make_up": ["2030-12-28"]}]}

    with pytest.raises(InvalidInput, match="2030-12-28 is off under"):
        Calendar(notices=(read_notice(earlier), read_notice(later)))


def test_statutory_days_stand_only_until_the_notice_is_published() -> None:
    statutory = read_statutory({"years": [{"year": 2031, "holidays": [
        {"name": "端午节", "first": "2031-06-24", "last": "2031-06-24"}]}]})

    assert not Calendar(statutory=statutory).is_workday(date(2031, 6, 24))
    assert Calendar(statutory=statutory, notices=(read_notice(NOTICE),)).is_workday(date(2031, 6, 24))


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
