"""`jiban serve`: a node, with the web face, the passes beside it, or both; with `--demo`, of a demonstration.

On SQLite there is one node, which does everything, and a bell in the process rings the passes. On PostgreSQL there may be any
number, each doing everything, only answering requests (`web`) or only the passes (`worker`); they hold nothing that another
would miss, and share the passes through the queue of `services.cluster`.

A node refuses a database that does not stand at this release's tables, and waits for one that is away: until it answers, and
whenever it goes away, a request is answered 503 and a pass is logged. SIGTERM or SIGINT lets the requests and the passes that
are running end, within bounds, and takes no new ones. Killed at any other moment a node loses nothing: whatever was not
committed had not begun.

A demonstration has a clock of its own, which the door and the bell read alike; where somebody moves it on, the request turns
it as far as it may take, and the bell the rest. It is one node on either database.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from functools import partial
from threading import Thread
from types import FrameType
from typing import Protocol

from sqlalchemy import Engine

from services import demonstration, logs, tracing
from services.database import DatabaseUnavailable, connect
from services.demo import house
from services.demo.house import Told
from services.demo.turning import turn_on
from services.listening import Listener
from services.machine_clock import MachineClock
from services.migrations import require_current
from services.office import Office, open_office
from services.passes import Site
from services.readiness import Threshold
from services.scheduler import Bell
from services.settings import SettingRefused, Settings
from services.shutdown import Shutdown
from services.watchman import Watchman
from services.web.app import create_app
from services.wire import wire_of
from webhooks.post import Wire

AT_ONCE = 3.0
"""So many seconds a request, and a ring of the bell, may turn the clock of a demonstration."""
DEMO_TICK_SECONDS = 1.0
_DEMO_HOURS = 24 * 366
"""So long a visit of a demonstration lasts: its clock is moved on by days, and nobody is to be signed out by that."""

_DEMONSTRATION = ("This is a demonstration 演示: its people, companies and cases are invented, anybody may become any of them, "
                  "and its clock can be moved on. Never enter anything real; a real office is served by `jiban serve`.")
_LOG = logging.getLogger(__name__)


class Role(Enum):
    """What a node does."""

    ALL = "all"
    """Answers requests, and runs the passes beside them."""
    WEB = "web"
    """Answers requests; others run the passes."""
    WORKER = "worker"
    """Runs the passes; others answer requests."""


class Passes(Protocol):
    """Whoever runs the passes of a node, in threads of his own."""

    def stop(self, seconds: float) -> bool:
        """Wait so long for what is running; has it ended?"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _House:
    """What is served, by which clock and in which role. `turn`: as in `services.web.door.Door`."""

    database: Engine
    office: Office
    settings: Settings
    clock: Callable[[], datetime]
    threshold: Threshold
    wire: Wire
    role: Role = Role.ALL
    turn: Callable[[], bool] | None = None

    @property
    def shutdown(self) -> Shutdown:
        """Whether the process has been told to end."""
        return self.threshold.shutdown

    @property
    def is_cluster(self) -> bool:
        """Do nodes share the passes?"""
        return self.turn is None and self.database.dialect.name == "postgresql"


def serve(settings: Settings, *, role: Role = Role.ALL) -> None:
    """Serve until SIGTERM or SIGINT. Raises SchemaRefused, SettingRefused or IsADemonstration before it serves; a database of
    one file that cannot be opened DatabaseUnavailable, for nobody else will bring that one back."""
    logs.start(is_json=settings.log_json)
    database = connect(settings.database)
    if role is not Role.ALL and database.dialect.name != "postgresql":
        raise SettingRefused("JIBAN_DATABASE", f"a node that is only {role.value} shares a PostgreSQL with others; on SQLite "
                                               "there is one node, which does everything: leave --role out")
    threshold = Threshold(database=database, shutdown=Shutdown(settings.stop_seconds))
    try:
        threshold.cross()
    except DatabaseUnavailable as error:
        if database.dialect.name != "postgresql":
            raise
        _LOG.warning("the node waits for its database: %s", error)
    _serve(_House(database=database, office=open_office(settings), settings=settings, clock=MachineClock(),
                  threshold=threshold, wire=wire_of(settings), role=role))


