"""The queues of the counter against a slow reading of every case, whatever has happened to them; and by which indexes they are
read, however much there is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from random import Random
from typing import Any

import orjson
import pytest

from engine import queues as rules
from engine import sight
from engine.case import Case, local_day
from engine.errors import Refusal
from engine.queues import CLOSERS, Queue
from engine.supervision import Lamp
from services import people, queues
from services.database import reading, writing
from services.folded import fold_of
from services.lamps import clock_lamp
from services.people import NewGrant
from services.store import queues as store
from services.store import sight as finding
from services.store.rows import TaskRow
from tests.services.desk import WAY, Desk, day
from tests.services.test_queues import HERE, JANUARY, PLAIN, THERE, claim, counted, enter, lines
from tests.services.test_store import SQLITE, fill, noted, plan_of

WHO = {"王": ("clerk", {"park": HERE}), "陈": ("clerk", {"department": "市市场监管局"}), "李": ("reviewer", {}),
       "赵": ("approver", {"park": THERE}), "周": ("clerk", {"process": "four_permits"}), "督": ("supervisor", {})}


def live(desk: Desk, random: Random) -> None:
    """Cases of several matters in two parks, each taken some way, some of them stopped, ended or claimed."""
    desk.deploy(plain=PLAIN)
    for _ in range(12):
        desk.now = day(random.randint(2, 6), random.choice((1, 3, 7)))
        process = random.choice(("company_setup", "four_permits", "joint_completion_inspection", "plain"))
        given = {"planning_review": "告知承诺"} if process == "four_permits" else {}
        number = desk.open(process, **given, **({} if process == "plain" else {
            "park": random.choice((HERE, THERE)), "applicant": "岳阳某公司"}))
        for _ in range(random.randint(0, 6)):
            _move(desk, number, random)


def _move(desk: Desk, number: str, random: Random) -> None:
    """Something that may happen to a case next; what is refused does not."""
    desk.now += timedelta(minutes=random.randint(0, 90))
    tasks = desk.tasks(number)
    try:
        match random.randint(0, 11):
            case 0:
                desk.suspend(number)
            case 1:
                desk.resume(number)
            case 2 if tasks:
                claim(desk, number, random.choice(list(WHO)))
            case 3 if not tasks:
                desk.command(random.choice(("certify", "hand_over", "archive")), number)
            case 4:
                desk.command("withdraw", number, reason="不办了")
            case _ if tasks:
                task = random.choice(tasks)
                outcomes = [key for key, _ in orjson.loads(task.outcomes)]
                outcome = WAY.get(task.node) or ("accept" if "accept" in outcomes else random.choice(outcomes or [None]))
                desk.complete(number, task.node, outcome)
    except (Refusal, StopIteration):
        pass


def slowly(desk: Desk, who: str) -> dict[Queue, list[tuple[Any, ...]]]:
    """The queues of somebody, read one case after the other."""
    found: dict[Queue, list[tuple[Any, ...]]] = {queue: [] for queue in Queue}
    for number in desk.opened:
        row, case = desk.case(number), fold_of(desk.case(number))
        for task in desk.tasks(number):
            if _is_his(desk, who, case, task):
                phase = rules.phase_of(case, task.act)
                clock = rules.pressing(case, phase)
                lamp = Lamp.GREY if clock is None else clock_lamp(desk.office, case, clock, desk.now)
                terms = desk.office.general_terms(case)
                at = rules.turns(case, phase, terms.calendar, terms.policy)[1]
                found[rules.queue_of(case, task.act, lamp)].append((at, row.id, task.token, f"{number}-{task.token}"))
        closing = rules.awaits(case)
        if closing and sight.sees(sight.scopes_of(desk.office.people, who, local_day(desk.now), CLOSERS), case.park,
                                  {case.department}, case.process):
            found[closing].append((rules.NEVER, row.id, -1, None))
        found[Queue.DONE] += [(number, fact["seq"]) for fact in desk.facts(number, "TaskCompleted") if fact["by"] == who]
    return {queue: sorted(each, key=lambda one: one[:3]) for queue, each in found.items()}


def _is_his(desk: Desk, who: str, case: Case, task: TaskRow) -> bool:
    if task.assignee is not None:
        return task.assignee == who
    return any(reach.role == task.role and reach.scope.covers(case.park, {task.unit or case.department}, case.process)
               for reach in sight.reaches_of(desk.office.people, who, local_day(desk.now)))


@pytest.mark.parametrize("seed", range(4))
def test_the_database_finds_what_a_slow_reading_of_every_case_finds(desk: Desk, seed: int) -> None:
    live(desk, Random(seed))
    for who, (role, scope) in WHO.items():
        enter(desk, who, role, **scope)

    for at in (desk.now, day(6, 9), day(9), day(12, 16), day(20)):
        desk.now = at
        for who in WHO:
            count, expected = counted(desk, who), slowly(desk, who)
            for queue in Queue:
                found = lines(desk, who, queue)
                assert len(found) == count.get(queue, 0) == len(expected[queue]), (at, who, queue)
                if queue is not Queue.DONE:
                    assert [(*line.key, line.task) for line in found] == expected[queue], (at, who, queue)
    assert desk.problems() == []


def reads(desk: Desk, *scopes: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The statements of the queues of a clerk with these scopes, each with its plan, above thousands of tasks."""
    enter(desk, "王")
    with writing(desk.database) as connection:
        for scope in scopes:
            people.grant(connection, NewGrant(person="王", role="clerk", since_on=JANUARY, **scope), by="管", now=desk.now)
    desk.open(park=HERE)
    fill(desk.database)
    desk.sql("UPDATE task SET phase = 'counting', late_at = 1772000000000000 + case_id * 1000000, warns_at = "
             "1771000000000000 + case_id * 1000000 WHERE case_id % 2 = 0")
    desk.sql("UPDATE task SET assignee = '王' WHERE case_id % 100 = 1")
    desk.sql("""UPDATE "case" SET awaits = 'to_archive', ended_at = 1 WHERE id % 5 = 1""")
    desk.sql("ANALYZE")
    with noted(desk.database) as statements, reading(desk.database) as connection:
        queues.counts(connection, desk.office, "王", now=desk.now)
        for queue in Queue:
            queues.page(connection, desk.office, "王", queue, most=20, now=desk.now)
    for statement, parameters in statements:
        if "counter" not in statement and not statement.startswith("BEGIN"):
            yield statement, _plan(desk, statement, parameters)


