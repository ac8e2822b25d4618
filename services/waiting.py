"""What a wait becomes in the tables: a person's task, a timer with its due instant, an awaited message.

Pure: a wait of the kernel and the case it belongs to in, a row out. Whoever saves a step and whoever replays one ask here,
so that both come to the same rows.
"""

from __future__ import annotations

from datetime import datetime

import orjson

from engine.case import Case, Terms
from engine.definitions.model import Node, Work
from engine.errors import Incident
from engine.limits import LimitKind
from engine.process.step import Wait
from engine.timers import due_at
from services.store.rows import MessageRow, TaskRow, TimerRow


def task(wait: Wait, node: Node, now: datetime) -> TaskRow:
    """The task of a wait that opened `now`; one of several instances carries its item, or its number, in its name."""
    work = node.work or Work()
    name = wait.name or wait.node
    if wait.index is not None:
        name = f"{name}（{wait.item[:80] if isinstance(wait.item, str) else wait.index + 1}）"
    outcomes = orjson.dumps([[outcome.key, outcome.label] for outcome in work.outcomes]).decode()
    return TaskRow(case_id=0, token=wait.id, node=wait.node, name=name, act=work.act, role=work.role, form=work.form,
                   outcomes=outcomes, opened_at=now)


def timer(wait: Wait, case: Case, terms: Terms, now: datetime) -> TimerRow:
    """The timer of a wait that opened `now`. Raises Incident when its text gives no instant."""
    assert wait.timer is not None
    kind = wait.timer.limit.kind.value if wait.timer.limit is not None else wait.timer.kind.value
    return TimerRow(case_id=0, token=wait.id, node=wait.node, kind=kind, firing=1, opened_at=now,
                    due_at=due(wait, case, terms, now))


def due(wait: Wait, case: Case, terms: Terms, opened_at: datetime) -> datetime | None:
    """When an open timer should fire: the case's own clock for the limits of the case, else its own arithmetic. None
    while it stands still. Raises Incident when its text gives no instant."""
    assert wait.timer is not None
    limit = wait.timer.limit
    if limit is not None and (clock := case.clock(limit.kind)) is not None:
        return clock.lapses_at
    at_receipt = limit is not None and limit.kind is LimitKind.NOTICE and case.accepted_on is None
    try:
        return due_at(wait.timer, opened_at, terms.calendar, suspensions=case.suspensions,
                      event="submitted" if at_receipt else None)
    except ValueError as error:
        raise Incident(wait.node, f"the timer “{wait.name or wait.node}” cannot be set: {error}") from error


def message(wait: Wait) -> MessageRow:
    """The awaited message or signal of a wait."""
    return MessageRow(case_id=0, token=wait.id, node=wait.node, name=wait.event or "")
