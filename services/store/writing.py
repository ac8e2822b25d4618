"""Every statement that writes, built once at import. Called inside the caller's transaction; commits nothing.

One step is at most eight statements and usually four or five: only the tables with something to change are touched, and a
wait that is over gives its row to one that opens. The guarded update of the case comes first: on SQLite, where `FOR UPDATE`
does not exist, and after any mistake of ours, it is what keeps a stale writer out. PostgreSQL is sent a whole step at once
(`pipelined`): what the guard and the constraints say about it is read when all of it has been sent, and a refusal rolls all of
it back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import (
    ARRAY,
    JSON,
    Connection,
    CursorResult,
    Executable,
    String,
    any_,
    bindparam,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from engine.errors import AlreadyDecided, InvalidInput, Stale
from engine.queues import RESULT_ACTS
from services import correlation
from services import tables as t
from services.database import pipelined, rows_changed
from services.store.rows import (
    AnswerRow,
    CaseRow,
    ClockRow,
    Counted,
    DefinitionRow,
    ExternalTaskRow,
    MessageRow,
    PlacedTask,
    Pressed,
    Rows,
    Standing,
    TaskRow,
    TimerRow,
)
from services.store.waking import WAKE_WIRE

SHARDS = 4
"""The board's counts are kept in so many rows for each thing counted: clerks who count the same rarely wait for each other."""

_Given: TypeAlias = tuple[Executable, list[dict[str, object]]]
"""A statement and the parameters it is executed with, once for each."""
_CASE_COLUMNS = ("state", "standing", "accepted_on", "due_on", "is_provisional", "concluded_on", "ended_at", "seq", "head",
                 "tokens", "data", "fold", "awaits", "applicant_name", "credit_code")

_INSERT_CASE = insert(t.case)
_UPDATE_CASE = (
    update(t.case).where(t.case.c.id == bindparam("case_id"), t.case.c.version == bindparam("read_version"))
    .values({name: bindparam(name) for name in (*_CASE_COLUMNS, "version")}))
_INSERT_TASKS = insert(t.task)
_INSERT_TIMERS = insert(t.timer)
_INSERT_MESSAGES = insert(t.message)
_INSERT_EXTERNALS = insert(t.external_task)
_INSERT_REENTRIES = insert(t.reentry)
_INSERT_CLOCKS = insert(t.clock)
_INSERT_CARDS, _INSERT_ORDERS = insert(t.card), insert(t.supervision_order)
_INSERT_RATINGS = insert(t.rating)
_CHANGE_RATINGS = (
    update(t.rating).where(t.rating.c.case_id == bindparam("of_case"))
    .values({name: bindparam(name) for name in ("state", "lapsed_on", "answered_on")}))
_INSERT_PUSHES = insert(t.push)
_CHANGE_PUSHES = (
    update(t.push).where(t.push.c.case_id == bindparam("of_case"), t.push.c.seq == bindparam("of_seq"))
    .values({name: bindparam(name) for name in ("received_on", "received_by", "lapsed_on", "findings")}))
_INSERT_NOTIFICATIONS = insert(t.notification)
_INSERT_FACTS = insert(t.fact)
_INSERT_OUTBOX = {"sqlite": insert(t.outbox), "postgresql": insert(t.outbox).add_cte(WAKE_WIRE)}
_INSERT_INCIDENTS = insert(t.incident)
_INSERT_ERRANDS = insert(t.errand)
_INSERT_DEFINITION = insert(t.definition)
_INSERT_ANSWER = insert(t.answer)
_FORGET_ANSWERS = delete(t.answer).where(t.answer.c.at < bindparam("before"))
_DELETE_TASKS, _DELETE_TIMERS, _DELETE_MESSAGES, _DELETE_EXTERNALS = (
    delete(table).where(table.c.case_id == bindparam("of_case"), table.c.token == bindparam("of_token"))
    for table in (t.task, t.timer, t.message, t.external_task))
_REPLACE_TASKS, _REPLACE_TIMERS, _REPLACE_MESSAGES, _REPLACE_EXTERNALS = (
    update(table).where(table.c.case_id == bindparam("of_case"), table.c.token == bindparam("of_token"))
    .values({column.name: bindparam(column.name) for column in table.c})
    for table in (t.task, t.timer, t.message, t.external_task))
