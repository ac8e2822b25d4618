"""The children of a bundle as its parent knows them: when they stop its clock, by hand and against a day-by-day walk."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.children import Child, ChildStop, shared_stops

FIRST = date(2026, 3, 1)


def day(number: int) -> date:
    """A day of March 2026."""
    return FIRST + timedelta(days=number - 1)


def child(
    *stops: tuple[int, int | None], since: int = 1, until: int | None = None, optional: bool = False, token: int = 1,
) -> Child:
    """A child asked for on a day, over on another, stopped between days."""
    return Child(token=token, node="n", name="n", process="p", variable="n", requested_on=day(since), optional=optional,
                 ended_on=None if until is None else day(until),
                 stops=tuple(ChildStop(seq=seq, start=day(start), end=None if end is None else day(end))
                             for seq, (start, end) in enumerate(stops)))


@pytest.mark.parametrize(("children", "all_of_them", "any_of_them"), [
    ([], [], []),
    ([child((3, 6))], [(3, 6)], [(3, 6)]),
    ([child((3, 6)), child((5, 9))], [(5, 6)], [(3, 9)]),
    ([child((3, 6)), child()], [], [(3, 6)]),  # the second goes on
    ([child((3, 6)), child(optional=True)], [(3, 6)], [(3, 6)]),  # nobody waits for an optional one
    ([child((3, 6), optional=True)], [], []),
    ([child((3, 9)), child(until=5)], [(5, 9)], [(3, 9)]),  # the second hinders nobody once it is over
    ([child((3, 9)), child(since=6)], [(3, 6)], [(3, 9)]),  # and none before it was asked for
    ([child(until=5), child(until=7)], [], []),  # all over: nothing stands still
    ([child((3, None)), child((4, None))], [(4, None)], [(3, None)]),
])
def test_a_bundle_stands_still_while_all_of_its_children_do_or_any(
    children: list[Child], all_of_them: list[tuple[int, int | None]], any_of_them: list[tuple[int, int | None]],
) -> None:
    for any_stops, expected in ((False, all_of_them), (True, any_of_them)):
        found = [(stop.start, stop.end) for stop in shared_stops(children, any_stops=any_stops)]

        assert found == [(day(start), None if end is None else day(end)) for start, end in expected]


@st.composite
def children(draw: st.DrawFn) -> Child:
    """A child that is stopped only while it is open."""
    since = draw(st.integers(1, 10))
    until = draw(st.none() | st.integers(since, 25))
    stops, at = [], since
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(at, 22))
        end = draw(st.integers(start, 25))
        if until is None or end <= until:
            stops.append((start, end))
            at = min(end, 22)
    return child(*stops, since=since, until=until, optional=draw(st.booleans()))


@given(st.lists(children(), max_size=4), st.booleans())
def test_the_same_as_asking_of_every_day_whether_the_open_children_are_stopped(found: list[Child], any_stops: bool) -> None:
    left_out = {day(number) for stop in shared_stops(found, any_stops=any_stops) for number in range(1, 31)
                if stop.start < day(number) and (stop.end is None or day(number) <= stop.end)}

    for number in range(2, 29):
        at = day(number)
        open_ones = [each for each in found if not each.optional and each.requested_on < at
                     and (each.ended_on is None or at <= each.ended_on)]
        stopped = [any(stop.start < at and (stop.end is None or at <= stop.end) for stop in each.stops) for each in open_ones]
        assert (at in left_out) is (any(stopped) if any_stops else bool(stopped) and all(stopped)), at
