"""That this process has been told to end, and how long what it has begun may still take.

Whoever takes up work asks first; whoever waits, waits here, so that being told wakes him. It knows no signal, no socket and no
job: `services.serving` says when, everybody else only looks.
"""

from __future__ import annotations

from threading import Event
from time import monotonic

PATIENCE = 25.0
"""So many seconds what has begun may take to end: less than the thirty after which service managers usually kill."""


class Shutdown:
    """Asked once, by anybody, and never taken back."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._asked = Event()
        self._asked_at: float | None = None

    @property
    def is_asked(self) -> bool:
        """Is nothing new to be taken up?"""
        return self._asked.is_set()

    def ask(self) -> None:
        """End as soon as what has begun has ended. Safe in a handler of signals."""
        if self._asked_at is None:
            self._asked_at = monotonic()
        self._asked.set()

    def wait(self, seconds: float) -> bool:
        """Wait so long, or until it is asked; is it asked?"""
        return self._asked.wait(seconds)

    def seconds_left(self) -> float:
        """How long what has begun may still take; all of it before anybody has asked."""
        return self._patience if self._asked_at is None else max(0.0, self._patience - (monotonic() - self._asked_at))
