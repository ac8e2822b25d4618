"""`bench inbox`: a million open tasks, and the queues of a hundred people at the counter above them.

Matters of several departments, in every park, on the desk, under way, stopped and ended, accepted on many days; copies of real
cases (`services.bench.copies`). The people are clerks, reviewers and approvers of a department in a park, some of them for a
few matters only, some for all of a park or for a department everywhere; some of the tasks are somebody's already. Each asks for
the counts of his queues and for the first and the second page of each, as a browser would. Every statement is explained
afterwards: a plan that reads through the tasks, cases, clocks or facts fails the run, however fast it was.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

from sqlalchemy import Connection, Engine, event, func, select, text

from engine.errors import JibanError
from engine.queues import Queue
from services import assigning, cases, deployments, people, queues, timekeeping
from services import tables as t
from services.acting import Command, TaskCommand
from services.bench import diagrams
from services.bench.copies import Template, copy_cases, count_clocks, template
from services.bench.postgres import temporary_postgres
from services.cases import Completion
from services.database import connect, reading, writing
from services.migrations import migrate
from services.office import Office, open_office
from services.people import NewGrant, NewPerson
from services.settings import SHELF, Settings
from services.store.reading import tasks_of

BEGIN = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
NOW = datetime(2026, 3, 24, 2, 0, tzinfo=UTC)
DAYS = (0, 2, 4, 8, 10, 14, 16, 18, 21)
"""Days after the first on which cases are accepted, all of them working days: some are late by now, some soon will be."""
DEPARTMENTS = ("市市场监管局", "市住建局", "市自然资源局", "市发改委", "市生态环境局")
MATTERS = 4
"""Of each department."""
PROMISED = (3, 5, 10, 15, 20)
PEOPLE, LINES, ROUNDS = 100, 50, 2
_ROLES = ("clerk", "clerk", "clerk", "reviewer", "approver")
_BIG = ("task", "case", "clock", "fact")

Progress = Callable[[str], None]


class FullScan(JibanError):
    """A list of the counter is read by going through a whole table."""

    def __init__(self, statement: str, plan: str) -> None:
        self.statement, self.plan = statement, plan
        super().__init__(f"a plan reads a whole table: {plan.splitlines()[0] if plan else ''}\n{plan}\n{statement}")


def run(*, tasks: int = 1_000_000, progress: Progress | None = None) -> dict[str, Any]:
    """Measure: ``{"tasks", "page_p95_ms", "counts_p95_ms"}``. Raises FullScan."""
    tell = progress or (lambda text: None)
    office = open_office(Settings(shelf=SHELF))
    with temporary_postgres() as server:
        server.forget()
        database = connect(server.create("bench"), answer_seconds=None)
        try:
            tell(f"PostgreSQL: writing {tasks:,} open tasks")
            _fill(database, office, tasks, tell)
            tell(f"PostgreSQL: the queues of {PEOPLE} people")
            counts, pages = _measured(database, office)
            tell("PostgreSQL: explaining every statement")
            _explain(database, office)
            with reading(database) as connection:
                found = connection.execute(select(func.count()).select_from(t.task)).scalar_one()
        finally:
            database.dispose()
    return {"tasks": found, "page_p95_ms": _p95(pages), "counts_p95_ms": _p95(counts)}


def refuse_full_scan(statement: str, plan: str) -> None:
    """Raise FullScan when a plan reads one of the large tables from end to end."""
    if any(f"Seq Scan on {name} " in f"{plan} ".replace('"', "") for name in _BIG):
        raise FullScan(statement, plan)


def _p95(seconds: Sequence[float]) -> float:
    return round(statistics.quantiles(seconds, n=20)[-1] * 1000, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A matter in a park."""

    process: str
    park: str


def _fill(database: Engine, office: Office, tasks: int, tell: Progress) -> None:
    """Tasks in every park, matter and stage; then the people, whom nobody asks about before."""
    migrate(database)
    with writing(database) as connection:
        deployments.deploy(connection, {
            f"{process}.bpmn": diagrams.counter(process, department, PROMISED[place % len(PROMISED)])
            for place, (process, department) in enumerate(_matters().items())}, now=BEGIN)
        parks = [park.name for park in office.catalogue.parks.values()]
        places = [_Place(process=process, park=park) for process, park in product(_matters(), parks)]
        templates = [one for number, place in enumerate(places) for one in _templates(connection, office, place, number)]
        each = tasks / sum(len(one.tasks) for one in templates)
        first, due = templates[-1].row.id + 1, 0.0
        for number, one in enumerate(templates):
            due += each - 1
            copies = round(due)
            due -= copies
            copy_cases(connection, one, range(first, first + copies))
            first += copies
            if number % 100 == 0:
                tell(f"PostgreSQL: {number} of {len(templates)} sorts of cases written")
        count_clocks(connection)
        _enter_people(connection, parks)
    with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))  # as it is done by itself in a database that lives


def _matters() -> dict[str, str]:
    """The department of each matter."""
    return {f"matter{place}_{number}": department for place, department in enumerate(DEPARTMENTS) for number in range(MATTERS)}


