"""When an endpoint is left alone: after so many failures in a row nothing is posted for a while, then one probe.

::

    closed ──five failures in a row──► open ──its time is up──► half open: one probe
      ▲                                 ▲                            │
      └───────────── an answer ─────────┼────────────────────────────┤
                                        └── a failure: twice as long ┘

A case whose message alone a receiver cannot stand does not close the way for all others: an answer that is about the message
(400, 409, 413, 422 …) says that somebody is there. While it is open nothing is posted, and no delivery loses a try.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

THRESHOLD = 5
"""Failures in a row that open it."""
SHORTEST, LONGEST = timedelta(seconds=30), timedelta(minutes=30)
"""How long it stays open the first time, and at most."""

_ABOUT_THE_MESSAGE = frozenset({400, 406, 409, 411, 413, 415, 422, 431})


class Position(Enum):
    """May something be posted?"""

    CLOSED = "closed"  # yes
    OPEN = "open"  # no
    HALF_OPEN = "half_open"  # one probe


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """`failures`: in a row, of the endpoint as a whole; `open_until`: None while it is closed."""

    failures: int = 0
    open_until: datetime | None = None

    def position(self, now: datetime) -> Position:
        """How it stands."""
        if self.open_until is None:
            return Position.CLOSED
        return Position.OPEN if now < self.open_until else Position.HALF_OPEN

    def answered(self) -> Breaker:
        """Somebody was there."""
        return Breaker()

    def failed(self, now: datetime) -> Breaker:
        """Nobody was. A failure of what was on its way already when it opened leaves it open as long as it was."""
        failures = self.failures + 1
        if failures < THRESHOLD or self.position(now) is Position.OPEN:
            return replace(self, failures=failures)
        opened = min(SHORTEST * 2 ** min(failures - THRESHOLD, 10), LONGEST)
        return Breaker(failures=failures, open_until=now + opened)


def is_taken(status: int) -> bool:
    """Has the receiver taken it? Only a 2xx says so (Standard Webhooks: “Event delivery”); a redirect does not."""
    return 200 <= status < 300


def is_about_the_message(status: int) -> bool:
    """Is it this message that the receiver does not take, rather than any?"""
    return status in _ABOUT_THE_MESSAGE
