"""Nodes of the real program that can be killed, frozen and thawed, forked by a nursery."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.services.forking import Forked, fork, served_at

TOKEN = "faults"
PATIENCE = 60.0


def command_line(role: str = "all") -> list[str]:
    """How a node is started: the one place that knows. `role`: serve the face and ring (all), or one of both (web, worker)."""
    return ["work", "--loop"] if role == "worker" else ["serve", "--role", role]


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
    _forked: Forked | None = None

    def start(self) -> None:
        """Start it and wait until it serves; a worker is not waited for."""
        environment = {"JIBAN_DATABASE": self.url, "JIBAN_TOKEN": TOKEN, "JIBAN_PORT": "0", "JIBAN_TICK_SECONDS": "0.1",
                       **self.settings}
        self._forked = fork(command_line(self.role), environment, log=self.log, rig=self.rig)
        if self.role != "worker":
            self.port = served_at(self._forked.line(0, seconds=PATIENCE))

    def kill(self) -> None:
        """Nobody is warned."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """It is asked to end."""
        self._end(signal.SIGTERM)

    def freeze(self) -> None:
        """It does nothing more, and holds what it holds."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on as if no time had passed."""
        self._signal(signal.SIGCONT)

    @property
    def pid(self) -> int:
        """Of its process."""
        return self._process.pid

    @property
    def is_up(self) -> bool:
        """Is its process there?"""
        return self._forked is not None and not self._forked.has_ended()

    def await_end(self) -> None:
        """Wait until it has ended by itself; then it is down."""
        self.port = None
        self._process.wait(PATIENCE)
        self._process.forget()
        self._forked = None

    def _end(self, number: signal.Signals) -> None:
        self.port = None
        self._signal(number)
        self.await_end()

    def _signal(self, number: signal.Signals) -> None:
        try:
            self._process.signal(number)
        except ProcessLookupError as error:
            raise AssertionError(f"node {self.pid} has ended by itself: {self.log.read_text()[-4000:]}") from error

    @property
    def _process(self) -> Forked:
        assert self._forked is not None, f"the node is down: {self.log}"
        return self._forked
