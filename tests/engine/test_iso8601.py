"""ISO 8601 timers: read exactly, bounded, and refused with a sentence."""

from datetime import UTC, datetime, timedelta

import pytest

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


@pytest.mark.parametrize("text", ["", "P", "PT", "5D", "-P5D", "PT-5S", "P99999999999D", "P101Y", "P1H", "P1.5M", "PT1S garbage"])
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
