"""Three nodes on one PostgreSQL: nodes and the database are killed in turn, and each case comes to its end exactly once."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import text

from services.bench.postgres import PostgresServer
from services.database import reading as read
from services.office import Office
from tests.faults.clerks import Thorough
from tests.faults.kept import numbers
from tests.faults.nodes import Node
from tests.faults.postmaster import crash, desk_at, revive
from tests.faults.reached import Reached, size
from tests.services.desk import Desk

pytestmark = pytest.mark.faults

NODE_KILLS = size("JIBAN_NODE_KILLS", 4)
DATABASE_KILLS = size("JIBAN_DATABASE_KILLS", 1)
CASES = size("JIBAN_CASES", 60)
"""200 nodes and 50 databases over 20,000 cases: ``make faults``."""

NODES, CLERKS = 3, 8
SEED = 20260305


@dataclass(kw_only=True)
class Monkey:
    """Kills now a node, now the database, evenly over the cases. `due`: what is still to be killed, each with how many
    cases are to have been opened before."""

    nodes: Sequence[Node]
    server: PostgresServer
    random: Random = field(default_factory=lambda: Random(SEED))
    node_kills: int = 0
    database_kills: int = 0

    def __post_init__(self) -> None:
        kills = ["node"] * NODE_KILLS + ["database"] * DATABASE_KILLS
        self.random.shuffle(kills)
        self.due = [(CASES * (place + 1) // (len(kills) + 1), kill) for place, kill in enumerate(kills)]

    def strike(self, opened: int) -> None:
        """Kill what is due."""
        while self.due and self.due[0][0] <= opened:
            time.sleep(self.random.uniform(0, 0.1))
            (self._node if self.due.pop(0)[1] == "node" else self._database)()

    def _node(self) -> None:
        node = self.random.choice(self.nodes)
        node.kill()
        node.start()
        self.node_kills += 1

    def _database(self) -> None:
        crash(self.server)
        time.sleep(self.random.uniform(0, 0.5))
        revive(self.server)
        self.database_kills += 1


def test_killed_nodes_and_databases_lose_no_case_and_fire_no_timer_twice(
    server: PostgresServer, office: Office, tmp_path: Path,
) -> None:
    reached = Reached(fault="kill -9, three nodes on PostgreSQL", seed=SEED)
    with desk_at(server, office) as desk:
        url = desk.database.url.render_as_string()
        nodes = [Node(url=url, log=tmp_path / f"node{number}.log") for number in range(NODES)]
        for node in nodes:
            node.start()
        monkey, clerks = Monkey(nodes=nodes, server=server), [
            Thorough(nodes=nodes, number=number, stop=threading.Event(), process="whole", last="check",
                     share=CASES // CLERKS + (number < CASES % CLERKS)) for number in range(CLERKS)]
        threads = [threading.Thread(target=clerk.work) for clerk in clerks]

        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            monkey.strike(sum(len(clerk.cases) for clerk in clerks))
            reached.so_far(node_kills=monkey.node_kills, database_kills=monkey.database_kills,
                           ended=sum(clerk.ended for clerk in clerks))
            time.sleep(0.01)
        for node in nodes:
            node.kill()

        assert [strange for clerk in clerks for strange in clerk.strange] == [] and monkey.due == []
        assert accounted_for(desk) == {"case": CASES, "open": 0, "timer": 0, "fired": CASES, "decided": 2 * CASES}
        assert sorted(number for clerk in clerks for number in clerk.cases) == numbers(desk)
        reached.so_far(verifying=CASES)
        assert desk.problems() == []
        reached.note(node_kills=monkey.node_kills, database_kills=monkey.database_kills, cases=CASES,
                     unanswered=sum(clerk.lost for clerk in clerks), unavailable=sum(clerk.away.total() for clerk in clerks),
                     problems=0)


def accounted_for(desk: Desk) -> dict[str, int]:
    """What there is of each."""
    counts = {"case": '"case"', "open": '"case" WHERE ended_at IS NULL', "timer": "timer",
              "fired": "fact WHERE kind = 'TimerFired'", "decided": "fact WHERE decides IS NOT NULL"}
    with read(desk.database) as connection:
        return {name: int(connection.execute(text(f"SELECT count(*) FROM {rows}")).scalar_one())
                for name, rows in counts.items()}
