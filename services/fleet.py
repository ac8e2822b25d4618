"""Several nodes on one machine, each `jiban serve` in a process of its own: started, started again when one dies, told to end.

For trying a cluster and for measuring one; a real office lets its service manager do this, on as many machines as it likes. It
knows nothing of what a node does: it reads the first line one says, and passes on the rest.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Thread

from engine.errors import JibanError
from services.shutdown import Shutdown

WATCH_SECONDS = 0.5
_GREETING = re.compile(r"http://[^ ]*:(\d+)/")

Told = Callable[[str], None]


class NodeFailed(JibanError):
    """A node ended before it served."""

    def __init__(self, number: int, said: str) -> None:
        self.number = number
        super().__init__(f"node {number} has not begun to serve: {said or 'it said nothing'}")


@dataclass(slots=True, kw_only=True)
class Node:
    """One of them. `port`: where it answers; 0 until it has said so."""

    number: int
    settings: Mapping[str, str]
    process: subprocess.Popen[str] | None = None
    port: int = 0

    def start(self) -> None:
        """Begin to start it."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "services.cli", "serve"], env={**os.environ, **self.settings}, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", start_new_session=True)

    def await_service(self, told: Told) -> None:
        """Wait until it serves. Raises NodeFailed."""
        assert self.process is not None and self.process.stdout is not None
        said = ""
        for line in self.process.stdout:
            told(f"node {self.number} | {line.rstrip()}")
            if (found := _GREETING.search(line)) and line.startswith("Jiban serves"):
                self.port = int(found[1])
                Thread(target=self._pass_on, args=(told,), daemon=True).start()
                return
            said = line.strip()
        self.process.wait()
        raise NodeFailed(self.number, said)

    def is_alive(self) -> bool:
        """Is its process there?"""
        return self.process is not None and self.process.poll() is None

    def _pass_on(self, told: Told) -> None:
        assert self.process is not None and self.process.stdout is not None
        for line in self.process.stdout:
            told(f"node {self.number} | {line.rstrip()}")


class Fleet:
    """So many nodes, each with settings of its own beside those of this process."""

    def __init__(self, settings: list[Mapping[str, str]], *, told: Told = lambda line: None) -> None:
        self._told = told
        self.nodes = [Node(number=number, settings=each) for number, each in enumerate(settings, 1)]

    def start(self) -> None:
        """Start all of them; none is left behind when one fails. Raises NodeFailed."""
        try:
            for node in self.nodes:
                node.start()
            for node in self.nodes:
                node.await_service(self._told)
        except BaseException:
            self.stop(0)
            raise

    def watch(self, shutdown: Shutdown) -> None:
        """Start again whichever dies, until told to end."""
        while not shutdown.wait(WATCH_SECONDS):
            for node in self.nodes:
                if not node.is_alive() and not shutdown.is_asked:
                    self._told(f"node {node.number} has died; it is started again")
                    try:
                        node.start()
                        node.await_service(self._told)
                    except NodeFailed as error:
                        self._told(f"{error}; once more in a moment")
                        shutdown.wait(5)

    def stop(self, seconds: float = 30) -> None:
        """Tell all of them to end, and kill those that have not after so long."""
        alive = [node.process for node in self.nodes if node.process is not None and node.is_alive()]
        for process in alive:
            process.send_signal(signal.SIGTERM if seconds else signal.SIGKILL)
        for process in alive:
            try:
                process.wait(timeout=seconds or None)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
