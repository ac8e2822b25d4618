"""The statements of external tasks, built once at import; those that fetch, once for each set of scopes. Commits nothing.

Whoever moves a case locks the case first and its external task after; whoever fetches locks external tasks alone and waits for
nobody (`SKIP LOCKED`), so that the two never wait for each other in a circle.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, and_, bindparam, exists, func, or_, select, true, update

from engine.lifecycle import State
from engine.sight import Scope
from services import tables as t
from services.store.rows import ExternalTaskRow

_COLUMNS = [t.external_task.c[name] for name in ExternalTaskRow._fields]
_IS_IT = (t.external_task.c.case_id == bindparam("of_case")) & (t.external_task.c.token == bindparam("of_token"))
_FOUND = select(*_COLUMNS).where(_IS_IT).with_for_update()
_TAKE = (
    update(t.external_task).where(_IS_IT)
    .values(worker=bindparam("by_worker"), due_at=bindparam("until"), fence=t.external_task.c.fence + 1))
_EXTEND = (
    update(t.external_task)
    .where(_IS_IT, t.external_task.c.worker == bindparam("of_worker"), t.external_task.c.fence == bindparam("of_fence"))
    .values(due_at=bindparam("until")))
_GIVE_BACK = (
    update(t.external_task).where(_IS_IT)
    .values(worker="", due_at=bindparam("again_at"), retries=bindparam("left"), error=bindparam("said")))
_BY_TOPIC = (select(t.external_task.c.topic, func.count()).where(t.external_task.c.due_at.is_not(None))
             .group_by(t.external_task.c.topic))
_CASE_OF = select(t.case.c.id).where(t.case.c.number == bindparam("number"))


class FoundExternal(NamedTuple):
    """An external task with what of its case a worker may be told. `data`: of the case, JSON."""

    task: ExternalTaskRow
    number: str
    process: str
    data: bytes


def due(connection: Connection, topics: Sequence[str], scopes: tuple[Scope, ...], now: datetime) -> bool:
    """Is there anything to fetch? Locks nothing."""
    return bool(connection.execute(_any_due(scopes), {"topics": list(topics), "now": now}).scalar())


def lock_due(
    connection: Connection, topics: Sequence[str], scopes: tuple[Scope, ...], now: datetime, most: int,
) -> list[FoundExternal]:
    """What may be fetched, that which has waited longest first, locked until the transaction ends; what another is fetching
    just now is passed by."""
    width = len(_COLUMNS)
    return [FoundExternal(ExternalTaskRow._make(row[:width]), *row[width:])
            for row in connection.execute(_due(scopes), {"topics": list(topics), "now": now, "most": most})]


def take(connection: Connection, tasks: Sequence[ExternalTaskRow], worker: str, until: datetime) -> None:
    """They are the worker's until an instant, each under the next number of its fence."""
    if tasks:
        connection.execute(_TAKE, [{**_key(task), "by_worker": worker, "until": until} for task in tasks])


def extend(connection: Connection, case_id: int, token: int, worker: str, fence: int, until: datetime) -> bool:
    """It is the worker's until a later instant; False: it is not the worker's."""
    given = {"of_case": case_id, "of_token": token, "of_worker": worker, "of_fence": fence, "until": until}
    return connection.execute(_EXTEND, given).rowcount == 1


def give_back(connection: Connection, task: ExternalTaskRow, *, retries: int, again_at: datetime, error: str) -> None:
    """It is nobody's, and may be fetched from an instant on."""
    connection.execute(_GIVE_BACK, {**_key(task), "again_at": again_at, "left": retries, "said": error})


def found(connection: Connection, case_id: int, token: int) -> ExternalTaskRow | None:
    """An external task to be changed, locked until the transaction ends; its case is to be locked before. None: it is over, or
    was never there."""
    row = connection.execute(_FOUND, {"of_case": case_id, "of_token": token}).first()
    return ExternalTaskRow._make(row) if row else None


def by_topic(connection: Connection) -> dict[str, int]:
    """How many wait to be done, by their topics; those that are held up 运行故障 wait for a person."""
    return {topic: int(count) for topic, count in connection.execute(_BY_TOPIC)}


def case_of(connection: Connection, number: str) -> int | None:
    """The key of a case by its number."""
    row = connection.execute(_CASE_OF, {"number": number}).first()
    return None if row is None else int(row[0])


@lru_cache(maxsize=256)
def _due(scopes: tuple[Scope, ...]) -> Select[Any]:
    """A case that stands still 暂停、挂起 keeps its external tasks to itself."""
    return (
        select(*_COLUMNS, t.case.c.number, t.case.c.process, t.case.c.data)
        .join_from(t.external_task, t.case, t.external_task.c.case_id == t.case.c.id)
        .where(t.external_task.c.topic.in_(bindparam("topics", expanding=True)), t.external_task.c.due_at <= bindparam("now"),
               t.case.c.state != State.SUSPENDED.value, _within(scopes))
        .order_by(t.external_task.c.due_at, t.external_task.c.case_id, t.external_task.c.token)
        .limit(bindparam("most")).with_for_update(of=t.external_task, skip_locked=True))


@lru_cache(maxsize=256)
def _any_due(scopes: tuple[Scope, ...]) -> Select[Any]:
    return select(exists(
        select(t.external_task.c.token).join_from(t.external_task, t.case, t.external_task.c.case_id == t.case.c.id)
        .where(t.external_task.c.topic.in_(bindparam("topics", expanding=True)), t.external_task.c.due_at <= bindparam("now"),
               t.case.c.state != State.SUSPENDED.value, _within(scopes))))


def _within(scopes: tuple[Scope, ...]) -> Any:
    """Is the case in one of these scopes?"""
    return or_(*(and_(true(), *(t.case.c[name] == value for name in ("park", "department", "process")
                                if (value := getattr(scope, name)))) for scope in scopes))


def _key(task: ExternalTaskRow) -> dict[str, object]:
    return {"of_case": task.case_id, "of_token": task.token}