OF_RESULT = or_(*(t.task.c.act == act for act in sorted(RESULT_ACTS)))
"""The tasks of a result 制证、送达."""

_PRESS_TASKS = (
    update(t.task).where(t.task.c.case_id == bindparam("of_case"))
    .values({name: case((OF_RESULT, bindparam(f"result_{name}", type_=t.task.c[name].type)),
                        else_=bindparam(f"other_{name}", type_=t.task.c[name].type)) for name in Pressed._fields}))
_DELETE_CLOCKS = delete(t.clock).where(t.clock.c.case_id == bindparam("of_case"), t.clock.c.clock == bindparam("of_token"))
_REPLACE_CLOCKS = (
    update(t.clock).where(t.clock.c.case_id == bindparam("of_case"), t.clock.c.clock == bindparam("of_token"))
    .values({column.name: bindparam(column.name) for column in t.clock.c}))
_ONE_BY_ONE = func.json_each(bindparam("beside", type_=JSON)).table_valued("value")
_ABSORB_CLOCKS: Mapping[str, Executable] = {
    # Each of them takes the one key in turn, and the one before it makes way: one row is left.
    "sqlite": update(t.clock).prefix_with("OR REPLACE").where(
        t.clock.c.case_id == bindparam("of_case"),
        or_(t.clock.c.clock == bindparam("of_token"), t.clock.c.clock.in_(select(_ONE_BY_ONE.c.value))))
    .values({column.name: bindparam(column.name) for column in t.clock.c}),
    "postgresql": _REPLACE_CLOCKS.add_cte(delete(t.clock).where(
        t.clock.c.case_id == bindparam("of_case"), t.clock.c.clock == any_(bindparam("beside", type_=ARRAY(String))))
        .cte("gone"))}
"""As `_REPLACE_CLOCKS`, and the clocks `beside` go with it."""
_CHANGE_CARDS, _CHANGE_ORDERS = (
    update(table).where(table.c.case_id == bindparam("of_case"), table.c.seq == bindparam("of_seq"))
    .values({name: bindparam(name) for name in names})
    for table, names in ((t.card, ("state",)), (t.supervision_order, ("state", "due_on"))))
_DELETE_INCIDENTS = (
    delete(t.incident).where(t.incident.c.case_id == bindparam("of_case"), t.incident.c.seq == bindparam("of_seq")))
_MOVE_TIMER = (
    update(t.timer).where(t.timer.c.case_id == bindparam("of_case"), t.timer.c.token == bindparam("of_token"))
    .values(due_at=bindparam("due_at"), firing=t.timer.c.firing + bindparam("more")))
_COUNT_CLOCKS: Mapping[str, Executable] = {
    dialect: count.on_conflict_do_update(
        index_elements=list(t.clock_count.primary_key.columns),
        set_={"clocks": t.clock_count.c.clocks + count.excluded.clocks})
    for dialect, count in (("sqlite", sqlite.insert(t.clock_count)), ("postgresql", postgresql.insert(t.clock_count)))}
_FORGET_COUNTS = delete(t.clock_count).where(t.clock_count.c.clocks == 0)
_COUNT = update(t.counter).where(t.counter.c.name == bindparam("of_name")).values(value=t.counter.c.value + 1)
_COUNTED = select(t.counter.c.value).where(t.counter.c.name == bindparam("of_name"))
_START_COUNTER = insert(t.counter)


def insert_case(connection: Connection, row: CaseRow, rows: Rows) -> int:
    """Write a new case with its first rows. Returns its version, 1."""
    case_id = next_number(connection, "case")
    with pipelined(connection):
        connection.execute(_INSERT_CASE, {**row._asdict(), "id": case_id, "version": 1})
        _save_rows(connection, [(case_id, 1, rows)])
    return 1


def save_step(connection: Connection, row: CaseRow, rows: Rows) -> int:
    """Write a step of a stored case; `row.version` is the version it was read at. Returns the new version.

    Raises Stale when the case has moved on, AlreadyDecided when the task has its decision.
    """
    save_steps(connection, [(row, rows)])
    return row.version + 1


