"""The machine's clock as a long-running process reads it: it is believed, and watched.

A clock can be set back or ahead: by hand, by a virtual machine that was asleep, by a time server that was unreachable for a
year. Nothing is lost or done twice by that: a case dates what happens to it no earlier than what happened before
(`services.chapter`), and what is due is found by comparison whenever it is asked. But an hour back delays what was to happen in
it, and ten years ahead lapse every limit at once; somebody has to look. So each step is said once, in the log, by comparison
with a clock that nobody can set.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import monotonic

BACK = timedelta(seconds=1)
"""A clock that is corrected slowly, as it should be, never goes back; this much is rounding and threads."""

AHEAD = timedelta(minutes=1)
_LOG = logging.getLogger(__name__)


def _machine() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True, kw_only=True)
class MachineClock:
    """Called, it shows the time. `read`: the clock itself; `elapsed`: seconds of one that nobody can set."""

    read: Callable[[], datetime] = _machine
    elapsed: Callable[[], float] = monotonic
    _last: tuple[datetime, float] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self) -> datetime:
        """What it shows now."""
        with self._lock:
            shown, elapsed = self.read(), self.elapsed()
            if self._last is not None:
                _look_at(shown, shown - self._last[0] - timedelta(seconds=elapsed - self._last[1]))
            self._last = shown, elapsed
            return shown


def _look_at(shown: datetime, step: timedelta) -> None:
    """Say when it has been set."""
    if step < -BACK:
        _LOG.warning("the machine's clock went back by %s, to %s: what was to happen in that time is done when it has come "
                     "round again, and cases date nothing before what they have recorded; see that a time server sets it",
                     -step, shown.isoformat(timespec="seconds"))
    elif step > AHEAD:
        _LOG.warning("the machine's clock went ahead by %s, to %s: all that is due by it is done now; if it is wrong, stop "
                     "this server and set it right", step, shown.isoformat(timespec="seconds"))
