"""The bell of the embedded mode: APScheduler rings `jobs.run_due`, and stores nothing.

Coalescing and one instance at a time: a ring that comes while a pass is still running is dropped, because the pass takes
everything that is due anyway.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from apscheduler.schedulers.background import BackgroundScheduler


def start(
    ring: Callable[[], object], *beside: Callable[[], object], seconds: float, hourly: Callable[[], object],
) -> BackgroundScheduler:
    """Ring now and every `seconds` from then on, do `beside` it what may take longer (catching up, posting), each in its own
    time, and tidy up every hour, in threads of the scheduler. The caller shuts it down."""
    scheduler = BackgroundScheduler(timezone="UTC")
    for job in (ring, *beside):
        scheduler.add_job(job, "interval", seconds=seconds, coalesce=True, max_instances=1, misfire_grace_time=None,
                          next_run_time=datetime.now(UTC))
    scheduler.add_job(hourly, "interval", hours=1, coalesce=True, max_instances=1, misfire_grace_time=None)
    scheduler.start()
    return scheduler
