"""The queues of the counter: what lies in which, in what order, for whom; and how it is found when somebody asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

import orjson
import pytest

from engine import queues as rules
from engine import sight
from engine.case import Case, local_day
from engine.errors import InvalidInput, Refusal
from engine.queues import CLOSERS, Queue
from engine.stops import StopKind
from engine.supervision import Lamp, Policy
from services import assigning, jobs, people, queues, relighting, rulings
from services.acting import TaskCommand
from services.database import reading, writing
from services.folded import fold_of
from services.lamps import clock_lamp
from services.people import NewGrant, NewPerson
from services.queues import Line
from services.store import queues as store
from services.store import sight as finding
from services.store.rows import TaskRow
from tests.services import diagrams
from tests.services.desk import WAY, Desk, day
from tests.services.test_store import SQLITE, fill, noted, plan_of

JANUARY = date(2026, 1, 1)
HERE, THERE = "湘阴高新区", "平江高新区"
OPEN = {Queue.TO_ACCEPT, Queue.IN_HAND, Queue.DUE_SOON, Queue.OVERDUE, Queue.STOPPED, Queue.RESULT}

PLAIN = diagrams.process(
    "plain", diagrams.words(limits="promised:5"), diagrams.start(), diagrams.throw("taken", "accepted"),
    diagrams.task("review"), diagrams.throw("granted", "granted"),
    diagrams.task("print").replace('act="other"', 'act="certify"'), diagrams.end("done", "concluded"),
    diagrams.flows("begin", "taken", "review", "granted", "print", "done"))
"""Reviewed and decided at once, a certificate made, and nothing drawn of how it is handed over."""


def enter(desk: Desk, id: str, *roles: str, **scope: str) -> None:
    """Somebody with roles within one scope."""
    with writing(desk.database) as connection:
        people.enter(connection, NewPerson(id=id, name=id, since_on=JANUARY), by="管", now=desk.now)
        for role in roles:
            people.grant(connection, NewGrant(person=id, role=role, since_on=JANUARY, **scope), by="管", now=desk.now)


def lines(desk: Desk, who: str, queue: Queue, **given: Any) -> list[Line]:
    """A page of a queue."""
    with reading(desk.database) as connection:
        return queues.page(connection, desk.office, who, queue, now=desk.now, **{"most": 50, **given})


def shown(desk: Desk, who: str, queue: Queue) -> list[tuple[str, str]]:
    """What a queue shows: cases with their steps, in order."""
    return [(line.number, line.step) for line in lines(desk, who, queue)]


def counted(desk: Desk, who: str) -> dict[Queue, int]:
    """The queues that are not empty, with their counts."""
    with reading(desk.database) as connection:
        found = queues.counts(connection, desk.office, who, now=desk.now)
    assert set(found) == set(Queue)
    return {queue: count for queue, count in found.items() if count}


def claim(desk: Desk, number: str, by: str) -> None:
    with writing(desk.database) as connection:
        assigning.claim(connection, desk.office, TaskCommand(
            task=f"{number}-{desk.tasks(number)[0].token}", by=by, now=desk.now))


def test_what_is_received_is_to_be_accepted_and_the_five_days_to_tell_what_is_missing_set_its_place(desk: Desk) -> None:
    enter(desk, "王", "clerk")
    desk.now = day(5)
    later = desk.open()
    desk.go(later, "register")
    desk.now = day(4)
    sooner = desk.open()
    desk.go(sooner, "register")
    fresh = desk.open()
    desk.now = day(6)

    found = lines(desk, "王", Queue.TO_ACCEPT)

    assert [(line.number, line.step, line.due, line.left_workdays) for line in found] == [
        (sooner, "核验材料", "2026-03-11", 3), (later, "核验材料", "2026-03-12", 4), (fresh, "登记收件", None, None)]
    assert counted(desk, "王") == {Queue.TO_ACCEPT: 3, Queue.DONE: 2}


def test_an_accepted_case_is_in_hand_then_nearly_and_then_wholly_overdue_as_its_promise_runs_out(desk: Desk) -> None:
    enter(desk, "王", "clerk")
    enter(desk, "李", "reviewer")
    number = desk.open("joint_completion_inspection")
    for outcome in ("received", "accept"):
        desk.complete(number, desk.tasks(number)[0].node, outcome)
    clock = fold_of(desk.case(number)).governing
    assert clock is not None and clock.due == "2026-03-16"  # eight working days from the 4th
    here: dict[int, set[tuple[Queue, Lamp]]] = {}

    for on in (5, 12, 13, 16, 17):
        desk.now = day(on)
        here[on] = {(queue, line.lamp) for queue in OPEN for line in lines(desk, "李", queue)}

    assert here == {5: {(Queue.IN_HAND, Lamp.GREEN)}, 12: {(Queue.IN_HAND, Lamp.GREEN)}, 13: {(Queue.DUE_SOON, Lamp.YELLOW)},
                    16: {(Queue.DUE_SOON, Lamp.YELLOW)}, 17: {(Queue.OVERDUE, Lamp.RED)}}
    assert {line.left_workdays for line in lines(desk, "李", Queue.OVERDUE)} == {-1}


def test_what_waits_for_the_applicant_or_is_stopped_lies_apart_with_the_kind_of_stop(desk: Desk) -> None:
    enter(desk, "王", "clerk")
    enter(desk, "李", "reviewer")
    corrected, stopped = desk.open(), desk.open("four_permits", applicant="某公司", planning_review="告知承诺")
    desk.go(corrected, "register")
    desk.complete(corrected, "verify", "correct", data={"missing_documents": ["章程"]})
    desk.go(stopped, "register", "verify")
    desk.suspend(stopped, by="李")

    assert shown(desk, "王", Queue.STOPPED) == [(corrected, "提交补正材料")]
    found = lines(desk, "李", Queue.STOPPED)
    assert {line.number for line in found} == {stopped} and {line.stops for line in found} == {(StopKind.SPECIAL,)}
    assert all(line.is_stopped and line.lamp is Lamp.GREY and line.due is None for line in found)

    desk.complete(corrected, "supplement", "resubmitted")

    assert shown(desk, "王", Queue.STOPPED) == [] and shown(desk, "王", Queue.TO_ACCEPT) == [(corrected, "核验材料")]


def test_a_result_is_certified_handed_over_and_archived_whether_the_diagram_draws_it_or_not(desk: Desk) -> None:
    desk.deploy(plain=PLAIN)
    enter(desk, "王", "clerk", "reviewer", "approver")
    number = desk.open("plain")
    assert shown(desk, "王", Queue.IN_HAND) == [(number, "review")]
    desk.complete(number, "review", by="王")
    assert shown(desk, "王", Queue.RESULT) == [(number, "print")]
    desk.complete(number, "print", by="王")
    assert shown(desk, "王", Queue.TO_ARCHIVE) == [(number, "")]

    desk.command("certify", number)
    assert shown(desk, "王", Queue.RESULT) == [(number, "")] and shown(desk, "王", Queue.TO_ARCHIVE) == []
    assert [line.task for line in lines(desk, "王", Queue.RESULT)] == [None]
    desk.command("hand_over", number)
    assert counted(desk, "王") == {Queue.TO_ARCHIVE: 1, Queue.DONE: 2}
    desk.command("archive", number)

    assert counted(desk, "王") == {Queue.DONE: 2} and desk.problems() == []


def test_what_somebody_has_done_is_listed_newest_first_and_is_his_alone(desk: Desk) -> None:
    enter(desk, "王", "clerk")
    enter(desk, "陈", "clerk")
    number, other = desk.open(), desk.open()
    desk.go(number, "register")
    desk.now = day(5)
    desk.go(number, "verify")
    desk.complete(other, "register", by="陈")

    found = lines(desk, "王", Queue.DONE)

    assert [(line.number, line.step, line.outcome, line.done_at) for line in found] == [
        (number, "核验材料", "accept", day(5)), (number, "登记收件", "received", day(4))]
    assert shown(desk, "陈", Queue.DONE) == [(other, "登记收件")]
    assert lines(desk, "王", Queue.DONE, after=found[0].key) == found[1:]


def test_a_claimed_task_is_its_holders_and_no_longer_his_colleagues(desk: Desk) -> None:
    enter(desk, "王", "clerk")
    enter(desk, "陈", "clerk")
    his, free = desk.open(), desk.open()
    claim(desk, his, "王")

    assert [(line.number, line.is_mine, line.assignee) for line in lines(desk, "王", Queue.TO_ACCEPT)] == [
        (his, True, "王"), (free, False, None)]
    assert shown(desk, "陈", Queue.TO_ACCEPT) == [(free, "登记收件")]


def test_a_substitute_has_the_queues_of_whom_he_stands_in_for(desk: Desk) -> None:
    enter(desk, "王", "clerk", park=HERE)
    enter(desk, "李", "reviewer")
    his, free = desk.open(park=HERE), desk.open(park=HERE)
    claim(desk, his, "王")
    with writing(desk.database) as connection:
        people.absent(connection, person="王", substitute="李", first_on=date(2026, 3, 4), last_on=date(2026, 3, 4),
                      reason="出差", by="王", now=desk.now)

    assert counted(desk, "李") == {Queue.TO_ACCEPT: 2}
    assert [(line.number, line.is_mine) for line in lines(desk, "李", Queue.TO_ACCEPT)] == [(his, False), (free, False)]
    desk.now = day(5)
    assert counted(desk, "李") == {}


def test_pages_join_without_gap_or_overlap_though_scopes_overlap(desk: Desk) -> None:
    enter(desk, "王", "clerk", park=HERE)
    with writing(desk.database) as connection:
        for scope in ({"process": "company_setup"}, {"department": "市市场监管局"}):
            people.grant(connection, NewGrant(person="王", role="clerk", since_on=JANUARY, **scope), by="管", now=desk.now)
    numbers = [desk.open(park=park) for park in (HERE, THERE, HERE, THERE, HERE)]
    claim(desk, numbers[2], "王")

    pages: list[Line] = []
    while page := lines(desk, "王", Queue.TO_ACCEPT, most=2, after=pages[-1].key if pages else None):
        pages += page

    assert [line.number for line in pages] == numbers and counted(desk, "王") == {Queue.TO_ACCEPT: 5}


def test_who_is_not_of_the_office_has_nothing_and_without_people_whatever_lies_open_is_everybodys(desk: Desk) -> None:
    number = desk.open()
    assert shown(desk, "外人", Queue.TO_ACCEPT) == [(number, "登记收件")]

    enter(desk, "王", "clerk")

    assert counted(desk, "外人") == {} and counted(desk, "王") == {Queue.TO_ACCEPT: 1}


def test_a_stricter_policy_moves_tasks_to_the_queue_of_their_lamp_and_back_when_it_ends(desk: Desk) -> None:
    enter(desk, "王", "clerk")
    enter(desk, "李", "reviewer")
    for _ in range(2):
        number = desk.open("four_permits", applicant="某公司", planning_review="告知承诺")
        desk.go(number, "register", "verify")
    assert set(counted(desk, "李")) == {Queue.IN_HAND}
    with writing(desk.database) as connection:
        rulings.enter_policy(connection, Policy(warn_workdays=30, long_warn_workdays=30), process="four_permits", park="",
                             by="孙", now=desk.now)
    assert desk.problems() == []  # not gone through yet, which is no mistake

    jobs.catch_up(desk.database, desk.office, now=desk.now)

    assert set(counted(desk, "李")) == {Queue.DUE_SOON} and desk.problems() == []
    assert {line.lamp for line in lines(desk, "李", Queue.DUE_SOON)} == {Lamp.YELLOW}
    with writing(desk.database) as connection:
        rulings.end_policy(connection, process="four_permits", park="", now=desk.now)
    assert relighting.relight_due(desk.database, desk.office) == 2 and set(counted(desk, "李")) == {Queue.IN_HAND}
    assert relighting.relight_due(desk.database, desk.office) == 0


FOUND_BY: dict[str, Callable[[str], str]] = {
    "the whole number": lambda number: number, "the beginning of the number": lambda number: number[:14],
    "the credit code": lambda number: "91430600ma40000130", "the beginning of the name": lambda number: " 岳阳华信",
    "the project's code": lambda number: "2603-430600-04-01-100012",
}


@pytest.mark.parametrize("what", FOUND_BY)
def test_a_case_is_found_by_what_people_know_of_it_and_only_by_who_may_see_it(desk: Desk, what: str) -> None:
    number = desk.open("four_permits", park=HERE, applicant="岳阳华信制造有限公司", credit_code="91430600MA40000130",
                       project_code="2603-430600-04-01-100012", planning_review="告知承诺")
    desk.now = day(5)
    desk.open(park=THERE, applicant="湘阴某公司")
    enter(desk, "王", "clerk", park=HERE)
    enter(desk, "陈", "clerk", park=THERE)

    with reading(desk.database) as connection:
        found = {who: queues.search(connection, desk.office, who, FOUND_BY[what](number), most=10, now=desk.now)
                 for who in ("王", "陈")}

    assert [(line.number, line.applicant, line.step) for line in found["王"]] == [
        (number, "岳阳华信制造有限公司", "登记收件")]
    assert found["陈"] == []


@pytest.mark.parametrize("text", ["", "  ", "岳" * 101, "岳\x00阳"])
def test_nothing_and_nonsense_are_refused_with_what_could_be_asked(desk: Desk, text: str) -> None:
    with reading(desk.database) as connection, pytest.raises(InvalidInput, match="办件编号"):
        queues.search(connection, desk.office, "王", text, most=10, now=desk.now)


@pytest.mark.parametrize("text", ["%", "_", "岳阳%", "'; DROP TABLE task; --", "\u9fff"])
def test_signs_of_the_database_find_nothing(desk: Desk, text: str) -> None:
    desk.open(applicant="岳阳华信制造有限公司")

    with reading(desk.database) as connection:
        assert queues.search(connection, desk.office, "王", text, most=10, now=desk.now) == []


# What is shown is compared with a slow reading of every case, whatever has happened to them.

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


# Every list is read by an index, however much there is.


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
