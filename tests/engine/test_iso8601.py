"""ISO 8601 timers: read exactly, bounded, and refused with a sentence."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.iso8601 import parse_cycle, parse_duration, parse_instant


@pytest.mark.parametrize(("text", "due"), [
    ("P5D", datetime(2026, 2, 5, 9, tzinfo=UTC)),
    ("P1M", datetime(2026, 2, 28, 9, tzinfo=UTC)),  # no 31 February: the month's last day
    ("P1Y1M", datetime(2027, 2, 28, 9, tzinfo=UTC)),
    ("PT36H", datetime(2026, 2, 1, 21, tzinfo=UTC)),
    ("P1DT0.5S", datetime(2026, 2, 1, 9, 0, 0, 500000, tzinfo=UTC)),
    ("P2W", datetime(2026, 2, 14, 9, tzinfo=UTC)),
])
def test_a_duration_is_added_to_the_instant_it_starts_from(text: str, due: datetime) -> None:
    assert parse_duration(text).after(datetime(2026, 1, 31, 9, tzinfo=UTC)) == due


@pytest.mark.parametrize("text", [
    "", "P", "PT", "5D", "-P5D", "PT-5S", "P99999999999D", "P101Y", "P1H", "P1.5M", "PT1S garbage"])
def test_a_text_that_is_no_bounded_duration_is_refused_by_name(text: str) -> None:
    with pytest.raises(ValueError, match="“"):
        parse_duration(text)


def test_a_time_without_offset_is_meant_in_shanghai() -> None:
    assert parse_instant("2026-02-11T09:00").utcoffset() == timedelta(hours=8)


@pytest.mark.parametrize("text", ["2026-13-45", "tomorrow", "0 0 9 * * ?"])
def test_a_text_that_is_no_instant_is_refused_by_name(text: str) -> None:
    with pytest.raises(ValueError, match="“"):
        parse_instant(text)


def test_a_cycle_says_how_often_and_how_far_apart() -> None:
    cycle = parse_cycle("R3/2026-01-01T09:00+08:00/P1D")

    assert (cycle.repetitions, cycle.period.rest) == (3, timedelta(days=1))
    assert parse_cycle("R/PT1H").repetitions is None


@pytest.mark.parametrize("text", ["R/PT0S", "R999999999/PT0.000001S", "R3/PT59S", "0 0 9 * * ?", "R3", "R3/P1D/P1D/P1D"])
def test_a_cycle_that_would_spin_or_says_nothing_is_refused_by_name(text: str) -> None:
    with pytest.raises(ValueError, match="“"):
        parse_cycle(text)


@pytest.mark.parametrize("text", ["0001-01-01T00:00+08:00", "9999-12-31T23:00-08:00", "٢٠٢٦-01-01", "2026-02-11T09:00+99:00"])
def test_an_instant_that_has_no_place_in_world_time_is_refused_by_name(text: str) -> None:
    with pytest.raises(ValueError, match="“"):
        parse_instant(text)


def test_an_instant_as_far_away_as_never_is_understood() -> None:
    assert parse_instant("9999-12-31T23:59:59Z") == datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(("text", "first"), [
    ("R3/PT1H", datetime(2026, 2, 11, 10, tzinfo=UTC)),  # one period after the wait opened
    ("R3/2026-03-01T00:00Z/PT1H", datetime(2026, 3, 1, tzinfo=UTC)),  # still to come
    ("R3/2026-02-11T09:00Z/PT1H", datetime(2026, 2, 11, 9, tzinfo=UTC)),  # this very instant
    ("R/2020-01-01T00:00:30Z/PT1M", datetime(2026, 2, 11, 9, 0, 30, tzinfo=UTC)),  # three million times missed
    ("R/2020-01-31T00:00Z/P1M", datetime(2026, 2, 28, tzinfo=UTC)),  # the 73rd month's last day
    ("R/2025-12-31T12:00Z/P1M1D", datetime(2026, 3, 2, 12, tzinfo=UTC)),  # two months and two days: 28 February and two
])
def test_a_cycle_that_should_have_begun_long_ago_does_not_make_up_for_what_it_missed(text: str, first: datetime) -> None:
    assert parse_cycle(text).first(datetime(2026, 2, 11, 9, tzinfo=UTC)) == first


@given(text=st.one_of(st.text(), st.from_regex(r"\AP(\d+[YMWD])*(T(\d+(\.\d+)?[HMS])+)?\Z"),
                      st.from_regex(r"\AR\d*/(\d{1,5}-\d\d-\d\d(T\d\d:\d\d[+-]\d\d:\d\d)?/)?PT?\d+[YMDHS]\Z"),
                      st.from_regex(r"\A\d{4}-\d\d-\d\dT\d\d:\d\d([+-]\d\d:\d\d|Z)?\Z")),
       at=st.datetimes(timezones=st.just(UTC)))
def test_no_text_and_no_instant_is_refused_otherwise_than_with_a_sentence(text: str, at: datetime) -> None:
    for read in (parse_instant, lambda text: parse_duration(text).after(at), lambda text: parse_cycle(text).first(at),
                 lambda text: parse_cycle(text).period.after(at)):
        try:
            found = read(text)
        except ValueError as refusal:
            assert "“" in str(refusal) or "past the year" in str(refusal)
        else:
            assert found.astimezone(UTC).utcoffset() == timedelta(0)
