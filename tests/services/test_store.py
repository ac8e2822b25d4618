"""The store: what two writers at once do to each other, how many statements a step takes, which index a list uses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, text

from engine.errors import AlreadyDecided, Stale
from engine.events import TaskCompleted, record
from services.database import writing as write
from services.store import errands, reading, writing
from services.store.rows import Rows
from tests.services.desk import COLLEAGUES, WAY, Desk, day

TABLES = ("case", "fact", "task", "timer", "clock", "clock_count", "card", "message", "incident", "outbox",
          "errand")
MANY = {
    "case": """INSERT INTO "case" (id, number, process, definition_id, version, state, standing, opened_at, accepted_on, due_on,
               is_provisional, concluded_on, ended_at, park, department, project, parent, parent_token, seq, head, tokens, data,
               fold)
               SELECT {id}, 'N' || {id}, process, definition_id, version,
               CASE WHEN {id} % 50 = 0 THEN 'received' ELSE 'handed_over' END, standing, opened_at, accepted_on, due_on,
               is_provisional, concluded_on, ended_at, park, department, project, 'N' || ({id} / 10), {id}, seq, head, tokens,
               data, fold FROM n, "case" WHERE id = 1""",
    "task": """INSERT INTO task SELECT {id}, token, node, name, act, CASE WHEN {id} % 50 = 0 THEN 'approver' ELSE 'clerk' END,
               form, outcomes, opened_at, unit, assignee, owner, host, park, department, process, phase, warns_at, late_at
               FROM n, task WHERE case_id = 1""",
    "timer": """INSERT INTO timer SELECT {id}, 9, 'remind', 'duration', 1, 0, 4000000000000000 + {id} FROM n""",
    "clock": """INSERT INTO clock SELECT {id}, 'promised', 'promised', '', process, park, department, 1, 'workday',
               '2026-03-04', '2026-03-05', 4000000000000000 + {id}, is_provisional, is_provisional, 1, 0,
               4000000000000000 + {id} FROM n, "case" WHERE id = 1""",
    "errand": """INSERT INTO errand SELECT {id}, 1, 0, 'open', 3, '王', 0, 4000000000000000 + {id} FROM n""",
    "fact": "INSERT INTO fact SELECT {id}, seq, kind, at, body, hash, decides, doer FROM n, fact WHERE case_id = 1",
}
"""Rows in numbers at which the databases choose as they would in a hall."""

LISTS: dict[str, tuple[Callable[[Connection], object], str]] = {
    # list, the index it must be read by
    "due": (lambda connection: reading.claim_due(connection, day(4), 20), "ix_timer_due"),
    "next due": (reading.next_due, "ix_timer_due"),
    "ringing": (lambda connection: reading.claim_ringing(connection, day(4), 20), "ix_clock_rings_at"),
    "next ring": (reading.next_due, "ix_clock_rings_at"),
    "errand": (lambda connection: errands.claim(connection, day(4)), "ix_errand_due"),
    "next errand": (reading.next_due, "ix_errand_due"),
    "children": (lambda connection: errands.children_of(connection, "N4000"), "ix_case_parent"),
    "clocks of a case": (lambda connection: reading.clocks_of(connection, 4000), "pk_clock"),
    "worklist of a role": (lambda connection: reading.tasks_page(connection, role="approver", most=50),
                           "ix_task_role_case_id_token"),
    "tasks of a case": (lambda connection: reading.tasks_page(connection, number="N4000", most=50), "uq_case_number"),
    "all tasks": (lambda connection: reading.tasks_page(connection, after=(4000, 0), most=50), "pk_task"),
    "all cases": (lambda connection: reading.cases_page(connection, before=4000, most=50), "pk_case"),
    "cases in a state": (lambda connection: reading.cases_page(connection, state="received", most=50), "ix_case_state_id"),
    "facts": (lambda connection: reading.facts_of(connection, 4000, most=100), "pk_fact"),
    "case by number": (lambda connection: reading.peek_case(connection, "N4000"), "uq_case_number"),
}


SQLITE = {"pk_case": "sqlite_autoindex_case_1", "uq_case_number": "sqlite_autoindex_case_2",
          "pk_task": "sqlite_autoindex_task_1", "pk_fact": "sqlite_autoindex_fact_1",
          "pk_clock": "sqlite_autoindex_clock_1"}
"""SQLite names the indexes of keys itself."""


def test_a_stale_writer_leaves_no_row(desk: Desk) -> None:
    number = desk.open()
    seen = desk.case(number)
    desk.complete(number, "register")
    before = desk.case(number), [desk.rows(table) for table in TABLES]

    with pytest.raises(Stale, match="somebody else has just changed it"), write(desk.database) as connection:
        writing.save_step(connection, seen._replace(state="accepted"), Rows(ended_tasks=[5]))

    assert (desk.case(number), [desk.rows(table) for table in TABLES]) == before


def test_a_stale_writer_among_several_is_named_and_leaves_no_row_of_any(desk: Desk) -> None:
    still, moved = desk.open(), desk.open()
    seen = [desk.case(still), desk.case(moved)]
    desk.complete(moved, "register")
    before = [desk.rows(table) for table in TABLES]

    with pytest.raises(Stale, match=moved), write(desk.database) as connection:
        writing.save_steps(connection, [(row._replace(state="accepted"), Rows(ended_tasks=[5])) for row in seen])

    assert [desk.rows(table) for table in TABLES] == before and desk.case(still) == seen[0]


def test_a_decision_is_unique_in_the_database_itself(desk: Desk) -> None:
    number = desk.open()
    desk.complete(number, "register")
    row = desk.case(number)
    again = TaskCompleted(token=4, node="register", name="登记收件", act="receive", outcome="received", data={})
    second = record(number, row.seq + 1, row.head, day(4), "李", again)

    with pytest.raises(AlreadyDecided, match="somebody else has just completed it"), write(desk.database) as connection:
        writing.save_step(connection, row, Rows(facts=[second]))

    assert len(desk.facts(number, "TaskCompleted")) == 1 and desk.case(number) == row


def test_clocks_that_ring_at_one_instant_come_by_their_case_and_name(desk: Desk) -> None:
    """On each database, in whatever order their rows were written."""
    numbers = [desk.open(), desk.open()]
    for number in reversed(numbers):
        desk.go(number, "register", "verify")
        for name in sorted(desk.clocks(number), reverse=True):
            desk.sql("UPDATE clock SET rings_at = 1 WHERE case_id = :id AND clock = :name", id=desk.case(number).id, name=name)

    with write(desk.database) as connection:
        claimed = reading.claim_ringing(connection, day(4), 20)

    assert len(desk.clocks(numbers[0])) > 1
    assert [(case.number, clock.clock) for case, clock in claimed] == [
        (number, min(desk.clocks(number))) for number in numbers]


@pytest.mark.parametrize(("over", "opened"), [
    (1, 1), (3, 1), (3, 2),  # with others, or with none beside it, one gives its row to another
    (3, 0), (0, 2),  # all go, or all are new
])
def test_clocks_that_are_over_give_way_to_those_that_open_in_one_statement(
    desk: Desk, over: int, opened: int,
) -> None:
    one, other = desk.open(), desk.open()
    for number in (one, other):
        desk.go(number, "register", "verify")
    running = desk.clocks(one)
    (model, *_), untouched = running.values(), desk.clocks(other)
    more = [model._replace(clock=f"stage:{place}") for place in range(3)]
    with write(desk.database) as connection:
        writing.save_step(connection, desk.case(one), Rows(clocks=more))
    names = [row.clock for row in more][:over]
    opening = [model._replace(clock=f"notice:{place}", amount=40 + place) for place in range(opened)]

    with noted(desk.database) as statements, write(desk.database) as connection:
        writing.save_step(connection, desk.case(one), Rows(ended_clocks=names, clocks=opening))

    assert {name: row.amount for name, row in desk.clocks(one).items()} == {
        **{name: row.amount for name, row in running.items()}, **{row.clock: row.amount for row in more[over:]},
        **{row.clock: row.amount for row in opening}}
    assert len([each for each, _ in statements if "clock" in each and not each.startswith("SELECT")]) == 1
    assert desk.clocks(other) == untouched


def test_completing_a_task_takes_at_most_eight_statements(desk: Desk) -> None:
    number = desk.open(wants_fund=False, wants_bank=False)
    counts = {}

    for node, outcome in (WAY | dict.fromkeys(("make_seal", "issue_invoices", "insure"), "done")).items():
        task = next(task for task in desk.tasks(number) if task.node == node)
        with noted(desk.database) as statements:
            desk.complete_id(f"{number}-{task.token}", outcome, by=COLLEAGUES.get(task.role or ""))
        counts[node] = len([statement for statement, _ in statements if not statement.startswith(("BEGIN", "SAVEPOINT"))])

    assert max(counts.values()) <= 8, counts
    assert desk.facts(number, "ResultPushed") and desk.problems() == []  # the last step has concluded and pushed


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_read_by_its_index(desk: Desk, name: str) -> None:
    listed, index = LISTS[name]
    desk.open()
    fill(desk.database)

    with noted(desk.database) as statements, write(desk.database) as connection:
        listed(connection)
    plan = without_counters(plan_of(desk.database, *statements[-1])).replace("SCAN CONSTANT ROW", "")  # of no table

    if desk.database.dialect.name == "sqlite":
        index = SQLITE.get(index, index)
    assert index in plan and not any(word in plan for word in ("Seq Scan", "SCAN", "Filter")), plan
    assert name == "tasks of a case" or "TEMP B-TREE" not in plan, plan  # it sorts the few tasks of one case


@contextmanager
def noted(database: Engine) -> Iterator[list[tuple[str, Any]]]:
    """The statements sent meanwhile, with their parameters."""
    statements: list[tuple[str, Any]] = []

    def note(connection: Connection, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        statements.append((statement, parameters))

    event.listen(database, "before_cursor_execute", note)
    yield statements
    event.remove(database, "before_cursor_execute", note)


def fill(database: Engine) -> None:
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1001 UNION ALL SELECT i + 1 FROM n WHERE i < 6000) "
    with write(database) as connection:
        for statement in MANY.values():
            begin, rest = statement.split("SELECT ", 1)
            connection.execute(text(f"{begin} {numbers} SELECT {rest}".replace("{id}", "n.i")))
    with write(database) as connection:
        connection.execute(text("ANALYZE"))


def without_counters(plan: str) -> str:
    """The plan without the few rows of `counter` that say whether the office's rulings have changed."""
    return "\n".join(line for line in plan.splitlines() if " counter" not in line and "Filter: ((name)" not in line)


def plan_of(database: Engine, statement: str, parameters: Any) -> str:
    explain = "EXPLAIN QUERY PLAN" if database.dialect.name == "sqlite" else "EXPLAIN"
    with write(database) as connection:
        return "\n".join(str(row[-1]) for row in connection.exec_driver_sql(f"{explain} {statement}", parameters))
