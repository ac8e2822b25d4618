"""A `jiban` in a process of its own, forked by a nursery: what it says is in files, and it can be signalled and waited for."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_NUMBERS = count(1)


@dataclass(kw_only=True)
class Forked:
    """`output`: its standard output; `log`: its standard error, which it may share with those before it. `_handle`: None once
    it has ended."""

    pid: int
    output: Path
    log: Path
    _status: Path
    _handle: int | None

    def signal(self, number: signal.Signals) -> None:
        """Raises ProcessLookupError when it has ended."""
        if self._handle is None:
            raise ProcessLookupError(self.pid)
        signal.pidfd_send_signal(self._handle, number)

    def has_ended(self, seconds: float = 0) -> bool:
        """Has it, or does it so soon?"""
        if self._handle is None:
            return True
        poll = select.poll()
        poll.register(self._handle, select.POLLIN)
        if not poll.poll(seconds * 1000):
            return False
        os.close(self._handle)
        self._handle = None
        return True

    def wait(self, seconds: float) -> int:
        """Its exit status, negative when it died of a signal. Raises TimeoutError when it has not ended by then."""
        has_ended, until = self.has_ended(seconds), time.monotonic() + 10
        while has_ended and time.monotonic() < until:
            if (status := _text(self._status)).endswith("\n"):
                return int(status)
            time.sleep(0.002)
        raise TimeoutError(f"process {self.pid} does not end, or nobody says how it has; see {self.log}")

    def forget(self) -> None:
        """Remove what it said and how it ended; its log stays."""
        self.output.unlink(missing_ok=True)
        self._status.unlink(missing_ok=True)

    def kill(self) -> None:
        """Nobody is warned; nothing happens when it has ended."""
        with suppress(ProcessLookupError):
            self.signal(signal.SIGKILL)
        self.has_ended(60)

    def line(self, number: int, *, seconds: float = 60) -> str:
        """A line of its output, from 0, waited for. Raises AssertionError with its log if none comes."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            has_ended, lines = self.has_ended(), _text(self.output).splitlines(keepends=True)
            if len(lines) > number and lines[number].endswith("\n"):
                return lines[number]
            if has_ended:
                break
            time.sleep(0.005)
        raise AssertionError(f"process {self.pid} does not say so: {_text(self.log)[-4000:]}")


def fork(arguments: Sequence[str], environment: Mapping[str, str], *, log: Path, rig: str = "") -> Forked:
    """Start `jiban` with these arguments. `rig`: ``module:function``, called in it before it begins."""
    place = log.with_name(f"{log.stem}.{next(_NUMBERS)}")
    output, status = place.with_suffix(f"{place.suffix}.out"), place.with_suffix(f"{place.suffix}.status")
    pid = _nursery().fork({"arguments": list(arguments), "environment": dict(environment), "output": str(output),
                           "log": str(log), "status": str(status), "rig": rig})
    return Forked(pid=pid, output=output, log=log, _status=status, _handle=_handle_of(pid))


def _handle_of(pid: int) -> int | None:
    """None for one that has ended already, and was reaped."""
    try:
        return os.pidfd_open(pid)
    except ProcessLookupError:
        return None


def served_at(greeting: str) -> int:
    """The port a node names in its first line."""
    return int(greeting.split("http://127.0.0.1:")[1].split("/")[0])


class _Nursery:
    """See `tests.services.nursery`. It ends when its standard input closes, with this process."""

    def __init__(self) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("JIBAN_")}
        self._process = subprocess.Popen([sys.executable, "-m", "tests.services.nursery"], cwd=ROOT, text=True,
                                         env=environment | {"PYTHONPATH": str(ROOT)}, stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE)
        assert self._said() == "ready"

    def fork(self, order: Mapping[str, object]) -> int:
        """The process id of what was asked for."""
        assert self._process.stdin is not None
        print(json.dumps(order), file=self._process.stdin, flush=True)
        return int(self._said())

    def _said(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


@cache
def _nursery() -> _Nursery:
    return _Nursery()


def _text(file: Path) -> str:
    return file.read_text("utf-8") if file.exists() else ""
