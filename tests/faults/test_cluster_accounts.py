"""Three nodes, a PostgreSQL and a receiver: nodes are killed while clerks take cases to their end and the receiver is told, and
afterwards every case, every timer and every delivery is accounted for."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import text

from engine.outbound import LEAVES
from services.bench.postgres import PostgresServer
from services.database import reading as read
from services.office import Office
from tests.faults.clerks import Thorough
from tests.faults.kept import numbers
from tests.faults.ledger import Ledger, Told, in_order
from tests.faults.nodes import Node
from tests.faults.postmaster import desk_at
from tests.faults.reached import Reached, size
from tests.services.desk import Desk
from tests.services.receiving import wired
from tests.webhooks.receiving import moody

pytestmark = pytest.mark.faults

CASES = size("JIBAN_TOLD_CASES", 60)
"""Two thousand, and nodes as they are shipped: ``make accounts``, ``make faults``. The nodes of the small run wait less."""

KILLS = max(5, CASES // 25)
"""At least; they go on as long as the clerks work."""

RIG = "tests.faults.rigs:brisk" if CASES < 500 else ""
NODES, CLERKS, SEED = 3, 8, 20260311
PAUSE_SECONDS = (0.5, 2.0)
PATIENCE = 180.0
"""So long may nothing at all happen: three times what a node that was killed holds a lane."""

WIRE = {"JIBAN_WEBHOOK_ALLOW": "http://127.0.0.1:*", "JIBAN_WEBHOOK_NETWORKS": "127.0.0.1", "JIBAN_TICK_SECONDS": "1"}
KINDS = ["CaseOpened", "CaseAccepted", "DecisionMade", "CaseConcluded"]
"""What has to be told of each case."""

TICKS = "('ring', 'send', 'connect', 'catch_up', 'tidy', 'rescue')"
OPEN = {
    "case": '"case" WHERE ended_at IS NULL', "timer": "timer", "outbox": "outbox WHERE sent_at IS NULL",
    "delivery": "delivery WHERE settled_at IS NULL", "lane": "lane WHERE due_at IS NOT NULL OR leased_until IS NOT NULL",
    "asked": "procrastinate_jobs WHERE queueing_lock IS NULL OR queueing_lock NOT IN " + TICKS,
    "orphan": "procrastinate_jobs WHERE status = 'doing' AND (worker_id IS NULL OR worker_id NOT IN "
              "(SELECT id FROM procrastinate_workers WHERE last_heartbeat > :since))",
}
"""What may be left of each when all is done: nothing. `orphan`: jobs of workers that have said nothing since the last kill."""

LEFT_BEHIND = "SELECT * FROM procrastinate_jobs WHERE NOT (status = 'todo' AND queueing_lock IN " + TICKS + ")"
FACTS = 'SELECT number, fact.seq, kind FROM fact JOIN "case" ON "case".id = case_id ORDER BY case_id, fact.seq'
FIRED = """SELECT number, body ->> 'node', body ->> 'token', body ->> 'firing'
    FROM (SELECT case_id, convert_from(body, 'UTF8')::json -> 'data' AS body FROM fact WHERE kind = 'TimerFired') AS fired
    JOIN "case" ON "case".id = case_id"""
ENDS = """SELECT number, convert_from(body, 'UTF8')::json -> 'data' ->> 'ends' FROM fact JOIN "case" ON "case".id = case_id
    WHERE kind = 'ProcessCompleted'"""
DELIVERIES = 'SELECT delivery.id, number, delivery.seq, kind, delivery.state FROM delivery JOIN "case" ON "case".id = case_id'


@dataclass(kw_only=True)
class Vigil:
    """Looks on as long as anything moves. Raises AssertionError when nothing has for too long."""

    seen: object = None
    since: float = field(default_factory=time.monotonic)

    def look(self, *figures: object) -> None:
        """How far everything has come."""
        if figures != self.seen:
            self.seen, self.since = figures, time.monotonic()
        assert time.monotonic() - self.since < PATIENCE, f"nothing moves any more: {figures}"


def test_every_case_timer_and_delivery_is_accounted_for_while_nodes_are_killed(
    server: PostgresServer, office: Office, tmp_path: Path,
) -> None:
    reached, ledger = Reached(fault="kill -9, three nodes that tell a receiver", seed=SEED), Ledger(seed=SEED)
    with desk_at(server, office) as desk, moody(ledger.mood) as there:
        desk.now = datetime.now(UTC)
        office_wire = wired(desk)
        office_wire.connect(there, concurrency=16)
        ledger.secret = office_wire.secret
        nodes = [Node(url=desk.database.url.render_as_string(), log=tmp_path / f"node{number}.log", settings=WIRE, rig=RIG)
                 for number in range(NODES)]
        for node in nodes:
            node.start()

        with working(nodes) as clerks:
            kills = kill_while_they_work(nodes, clerks, ledger, reached)
        worked = round(time.monotonic() - reached.begun, 1)
        drain(desk, ledger, reached)
        for node in nodes:
            node.stop()

        assert [strange for clerk in clerks for strange in clerk.strange] == []
        assert_cases(desk, clerks)
        fired = assert_timers(desk)
        assert_told(desk, ledger)
        assert rows(desk, LEFT_BEHIND) == []
        reached.so_far(verifying=CASES)
        assert desk.rows("incident") == 0 and desk.problems() == []
        reached.note(
            kills=kills, cases=CASES, transitions=rows(desk, 'SELECT sum(version) FROM "case"')[0][0], fired=fired,
            deliveries=len(ledger.taken()), repeats=len(ledger.arrivals) - len(ledger.taken()), failed=ledger.moods["fails"],
            hung=ledger.moods["hangs"], unanswered=sum(clerk.lost for clerk in clerks), worked_seconds=worked, problems=0)


@contextmanager
def working(nodes: Sequence[Node]) -> Iterator[list[Thorough]]:
    """Clerks who take their shares to the end; nobody goes on when something is wrong."""
    stop = threading.Event()
    clerks = [Thorough(nodes=nodes, number=number, stop=stop, by="王", process="told", last="check",
                       share=CASES // CLERKS + (number < CASES % CLERKS)) for number in range(CLERKS)]
    threads = [threading.Thread(target=clerk.work) for clerk in clerks]
    for thread in threads:
        thread.start()
    try:
        yield clerks
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def kill_while_they_work(nodes: Sequence[Node], clerks: Sequence[Thorough], ledger: Ledger, reached: Reached) -> int:
    """Kill one node after the other and start it again, until the cases are at their end. Returns how often."""
    random, vigil, kills = Random(SEED), Vigil(), 0
    while (ended := sum(clerk.ended for clerk in clerks)) < CASES or kills < KILLS:
        time.sleep(random.uniform(*PAUSE_SECONDS))
        node = random.choice(nodes)
        node.kill()
        node.start()
        kills += 1
        assert [strange for clerk in clerks for strange in clerk.strange] == []
        vigil.look(sum(len(clerk.acknowledged) for clerk in clerks), kills if ended == CASES else None)
        reached.so_far(kills=kills, ended=ended, told=len(ledger.arrivals))
    return kills


def drain(desk: Desk, ledger: Ledger, reached: Reached) -> None:
    """Wait until nothing is left to be done, as long as it gets less."""
    vigil, since = Vigil(), datetime.now(UTC)
    while any((left := open_of(desk, since)).values()):
        vigil.look(left["timer"], left["outbox"], left["delivery"], len(ledger.arrivals))
        reached.so_far(told=len(ledger.arrivals), left=left)
        time.sleep(0.2)


def assert_cases(desk: Desk, clerks: Sequence[Thorough]) -> None:
    """As many as were acknowledged, each at its end, once."""
    acknowledged = sorted(number for clerk in clerks for number in clerk.cases)
    assert len(acknowledged) == CASES and acknowledged == numbers(desk)
    ends = rows(desk, ENDS)
    assert sorted(number for number, _ in ends) == acknowledged
    assert {tuple(row) for row in rows(desk, 'SELECT state, ended_at IS NULL FROM "case"')} == {("concluded", False)}
    assert all("done" in end for _, end in ends)


def assert_timers(desk: Desk) -> int:
    """The pause of each case has gone off once, a reminder once at most; nothing is due any more. Returns how many have."""
    fired = [tuple(row) for row in rows(desk, FIRED)]
    assert len(fired) == len(set(fired)) and {firing for *_, firing in fired} == {"1"}
    assert sorted(number for number, node, *_ in fired if node == "pause") == numbers(desk)
    reminded = [number for number, node, *_ in fired if node == "remind"]
    assert len(reminded) == len(set(reminded)) == len(fired) - CASES
    return len(fired)


def assert_told(desk: Desk, ledger: Ledger) -> None:
    """Every fact that leaves was taken by the receiver, none other was told, and each case in its order."""
    leaving = {kind.__name__ for kind in LEAVES}
    facts: list[Told] = [(row.number, row.seq, row.kind) for row in rows(desk, FACTS) if row.kind in leaving]
    made: dict[str, Told] = {row.id: (row.number, row.seq, row.kind) for row in rows(desk, DELIVERIES)}
    first = ledger.first_told()
    assert ledger.strange == []
    assert {row.state for row in rows(desk, DELIVERIES)} == {"delivered"}
    assert first == made and ledger.taken() == made.keys() and sorted(made.values()) == sorted(facts)
    assert in_order(first.values()) == in_order(facts) and ledger.out_of_order() == []
    kinds = {number: [kind for _, kind in told] for number, told in in_order(facts).items()}
    assert kinds == dict.fromkeys(numbers(desk), KINDS)


def open_of(desk: Desk, since: datetime) -> dict[str, int]:
    """What is still to be done, by what it is."""
    return {name: rows(desk, f"SELECT count(*) FROM {given}", since=since)[0][0] for name, given in OPEN.items()}


def rows(desk: Desk, statement: str, **given: object) -> list[Any]:
    """What is in the database."""
    with read(desk.database) as connection:
        return list(connection.execute(text(statement), given).all())
