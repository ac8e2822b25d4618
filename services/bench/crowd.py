"""A million pending clocks, for measuring what rings: copies of one real case, some whose limit is about to lapse.

The case is opened, and whatever is due before the lapse is done about it as a worker would: the warning and the notice of the
last day. Its copies (`services.bench.copies`) stand there too. Clocks that are far from anything are given to a few more copies
under tokens they do not have, since nobody looks at those.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import Connection, Engine, select, text

from services import cases, deployments, jobs
from services import tables as t
from services.bench import diagrams
from services.bench.copies import Template, copy_cases, count_clocks, template
from services.database import writing
from services.migrations import migrate
from services.office import Office
from services.store.bulk import copy
from services.store.rows import ClockRow

CLOCKS_PER_CASE = 1000
DATA = {"applicant": "岳阳某某制造有限公司", "note": "一" * 300}


def fill(database: Engine, office: Office, *, timers: int, cases_due: int, opened_at: datetime, now: datetime) -> datetime:
    """An empty database becomes one with `cases_due` cases opened at `opened_at`, about which everything due up to `now` is
    done, each with one clock; all lapse at the instant that is returned. `timers` more clocks ring a year later."""
    migrate(database)
    with writing(database) as connection:
        deployments.deploy(connection, {"bench.bpmn": diagrams.supervised()}, now=opened_at)
        number = cases.open_case(connection, office, process="bench", data=DATA, by="bench", now=opened_at).number
    jobs.run_due(database, office, now=now)
    with writing(database) as connection:
        case = template(connection, number)
        first_due = case.row.id + 1 + -(-timers // CLOCKS_PER_CASE)
        holders, due = range(case.row.id + 1, first_due), range(first_due, first_due + cases_due - 1)  # the first is due too
        copy_cases(connection, replace(case, clocks=()), holders)
        copy(connection, t.clock, islice(_idle_clocks(case.clocks[0], holders), timers))
        copy_cases(connection, case, due)
        _copy_notifications(connection, case, holders.start, due.stop)
        count_clocks(connection)
        connection.execute(text("ANALYZE"))
    lapses_at = case.clocks[0].lapses_at
    assert lapses_at is not None and case.clocks[0].rings_at == lapses_at
    return lapses_at


def _idle_clocks(clock: ClockRow, holders: range) -> Iterator[ClockRow]:
    """Far from anything: a thousand for each case, the first of all cases first."""
    assert clock.lapses_at is not None
    kind, _, token = clock.clock.partition(":")
    for place in range(CLOCKS_PER_CASE):
        lapses_at = clock.lapses_at + timedelta(days=365, seconds=place)
        for id in holders:
            yield clock._replace(case_id=id, clock=f"{kind}:{int(token) + 1 + place}", due=lapses_at.date().isoformat(),
                                 lapses_at=lapses_at, rings_at=lapses_at)


def _copy_notifications(connection: Connection, template: Template, first: int, stop: int) -> None:
    """Who was told of the case was told of each of its copies."""
    told = connection.execute(select(t.notification).where(t.notification.c.case_id == template.row.id)).all()
    copy(connection, t.notification, ((id, *row[1:]) for id in range(first, stop) for row in told))
