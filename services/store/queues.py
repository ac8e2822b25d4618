"""The statements of the queues of the counter: how many there are of each, and a page of one, in the order in which it lapses.

What somebody is shown comes from several *sources*: the tasks he has; those open for a role within a scope; ended cases within
a scope that nobody has closed; the tasks he has completed. Each source walks one index from where its page begins and stops
after so many rows, and what two sources share is left out of the later one. A statement takes the sources of a person together;
it is built once for each shape those can have (which places a scope names), with every value bound.

Counts are exact up to `MOST_COUNTED` and read indexes only; beyond, they say that there are more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Connection,
    Integer,
    Select,
    and_,
    bindparam,
    func,
    literal,
    not_,
    or_,
    select,
    tuple_,
    union_all,
)

from engine.queues import NEVER, Phase, Queue
from services import tables as t
from services.database import Instant

MOST_COUNTED = 2_000
"""Up to here a count is exact; a larger one is only said to be larger: nobody works through so many, and who oversees them has
the board, which is exact."""

LAST = 2**62
"""After the newest case, and after every task."""


class Key(NamedTuple):
    """The place of a line in its queue: when it lapses (of what is done: when that was), its case, the task's token (-1: the
    case itself; of what is done: the number of the fact)."""

    at: datetime
    case_id: int
    part: int


FIRST, NEWEST = Key(datetime(1970, 1, 1, tzinfo=UTC), 0, -2), Key(NEVER, LAST, LAST)
"""Before every line of a queue; before the newest of what is done."""


class Source(NamedTuple):
    """Where lines come from. `account`: whose tasks; else those open for `role`, or, without one, ended cases; of a park, a
    department, of processes, () and "" for any."""

    account: str = ""
    role: str = ""
    park: str = ""
    department: str = ""
    processes: tuple[str, ...] = ()

    def shares(self, other: Source) -> bool:
        """May both give the same line?"""
        if self.account or other.account:
            return False
        apart = any(mine and others and mine != others for mine, others in (
            (self.park, other.park), (self.department, other.department)))
        kinds = self.processes and other.processes and not set(self.processes) & set(other.processes)
        return self.role == other.role and not apart and not kinds


class _Shape(NamedTuple):
    """What a statement depends on. `shared`: which sources before it may give the same."""

    kind: str  # held | offered | closing
    places: tuple[str, ...]
    processes: int
    shared: tuple[int, ...]


class QueuedRow(NamedTuple):
    """A line as stored; the task's columns are None for a case that no diagram moves any more."""

    at: datetime
    case_id: int
    part: int
    number: str
    version: int
    matter: str
    fold: bytes
    applicant_name: str
    name: str | None
    act: str | None
    unit: str | None
    assignee: str | None


class DoneRow(NamedTuple):
    """A task somebody has completed: the fact that says so, with its case."""

    at: datetime
    case_id: int
    part: int
    number: str
    version: int
    matter: str
    fold: bytes
    applicant_name: str
    definition_id: int
    body: bytes


_NOW = bindparam("now", type_=Instant)
_COUNTING = t.task.c.phase == Phase.COUNTING.value
_OF_QUEUES: Mapping[Queue, tuple[ColumnElement[bool], ...]] = {
    Queue.TO_ACCEPT: (t.task.c.phase == Phase.RECEIPT.value,),
    Queue.IN_HAND: (_COUNTING, t.task.c.late_at > _NOW, t.task.c.warns_at > _NOW),
    Queue.DUE_SOON: (_COUNTING, t.task.c.late_at > _NOW, t.task.c.warns_at <= _NOW,
                     t.task.c.late_at <= bindparam("horizon", type_=Instant)),
    Queue.OVERDUE: (_COUNTING, t.task.c.late_at <= _NOW),
    Queue.STOPPED: (t.task.c.phase == Phase.STOPPED.value,),
    Queue.RESULT: (t.task.c.phase == Phase.RESULT.value,),
}
"""The tasks of each queue, `engine.queues.queue_of` in the database's words."""

_CLOSING = (Queue.RESULT, Queue.TO_ARCHIVE)
_AFTER = [bindparam("after_at", type_=Instant), bindparam("after_case", type_=BigInteger),
          bindparam("after_part", type_=BigInteger)]
_MOST = bindparam("most", type_=Integer, literal_execute=True)
"""Written out, so that a plan is made for a page and not for a table."""

