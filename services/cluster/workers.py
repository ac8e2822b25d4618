"""The loop that takes jobs up: a thread of its own with an event loop, which outlives every outage of the database.

What is due in cases has a lane of its own, one job at a time: that is work for a processor. What leaves and what no single case
waits for has another, several at a time: that is waiting for others. When the database goes away both end, and begin anew as
soon as a plain connection is answered; not by the library's own waiting, which grows from try to try.
"""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Thread

import psycopg
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import ConnectorException

from services.cluster.bell import SILENCE, application, ring_at_once
from services.database import plain_address
from services.passes import Site
from services.store.waking import BELL, HALL, WIRE

LANES: tuple[tuple[tuple[str, ...], int], ...] = (((BELL,), 1), ((WIRE, HALL), 4))
"""Which queues a lane serves, and how many jobs at a time."""

AGAIN_SECONDS = 0.5
"""How soon a database that has gone away is asked again."""

_THREADS = 8
_HEARTBEAT = SILENCE / 4
_OUTAGES = (ConnectorException, psycopg.OperationalError, OSError)
_LOG = logging.getLogger(__name__)


class Workers:
    """Take up jobs from now on, until stopped."""

    def __init__(self, site: Site, *, seconds: float) -> None:
        """`seconds`: how often what is due is looked for."""
        self._site, self._seconds = site, seconds
        self._thread = Thread(target=lambda: asyncio.run(self._live()), name="workers", daemon=True)
        self._thread.start()

    def stop(self, seconds: float) -> bool:
        """Wait so long for the jobs that are running, once the process has been told to end; have they ended?"""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    async def _live(self) -> None:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_THREADS, thread_name_prefix="job"))
        ending = asyncio.create_task(asyncio.to_thread(self._await_the_end))
        while not self._site.shutdown.is_asked:
            try:
                await self._answers()
                await self._work(ending)
            except _OUTAGES as error:
                _LOG.warning("the workers wait for the database: %s", type(error).__name__)
            except Exception:  # noqa: BLE001 - the door of the workers: a fault of ours must not end them in silence
                _LOG.exception("the workers failed; they begin again")
            await asyncio.sleep(AGAIN_SECONDS)

    def _await_the_end(self) -> None:
        while not self._site.shutdown.wait(3600):
            pass

    async def _answers(self) -> None:
        """Ask with a connection that is thrown away. Raises psycopg.Error."""
        connection = await psycopg.AsyncConnection.connect(plain_address(self._site.database), connect_timeout=3)
        await connection.close()

    async def _work(self, ending: asyncio.Task[None]) -> None:
        """Serve every lane until the process is told to end, or the database goes away under one of them."""
        app = application(self._site, self._connector(), seconds=self._seconds)
        async with app.open_async():
            await ring_at_once(app)
            lanes = [asyncio.create_task(self._serve(app, queues, most)) for queues, most in LANES]
            try:
                await asyncio.wait([*lanes, ending], return_when=asyncio.FIRST_COMPLETED)
            finally:
                for lane in lanes:
                    lane.cancel()
                ended = await asyncio.gather(*lanes, return_exceptions=True)
            for failed in ended:
                if isinstance(failed, Exception):
                    raise failed

    async def _serve(self, app: App, queues: tuple[str, ...], most: int) -> None:
        with suppress(asyncio.CancelledError):
            await app.run_worker_async(
                queues=list(queues), concurrency=most, install_signal_handlers=False, delete_jobs="always",
                update_heartbeat_interval=_HEARTBEAT, stalled_worker_timeout=SILENCE,
                shutdown_graceful_timeout=self._site.shutdown.seconds_left())

    def _connector(self) -> PsycopgConnector:
        """A small pool, which gives a connection within seconds or says that there is none."""
        return PsycopgConnector(conninfo=plain_address(self._site.database), min_size=1, max_size=4, timeout=3.0,
                                reconnect_timeout=3.0)