def _plan(desk: Desk, statement: str, parameters: Any) -> str:
    """How a statement is carried out where the tables are large."""
    if desk.database.dialect.name == "sqlite":
        return plan_of(desk.database, statement, parameters)
    with writing(desk.database) as connection:
        for setting in ("enable_seqscan", "enable_bitmapscan"):
            connection.exec_driver_sql(f"SET LOCAL {setting} = off")
        return "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters))


@pytest.mark.parametrize("scopes", [
    ({},), ({"process": "company_setup"},), ({"park": HERE},), ({"department": "市市场监管局"},),
    ({"park": HERE, "department": "市市场监管局", "process": "company_setup"},),
    ({"park": HERE}, {"process": "company_setup"}),
])
def test_the_queues_of_every_shape_of_scope_are_read_by_indexes(desk: Desk, scopes: tuple[dict[str, str], ...]) -> None:
    plans = list(reads(desk, *scopes))

    assert len(plans) == 1 + len(Queue)
    for statement, plan in plans:
        tables = plan.replace('"', "")
        for table in ("task", "case", "fact"):
            assert f"Seq Scan on {table}" not in tables and f"SCAN {table}" not in tables.replace("COVERING INDEX", ""), (
                statement, plan)


@pytest.mark.parametrize(("find", "index"), [
    (lambda connection: finding.by_number(connection, "43060020260304"), "uq_case_number"),
    (lambda connection: finding.by_code(connection, "91430600MA40000130"), "ix_case_project"),
    (lambda connection: finding.by_name(connection, "岳阳"), "ix_case_applicant_name"),
    (lambda connection: store.roles(connection), "ix_task_"),
])
def test_what_somebody_searches_for_is_found_by_an_index(desk: Desk, find: Callable[[Any], object], index: str) -> None:
    desk.open()
    fill(desk.database)
    desk.sql("""UPDATE "case" SET applicant_name = '岳阳' || id WHERE id % 3 = 0""")
    desk.sql("ANALYZE")

    with noted(desk.database) as statements, writing(desk.database) as connection:
        find(connection)
    plans = [_plan(desk, *statement) for statement in statements if "SELECT" in statement[0]]

    wanted = SQLITE.get(index, index) if desk.database.dialect.name == "sqlite" else index
    assert wanted in plans[-1] and not any("Seq Scan on" in plan.replace("Seq Scan on definition", "") for plan in plans), plans


def test_the_pages_of_what_a_person_has_done_are_read_in_the_order_of_their_index(desk: Desk) -> None:
    desk.open()
    fill(desk.database)
    desk.sql("UPDATE fact SET doer = '王' WHERE case_id % 10 = 0")
    desk.sql("ANALYZE")

    with noted(desk.database) as statements, writing(desk.database) as connection:
        store.done(connection, "王", after=store.NEWEST, most=20)
    plan = plan_of(desk.database, *statements[-1])

    assert "ix_fact_doer" in plan and not any(word in plan for word in ("Sort", "TEMP B-TREE", "Seq Scan on fact")), plan
