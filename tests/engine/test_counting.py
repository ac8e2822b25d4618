"""A parent's clock stands still while its children do: all of them, or one, as the rule says."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.counting import Suspension, merged, shared

BEGIN = date(2026, 3, 2)


def stop(first: int, last: int | None) -> Suspension:
    """From one day of March 2026 to another; None: it lasts."""
    return Suspension(start=date(2026, 3, first), end=None if last is None else date(2026, 3, last), ground="testing")


@pytest.mark.parametrize(("children", "all_stopped", "one_stopped"), [
    ([], [], []),
    ([[stop(3, 6)]], [(3, 6)], [(3, 6)]),  # an only child
    ([[stop(3, 6)], []], [], [(3, 6)]),  # its sibling goes on
    ([[stop(3, 6)], [stop(5, 9)]], [(5, 6)], [(3, 9)]),
    ([[stop(3, 6)], [stop(6, 9)]], [], [(3, 9)]),  # the day one resumes is the day the other stops: nothing is shared
    ([[stop(3, None)], [stop(5, 9)]], [(5, 9)], [(3, None)]),
    ([[stop(3, None)], [stop(5, None)]], [(5, None)], [(3, None)]),
    ([[stop(3, 6), stop(10, 12)], [stop(4, 11)]], [(4, 6), (10, 11)], [(3, 12)]),
])
def test_a_parent_stands_still_while_all_its_children_do_or_one(
    children: list[list[Suspension]], all_stopped: list[tuple[int, int | None]], one_stopped: list[tuple[int, int | None]],
) -> None:
    def days(stops: tuple[Suspension, ...]) -> list[tuple[int, int | None]]:
        return [(each.start.day, each.end.day if each.end else None) for each in stops]

    assert days(shared(children)) == all_stopped
    assert days(shared(children, any_stops=True)) == one_stopped


@given(st.lists(st.lists(st.tuples(st.integers(0, 30), st.one_of(st.none(), st.integers(0, 20))), max_size=4), max_size=4))
def test_a_day_is_left_out_of_the_parent_when_it_is_left_out_of_each_child(spans: list[list[tuple[int, int | None]]]) -> None:
    children = [[Suspension(start=BEGIN + timedelta(first), end=None if length is None else BEGIN + timedelta(first + length),
                            ground="x") for first, length in child] for child in spans]

    together, either = merged(shared(children)), merged(shared(children, any_stops=True))

    for day in range(BEGIN.toordinal() - 1, BEGIN.toordinal() + 60):
        left_out = [_covers(merged(child), day) for child in children]
        assert _covers(together, day) == (all(left_out) and bool(children))
        assert _covers(either, day) == any(left_out)


def _covers(gaps: tuple[tuple[int, int | None], ...], day: int) -> bool:
    return any(start < day and (end is None or day <= end) for start, end in gaps)
