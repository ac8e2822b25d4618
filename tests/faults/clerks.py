"""Clerks who go on working whatever happens to the nodes they work at."""

from __future__ import annotations

import json
import threading
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import count
from random import Random
from typing import Any, TypeAlias
from urllib.parse import quote

from tests.faults.nodes import TOKEN, Node

Answer: TypeAlias = tuple[int, dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Request:
    """Something a clerk wants done once, whatever it takes."""

    path: str
    body: dict[str, Any]
    key: str


@dataclass(kw_only=True)
class Wire:
    """A connection that is kept while its node is up. `by`: who asks; "" where people are not known."""

    by: str = ""
    connection: HTTPConnection | None = None

    def ask(self, port: int | None, method: str, path: str, body: object = None, key: str | None = None) -> Answer | None:
        """The answer; None when the node is down, or was killed before it was heard."""
        if port is None:
            return None
        if self.connection is None or self.connection.port != port:
            self.close()
            self.connection = HTTPConnection("127.0.0.1", port, timeout=60)
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"} | (
            {"Idempotency-Key": key} if key else {}) | ({"X-Jiban-Actor": quote(self.by)} if self.by else {})
        try:
            self.connection.request(method, path, None if body is None else json.dumps(body), headers)
            response = self.connection.getresponse()
            return response.status, json.loads(response.read())
        except (OSError, HTTPException, ValueError):
            self.close()
            return None

    def close(self) -> None:
        """Hang up."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None


@dataclass(kw_only=True)
class Clerk:
    """Works at any of the `nodes` on the `cases` all clerks share, of one process that goes round. `by`: as in `Wire`.
    `acknowledged`: what a node said is done, and of which case. `refused`: what was answered 409, because a colleague was
    quicker. `lost`: what got no answer, `away`: what was answered 503, by what was said to be wrong. `strange`: answers there
    should never be."""

    nodes: Sequence[Node]
    number: int
    stop: threading.Event
    by: str = ""
    cases: list[str] = field(default_factory=list)
    acknowledged: list[tuple[Request, str]] = field(default_factory=list)
    refused: int = 0
    lost: int = 0
    away: Counter[str] = field(default_factory=Counter)
    strange: list[str] = field(default_factory=list)
    keys: Any = field(default_factory=count)
    wires: dict[int, Wire] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.random = Random(self.number)

    def work(self) -> None:
        """Do one thing after another until told to stop; what got no answer is asked again, under the same key."""
        while not self.stop.is_set():
            if (request := self.next()) is not None:
                self.do(request)
        for wire in self.wires.values():
            wire.close()

    def next(self) -> Request | None:
        """What to do next; None: nothing is open where he looked."""
        if len(self.cases) < 12 or self.random.random() < 0.02:
            return self.opening("busy")
        tasks = self.tasks(self.random.choice(self.cases))
        return self.completion(self.random.choice(tasks)) if tasks else None

    def opening(self, process: str) -> Request:
        """A case is to be opened."""
        return Request(path="/api/v1/cases", body={"process": process, "data": {}}, key=self._key())

    def completion(self, task: dict[str, Any]) -> Request:
        """A task is to be completed, with any of its outcomes."""
        body = {"outcome": self.random.choice(task["outcomes"])} if task["outcomes"] else {}
        return Request(path=f"/api/v1/tasks/{task['id']}/complete", body=body, key=self._key())

    def tasks(self, case: str) -> list[dict[str, Any]]:
        """The open tasks of a case, as far as a node says."""
        answer = self._ask("GET", f"/api/v1/tasks?case={case}")
        return list(answer[1]["items"]) if answer and answer[0] == 200 else []

    def do(self, request: Request) -> dict[str, Any] | None:
        """Have it done: the answer when it was; None when it was refused, or he was told to stop before it was answered."""
        while not self.stop.is_set():
            answer = self._ask("POST", request.path, request.body, request.key)
            if answer is not None and answer[0] != 503:
                return self._note(request, *answer)
            if answer is None:
                self.lost += 1
            else:
                self.away[answer[1]["type"].rpartition(":")[-1]] += 1
            self.stop.wait(0.02)
        return None

    def _note(self, request: Request, status: int, answer: dict[str, Any]) -> dict[str, Any] | None:
        if status in (200, 201):
            self.acknowledged.append((request, answer["number"]))
            if status == 201:
                self.cases.append(answer["number"])
            return answer
        if status == 409:
            self.refused += 1
        else:
            self.strange.append(f"{request}: {status} {answer}")
        return None

    def _ask(self, method: str, path: str, body: object = None, key: str | None = None) -> Answer | None:
        place = self.random.randrange(len(self.nodes))
        wire = self.wires.setdefault(place, Wire(by=self.by))
        answer = wire.ask(self.nodes[place].port, method, path, body, key)
        if answer is None:
            self.stop.wait(0.01)
        return answer

    def _key(self) -> str:
        return f"clerk{self.number}-{next(self.keys)}"


@dataclass(kw_only=True)
class Thorough(Clerk):
    """A clerk with cases of his own, whom he takes to their end: `share` of them, a few at a time. `ended`: those that are."""

    process: str
    last: str
    share: int
    ended: int = 0
    underway: deque[str] = field(default_factory=deque)

    AT_ONCE = 8

    def work(self) -> None:
        """Until all are at their end, or he is told to stop."""
        while not self.stop.is_set() and self.ended < self.share:
            if len(self.cases) < self.share and len(self.underway) < self.AT_ONCE:
                self._open()
            else:
                self._go_on(self.underway[0])
                self.underway.rotate(-1)
        for wire in self.wires.values():
            wire.close()

    def _open(self) -> None:
        if (answer := self.do(self.opening(self.process))) is not None:
            self.underway.append(answer["number"])
            self._complete(answer["tasks"])

    def _go_on(self, case: str) -> None:
        tasks = self.tasks(case)
        if not tasks:
            self.stop.wait(0.01)
        self._complete(tasks)

    def _complete(self, tasks: list[dict[str, Any]]) -> None:
        for task in tasks:
            if self.do(self.completion(task)) is not None and task["node"] == self.last:
                self.ended += 1
                self.underway.remove(task["case"])