def save_steps(connection: Connection, steps: Sequence[tuple[CaseRow, Rows]]) -> None:
    """Write one step of each of several cases, each behind its own guard, all else a table at a time. Raises as `save_step`
    does."""
    guarded: list[CursorResult[Any]] = []
    try:
        with pipelined(connection):
            for row, _ in steps:
                guarded.append(connection.execute(_UPDATE_CASE, _changes(row)))
            _save_rows(connection, [(row.id, row.version + 1, rows) for row, rows in steps])
    except IntegrityError as error:
        _refuse_stale(steps, guarded)
        for row, rows in steps:
            _refuse(row.number, rows, error)
        raise
    _refuse_stale(steps, guarded)


def _refuse_stale(steps: Sequence[tuple[CaseRow, Rows]], guarded: Sequence[CursorResult[Any]]) -> None:
    """Raise Stale for a case whose guard has found it at another version than it was read at."""
    for (row, _), changed in zip(steps, guarded, strict=False):
        if rows_changed(changed) == 0:
            raise Stale(row.number, row.version, None)


def _changes(row: CaseRow) -> dict[str, object]:
    changes: dict[str, object] = {name: getattr(row, name) for name in _CASE_COLUMNS}
    return {**changes, "version": row.version + 1, "case_id": row.id, "read_version": row.version}


def insert_definition(connection: Connection, row: DefinitionRow) -> None:
    """Write a deployed definition."""
    connection.execute(_INSERT_DEFINITION, row._asdict())


def keep_answer(connection: Connection, row: AnswerRow) -> None:
    """Keep what a request was told. Raises InvalidInput when its key has an answer already; the transaction is lost then."""
    try:
        connection.execute(_INSERT_ANSWER, row._asdict())
    except IntegrityError as error:
        raise InvalidInput("Idempotency-Key", "this key was used for another request") from error


def forget_answers(connection: Connection, before: datetime) -> int:
    """Forget what requests before an instant were told. Returns how many."""
    return connection.execute(_FORGET_ANSWERS, {"before": before}).rowcount


def forget_counts(connection: Connection) -> int:
    """Forget what the board counts none of any more. Returns how many rows."""
    return connection.execute(_FORGET_COUNTS).rowcount


def next_number(connection: Connection, name: str) -> int:
    """The next number of a counter, from 1, without a gap among committed transactions."""
    if connection.execute(_COUNT, {"of_name": name}).rowcount == 0:
        try:
            with connection.begin_nested():
                connection.execute(_START_COUNTER, {"name": name, "value": 1})
            return 1
        except IntegrityError:  # another transaction has just begun this counter
            connection.execute(_COUNT, {"of_name": name})
    return int(connection.execute(_COUNTED, {"of_name": name}).scalar_one())


def _save_rows(connection: Connection, steps: Sequence[tuple[int, int, Rows]]) -> None:
    """Write what changes beside the cases' own rows: for each case its id, its new version and its rows."""
    for statement, given in (*_waits(steps), *_clocks(steps, connection.dialect.name), *_oversight(steps),
                             *_facts(steps, connection.dialect.name)):
        if given:
            connection.execute(statement, given)
    count_clocks(connection, _counts(steps))  # last: its rows are everybody's, and held until the transaction ends


