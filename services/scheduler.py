"""The bell of the embedded mode: APScheduler rings the passes of `services.passes`, and stores nothing.

Coalescing and one instance at a time: a ring that comes while a pass is still running is dropped, because the pass takes
everything that is due anyway.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from threading import Thread

from apscheduler.schedulers.background import BackgroundScheduler

from services import passes
from services.passes import Site

HOUR = 3600.0


class Bell:
    """Rings in threads of its own until it is stopped."""

    def __init__(self, site: Site, *, seconds: float) -> None:
        """Ring now and every `seconds` from then on, each pass beside the others, and tidy up every hour."""
        self._scheduler = BackgroundScheduler(timezone="UTC")
        for name in passes.PASSES:
            self._scheduler.add_job(
                partial(passes.run, name, site), "interval", seconds=HOUR if name == "tidy" else seconds, coalesce=True,
                max_instances=1, misfire_grace_time=None, **({} if name == "tidy" else {"next_run_time": datetime.now(UTC)}))
        self._scheduler.start()

    def stop(self, seconds: float) -> bool:
        """Ring no more, and wait so long for the passes that are running; have they ended?"""
        ending = Thread(target=self._scheduler.shutdown, kwargs={"wait": True}, daemon=True)
        ending.start()
        ending.join(seconds)
        return not ending.is_alive()
