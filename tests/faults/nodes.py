"""Nodes of the real program that can be killed, frozen and thawed, forked by a nursery."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path

ROOT = Path(__file__).parents[2]
TOKEN = "faults"
PATIENCE = 60.0
_STARTS = count(1)


def command_line(role: str = "all") -> list[str]:
    """How a node is started: the one place that knows. `role`: serve the face and ring (all), or only work."""
    return ["work", "--loop"] if role == "worker" else ["serve"]


class Nursery:
    """See `tests.faults.nursery`."""

    def __init__(self) -> None:
        self._process = subprocess.Popen([sys.executable, "-m", "tests.faults.nursery"], cwd=ROOT, text=True,
                                         env={**os.environ, "PYTHONPATH": str(ROOT)}, stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE)
        assert self._said() == "ready"

    def fork(self, arguments: Sequence[str], environment: Mapping[str, str], *, output: Path, log: Path, rig: str) -> int:
        """Start a node; its process id."""
        assert self._process.stdin is not None
        order = {"arguments": list(arguments), "environment": dict(environment), "output": str(output), "log": str(log),
                 "rig": rig}
        print(json.dumps(order), file=self._process.stdin, flush=True)
        return int(self._said())

    def _said(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


@cache
def nursery() -> Nursery:
    """The one of this process; it ends when its standard input closes."""
    return Nursery()


@dataclass(kw_only=True)
class Node:
    """A node on the database behind `url`. `port`: where it listens now, None while it is down or listens nowhere. `settings`:
    of its environment, beside the usual; `rig`: what is done to it before it begins."""

    url: str
    log: Path
    role: str = "all"
    settings: Mapping[str, str] = field(default_factory=dict)
    rig: str = ""
    port: int | None = None
    pid: int | None = None
    _handle: int = -1

    def start(self) -> None:
        """Start it and wait until it serves; a worker is not waited for."""
        environment = {"JIBAN_DATABASE": self.url, "JIBAN_TOKEN": TOKEN, "JIBAN_PORT": "0", "JIBAN_TICK_SECONDS": "0.1",
                       **self.settings}
        output = self.log.with_name(f"{self.log.stem}.{next(_STARTS)}.out")
        self.pid = nursery().fork(command_line(self.role), environment, output=output, log=self.log, rig=self.rig)
        self._handle = os.pidfd_open(self.pid)
        if self.role != "worker":
            self.port = self._port(output)

    def kill(self) -> None:
        """Nobody is warned."""
        self.port = None
        self._signal(signal.SIGKILL)
        self._gone()

    def stop(self) -> None:
        """It is asked to end."""
        self.port = None
        self._signal(signal.SIGTERM)
        self._gone()

    def freeze(self) -> None:
        """It does nothing more, and holds what it holds."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on as if no time had passed."""
        self._signal(signal.SIGCONT)

    @property
    def is_up(self) -> bool:
        """Is its process there?"""
        return self._handle >= 0 and not self._ended(0)

    def await_end(self) -> None:
        """Wait until it has ended by itself; then it is down."""
        self.port = None
        self._gone()

    def _signal(self, number: signal.Signals) -> None:
        try:
            signal.pidfd_send_signal(self._handle, number)
        except ProcessLookupError as error:
            raise AssertionError(f"node {self.pid} has ended by itself: {self.log.read_text()[-4000:]}") from error

    def _gone(self) -> None:
        if not self._ended(PATIENCE):
            raise TimeoutError(f"node {self.pid} does not end; see {self.log}")
        os.close(self._handle)
        self._handle, self.pid = -1, None

    def _ended(self, seconds: float) -> bool:
        poll = select.poll()
        poll.register(self._handle, select.POLLIN)
        return bool(poll.poll(seconds * 1000))

    def _port(self, output: Path) -> int:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self.is_up:
            said = output.read_text() if output.exists() else ""
            if "http://127.0.0.1:" in said and "\n" in said:
                output.unlink()
                return int(said.split("http://127.0.0.1:")[1].split("/")[0])
            time.sleep(0.005)
        raise AssertionError(f"the node does not serve: {self.log.read_text()}")
