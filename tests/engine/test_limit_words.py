"""A question as people type it is understood, or refused with the value that is wrong."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from engine.calendar import SHANGHAI
from engine.counting import Suspension
from engine.errors import InvalidInput
from engine.limit_words import read_at, read_closure, read_limit, read_question, read_stop, said
from engine.limits import Extension, Limit, Unit
from engine.notices import Closure


@pytest.mark.parametrize(("text", "amount", "unit"), [
    ("5workday", 5, "workday"), ("5 workdays", 5, "workday"), ("5wd", 5, "workday"), ("5 WD", 5, "workday"),
    ("5 working days", 5, "workday"), ("5个工作日", 5, "workday"), ("5工作日", 5, "workday"), ("５个工作日", 5, "workday"),
    ("0workday", 0, "workday"),
    ("20calendar_day", 20, "calendar_day"), ("20 calendar days", 20, "calendar_day"), ("20日", 20, "calendar_day"),
    ("20个自然日", 20, "calendar_day"), ("20自然日", 20, "calendar_day"), ("20nd", 20, "calendar_day"),
    ("3month", 3, "month"), ("3 months", 3, "month"), ("3个月", 3, "month"), ("3月", 3, "month"),
    ("4working_hour", 4, "working_hour"), ("4 working hours", 4, "working_hour"), ("4工作小时", 4, "working_hour"),
    ("4个工作小时", 4, "working_hour"), ("4wh", 4, "working_hour"),
    ("1half_day", 1, "half_day"), ("2 half-days", 2, "half_day"), ("半日", 1, "half_day"), ("半天", 1, "half_day"),
    ("3个半日", 3, "half_day"), ("3hd", 3, "half_day"),
    ("24hour", 24, "hour"), ("24 hours", 24, "hour"), ("24h", 24, "hour"), ("24小时", 24, "hour"), ("24个自然小时", 24, "hour"),
    ("  5workday ", 5, "workday"),
])
def test_a_limit_is_read_from_the_words_people_use(text: str, amount: int, unit: str) -> None:
    assert read_limit(text) == Limit(amount=amount, unit=Unit(unit))


@pytest.mark.parametrize("text", [
    "", "5", "workday", "5 days", "5d", "5天", "-5workday", "5.5workday", "+5wd", "5 fortnights", "5workday 3month", "1e3wd",
    "9999999workday", "五个工作日", "٥workday", "5workday\n3", "5  workday", "x" * 5000,
])
def test_a_limit_that_is_none_or_may_mean_two_things_is_refused_with_what_would_do(text: str) -> None:
    with pytest.raises(InvalidInput, match="5workday, 20calendar_day") as refused:
        read_limit(text)

    assert refused.value.field == "limit" and len(str(refused.value)) < 250


@pytest.mark.parametrize("unit", Unit)
def test_a_length_is_said_in_words_that_are_read_as_the_same(unit: Unit) -> None:
    assert read_limit(said(7, unit)) == Limit(amount=7, unit=unit)


@pytest.mark.parametrize(("text", "at"), [
    ("2026-02-13", "2026-02-13T09:00"), ("2026-02-13T10:00", "2026-02-13T10:00"), ("2026-02-13 10:00", "2026-02-13T10:00"),
    ("2026-02-13T10:00:30", "2026-02-13T10:00:30"), ("2026-02-13T02:00Z", "2026-02-13T10:00"),
    ("2026-02-12T18:00-08:00", "2026-02-13T10:00"), ("2026-02-13T10:00+08:00", "2026-02-13T10:00"),
])
def test_an_instant_is_a_day_at_nine_or_a_minute_in_shanghai_or_in_its_zone(text: str, at: str) -> None:
    assert read_at(text) == datetime.fromisoformat(at).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize("text", [
    "", "today", "2026-02-30", "2026-2-13", "20260213", "2026-W07-5", "2026-02-13T25:00", "2026-02-13T10", "1979-12-31",
    "2101-01-01", "0001-01-01T00:00+08:00", "9999-12-31T23:59-08:00", "2026-02-13T10:00+99:00", "２026-02-13",
])
def test_an_instant_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_at(text)

    assert refused.value.field == "at"


def test_stops_and_closures_are_spans_with_their_reason() -> None:
    assert read_stop("2026-02-14..2026-02-20:expert_review") == Suspension(
        start=date(2026, 2, 14), end=date(2026, 2, 20), ground="expert_review")
    assert read_stop("2026-02-14..:hearing") == Suspension(start=date(2026, 2, 14), end=None, ground="hearing")
    assert read_stop("2026-02-14..2026-02-20") == Suspension(start=date(2026, 2, 14), end=date(2026, 2, 20), ground="")
    assert read_closure("2026-07-06..2026-07-07:岳防汛〔2026〕1号: 停办") == Closure(
        first=date(2026, 7, 6), last=date(2026, 7, 7), reference="岳防汛〔2026〕1号: 停办")


@pytest.mark.parametrize("text", [
    "", "2026-02-14", "2026-02-14-2026-02-20:x", "2026-02-20..2026-02-14:x", "2026-02-30..2026-03-01:x", "..2026-02-14:x",
    "1979-02-14..2026-02-14:x", "2026-02-14..2101-02-14:x", "2026-02-14..2026-02-20:" + "x" * 201,
])
def test_a_span_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as stop:
        read_stop(text)
    with pytest.raises(InvalidInput) as closure:
        read_closure(text)

    assert (stop.value.field, closure.value.field) == ("stop", "closure")


@pytest.mark.parametrize(("text", "reason"), [
    ("2026-07-06..:岳防汛〔2026〕1号", "last day is missing"), ("2026-07-06..2026-07-07", "number is missing"),
    ("2026-07-06..2026-07-07: ", "number is missing"),
])
def test_a_closure_needs_its_last_day_and_its_order(text: str, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        read_closure(text)


def test_a_question_is_put_together_and_its_extension_is_in_the_limits_unit() -> None:
    asked = read_question(
        at="2026-02-13", limit="20日", event="noticed", count_first_day=True, roll_off_holiday=False, extend=3,
        stops=["2026-02-14..:hearing"], closures=["2026-02-16..2026-02-16:x"])

    assert asked.limit == Limit(amount=20, unit=Unit.CALENDAR_DAY, count_first_day=True, roll_off_holiday=False)
    assert asked.extensions == (Extension(amount=3, unit=Unit.CALENDAR_DAY),)
    assert (asked.event, len(asked.suspensions), len(asked.closures)) == ("noticed", 1, 1)
    assert read_question(at="2026-02-13", limit="20日").extensions == ()


@pytest.mark.parametrize(("given", "field"), [({"event": "withdrawn"}, "event"), ({"extend": -1}, "extend")])
def test_a_question_with_a_wrong_event_or_extension_is_refused(given: dict, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_question(at="2026-02-13", limit="5wd", **given)

    assert refused.value.field == field
