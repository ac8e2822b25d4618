"""The API of external tasks, for worker programs: fetch and lock, extend, complete, fail, throw a BPMN error.

The token of an account in the role 对接程序 serves the cases within its scope and sees nothing else of them; that of the
settings serves all. Waiting for a task holds a thread of the server, so that only a few wait at a time, for half a minute at
most, and whoever comes when they are taken is answered at once. """

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from threading import BoundedSemaphore
from time import monotonic, sleep

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from sqlalchemy import Connection

from engine.case import local_day
from engine.sight import EVERYWHERE, Scope, served_of
from services import errands, external_tasks
from services.acting import Stepped
from services.database import reading as read
from services.external_tasks import Holding
from services.web import auth
from services.web.auth import API
from services.web.describe import SECURITY, answered
from services.web.door import door, now
from services.web.entering import perform, sent
from services.web.once import kept_for, mark
from services.web.sent import as_json
from services.web.shapes import external_tasks as shapes
from services.web.shapes.cases import RaisedIncident

api = APIBlueprint("external_tasks", __name__, url_prefix=f"{API}/external-tasks",
                   abp_tags=[Tag(name="external tasks", description="系统对接")], abp_security=SECURITY)

WAITING = 3
"""How many may wait for a task at a time: each holds one of the server's threads."""

LOOK_EVERY = 0.5
"""Seconds between two looks of whoever waits."""

_WAITING = BoundedSemaphore(WAITING)


@api.post("/fetch-and-lock", summary="Fetch external tasks and lock them", operation_id="fetch_and_lock",
          responses=answered(shapes.HandedTasks, 409))
def fetch_and_lock(header: shapes.Serving, body: shapes.Fetching) -> Response:
    """Those that have waited longest first. Each is handed under a `fence`, to be named with whatever is said about it. Two
    requests never get the same task; one whose answer was lost is asked for again under its key, or comes back when its lock
    runs out. Nothing to do is not kept under a key."""
    marked = mark(header.key)
    if marked is not None and (kept := kept_for(marked)) is not None:
        return sent(kept)
    began, at = monotonic(), now()
    scopes = _scopes(at)
    with _waiting(body.wait_seconds) as seconds:
        while not _is_due(body, scopes, at + timedelta(seconds=monotonic() - began)):
            left = seconds - (monotonic() - began)
            if left <= 0:
                return as_json(shapes.HandedTasks(items=[]))
            sleep(min(LOOK_EVERY, left))
    return perform(lambda connection, at: shapes.HandedTasks(items=[
        shapes.HandedTask(**asdict(each)) for each in external_tasks.fetch_and_lock(
            connection, worker=body.worker, topics=body.topics, most=body.most, now=at, scopes=scopes,
            duration=timedelta(seconds=body.lock_seconds))]))


@api.post("/<id>/extend-lock", summary="Go on with an external task", operation_id="extend_lock",
          responses=answered(shapes.Extended, 404, 409))
def extend_lock(path: shapes.ExternalTaskPath, header: shapes.Serving, body: shapes.ExtendingLock) -> Response:
    """Before its lock runs out; also after, while nobody else has fetched it."""
    return perform(lambda connection, at: shapes.Extended(locked_until=external_tasks.extend_lock(
        connection, _held(path, header, body, at), duration=timedelta(seconds=body.lock_seconds))))


@api.post("/<id>/complete", summary="Complete an external task", operation_id="complete_external_task",
          responses=answered(shapes.ServedCase, 404, 409))
def complete(path: shapes.ExternalTaskPath, header: shapes.Serving, body: shapes.CompletingExternal) -> Response:
    """Moves the case on, once. Whoever's task another has fetched since is refused (409); one whose lock ran out while nobody
    has fetched it is believed. When the diagram cannot go on, the answer is 200 with the `incident`: a person is called."""
    return _moved(path, lambda connection, at: external_tasks.complete(
        connection, door().office, _held(path, header, body, at), data=body.variables))


@api.post("/<id>/failure", summary="Give an external task back", operation_id="fail_external_task",
          responses=answered(shapes.ServedCase, 404, 409))
def fail(path: shapes.ExternalTaskPath, header: shapes.Serving, body: shapes.FailingExternal) -> Response:
    """It can be fetched again later; when no retries are left, a person is called (`incident`)."""
    pause = None if body.retry_seconds is None else timedelta(seconds=body.retry_seconds)
    return _moved(path, lambda connection, at: external_tasks.fail(
        connection, door().office, _held(path, header, body, at), error=body.error, retries=body.retries, pause=pause))


@api.post("/<id>/bpmn-error", summary="Throw a BPMN error", operation_id="throw_bpmn_error",
          responses=answered(shapes.ServedCase, 404, 409))
def throw(path: shapes.ExternalTaskPath, header: shapes.Serving, body: shapes.ThrowingError) -> Response:
    """The case goes the way of the error boundary event of that code; where the diagram draws none, a person is called."""
    return _moved(path, lambda connection, at: external_tasks.throw(
        connection, door().office, _held(path, header, body, at), code=body.code, message=body.message, data=body.variables))


def _moved(path: shapes.ExternalTaskPath, command: Callable[[Connection, datetime], Stepped | None]) -> Response:
    """What came of it; what the case asks of others is done right after."""
    made: list[Stepped | None] = []

    def move(connection: Connection, at: datetime) -> shapes.ServedCase:
        made.append(command(connection, at))
        return _served(path.id.rpartition("-")[0], made[-1])

    answer = perform(move)
    if any(stepped.asks for stepped in made if stepped is not None):
        errands.run_now(door().database, door().office, now=now())
    return answer


def _served(number: str, stepped: Stepped | None) -> shapes.ServedCase:
    incident = stepped.incident if stepped is not None else None
    return shapes.ServedCase(
        case=number, version=stepped.version if stepped is not None else None,
        incident=None if incident is None else RaisedIncident(code=incident.code, message=str(incident)))


def _held(path: shapes.ExternalTaskPath, header: shapes.Serving, body: shapes._Holding, at: datetime) -> Holding:
    return Holding(task=path.id, worker=body.worker, fence=body.fence, by=header.by, now=at)


def _scopes(at: datetime) -> tuple[Scope, ...]:
    """Of which cases this request may fetch."""
    bearer = auth.bearer()
    if bearer is None:
        return EVERYWHERE
    with read(door().database) as connection:
        door().office.refresh(connection)
    return served_of(door().office.people, bearer.person, local_day(at))


def _is_due(body: shapes.Fetching, scopes: tuple[Scope, ...], at: datetime) -> bool:
    with read(door().database) as connection:
        return bool(scopes) and external_tasks.is_any_due(connection, body.topics, scopes, at)


@contextmanager
def _waiting(seconds: int) -> Iterator[float]:
    """How long this request may wait; 0 where too many wait already."""
    if not seconds or not _WAITING.acquire(blocking=False):
        yield 0
        return
    try:
        yield seconds
    finally:
        _WAITING.release()
