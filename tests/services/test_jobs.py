"""The jobs: due timers and clocks are claimed by one worker, dealt with once, and one that cannot be stops no other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeAlias

import pytest
from sqlalchemy import Connection

from services import jobs, lapses, ringing, throttling, visits
from services.chapter import Chapter
from services.database import DatabaseUnavailable, connect, writing
from services.office import Office
from services.sign_in import ADDRESS
from services.store import reading
from services.store.rows import AnswerRow, HeldCase
from services.store.writing import keep_answer
from tests.services import diagrams
from tests.services.desk import Desk, day
from tests.services.staff import hire

WAITING = diagrams.process("waiting", diagrams.start(), diagrams.timer("pause", "PT1H"), diagrams.task("fill"), diagrams.end(),
                           diagrams.flows("begin", "pause", "fill", "done"))
"""Waits an hour for nothing."""


Run: TypeAlias = Callable[..., tuple[Chapter, bool]]


def waiting_cases(desk: Desk, number: int) -> list[str]:
    """Cases that wait for their hour."""
    desk.deploy(waiting=WAITING)
    return [desk.open("waiting") for _ in range(number)]


def test_everything_due_is_fired_once_in_as_many_batches_as_it_takes(
    desk: Desk, caplog: pytest.LogCaptureFixture,
) -> None:
    numbers = waiting_cases(desk, 45)
    desk.now = day(5)

    done = desk.ring(batch=20)

    assert (done.fired, done.moved, done.parked) == (45, 0, 0)
    assert {len(desk.facts(number, "TimerFired")) for number in numbers} == {1}
    assert desk.ring().total == 0 and desk.problems() == []
    assert caplog.records == []  # no batch had to be gone through one by one


def test_a_pass_takes_no_more_than_it_is_asked_to(desk: Desk) -> None:
    waiting_cases(desk, 5)
    desk.now = day(5)

    assert desk.ring(most=3).fired == 3
    assert desk.ring().fired == 2


def test_a_tick_with_nothing_due_changes_nothing(desk: Desk) -> None:
    waiting_cases(desk, 2)

    assert desk.ring().total == 0


def test_a_timer_that_cannot_be_fired_is_parked_with_an_incident_and_stops_no_other(
    desk: Desk, monkeypatch: pytest.MonkeyPatch,
) -> None:
    numbers = waiting_cases(desk, 5)
    poison(monkeypatch, numbers[2], RuntimeError("a bug of ours"))
    desk.now = day(5)

    done = desk.ring()

    assert (done.fired, done.parked) == (4, 1)
    incident = desk.incidents(numbers[2])[0]
    assert "RuntimeError: a bug of ours" in incident.message
    assert incident.token == desk.timers(numbers[2])["pause"].token and desk.timers(numbers[2])["pause"].due_at is None
    assert desk.ring().total == 0 and desk.problems() == []


def test_an_outage_parks_no_timer(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = waiting_cases(desk, 2)
    with monkeypatch.context() as outage:
        poison(outage, numbers[0], DatabaseUnavailable("it has just been restarted"))
        desk.now = day(5)

        with pytest.raises(DatabaseUnavailable):
            desk.ring()

    assert desk.rows("incident") == 0 and desk.ring().fired == 2


def test_a_diagram_that_cannot_go_on_parks_its_timer(desk: Desk) -> None:
    desk.deploy(stuck=diagrams.process(
        "stuck", diagrams.words(variables="colour:string"), diagrams.start(), diagrams.timer("pause", "PT1H"),
        '<bpmn:exclusiveGateway id="way" default="way_other"/>', diagrams.end("red"), diagrams.end("other"),
        diagrams.flows("begin", "pause", "way", "other"), diagrams.when("way", "red", 'colour == "red"')))
    number = desk.open("stuck")
    desk.now = day(5)

    done = desk.ring()

    assert done.total == 1 and desk.incidents(number)[0].node == "way"
    assert desk.timers(number)["pause"].due_at is None and desk.facts(number, "TimerFired") == []
    assert desk.ring().total == 0 and desk.problems() == []


def test_a_clock_that_cannot_ring_is_silenced_with_an_incident_and_stops_no_other(
    desk: Desk, monkeypatch: pytest.MonkeyPatch,
) -> None:
    number = desk.open()
    desk.go(number, "register", "verify")
    desk.now = day(5)  # the last day of the promise, of which the window is told at nine
    with monkeypatch.context() as bug:
        poison(bug, number, RuntimeError("a bug of ours"))
        done = desk.ring()

    clocks = desk.clocks(number)
    assert done.parked == 1 and "RuntimeError: a bug of ours" in desk.incidents(number)[0].message
    assert clocks["promised"].rings_at is None and clocks["statutory"].rings_at is not None
    assert desk.ring().parked == 0 and desk.problems() == []


def test_a_silenced_clock_rings_again_when_its_deadline_moves(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    number = desk.open("four_permits")
    desk.go(number, "register", "verify")
    desk.now = day(10, 3)  # the warning of the target, due on the 11th
    with monkeypatch.context() as bug:
        poison(bug, number, RuntimeError("a bug of ours"))
        desk.ring()
    assert desk.clocks(number)["target"].rings_at is None

    desk.suspend(number)
    desk.now = day(12)
    desk.resume(number)

    assert desk.clocks(number)["target"].rings_at is not None and desk.problems() == []


def test_what_a_request_was_told_is_forgotten_after_a_month(desk: Desk) -> None:
    with writing(desk.database) as connection:
        for key, at in (("old", day(1)), ("new", day(2))):
            keep_answer(connection, AnswerRow(key=key, fingerprint=b"x", status=200, body=b"{}", at=at))

    forgotten = jobs.tidy(desk.database, desk.office, now=day(1) + jobs.ANSWERS_KEPT + timedelta(seconds=1))

    assert forgotten == 1 and desk.rows("answer") == 1


def test_old_visits_and_counted_tries_are_forgotten(desk: Desk) -> None:
    with writing(desk.database) as connection:
        for number in (1, 9):
            visits.begin(connection, hire(connection, f"周{number}"), day(number))
            throttling.admit(connection, ADDRESS, "10.0.0.7", day(number))

    jobs.tidy(desk.database, desk.office, now=day(9))

    assert (desk.rows("visit"), desk.rows("throttle")) == (1, 1)


def test_two_workers_claim_different_timers(postgres_url: str, office: Office) -> None:
    desk = Desk(database=connect(postgres_url), office=office)
    waiting_cases(desk, 6)

    with writing(desk.database) as one, writing(desk.database) as other:
        first = {timer.case_id for _, timer in reading.claim_due(one, day(5), 4)}
        second = {timer.case_id for _, timer in reading.claim_due(other, day(5), 4)}

    assert (len(first), len(second), first & second) == (4, 2, set())
    desk.database.dispose()


def poison(monkeypatch: pytest.MonkeyPatch, number: str, error: Exception) -> None:
    """Whatever becomes due about this case fails."""
    def failing(run: Run) -> Run:
        def fail(connection: Connection, office: Office, row: HeldCase, due: Any, *, now: datetime) -> tuple[Chapter, bool]:
            if row.number == number:
                raise error
            return run(connection, office, row, due, now=now)

        return fail

    for name, run in (("_TIMERS", lapses.fire), ("_CLOCKS", ringing.ring)):
        monkeypatch.setattr(jobs, name, replace(getattr(jobs, name), run=failing(run)))
