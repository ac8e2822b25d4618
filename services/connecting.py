"""Systems are asked over HTTP for what service tasks wait for: tasks are fetched as any worker fetches them, asked for
outside of every transaction, and answered.

A pass takes tasks of the topics that have a connector, a few at a time, each in a thread of its own, so that a system that
hangs holds its own task and nobody's else. The lock of a task is longer than its request may take; whoever is killed in
between loses nothing but time, and the system may be asked a second time: every request bears the id of its task
(`Idempotency-Key`, and the id it is signed under), by which a repetition is recognised there.

A system that is away or busy is asked again, later each time; what it refuses, or what nobody has allowed us to ask, calls a
person at once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import monotonic

from sqlalchemy import Connection, Engine

from engine.errors import Refusal
from engine.sentences import sentence_of
from engine.sight import EVERYWHERE
from services import errands, external_tasks
from services.acting import Stepped
from services.connectors import call_of
from services.database import DatabaseUnavailable
from services.database import reading as read
from services.database import writing as write
from services.external_tasks import Handed, Holding
from services.office import Office
from services.store import connectors as store
from services.store.connectors import ConnectorRow
from webhooks.calling import Answered, Threw, Unserved, asked, meant
from webhooks.faults import Failure, Unanswered
from webhooks.post import Wire
from webhooks.signature import sign

WORKER, BY = "http", "连接器"
"""What it calls itself when it fetches, and by whom facts are then."""

AT_ONCE = 8
BEYOND = timedelta(seconds=60)
"""How much longer a lock lasts than the request may take."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a pass did: tasks `answered` (a BPMN error is an answer), `failed` ones that are tried again, and `held_up` ones
    that a person has to look at."""

    answered: int = 0
    failed: int = 0
    held_up: int = 0

    def __add__(self, other: Asked) -> Asked:
        return Asked(answered=self.answered + other.answered, failed=self.failed + other.failed,
                     held_up=self.held_up + other.held_up)

    @property
    def total(self) -> int:
        """How many tasks were dealt with."""
        return self.answered + self.failed + self.held_up


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pass:
    """One pass, and the instant it is, which goes on while it lasts."""

    database: Engine
    office: Office
    wire: Wire
    began_at: datetime
    began: float

    @property
    def now(self) -> datetime:
        return self.began_at + timedelta(seconds=monotonic() - self.began)


def run(
    database: Engine, office: Office, wire: Wire, *, now: datetime, most: int = 1000,
    is_stopping: Callable[[], bool] = lambda: False,
) -> Asked:
    """Ask for what can be asked for now, at most so many tasks. With nothing to ask it only reads."""
    this, done = _Pass(database=database, office=office, wire=wire, began_at=now, began=monotonic()), Asked()
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="connector") as threads:
        while done.total < most and not is_stopping() and (found := _fetched(this, min(AT_ONCE, most - done.total))):
            done = sum(threads.map(lambda each: _served(this, *each), found), done)
    return done


def _fetched(this: _Pass, most: int) -> Sequence[tuple[Handed, ConnectorRow, str]]:
    with read(this.database) as connection:
        serving = {row.topic: (row, secret) for row, secret in store.in_force(connection)}
        if not serving or not external_tasks.is_any_due(connection, list(serving), EVERYWHERE, this.now):
            return ()
    longest = timedelta(seconds=max(row.seconds for row, _ in serving.values()))
    with write(this.database) as connection:
        handed = external_tasks.fetch_and_lock(connection, worker=WORKER, topics=list(serving), now=this.now, most=most,
                                               duration=longest + BEYOND)
    return [(each, *serving[each.topic]) for each in handed]


def _served(this: _Pass, task: Handed, row: ConnectorRow, secret: str) -> Asked:
    """Ask for one task and say what came of it."""
    outcome = _outcome(this, task, row, secret)
    try:
        with write(this.database) as connection:
            stepped = _say(connection, this, task, outcome)
    except DatabaseUnavailable:
        raise
    except Refusal as refusal:
        return _refused(this, task, refusal)
    if stepped is not None and stepped.asks:
        errands.run_now(this.database, this.office, now=this.now)
    if stepped is None:
        return Asked(failed=1)
    return Asked(held_up=1) if stepped.incident is not None else Asked(answered=1)


def _outcome(this: _Pass, task: Handed, row: ConnectorRow, secret: str) -> Answered | Threw | Unserved:
    call = call_of(row)
    url, body = asked(call, task.variables)
    headers = {"content-type": "application/json", "accept": "application/json", "idempotency-key": task.id,
               **sign([secret], id=task.id, at=this.now, body=body)}
    try:
        return meant(call, replace(this.wire, seconds=float(row.seconds)).post(url, body, headers, method=call.method))
    except Unanswered as error:
        return Unserved(reason=sentence_of(error), is_final=error.failure is Failure.REFUSED)


def _say(connection: Connection, this: _Pass, task: Handed, outcome: Answered | Threw | Unserved) -> Stepped | None:
    held = Holding(task=task.id, worker=WORKER, fence=task.fence, by=BY, now=this.now)
    match outcome:
        case Answered(data=data):
            return external_tasks.complete(connection, this.office, held, data=data)
        case Threw(code=code):
            return external_tasks.throw(connection, this.office, held, code=code)
        case Unserved():
            return external_tasks.fail(connection, this.office, held, error=outcome.reason,
                                       retries=0 if outcome.is_final else None, pause=outcome.pause)


def _refused(this: _Pass, task: Handed, refusal: Refusal) -> Asked:
    """What the system answered is nothing the case can take (a value of another kind), which no repetition mends; or the task
    is no longer ours, and nothing is to be said."""
    held = Holding(task=task.id, worker=WORKER, fence=task.fence, by=BY, now=this.now)
    try:
        with write(this.database) as connection:
            external_tasks.fail(connection, this.office, held, error=refusal.sentence, retries=0)
        return Asked(held_up=1)
    except Refusal as further:
        _LOG.info("an answer came too late: %s", type(further).__name__)
        return Asked(failed=1)
