"""Receivers for tests: real sockets on this machine, polite and hostile ones."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from socket import SHUT_RDWR, create_server, socket

Manner = Callable[[socket], None]
"""What a hostile receiver does with a connection once it has read the request's head."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A request that came whole."""

    head: str
    body: bytes

    @property
    def headers(self) -> dict[str, str]:
        """By their names in lower case."""
        pairs = (line.split(": ", 1) for line in self.head.split("\r\n")[1:])
        return {name.lower(): value for name, value in pairs}


@dataclass(slots=True, kw_only=True)
class Receiver:
    """`heard`: the requests that came, in their order."""

    port: int
    heard: list[Heard] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def heads(self) -> list[str]:
        return [each.head for each in self.heard]

    @property
    def bodies(self) -> list[bytes]:
        return [each.body for each in self.heard]


def answering(status: str = "200 OK", body: bytes = b"", headers: str = "") -> Manner:
    """A whole answer."""
    def answer(line: socket) -> None:
        line.sendall(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode() + body)
    return answer


def receiver(manner: Manner, trust: ssl.SSLContext | None = None) -> AbstractContextManager[Receiver]:
    """A receiver with this manner."""
    return moody(lambda heard: manner, trust)


@contextmanager
def moody(mood: Callable[[Heard], Manner], trust: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """A receiver whose manner depends on what it hears, each connection in a thread of its own."""
    listening = create_server(("127.0.0.1", 0))
    found = Receiver(port=listening.getsockname()[1])
    open_lines: list[socket] = []

    def serve() -> None:
        while True:
            try:
                line, _ = listening.accept()
            except OSError:
                return
            open_lines.append(line)
            threading.Thread(target=_serve, args=(line, found, mood, trust), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield found
    finally:
        listening.close()
        for line in open_lines:
            with suppress(OSError):
                line.shutdown(SHUT_RDWR)
            line.close()


def _serve(line: socket, found: Receiver, mood: Callable[[Heard], Manner], trust: ssl.SSLContext | None) -> None:
    with suppress(OSError):
        if trust is not None:
            line = trust.wrap_socket(line, server_side=True)
        heard = _read(line)
        found.heard.append(heard)
        mood(heard)(line)
    with suppress(OSError):
        line.close()


def _read(line: socket) -> Heard:
    data = b""
    while b"\r\n\r\n" not in data:
        part = line.recv(65536)
        if not part:
            raise OSError("hung up")
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    text = head.decode("latin-1")
    length = next((int(each.split(":")[1]) for each in text.split("\r\n") if each.lower().startswith("content-length")), 0)
    while len(body) < length:
        part = line.recv(65536)
        if not part:
            raise OSError("hung up in the middle")
        body += part
    return Heard(head=text, body=body)
