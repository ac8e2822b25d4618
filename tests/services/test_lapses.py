"""A drawn timer of ISO 8601 goes off: when, how often, and that it is about no limit."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.services import diagrams
from tests.services.desk import Desk, day

WAITING = diagrams.process("waiting", diagrams.start(), diagrams.timer("pause", "PT1H"), diagrams.task("fill"), diagrams.end(),
                           diagrams.flows("begin", "pause", "fill", "done"))


def test_a_timer_goes_off_at_its_instant_and_not_before(desk: Desk) -> None:
    desk.deploy(waiting=WAITING)
    number = desk.open("waiting")
    desk.now = datetime(2026, 3, 4, 2, 59, 59, tzinfo=UTC)
    assert desk.ring().total == 0

    desk.now = datetime(2026, 3, 4, 3, 0, tzinfo=UTC)
    desk.ring()

    assert [task.node for task in desk.tasks(number)] == ["fill"] and desk.timers(number) == {}
    assert desk.problems() == []


def test_a_timer_that_fires_late_keeps_both_instants_and_is_no_lapse(desk: Desk) -> None:
    desk.deploy(waiting=WAITING)
    number = desk.open("waiting")
    desk.now = day(6)

    desk.ring()

    fired = desk.facts(number, "TimerFired")[0]["data"]
    assert (fired["scheduled_at"], fired["fired_at"]) == ("2026-03-04T03:00:00Z", "2026-03-06T02:00:00Z")
    assert desk.facts(number, "DeadlineLapsed") == [] and desk.problems() == []


def test_a_cycle_rings_once_a_period_and_catches_up_after_a_night(desk: Desk) -> None:
    desk.deploy(cycle=diagrams.process(
        "cycle", diagrams.start(), diagrams.task("fill"), diagrams.timer("remind", "R3/P1D", on="fill", interrupting=False),
        diagrams.task("reminder", role="supervisor"), diagrams.end(),
        diagrams.flows("begin", "fill", "done"), diagrams.flows("remind", "reminder", "done")))
    number = desk.open("cycle")
    desk.now = day(6, 3)

    desk.ring()

    assert [fact["data"]["scheduled_at"] for fact in desk.facts(number, "TimerFired")] == [
        "2026-03-05T02:00:00Z", "2026-03-06T02:00:00Z"]
    timer = desk.timers(number)["remind"]
    assert (timer.firing, timer.due_at) == (3, day(7)) and desk.problems() == []