def _templates(connection: Connection, office: Office, place: _Place, number: int) -> Iterator[Template]:
    """What stands of a matter in a park: a case on the desk, four under way of which one is somebody's and one stopped, one
    that has ended."""
    received = _open(connection, office, place, number)
    yield template(connection, received)
    days = [DAYS[(number + 2 * turn) % len(DAYS)] for turn in range(4)]
    for turn, days_after in enumerate(days):
        at = BEGIN + timedelta(days=days_after)
        case = _open(connection, office, place, number, at)
        _complete(connection, office, case, "register", _person((number + turn) % PEOPLE), at)
        if turn == 1:
            _claim(connection, office, case, _person(number % PEOPLE), at)
        if turn == 2 and number % 2 == 0:
            timekeeping.suspend(connection, office, Command(number=case, by="bench", now=at), ground="expert_review",
                                document="岳特〔2026〕1号", expected_end=date(2026, 4, 30))
        yield template(connection, case)
    ended = _open(connection, office, place, number)
    for node in ("register", "review", "decide", "inform", "certify"):
        _complete(connection, office, ended, node, {"review": "李", "decide": "赵"}.get(node, "王"), BEGIN)
    yield template(connection, ended)


def _open(connection: Connection, office: Office, place: _Place, number: int, at: datetime = BEGIN) -> str:
    data = {"applicant": f"岳阳第{number}制造有限公司", "park": place.park}
    return cases.open_case(connection, office, process=place.process, data=data, by="bench", now=at).number


def _complete(connection: Connection, office: Office, number: str, node: str, by: str, at: datetime) -> None:
    completion = Completion(task=_task(connection, number, node), outcome=None, data={}, by=by)
    cases.complete_task(connection, office, completion, now=at)


def _claim(connection: Connection, office: Office, number: str, by: str, at: datetime) -> None:
    assigning.claim(connection, office, TaskCommand(task=_task(connection, number, "inform"), by=by, now=at))


def _task(connection: Connection, number: str, node: str) -> str:
    case_id = connection.execute(select(t.case.c.id).where(t.case.c.number == number)).scalar_one()
    return f"{number}-{next(task.token for task in tasks_of(connection, case_id) if task.node == node)}"


def _person(number: int) -> str:
    return f"p{number:03}"


def _enter_people(connection: Connection, parks: Sequence[str]) -> None:
    """A hundred people, each of a department in a park; every third for two matters only; some for a whole park, some for a
    department everywhere."""
    for number in range(PEOPLE):
        person, department = _person(number), DEPARTMENTS[number // len(parks) % len(DEPARTMENTS)]
        people.enter(connection, NewPerson(id=person, name=person, since_on=BEGIN.date()), by="bench", now=BEGIN)
        matters = [matter for matter, whose in _matters().items() if whose == department][:2] if number % 3 == 0 else [""]
        for matter in matters:
            people.grant(connection, NewGrant(
                person=person, role=_ROLES[number % len(_ROLES)], since_on=BEGIN.date(), process=matter,
                park="" if number % 20 == 7 else parks[number % len(parks)],
                department="" if number % 10 == 4 else department), by="bench", now=BEGIN)


def _measured(database: Engine, office: Office) -> tuple[list[float], list[float]]:
    """Seconds of each reading of the counts, and of each page."""
    counts: list[float] = []
    pages: list[float] = []
    for _ in range(ROUNDS):
        for number in range(PEOPLE):
            with _timed(counts), reading(database) as connection:
                queues.counts(connection, office, _person(number), now=NOW)
            for queue in Queue:
                lines = _page(database, office, _person(number), queue, None, pages)
                if len(lines) == LINES:
                    _page(database, office, _person(number), queue, lines[-1].key, pages)
    return counts, pages


def _page(
    database: Engine, office: Office, person: str, queue: Queue, after: queues.Key | None, times: list[float],
) -> list[queues.Line]:
    with _timed(times), reading(database) as connection:
        return queues.page(connection, office, person, queue, after=after, most=LINES, now=NOW)


class _timed:
    """Notes how long what is inside takes."""

    def __init__(self, times: list[float]) -> None:
        self._times = times

    def __enter__(self) -> None:
        self._started = time.perf_counter()

    def __exit__(self, *error: object) -> None:
        self._times.append(time.perf_counter() - self._started)


def _explain(database: Engine, office: Office) -> None:
    """Ask how the statements of everybody are carried out. Raises FullScan."""
    sent: dict[str, Any] = {}

    def note(connection: Connection, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        if not statement.startswith("EXPLAIN"):
            sent.setdefault(statement, parameters)

    event.listen(database, "before_cursor_execute", note)
    try:
        with reading(database) as connection:
            for number in range(PEOPLE):
                queues.counts(connection, office, _person(number), now=NOW)
                for queue in Queue:
                    queues.page(connection, office, _person(number), queue, most=LINES, now=NOW)
            queues.search(connection, office, _person(0), "岳阳第3制", most=LINES, now=NOW)
            queues.search(connection, office, _person(0), "4306002026", most=LINES, now=NOW)
    finally:
        event.remove(database, "before_cursor_execute", note)
    with reading(database) as connection:
        for statement, parameters in sent.items():
            plan = "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters))
            refuse_full_scan(statement, plan)
