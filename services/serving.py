"""`jiban serve`: one process with the web face, the bell of the timers and the post; with `--demo`, of a demonstration.

It opens the database, refuses one that does not stand at this release's tables, and serves until it is told to stop: SIGTERM
or SIGINT lets the requests and the pass of timers that are running end, and takes no new ones. Killed at any other moment it
loses nothing: whatever was not committed had not begun.

A demonstration has a clock of its own, which the door and the bell read alike; where somebody moves it on, the request turns
it as far as it may take, and the bell the rest.

An outage of the database ends neither: a request is answered 503, a tick is logged and the next one tries again.
"""

from __future__ import annotations

import logging
import signal
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from threading import Event
from types import FrameType
from typing import Any

from sqlalchemy import Engine
from waitress.server import create_server

from services import demonstration, jobs, outgoing, scheduler
from services.database import DatabaseUnavailable, connect, reading
from services.demo import house
from services.demo.house import Told
from services.demo.turning import turn_on
from services.files import MEGABYTE
from services.migrations import require_current
from services.office import Office, open_office
from services.settings import SettingRefused, Settings
from services.web.app import create_app
from services.wire import wire_of
from webhooks.post import Wire

THREADS = 8
AT_ONCE = 3.0
"""So many seconds a request, and a ring of the bell, may turn the clock of a demonstration."""
DEMO_TICK_SECONDS = 1.0
_ROOM = 16 * 1024 * 1024  # beside a file; the application refuses far less, in its own words: this only keeps the disk free
_DEMO_HOURS = 24 * 366
"""So long a visit of a demonstration lasts: its clock is moved on by days, and nobody is to be signed out by that."""

_DEMONSTRATION = ("This is a demonstration 演示: its people, companies and cases are invented, anybody may become any of them, "
                  "and its clock can be moved on. Never enter anything real; a real office is served by `jiban serve`.")
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _House:
    """What is served, and by which clock. `turn`: as in `services.web.door.Door`."""

    database: Engine
    office: Office
    settings: Settings
    clock: Callable[[], datetime]
    wire: Wire
    turn: Callable[[], bool] | None = None


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT. Raises SchemaRefused, SettingRefused, DatabaseUnavailable, or IsADemonstration, before it
    serves."""
    database = _opened(settings)
    with reading(database) as connection:
        demonstration.require_none(connection)
    _serve(_House(database=database, office=open_office(settings), settings=settings, clock=_machine,
                  wire=wire_of(settings)))


def serve_demonstration(settings: Settings, *, told: Told) -> None:
    """As `serve`, of a demonstration, which is prepared in an empty database; `told`: how far that has come. Raises
    NotADemonstration for a database in which somebody has entered something."""
    database = _opened(settings)
    office = open_office(settings)
    house.prepare(database, office, machine=_machine(), told=told)
    lasting = replace(settings, idle_minutes=_DEMO_HOURS * 60, visit_hours=_DEMO_HOURS)
    _serve(_House(
        database=database, office=office, settings=lasting, clock=demonstration.clock(database, _machine),
        wire=wire_of(settings),
        turn=lambda: turn_on(database, office, _machine, seconds=AT_ONCE)))


def _opened(settings: Settings) -> Engine:
    _log()
    database = connect(settings.database)
    require_current(database)
    return database


def _serve(served: _House) -> None:
    server = _listen(served)
    stopping = Event()
    bell = scheduler.start(lambda: _tick(served), lambda: _catch_up(served), lambda: _post(served, stopping),
                           seconds=_seconds(served), hourly=lambda: _tidy(served))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    print(_greeting(served, _port(server)), flush=True)
    try:
        server.run()
    finally:
        server.close()
        stopping.set()
        bell.shutdown(wait=True)
        served.database.dispose()


def _machine() -> datetime:
    return datetime.now(UTC)


def _seconds(served: _House) -> float:
    """How often the bell rings: of a demonstration often, since somebody waits while its clock goes on."""
    return served.settings.tick_seconds if served.turn is None else min(served.settings.tick_seconds, DEMO_TICK_SECONDS)


def _listen(served: _House) -> Any:  # waitress has no types
    settings = served.settings
    app = create_app(served.database, served.office, settings, clock=served.clock, turn=served.turn)
    try:
        return create_server(app, host=settings.host, port=settings.port, threads=THREADS, ident="jiban",
                             max_request_body_size=settings.file_megabytes * MEGABYTE + _ROOM, **_trusting(settings.proxy))
    except OSError as error:
        raise SettingRefused("JIBAN_PORT", f"cannot listen on {settings.host}:{settings.port}: {error.strerror or error}; "
                                           "choose another port, for instance PORT=8080") from error


def _trusting(proxy: str | None) -> dict[str, Any]:
    """Whose word is taken for the address and the scheme of a request: nobody's, or one proxy's."""
    if proxy is None:
        return {}
    return {"trusted_proxy": proxy, "trusted_proxy_count": 1, "clear_untrusted_proxy_headers": True,
            "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"}}


def _port(server: Any) -> int:
    """The port listened on: another than asked for when that was 0. A name with several addresses has several sockets."""
    listening = getattr(server, "effective_listen", None)
    return int(listening[0][1] if listening else server.effective_port)


def _tick(served: _House) -> None:
    try:
        if served.turn is None or served.turn():
            jobs.run_due(served.database, served.office, now=served.clock())
    except DatabaseUnavailable as error:
        _LOG.warning("timers wait: %s", error)


def _catch_up(served: _House) -> None:
    try:
        jobs.catch_up(served.database, served.office, now=served.clock())
    except DatabaseUnavailable as error:
        _LOG.warning("catching up waits: %s", error)


def _post(served: _House, stopping: Event) -> None:
    """Told outside beside everything else: the timers do not wait for a receiver."""
    try:
        outgoing.run(served.database, served.office, served.wire, now=served.clock(), is_stopping=stopping.is_set)
    except DatabaseUnavailable as error:
        _LOG.warning("what has to be told outside waits: %s", error)


def _tidy(served: _House) -> None:
    try:
        jobs.tidy(served.database, served.office, now=served.clock())
    except DatabaseUnavailable as error:
        _LOG.warning("old answers stay for another hour: %s", error)


def _stop(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)


def _greeting(served: _House, port: int) -> str:
    settings = served.settings
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    greeting = f"Jiban serves http://{host}:{port}/ — API under /api/v1, described at /api/v1/openapi.json"
    if served.turn is not None:
        greeting = f"{greeting}\n{_DEMONSTRATION}"
    if settings.token is not None:
        return greeting
    return (f"{greeting}\nJIBAN_TOKEN is not set, so the API answers only tokens of accounts. Set one: "
            "JIBAN_TOKEN=$(openssl rand -hex 24)")


def _log() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for chatty in ("apscheduler", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
