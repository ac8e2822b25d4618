"""Nodes as they are served: `jiban serve` in processes of their own, asked over the wire."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "nodes"
BEARER = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}


@dataclass(frozen=True, kw_only=True)
class Node:
    """`port`: where it answers requests; 0 for a worker. `log`: what it says."""

    process: subprocess.Popen[str]
    port: int
    log: Path

    def ask(self, method: str, path: str, body: object = None, *, timeout: float = 20, **headers: str) -> tuple[int, Any]:
        """Status and JSON of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, None if body is None else json.dumps(body), BEARER | headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def end(self, seconds: float = 40) -> int:
        """Tell it to end; its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=seconds)

    def kill(self) -> None:
        """Nobody is warned."""
        self.process.kill()
        self.process.wait()

    @property
    def told(self) -> str:
        """What it has said so far."""
        return self.log.read_text("utf-8")


@contextmanager
def node(url: str, folder: Path, *, role: str = "all", **settings: str) -> Iterator[Node]:
    """A node on a free port, killed in the end."""
    environment = os.environ | {"JIBAN_DATABASE": url, "JIBAN_PORT": "0", "JIBAN_TOKEN": TOKEN, "JIBAN_TICK_SECONDS": "1",
                                "PYTHONPATH": str(ROOT)} | settings
    log = folder / f"node-{role}-{time.monotonic_ns()}.log"
    with log.open("w") as told, subprocess.Popen([sys.executable, "-m", "services.cli", "serve", "--role", role], cwd=ROOT,
                                                 env=environment, stdout=subprocess.PIPE, stderr=told, text=True) as process:
        try:
            assert process.stdout is not None
            greeting = process.stdout.readline()
            assert "Jiban" in greeting, log.read_text()
            port = int(greeting.split("http://")[1].split("/")[0].rsplit(":", 1)[1]) if "http://" in greeting else 0
            yield Node(process=process, port=port, log=log)
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
