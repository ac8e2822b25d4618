"""When a post is tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from webhooks.schedule import ATTEMPTS, LONGEST, asked_for, next_try, schedule

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


def test_each_pause_is_three_times_the_one_before_up_to_twelve_hours() -> None:
    seconds = [pause.usual.total_seconds() for pause in schedule()]

    assert seconds == [5, 15, 45, 135, 405, 1215, 3645, 10935, 32805, 43200, 43200, 43200, 43200]


def test_a_receiver_may_be_away_over_a_weekend() -> None:
    assert timedelta(days=2) < schedule()[-1].after < timedelta(days=3)


@pytest.mark.parametrize("attempt", range(1, ATTEMPTS))
def test_every_next_try_lies_where_the_printed_schedule_says_and_not_all_at_once(attempt: int) -> None:
    pause = schedule()[attempt - 1]

    tries = {next_try(f"evt_{n}", attempt, NOW) for n in range(50)}

    assert all(pause.least <= each - NOW <= pause.most for each in tries if each) and len(tries) > 40


def test_the_same_delivery_is_tried_again_at_the_same_instant_whoever_computes_it() -> None:
    assert next_try("evt_1", 1, NOW) == next_try("evt_1", 1, NOW) == datetime(2026, 11, 23, 1, 30, 5, 478183, tzinfo=UTC)


def test_after_the_last_try_there_is_none() -> None:
    assert next_try("evt_1", ATTEMPTS - 1, NOW) is not None
    assert next_try("evt_1", ATTEMPTS, NOW) is None


@pytest.mark.parametrize(("status", "said", "seconds"), [
    (503, "120", 120), (429, " 7 ", 7), (429, "999999999999", 43200), (500, "120", 0),
    (503, "Wed, 21 Oct 2026 07:28:00 GMT", 0),
    (503, "-5", 0), (503, "１２", 0), (503, "", 0),
])
def test_a_receiver_may_ask_for_more_time_but_not_for_more_than_the_longest_pause(status: int, said: str, seconds: int) -> None:
    asked = asked_for(status, {"retry-after": said})

    assert asked == timedelta(seconds=seconds)
    later = next_try("evt_1", 1, NOW, at_least=asked)
    assert later is not None and max(asked, timedelta(seconds=4)) <= later - NOW <= LONGEST
