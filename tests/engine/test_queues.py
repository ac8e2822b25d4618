"""In which queue of the counter a task lies: by where its case stands in law, and by the lamp of the limit that presses."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from engine import events, moves
from engine.case import Case, local_day
from engine.lifecycle import State
from engine.limits import Limit, LimitKind, Unit, deadline
from engine.queues import NEVER, Phase, Queue, awaits, phase_of, pressing, queue_of, turns
from engine.supervision import Lamp, Policy, lamp, warned_until
from engine.supervision import turns as turning
from tests.engine.telling import CALENDAR, TERMS, accepted, day, in_state, opened, then

INSTANTS = st.integers(0, 365 * 24 * 60).map(lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))
LIMITS = st.builds(Limit, amount=st.integers(0, 30), unit=st.sampled_from(list(Unit)), kind=st.just(LimitKind.PROMISED))
POLICIES = st.builds(Policy, warn_workdays=st.integers(0, 6), warn_percent=st.integers(0, 100),
                     long_limit_workdays=st.integers(1, 15), long_warn_workdays=st.integers(0, 8),
                     short_warn_minutes=st.integers(0, 900))


def suspended() -> Case:
    """A special procedure stops a case under review."""
    return then(accepted(), events.CaseSuspended(
        ground="testing", suspended_on=date(2026, 3, 5), expected_end=date(2026, 3, 20), document="岳特〔2026〕1号",
        kind="special"))


def decided() -> Case:
    """Granted on the 5th, so that the ten days to hand over run; the promise runs on."""
    return then(accepted(), moves.reach(accepted(), "granted", "n", day(5)), now=day(5), by="赵")


@pytest.mark.parametrize(("case", "act", "shown", "queue"), [
    (opened(), "verify", Lamp.GREY, Queue.TO_ACCEPT),  # 登记, 核验: on the desk
    (opened(), "verify", Lamp.RED, Queue.TO_ACCEPT),  # the five days to tell what is missing are over: still to be accepted
    (in_state(State.CORRECTING), "receive", Lamp.GREY, Queue.STOPPED),  # 补正中
    (accepted(), "review", Lamp.GREEN, Queue.IN_HAND),
    (accepted(), "review", Lamp.BLUE, Queue.IN_HAND),  # 暂定: there is time
    (accepted(), "review", Lamp.YELLOW, Queue.DUE_SOON),
    (accepted(), "review", Lamp.RED, Queue.OVERDUE),
    (suspended(), "review", Lamp.GREY, Queue.STOPPED),  # 特别程序中
    (suspended(), "certify", Lamp.GREY, Queue.STOPPED),  # whatever is done there
    (decided(), "certify", Lamp.YELLOW, Queue.RESULT),  # 待制证
    (decided(), "hand_over", Lamp.RED, Queue.RESULT),  # 待送达, and late with it
    (decided(), "decide", Lamp.YELLOW, Queue.DUE_SOON),  # a further decision is still to be made
    (in_state(State.CONCLUDED), "other", Lamp.RED, Queue.IN_HAND),  # what comes after 办结 is pressed by nothing
])
def test_a_task_lies_in_the_queue_of_its_part_of_the_way(case: Case, act: str, shown: Lamp, queue: Queue) -> None:
    assert queue_of(case, act, shown) is queue


@pytest.mark.parametrize(("state", "is_ended", "queue"), [
    (State.CONCLUDED, True, Queue.TO_ARCHIVE),  # nothing of it is handed over
    (State.CERTIFIED, True, Queue.RESULT),
    (State.HANDED_OVER, True, Queue.TO_ARCHIVE),
    (State.HANDED_OVER, False, None),  # its diagram goes on
    (State.ARCHIVED, True, None), (State.WITHDRAWN, True, None), (State.DECLINED, True, None), (State.VOIDED, True, None),
])
def test_an_ended_case_is_to_be_handed_over_or_archived(state: State, is_ended: bool, queue: Queue | None) -> None:
    assert awaits(replace(in_state(state), ended_at=day(9) if is_ended else None)) is queue


def test_a_concluded_case_whose_ten_days_had_begun_is_still_to_be_handed_over() -> None:
    case = then(decided(), events.CaseConcluded(concluded_on=date(2026, 3, 6)), now=day(6))

    assert awaits(replace(case, ended_at=day(6))) is Queue.RESULT


def test_after_the_decision_the_hand_over_presses_and_before_it_the_promise() -> None:
    under_review, granted = pressing(accepted(), Phase.COUNTING), pressing(decided(), Phase.RESULT)

    assert under_review is not None and under_review.kind is LimitKind.PROMISED
    assert granted is not None and granted.kind is LimitKind.HAND_OVER
    assert pressing(suspended(), Phase.STOPPED) is None and pressing(opened(), Phase.RECEIPT) is None


def test_where_no_limit_presses_no_lamp_turns() -> None:
    assert turns(opened(), Phase.RECEIPT, CALENDAR, Policy()) == (NEVER, NEVER)
    assert turns(suspended(), Phase.STOPPED, CALENDAR, Policy()) == (NEVER, NEVER)


def test_a_promise_of_five_days_turns_yellow_with_the_day_before_its_last_and_red_with_the_day_after() -> None:
    phase = phase_of(accepted(), "review")

    assert turns(accepted(), phase, TERMS.calendar, TERMS.policy) == (
        datetime(2026, 3, 9, 16, tzinfo=UTC), datetime(2026, 3, 11, 16, tzinfo=UTC))


@given(limit=LIMITS, accepted_at=INSTANTS, policy=POLICIES, minutes=st.integers(-3 * 24 * 60, 60 * 24 * 60))
def test_the_instants_at_which_a_lamp_turns_are_those_of_the_lamp(
    limit: Limit, accepted_at: datetime, policy: Policy, minutes: int,
) -> None:
    due = deadline(CALENDAR, limit, accepted_at)
    assert due.due_on is not None and due.lapses_at is not None
    warns_at, late_at = turning(CALENDAR, policy, due_on=due.due_on, amount=limit.amount, unit=limit.unit,
                                lapses_at=due.lapses_at)

    for now in (accepted_at + timedelta(minutes=minutes), warns_at, late_at, due.lapses_at,
                *(at - timedelta(microseconds=1) for at in (warns_at, late_at))):
        shown = lamp(CALENDAR, policy, local_day(now), due_on=due.due_on, amount=limit.amount, unit=limit.unit,
                     is_provisional=False, lapses_at=due.lapses_at, now=now)
        assert shown is (Lamp.RED if now >= late_at else Lamp.YELLOW if now >= warns_at else Lamp.GREEN)
        if shown is Lamp.YELLOW:
            assert late_at <= warned_until(CALENDAR, [policy], local_day(now))
