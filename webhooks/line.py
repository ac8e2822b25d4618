"""One connection to addresses that were looked up before, which ends when its time is up or it has carried enough.

A timeout of a socket counts from byte to byte, so that an answer which drips would never end. Here every wait of a connection
gets what is left of the whole. The foreign library speaks HTTP over it; it neither resolves a name nor keeps a time of its own.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterable
from typing import Any

from httpcore2 import NetworkBackend, NetworkStream, WriteError


class Deadline:
    """An instant of the machine's running time, for everything that one post waits for."""

    def __init__(self, seconds: float) -> None:
        self._began = time.monotonic()
        self._ends = self._began + seconds

    def left(self) -> float:
        """Seconds that are left. Raises TimeoutError when there are none."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError("the time is up")
        return left

    def milliseconds(self) -> int:
        """What has passed since it was set."""
        return round((time.monotonic() - self._began) * 1000)


class Pinned(NetworkBackend):
    """Connects to the addresses given, in their order, whatever host it is asked for. `is_connected`: one of them took it."""

    def __init__(self, addresses: Iterable[str], deadline: Deadline, most: int) -> None:
        self._addresses, self._deadline, self._most = tuple(addresses), deadline, most
        self.is_connected = False

    def connect_tcp(self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
                    socket_options: Any = None) -> NetworkStream:
        """The first address that takes the connection. Raises OSError when none does."""
        refused: OSError = OSError("no address")
        for address in self._addresses:
            try:
                line = socket.create_connection((address, port), self._deadline.left())
            except TimeoutError:
                raise
            except OSError as error:
                refused = error
                continue
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.is_connected = True
            return _Line(line, self._deadline, self._most)
        raise refused


class _Line(NetworkStream):
    """`most`: bytes that are read at all, of the head and the body together."""

    def __init__(self, line: socket.socket, deadline: Deadline, most: int) -> None:
        self._line, self._deadline, self._left = line, deadline, most

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._left <= 0:
            raise OverflowError("more than is read of an answer")
        self._line.settimeout(self._deadline.left())
        data = self._line.recv(min(max_bytes, self._left, 16_384))
        self._left -= len(data)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """A receiver may answer and hang up before it has read all: the answer is still read, as the library does."""
        rest = memoryview(buffer)
        try:
            while rest:
                self._line.settimeout(self._deadline.left())
                rest = rest[self._line.send(rest):]
        except TimeoutError:
            raise
        except OSError as error:
            raise WriteError(str(error)) from error

    def start_tls(self, ssl_context: ssl.SSLContext, server_hostname: str | None = None,
                  timeout: float | None = None) -> NetworkStream:
        try:
            self._line.settimeout(self._deadline.left())
            self._line = ssl_context.wrap_socket(self._line, server_hostname=server_hostname)
        except BaseException:
            self._line.close()
            raise
        return self

    def close(self) -> None:
        self._line.close()

    def get_extra_info(self, info: str) -> Any:
        return None
