"""What is said through the gate: a request, an answer, and how each is framed.

MessagePack behind a length of four bytes, over one socket. Both ends decode into the values below and nothing else, so
a child that was taken over can answer wrongly but cannot make its parent build anything it did not expect. Lengths are
capped: an answer larger than `MAX_ANSWER` is never read.
"""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec

from engine.definitions.diagnostic import Diagnostic

MAX_ANSWER = 16 * 1024 * 1024
MAX_REQUEST = 256 * 1024 * 1024
READY = b"ready"
_LENGTH = struct.Struct(">I")
_CHUNK = 1 << 20
_Value = TypeVar("_Value")


class TooLong(ValueError):
    """The other side announced more bytes than it may send."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """How to try a diagram out. `variables`: what the process starts with. `library`: files that hold called processes,
    by name; `homes`: the file that holds each called process."""

    variables: Mapping[str, Any] = field(default_factory=dict)
    complete: bool = False
    library: Mapping[str, bytes] = field(default_factory=dict)
    homes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Check a file, and when it is deployable and `attempt` is given, try it out as well."""

    file: str
    data: bytes
    attempt: Attempt | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """What a trial stands still for (see `engine.process.trial`)."""

    id: str
    kind: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempted:
    """How a trial went (see `engine.process.trial`)."""

    outcome: str
    waiting_for: tuple[Awaited, ...]
    trace: tuple[str, ...]
    end_events: tuple[str, ...]
    message: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is to be said about a file. `processes`: the ids it holds; `calls`: the ids it calls elsewhere, both empty when
    it is refused. `drawn`: the ids it holds, refused or not, the one a case runs first. `attempted`: None when it was not
    tried out."""

    verdict: str
    diagnostics: tuple[Diagnostic, ...]
    processes: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    attempted: Attempted | None = None
    drawn: tuple[str, ...] = ()


def encode(value: Request | Answer) -> bytes:
    """A message as bytes."""
    return msgspec.msgpack.encode(value)


def decode(data: bytes, kind: type[_Value]) -> _Value:
    """A message back from bytes. Raises msgspec.DecodeError or msgspec.ValidationError when it is none of this kind."""
    return msgspec.msgpack.decode(data, type=kind)


def send(wire: socket.socket, data: bytes) -> None:
    """Send one message whole. Raises OSError, TimeoutError among them."""
    wire.sendall(_LENGTH.pack(len(data)) + data)


def receive(wire: socket.socket, *, most: int, until: float | None = None) -> bytes | None:
    """The next message; None when the other side has closed. `until`: the time.monotonic() to give up at, None waits for
    ever. Raises TimeoutError, TooLong."""
    head = _exactly(wire, _LENGTH.size, until)
    if head is None:
        return None
    (length,) = _LENGTH.unpack(head)
    if length > most:
        raise TooLong(f"{length} bytes announced, at most {most} allowed")
    return _exactly(wire, length, until)


def _exactly(wire: socket.socket, length: int, until: float | None) -> bytes | None:
    read = bytearray()
    while len(read) < length:
        if until is not None:
            wire.settimeout(max(until - time.monotonic(), 0.001))
        piece = wire.recv(min(length - len(read), _CHUNK))
        if not piece:
            return None
        read += piece
    return bytes(read)
