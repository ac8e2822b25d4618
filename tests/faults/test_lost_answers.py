"""A client sends and never hears the answer; it sends the same again under the same key, up to five times, some of them while
the first is still being worked on: whatever it wanted is done once, and the last answer is the first."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import text

from services.database import connect
from services.database import reading as read
from services.office import Office
from tests.faults.clerks import Wire
from tests.faults.nodes import TOKEN, Node
from tests.faults.reached import Reached, size
from tests.faults.test_failpoints import PROMISED
from tests.services.desk import Desk

pytestmark = pytest.mark.faults

POSTS = size("JIBAN_LOST_ANSWERS", 120)
"""Ten thousand, on each database: ``make faults``."""

CLIENTS, RETRIES, SEED = 6, 5, 20260310
KINDS = {"CaseOpened", "TaskClaimed", "CaseReminded", "TaskCompleted"}
"""What each case sees once."""


@dataclass(kw_only=True)
class Hasty:
    """Takes cases of his own through four commands, each sent several times. `lost`: sent, and never heard."""

    node: Node
    number: int
    posts: int
    lost: int = 0
    cases: int = 0
    wire: Wire = field(default_factory=Wire)
    keys: Any = field(default_factory=count)
    strange: list[str] = field(default_factory=list)

    def work(self) -> None:
        """Until so many answers were lost."""
        self.random = Random(SEED + self.number)
        while self.lost < self.posts and not self.strange:
            opened = self._insist("/api/v1/cases", {"process": "promised", "data": {}})
            task = opened["tasks"][0]["id"]
            self._insist(f"/api/v1/tasks/{task}/claim", {})
            self._insist(f"/api/v1/cases/{opened['number']}/remind", {"addressee": "王", "text": "请抓紧办理"})
            self._insist(f"/api/v1/tasks/{task}/complete", {})
            self.cases += 1
        self.wire.close()

    def _insist(self, path: str, body: object) -> dict[str, Any]:
        """Send until heard, and once more: the same answer."""
        key = f"hasty{self.number}-{next(self.keys)}"
        for _ in range(self.random.randint(1, RETRIES)):
            self._send(path, body, key)
        answers = [self.wire.ask(self.node.port, "POST", path, body, key) for _ in range(2)]
        if answers[0] is None or answers[0] != answers[1] or answers[0][0] not in (200, 201):
            self.strange.append(f"{path}: {answers}")
            raise AssertionError(self.strange)
        return answers[0][1]

    def _send(self, path: str, body: object, key: str) -> None:
        """Send, and hang up: at once, by a reset, or a little later."""
        said = json.dumps(body).encode()
        head = (f"POST {path} HTTP/1.1\r\nHost: hall\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: application/json\r\n"
                f"Idempotency-Key: {key}\r\nContent-Length: {len(said)}\r\n\r\n")
        with socket.create_connection(("127.0.0.1", self.node.port or 0), timeout=30) as sent:
            sent.sendall(head.encode() + said)
            if self.random.random() < 0.3:
                time.sleep(self.random.uniform(0, 0.02))
            if self.random.random() < 0.5:
                sent.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.lost += 1


def test_what_is_asked_again_because_no_answer_was_heard_is_done_once(
    database_url: str, office: Office, tmp_path: Path,
) -> None:
    desk = Desk(database=connect(database_url), office=office)
    desk.deploy(promised=PROMISED)
    reached, node = Reached(fault=f"lost answers, {desk.database.dialect.name}", seed=SEED), Node(
        url=database_url, log=tmp_path / "node.log")
    node.start()
    clients = [Hasty(node=node, number=number, posts=POSTS // CLIENTS) for number in range(CLIENTS)]
    threads = [threading.Thread(target=client.work) for client in clients]

    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        reached.so_far(lost=sum(client.lost for client in clients))
        time.sleep(0.05)
    node.stop()

    assert [strange for client in clients for strange in client.strange] == []
    cases = sum(client.cases for client in clients)
    assert told(desk) == dict.fromkeys(KINDS, cases) and desk.rows("case") == cases and desk.rows("answer") == 4 * cases
    assert desk.problems() == []
    reached.note(lost=sum(client.lost for client in clients), commands=4 * cases, cases=cases, twice=0, problems=0)
    desk.database.dispose()


def told(desk: Desk) -> dict[str, int]:
    """How many facts there are of each kind a command has told."""
    with read(desk.database) as connection:
        rows = connection.execute(text("SELECT kind, count(*) FROM fact GROUP BY kind")).all()
    return {kind: int(facts) for kind, facts in rows if kind in KINDS}
