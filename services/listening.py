"""The socket of the web face: waitress, told to end so that nobody who was being answered is cut off.

Told to end, it goes on for a moment, in which whoever shares requests out finds `/readyz` at 503; then it listens no more,
which sends a proxy to the next node without a request lost; lets every request that has begun come to its end, and its answer
go out; and closes. What takes longer than it may is broken off, as if the process had been killed.
"""

from __future__ import annotations

from typing import Any
from wsgiref.types import WSGIApplication

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer, create_server

from services.files import MEGABYTE
from services.settings import SettingRefused, Settings
from services.shutdown import Shutdown

THREADS = 8
_ROOM = 16 * 1024 * 1024  # beside a file; the application refuses far less, in its own words: this only keeps the disk free
_LOOK_SECONDS = 0.2


class Listener:
    """Listens from now on, and answers once it is run."""

    def __init__(self, app: WSGIApplication, settings: Settings, shutdown: Shutdown) -> None:
        """Raises SettingRefused when the port is taken."""
        self._sockets: dict[int, Any] = {}
        self._shutdown, self._drain = shutdown, settings.drain_seconds
        try:
            self._server: Any = create_server(
                app, map=self._sockets, host=settings.host, port=settings.port, threads=THREADS, ident="jiban",
                max_request_body_size=settings.file_megabytes * MEGABYTE + _ROOM, **_trusting(settings.proxy))
        except OSError as error:
            raise SettingRefused("JIBAN_PORT", f"cannot listen on {settings.host}:{settings.port}: {error.strerror or error}; "
                                               "choose another port, for instance PORT=8080") from error

    @property
    def port(self) -> int:
        """The port listened on: another than asked for when that was 0. A name with several addresses has several sockets."""
        listening = getattr(self._server, "effective_listen", None)
        return int(listening[0][1] if listening else self._server.effective_port)

    def run(self) -> None:
        """Answer until the process is told to end, and then until everybody has been answered."""
        while not self._shutdown.is_asked:
            self._look()
        drained = self._shutdown.seconds_left() - self._drain
        while self._shutdown.seconds_left() > drained:
            self._look()
        self._listen_no_more()
        while self._busy() and self._shutdown.seconds_left() > 0:
            self._look()

    def close(self) -> None:
        """Let go of the port and of whoever is still there."""
        self._server.task_dispatcher.shutdown(timeout=min(1.0, self._shutdown.seconds_left()))
        wasyncore.close_all(self._sockets)

    def _look(self) -> None:
        wasyncore.loop(timeout=_LOOK_SECONDS, map=self._sockets, use_poll=True, count=1)

    def _listen_no_more(self) -> None:
        for each in list(self._sockets.values()):
            if isinstance(each, BaseWSGIServer):
                wasyncore.dispatcher.close(each)  # its own `close` would also end what wakes this loop for an answer

    def _busy(self) -> bool:
        """Is somebody still being heard or answered? Whoever only keeps his connection open is let go."""
        channels = [each for each in list(self._sockets.values()) if isinstance(each, HTTPChannel)]
        idle = [each for each in channels if not (each.requests or each.request or each.total_outbufs_len)]
        for each in idle:
            each.handle_close()
        return len(idle) < len(channels)


def _trusting(proxy: str | None) -> dict[str, Any]:
    """Whose word is taken for the address and the scheme of a request: nobody's, or one proxy's."""
    if proxy is None:
        return {}
    return {"trusted_proxy": proxy, "trusted_proxy_count": 1, "clear_untrusted_proxy_headers": True,
            "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"}}
