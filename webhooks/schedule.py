"""When a post that failed is tried again: soon, then ever later, and after the last try not any more.

A pause is three times the one before, up to twelve hours, and moved by up to a fifth either way, so that what failed together
does not come back together. How far is taken from the id of the delivery and the number of the try: anybody can compute it
again, and nothing here is random. A receiver may ask for more time (`Retry-After`), but not for more than the longest pause.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

ATTEMPTS = 14
"""Tries of a delivery before it is set aside for a person: the last comes about two and a half days after the first, so that a
receiver may be away over a weekend."""

FIRST = timedelta(seconds=5)
FACTOR = 3
LONGEST = timedelta(hours=12)
JITTER = 0.2

_ASKED = frozenset({429, 503})


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """What lies between a failed try and the next. `attempt`: the number of the one that failed, from 1; `after`: from the
    first try to the next, without jitter."""

    attempt: int
    usual: timedelta
    least: timedelta
    most: timedelta
    after: timedelta


def schedule() -> tuple[Pause, ...]:
    """Every pause in order, as it is printed."""
    pauses, after = [], timedelta()
    for attempt in range(1, ATTEMPTS):
        usual = _usual(attempt)
        after += usual
        pauses.append(Pause(attempt=attempt, usual=usual, least=usual * (1 - JITTER), most=usual * (1 + JITTER), after=after))
    return tuple(pauses)


def next_try(delivery: str, attempt: int, now: datetime, *, at_least: timedelta = timedelta()) -> datetime | None:
    """When to try again after the failure number `attempt`, counted from 1. None: that was the last."""
    if attempt >= ATTEMPTS:
        return None
    return now + max(_usual(attempt) * _moved(delivery, attempt), min(at_least, LONGEST))


def asked_for(status: int, headers: Mapping[str, str]) -> timedelta:
    """How long a receiver asks to be left alone (RFC 9110 §10.2.3, in seconds: a date would be by its clock)."""
    text = headers.get("retry-after", "").strip()
    if status not in _ASKED or not (text.isascii() and text.isdigit()):
        return timedelta()
    return timedelta(seconds=min(int(text[:9]), int(LONGEST.total_seconds())))


def _usual(attempt: int) -> timedelta:
    return min(FIRST * FACTOR ** (attempt - 1), LONGEST)


def _moved(delivery: str, attempt: int) -> float:
    """From 1 − JITTER to 1 + JITTER."""
    drawn = int.from_bytes(sha256(f"{delivery}/{attempt}".encode()).digest()[:4]) / 0xFFFF_FFFF
    return 1 - JITTER + 2 * JITTER * drawn