def _waits(steps: Sequence[tuple[int, int, Rows]]) -> Iterator[_Given]:
    """What people and the clock no longer wait for, and what they wait for now."""
    yield _PRESS_TASKS, [_pressed(id, rows.standing) for id, _, rows in steps if rows.is_pressed and rows.standing]
    yield from _with_changed([(id, _placed(rows, rows.changed_tasks)) for id, _, rows in steps], *_exchanged(
        _REPLACE_TASKS, _DELETE_TASKS, _INSERT_TASKS, [(id, rows.ended_tasks, _placed(rows, rows.tasks))
                                                       for id, _, rows in steps]))
    yield from _exchanged(_REPLACE_TIMERS, _DELETE_TIMERS, _INSERT_TIMERS,
                          [(id, rows.ended_timers, rows.timers) for id, _, rows in steps])
    yield from _exchanged(_REPLACE_MESSAGES, _DELETE_MESSAGES, _INSERT_MESSAGES,
                          [(id, rows.ended_messages, rows.messages) for id, _, rows in steps])
    yield from _with_changed([(id, rows.changed_externals) for id, _, rows in steps], *_exchanged(
        _REPLACE_EXTERNALS, _DELETE_EXTERNALS, _INSERT_EXTERNALS,
        [(id, rows.ended_externals, rows.externals) for id, _, rows in steps]))
    yield _DELETE_INCIDENTS, [{"of_case": id, "of_seq": seq} for id, _, rows in steps for seq in rows.resolved]
    yield _INSERT_INCIDENTS, [{**row._asdict(), "case_id": id} for id, _, rows in steps for row in rows.incidents]
    yield _MOVE_TIMER, [{"of_case": id, "of_token": token, "due_at": due, "more": 1 if token in rows.refired else 0}
                        for id, _, rows in steps for token, due in rows.moved.items()]


def _clocks(steps: Sequence[tuple[int, int, Rows]], dialect: str) -> Iterator[_Given]:
    """The clocks that run now. Where more are over than open, those that are left over go with the last that opens."""
    replaced = [{**row._asdict(), "case_id": id, "of_case": id, "of_token": row.clock}
                for id, _, rows in steps for row in rows.changed_clocks]
    exchanged, removed, added = _exchanged(_REPLACE_CLOCKS, _DELETE_CLOCKS, _INSERT_CLOCKS,
                                           [(id, rows.ended_clocks, rows.clocks) for id, _, rows in steps])
    last = {given["of_case"]: given["of_token"] for given in exchanged[1]}
    beside = {(id, token): [given["of_token"] for given in removed[1] if given["of_case"] == id] for id, token in last.items()}
    taking = [*replaced, *exchanged[1]]
    if any(beside.values()):
        yield _ABSORB_CLOCKS[dialect], [
            {**given, "beside": beside.get((given["of_case"], given["of_token"]), [])} for given in taking]
    else:
        yield _REPLACE_CLOCKS, taking
    yield _DELETE_CLOCKS, [given for given in removed[1] if given["of_case"] not in last]
    yield added


def _placed(rows: Rows, tasks: Sequence[TaskRow]) -> list[PlacedTask]:
    """Tasks as they are stored."""
    if not tasks:
        return []
    assert rows.standing is not None
    return [rows.standing.placed(task) for task in tasks]


def _pressed(case_id: int, standing: Standing) -> dict[str, object]:
    return {"of_case": case_id, **{f"result_{name}": value for name, value in standing.result._asdict().items()},
            **{f"other_{name}": value for name, value in standing.other._asdict().items()}}


def _with_changed(
    changed: Sequence[tuple[int, Sequence[PlacedTask | ExternalTaskRow]]], exchanged: _Given, removed: _Given, added: _Given,
) -> tuple[_Given, _Given, _Given]:
    """As far as rows change in place, one statement with those that take another's place."""
    replaced = [{**row._asdict(), "case_id": id, "of_case": id, "of_token": row.token} for id, rows in changed for row in rows]
    return (exchanged[0], [*replaced, *exchanged[1]]), removed, added


def _counts(steps: Sequence[tuple[int, int, Rows]]) -> Counter[tuple[Counted, int]]:
    """By how much the board's counts change: by what is counted and the shard of its case."""
    counts: Counter[tuple[Counted, int]] = Counter()
    for id, _, rows in steps:
        counts.update({(counted, id % SHARDS): change for counted, change in rows.counts.items()})
    return counts


def count_clocks(connection: Connection, counts: Mapping[tuple[Counted, int], int]) -> None:
    """Change the board's counts: by what is counted and the shard of its case. They are touched in one order, so that two
    writers never wait for each other in a circle."""
    if changes := _count_changes(counts):
        connection.execute(_COUNT_CLOCKS[connection.dialect.name], changes)


def _count_changes(counts: Mapping[tuple[Counted, int], int]) -> list[dict[str, object]]:
    """The parameters that change the board's counts, in that order."""
    return [{**counted._asdict(), "shard": shard, "clocks": change} for (counted, shard), change in sorted(counts.items())
            if change]


