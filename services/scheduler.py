"""The bell of the embedded mode: APScheduler rings `jobs.run_due`, and stores nothing.

Coalescing and one instance at a time: a ring that comes while a pass is still running is dropped, because the pass takes
everything that is due anyway.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from apscheduler.schedulers.background import BackgroundScheduler


def start(
    ring: Callable[[], object], catch_up: Callable[[], object], *, seconds: float, hourly: Callable[[], object],
) -> BackgroundScheduler:
    """Ring now and every `seconds` from then on, catch up beside it, which may take longer, and tidy up every hour, in
    threads of the scheduler. The caller shuts it down."""
    scheduler = BackgroundScheduler(timezone="UTC")
    for job in (ring, catch_up):
        scheduler.add_job(job, "interval", seconds=seconds, coalesce=True, max_instances=1, misfire_grace_time=None,
                          next_run_time=datetime.now(UTC))
    scheduler.add_job(hourly, "interval", hours=1, coalesce=True, max_instances=1, misfire_grace_time=None)
    scheduler.start()
    return scheduler
