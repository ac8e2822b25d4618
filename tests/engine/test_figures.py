"""The figures of September 2026, each worked out by hand, and their definitions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from engine.counted import Counted, Group, Measured
from engine.figures import DEFINITIONS, FIGURES, Ratio, Value, as_json, changes, figures, from_json
from engine.lifecycle import Standing, State
from engine.limits import Unit
from engine.months import read_month
from engine.ratings import Rating, RatingState
from engine.stops import Stop, StopKind
from engine.tallies import Tally, rolled_up, tallied
from services.calendars import load_calendar

CALENDAR = load_calendar(Path(__file__).parents[2] / "bpmn")
SEPTEMBER = read_month("2026-09")
"""Worked: 1–4, 7–11, 14–18, Sunday the 20th, 21–24, 28–30; the 25th to 27th are off."""


def on(text: str | None) -> date | None:
    """A day of 2026, written ``09-01``."""
    return None if text is None else date.fromisoformat(f"2026-{text}")


def limit(amount: int, due: str | None, unit: Unit = Unit.WORKDAY) -> Measured:
    """A limit that is due on a day of 2026."""
    return Measured(amount=amount, unit=unit, due_on=on(due))


def stop(kind: StopKind, start: str, end: str, seq: int = 1) -> Stop:
    """A stop of 2026."""
    found = on(start)
    assert found is not None
    return Stop(seq=seq, kind=kind, ground="试", start=found, end=on(end))


def case(
    number: str, accepted: str | None = None, concluded: str | None = None, *, standing: Standing | None = None,
    ended: str | None = None, promised: Measured | None = None, statutory: Measured | None = None, state: State | None = None,
    stops: tuple[Stop, ...] = (), is_exempted: bool = False, process: str = "permit",
) -> Counted:
    """A case whose promise governs, else its statute."""
    return Counted(
        number=number, group=Group(park="经开区", department="资规", process=process), stops=stops, is_exempted=is_exempted,
        state=state or (State.CONCLUDED if concluded else State.REVIEWING), standing=standing, accepted_on=on(accepted),
        concluded_on=on(concluded), ended_on=on(ended), governing=promised or statutory, promised=promised,
        statutory=statutory)


CASES = (
    case("A", "09-01", "09-04", standing=Standing.EARLY, promised=limit(5, "09-08"), statutory=limit(20, "09-29")),  # 2, 3, 4
    case("B", "09-17", "09-23", standing=Standing.ON_TIME, promised=limit(5, "09-23"), statutory=limit(20, "10-21")),
    case("C", "09-01", "09-16", standing=Standing.LATE, promised=limit(5, "09-15"), statutory=limit(20, "10-12"),
         stops=(stop(StopKind.SPECIAL, "09-02", "09-09"),)),  # 11 working days, 5 of them stopped
    case("D", "08-03", "09-09", standing=Standing.LATE, promised=limit(10, "08-24"), statutory=limit(20, "09-07"),
         is_exempted=True, stops=(  # 27 working days, 5 of them stopped
             stop(StopKind.PAUSE, "08-05", "08-07"),  # Thursday 6, Friday 7
             stop(StopKind.HOLD, "08-06", "08-10", seq=2),  # what is left of it: Saturday 8 to Monday 10
             stop(StopKind.EXAMINATION, "08-12", "08-14", seq=3))),
    case("E", "09-10", "09-10", standing=Standing.ON_TIME, promised=limit(0, "09-10"), statutory=limit(5, "09-17"),
         process="change"),
    case("F", "09-10", "09-11", standing=Standing.LATE, promised=limit(0, "09-10"), process="change"),
    case("G", "09-03", "09-04", standing=Standing.ON_TIME, process="query"),
    case("H", "09-23", promised=limit(5, "09-30")),  # due on the last day of the month
    case("I", "09-01", "10-09", standing=Standing.LATE, promised=limit(19, "09-28"), is_exempted=True),
    case("J", "09-15", standing=Standing.WITHDRAWN, state=State.WITHDRAWN, ended="10-08", promised=limit(5, "09-22")),
    case("K", "09-29", promised=limit(2, "10-08")),  # not due yet
    case("L", "09-11", standing=Standing.WITHDRAWN, state=State.WITHDRAWN, ended="09-20", promised=limit(5, "09-18")),
    case("M", standing=Standing.DECLINED, state=State.DECLINED, ended="09-05"),
    case("N", standing=Standing.DECLINED, state=State.NOT_APPLICABLE, ended="09-05"),
    case("O", standing=Standing.DECLINED, state=State.RETURNED, ended="09-06"),
    case("P", standing=Standing.DECLINED, state=State.RETURNED, ended="10-08"),
)

def rated(level: int, on_day: str, *, lapsed: str | None = None, answered: str | None = None) -> Rating:
    """A rating of 2026."""
    found = on(on_day)
    assert found is not None
    state = RatingState.SETTLED if level > 2 else RatingState.ANSWERED if answered else RatingState.OPEN
    return Rating(seq=9, level=level, rated_on=found, state=state, lapsed_on=on(lapsed), answered_on=on(answered))


CASES = (
    replace(CASES[0], is_of_bundle=True, is_refiled=True, rating=rated(3, "09-04")),  # A and B are matters of Q
    replace(CASES[1], is_of_bundle=True, rating=rated(2, "09-23", answered="09-30")),
    *(replace(each, rating={"G": rated(5, "10-08"), "M": rated(1, "09-05")}.get(each.number)) for each in CASES[2:]),
    replace(case("Z", "07-01", "07-03", standing=Standing.EARLY), rating=rated(1, "08-03", lapsed="08-24", answered="09-01")),
    replace(case("Y", "07-01", "07-03", standing=Standing.EARLY), rating=rated(1, "08-04", lapsed="08-25", answered="10-08")),
    replace(case("Q", "09-01", "09-23", standing=Standing.EARLY, promised=limit(20, "09-29")), is_bundle=True),
    replace(case("R", "09-01", "09-16", standing=Standing.LATE, promised=limit(5, "09-15")), is_bundle=True),
    replace(case("S", "09-01", promised=limit(5, "09-08")), is_bundle=True),
)
"""With three applications for bundles, which are none of the matters counted above."""

BY_HAND: tuple[tuple[str, Value], ...] = (
    ("accepted", 11),  # all with a day of acceptance but D, accepted in August
    ("concluded", 7),  # A to G
    ("early", 1),  # A
    ("on_time", 3),  # B, E, G
    ("late", 3),  # C, D, F
    ("late_promised", 2),  # C, F
    ("late_statutory", 1),  # D
    ("overdue", 3),  # H, I, J: open and late as the month ended
    ("on_time_rate", Ratio(numerator=4, denominator=10)),  # 4 of 7 concluded would be the embellished one
    ("unlimited", 1),  # G
    ("exempted", 2),  # D, I
    ("accountable", 4),  # 3 late and 3 overdue, less 2
    ("mean_net", Ratio(numerator=38, denominator=7)),  # 3 + 5 + 6 + 22 + 0 + 1 + 1
    ("mean_span", Ratio(numerator=63, denominator=7)),  # 3 + 6 + 15 + 37 + 0 + 1 + 1
    ("mean_special", Ratio(numerator=7, denominator=7)),  # C: 3 to 9 September
    ("mean_pause", Ratio(numerator=2, denominator=7)),
    ("mean_hold", Ratio(numerator=3, denominator=7)),  # the 7th is the pause's
    ("mean_examination", Ratio(numerator=2, denominator=7)),
    ("timed", 7),
    ("compression", Ratio(numerator=60, denominator=85)),  # promised 5 + 5 + 5 + 10 + 0 of 20 + 20 + 20 + 20 + 5
    ("uncompressed", 2),  # F, G: no statute
    ("acceleration", Ratio(numerator=49, denominator=85)),  # used 3 + 5 + 6 + 22 + 0
    ("unaccelerated", 2),
    ("instant", 2),  # E, F
    ("on_the_spot", 1),  # E
    ("instant_rate", Ratio(numerator=2, denominator=7)),
    ("instant_matter_rate", Ratio(numerator=1, denominator=3)),  # change, of change, permit and query
    ("special", 1),  # C
    ("special_rate", Ratio(numerator=1, denominator=7)),
    ("declined", 1),
    ("not_applicable", 1),
    ("returned", 1),  # O; P was returned in October
    ("declined_rate", Ratio(numerator=1, denominator=14)),  # 11 accepted and 3 turned away
    ("refiled", 1),  # A
    ("bundles_accepted", 3),  # Q, R, S
    ("bundles", 2),  # Q, R
    ("bundle_matters", 2),  # A, B: counted among the seven too
    ("bundles_overdue", 1),  # S
    ("bundles_on_time_rate", Ratio(numerator=1, denominator=3)),
    ("returned_rate", Ratio(numerator=1, denominator=14)),
    ("rated", 3),  # A, B, M; Z was rated in August, G in October
    ("praise_rate", Ratio(numerator=1, denominator=3)),  # A
    ("participation_rate", Ratio(numerator=2, denominator=7)),  # A, B: G is rated after the month's end
    ("bad", 2),  # B, M
    ("unmended", 1),  # Y: late in August, not answered until October
    ("mended_rate", Ratio(numerator=1, denominator=3)),  # B in time; Z late, Y not at all
)


def total(*cases: Counted, through: date = SEPTEMBER.last) -> dict[str, Value]:
    """The figures of all the cases together, and of their ratings."""
    rated = [each for each in cases if each.rating is not None]
    sums = tallied(((each, CALENDAR) for each in cases), SEPTEMBER, through, rated)
    return dict(figures(rolled_up(sums, ())[Group()]))


@pytest.mark.parametrize(("name", "expected"), BY_HAND)
def test_each_figure_is_what_its_definition_gives_by_hand(name: str, expected: Value) -> None:
    assert total(*CASES)[name] == expected


def test_every_figure_is_worked_out_and_printed_with_a_definition() -> None:
    assert [name for name, _ in BY_HAND] == [figure.name for figure in FIGURES] == list(DEFINITIONS)
    assert all(label and definition.endswith("。") for label, definition in DEFINITIONS.values())
    assert len({label for label, _ in DEFINITIONS.values()}) == len(FIGURES)


def test_a_month_without_cases_divides_by_nothing() -> None:
    empty = total()

    assert all(value == 0 or (isinstance(value, Ratio) and value.value is None) for value in empty.values())


def test_a_rate_is_an_exact_fraction_and_has_no_value_without_a_denominator() -> None:
    shown = as_json({"on_time_rate": Ratio(numerator=4, denominator=10), "special_rate": Ratio(numerator=0, denominator=0)})

    assert shown == {"on_time_rate": {"numerator": 4, "denominator": 10, "value": 0.4},
                     "special_rate": {"numerator": 0, "denominator": 0, "value": None}}


def test_stored_figures_are_read_as_they_were_written() -> None:
    written = total(*CASES)

    assert from_json(as_json(written)) == written  # type: ignore[arg-type]


def test_a_case_slower_than_the_statute_makes_the_acceleration_negative() -> None:
    slow = case("A", "08-03", "09-02", standing=Standing.LATE, statutory=limit(10, "08-17"))

    acceleration = total(slow)["acceleration"]

    assert acceleration == Ratio(numerator=-12, denominator=10)  # 22 working days where 10 are allowed


@pytest.mark.parametrize(("promised", "statutory"), [
    (limit(5, "09-08"), None),
    (None, limit(20, "09-29")),
    (limit(0, "09-01"), limit(0, "09-01")),  # the statute itself decides on the spot
    (limit(5, "09-08"), limit(1, "09-30", Unit.MONTH)),
    (limit(5, "09-06", Unit.CALENDAR_DAY), limit(20, "09-29")),
])
def test_limits_that_cannot_be_compared_are_left_out_and_counted(
    promised: Measured | None, statutory: Measured | None,
) -> None:
    found = total(case("A", "09-01", "09-04", standing=Standing.EARLY, promised=promised, statutory=statutory))

    assert found["compression"] == Ratio(numerator=0, denominator=0) and found["uncompressed"] == 1


def test_a_running_month_is_judged_by_the_days_that_are_over() -> None:
    due = case("H", "09-03", promised=limit(5, "09-10"))

    on_the_day, on_the_next = total(due, through=date(2026, 9, 9)), total(due, through=date(2026, 9, 10))

    assert (on_the_day["overdue"], on_the_next["overdue"]) == (0, 1)


def test_a_change_names_the_figure_and_both_values() -> None:
    was, becomes = figures(Tally(concluded=1, late=1)), figures(Tally(concluded=1, early=1))

    found = changes(was, becomes)

    assert [change.sentence for change in found] == [
        "提前办结 0→1", "超期办结 1→0", "承诺超期办结 1→0", "按时办结率 0/1→1/1", "问责超期件 1→0"]


def test_a_figure_that_an_older_release_did_not_know_is_no_change() -> None:
    was = {name: value for name, value in figures(Tally()).items() if name != "returned"}

    assert changes(was, figures(Tally(returned=1)))[0].name == "declined_rate"
    assert "returned" not in {change.name for change in changes(figures(Tally(returned=1)), was)}