def _oversight(steps: Sequence[tuple[int, int, Rows]]) -> Iterator[_Given]:
    """Cards, supervision orders, ratings, pushed results, what was entered by hand, and who was told."""
    yield _INSERT_CARDS, [{**row._asdict(), "case_id": id} for id, _, rows in steps for row in rows.cards]
    yield _CHANGE_CARDS, [{"of_case": id, "of_seq": row.seq, "state": row.state}
                          for id, _, rows in steps for row in rows.changed_cards]
    yield _INSERT_ORDERS, [{**row._asdict(), "case_id": id} for id, _, rows in steps for row in rows.orders]
    yield _CHANGE_ORDERS, [{"of_case": id, "of_seq": row.seq, "state": row.state, "due_on": row.due_on}
                           for id, _, rows in steps for row in rows.changed_orders]
    yield _INSERT_RATINGS, [{**row._asdict(), "case_id": id} for id, _, rows in steps for row in rows.ratings]
    yield _CHANGE_RATINGS, [{"of_case": id, "state": row.state, "lapsed_on": row.lapsed_on, "answered_on": row.answered_on}
                            for id, _, rows in steps for row in rows.changed_ratings]
    yield _INSERT_PUSHES, [{**row._asdict(), "case_id": id} for id, _, rows in steps for row in rows.pushes]
    yield _CHANGE_PUSHES, [{"of_case": id, "of_seq": row.seq, "received_on": row.received_on, "received_by": row.received_by,
                            "lapsed_on": row.lapsed_on, "findings": row.findings}
                           for id, _, rows in steps for row in rows.changed_pushes]
    yield _INSERT_REENTRIES, [{**row._asdict(), "case_id": id} for id, _, rows in steps for row in rows.reentries]
    yield _INSERT_NOTIFICATIONS, [{**row._asdict(), "case_id": id} for id, _, rows in steps for row in rows.notifications]


def _exchanged(
    replace: Executable, remove: Executable, add: Executable,
    changes: Sequence[tuple[int, Sequence[Any], Sequence[PlacedTask | TimerRow | MessageRow | ClockRow | ExternalTaskRow]]],
) -> tuple[_Given, _Given, _Given]:
    """Of each case, the tokens (or names) that are over and the rows that open: as far as there are both, one takes the other's
    place."""
    pairs = [(id, over, row) for id, ended, opened in changes for over, row in zip(ended, opened, strict=False)]
    return (
        (replace, [{**row._asdict(), "case_id": id, "of_case": id, "of_token": over} for id, over, row in pairs]),
        (remove, [{"of_case": id, "of_token": over} for id, ended, opened in changes for over in ended[len(opened):]]),
        (add, [{**row._asdict(), "case_id": id} for id, ended, opened in changes for row in opened[len(ended):]]))


def _facts(steps: Sequence[tuple[int, int, Rows]], dialect: str) -> Iterator[_Given]:
    """What happened, what of it has to be told outside, and what other cases are asked for."""
    yield _INSERT_FACTS, [{"case_id": id, "seq": fact.seq, "kind": fact.kind, "at": fact.at, "body": fact.body,
                           "hash": fact.hash, "decides": fact.decides, "doer": None if fact.decides is None else fact.by}
                         for id, _, rows in steps for fact in rows.facts]
    yield _INSERT_ERRANDS, [{**row._asdict(), "case_id": id} for id, _, rows in steps for row in rows.errands]
    asked_by = {"request": correlation.current()} if dialect == "postgresql" else {}
    yield _INSERT_OUTBOX[dialect], [{**asked_by, "case_id": id, "seq": fact.seq, "kind": fact.kind, "created_at": fact.at,
                                     "sent_at": None} for id, _, rows in steps for fact in rows.leaving]


def _refuse(number: str, rows: Rows, error: IntegrityError) -> None:
    """What a violated constraint means to whoever completed a task; any other violation is a bug and stays what it is."""
    reason = str(error.orig)
    decided = next((fact.decides for fact in rows.facts if fact.decides is not None), None)
    if decided is not None and ("fact.decides" in reason or "ix_fact_decides" in reason):
        raise AlreadyDecided(f"{number}-{decided}", "somebody else has just completed it") from error
