"""Is this database sound? Asked from outside: with the bytes, SHA-256 and SQL, and nothing of the program that wrote them.

Rows are read once, in the order of their case, a page at a time: a database of millions of facts needs no more memory than
its largest case. For each case the facts are followed as a chain, and what they say is held against every row kept beside
them: the case itself, open tasks, timers, messages and external tasks, its running clocks, incidents, cards and orders, who
was told, what must leave the house, what other cases are asked for, the documents it has issued. Rows whose case is gone fall
out of that order by themselves.

What it cannot see: a case whose facts, hashes and rows were *all* rewritten consistently. For that, a head has to be known
outside the database; every fact that has left the house is such a witness. Whether the stored state follows from the facts by
the rules of the engine is asked by `services.fold`.

Give it a transaction that sees one moment (`services.database.reading`): on a busy database two moments never agree.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row

from services.verify import (
    bundles,
    deliveries,
    documents,
    platforms,
    pushes,
    queued,
    ratings,
    rows,
    served,
    supervised,
    whole,
)
from services.verify.chain import Chain
from services.verify.history import History
from services.verify.report import Problem, Report
from services.verify.stored import (
    CARD,
    CASE,
    CLOCK,
    DELIVERY,
    DOCUMENT,
    ERRAND,
    EXTERNAL,
    FACT,
    INCIDENT,
    LANE,
    MESSAGE,
    NOTIFICATION,
    OF_A_CASE,
    ORDER,
    ORIGIN,
    OUTBOX,
    PUSH,
    RATING,
    REENTRY,
    SUBMISSION,
    TASK,
    TIMER,
    Stream,
    missing_tables,
    scan,
)

__all__ = ["Problem", "Report", "verify"]

MOST = 1000
"""Problems reported; with more, the looking stops."""


def verify(connection: Connection, *, progress: Callable[[int], None] | None = None) -> Report:
    """Look at everything. `progress` is told after each case how many have been looked at."""
    if missing := missing_tables(connection):
        return Report(cases=0, facts=0, problems=(Problem(
            check="tables", case="", seq=None,
            message=f"this is no database of this release, it lacks {', '.join(missing)}: run `jiban migrate`"),))
    looking = _Looking(connection, progress or (lambda cases: None))
    problems = list(islice(looking.problems(), MOST + 1))
    if len(problems) > MOST:
        problems[MOST] = Problem(check="stopped", case="", seq=None, message=f"there are more than {MOST} problems; the rest "
                                 "of the database was not looked at")
    return Report(cases=looking.cases, facts=looking.facts, problems=tuple(problems))


class _Looking:
    """One walk through the database. `cases` and `facts`: how many were looked at so far."""

    def __init__(self, connection: Connection, progress: Callable[[int], None]) -> None:
        self.connection = connection
        self.progress = progress
        self.cases = self.facts = 0
        self.opened: Counter[str] = Counter()
        self.clocks: Counter[tuple[object, ...]] = Counter()
        self.messages = platforms.given_by_case(connection)
        self.definitions = whole.definitions_of(connection)
        self.subscribed = deliveries.Subscribed.of(connection)
        self.streams = {table.name: Stream(connection, table) for table in OF_A_CASE}

    def problems(self) -> Iterator[Problem]:
        """Everything that is off, as it is found."""
        for row in scan(self.connection, CASE, ("id",)):
            yield from self._orphans(row.id)
            yield from self._case(row)
            self.cases += 1
            self.progress(self.cases)
        yield from self._orphans(None)
        yield from whole.check_definitions(self.connection, self.definitions)
        yield from whole.check_counters(self.connection, self.opened)
        yield from whole.check_counts(self.connection, self.clocks)
        yield from platforms.check_messages(self.connection)

    def _orphans(self, case_id: int | None) -> Iterator[Problem]:
        for name, stream in self.streams.items():
            for row in stream.before(case_id):
                yield Problem(check="reference", case=f"id {row.case_id}", seq=row.seq if "seq" in row._fields else None,
                              message=f"a {name} belongs to a case that does not exist")

    def _case(self, row: Row[Any]) -> list[Problem]:
        problems: list[Problem] = []

        def found(check: str, seq: int | None, message: str) -> None:
            problems.append(Problem(check=check, case=str(row.number), seq=seq, message=message))

        if (day := whole.day_of(str(row.number))) is not None:
            self.opened[day] += 1
        told = self._facts(row, Chain(number=row.number, found=found), History(found=found))
        task, timer, message, clock, incident, outbox, card, order, notification, errand, origin, rating, push = (
            list(self.streams[table.name].of(row.id))
            for table in (TASK, TIMER, MESSAGE, CLOCK, INCIDENT, OUTBOX, CARD, ORDER, NOTIFICATION, ERRAND, ORIGIN,
                          RATING, PUSH))
        self.clocks.update(map(whole.counted_as, clock))
        rows.check_case(row, told, self.definitions)
        external = list(self.streams[EXTERNAL.name].of(row.id))
        rows.check_waits(row, told, rows.Waits(tasks=task, timers=timer, messages=message, clocks=clock, incidents=incident,
                                               externals=external))
        served.check_externals(told, external, incident)
        served.check_reentries(row, told, list(self.streams[REENTRY.name].of(row.id)))
        rows.check_incidents(told, incident)
        rows.check_outbox(told, outbox)
        submissions = list(self.streams[SUBMISSION.name].of(row.id))
        platform = next((str(each.platform) for each in submissions), "")
        deliveries.check_deliveries(row, platform, told.history.pushes.departments, self.subscribed, outbox,
                                    list(self.streams[DELIVERY.name].of(row.id)), list(self.streams[LANE.name].of(row.id)),
                                    found)
        rows.check_origin(told, origin)
        platforms.check_submission(told, submissions)
        platforms.check_given(told, self.messages[row.id])
        queued.check_queued(row, told, task)
        ratings.check_rating(row, told.history.ratings, rating, found)
        pushes.check_pushes(row, told.history.pushes, push, found)
        supervised.check_clocks(row, told, clock)
        supervised.check_cards(row, told, card)
        supervised.check_orders(told, order)
        supervised.check_notifications(told, notification)
        documents.check_documents(told.chain.seq, list(self.streams[DOCUMENT.name].of(row.id)), found)
        bundles.check_errands(row, told.chain.seq, told.history.children, errand, found)
        if row.parent is not None or told.history.children.requested:
            bundles.check_links(self.connection, row, told.history.children, incident, found)
        return problems

    def _facts(self, row: Row[Any], chain: Chain, history: History) -> rows.Followed:
        for fact in self.streams[FACT.name].of(row.id):
            self.facts += 1
            if (told := chain.follow(fact)) is not None:
                history.take(told)
        return rows.Followed(chain=chain, history=history, found=chain.found)
