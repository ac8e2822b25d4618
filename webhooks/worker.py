"""A worker program for external tasks, on the other side of the wire: take this file along, it needs nothing but Python 3.11.

::

    def lookup(task: Task) -> Mapping[str, object]:
        return {"is_registered": registry.knows(task.variables["credit_code"])}

    serve(Client("https://jiban.example.gov.cn", token, worker="registry-1"), {"registry.lookup": lookup})

What `serve` promises: a task is locked and stays so while its handler runs (the lock is extended in time); an answer is sent
again, under the same key, until the server has said that it has it; a handler's exception gives the task back for a later try,
`BpmnError` is an answer; SIGTERM lets the task at hand be finished and takes no other. While the server is away it is asked
ever more rarely, up to once a minute. A worker that is killed loses nothing: its lock runs out, and another fetches the task.

What it cannot promise: that the *outside* sees a piece of work once. A worker may be killed after it has done it and before it
has said so. `Task.id` never changes: send it along as the key of what you do outside, and have repetitions recognised there.

Imports nothing of this program, so that it can be copied; it holds what `/api/v1/external-tasks` is described to take.
"""

from __future__ import annotations

import json
import logging
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from random import uniform
from threading import Event, Thread, current_thread, main_thread
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener
from uuid import uuid4

SECONDS = 30
"""For one request, beyond what it asks the server to wait."""

LONGEST_PAUSE = 60.0
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Task:
    """An external task as it was handed over. `id` never changes; `fence` tells this handing from others; `variables`: what the
    diagram's `takes` names."""

    id: str
    topic: str
    case: str
    process: str
    node: str
    name: str
    fence: int
    locked_until: str
    retries: int
    error: str
    variables: Mapping[str, Any]


class BpmnError(Exception):
    """An answer the diagram draws: the case goes the way of the error boundary event of this code."""

    def __init__(self, code: str, message: str = "", variables: Mapping[str, object] | None = None) -> None:
        self.code, self.message, self.variables = code, message, dict(variables or {})
        super().__init__(f"{code}: {message}")


class GiveBack(Exception):
    """The work could not be done now. `retries`: how often to try again, None: once less than before; `seconds`: when, None:
    the server's own schedule."""

    def __init__(self, error: str, *, retries: int | None = None, seconds: int | None = None) -> None:
        self.error, self.retries, self.seconds = error, retries, seconds
        super().__init__(error)


class Away(Exception):
    """The server does not answer, or says that it cannot just now: nothing was decided."""


class Refused(Exception):
    """The server has said no. `status` 409: the task is another's, or is over."""

    def __init__(self, status: int, detail: str) -> None:
        self.status, self.detail = status, detail
        super().__init__(f"{status}: {detail}")


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *given: Any) -> None:
        return None


@dataclass(frozen=True, kw_only=True)
class _Held:
    """Whether the task at hand is still this worker's."""

    lost: Event = field(default_factory=Event)
    done: Event = field(default_factory=Event)


class Client:
    """The API of external tasks, for one worker. `worker`: what it calls itself; best one name a process. The token is sent to
    `address` and nowhere else: no proxy of the environment, no redirect."""

    def __init__(self, address: str, token: str, *, worker: str) -> None:
        self.address, self.worker, self._token = address.rstrip("/"), worker, token
        self._opener = build_opener(ProxyHandler({}), _NoRedirects)

    def fetch(self, topics: Sequence[str], *, most: int = 1, lock_seconds: int = 60, wait_seconds: int = 0) -> list[Task]:
        """Tasks of these topics, locked. Raises Away, Refused."""
        said = self._post("fetch-and-lock", {
            "worker": self.worker, "topics": list(topics), "most": most, "lock_seconds": lock_seconds,
            "wait_seconds": wait_seconds}, SECONDS + wait_seconds)
        return [Task(**each) for each in said["items"]]

    def extend(self, task: Task, lock_seconds: int) -> None:
        """The task stays this worker's so long from now. Raises Away, Refused."""
        self._about(task, "extend-lock", {"lock_seconds": lock_seconds})

    def complete(self, task: Task, variables: Mapping[str, object] | None = None) -> Mapping[str, Any]:
        """The work is done. Raises Away, Refused."""
        return self._about(task, "complete", {"variables": dict(variables or {})})

    def throw(self, task: Task, error: BpmnError) -> Mapping[str, Any]:
        """The work came out as an error the diagram draws. Raises Away, Refused."""
        return self._about(task, "bpmn-error", {"code": error.code, "message": error.message, "variables": error.variables})

    def fail(self, task: Task, why: GiveBack) -> Mapping[str, Any]:
        """The work could not be done. Raises Away, Refused."""
        return self._about(task, "failure", {"error": why.error[:1000] or "?", "retries": why.retries,
                                             "retry_seconds": why.seconds})

    def _about(self, task: Task, what: str, said: Mapping[str, object]) -> Mapping[str, Any]:
        """Under a key of this task, this handing and this word, so that saying it again does nothing twice."""
        key = f"{task.id}/{task.fence}/{what}" if what != "extend-lock" else str(uuid4())
        body = {name: value for name, value in said.items() if value is not None}
        return self._post(f"{task.id}/{what}", {"worker": self.worker, "fence": task.fence, **body}, SECONDS, key)

    def _post(self, path: str, body: Mapping[str, object], seconds: float, key: str = "") -> Mapping[str, Any]:
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json",
                   **({"Idempotency-Key": key} if key else {})}
        request = Request(f"{self.address}/api/v1/external-tasks/{quote(path)}", json.dumps(body).encode(), headers,
                          method="POST")
        try:
            with self._opener.open(request, timeout=seconds) as answer:
                said: Mapping[str, Any] = json.load(answer)
                return said
        except HTTPError as error:
            detail = _detail(error)
            if error.code in (429, 500, 502, 503, 504):
                raise Away(f"{error.code}: {detail}") from error
            raise Refused(error.code, detail) from error
        except (OSError, HTTPException, ValueError) as error:  # no connection, a broken one, or an answer that is none
            raise Away(str(error) or type(error).__name__) from error


