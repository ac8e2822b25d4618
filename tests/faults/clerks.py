"""A real server that can be killed, and clerks who go on working whatever happens to it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).parents[2]
TOKEN = "faults"


@dataclass(kw_only=True)
class Server:
    """`jiban serve` in a process of its own. `port`: where the present one listens, None while it is down;
    `fixed`: where it has to, None: wherever there is room."""

    url: str
    log: Path
    port: int | None = None
    fixed: int | None = None
    process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start it and wait until it serves."""
        environment = {**os.environ, "JIBAN_DATABASE": self.url, "JIBAN_TOKEN": TOKEN, "JIBAN_PORT": str(self.fixed or 0),
                       "JIBAN_TICK_SECONDS": "0.1"}
        with self.log.open("a") as log:
            self.process = subprocess.Popen([sys.executable, "-m", "services.cli", "serve"], cwd=ROOT, env=environment,
                                            stdout=subprocess.PIPE, stderr=log, text=True)
        assert self.process.stdout is not None
        greeting = self.process.stdout.readline()
        assert "http://" in greeting, self.log.read_text()
        self.port = int(greeting.split("http://127.0.0.1:")[1].split("/")[0])

    def kill(self) -> None:
        """Nobody is warned."""
        assert self.process is not None and self.process.stdout is not None
        self.process.send_signal(signal.SIGKILL)
        self.port = None
        self.process.wait()
        self.process.stdout.close()


@dataclass(frozen=True, kw_only=True)
class Request:
    """Something a clerk wants done once, whatever it takes."""

    path: str
    body: dict[str, Any]
    key: str


@dataclass(kw_only=True)
class Clerk:
    """Works on the `cases` all clerks share. `acknowledged`: what the server said is done, with its answer. `refused`: what
    it answered 409, because a colleague was quicker. `strange`: answers there should never be."""

    server: Server
    number: int
    cases: list[str]
    stop: threading.Event
    acknowledged: list[tuple[Request, dict[str, Any]]] = field(default_factory=list)
    refused: int = 0
    lost: int = 0
    strange: list[str] = field(default_factory=list)
    keys: Any = field(default_factory=count)
    tasks: list[dict[str, Any]] = field(default_factory=list)

    def work(self) -> None:
        """Do one thing after another until told to stop; what got no answer is asked again, under the same key."""
        random = Random(self.number)
        while not self.stop.is_set():
            self._do(self._next(random))

    def _next(self, random: Random) -> Request | None:
        key = f"clerk{self.number}-{next(self.keys)}"
        if len(self.cases) < 12 or random.random() < 0.02:
            return Request(path="/api/v1/cases", body={"process": "busy", "data": {}}, key=key)
        answer = self._ask("GET", f"/api/v1/tasks?case={random.choice(self.cases)}", None, None)
        tasks = answer[1]["items"] if answer and answer[0] == 200 else []
        if not tasks:
            return None
        task = random.choice(tasks)
        return Request(path=f"/api/v1/tasks/{task['id']}/complete", body={"outcome": random.choice(task["outcomes"])}, key=key)

    def _do(self, request: Request | None) -> None:
        while request is not None and not self.stop.is_set():
            answer = self._ask("POST", request.path, request.body, request.key)
            if answer is None:
                self.lost += 1
                self.stop.wait(0.02)
                continue
            self._note(request, *answer)
            return

    def _note(self, request: Request, status: int, answer: dict[str, Any]) -> None:
        if status in (200, 201):
            self.acknowledged.append((request, answer))
            if status == 201:
                self.cases.append(answer["number"])
        elif status == 409:
            self.refused += 1
        else:
            self.strange.append(f"{request}: {status} {answer}")

    def _ask(self, method: str, path: str, body: object, key: str | None) -> tuple[int, dict[str, Any]] | None:
        """The answer; None when the server was killed before it was heard."""
        if self.server.port is None:
            self.stop.wait(0.02)
            return None
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"} | (
            {"Idempotency-Key": key} if key else {})
        connection = HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        except (OSError, HTTPException, ValueError):
            return None
        finally:
            connection.close()
