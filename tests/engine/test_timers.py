"""When drawn timers are due: by their text, by their limit, and never anything but an instant or a sentence."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendar import Calendar
from engine.counting import Suspension
from engine.definitions.model import Timer, TimerKind
from engine.limits import Limit, LimitKind, Unit
from engine.timers import due_at

CALENDAR = Calendar()  # no notice published: Monday to Friday
OPENED = datetime(2026, 3, 2, 1, tzinfo=UTC)  # a Monday, 09:00 in the hall


def limit(amount: int, unit: Unit = Unit.WORKDAY, kind: LimitKind = LimitKind.STAGE) -> Timer:
    return Timer(kind=TimerKind.LIMIT, limit=Limit(kind=kind, amount=amount, unit=unit))


@pytest.mark.parametrize(("timer", "due"), [
    (Timer(kind=TimerKind.DATE, text="2026-03-05T17:00"), datetime(2026, 3, 5, 9, tzinfo=UTC)),  # the hall's own clock
    (Timer(kind=TimerKind.DURATION, text="P1D"), datetime(2026, 3, 3, 1, tzinfo=UTC)),
    (Timer(kind=TimerKind.CYCLE, text="R3/PT1H", repetitions=3), datetime(2026, 3, 2, 2, tzinfo=UTC)),
    (Timer(kind=TimerKind.CYCLE, text="R3/2026-03-03T09:00/P1D", repetitions=3), datetime(2026, 3, 3, 1, tzinfo=UTC)),
    (limit(2), datetime(2026, 3, 4, 16, tzinfo=UTC)),  # the second working day after, at midnight in Shanghai
    (limit(2, kind=LimitKind.APPLICANT), datetime(2026, 3, 4, 16, tzinfo=UTC)),
])
def test_a_timer_is_due_as_its_kind_counts(timer: Timer, due: datetime) -> None:
    assert due_at(timer, OPENED, CALENDAR) == due


def test_each_firing_of_a_cycle_is_a_period_after_the_one_before_however_late_that_was_noticed() -> None:
    timer = Timer(kind=TimerKind.CYCLE, text="R5/PT1H", repetitions=5)

    first = due_at(timer, OPENED, CALENDAR)
    second = due_at(timer, OPENED, CALENDAR, previous=first)

    assert (first, second) == (datetime(2026, 3, 2, 2, tzinfo=UTC), datetime(2026, 3, 2, 3, tzinfo=UTC))


def test_a_limit_that_stands_still_without_end_has_no_instant() -> None:
    stop = Suspension(start=date(2026, 3, 3), end=None, ground="expert_review")

    assert due_at(limit(5), OPENED, CALENDAR, suspensions=[stop]) is None


@pytest.mark.parametrize("timer", [
    Timer(kind=TimerKind.DURATION, text="P99999999999D"),
    Timer(kind=TimerKind.DATE, text="2026-13-45"),
    Timer(kind=TimerKind.CYCLE, text="0 0 9 * * ?"),
    Timer(kind=TimerKind.CYCLE, text="R999999999/2020-01-01T00:00:00Z/PT1S"),
    Timer(kind=TimerKind.DATE),  # an expression that gave nothing
    limit(1_000_000),  # past the calendar's last year
    limit(1_000_000, Unit.MONTH),
    limit(1_000_000, Unit.WORKING_HOUR),
])
def test_what_cannot_be_counted_is_refused_with_a_sentence(timer: Timer) -> None:
    with pytest.raises(ValueError, match=r"\w+ \w+"):
        due_at(timer, OPENED, CALENDAR)


@given(kind=st.sampled_from([TimerKind.DATE, TimerKind.DURATION, TimerKind.CYCLE]), text=st.one_of(
    st.text(), st.sampled_from(["P100Y", "R/P100Y", "R/0001-01-01T00:00+00:00/PT1M", "9999-12-31T23:59:59Z", "P1200M"])),
    at=st.datetimes(timezones=st.just(UTC)), amount=st.integers(0, 10**9), unit=st.sampled_from(Unit))
def test_no_timer_raises_anything_but_a_value_error(
    kind: TimerKind, text: str, at: datetime, amount: int, unit: Unit,
) -> None:
    for timer in (Timer(kind=kind, text=text), limit(amount, unit)):
        try:
            due = due_at(timer, at, CALENDAR)
        except ValueError:
            continue
        assert due is None or due.utcoffset() is not None
