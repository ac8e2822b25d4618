"""Telling the workers of a cluster, in the transaction that made it so, that something has to leave or to be done.

A job says nothing but that somebody should look: what has to be done is a row of ours. So one job that nobody has taken up yet
is enough for all the steps that commit meanwhile, and a step adds one only where it sees none: no step waits for another's,
and rolling back removes it. A step that saw a job which was taken up just before the step committed is found by the next look,
which comes with every tick. PostgreSQL only; the tables are the queue's (`services.migrations.queue`).

Not by the library's own deferring: that is a round trip more in every step, and a notification, which PostgreSQL lets one
transaction after another commit.
"""

from __future__ import annotations

from sqlalchemy import (
    ColumnElement,
    Connection,
    Insert,
    Select,
    String,
    Text,
    bindparam,
    column,
    func,
    insert,
    literal_column,
    select,
    table,
)
from sqlalchemy.dialects import postgresql

WIRE, BELL, HALL = "wire", "bell", "hall"
"""The queues: of what leaves; of what is due in cases; of everything that no single case waits for."""

RING, SEND = "ring", "send"
"""The jobs others ask for: deal with what is due, send what has to leave."""

_jobs = table("procrastinate_jobs", *map(column, ("queue_name", "task_name", "args", "queueing_lock", "status")))
_workers = table("procrastinate_workers", column("id"))
_IS_WAITING = _jobs.c.status == literal_column("'todo'")


def _wake(queue: str, task: str) -> Insert:
    here: tuple[ColumnElement[str], ColumnElement[str]] = literal_column(f"'{queue}'"), literal_column(f"'{task}'")
    asked_by = func.jsonb_build_object(literal_column("'request'"), bindparam("request", type_=String).cast(Text))
    waits: Select[str] = select(literal_column("1")).select_from(_jobs).where(
        _IS_WAITING, _jobs.c.queue_name == here[0], _jobs.c.task_name == here[1])
    return insert(_jobs).from_select(["queue_name", "task_name", "args"], select(*here, asked_by).where(~waits.exists()))


WAKE_WIRE = _wake(WIRE, SEND).cte("woken")
"""Ask for a look at what has to leave, unless somebody has been asked and has not come yet; part of the statement that writes
what has to leave. `request`: by which request, or pass, it comes to leave."""

_NUMBERS = select(func.generate_series(1, bindparam("most")).label("number")).subquery()
_CALL = postgresql.insert(_jobs).from_select(
    ["queue_name", "task_name", "queueing_lock"],
    select(literal_column(f"'{BELL}'"), literal_column(f"'{RING}'"),
           literal_column("'ring:'").concat(_NUMBERS.c.number.cast(postgresql.TEXT)))
).on_conflict_do_nothing()
_COUNT_WORKERS = select(func.count()).select_from(_workers)


def call_for_help(connection: Connection, *, most: int) -> None:
    """Ask other workers to deal with what is due too: as many as there are, `most` at most, none twice who has not come yet."""
    if (workers := int(connection.execute(_COUNT_WORKERS).scalar_one())) > 1:
        connection.execute(_CALL, {"most": min(workers - 1, most)})
