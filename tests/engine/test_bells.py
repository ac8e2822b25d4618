"""What has to be done about a clock, and when: each stroke once for a deadline, late ones in the order of their instants."""

from __future__ import annotations

from dataclasses import replace as replaced
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from engine import events, stopping
from engine.bells import RED_AFTER_YELLOW, Deed, rings_at, strokes
from engine.cards import CardState
from engine.case import Case
from engine.consequences import card
from engine.supervision import Policy
from tests.engine.telling import NOW, TERMS, accepted, day, lapse, then

LAPSES_AT = datetime(2026, 3, 11, 16, tzinfo=UTC)


def left(case: Case, clock: str = "promised") -> list[tuple[str, datetime]]:
    """What is left to be done: the deed, or the rung, and its instant."""
    running = case.clock(clock)
    assert running is not None
    return [(stroke.rung.name if stroke.rung else stroke.deed.name, stroke.at) for stroke in strokes(case, running, TERMS)]


def carded() -> Case:
    return then(accepted(), lapse(accepted(), "promised"), now=day(12))


def test_a_clock_has_a_warning_its_last_day_its_lapse_and_the_rungs_after_it() -> None:
    assert left(accepted()) == [
        ("warning", day(10, 1)), ("due_day", day(11, 1)), ("LAPSE", LAPSES_AT), ("first_day_late", day(12, 1)),
        ("second_day_late", day(13, 1)), ("fifth_day_late", day(18, 1))]


def test_a_clock_rings_when_the_next_of_them_is_due() -> None:
    case = accepted()
    assert case.governing is not None and rings_at(case, case.governing, TERMS) == day(10, 1)

    told = then(case, events.Escalated(clock="promised", rung="warning", version=1, due_on=None, scheduled_at=NOW, told_at=NOW,
                                       told=(), missing=()))

    assert told.governing is not None and rings_at(told, told.governing, TERMS) == day(11, 1)


def test_a_stopped_clock_and_one_that_is_over_do_not_ring() -> None:
    held = then(accepted(), stopping.hold(accepted(), order="1号", reason="法院", now=NOW))
    done = then(accepted(), events.CaseConcluded(concluded_on=NOW.date()))

    assert left(held) == left(done) == []


def test_a_yellow_card_is_followed_by_a_red_one_while_the_case_is_not_done() -> None:
    assert ("REDDEN", day(13, 1)) in left(carded())

    clock = carded().governing
    assert clock is not None
    reddened = then(carded(), *card(carded(), clock, "red", RED_AFTER_YELLOW, day(13, 1)))

    assert "REDDEN" not in dict(left(reddened))


@pytest.mark.parametrize(("state", "reddens"), [
    (CardState.ISSUED, True), (CardState.APPEALED, True), (CardState.UPHELD, True),
    (CardState.WRITTEN_OFF, False), (CardState.EXEMPTED, False),  # it stands no more
])
def test_only_a_yellow_card_that_stands_is_followed_by_a_red_one(state: CardState, reddens: bool) -> None:
    case = replace(carded(), cards=(replaced(carded().cards[0], state=state),))

    assert ("REDDEN" in dict(left(case))) is reddens


def test_an_office_may_do_without_the_red_card() -> None:
    clock = carded().governing
    assert clock is not None

    deeds = [stroke.deed for stroke in strokes(carded(), clock, replaced(TERMS, policy=Policy(red_after_yellow_workdays=0)))]

    assert Deed.REDDEN not in deeds


def test_at_one_instant_a_limit_lapses_before_anybody_is_told() -> None:
    case = accepted()
    case = then(case, stopping.suspend(case, ground="testing", document="特1", expected_end=day(20).date(), now=NOW))

    assert [deed for deed, _ in left(case, f"stop:{case.open_stops[0].seq}")] == ["LAPSE", "stop_overrun"]
