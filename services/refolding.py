"""Refolding: after an upgrade every case is folded anew from its facts, where this release keeps more of them than the one
before.

The fold of a case says who has done which duty, by whom it is found again and whose its tasks are; release 0002 kept none of
that, and none before 0010 where its tasks stand in the queues of the counter. Facts are the truth: each case is replayed, and
what was kept of it is written anew. Nothing is told and no version changes: the facts, the tokens and the clocks stay as they
are. The cases are gone through in portions as `services.adoption` does, which comes first where the database is older
still. """

from __future__ import annotations

from collections.abc import Callable

import orjson
from sqlalchemy import Connection, Engine

from services.database import reading as read
from services.database import writing as write
from services.folded import row_of, standing_of
from services.office import Office
from services.replay import replayed
from services.store import adoption as store
from services.store.rows import HeldCase

PORTION = 200
"""Cases in a transaction."""


def refold(database: Engine, office: Office, *, progress: Callable[[int, int], None] | None = None) -> int:
    """Fold every case anew that is not yet. Returns how many were; with none left it reads one row. Raises JibanError for a
    case whose facts cannot be replayed."""
    with read(database) as connection:
        total = store.left(connection, store.REFOLDED)
    done = 0
    while (folded := _portion(database, office)) is not None:
        done += folded
        if progress is not None:
            progress(done, max(total, done))
    return done


def _portion(database: Engine, office: Office) -> int | None:
    """The next cases, in a transaction. None: there was nothing left to do."""
    with write(database) as connection:
        after = store.hold(connection, store.REFOLDED)
        if after is None:
            return None
        office.refresh(connection)
        cases = store.next_cases(connection, after=after, most=PORTION, rules=office.rules)
        for row in cases:
            _refold(connection, office, row)
        if cases:
            store.advance(connection, store.REFOLDED, cases[-1].id)
        else:
            store.finish(connection, store.REFOLDED)
        return len(cases)


def _refold(connection: Connection, office: Office, row: HeldCase) -> None:
    replay = replayed(connection, office, row.id, row.definition_id)
    case = replay.case
    assert case is not None
    standing = standing_of(case, office.general_terms(case))
    store.refold(connection, row_of(case, id=row.id, version=row.version, definition_id=row.definition_id, tokens=row.tokens,
                                    data=orjson.loads(row.data)),
                 [standing.placed(task._replace(case_id=row.id)) for task in replay.tasks.values()])
