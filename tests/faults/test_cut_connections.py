"""The network between a node and its database is cut, falls silent or becomes slow, also in the middle of a COMMIT: whoever
asks is told so (503), what was said to be done is done, and when the network is back so is the node."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

from services.bench.postgres import PostgresServer
from services.office import Office
from tests.faults import rigs
from tests.faults.clerks import Clerk, Wire
from tests.faults.kept import assert_kept, fired, numbers
from tests.faults.nodes import Node
from tests.faults.postmaster import desk_at
from tests.faults.proxy import AtCommit, Proxy, Weather
from tests.faults.reached import Reached, size
from tests.services.nodes import until

pytestmark = pytest.mark.faults

CUTS = size("JIBAN_CUTS", 16)
"""A thousand: ``make faults``."""

CLERKS, SEED = 4, 20260307
ANSWER_SECONDS, LEASE_SECONDS = 4.0, 5.0
"""The rig's: long enough for a slow network, short enough to be waited for."""

BACK_WITHIN = 5.0
SORTS = {"cut": 14, "before commit": 8, "after commit": 12, "silent": 4, "slow": 1, "long silent": 1}
"""How often each."""


@dataclass(kw_only=True)
class Probe:
    """Asks until it is answered. `slowest`: how long that took at most."""

    node: Node
    wire: Wire = field(default_factory=Wire)
    slowest: float = 0.0
    asked: int = 0

    def until_back(self) -> None:
        """Until a case can be opened again."""
        begun = time.monotonic()
        self.asked += 1
        while True:
            answer = self.wire.ask(self.node.port, "POST", "/api/v1/cases", {"process": "busy", "data": {}},
                                   f"probe{self.asked}")
            if answer is not None and answer[0] == 201:
                break
            assert answer is None or answer[0] == 503, answer
            assert time.monotonic() - begun < 60, "the node does not come back"
            time.sleep(0.02)
        self.slowest = max(self.slowest, time.monotonic() - begun)


def test_a_cut_network_is_said_and_nothing_is_lost_or_done_twice(
    server: PostgresServer, office: Office, tmp_path: Path,
) -> None:
    reached, random = Reached(fault="cut connections", seed=SEED), Random(SEED)
    sorts = [*SORTS, *random.choices(list(SORTS), list(SORTS.values()), k=CUTS)]
    with desk_at(server, office) as desk, Proxy(folder=server.folder) as proxy:
        node = Node(url=f"postgresql+psycopg://postgres@127.0.0.1:{proxy.port}/hall", log=tmp_path / "node.log",
                    rig="tests.faults.rigs:impatient", settings={
                        rigs.ANSWER_SECONDS: str(ANSWER_SECONDS), rigs.LEASE_SECONDS: str(LEASE_SECONDS)})
        node.start()
        stop, cases = threading.Event(), list[str]()
        clerks = [Clerk(nodes=[node], number=number, cases=cases, stop=stop) for number in range(CLERKS)]
        threads = [threading.Thread(target=clerk.work) for clerk in clerks]
        for thread in threads:
            thread.start()

        probe, cuts = Probe(node=node), 0
        while cuts < CUTS:
            time.sleep(random.uniform(0, 0.1))
            with trouble(proxy, sorts[cuts], random):
                cuts += 1
            probe.until_back()
            reached.so_far(cuts=cuts, slowest=round(probe.slowest, 1))
        until(lambda: fired(desk) > 0, seconds=60)  # in the calm the node comes back to what is due, too
        stop.set()
        for thread in threads:
            thread.join()
        node.kill()

        done = [each for clerk in clerks for each in clerk.acknowledged]
        assert [strange for clerk in clerks for strange in clerk.strange] == []
        assert_kept(desk, done)
        opened = len(cases) + probe.asked
        assert opened <= len(numbers(desk)) <= opened + CLERKS, "something was opened twice"
        assert desk.problems() == [] and probe.slowest <= BACK_WITHIN
        away = sum((clerk.away for clerk in clerks), Counter())
        assert away["unavailable"] > 0 and away["outcome_unknown"] > 0
        reached.note(cuts=cuts, connections=proxy.cuts, in_commit=proxy.at_commits, acknowledged=len(done), **away,
                     slowest_back=round(probe.slowest, 2), problems=0)


@contextmanager
def trouble(proxy: Proxy, sort: str, random: Random) -> Iterator[None]:
    """Something is wrong with the network, and then over."""
    match sort:
        case "cut":
            proxy.cut()
        case "before commit" | "after commit":
            proxy.at_commit = AtCommit.BEFORE if sort == "before commit" else AtCommit.AFTER
            end = time.monotonic() + 5
            while proxy.at_commit is not None and time.monotonic() < end:
                time.sleep(0.005)
        case "silent" | "long silent":
            proxy.weather = Weather.SILENT
            time.sleep(random.uniform(0, 1) if sort == "silent" else ANSWER_SECONDS + 1)
        case "slow":
            proxy.weather = Weather.SLOW
            time.sleep(random.uniform(0, 2 * proxy.latency))
    proxy.clear()
    yield