Handler = Callable[[Task], Mapping[str, object] | None]
Outcome = Mapping[str, object] | BpmnError | GiveBack


def serve(
    client: Client, handlers: Mapping[str, Handler], *, lock_seconds: int = 60, wait_seconds: int = 10,
    stop: Event | None = None,
) -> None:
    """Fetch tasks of the handlers' topics, one at a time, and have them done, until `stop` is set or SIGTERM or SIGINT comes.
    Raises Refused when the server takes neither token nor topics: nothing would become better by asking again."""
    stop = stop or Event()
    with _stopped_by_signals(stop):
        for task in _tasks(client, list(handlers), lock_seconds, wait_seconds, stop):
            if stop.is_set():
                _tell(client, task, GiveBack("the worker was stopped before it began", retries=task.retries, seconds=0), stop)
            else:
                _do(client, task, handlers[task.topic], lock_seconds, stop)


def _tasks(
    client: Client, topics: Sequence[str], lock_seconds: int, wait_seconds: int, stop: Event,
) -> Iterator[Task]:
    """One after the other, as they come; while the server is away it is asked ever more rarely."""
    pause = 1.0
    while not stop.is_set():
        try:
            began = time.monotonic()
            found = client.fetch(topics, lock_seconds=lock_seconds, wait_seconds=wait_seconds)
            yield from found
            if not found and time.monotonic() - began < 1:  # too many wait there already
                stop.wait(uniform(0.5, 1.5))
            pause = 1.0
        except Away as error:
            _LOG.warning("the server is away, asked again in %.0f seconds: %s", pause, error)
            stop.wait(pause * uniform(0.8, 1.2))
            pause = min(2 * pause, LONGEST_PAUSE)


def _do(client: Client, task: Task, handler: Handler, lock_seconds: int, stop: Event) -> None:
    with _extended(client, task, lock_seconds) as held:
        outcome = _outcome(client, task, handler)
        if held.lost.is_set():
            _LOG.warning("task %s is no longer this worker's; what was done is not told", task.id)
        else:
            _tell(client, task, outcome, stop)


def _outcome(client: Client, task: Task, handler: Handler) -> Outcome:
    try:
        return handler(task) or {}
    except (BpmnError, GiveBack) as said:
        return said
    except Exception as error:  # noqa: BLE001
        # A handler's own fault: the task is given back; what it says is written down here, where data may be seen.
        _LOG.exception("task %s failed", task.id)
        return GiveBack(f"{type(error).__name__} in the worker {client.worker}; its log says more")


def _tell(client: Client, task: Task, outcome: Outcome, stop: Event) -> None:
    """Say what came of it until the server has it: for a minute after a stop, else for as long as that takes."""
    pause, until = 0.5, None
    while True:
        try:
            return _say(client, task, outcome)
        except Refused as error:
            _LOG.warning("task %s: what was said about it is refused: %s", task.id, error)
            return None if error.status in (404, 409) else _give_up(client, task, error)
        except Away as error:
            until = until or (time.monotonic() + LONGEST_PAUSE if stop.is_set() else None)
            if until is not None and time.monotonic() > until:
                return _LOG.error("task %s: the server stays away; its lock runs out, another does it: %s", task.id, error)
            time.sleep(pause * uniform(0.8, 1.2))
            pause = min(2 * pause, LONGEST_PAUSE)


def _say(client: Client, task: Task, outcome: Outcome) -> None:
    if isinstance(outcome, BpmnError):
        client.throw(task, outcome)
    elif isinstance(outcome, GiveBack):
        client.fail(task, outcome)
    else:
        client.complete(task, outcome)


def _give_up(client: Client, task: Task, error: Refused) -> None:
    """An answer the server cannot take, such as of an undeclared variable, would be refused again and again: a person looks."""
    try:
        client.fail(task, GiveBack(f"the worker's answer was refused: {error.detail}", retries=0))
    except (Away, Refused) as further:
        _LOG.warning("task %s: %s", task.id, further)


@contextmanager
def _extended(client: Client, task: Task, lock_seconds: int) -> Iterator[_Held]:
    """The lock is extended three times in its length, until the work is done or another has the task."""
    held = _Held()

    def go_on() -> None:
        while not held.done.wait(lock_seconds / 3):
            try:
                client.extend(task, lock_seconds)
            except Away:
                continue  # the next time; should the lock run out meanwhile, the fence decides
            except Refused:
                held.lost.set()
                return

    going_on = Thread(target=go_on, name=f"lock of {task.id}", daemon=True)
    going_on.start()
    try:
        yield held
    finally:
        held.done.set()


@contextmanager
def _stopped_by_signals(stop: Event) -> Iterator[None]:
    """SIGTERM and SIGINT set `stop`; where this is not the main thread, whoever runs it sets it himself."""
    if current_thread() is not main_thread():
        yield
        return
    before = {each: signal.signal(each, lambda number, frame: stop.set()) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _detail(error: HTTPError) -> str:
    """What the server says is wrong (RFC 9457)."""
    try:
        return str(json.loads(error.read(64 * 1024)).get("detail", error.reason))
    except (ValueError, AttributeError, OSError):
        return str(error.reason)
