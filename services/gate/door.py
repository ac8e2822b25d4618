"""The door to the child: asks about one stranger's file, and has an answer whatever the file does.

::

    ask ──► child: check, try ──► answer
                │
                ├─ more CPU than it may use, or no answer in time ──► killed ──► refused: too_slow
                ├─ more memory than it may have ───────────────────► ended  ──► refused: too_hungry
                └─ anything else that ends it ─────────────────────► ended  ──► refused: crashed

One child serves file after file; a new one is started when the last has died. Nothing of a file's content is looked at
on this side. The child inherits no setting, no secret and no open file.
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
        self._child: subprocess.Popen[bytes] | None = None
        self._wire: socket.socket | None = None
        self._is_ready = False

    def __enter__(self) -> Gate:
        self._start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._end()

    def ask(self, request: Request) -> Answer:
        """The answer about a file. Raises GateUnavailable only when no child can be started at all."""
        with self._lock:
            wire = self._ready()
            until = time.monotonic() + WALL_SECONDS
            try:
                return self._exchange(wire, request, until)
            except TimeoutError:
                self._end()
                return _refused("too_slow")
            except (TooLong, MemoryError):
                self._end()
                return _refused("too_hungry")
            except (OSError, msgspec.DecodeError, msgspec.ValidationError):
                return _refused(*self._autopsy())

    def _exchange(self, wire: socket.socket, request: Request, until: float) -> Answer:
        wire.settimeout(WALL_SECONDS)
        send(wire, encode(request))
        data = receive(wire, most=MAX_ANSWER, until=until)
        if data is None:
            raise ConnectionResetError("the child has hung up")
        return decode(data, Answer)

    def _autopsy(self) -> tuple[str, str]:
        """Why the child died: a code and what is known of it."""
        assert self._child is not None
        with suppress(subprocess.TimeoutExpired):
            self._child.wait(1)
        status = self._child.poll()
        self._end()
        if status in _SLOW_SIGNALS:
            return "too_slow", ""
        if status == _HUNGRY:
            return "too_hungry", ""
        return "crashed", _status(status)

    def _ready(self) -> socket.socket:
        if self._wire is None or self._child is None or self._child.poll() is not None:
            self._end()
            self._start()
        assert self._wire is not None
        if not self._is_ready:
            self._await_ready(self._wire)
        return self._wire

    def _await_ready(self, wire: socket.socket) -> None:
        try:
            said = receive(wire, most=len(READY), until=time.monotonic() + START_SECONDS)
        except (OSError, TooLong) as error:
            self._end()
            raise GateUnavailable(f"it did not answer within {START_SECONDS:g} s") from error
        if said != READY:
            _, status = self._autopsy()
            raise GateUnavailable(f"it ended at once ({status}); `{' '.join(self._command)}` shows why")
        self._is_ready = True

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        try:
            self._child = subprocess.Popen(self._command, stdin=theirs.fileno(), stdout=subprocess.DEVNULL, stderr=_stderr(),
                                           env=_environment(), cwd="/", start_new_session=True)
        except OSError as error:
            ours.close()
            raise GateUnavailable(str(error)) from error
        finally:
            theirs.close()
        self._wire, self._is_ready = ours, False

    def _end(self) -> None:
        if self._wire is not None:
            self._wire.close()
            self._wire = None
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            self._child = None


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
