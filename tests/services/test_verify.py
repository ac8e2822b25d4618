"""`jiban verify`: a database of real cases is clean, and whatever hands do to its rows is found."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from engine.cards import CARD_TARGETS, OrderState
from engine.lifecycle import TARGETS
from engine.outbound import LEAVES
from services.database import reading as read
from services.verify import MOST, Problem, history, oversight, stored, verify
from tests.services import diagrams
from tests.services.conftest import Story
from tests.services.desk import WAY, WEDNESDAY, Desk, day
from tests.services.tampering import Hands, hands


def live(desk: Desk) -> None:
    """Six cases that have seen something: one ended late with a card, which was appealed against and upheld, and an order that
    outlives it; one open, with cards; one in a special procedure; one stuck with an incident; one withdrawn; one that was
    stopped for an hour and is late by two limits."""
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
    desk.deploy(reminded=REMINDED)
    reminded = desk.open("reminded")
    desk.suspend(reminded)
    desk.resume(reminded)
    desk.now = day(6)
    desk.ring()
    for node in ("make_seal", "issue_invoices", "insure"):
        desk.complete(late, node, "done")
    desk.complete(late, "hand_over", "handed_over")
    desk.complete(late, "supervise_promise", "handled")
    card = desk.facts(late, "CardIssued")[0]["seq"]
    desk.command("appeal", late, card=card, reason="系统故障")
    desk.command("uphold", late, card=card, reason="查无故障", by="孙")
    desk.command("issue_order", late, addressee="王", text="说明原因", due_on=date(2026, 3, 11), by="孙")


@pytest.fixture
def lived(tell: Callable[[Story], Desk]) -> Desk:
    """A desk where they have been lived."""
    return tell(live)


REMINDED = diagrams.process(
    "reminded", diagrams.words(limits="promised:1 statutory:1"), diagrams.start(), diagrams.throw("accepted", "accepted"),
    diagrams.task("fill"), diagrams.timer("remind", "P30D", on="fill", interrupting=False), diagrams.end(),
    diagrams.end("reminded_end"), diagrams.flows("begin", "accepted", "fill", "done"), diagrams.flows("remind", "reminded_end"))


STUCK = diagrams.process(
    "stuck", diagrams.words(variables="colour:string"), diagrams.start(), diagrams.task("fill", "done"),
    '<bpmn:exclusiveGateway id="way" default="way_other"/>', diagrams.end("red"), diagrams.end("other"),
    diagrams.flows("begin", "fill", "way", "other"), diagrams.when("way", "red", 'colour == "red"'))


def test_a_database_of_lived_cases_is_clean(lived: Desk) -> None:
    seen: list[int] = []

    with read(lived.database) as connection:
        report = verify(connection, progress=seen.append)

    assert report.problems == () and report.is_clean
    assert (report.cases, report.facts, seen) == (6, lived.rows("fact"), [1, 2, 3, 4, 5, 6])


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

    assert (report.problems, report.cases, report.facts) == ((), 6, lived.rows("fact"))


def test_its_own_tables_of_states_and_of_what_leaves_are_the_engines() -> None:
    assert {kind.__name__: state.value for kind, state in TARGETS.items()} == history.STATES
    assert {kind.__name__ for kind in LEAVES} == history.LEAVING
    assert {kind.__name__: state.value for kind, state in CARD_TARGETS.items()} == oversight.CARD_STATES
    assert set(oversight.ORDER_STATES.values()) == {state.value for state in OrderState}


def test_it_looks_from_outside_with_sqlalchemy_and_the_standard_library_only() -> None:
    trees = [ast.parse(file.read_text()) for file in Path(stored.__file__).parent.glob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]

    modules = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    modules |= {name.name for node in nodes if isinstance(node, ast.Import) for name in node.names}

    others = {module.split(".")[0] for module in modules if not module.startswith("services.verify")}
    assert "sqlalchemy" in others and others <= {"sqlalchemy", *sys.stdlib_module_names}


Tampering = Callable[[Hands], object]
OTHERS = {b"statutory": b"promised", b"promised": b"statutory"}
OTHER = re.compile(b"statutory|promised")

TAMPERINGS: dict[str, tuple[Tampering, str]] = {
    # the chain
    "a byte of a fact is flipped": (
        lambda db: db.rewrite(db.late, 3, lambda body: body.replace(b"workday", b"workdaY", 1)), "chain"),
    "a hash is changed": (lambda db: db.do("UPDATE fact SET hash = ? WHERE case_id = 1 AND seq = 3", bytes(32)), "chain"),
    "a fact is deleted": (lambda db: db.do("DELETE FROM fact WHERE case_id = 1 AND seq = 3"), "sequence"),
    "the first fact is deleted": (lambda db: db.do("DELETE FROM fact WHERE case_id = 1 AND seq = 1"), "sequence"),
    "a case is opened twice": (lambda db: db.rewrite(
        db.late, 2, lambda body: body.replace(b"TaskCompleted", b"CaseOpened"), chain=True, head=True), "order"),
    "all facts of a case are deleted": (lambda db: db.do("DELETE FROM fact WHERE case_id = 1"), "head"),
    "two facts are swapped": (lambda db: swap(db, 2, 3), "body"),
    "the tail is cut off": (lambda db: db.do("DELETE FROM fact WHERE case_id = 1 AND seq > 12"), "head"),
    "the tail is re-hashed": (
        lambda db: db.rewrite(db.late, 3, lambda body: body.replace(b"workday", b"workdaY", 1), chain=True), "head"),
    "a fact is put in": (
        lambda db: db.do("INSERT INTO fact SELECT case_id, seq + 1, kind, at, body, hash, decides, doer FROM fact "
                         "WHERE case_id = 1 AND seq = (SELECT max(seq) FROM fact WHERE case_id = 1)"), "chain"),
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
        lambda db: [db.do(f"DELETE FROM {table} WHERE case_id = 2") for table in ("task", "clock")], "reason_to_wait"),
    "an incident is resolved and nothing else is left": (lambda db: [
        db.do("DELETE FROM task WHERE case_id = 4"), db.do("DELETE FROM incident WHERE case_id = 4")], "reason_to_wait"),
    "a completed task is open again": (lambda db: db.do(
        "INSERT INTO task SELECT case_id, 4, 'register', name, act, role, form, outcomes, opened_at, unit, assignee, owner, "
        "host, park, department, process, phase, warns_at, late_at FROM task WHERE case_id = 2 "
        "AND node = 'decide_registration'"), "decision"),
    "an ended case has a task": (lambda db: db.do(
        "INSERT INTO task SELECT 1, 99, node, name, act, role, form, outcomes, opened_at, unit, assignee, owner, host, "
        "park, department, process, phase, warns_at, late_at "
        "FROM task WHERE case_id = 4"),
        "waits"),
    "a task is opened out of nothing": (
        lambda db: db.do("UPDATE task SET opened_at = opened_at + 1 WHERE case_id = 2"), "waits"),
    "a token is a task and a timer": (lambda db: db.do(
        "INSERT INTO timer SELECT case_id, token, node, 'duration', 1, opened_at, NULL FROM task WHERE case_id = 4"), "waits"),
    "a timer is silenced": (lambda db: db.do("UPDATE timer SET due_at = NULL WHERE case_id = 6"), "timer"),
    "a timer has fired unseen": (lambda db: db.do("UPDATE timer SET firing = 2 WHERE case_id = 6"), "firing"),
    # the queues of the counter
    "a task is hidden in another park": (lambda db: db.do("UPDATE task SET park = '别处' WHERE case_id = 2"), "queue"),
    "a task is given to another department's list": (
        lambda db: db.do("UPDATE task SET department = '别处' WHERE case_id = 2"), "queue"),
    "a task is listed under another matter": (
        lambda db: db.do("UPDATE task SET process = 'receipt' WHERE case_id = 2"), "queue"),
    "a task is laid among the stopped ones": (
        lambda db: db.do("UPDATE task SET phase = 'stopped' WHERE case_id = 2"), "queue"),
    "a task is listed as not late yet": (lambda db: db.do("UPDATE task SET late_at = late_at + 1 WHERE case_id = 2"), "queue"),
    "a task never warns": (lambda db: db.do("UPDATE task SET warns_at = 253402214400000000 WHERE case_id = 2"), "queue"),
    "an ended case is not to be archived": (lambda db: db.do("""UPDATE "case" SET awaits = '' WHERE id = 1"""), "queue"),
    "what somebody has done is another's": (lambda db: db.do("UPDATE fact SET doer = '钱' WHERE doer = '李'"), "body"),
    # clocks
    "a deadline is put off": (lambda db: db.do("UPDATE clock SET lapses_at = lapses_at + 1 WHERE case_id = 2"), "clock"),
    "a due date is put off on the board": (
        lambda db: db.do("UPDATE clock SET due = '2026-12-31' WHERE case_id = 2 AND clock = 'statutory'"), "clock"),
    "a limit is made longer": (lambda db: db.do("UPDATE clock SET amount = 9 WHERE case_id = 2"), "clock"),
    "a limit is counted in other days": (lambda db: db.do("UPDATE clock SET unit = 'month' WHERE case_id = 2"), "clock"),
    "a promise is made a target": (
        lambda db: db.do("UPDATE clock SET kind = 'target' WHERE case_id = 2 AND clock = 'promised'"), "clock"),
    "a lapse is forgotten": (lambda db: db.do("UPDATE clock SET has_lapsed = ? WHERE case_id = 2", False), "clock"),
    "a deadline is called a later one": (lambda db: db.do("UPDATE clock SET version = 3 WHERE case_id = 2"), "clock"),
    "a clock is given to another department": (
        lambda db: db.do("UPDATE clock SET department = '别处' WHERE case_id = 2"), "clock"),
    "a clock is taken away": (lambda db: db.do("DELETE FROM clock WHERE case_id = 2 AND clock = 'statutory'"), "clock"),
    "a clock is put in": (lambda db: db.do(
        "INSERT INTO clock SELECT case_id, 'target', 'target', node, process, park, department, amount, unit, since_on, due, "
        "lapses_at, is_provisional, has_lapsed, version, law, rings_at FROM clock WHERE case_id = 2 AND clock = 'promised'"),
        "clock"),
    "a clock of an ended case": (
        lambda db: db.do("UPDATE clock SET case_id = 1 WHERE case_id = 3 AND clock = 'target'"), "clock"),
    "a clock is silenced": (
        lambda db: db.do("UPDATE clock SET rings_at = NULL WHERE case_id = 2 AND clock = 'statutory'"), "bell"),
    "a clock rings too late": (
        lambda db: db.do("UPDATE clock SET rings_at = lapses_at + 1 WHERE case_id = 2 AND clock = 'statutory'"), "bell"),
    "a stopped clock is set to ring": (lambda db: db.do("UPDATE clock SET rings_at = 1 WHERE case_id = 3"), "bell"),
    "a limit is extended in its facts, with all hashes": (lambda db: db.rewrite(
        2, db.seq(2, "CaseAccepted") + 2, lambda body: body.replace(b'"amount":3', b'"amount":9'), chain=True, head=True),
        "clock"),
    "a lapse is told of another deadline, with all hashes": (lambda db: db.rewrite(
        2, db.seq(2, "DeadlineLapsed"), lambda body: body.replace(b'"version":1', b'"version":2'), chain=True, head=True),
        "lapse"),
    "a clock is moved that does not run, with all hashes": (lambda db: db.rewrite(
        3, db.seq(3, "ClockMoved"), lambda body: body.replace(b'"clock":"target"', b'"clock":"promised"'), chain=True,
        head=True), "clock"),
    "a stop ends that never began, with all hashes": (lambda db: db.rewrite(
        6, db.seq(6, "CaseResumed"), lambda body: re.sub(rb'"stop":\d+', b'"stop":99', body), chain=True, head=True), "stop"),
    "the board counts one more": (
        lambda db: db.do("UPDATE clock_count SET clocks = clocks + 1 WHERE kind = 'statutory'"), "count"),
    "the board does not count": (lambda db: db.do("DELETE FROM clock_count"), "count"),
    "the board counts what is not there": (
        lambda db: db.do("INSERT INTO clock_count VALUES ('p', '', '', 'stage', 1, 'workday', '', ?, 0, 1)", False), "count"),
    # supervision
    "a card is made yellow": (lambda db: db.do("UPDATE card SET colour = 'green' WHERE case_id = 2"), "card"),
    "a card is written off by hand": (lambda db: db.do("UPDATE card SET state = 'written_off' WHERE case_id = 2"), "card"),
    "a card is given to somebody else": (lambda db: db.do("UPDATE card SET holder = '钱' WHERE case_id = 2"), "card"),
    "a card is torn up": (lambda db: db.do("DELETE FROM card WHERE case_id = 2"), "card"),
    "a card is forged": (lambda db: db.do(
        "INSERT INTO card SELECT case_id, 1, colour, rule, clock, process, park, department, holder, scheduled_at, issued_at, "
        "state FROM card WHERE case_id = 2"), "card"),
    "a card is issued twice, with all hashes": (lambda db: db.rewrite(
        6, db.last(6, "CardIssued"), lambda body: OTHER.sub(lambda found: OTHERS[found[0]], body), chain=True, head=True),
        "card"),
    "an appeal against no card, with all hashes": (lambda db: db.rewrite(
        1, db.seq(1, "CardAppealed"), lambda body: re.sub(rb'"card":\d+', b'"card":1', body), chain=True, head=True),
        "reference"),
    "an order is closed by hand": (lambda db: db.do("UPDATE supervision_order SET state = 'closed'"), "order"),
    "an order is put off": (lambda db: db.do("UPDATE supervision_order SET due_on = '2026-12-31'"), "order"),
    "an order is softened": (lambda db: db.do("UPDATE supervision_order SET text = '请酌情办理'"), "order"),
    "an order is removed": (lambda db: db.do("DELETE FROM supervision_order"), "order"),
    "an order is forged": (lambda db: db.do(
        "INSERT INTO supervision_order SELECT case_id, 1, text, addressee, issued_by, issued_at, due_on, state "
        "FROM supervision_order"), "order"),
    "somebody who was told has no message": (lambda db: db.do("DELETE FROM notification WHERE case_id = 2"), "notification"),
    "somebody who was not told has a message": (lambda db: db.do(
        "INSERT INTO notification SELECT case_id, seq, place + 50, recipient, unit, channel, subject, created_at, read_at "
        "FROM notification WHERE case_id = 2"), "notification"),
    "a message goes to another": (
        lambda db: db.do("UPDATE notification SET recipient = '李' WHERE case_id = 2"), "notification"),
    "a message was read before it was written": (lambda db: db.do("UPDATE notification SET read_at = 0"), "notification"),
    # rows of no case
    "a task of no case": (lambda db: orphan(db, "task"), "reference"),
    "a timer of no case": (lambda db: orphan(db, "timer"), "reference"),
    "a clock of no case": (lambda db: orphan(db, "clock"), "reference"),
    "a card of no case": (lambda db: orphan(db, "card"), "reference"),
    "an order of no case": (lambda db: orphan(db, "supervision_order"), "reference"),
    "a message to somebody of no case": (lambda db: orphan(db, "notification"), "reference"),
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
        lambda db: db.do("INSERT INTO outbox VALUES (1, 2, 'TaskCompleted', 0, NULL, NULL)"), "outbox"),
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
        db.rewrite(db.late, 3, lambda body: body.replace(b"workday", b"workdaY", 1))

    with read(lived.database) as connection:
        first = verify(connection).problems[0]

    assert first == Problem(check="chain", case=lived.opened[0], seq=3, message="its hash is not that of the previous hash and "
                            "its bytes: a fact was changed, removed or put in")


def test_a_ruined_database_is_not_listed_to_the_end(lived: Desk) -> None:
    with hands(lived.database) as db:
        db.do("INSERT INTO outbox WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 4000) "
              "SELECT 999, i, 'CaseOpened', 0, NULL, NULL FROM n")

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
    for table in ("fact", "task", "timer", "clock", "message", "incident", "outbox", "card", "supervision_order",
                  "notification"):
        db.do(f"DELETE FROM {table} WHERE case_id = ?", case)
    db.do('DELETE FROM "case" WHERE id = ?', case)


def orphan(db: Hands, table: str) -> None:
    case = db.do(f"SELECT min(case_id) FROM {table}")[0][0]
    key = {"task": "token", "timer": "token", "clock": "clock"}.get(table, "seq")
    first = db.do(f"SELECT min({key}) FROM {table} WHERE case_id = ?", case)[0][0]
    db.do(f"UPDATE {table} SET case_id = 999 WHERE case_id = ? AND {key} = ?", case, first)