_KEY = (t.task.c.late_at, t.task.c.case_id, t.task.c.token)
_DONE_KEY = (t.fact.c.at, t.fact.c.case_id, t.fact.c.seq)
_OF_CASE = (t.case.c.number, t.case.c.version, t.definition.c.name.label("matter"), t.case.c.fold, t.case.c.applicant_name)
_DONE = (
    select(*_DONE_KEY, *_OF_CASE, t.case.c.definition_id, t.fact.c.body)
    .join_from(t.fact, t.case, t.case.c.id == t.fact.c.case_id).join(t.definition, t.definition.c.id == t.case.c.definition_id)
    .where(t.fact.c.doer == bindparam("doer"), t.fact.c.doer.is_not(None), tuple_(*_DONE_KEY) < tuple_(*_AFTER),
           t.fact.c.at <= bindparam("after_at", type_=Instant))
    .order_by(*(each.desc() for each in _DONE_KEY)).limit(_MOST))
_ONE, _ENOUGH = literal(1, literal_execute=True).label("one"), literal(MOST_COUNTED + 1, literal_execute=True)
_DONE_ONES = (select(_ONE)
              .where(t.fact.c.doer == bindparam("doer"), t.fact.c.doer.is_not(None)).select_from(t.fact))
_NEXT_ROLE = select(func.min(t.task.c.role)).where(t.task.c.assignee.is_(None), t.task.c.role > bindparam("role"))


def counts(
    connection: Connection, sources: Sequence[Source], *, doer: str, now: datetime, horizon: datetime,
) -> dict[Queue, int]:
    """How many lines of each queue there are; more than `MOST_COUNTED` are given as one more than that. `horizon`: after which
    no lamp is yellow that is not red."""
    found = dict.fromkeys(Queue, 0)
    for queue, lines in connection.execute(_counting(_shapes(sources)), {**_given(sources, now, horizon), "doer": doer}):
        found[Queue(queue)] += lines
    return {queue: min(lines, MOST_COUNTED + 1) for queue, lines in found.items()}


def page(
    connection: Connection, sources: Sequence[Source], queue: Queue, *, after: Key, most: int, now: datetime,
    horizon: datetime,
) -> list[QueuedRow]:
    """Lines of a queue after a key, those that lapse first before the others."""
    if queue in (Queue.IN_HAND, Queue.DUE_SOON):
        after = max(after, Key(now, LAST, LAST))
    statement = _paging(_shapes(sources), queue)
    if statement is None:
        return []
    return [QueuedRow._make(row) for row in connection.execute(
        statement, {**_given(sources, now, horizon), **_at(after), "most": most})]


def done(connection: Connection, doer: str, *, after: Key, most: int) -> list[DoneRow]:
    """What somebody has completed before a key, the newest first."""
    return [DoneRow._make(row) for row in connection.execute(_DONE, {"doer": doer, **_at(after), "most": most})]


def roles(connection: Connection) -> list[str]:
    """The roles for which tasks lie open, each found by a step in the index."""
    found: list[str] = []
    while (role := connection.execute(_NEXT_ROLE, {"role": found[-1] if found else ""}).scalar()) is not None:
        found.append(role)
    return found


@lru_cache(maxsize=500)
def _counting(shapes: tuple[_Shape, ...]) -> CompoundSelect[Any]:
    """The statement that counts every queue from sources of these shapes."""
    ones = [(queue, part) for place, shape in enumerate(shapes) for queue in Queue
            if (part := _lines(place, shape, shapes, queue)) is not None]
    return union_all(*(select(literal(queue.value, literal_execute=True), func.count()).select_from(
        part.with_only_columns(_ONE).limit(_ENOUGH).subquery()) for queue, part in (*ones, (Queue.DONE, _DONE_ONES))))


@lru_cache(maxsize=500)
def _paging(shapes: tuple[_Shape, ...], queue: Queue) -> Select[Any] | None:
    """The statement that reads a page of a queue from sources of these shapes; None: none of them has lines of it."""
    parts = [select(part.where(*_further(shape)).order_by(*_order(shape)).limit(_MOST).subquery())
             for place, shape in enumerate(shapes) if (part := _lines(place, shape, shapes, queue)) is not None]
    if not parts:
        return None
    found = (union_all(*parts) if len(parts) > 1 else parts[0]).subquery("found")
    return (select(found.c.late_at, found.c.case_id, found.c.token, *_OF_CASE,
                   *(t.task.c[name] for name in ("name", "act", "unit", "assignee")))
            .join_from(found, t.case, t.case.c.id == found.c.case_id)
            .join(t.definition, t.definition.c.id == t.case.c.definition_id)
            .join(t.task, (t.task.c.case_id == found.c.case_id) & (t.task.c.token == found.c.token), isouter=True)
            .order_by(found.c.late_at, found.c.case_id, found.c.token).limit(_MOST))


