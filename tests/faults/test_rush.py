"""Fifty clerks reach for the same tasks at once, through HTTP: each task is done by one of them, and the others hear of it."""

from __future__ import annotations

import json
import os
import threading
from collections import Counter
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote

import pytest

from services.database import connect
from services.office import Office
from tests.faults.nodes import TOKEN, Node
from tests.services import diagrams
from tests.services.desk import Desk

pytestmark = pytest.mark.faults

TASKS = int(os.environ.get("JIBAN_RUSH", "10"))
"""Two thousand: ``make rush``."""

CLERKS = 50
RUSH = diagrams.process("rush", diagrams.start(), diagrams.task("stamp", "stamped"), diagrams.end(),
                        diagrams.flows("begin", "stamp", "done"))


@dataclass(kw_only=True)
class Hasty:
    """A clerk who completes every task there is, in the order everybody does. `done`: those the server gave to him. `strange`:
    answers there should never be."""

    name: str
    port: int
    tasks: list[str]
    gate: threading.Barrier
    done: list[str] = field(default_factory=list)
    answers: Counter[int] = field(default_factory=Counter)
    strange: list[str] = field(default_factory=list)

    def work(self) -> None:
        """All tasks, once everybody is there."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=120)
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json", "X-Jiban-Actor": quote(self.name)}
        self.gate.wait()
        for task in self.tasks:
            connection.request("POST", f"/api/v1/tasks/{task}/complete", json.dumps({"outcome": "stamped"}), headers)
            response = connection.getresponse()
            answer = response.read().decode()
            self.answers[response.status] += 1
            if response.status == 200:
                self.done.append(task)
            elif response.status != 409:
                self.strange.append(f"{task}: {response.status} {answer}")
        connection.close()


def test_of_fifty_clerks_one_completes_each_task(database_url: str, office: Office, tmp_path: Path) -> None:
    desk = Desk(database=connect(database_url), office=office)
    desk.deploy(rush=RUSH)
    numbers = [desk.open("rush") for _ in range(TASKS)]
    tasks = [f"{number}-{desk.tasks(number)[0].token}" for number in numbers]
    server, gate = Node(url=database_url, log=tmp_path / "server.log"), threading.Barrier(CLERKS)
    server.start()
    assert server.port is not None
    clerks = [Hasty(name=f"职员{number}", port=server.port, tasks=tasks, gate=gate) for number in range(CLERKS)]
    threads = [threading.Thread(target=clerk.work) for clerk in clerks]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    server.kill()

    assert [answer for clerk in clerks for answer in clerk.strange] == []
    assert sum((clerk.answers for clerk in clerks), Counter()) == {200: TASKS, 409: TASKS * (CLERKS - 1)}
    assert sorted(task for clerk in clerks for task in clerk.done) == sorted(tasks)
    assert desk.problems() == []
    desk.database.dispose()
