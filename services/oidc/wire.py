"""One request to the provider, that neither hangs nor fills the memory.

A timeout of a socket counts from byte to byte, so that an answer that drips would never end: a bell cuts the line when the
time of the whole answer is up. No redirect is followed, and no proxy of the environment is taken.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Timer
from urllib.parse import urlsplit

import orjson

from services.oidc.faults import ProviderUnreachable
from services.oidc.provider import is_safe_way

SECONDS = 10.0
"""To reach the provider, and then for its whole answer."""

LARGEST = 256 * 1024
"""Bytes of an answer: a description or a set of keys has a few thousand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What was answered: the status and the members of its JSON object."""

    status: int
    members: Mapping[str, object]


def ask(
    address: str, *, body: str | None = None, headers: Mapping[str, str] | None = None, seconds: float = SECONDS,
) -> Said:
    """GET an address, or POST a form to it. Raises ProviderUnreachable when there is no JSON object in time."""
    if not is_safe_way(address):
        raise ProviderUnreachable(f"“{address[:200]}” is neither https nor on this machine")
    parts = urlsplit(address)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        with _line(parts.scheme, parts.hostname or "", parts.port, seconds) as line:
            line.request("POST" if body is not None else "GET", path, body=body, headers={
                "Accept": "application/json", "Connection": "close", "User-Agent": "jiban", **(headers or {})})
            answer = line.getresponse()
            status, data = answer.status, answer.read(LARGEST + 1)
    except (OSError, HTTPException, ValueError) as error:  # ValueError: a line that was cut in the middle of TLS
        raise ProviderUnreachable(f"{address}: {error or type(error).__name__}") from error
    return Said(status=status, members=_members(address, status, data))


@contextmanager
def _line(scheme: str, host: str, port: int | None, seconds: float) -> Iterator[HTTPConnection]:
    """A line to the provider, which is cut when its time is up."""
    line = (HTTPSConnection(host, port, timeout=seconds, context=ssl.create_default_context()) if scheme == "https"
            else HTTPConnection(host, port, timeout=seconds))
    line.connect()
    bell = Timer(seconds, _cut, [line.sock])
    bell.daemon = True
    bell.start()
    try:
        yield line
    finally:
        bell.cancel()
        line.close()


def _cut(line: socket.socket) -> None:
    with suppress(OSError):  # it has ended meanwhile
        line.shutdown(socket.SHUT_RDWR)


def _members(address: str, status: int, data: bytes) -> Mapping[str, object]:
    if 300 <= status < 400:
        raise ProviderUnreachable(f"{address} answers {status}, to go elsewhere: name the address it is really at")
    if len(data) > LARGEST:
        raise ProviderUnreachable(f"{address} answers more than {LARGEST} bytes")
    try:
        found = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise ProviderUnreachable(f"{address} answers {status} and no JSON") from error
    if not isinstance(found, dict):
        raise ProviderUnreachable(f"{address} answers {status} and no JSON object")
    return found
