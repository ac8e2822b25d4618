"""Nodes as they are served: `jiban serve` in processes of their own, asked over the wire."""

from __future__ import annotations

import http.client
import json
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.services.forking import Forked, fork, served_at

TOKEN = "nodes"
BEARER = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}


@dataclass(frozen=True, kw_only=True)
class Node:
    """`port`: where it answers requests; 0 for a worker."""

    process: Forked
    port: int

    def ask(self, method: str, path: str, body: object = None, *, timeout: float = 20, **headers: str) -> tuple[int, Any]:
        """Status and JSON of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, None if body is None else json.dumps(body), BEARER | headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def end(self, seconds: float = 40, *, number: signal.Signals = signal.SIGTERM) -> int:
        """Tell it to end; its exit status."""
        self.process.signal(number)
        return self.process.wait(seconds)

    @property
    def told(self) -> str:
        """What it has said of its work so far."""
        return self.process.log.read_text("utf-8")


@contextmanager
def node(url: str, folder: Path, *, role: str = "all", **settings: str) -> Iterator[Node]:
    """A node on a free port, killed in the end."""
    environment = {"JIBAN_DATABASE": url, "JIBAN_PORT": "0", "JIBAN_TOKEN": TOKEN, "JIBAN_TICK_SECONDS": "1"} | settings
    process = fork(["serve", "--role", role], environment, log=folder / f"node-{role}-{time.monotonic_ns()}.log")
    try:
        greeting = process.line(0)
        yield Node(process=process, port=served_at(greeting) if "http://" in greeting else 0)
    finally:
        process.kill()


def until(claim: Callable[[], object], *, seconds: float = 20) -> bool:
    """Wait until something is so; has it come to be so?"""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if claim():
            return True
        time.sleep(0.05)
    return False
