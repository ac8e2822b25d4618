"""Relighting: after a policy or the calendar has changed, when the lamps of open tasks turn is worked out anew.

A lamp is computed for every look and asks nobody. But the queues of the counter look for tasks by the instants their lamps
turn (`engine.queues`), and those depend on the office's policy and on the working days before a deadline, which may change
though the deadline stays. So whenever either has changed, a pass goes through the cases with open tasks in the order of their
ids, a portion a transaction, and writes what differs. Facts, clocks and versions stay as they are. A pass that is broken off is
made again; whoever moves a case meanwhile works by the new rules already, and holds the case as the pass does.
"""

from __future__ import annotations

from sqlalchemy import Engine

from engine.case import Case
from services.database import reading as read
from services.database import writing as write
from services.folded import fold_of_bytes, standing_of
from services.office import Office
from services.store import recounts
from services.store import relighting as store
from services.store.recounts import TaskChange
from services.store.rows import PlacedTask

PORTION = 500
"""Cases in a transaction."""


def relight_due(database: Engine, office: Office) -> int:
    """Make a pass if a rule has changed since the last. Returns the cases whose tasks were written anew; with nothing to do it
    reads three small rows."""
    with read(database) as connection:
        rules, relit = store.relit(connection)
    if rules == relit:
        return 0
    after, done = 0, 0
    while (portion := _portion(database, office, after)) is not None:
        after, written = portion
        done += written
    with write(database) as connection:
        store.note_relit(connection, rules)
    return done


def _portion(database: Engine, office: Office, after: int) -> tuple[int, int] | None:
    """The next cases: up to which id, and how many were written anew. None: there are no more."""
    with write(database) as connection:
        office.refresh(connection)
        folds = store.hold_working(connection, after=after, most=PORTION)
        if not folds:
            return None
        tasks = store.placed_of(connection, list(folds))
        changes = [change for id, fold in folds.items()
                   if (change := _change(office, id, fold_of_bytes(fold), tasks.get(id, []))) is not None]
        recounts.turn_tasks(connection, changes)
        return max(folds), len(changes)


def _change(office: Office, case_id: int, case: Case, tasks: list[PlacedTask]) -> TaskChange | None:
    """When the lamps of a case's tasks turn; None when it is as they say."""
    standing = standing_of(case, office.general_terms(case))
    for task in tasks:
        pressed = standing.pressed(task.act)
        if (task.warns_at, task.late_at) != (pressed.warns_at, pressed.late_at):
            return TaskChange(case_id, *standing.result[1:], *standing.other[1:])
    return None
