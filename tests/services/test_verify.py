"""`jiban verify`: a database of real cases is clean, and whatever hands do to its rows is found."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from engine.lifecycle import TARGETS
from services.chapter import LEAVES
from services.database import reading as read
from services.verify import MOST, Problem, history, stored, verify
from tests.services import diagrams
from tests.services.desk import WAY, WEDNESDAY, Desk, day
from tests.services.tampering import Hands, hands


@pytest.fixture
def lived(desk: Desk) -> Desk:
    """Five cases that have seen something: one ended late with a card, one open, one in a special procedure, one stuck with
    an incident, one withdrawn."""
    late = desk.open(wants_fund=False, wants_bank=False)
    desk.go(late, *WAY)
    others = desk.open(), desk.open("four_permits")
    desk.go(others[0], "register", "verify", "review_registration")
    desk.go(others[1], "register", "verify")
    desk.suspend(others[1])
    desk.deploy(stuck=STUCK)
    stuck, gone = desk.open("stuck"), desk.open()
    desk.complete(stuck, "fill", "done")
    desk.complete_id(f"{gone}-4", "received")
    desk.command("withdraw", gone, reason="不办了")
    desk.now = day(6)
    desk.ring()
    for node in ("make_seal", "issue_invoices", "insure"):
        desk.complete(late, node, "done")
    desk.complete(late, "hand_over", "handed_over")
    desk.complete(late, "supervise_promise", "handled")
    return desk


STUCK = diagrams.process(
    "stuck", diagrams.words(variables="colour:string"), diagrams.start(), diagrams.task("fill", "done"),
    '<bpmn:exclusiveGateway id="way" default="way_other"/>', diagrams.end("red"), diagrams.end("other"),
    diagrams.flows("begin", "fill", "way", "other"), diagrams.when("way", "red", 'colour == "red"'))


def test_a_database_of_lived_cases_is_clean(lived: Desk) -> None:
    seen: list[int] = []

    with read(lived.database) as connection:
        report = verify(connection, progress=seen.append)

    assert report.problems == () and report.is_clean
    assert (report.cases, report.facts, seen) == (5, lived.rows("fact"), [1, 2, 3, 4, 5])


def test_an_empty_database_of_this_release_is_clean(desk: Desk) -> None:
    with read(desk.database) as connection:
        assert verify(connection).is_clean


def test_a_database_without_tables_is_told_what_to_do() -> None:
    with create_engine("sqlite://").connect() as connection:
        report = verify(connection)

    assert report.cases == 0 and "run `jiban migrate`" in report.problems[0].message


def test_pages_do_not_show(lived: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored, "PAGE", 3)

    with read(lived.database) as connection:
        report = verify(connection)

    assert (report.problems, report.cases, report.facts) == ((), 5, lived.rows("fact"))


def test_its_own_tables_of_states_and_of_what_leaves_are_the_engines() -> None:
    assert {kind.__name__: state.value for kind, state in TARGETS.items()} == history.STATES
    assert {kind.__name__ for kind in LEAVES} == history.LEAVING


def test_it_looks_from_outside_with_sqlalchemy_and_the_standard_library_only() -> None:
    trees = [ast.parse(file.read_text()) for file in Path(stored.__file__).parent.glob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]

    modules = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    modules |= {name.name for node in nodes if isinstance(node, ast.Import) for name in node.names}

    others = {module.split(".")[0] for module in modules if not module.startswith("services.verify")}
    assert "sqlalchemy" in others and others <= {"sqlalchemy", *sys.stdlib_module_names}


Tampering = Callable[[Hands], object]

TAMPERINGS: dict[str, tuple[Tampering, str]] = {
    # the chain
    "a byte of a fact is flipped": (
        lambda db: db.rewrite(db.late, 3, lambda body: body.replace(b"accept", b"accepT", 1)), "chain"),
    "a hash is changed": (lambda db: db.do("UPDATE fact SET hash = ? WHERE case_id = 1 AND seq = 3", bytes(32)), "chain"),
    "a fact is deleted": (lambda db: db.do("DELETE FROM fact WHERE case_id = 1 AND seq = 3"), "sequence"),
    "the first fact is deleted": (lambda db: db.do("DELETE FROM fact WHERE case_id = 1 AND seq = 1"), "sequence"),
    "a case is opened twice": (lambda db: db.rewrite(
        db.late, 2, lambda body: body.replace(b"TaskCompleted", b"CaseOpened"), chain=True, head=True), "order"),
    "all facts of a case are deleted": (lambda db: db.do("DELETE FROM fact WHERE case_id = 1"), "head"),
    "two facts are swapped": (lambda db: swap(db, 2, 3), "body"),
    "the tail is cut off": (lambda db: db.do("DELETE FROM fact WHERE case_id = 1 AND seq > 12"), "head"),
    "the tail is re-hashed": (
        lambda db: db.rewrite(db.late, 3, lambda body: body.replace(b"accept", b"accepT", 1), chain=True), "head"),
    "a fact is put in": (
        lambda db: db.do("INSERT INTO fact SELECT case_id, seq + 1, kind, at, body, hash, decides FROM fact WHERE case_id = 1 "
                         "AND seq = (SELECT max(seq) FROM fact WHERE case_id = 1)"), "chain"),
    "a fact is no JSON": (lambda db: db.rewrite(db.late, 3, lambda body: body[:-1], chain=True, head=True), "body"),
    "a fact is moved to another case": (lambda db: db.rewrite(
        db.late, 1, lambda body: body.replace(b"04000001", b"04000002"), chain=True, head=True), "body"),
    "the kind beside a fact is changed": (
        lambda db: db.do("UPDATE fact SET kind = 'CaseArchived' WHERE case_id = 1 AND seq = 3"), "body"),
    "the time beside a fact is changed": (
        lambda db: db.do("UPDATE fact SET at = at + 1 WHERE case_id = 1 AND seq = 3"), "body"),
    "a fact happened before the one before it": (lambda db: earlier(db), "time"),
    # rewritten to the end: the rows beside the facts still tell
    "an acceptance is dated back, with all hashes": (lambda db: db.rewrite(
        db.late, db.seq(1, "CaseAccepted"),
        lambda body: body.replace(b'"accepted_on":"2026-03-04"', b'"accepted_on":"2026-03-03"'),
        chain=True, head=True), "case"),
    "an end event is taken out, with all hashes": (lambda db: db.rewrite(
        db.late, db.seq(1, "ProcessCompleted"), lambda body: body.replace(b'["supervise_promise_done"]', b"[]"),
        chain=True, head=True), "ending"),
    "a firing is repeated, with all hashes": (lambda db: db.rewrite(
        db.late, db.seq(1, "TimerFired"),
        lambda body: body.replace(b'"firing":1', b'"firing":2'), chain=True, head=True), "firing"),
    # the case's own row
    "a late case is made on time": (lambda db: db.do("""UPDATE "case" SET standing = 'on_time' WHERE id = 1"""), "case"),
    "a due date is put off": (lambda db: db.do("""UPDATE "case" SET due_on = '2026-03-31' WHERE id = 2"""), "case"),
    "a state is set by hand": (lambda db: db.do("""UPDATE "case" SET state = 'decided' WHERE id = 2"""), "case"),
    "a case is ended by hand": (lambda db: db.do("""UPDATE "case" SET ended_at = opened_at WHERE id = 2"""), "waits"),
    "a case is taken back to life": (lambda db: db.do("""UPDATE "case" SET ended_at = NULL WHERE id = 1"""), "reason_to_wait"),
    "a version is set back": (lambda db: db.do("""UPDATE "case" SET version = 2 WHERE id = 1"""), "version"),
    "a case runs on another definition": (
        lambda db: db.do("""UPDATE "case" SET definition_id = 1 WHERE id = 2"""), "reference"),
    "a case runs on no definition": (lambda db: db.do("""UPDATE "case" SET definition_id = 77 WHERE id = 2"""), "reference"),
    "a whole case is removed": (lambda db: remove(db, db.gone), "counter"),
    "a case is removed and its rows are left": (lambda db: db.do("""DELETE FROM "case" WHERE id = 5"""), "reference"),
    # reasons to wait
    "every reason to wait is removed": (
        lambda db: [db.do(f"DELETE FROM {table} WHERE case_id = 2") for table in ("task", "timer")], "reason_to_wait"),
    "an incident is resolved and nothing else is left": (lambda db: [
        db.do("DELETE FROM task WHERE case_id = 4"), db.do("DELETE FROM incident WHERE case_id = 4")], "reason_to_wait"),
    "a completed task is open again": (lambda db: db.do(
        "INSERT INTO task SELECT case_id, 4, 'register', name, act, role, form, outcomes, opened_at FROM task "
        "WHERE case_id = 2 AND node = 'decide_registration'"), "decision"),
    "an ended case has a task": (lambda db: db.do(
        "INSERT INTO task SELECT 1, 99, node, name, act, role, form, outcomes, opened_at FROM task WHERE case_id = 4"),
        "waits"),
    "a task is opened out of nothing": (
        lambda db: db.do("UPDATE task SET opened_at = opened_at + 1 WHERE case_id = 2"), "waits"),
    "a token is a task and a timer": (lambda db: db.do(
        "INSERT INTO timer SELECT case_id, token, node, 'duration', 1, opened_at, NULL FROM task WHERE case_id = 4"), "waits"),
    "a deadline is put off": (lambda db: db.do("UPDATE timer SET due_at = due_at + 1 WHERE case_id = 2"), "timer"),
    "a deadline is silenced": (lambda db: db.do("UPDATE timer SET due_at = NULL WHERE case_id = 2"), "timer"),
    "a stopped clock is set to ring": (lambda db: db.do("UPDATE timer SET due_at = opened_at WHERE case_id = 3"), "timer"),
    "a timer has rung unseen": (lambda db: db.do("UPDATE timer SET firing = 2 WHERE case_id = 2"), "firing"),
    # rows of no case
    "a task of no case": (lambda db: orphan(db, "task"), "reference"),
    "a timer of no case": (lambda db: orphan(db, "timer"), "reference"),
    "a message of no case": (lambda db: db.do("INSERT INTO message VALUES (999, 1, 'a', 'b')"), "reference"),
    "an incident of no case": (lambda db: orphan(db, "incident"), "reference"),
    "an outbox row of no case": (lambda db: orphan(db, "outbox"), "reference"),
    "a fact of no case": (lambda db: orphan(db, "fact"), "reference"),
    # decisions
    "a second decision, with all hashes": (lambda db: [db.do("DROP INDEX ix_fact_decides"), decided_twice(db)], "decision"),
    "a decision is taken from its task": (
        lambda db: db.do("UPDATE fact SET decides = NULL WHERE case_id = 5 AND seq = 2"), "body"),
    "a decision is given to another task": (
        lambda db: db.do("UPDATE fact SET decides = 99 WHERE case_id = 5 AND seq = 2"), "body"),
    "a fact that decides nothing is made a decision": (
        lambda db: db.do("UPDATE fact SET decides = 99 WHERE case_id = 5 AND seq = 1"), "body"),
    # incidents and what leaves
    "an incident is removed": (lambda db: db.do("DELETE FROM incident"), "reference"),
    "an incident names another fact": (lambda db: db.do("UPDATE incident SET seq = 1"), "reference"),
    "an incident is played down": (lambda db: db.do("UPDATE incident SET message = 'all is well'"), "incident"),
    "a fact never leaves the house": (
        lambda db: db.do("DELETE FROM outbox WHERE case_id = 1 AND kind = 'CardIssued'"), "outbox"),
    "something leaves that must not": (
        lambda db: db.do("INSERT INTO outbox VALUES (1, 2, 'TaskCompleted', 0, NULL)"), "outbox"),
    "something leaves under another name": (lambda db: db.do(
        "UPDATE outbox SET kind = 'CaseResumed' WHERE kind = 'CardIssued'"), "outbox"),
    "something was sent before it happened": (lambda db: db.do("UPDATE outbox SET sent_at = 0"), "outbox"),
    # definitions and counters
    "a definition is removed": (lambda db: db.do("DELETE FROM definition WHERE process = 'stuck'"), "reference"),
    "what a definition calls is removed": (lambda db: db.do("DELETE FROM definition WHERE process = 'receipt'"), "reference"),
    "a version is skipped": (lambda db: db.do("UPDATE definition SET version = 7 WHERE process = 'stuck'"), "definition"),
    "a counter is set back": (lambda db: db.do("UPDATE counter SET value = 1 WHERE name = 'case'"), "counter"),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_what_hands_do_is_found(lived: Desk, name: str) -> None:
    tampering, check = TAMPERINGS[name]
    with hands(lived.database) as db:
        tampering(db)

    with read(lived.database) as connection:
        problems = verify(connection).problems

    assert check in {problem.check for problem in problems}, problems
    assert all(problem.message for problem in problems)


def test_a_problem_names_case_and_fact(lived: Desk) -> None:
    with hands(lived.database) as db:
        db.rewrite(db.late, 3, lambda body: body.replace(b"accept", b"accepT", 1))

    with read(lived.database) as connection:
        first = verify(connection).problems[0]

    assert first == Problem(check="chain", case=lived.opened[0], seq=3, message="its hash is not that of the previous hash and "
                            "its bytes: a fact was changed, removed or put in")


def test_a_ruined_database_is_not_listed_to_the_end(lived: Desk) -> None:
    with hands(lived.database) as db:
        db.do("INSERT INTO outbox WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 4000) "
              "SELECT 999, i, 'CaseOpened', 0, NULL FROM n")

    with read(lived.database) as connection:
        problems = verify(connection).problems

    assert len(problems) == MOST + 1 and problems[-1].check == "stopped"


def swap(db: Hands, one: int, other: int) -> None:
    for source, target in ((one, 900), (other, one), (900, other)):
        db.do("UPDATE fact SET seq = ? WHERE case_id = 1 AND seq = ?", target, source)


def earlier(db: Hands) -> None:
    """The last fact of a case is dated to its first, in its bytes, in its row and in all hashes."""
    last = db.do("SELECT max(seq) FROM fact WHERE case_id = 1")[0][0]
    db.rewrite(1, last, lambda body: body.replace(b"2026-03-06T02:00:00", b"2026-03-04T01:00:00"), chain=True, head=True)
    at = int(WEDNESDAY.timestamp() * 1_000_000) - 3_600_000_000
    db.do("UPDATE fact SET at = ? WHERE case_id = 1 AND seq = ?", at, last)


def decided_twice(db: Hands) -> None:
    """The second task of a case becomes the first once more."""
    second = db.do("SELECT seq FROM fact WHERE case_id = 1 AND kind = 'TaskCompleted' ORDER BY seq")[1][0]
    db.rewrite(1, second, lambda body: re.sub(rb'"token":\d+', b'"token":4', body), chain=True, head=True)
    db.do("UPDATE fact SET decides = 4 WHERE case_id = 1 AND seq = ?", second)


def remove(db: Hands, case: int) -> None:
    for table in ("fact", "task", "timer", "message", "incident", "outbox"):
        db.do(f"DELETE FROM {table} WHERE case_id = ?", case)
    db.do('DELETE FROM "case" WHERE id = ?', case)


def orphan(db: Hands, table: str) -> None:
    case = db.do(f"SELECT min(case_id) FROM {table}")[0][0]
    key = "seq" if table in ("fact", "incident", "outbox") else "token"
    first = db.do(f"SELECT min({key}) FROM {table} WHERE case_id = ?", case)[0][0]
    db.do(f"UPDATE {table} SET case_id = 999 WHERE case_id = ? AND {key} = ?", case, first)
