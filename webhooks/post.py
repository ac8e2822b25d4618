"""One guarded post: to an address that is allowed, in ten seconds at most, reading 64 KB of the answer at most.

The picture: `guard` says where the address leads → the name is resolved once → a connection to exactly these addresses, with
TLS verified against the name → the request → the answer. Ten seconds are for all of it together, the resolving too. A redirect
is an answer like any other. What is not asked for does not come: the answer is asked for unencoded and never unpacked, nothing
of the environment is read (no proxy), nothing is remembered for the next post (no cookie, no connection).

httpcore2 is used without httpx2 over it: what a post must not do (follow, unpack, remember, take a proxy) is then not switched
off, it is not there. An answer counts when its end has come or 64 KB of it; one that breaks off or drips is none, since
nobody knows what it would have said. Whether to post again is not decided here.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

import httpcore2

from engine.sentences import quoted, say, sentence_of
from webhooks.faults import AddressRefused, Failure, Unanswered
from webhooks.guard import Guard, Resolve, Target
from webhooks.line import Deadline, Pinned

SECONDS = 10.0
"""For one post, from the resolving of the name to the end of the answer."""

LARGEST = 64 * 1024
"""Bytes that are read of an answer's body."""

_HEAD = 16 * 1024  # bytes for the status line, the headers and the framing, besides the body
_OURS = frozenset({"host", "content-length", "connection", "accept-encoding", "transfer-encoding"})
"""Headers that no caller sets."""


def resolved(host: str, port: int) -> tuple[str, ...]:
    """What the system's resolver says. Raises OSError."""
    return tuple(str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))


def trusted(authorities: Path | None = None) -> ssl.SSLContext:
    """Whose certificates are believed: the system's authorities, and those of a PEM file; None: no others."""
    context = ssl.create_default_context()
    if authorities is not None:
        context.load_verify_locations(authorities)
    return context


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a receiver has said. `headers`: by their names in lower case, the first of each; `body`: its first 64 KB as they
    came; `is_whole`: that was all."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    is_whole: bool
    milliseconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """The way out of this installation. Good for many threads at once."""

    guard: Guard
    resolve: Resolve = resolved
    trust: ssl.SSLContext = field(default_factory=trusted, repr=False)
    seconds: float = SECONDS
    largest: int = LARGEST

    def post(self, url: str, body: bytes, headers: Mapping[str, str], *, method: str = "POST") -> Answer:
        """Post `body` and read the answer, whatever its status. Raises Unanswered."""
        deadline = Deadline(self.seconds)
        try:
            target = self.guard.target(url)
            addresses = self._addresses(target, deadline)
            return self._exchange(target, addresses, _request(target, body, headers, method), deadline)
        except AddressRefused as error:
            raise Unanswered(Failure.REFUSED, sentence_of(error), deadline.milliseconds()) from error

    def _addresses(self, target: Target, deadline: Deadline) -> tuple[str, ...]:
        """In a thread of its own: the system's resolver waits as long as it likes."""
        found: list[tuple[str, ...] | Exception] = []

        def ask() -> None:
            try:
                found.append(self.guard.addresses(target, self.resolve))
            except (OSError, UnicodeError, AddressRefused) as error:
                found.append(error)

        asking = Thread(target=ask, name="resolver", daemon=True)
        asking.start()
        asking.join(deadline.left())
        if not found:
            raise _timed_out(target, self.seconds, deadline)
        if isinstance(found[0], AddressRefused):
            raise found[0]
        if isinstance(found[0], Exception):
            raise Unanswered(Failure.UNRESOLVED, say("the host of {target} has no address: {reason}", target=str(target),
                                                     reason=quoted(str(found[0])[:200])), deadline.milliseconds()) from found[0]
        return found[0]

    def _exchange(self, target: Target, addresses: Sequence[str], request: httpcore2.Request, deadline: Deadline) -> Answer:
        backend = Pinned(addresses, deadline, self.largest + _HEAD)
        with httpcore2.HTTPConnection(request.url.origin, ssl_context=self.trust, network_backend=backend) as line:
            try:
                answer = line.handle_request(request)
                body, is_whole = self._read(answer)
            except TimeoutError as error:
                raise _timed_out(target, self.seconds, deadline) from error
            except ssl.SSLError as error:
                raise _failed(Failure.TLS, target, error, deadline) from error
            except OSError as error:
                failure = Failure.BROKEN if backend.is_connected else Failure.UNREACHABLE
                raise _failed(failure, target, error, deadline) from error
            except (httpcore2.ProtocolError, httpcore2.NetworkError, OverflowError) as error:
                raise _failed(Failure.BROKEN, target, error, deadline) from error
        return Answer(status=answer.status, headers=_named(answer.headers), body=body, is_whole=is_whole,
                      milliseconds=deadline.milliseconds())

    def _read(self, answer: httpcore2.Response) -> tuple[bytes, bool]:
        """What is read of the body, and whether that is all of it."""
        body = bytearray()
        try:
            for part in answer.iter_stream():
                body += part
                if len(body) > self.largest:
                    return bytes(body[:self.largest]), False
        except OverflowError:  # parts so small that their framing took the rest
            return bytes(body), False
        return bytes(body), True


def _request(target: Target, body: bytes, headers: Mapping[str, str], method: str) -> httpcore2.Request:
    given: dict[str | bytes, str | bytes] = {
        name.lower(): value for name, value in headers.items() if name.lower() not in _OURS}
    default = target.port == {"http": 80, "https": 443}[target.scheme]
    host = f"[{target.host}]" if ":" in target.host else target.host
    return httpcore2.Request(
        method, httpcore2.URL(scheme=target.scheme, host=host, port=target.port, target=target.path),
        headers={"host": host if default else f"{host}:{target.port}", "user-agent": "jiban", "accept": "*/*",
                 **given, "accept-encoding": "identity", "connection": "close", "content-length": str(len(body))},
        content=body)


def _named(headers: Sequence[tuple[bytes, bytes]]) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in reversed(headers)}


def _timed_out(target: Target, seconds: float, deadline: Deadline) -> Unanswered:
    return Unanswered(Failure.TIMED_OUT, say("{target} has not answered to the end within {seconds:g} seconds",
                                             target=str(target), seconds=seconds), deadline.milliseconds())


def _failed(failure: Failure, target: Target, error: Exception, deadline: Deadline) -> Unanswered:
    where, why = str(target), _technical(error)
    said = {Failure.TLS: say("{target} cannot be trusted: {reason}", target=where, reason=why),
            Failure.UNREACHABLE: say("{target} takes no connection: {reason}", target=where, reason=why),
            Failure.BROKEN: say("{target} gave no answer in HTTP: {reason}", target=where, reason=why)}
    return Unanswered(failure, said[failure], deadline.milliseconds())


def _technical(error: Exception) -> str:
    return quoted(ascii(str(error) or type(error).__name__)[1:-1][:200])
