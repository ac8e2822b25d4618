"""Whoever sets the machine's clock is noticed, once each time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from services.machine_clock import MachineClock
from tests.services.desk import day


@dataclass(kw_only=True)
class Machine:
    """A machine whose clock can be set while its `seconds` go on."""

    at: datetime
    seconds: float = 0.0

    def go_on(self, seconds: float) -> None:
        """Time passes."""
        self.at, self.seconds = self.at + timedelta(seconds=seconds), self.seconds + seconds

    def watched(self) -> MachineClock:
        """Its clock as a server reads it."""
        return MachineClock(read=lambda: self.at, elapsed=lambda: self.seconds)


@pytest.mark.parametrize(("hours", "said"), [
    (-1, "went back by 1:00:00"),
    (1, "went ahead by 1:00:00"),
    (24 * 3652, "went ahead by 3652 days"),
])
def test_a_step_of_the_clock_is_said_once(caplog: pytest.LogCaptureFixture, hours: int, said: str) -> None:
    machine = Machine(at=day(4))
    clock = machine.watched()
    clock()

    machine.at += timedelta(hours=hours)
    shown = clock()
    for _ in range(3):
        machine.go_on(5)
        clock()

    assert shown == day(4) + timedelta(hours=hours)
    assert [said in record.message for record in caplog.records] == [True]


def test_each_step_back_is_said(caplog: pytest.LogCaptureFixture) -> None:
    machine = Machine(at=day(4))
    clock = machine.watched()
    for _ in range(2):
        clock()
        machine.at -= timedelta(minutes=5)
    clock()

    assert len(caplog.records) == 2


def test_a_clock_that_goes_on_says_nothing_however_seldom_it_is_read(caplog: pytest.LogCaptureFixture) -> None:
    machine = Machine(at=day(4))
    clock = machine.watched()

    for seconds in (0.001, 5, 86_400, 0):
        machine.go_on(seconds)
        clock()

    assert caplog.records == []
