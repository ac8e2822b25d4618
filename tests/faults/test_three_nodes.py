"""Three nodes, a real PostgreSQL and a real receiver: nodes are killed, and every case, timer and delivery is accounted for."""

from __future__ import annotations

import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import text

from services import sending
from services.bench.postgres import PostgresServer
from services.database import writing
from services.office import Office
from tests.faults.clerks import Thorough
from tests.faults.kept import numbers
from tests.faults.nodes import Node
from tests.faults.postmaster import desk_at
from tests.faults.reached import Reached, size
from tests.faults.test_killed_nodes import accounted_for
from tests.services.desk import Desk
from tests.services.receiving import ADMIN, Wired, ids, kinds
from tests.services.staff import enter
from tests.webhooks.receiving import Receiver, answering, receiver

pytestmark = pytest.mark.faults

CASES = size("JIBAN_CLUSTER_CASES", 60)
KILLS = size("JIBAN_CLUSTER_KILLS", 3)
"""2,000 cases and forty kills: ``make faults``. On a crowded machine the cases may be over before the last kill."""

NODES, CLERKS, SEED = 3, 8, 20260306
REACHABLE = {"JIBAN_WEBHOOK_ALLOW": "http://127.0.0.1:*", "JIBAN_WEBHOOK_NETWORKS": "127.0.0.1"}


def connected(desk: Desk, there: Receiver) -> Wired:
    """Everything is told there. Whoever entered it is gone again: with nobody entered, clerks need no accounts."""
    office_wire = Wired(desk)
    with writing(desk.database) as connection:
        enter(connection, ADMIN, "system_admin")
    office_wire.connect(there)
    with writing(desk.database) as connection:
        connection.execute(text("DELETE FROM role_grant"))
        connection.execute(text("DELETE FROM person"))
    return office_wire


def test_every_case_timer_and_delivery_of_a_cluster_is_accounted_for_while_its_nodes_are_killed(
    server: PostgresServer, office: Office, tmp_path: Path,
) -> None:
    reached, random = Reached(fault="kill -9, three nodes that also post to a receiver", seed=SEED), Random(SEED)
    with desk_at(server, office) as desk, receiver(answering()) as there:
        desk.now = datetime.now(UTC)
        office_wire = connected(desk, there)
        nodes = [Node(url=desk.database.url.render_as_string(), log=tmp_path / f"node{number}.log", settings=REACHABLE)
                 for number in range(NODES)]
        for node in nodes:
            node.start()
        clerks = [Thorough(nodes=nodes, number=number, stop=threading.Event(), process="whole", last="check",
                           share=CASES // CLERKS + (number < CASES % CLERKS)) for number in range(CLERKS)]
        threads = [threading.Thread(target=clerk.work) for clerk in clerks]
        for thread in threads:
            thread.start()

        killed = 0
        while any(thread.is_alive() for thread in threads):
            if killed < KILLS and sum(len(clerk.cases) for clerk in clerks) > CASES * killed // (2 * KILLS):
                node = random.choice(nodes)
                node.kill()
                node.start()
                killed += 1
            time.sleep(0.01)
        for node in nodes:
            node.stop()
        office_wire.run(datetime.now(UTC) + 2 * sending.LEASE + timedelta(minutes=10))  # what a killed node had on its way

        assert [strange for clerk in clerks for strange in clerk.strange] == [] and killed >= KILLS // 2
        assert accounted_for(desk) == {"case": CASES, "open": 0, "timer": 0, "fired": CASES, "decided": 2 * CASES}
        assert sorted(number for clerk in clerks for number in clerk.cases) == numbers(desk)
        deliveries = office_wire.rows("SELECT id FROM delivery")
        assert {state for _, state, _ in office_wire.states()} == {"delivered"} and len(deliveries) >= CASES
        told = Counter(ids(there))
        assert set(told) == {id for id, in deliveries}
        assert all(kinds(there, number)[0] == "CaseOpened" for number in numbers(desk))
        assert desk.problems() == []
        reached.note(node_kills=killed, cases=CASES, deliveries=len(told), posted=sum(told.values()), problems=0)
