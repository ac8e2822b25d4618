"""The door to the child: asks about one stranger's file, and has an answer whatever the file does.

::

    ask ──► child: check, try ──► answer
                │
                ├─ more CPU than it may use, or no answer in time ──► killed ──► refused: too_slow
                ├─ more memory than it may have ───────────────────► ended  ──► refused: too_hungry
                └─ anything else that ends it ─────────────────────► ended  ──► refused: crashed

One child serves file after file; another takes its place when it has died. A child takes a while to start, and files that kill
come in swarms: from the first death on there is always one in reserve, so that whoever asks next waits for his own file alone.
Nothing of a file's content is looked at on this side. The child inherits no setting, no secret and no open file.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import msgspec

from engine.definitions.diagnostic import Diagnostic, Severity
from engine.errors import JibanError
from services.gate.messages import MAX_ANSWER, READY, Answer, Request, TooLong, decode, encode, receive, send

WALL_SECONDS = 1.4
START_SECONDS = 20.0
"""A child has only our own modules to import when it starts; on a crowded machine that may take a while."""

_HUNGRY = 3
_ROOT = Path(__file__).resolve().parents[2]
_SLOW_SIGNALS = {-signal.SIGPROF, -signal.SIGXCPU}


class GateUnavailable(JibanError):
    """The child process cannot be started, so no stranger's file can be looked at."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the process that reads uploaded files could not be started: {reason}")


class Gate:
    """See the module. Started when entered, ended when left; one request at a time, from any thread.

    `command`: how the child is started, None for the shipped one.
    """

    def __init__(self, shelf: Path, *, command: Sequence[str] | None = None) -> None:
        self._command = (*(command or (sys.executable, "-P", "-m", "services.gate.child")), str(shelf))
        self._lock = threading.Lock()
        self._serving: _Child | None = None
        self._reserve: _Child | None = None

    def __enter__(self) -> Gate:
        self._serving = self._start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for child in (self._serving, self._reserve):
            if child is not None:
                child.end()
        self._serving = self._reserve = None

    def ask(self, request: Request) -> Answer:
        """The answer about a file. Raises GateUnavailable only when no child can be started at all."""
        with self._lock:
            child = self._ready()
            until = time.monotonic() + WALL_SECONDS
            try:
                return _exchange(child.wire, request, until)
            except TimeoutError:
                self._replace(child)
                return _refused("too_slow")
            except (TooLong, MemoryError):
                self._replace(child)
                return _refused("too_hungry")
            except (OSError, msgspec.DecodeError, msgspec.ValidationError):
                found = child.autopsy()
                self._replace(child)
                return _refused(*found)

    def _ready(self) -> _Child:
        child = self._serving
        if child is None or child.process.poll() is not None:
            child = self._serving = self._start() if child is None else self._replace(child)
        if not child.is_ready:
            self._await_ready(child)
        return child

    def _replace(self, dead: _Child) -> _Child:
        """End a child; the one in reserve takes its place, and another goes into reserve."""
        dead.end()
        reserve, self._serving, self._reserve = self._reserve, None, None
        self._serving = reserve or self._start()
        self._reserve = self._start()
        return self._serving

    def _await_ready(self, child: _Child) -> None:
        try:
            said = receive(child.wire, most=len(READY), until=time.monotonic() + START_SECONDS)
        except (OSError, TooLong) as error:
            child.end()
            raise GateUnavailable(f"it did not answer within {START_SECONDS:g} s") from error
        if said != READY:
            _, status = child.autopsy()
            child.end()
            raise GateUnavailable(f"it ended at once ({status}); `{' '.join(self._command)}` shows why")
        child.is_ready = True

    def _start(self) -> _Child:
        ours, theirs = socket.socketpair()
        try:
            process = subprocess.Popen(self._command, stdin=theirs.fileno(), stdout=subprocess.DEVNULL, stderr=_stderr(),
                                       env=_environment(), cwd="/", start_new_session=True)
        except OSError as error:
            ours.close()
            raise GateUnavailable(str(error)) from error
        finally:
            theirs.close()
        return _Child(process=process, wire=ours)


@dataclass(slots=True, kw_only=True)
class _Child:
    """A child and the wire to it. `is_ready`: has it said that it serves?"""

    process: subprocess.Popen[bytes]
    wire: socket.socket
    is_ready: bool = False

    def autopsy(self) -> tuple[str, str]:
        """Why it died: a code and what is known of it."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(1)
        status = self.process.poll()
        if status in _SLOW_SIGNALS:
            return "too_slow", ""
        if status == _HUNGRY:
            return "too_hungry", ""
        return "crashed", _status(status)

    def end(self) -> None:
        """Hang up and end it, if it has not ended."""
        self.wire.close()
        self.process.kill()
        self.process.wait()


def _exchange(wire: socket.socket, request: Request, until: float) -> Answer:
    wire.settimeout(WALL_SECONDS)
    send(wire, encode(request))
    data = receive(wire, most=MAX_ANSWER, until=until)
    if data is None:
        raise ConnectionResetError("the child has hung up")
    return decode(data, Answer)


def _environment() -> dict[str, str]:
    """Where our modules are, and nothing else of ours: the database's address and the token stay on this side."""
    return {"PYTHONPATH": str(_ROOT), "LANG": "C.UTF-8"}


def _stderr() -> int | None:
    return None if os.environ.get("JIBAN_DEBUG") else subprocess.DEVNULL


def _status(status: int | None) -> str:
    if status is None:
        return "it answered nonsense"
    if status < 0:
        return f"signal {signal.Signals(-status).name}" if -status in set(signal.Signals) else f"signal {-status}"
    return f"exit status {status}"


_REASONS = {
    "too_slow": ("reading the file took too long and was stopped", "split the diagram into smaller processes"),
    "too_hungry": ("reading the file took too much memory and was stopped", "split the diagram into smaller processes"),
    "crashed": ("the program that read the file ended unexpectedly", "report this file to the makers of Jiban: it shows a "
                                                                       "fault of ours"),
}


def _refused(code: str, detail: str = "") -> Answer:
    message, hint = _REASONS[code]
    found = Diagnostic(code=code, severity=Severity.ERROR, element=None, line=None,
                       message=f"{message} ({detail})" if detail else message, hint=hint)
    return Answer(verdict="refused", diagnostics=(found,))
