"""The second, private socket of a node: `/metrics`, `/healthz` and `/readyz` for whoever watches it, workers included.

Metrics are nowhere else: what an office does by the hour is nobody's business who can reach its pages. It listens only where a
port is named for it (`JIBAN_METRICS_PORT`), by default for this machine alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import ClassVar

from services import metrics
from services.database import reading as read
from services.metrics import Backlog
from services.readiness import Threshold
from services.settings import SettingRefused
from services.store import backlog

_JSON = "application/json"
_PATIENCE = 10.0


class Watchman:
    """Answers from now on, in threads of its own."""

    def __init__(self, threshold: Threshold, *, host: str, port: int) -> None:
        """Raises SettingRefused when the port is taken."""
        handler = type("_Bound", (_Handler,), {"threshold": threshold})
        try:
            self._server = ThreadingHTTPServer((host, port), handler)
        except OSError as error:
            raise SettingRefused("JIBAN_METRICS_PORT", f"cannot listen on {host}:{port}: {error.strerror or error}") from error
        metrics.watch(threshold.database, lambda: _backlogs(threshold))
        self._server.daemon_threads = True
        Thread(target=self._server.serve_forever, name="watchman", daemon=True).start()

    @property
    def port(self) -> int:
        """The port listened on."""
        return int(self._server.server_address[1])


class _Handler(BaseHTTPRequestHandler):
    threshold: ClassVar[Threshold]
    timeout = _PATIENCE
    server_version, sys_version = "jiban", ""

    def do_GET(self) -> None:
        """The three addresses there are."""
        match self.path.partition("?")[0]:
            case "/metrics":
                self._answer(200, metrics.MEDIA_TYPE, metrics.exposition())
            case "/healthz":
                self._answer(200, _JSON, b'{"status":"ok"}')
            case "/readyz":
                reason = self.threshold.why_not()
                told = {"status": "ready"} if reason is None else {"status": "not ready", "detail": reason}
                self._answer(200 if reason is None else 503, _JSON, json.dumps(told).encode())
            case _:
                self._answer(404, _JSON, b'{"detail":"there are /metrics, /healthz and /readyz"}')

    def _answer(self, status: int, media_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Whoever asks every few seconds is not worth a line."""


def _backlogs(threshold: Threshold) -> Mapping[str, Backlog]:
    with read(threshold.database) as connection:
        found = backlog.backlogs(connection, datetime.now(UTC))
    return {name: Backlog(waiting=number, eldest_seconds=waited.total_seconds()) for name, (number, waited) in found.items()}
