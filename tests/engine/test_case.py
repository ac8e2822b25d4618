"""The case as its facts have made it: standing, the clock that governs, and what the fold remembers."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from engine import events, moves, stopping
from engine.case import local_day, receipt_day
from engine.consequences import started
from engine.lifecycle import Standing, State
from engine.limits import Limit, LimitKind, Unit
from tests.engine.telling import CALENDAR, NOW, TERMS, accepted, day, in_state, lapse, opened, then


@pytest.mark.parametrize(("concluded_at", "standing"), [
    (day(10), Standing.EARLY),
    (datetime(2026, 3, 11, 15, 59, tzinfo=UTC), Standing.ON_TIME),  # 23:59 of the due day
    (datetime(2026, 3, 11, 16, 0, tzinfo=UTC), Standing.LATE),  # the next day has begun in Shanghai
])
def test_standing_is_judged_by_the_date_of_conclusion(concluded_at: datetime, standing: Standing) -> None:
    case = then(accepted(), moves.reach(accepted(), "concluded", "n", concluded_at), now=concluded_at)

    assert case.standing is standing


@pytest.mark.parametrize(("state", "standing"), [
    (State.RECEIVED, None), (State.REVIEWING, None), (State.SUSPENDED, None),
    (State.DECLINED, Standing.DECLINED), (State.NOT_APPLICABLE, Standing.DECLINED), (State.RETURNED, Standing.DECLINED),
    (State.WITHDRAWN, Standing.WITHDRAWN), (State.DEEMED_WITHDRAWN, Standing.WITHDRAWN),
    (State.TERMINATED, Standing.WITHDRAWN), (State.VOIDED, Standing.WITHDRAWN),
])
def test_a_case_that_was_not_concluded_is_open_declined_or_withdrawn(state: State, standing: Standing | None) -> None:
    assert in_state(state).standing is standing


def test_a_half_day_that_was_over_at_noon_makes_a_conclusion_in_the_afternoon_late() -> None:
    promised = started("promised", Limit(amount=1, unit=Unit.HALF_DAY, kind=LimitKind.PROMISED), TERMS, NOW)
    running = then(opened(), promised)
    concluded = events.CaseConcluded(concluded_on=promised.due_on or NOW.date())

    assert promised.due is not None and "T" in promised.due
    assert then(running, concluded).standing is Standing.ON_TIME
    assert then(running, lapse(running, "promised"), concluded).standing is Standing.LATE


def test_a_case_without_a_limit_cannot_be_late() -> None:
    case = then(opened(), events.CaseConcluded(concluded_on=date(2027, 3, 6)))

    assert case.standing is Standing.ON_TIME


@pytest.mark.parametrize(("kinds", "governs"), [
    ((LimitKind.STATUTORY, LimitKind.TARGET, LimitKind.PROMISED), LimitKind.PROMISED),
    ((LimitKind.STATUTORY, LimitKind.TARGET), LimitKind.TARGET), ((LimitKind.STATUTORY,), LimitKind.STATUTORY),
    ((LimitKind.HAND_OVER,), None), ((), None),
])
def test_people_look_at_the_promise_else_the_target_else_the_law(
    kinds: tuple[LimitKind, ...], governs: LimitKind | None,
) -> None:
    case = then(opened(), *(started(kind.value, Limit(amount=5, kind=kind), TERMS, NOW) for kind in kinds))

    assert (case.governing.kind if case.governing else None) is governs


def test_a_drawn_limit_of_its_own_never_governs_whatever_its_force() -> None:
    own = started("promised:17", Limit(amount=1, kind=LimitKind.PROMISED), TERMS, NOW, token=17)

    assert then(opened(), own).governing is None


def test_a_clock_of_the_case_is_kept_when_it_is_over_and_one_of_a_drawn_timer_is_forgotten() -> None:
    own = started("stage:17", Limit(amount=1, kind=LimitKind.STAGE), TERMS, NOW, token=17)
    over = [events.ClockStopped(clock=clock, stopped_on=date(2026, 3, 5), reason="over") for clock in ("promised", "stage:17")]

    case = then(then(accepted(), own), *over)

    assert [(clock.name, clock.is_running) for clock in case.clocks] == [("promised", False), ("statutory", True)]


def test_a_deadline_that_moves_is_a_further_version_that_has_told_nobody_yet() -> None:
    told = events.Escalated(clock="promised", rung="warning", version=1, due_on=None, scheduled_at=NOW, told_at=NOW, told=(),
                            missing=())
    case = then(accepted(), told)
    assert case.governing is not None and case.governing.told == ("warning",)

    case = then(case, stopping.hold(case, order="1号", reason="法院", now=NOW))

    assert case.governing is not None and (case.governing.version, case.governing.told) == (2, ())


def test_a_mark_that_is_taken_off_a_date_makes_no_further_version() -> None:
    clock = accepted().governing
    assert clock is not None
    same = events.ClockMoved(clock="promised", due=clock.due, due_on=clock.due_on, lapses_at=clock.lapses_at,
                             is_provisional=False, reason="calendar: 1号", was=clock.due)

    assert then(accepted(), same).governing == replace(clock, is_provisional=False)


@pytest.mark.parametrize(("due_on", "has_lapsed"), [(date(2026, 3, 10), True), (date(2026, 3, 31), False)])
def test_a_lapse_is_undone_only_by_a_deadline_that_is_still_to_come(due_on: date, has_lapsed: bool) -> None:
    case = then(accepted(), lapse(accepted(), "promised"), now=day(12))
    moved = events.ClockMoved(clock="promised", due=due_on.isoformat(), due_on=due_on, is_provisional=False,
                              lapses_at=datetime(2026, 3, due_on.day, 16, tzinfo=UTC), reason="calendar: 1号")

    case = then(case, moved, now=day(12))

    assert case.governing is not None and case.governing.has_lapsed is has_lapsed


def test_who_had_a_task_last_is_last_among_its_handlers_and_named_once() -> None:
    done = events.TaskCompleted(token=9, node="n", name="n", act="other", outcome=None, data={})

    case = then(accepted(), done, by="王")
    case = then(case, done, by="李")

    assert case.handlers == ("王", "李")


@pytest.mark.parametrize(("at", "day_"), [
    (datetime(2026, 3, 6, 8, tzinfo=UTC), date(2026, 3, 6)),  # Friday 16:00
    (datetime(2026, 3, 6, 12, tzinfo=UTC), date(2026, 3, 9)),  # Friday 20:00 (R18)
    (datetime(2026, 2, 27, 12, tzinfo=UTC), date(2026, 2, 28)),  # the Saturday after is a make-up working day
])
def test_what_is_filed_after_hours_is_received_on_the_next_working_day(at: datetime, day_: date) -> None:
    assert receipt_day(CALENDAR, at) == day_


def test_a_day_is_the_day_in_shanghai() -> None:
    assert local_day(datetime(2026, 3, 4, 16, tzinfo=UTC)) == date(2026, 3, 5)