def _lines(place: int, shape: _Shape, shapes: Sequence[_Shape], queue: Queue) -> Select[Any] | None:
    """The keys of the lines of a queue that a source gives; None when it gives none."""
    if shape.kind == "closing":
        if queue not in _CLOSING:
            return None
        key = (literal(NEVER, Instant, literal_execute=True).label("late_at"), t.case.c.id.label("case_id"),
               literal(-1, BigInteger, literal_execute=True).label("token"))
        return select(*key).where(t.case.c.awaits == literal(queue.value, literal_execute=True), t.case.c.awaits != "",
                                  *_within(place, shape, shapes))
    if queue not in _OF_QUEUES:
        return None
    return select(*_KEY).where(*_OF_QUEUES[queue], *_within(place, shape, shapes))


def _within(place: int, shape: _Shape, shapes: Sequence[_Shape]) -> list[ColumnElement[bool]]:
    """What makes a line one of this source, and of none before it."""
    if shape.kind == "held":
        return [t.task.c.assignee == bindparam(f"account{place}"), t.task.c.assignee.is_not(None)]
    role = [] if shape.kind == "closing" else [t.task.c.role == bindparam(f"role{place}"), t.task.c.assignee.is_(None)]
    return [*role, *_places(place, shape), *(not_(and_(*_places(other, shapes[other]))) for other in shape.shared)]


def _places(place: int, shape: _Shape) -> list[ColumnElement[bool]]:
    """The park, the department, the processes. One process of tasks is searched for, and the department, which follows from it,
    is only tested; several, and one of cases, are tested beside the places. What stands last in an index is never searched
    for: a planner that does so begins anew at every row."""
    table = t.case if shape.kind == "closing" else t.task
    is_of_process = shape.kind == "offered" and shape.processes == 1
    searched = [name for name in shape.places if name == "park" or not is_of_process]
    places = [(table.c[name] if name in searched else _tested(table.c[name])) == bindparam(f"{name}{place}")
              for name in shape.places]
    process = table.c.process if is_of_process or not shape.places else _tested(table.c.process)
    processes = [process == bindparam(f"process{place}_{each}") for each in range(shape.processes)]
    return [*places, *([or_(*processes)] if processes else [])]


def _tested(column: ColumnElement[str]) -> ColumnElement[str]:
    """A column no index is searched by."""
    return column.concat(literal("", literal_execute=True))


def _further(shape: _Shape) -> list[ColumnElement[bool]]:
    """After the key; said twice for planners that do not see the instant in it."""
    if shape.kind == "closing":
        return [t.case.c.id > bindparam("after_closing", type_=BigInteger)]
    return [tuple_(*_KEY) > tuple_(*_AFTER), t.task.c.late_at >= _AFTER[0]]


def _order(shape: _Shape) -> Sequence[ColumnElement[Any]]:
    return (t.case.c.id,) if shape.kind == "closing" else _KEY


def _shapes(sources: Sequence[Source]) -> tuple[_Shape, ...]:
    return tuple(_Shape(
        kind="held" if source.account else "offered" if source.role else "closing",
        places=tuple(name for name in ("park", "department") if getattr(source, name)), processes=len(source.processes),
        shared=tuple(before for before in range(place) if sources[before].shares(source)))
        for place, source in enumerate(sources))


def _given(sources: Sequence[Source], now: datetime, horizon: datetime) -> dict[str, object]:
    given: dict[str, object] = {"now": now, "horizon": horizon}
    for place, source in enumerate(sources):
        given |= {f"{name}{place}": value for name, value in zip(source._fields[:4], source[:4], strict=True) if value}
        given |= {f"process{place}_{each}": value for each, value in enumerate(source.processes)}
    return given


def _at(key: Key) -> dict[str, object]:
    """The parameters of a key. Ended cases stand where no limit presses, in the order of their ids."""
    return {"after_at": key.at, "after_case": key.case_id, "after_part": key.part,
            "after_closing": key.case_id if key.at >= NEVER else 0}
