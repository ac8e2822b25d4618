"""Sums of cases: whatever the order and the grouping, they add up; time used is counted day by day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.counted import ALL, Counted, Group, Measured
from engine.errors import InvalidInput
from engine.figures import FIGURES, Ratio, figures
from engine.lifecycle import Standing, State
from engine.limits import Unit
from engine.months import read_month
from engine.stops import Stop, StopKind
from engine.tallies import Tally, every_sum, narrowed, rolled_up, tallied, time_used
from services.calendars import load_calendar

CALENDAR = load_calendar(Path(__file__).parents[2] / "bpmn")
MONTH = read_month("2026-02")
"""With the Spring Festival in its middle."""
BOUNDED = settings(max_examples=100, derandomize=True, deadline=None)
DAY = timedelta(days=1)

days = st.dates(date(2025, 12, 20), date(2026, 3, 20))
groups = st.builds(Group, park=st.sampled_from("甲乙"), department=st.sampled_from("丙丁"), process=st.sampled_from("戊己"))


@st.composite
def stops(draw: st.DrawFn, seq: int = 1) -> Stop:
    """A stop that may still last."""
    start = draw(days)
    end = draw(st.none() | st.integers(0, 40).map(lambda n: start + n * DAY))
    return Stop(seq=draw(st.integers(1, 99)), kind=draw(st.sampled_from(StopKind)), ground="试", start=start, end=end)


@st.composite
def limits(draw: st.DrawFn) -> Measured:
    """A limit with any due date: calendars and stops have moved it."""
    return Measured(amount=draw(st.integers(0, 30)), unit=draw(st.sampled_from([Unit.WORKDAY, Unit.WORKDAY, Unit.MONTH])),
                    due_on=draw(st.none() | days))


@st.composite
def cases(draw: st.DrawFn) -> Counted:
    """A case that is open, concluded, ended or turned away."""
    accepted_on, promised, statutory = draw(days), draw(st.none() | limits()), draw(st.none() | limits())
    later = accepted_on + draw(st.integers(0, 60)) * DAY
    state = draw(st.sampled_from([State.REVIEWING, State.CONCLUDED, State.WITHDRAWN, State.DECLINED]))
    governing, concluded_on = promised or statutory, later if state is State.CONCLUDED else None
    return Counted(
        number=str(draw(st.integers(1, 9))), group=draw(groups), state=state, governing=governing, promised=promised,
        statutory=statutory, accepted_on=None if state is State.DECLINED else accepted_on, concluded_on=concluded_on,
        ended_on=None if state is State.REVIEWING else later, standing=_standing(governing, concluded_on),
        stops=tuple(draw(st.lists(stops(), max_size=3))), is_exempted=draw(st.booleans()))


def _standing(limit: Measured | None, concluded_on: date | None) -> Standing | None:
    if concluded_on is None:
        return None
    if limit is None or limit.due_on is None or limit.due_on == concluded_on:
        return Standing.ON_TIME
    return Standing.EARLY if concluded_on < limit.due_on else Standing.LATE


def sums(found: Sequence[Counted]) -> dict[Group, Tally]:
    """The sums of each group of cases."""
    return tallied(((case, CALENDAR) for case in found), MONTH, MONTH.last)


@BOUNDED
@given(st.lists(cases(), max_size=12), st.randoms())
def test_the_order_of_the_cases_changes_nothing(found: list[Counted], chance: object) -> None:
    shuffled = list(found)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]

    assert sums(shuffled) == sums(found)


@BOUNDED
@given(st.lists(cases(), max_size=12), st.sets(st.sampled_from(Group._fields)))
def test_the_total_of_every_count_is_the_sum_of_its_groups(found: list[Counted], by: set[str]) -> None:
    total = figures(rolled_up(sums(found), ())[Group()])
    groups_of = [figures(tally) for tally in rolled_up(sums(found), by).values()]

    for figure in FIGURES:
        value, parts = total[figure.name], [part[figure.name] for part in groups_of]
        if figure.name == "instant_matter_rate":
            continue  # a matter handled in two parks is one matter
        if isinstance(value, Ratio):
            ratios = [part for part in parts if isinstance(part, Ratio)]
            assert (value.numerator, value.denominator) == (sum(part.numerator for part in ratios),
                                                            sum(part.denominator for part in ratios))
        else:
            assert value == sum(part for part in parts if isinstance(part, int))


@BOUNDED
@given(st.lists(cases(), max_size=12))
def test_rates_of_cases_lie_between_nothing_and_all(found: list[Counted]) -> None:
    values = figures(rolled_up(sums(found), ())[Group()])

    for name in ("on_time_rate", "instant_rate", "instant_matter_rate", "special_rate", "declined_rate", "returned_rate"):
        value = values[name]
        assert isinstance(value, Ratio) and (value.value is None or 0 <= value.value <= 1)


@BOUNDED
@given(st.lists(cases(), max_size=12))
def test_every_concluded_case_is_early_on_time_or_late_and_each_lapse_is_accounted_for(found: list[Counted]) -> None:
    total = rolled_up(sums(found), ())[Group()]

    assert total.early + total.on_time + total.late == total.concluded
    assert 0 <= total.late_statutory <= total.late and 0 <= total.exempted <= total.late + total.overdue
    assert 0 <= total.on_the_spot <= total.instant and total.timed <= total.concluded


@BOUNDED
@given(days, st.integers(0, 60), st.lists(stops(), max_size=4))
def test_net_time_is_the_working_days_on_which_nothing_stood_still(start: date, length: int, found: list[Stop]) -> None:
    end = start + length * DAY

    net, by_kind = time_used(start, end, found, CALENDAR)

    walked = [start + n * DAY for n in range(1, length + 1)]
    stopped = {day for day in walked for stop in found if stop.start < day and (stop.end is None or day <= stop.end)}
    assert net == sum(CALENDAR.is_workday(day) for day in walked if day not in stopped)
    assert sum(by_kind.values()) == len(stopped)
    assert 0 <= net <= CALENDAR.workdays_between(start, end)


@BOUNDED
@given(days, st.integers(0, 60), st.permutations(range(4)), st.lists(stops(), min_size=4, max_size=4))
def test_the_order_of_the_stops_changes_nothing(start: date, length: int, order: list[int], drawn: list[Stop]) -> None:
    found = [Stop(seq=place, kind=stop.kind, ground="试", start=stop.start, end=stop.end)
             for place, stop in enumerate(drawn, 1)]

    shuffled = [found[place] for place in order]

    assert time_used(start, start + length * DAY, shuffled, CALENDAR) == time_used(start, start + length * DAY, found, CALENDAR)


def test_a_day_two_stops_share_belongs_to_the_one_that_began_first() -> None:
    special = Stop(seq=1, kind=StopKind.SPECIAL, ground="检测", start=date(2026, 6, 3), end=date(2026, 6, 10))
    pause = Stop(seq=2, kind=StopKind.PAUSE, ground="整改", start=date(2026, 6, 8), end=date(2026, 6, 12))

    net, by_kind = time_used(date(2026, 6, 1), date(2026, 6, 15), [pause, special], CALENDAR)

    assert net == 3  # 2, 3 and 15 June
    assert (by_kind[StopKind.SPECIAL], by_kind[StopKind.PAUSE]) == (7, 2)  # 4–10 and 11–12 June


def test_every_width_is_summed_up_to_the_total() -> None:
    one, other = Group("甲", "丙", "戊"), Group("甲", "丁", "戊")

    found = every_sum({one: Tally(concluded=1), other: Tally(concluded=2)})

    assert {group: tally.concluded for group, tally in found.items()} == {
        one: 1, other: 2, Group("甲", "丙"): 1, Group("甲", "丁"): 2, Group(ALL, "丙", "戊"): 1, Group(ALL, "丁", "戊"): 2,
        Group("甲", ALL, "戊"): 3, Group("甲"): 3, Group(ALL, "丙"): 1, Group(ALL, "丁"): 2, Group(ALL, ALL, "戊"): 3,
        Group(): 3}


def test_the_total_is_there_even_when_nothing_was_counted() -> None:
    assert rolled_up({}, ()) == {Group(): Tally()} and every_sum({}) == {Group(): Tally()}
    assert rolled_up({}, ("park",)) == {}


def test_figures_are_kept_by_nothing_else() -> None:
    with pytest.raises(InvalidInput, match="by park, department, process, not by “mayor”"):
        narrowed(Group(), ("mayor",))
