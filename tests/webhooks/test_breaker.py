"""When an endpoint is left alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from webhooks.breaker import LONGEST, SHORTEST, THRESHOLD, Breaker, Position, is_about_the_message, is_taken

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


def after(failures: int, now: datetime = NOW) -> Breaker:
    breaker = Breaker()
    for _ in range(failures):
        breaker = breaker.failed(now)
    return breaker


def test_five_failures_in_a_row_open_it_and_four_do_not() -> None:
    assert after(THRESHOLD - 1).position(NOW) is Position.CLOSED
    assert after(THRESHOLD).position(NOW) is Position.OPEN


def test_an_answer_between_them_begins_the_count_anew() -> None:
    assert after(THRESHOLD - 1).answered().failed(NOW).position(NOW) is Position.CLOSED


def test_it_is_half_open_when_its_time_is_up_and_closed_by_an_answer() -> None:
    opened = after(THRESHOLD)

    assert opened.open_until == NOW + SHORTEST
    assert opened.position(NOW + SHORTEST) is Position.HALF_OPEN
    assert opened.answered().position(NOW) is Position.CLOSED


def test_each_probe_that_fails_opens_it_for_twice_as_long_up_to_half_an_hour() -> None:
    breaker, now, lengths = after(THRESHOLD), NOW, []
    for _ in range(20):
        assert breaker.open_until is not None
        now = breaker.open_until
        breaker = breaker.failed(now)
        assert breaker.open_until is not None
        lengths.append(breaker.open_until - now)

    assert lengths[:3] == [SHORTEST * 2, SHORTEST * 4, SHORTEST * 8] and lengths[-1] == LONGEST


def test_what_was_on_its_way_already_does_not_keep_it_open_longer() -> None:
    opened = after(THRESHOLD)

    assert opened.failed(NOW + timedelta(seconds=1)).open_until == opened.open_until


@pytest.mark.parametrize(("status", "taken", "about"), [
    (200, True, False), (202, True, False), (204, True, False), (299, True, False), (301, False, False), (307, False, False),
    (400, False, True), (401, False, False), (404, False, False), (409, False, True), (410, False, False), (413, False, True),
    (422, False, True), (429, False, False), (500, False, False), (503, False, False),
])
def test_only_a_2xx_takes_it_and_some_answers_are_about_the_message_alone(status: int, taken: bool, about: bool) -> None:
    assert (is_taken(status), is_about_the_message(status)) == (taken, about)
