"""The clocks of two nodes are set back an hour, ahead an hour and ahead ten years, each by itself, while they fire timers and
ring clocks: nothing fires twice, nothing is lost, no case goes back in time, and each step is said."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from services.database import connect
from services.office import Office
from tests.faults import rigs
from tests.faults.busy import BUSY
from tests.faults.clerks import Clerk, Request
from tests.faults.kept import assert_kept
from tests.faults.nodes import Node
from tests.faults.reached import Reached, size
from tests.faults.test_failpoints import PROMISED
from tests.services.desk import Desk

pytestmark = pytest.mark.faults

JUMPS = size("JIBAN_JUMPS", 8)
"""Two hundred, on each database: ``make faults``."""

HOUR, TEN_YEARS = 3600, 3652 * 86400
AHEAD = (0, -HOUR, HOUR, TEN_YEARS)
CLERKS, SEED = 3, 20260311


class Mixed(Clerk):
    """A clerk who also opens cases with limits, which lapse when the clock is far ahead."""

    def next(self) -> Request | None:
        """As any clerk, now and then a case with limits."""
        return self.opening("promised") if self.random.random() < 0.05 else super().next()


def test_clocks_that_are_set_fire_nothing_twice_and_lose_nothing(database_url: str, office: Office, tmp_path: Path) -> None:
    desk = Desk(database=connect(database_url), office=office)
    desk.deploy(busy=BUSY, promised=PROMISED)
    reached = Reached(fault=f"set clocks, {desk.database.dialect.name}", seed=SEED)
    random, stop = Random(SEED), threading.Event()
    nodes = [Node(url=database_url, log=tmp_path / f"node{number}.log", rig="tests.faults.rigs:set_clock",
                  settings={rigs.AHEAD: str(tmp_path / f"ahead{number}")}) for number in range(2)]
    for number, node in enumerate(nodes):
        set_ahead(tmp_path, number, 0)
        node.start()
    clerks = [Mixed(nodes=nodes, number=number, stop=stop) for number in range(CLERKS)]
    threads = [threading.Thread(target=clerk.work) for clerk in clerks]
    for thread in threads:
        thread.start()

    ahead = [0, 0]
    for jumps in range(JUMPS):
        time.sleep(random.uniform(0.1, 0.6))
        number = random.randrange(2)
        ahead[number] = random.choice([each for each in AHEAD if each != ahead[number]])
        set_ahead(tmp_path, number, ahead[number])
        reached.so_far(jumps=jumps, acknowledged=sum(len(clerk.acknowledged) for clerk in clerks))
    for number in range(2):
        set_ahead(tmp_path, number, TEN_YEARS)
    time.sleep(0.5)
    for number in range(2):
        set_ahead(tmp_path, number, 0)
    time.sleep(0.5)
    stop.set()
    for thread in threads:
        thread.join()
    for node in nodes:
        node.stop()

    assert [strange for clerk in clerks for strange in clerk.strange] == []
    assert_kept(desk, [each for clerk in clerks for each in clerk.acknowledged])
    assert desk.problems() == [] and desk.rows("incident") == 0
    back = said(nodes, "went back by")
    assert back >= len(nodes) and said(nodes, "went ahead by") >= len(nodes) and back <= JUMPS + len(nodes)
    left = desk.rows("timer")
    desk.now = datetime.now(UTC) + timedelta(seconds=2 * TEN_YEARS)
    desk.ring()
    assert desk.rows("timer") == 0 and desk.problems() == [], "a timer was lost"
    reached.note(jumps=JUMPS, acknowledged=sum(len(clerk.acknowledged) for clerk in clerks), went_back_said=back,
                 fired_later=left, problems=0)
    desk.database.dispose()


def set_ahead(folder: Path, number: int, seconds: int) -> None:
    """Set the clock of a node, at once."""
    written = folder / "written"
    written.write_text(str(seconds))
    written.replace(folder / f"ahead{number}")


def said(nodes: Sequence[Node], words: str) -> int:
    """How often nodes have said this in their logs."""
    return sum(node.log.read_text().count(words) for node in nodes)
