"""External tasks: what service tasks wait for, taken, answered and given back by workers over the wire.

A service task opens one row in the transaction that moves the token there. Workers take turns at it, in Camunda's manner::

    open ──fetch and lock──► a worker's, until its lock runs out ──complete──► over: the token moves, once
      ▲  ▲                      │      │       │
      │  └──── the lock runs out┘      │       └──BPMN error──► over: the token goes the way of the error boundary event
      └─ later ── failure, retries left┘
                  failure, none left ──► held up by an incident, until a person has looked (`services.incidents`)

**The fence.** Every fetch gives the task the next number. Whoever extends, completes or gives back names his worker and that
number; a worker whose lock ran out and whose task another has fetched since, under whatever name, is refused (LockLost, 409).
A worker whose lock ran out while nobody else has fetched the task is believed: the work is done, and nobody has begun it again.
A worker that is killed loses nothing: its lock runs out. Whether the *outside* sees a piece of work twice, no lock can decide;
therefore each task has an id that never changes, `<case>-<token>`, for whoever is called to tell repetitions by.

**Least data.** A worker is given what the diagram's `takes` names of the case's data, and nothing else. What it answers is
checked like a message: variables the task gives, or any the diagram declares where the task does not say which.

Fetching and extending touch the external task's row alone: no case is locked, no fact told. Only what moves the case or calls a
person is told. A case that stands still 暂停 hands out nothing, but takes an answer, as it takes a message.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson
from sqlalchemy import Connection

from engine.definitions.model import Node
from engine.errors import AlreadyDecided, Incident, InvalidInput, LockLost, NotFound
from engine.events import BpmnErrorThrown, ExternalTaskCompleted
from engine.process import kernel
from engine.process.step import Step, WaitKind
from engine.sentences import quoted, say
from engine.sight import EVERYWHERE, Scope
from services import branching, forms
from services.acting import Stepped, saved, task_id
from services.cases import ask_lists, require_lists, scalars
from services.chapter import Chapter
from services.office import Office
from services.store import external_tasks as store
from services.store import reading
from services.store.rows import ExternalTaskRow

SHORTEST, LONGEST = timedelta(seconds=1), timedelta(hours=24)
"""How long a lock may last."""

MOST = 100
"""How many tasks are handed out at once."""

PAUSES = (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10), timedelta(minutes=30), timedelta(hours=2))
"""How long a task that failed is left alone where its worker does not say, after the first failure, the second …"""

LONGEST_ERROR = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """An external task as it is handed to a worker. `id` never changes and is never used again; `fence` tells this handing from
    others; `variables`: what the task takes of the case's data, as far as it is there."""

    id: str
    topic: str
    case: str
    process: str
    node: str
    name: str
    fence: int
    locked_until: datetime
    retries: int
    error: str
    variables: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A worker that speaks of a task it has. `task`: its public id; `fence`: as it was handed; `by`: on whose account, for the
    record."""

    task: str
    worker: str
    fence: int
    by: str
    now: datetime


def is_any_due(connection: Connection, topics: Sequence[str], scopes: tuple[Scope, ...], now: datetime) -> bool:
    """Is there anything to fetch? Cheap, for whoever waits for it."""
    return store.due(connection, topics, scopes, now)


def fetch_and_lock(
    connection: Connection, *, worker: str, topics: Sequence[str], now: datetime, duration: timedelta, most: int = 1,
    scopes: tuple[Scope, ...] = EVERYWHERE,
) -> list[Handed]:
    """Hand out tasks of these topics, at most so many, locked for a while; those that have waited longest first. Raises
    InvalidInput."""
    until = now + _checked(duration)
    found = store.lock_due(connection, topics, scopes, now, most)
    store.take(connection, [each.task for each in found], worker, until)
    return [_handed(each, until) for each in found]


def extend_lock(connection: Connection, held: Holding, *, duration: timedelta) -> datetime:
    """The lock lasts so long from now. Returns until when. Raises LockLost, NotFound, InvalidInput."""
    number, token = _key(held.task)
    until = held.now + _checked(duration)
    case_id = store.case_of(connection, number)
    if case_id is None:
        raise NotFound("external task", held.task)
    if not store.extend(connection, case_id, token, held.worker, held.fence, until):
        raise LockLost(held.task, held.worker, held.fence)
    return until


def complete(connection: Connection, office: Office, held: Holding, *, data: Mapping[str, object]) -> Stepped:
    """The work is done, with values of declared variables; the token moves. Raises NotFound, AlreadyDecided, LockLost,
    InvalidInput."""
    chapter, task, node = _resume(connection, office, held)
    forms.check_answer(chapter.deployment, node, data)
    fact = ExternalTaskCompleted(token=task.token, node=task.node, name=task.name, topic=task.topic, worker=held.worker,
                                 data=dict(data))
    return _answer(chapter, task, fact, lambda values: kernel.complete(
        chapter.deployment.program, chapter.tokens, task.token, values))


def throw(
    connection: Connection, office: Office, held: Holding, *, code: str, message: str = "",
    data: Mapping[str, object] | None = None,
) -> Stepped:
    """The work came out as an error the diagram knows by its code; one that no boundary event catches is an incident. Raises as
    `complete`."""
    chapter, task, node = _resume(connection, office, held)
    forms.check_answer(chapter.deployment, node, data or {})
    fact = BpmnErrorThrown(token=task.token, node=task.node, name=task.name, topic=task.topic, code=code, worker=held.worker,
                           data=dict(data or {}))
    return _answer(chapter, task._replace(error=message[:LONGEST_ERROR]), fact, lambda values: kernel.fail(
        chapter.deployment.program, chapter.tokens, task.token, code, values))


def fail(
    connection: Connection, office: Office, held: Holding, *, error: str, retries: int | None = None,
    pause: timedelta | None = None,
) -> Stepped | None:
    """The work could not be done. `retries`: how often it may be tried again, None: once less than before; `pause`: when, None:
    later each time (`PAUSES`). With none left a person is called, and the case says so (Stepped); otherwise it does not change
    (None). Raises as `complete`."""
    chapter, task, _ = _resume(connection, office, held)
    left = task.retries - 1 if retries is None else retries
    said = _printable(error)
    if left > 0:
        again_at = held.now + (pause if pause is not None else PAUSES[min(task.fence, len(PAUSES)) - 1])
        store.give_back(connection, task, retries=left, again_at=again_at, error=said)
        return None
    return _held_up(chapter, task._replace(error=said), _Failed(task.node, say(
        "“{task}” could not be done by its connector: {error}", task=task.name, error=quoted(said))))


def park(chapter: Chapter, task: ExternalTaskRow, incident: Incident) -> Chapter:
    """The chapter that keeps an incident instead of what was tried; nobody may take the task until somebody has looked."""
    fresh = chapter.failed(incident, task.token)
    fresh.rows.changed_externals.append(task._replace(due_at=None, retries=0, worker=""))
    return fresh


def _answer(
    chapter: Chapter, task: ExternalTaskRow, fact: ExternalTaskCompleted | BpmnErrorThrown,
    command: Callable[[Mapping[str, object]], Step],
) -> Stepped:
    """Tell what came of it and move the token; on an incident keep that instead."""
    chapter.data.update(fact.data)
    ask_lists(chapter, fact.data)
    try:
        chapter.tell(fact)
        chapter.advance(command(scalars(chapter.deployment, {**branching.held_values(chapter.case), **fact.data})))
    except Incident as incident:
        return _held_up(chapter, task, incident)
    require_lists(chapter)
    return saved(chapter)


def _held_up(chapter: Chapter, task: ExternalTaskRow, incident: Incident) -> Stepped:
    fresh = park(chapter, task, incident)
    return Stepped(number=fresh.case.number, version=fresh.save(), at=fresh.now, incident=incident)


def _resume(connection: Connection, office: Office, held: Holding) -> tuple[Chapter, ExternalTaskRow, Node]:
    """The next chapter of the case, its external task as it stands, and what the diagram says of it. The case is locked first,
    so that what is read then is not moved by anybody."""
    number, token = _key(held.task)
    row = reading.load_case(connection, number)
    if row is None:
        raise NotFound("external task", held.task)
    task = store.found(connection, row.id, token)
    if task is None:
        raise AlreadyDecided(held.task, "it was answered, was never opened, or the process has moved past it")
    if (task.worker, task.fence) != (held.worker, held.fence):
        raise LockLost(held.task, held.worker, held.fence)
    chapter = Chapter.resume(connection, office, row, now=held.now, by=held.by)
    wait = next(each for each in kernel.waits(chapter.deployment.program, chapter.tokens)
                if each.id == token and each.kind is WaitKind.CONNECTOR)
    return chapter, task, chapter.deployment.nodes[wait.scope, wait.node]


def _handed(found: store.FoundExternal, until: datetime) -> Handed:
    task, data = found.task, orjson.loads(found.data)
    return Handed(id=f"{found.number}-{task.token}", topic=task.topic, case=found.number, process=found.process, node=task.node,
                  name=task.name, fence=task.fence + 1, locked_until=until, retries=task.retries, error=task.error,
                  variables={name: data[name] for name in task.takes.split() if name in data})


def _key(task: str) -> tuple[str, int]:
    try:
        return task_id(task)
    except NotFound as missing:
        raise NotFound("external task", task) from missing


def _checked(duration: timedelta) -> timedelta:
    if not SHORTEST <= duration <= LONGEST:
        raise InvalidInput("lock_seconds", say("expected {least} to {most} seconds", least=SHORTEST.seconds,
                                               most=int(LONGEST.total_seconds())))
    return duration


def _printable(error: str) -> str:
    """What a worker says went wrong, as it can be kept and shown."""
    return "".join(each if each.isprintable() or each in "\n\t" else "�" for each in error.strip())[:LONGEST_ERROR] or "?"


class _Failed(Incident):
    """A connector has no more retries."""

    code = "connector_failed"
