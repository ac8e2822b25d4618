"""`jiban serve`: one process with the web face and the bell of the timers.

It opens the database, refuses one that does not stand at this release's tables, and serves until it is told to stop: SIGTERM
or SIGINT lets the requests and the pass of timers that are running end, and takes no new ones. Killed at any other moment it
loses nothing: whatever was not committed had not begun.

An outage of the database ends neither: a request is answered 503, a tick is logged and the next one tries again.
"""

from __future__ import annotations

import logging
import signal
from datetime import UTC, datetime
from types import FrameType
from typing import Any

from sqlalchemy import Engine
from waitress.server import create_server

from services import jobs, scheduler
from services.database import DatabaseUnavailable, connect
from services.files import MEGABYTE
from services.migrations import require_current
from services.office import Office, open_office
from services.settings import SettingRefused, Settings
from services.web.app import create_app

THREADS = 8
_ROOM = 16 * 1024 * 1024  # beside a file; the application refuses far less, in its own words: this only keeps the disk free
_LOG = logging.getLogger(__name__)


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT. Raises SchemaRefused, SettingRefused or DatabaseUnavailable before it serves."""
    _log()
    database = connect(settings.database)
    require_current(database)
    office = open_office(settings)
    server = _listen(database, office, settings)
    bell = scheduler.start(lambda: _tick(database, office), lambda: _catch_up(database, office), seconds=settings.tick_seconds,
                           hourly=lambda: _tidy(database, office))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    print(_greeting(settings, _port(server)), flush=True)
    try:
        server.run()
    finally:
        server.close()
        bell.shutdown(wait=True)
        database.dispose()


def _listen(database: Engine, office: Office, settings: Settings) -> Any:  # waitress has no types
    try:
        return create_server(create_app(database, office, settings), host=settings.host, port=settings.port, threads=THREADS,
                             ident="jiban", max_request_body_size=settings.file_megabytes * MEGABYTE + _ROOM)
    except OSError as error:
        raise SettingRefused("JIBAN_PORT", f"cannot listen on {settings.host}:{settings.port}: {error.strerror or error}; "
                                           "choose another port, for instance PORT=8080") from error


def _port(server: Any) -> int:
    """The port listened on: another than asked for when that was 0. A name with several addresses has several sockets."""
    listening = getattr(server, "effective_listen", None)
    return int(listening[0][1] if listening else server.effective_port)


def _tick(database: Engine, office: Office) -> None:
    try:
        jobs.run_due(database, office, now=datetime.now(UTC))
    except DatabaseUnavailable as error:
        _LOG.warning("timers wait: %s", error)


def _catch_up(database: Engine, office: Office) -> None:
    try:
        jobs.catch_up(database, office, now=datetime.now(UTC))
    except DatabaseUnavailable as error:
        _LOG.warning("catching up waits: %s", error)


def _tidy(database: Engine, office: Office) -> None:
    try:
        jobs.tidy(database, office, now=datetime.now(UTC))
    except DatabaseUnavailable as error:
        _LOG.warning("old answers stay for another hour: %s", error)


def _stop(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)


def _greeting(settings: Settings, port: int) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    served = f"Jiban serves http://{host}:{port}/ — API under /api/v1, described at /api/v1/openapi.json"
    if settings.token is not None:
        return served
    return f"{served}\nJIBAN_TOKEN is not set, so the API answers nobody (401). Set one: JIBAN_TOKEN=$(openssl rand -hex 24)"


def _log() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for chatty in ("apscheduler", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
