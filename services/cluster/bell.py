"""The jobs of a cluster: each rings a pass of `services.passes`, and each comes by itself every so often, once for all nodes.

Any number of workers put the same tick into the queue; the queue keeps one of them, and none while the one before has not been
taken up. Timers themselves are never jobs: a pass claims due rows, `SKIP LOCKED`, and calls others to help when there are many.
A job of a worker that has died is found by its silence and put back; finished jobs are removed at once.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from functools import partial

from procrastinate import App, JobContext, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Status

from services import passes
from services.database import writing
from services.passes import Site
from services.store.waking import BELL, HALL, WIRE, call_for_help

SILENCE = 20.0
"""A worker that has said nothing for so many seconds is taken for dead: four times the rhythm in which it should."""

HELPERS = 16
"""So many are called at once, at most, to help with what is due."""

_QUEUES = {"ring": BELL, "send": WIRE, "connect": WIRE, "catch_up": HALL, "tidy": HALL}
_RESCUE_CRON = "* * * * * */10"
_TIDY_CRON = "17 * * * *"
_LOG = logging.getLogger(__name__)


def application(site: Site, connector: PsycopgConnector, *, seconds: float) -> App:
    """The jobs, ringing for one node every `seconds`."""
    app = App(connector=connector)
    for name, queue in _QUEUES.items():
        task = app.task(name=name, queue=queue)(partial(_run, name, site))
        cron = _TIDY_CRON if name == "tidy" else every(seconds)
        app.periodic(cron=cron, periodic_id=name, queueing_lock=name)(task)
    rescue = app.task(name="rescue", queue=HALL, pass_context=True)(_rescue)
    app.periodic(cron=_RESCUE_CRON, periodic_id="rescue", queueing_lock="rescue")(rescue)
    return app


async def ring_at_once(app: App) -> None:
    """Ask for every pass now, as the embedded bell does when it begins: what a node that died has left does not wait for the
    next tick."""
    for name, queue in _QUEUES.items():
        with suppress(AlreadyEnqueued):
            await app.configure_task(name, queue=queue, queueing_lock=name).defer_async()


def every(seconds: float) -> str:
    """The rhythm as a cron line with seconds at its end: at least a second, and whole minutes beyond one."""
    if seconds < 60:
        return f"* * * * * */{max(1, round(seconds))}"
    return f"*/{min(59, round(seconds / 60))} * * * *"


def helping(site: Site) -> None:
    """Ask other workers to come to what is due."""
    with writing(site.database) as connection:
        call_for_help(connection, most=HELPERS)


def _run(name: str, site: Site, **told: object) -> None:
    """A job; `told`: for which tick it came, which makes no difference, or which request asked for it."""
    request = told.get("request")
    passes.run(name, site, asked_for_by=request if isinstance(request, str) else None)


async def _rescue(context: JobContext, timestamp: int) -> None:
    """Put back the jobs of workers that have died; one whose like waits already is not needed twice.
    `timestamp`: of the tick it came with."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=SILENCE):
        _LOG.warning("a worker died in the middle of job %s (%s); it is done again", job.id, job.task_name)
        try:
            await manager.retry_job(job)
        except ConnectorException:
            await manager.finish_job(job, status=Status.FAILED, delete_job=True)
