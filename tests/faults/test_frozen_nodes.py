"""A node is frozen in the middle of whatever it does, for longer than anybody waits for it, and thawed: meanwhile the others do
its work, and what it believes it still holds is nothing any more."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import text

from services.bench.postgres import PostgresServer
from services.database import reading as read
from services.office import Office
from tests.faults import rigs
from tests.faults.clerks import Clerk
from tests.faults.kept import assert_kept
from tests.faults.nodes import Node
from tests.faults.postmaster import desk_at
from tests.faults.reached import Reached, size
from tests.services.desk import Desk

pytestmark = pytest.mark.faults

FREEZES = size("JIBAN_FREEZES", 12)
"""Five hundred: ``make faults``."""

CLERKS, SEED = 4, 20260309
LEASE_SECONDS = 0.4
"""The rig's. Longer than a transaction lies idle on a crowded machine, shorter than any freeze."""

TRIES = 40
HOLDING = text("SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction' AND application_name = :name")

ROLES = ("all", "all", "worker")
"""Of the nodes. Whatever holds something by a lease belongs here."""


def test_a_frozen_node_does_nothing_twice_when_it_thaws(server: PostgresServer, office: Office, tmp_path: Path) -> None:
    reached, random, stop = Reached(fault="frozen nodes", seed=SEED), Random(SEED), threading.Event()
    with desk_at(server, office) as desk:
        url, cases = desk.database.url.render_as_string(), list[str]()
        settings = {rigs.ANSWER_SECONDS: "20", rigs.LEASE_SECONDS: str(LEASE_SECONDS)}
        nodes = [Node(url=f"{url}&application_name=node{number}", role=role, log=tmp_path / f"node{number}.log",
                      rig="tests.faults.rigs:impatient", settings=settings) for number, role in enumerate(ROLES)]
        for node in nodes:
            node.start()
        serving = [node for node in nodes if node.role == "all"]
        clerks = [Clerk(nodes=serving, number=number, cases=cases, stop=stop) for number in range(CLERKS)]
        threads = [threading.Thread(target=clerk.work) for clerk in clerks]
        for thread in threads:
            thread.start()

        held = 0
        for freezes in range(FREEZES):
            time.sleep(random.uniform(0, 0.2))
            number = random.randrange(len(nodes))
            node = nodes[number]
            held += freeze_at_work(node, f"node{number}", desk, random)
            time.sleep(random.uniform(1.2, 2.5) * LEASE_SECONDS)
            node.thaw()
            reached.so_far(freezes=freezes, held=held, acknowledged=sum(len(clerk.acknowledged) for clerk in clerks))
        stop.set()
        for thread in threads:
            thread.join()
        time.sleep(1)
        assert all(node.is_up for node in nodes)
        for node in nodes:
            node.kill()

        done = [each for clerk in clerks for each in clerk.acknowledged]
        assert [strange for clerk in clerks for strange in clerk.strange] == []
        assert_kept(desk, done)
        assert desk.rows("incident") == 0 and desk.problems() == []
        with read(desk.database) as connection:
            fired = connection.execute(text("SELECT count(*) FROM fact WHERE kind = 'TimerFired'")).scalar_one()
        assert held > 0
        overrun = sum(node.log.read_text().count("the database is not available") for node in nodes)
        reached.note(freezes=FREEZES, acknowledged=len(done), fired=fired, held=held, overrun=overrun,
                     unavailable=sum(clerk.away.total() for clerk in clerks), problems=0)


def freeze_at_work(node: Node, name: str, desk: Desk, random: Random) -> bool:
    """Freeze a node, if possible while it is in a transaction; whether it was. `name`: by which PostgreSQL knows it."""
    for _ in range(TRIES):
        node.freeze()
        with read(desk.database) as connection:
            if connection.execute(HOLDING, {"name": name}).scalar_one():
                return True
        node.thaw()
        time.sleep(random.uniform(0, 0.02))
    node.freeze()
    return False