def serve_demonstration(settings: Settings, *, told: Told) -> None:
    """As `serve`, of a demonstration, which is prepared in an empty database; `told`: how far that has come. Raises
    NotADemonstration for a database in which somebody has entered something."""
    logs.start(is_json=settings.log_json)
    database, office, machine = connect(settings.database), open_office(settings), MachineClock()
    require_current(database)
    house.prepare(database, office, machine=machine(), told=told)
    lasting = replace(settings, idle_minutes=_DEMO_HOURS * 60, visit_hours=_DEMO_HOURS)
    threshold = Threshold(database=database, shutdown=Shutdown(settings.stop_seconds), demonstrates=True)
    threshold.cross()
    _serve(_House(
        database=database, office=office, settings=lasting, clock=demonstration.clock(database, machine), threshold=threshold,
        wire=wire_of(settings),
        turn=lambda: turn_on(database, office, machine, seconds=AT_ONCE)))


def _serve(served: _House) -> None:
    if served.settings.otlp_endpoint is not None:
        tracing.start(served.settings.otlp_endpoint)
    watchman = _watched(served)
    listener = None if served.role is Role.WORKER else _listen(served)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, partial(_stop, served.shutdown))
    Thread(target=served.threshold.keep, name="threshold", daemon=True).start()
    passes = None if served.role is Role.WEB else _passes(served)
    print(_greeting(served, None if listener is None else listener.port), flush=True)
    if watchman is not None:
        print(f"Metrics at http://{served.settings.metrics_host}:{watchman.port}/metrics", flush=True)
    if listener is None:
        while not served.shutdown.wait(3600):
            pass
    else:
        listener.run()
    _end(served, listener, passes)


def _end(served: _House, listener: Listener | None, passes: Passes | None) -> None:
    """Everything that was taken up has ended, or may take no longer."""
    has_ended = passes is None or passes.stop(served.shutdown.seconds_left())
    if listener is not None:
        listener.close()
    served.database.dispose()
    tracing.stop()
    if not has_ended or served.shutdown.seconds_left() == 0:
        _LOG.warning("what was still running is broken off; nothing of it was half-written")
        sys.stdout.flush()
        os._exit(0)  # a thread in the middle of something would keep the process alive for as long as it likes


def _watched(served: _House) -> Watchman | None:
    """The private socket, where one is asked for."""
    port = served.settings.metrics_port
    return None if port is None else Watchman(served.threshold, host=served.settings.metrics_host, port=port)


def _listen(served: _House) -> Listener:
    app = create_app(served.database, served.office, served.settings, clock=served.clock, turn=served.turn,
                     threshold=served.threshold)
    return Listener(app, served.settings, served.shutdown)


def _passes(served: _House) -> Passes:
    """Start what rings the passes: the queue of a cluster, or a bell in this process."""
    site = Site(database=served.database, office=served.office, clock=served.clock, threshold=served.threshold,
                wire=served.wire, turn=served.turn)
    if not served.is_cluster:
        return Bell(site, seconds=_seconds(served))
    from services.cluster.bell import helping  # not for an office on SQLite, which starts sooner without
    from services.cluster.workers import Workers
    return Workers(replace(site, call=partial(helping, site)), seconds=_seconds(served))


def _seconds(served: _House) -> float:
    """How often what is due is looked for: of a demonstration often, since somebody waits while its clock goes on."""
    return served.settings.tick_seconds if served.turn is None else min(served.settings.tick_seconds, DEMO_TICK_SECONDS)


def _stop(shutdown: Shutdown, number: int, frame: FrameType | None) -> None:
    """The first signal asks; the second has no patience left."""
    if shutdown.is_asked:
        with suppress(OSError):
            os.write(2, b"told twice to end; what was running is broken off\n")
        os._exit(0)
    shutdown.ask()


def _greeting(served: _House, port: int | None) -> str:
    settings = served.settings
    if port is None:
        return "Jiban works on what is due and what has to leave; other nodes answer requests"
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    greeting = f"Jiban serves http://{host}:{port}/ — API under /api/v1, described at /api/v1/openapi.json"
    if served.turn is not None:
        greeting = f"{greeting}\n{_DEMONSTRATION}"
    if settings.token is not None:
        return greeting
    return (f"{greeting}\nJIBAN_TOKEN is not set, so the API answers only tokens of accounts. Set one: "
            "JIBAN_TOKEN=$(openssl rand -hex 24)")


