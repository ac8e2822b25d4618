"""The node is killed at every point between two things it does to its database: each time all of it happened, or none, and
who asks again under the same key is told what the first would have been told."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import pytest

from services.database import connect
from services.office import Office
from tests.faults.busy import WHOLE
from tests.faults.failpoints import RECORD
from tests.faults.nodes import TOKEN, Node
from tests.faults.reached import Reached, size
from tests.services import diagrams
from tests.services.bundle_diagrams import BUNDLE, LICENCE, TAX
from tests.services.desk import Desk

pytestmark = pytest.mark.faults

POINTS = size("JIBAN_FAILPOINTS", 2)
"""So many of each flow, on each database; every one of them: ``make faults``."""

SEED = 20260306
TRIES = 5
IN_PARTS = {"lapsing", "errands"}
"""Each clock of a case rings in a transaction of its own, and each errand is done in one."""

PROMISED = diagrams.process(
    "promised", diagrams.words(limits="promised:1 statutory:2"), diagrams.start(), diagrams.throw("taken", "accepted"),
    diagrams.task("fill"), diagrams.end("done", "concluded"), diagrams.flows("begin", "taken", "fill", "done"))


@dataclass(kw_only=True)
class Hall:
    """A node that dies where it is told to, and is started again. `desk`: looks at the rows."""

    node: Node
    desk: Desk
    keys: Any = field(default_factory=count)

    def post(self, path: str, body: object, *, key: str = "", point: str = RECORD) -> tuple[dict[str, Any], list[str]]:
        """The answer and the points on the way to it. Raises OSError or HTTPException when the node has died of it."""
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json",
                   "Idempotency-Key": key or f"hall{next(self.keys)}", "X-Failpoint": point}
        connection = HTTPConnection("127.0.0.1", self.node.port or 0, timeout=30)
        try:
            connection.request("POST", path, json.dumps(body), headers)
            response = connection.getresponse()
            answer = json.loads(response.read())
        finally:
            connection.close()
        assert response.status in (200, 201), answer
        return answer, json.loads(response.getheader("X-Failpoints", "[]"))

    def open(self, process: str, **data: object) -> dict[str, Any]:
        """A case, ready."""
        return self.post("/api/v1/cases", {"process": process, "data": data})[0]

    def complete(self, moved: dict[str, Any], outcome: str | None = None) -> dict[str, Any]:
        """Its one open task."""
        return self.post(f"/api/v1/tasks/{moved['tasks'][0]['id']}/complete", {"outcome": outcome})[0]

    def state(self, number: str) -> list[str]:
        """What has happened to a case and its children."""
        return [*self.desk.kinds(number), *(kind for child in self.desk.children(number)
                                            for kind in ("child", *self.desk.kinds(child.number)))]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked in a flow. `number`: of the case it is about, "" when it opens one."""

    path: str
    body: object
    number: str = ""


def opening(hall: Hall) -> Asked:
    return Asked(path="/api/v1/cases", body={"process": "company_setup", "data": {"applicant": "岳阳某公司"}})


def completing(hall: Hall) -> Asked:
    case = hall.complete(hall.open("company_setup"), "received")
    return Asked(path=f"/api/v1/tasks/{case['tasks'][0]['id']}/complete", body={"outcome": "accept"}, number=case["number"])


def firing(hall: Hall) -> Asked:
    case = hall.complete(hall.open("whole"), "filled")
    time.sleep(0.25)
    return Asked(path="/faults/ring?days=0", body={}, number=case["number"])


def lapsing(hall: Hall) -> Asked:
    return Asked(path="/faults/ring?days=9", body={}, number=hall.open("promised")["number"])


def running_errands(hall: Hall) -> Asked:
    case = hall.open("all", applicant="岳阳某公司", park="湘阴高新区")
    return Asked(path=f"/api/v1/tasks/{case['tasks'][0]['id']}/complete", body={}, number=case["number"])


FLOWS: dict[str, Callable[[Hall], Asked]] = {
    "opening": opening, "completing": completing, "firing": firing, "lapsing": lapsing, "errands": running_errands}


@pytest.mark.parametrize("flow", FLOWS)
def test_a_node_killed_at_any_point_has_done_all_of_it_or_nothing(
    database_url: str, office: Office, tmp_path: Path, flow: str,
) -> None:
    desk = Desk(database=connect(database_url), office=office)
    desk.deploy(whole=WHOLE, promised=PROMISED, all=BUNDLE, licence=LICENCE, tax=TAX)
    role = "web" if desk.database.dialect.name == "postgresql" else "all"  # nobody but the request does what it left to do
    hall = Hall(desk=desk, node=Node(url=database_url, log=tmp_path / "node.log", rig="tests.faults.failpoints:rig", role=role,
                                     settings={"JIBAN_TICK_SECONDS": "3600"}))
    reached = Reached(fault=f"failpoints, {flow}, {desk.database.dialect.name}", seed=SEED)
    hall.node.start()
    asked = FLOWS[flow](hall)
    hall.post(asked.path, asked.body)  # what is only done for the first of a day is done

    expected, points = undisturbed(hall, flow)
    tried = points if len(points) <= POINTS else Random(SEED).sample(points, POINTS)
    for number, point in enumerate(tried):
        killed_at(hall, flow, point, expected)
        reached.so_far(points=number, of=len(tried))
    hall.node.kill()

    assert {"before commit #1", "after commit #1", "before the answer #1", "after the answer #1"} <= set(points)
    assert desk.problems() == []
    reached.note(points=len(points), killed=len(tried), problems=0)
    desk.database.dispose()


def undisturbed(hall: Hall, flow: str) -> tuple[list[str], list[str]]:
    """What is asked of a node that has just begun, without a fault: what has happened then, and the points on the way."""
    hall.node.kill()
    hall.node.start()
    asked = FLOWS[flow](hall)
    answer, points = hall.post(asked.path, asked.body)
    number = asked.number or answer["number"]
    expected = hall.state(number)
    hall.node.kill()
    hall.node.start()
    assert settled(hall, number, expected) == expected
    return expected, points


def killed_at(hall: Hall, flow: str, point: str, expected: list[str]) -> None:
    """The node dies at this point, is started again and asked again: nothing is missing then, nothing is there twice. What a
    node reads once its bell may have read before: then it is asked another time."""
    for _ in range(TRIES):
        asked, key = FLOWS[flow](hall), f"{flow}-{next(hall.keys)}"
        before, cases = hall.state(asked.number) if asked.number else [], hall.desk.rows("case")
        died = is_deadly(hall, asked, key, point)
        if died and asked.number and flow not in IN_PARTS:
            assert hall.state(asked.number) in (before, expected), point
        if not died:
            hall.node.kill()
        hall.node.start()
        first, second = (hall.post(asked.path, asked.body, key=key)[0] for _ in range(2))
        number = asked.number or first["number"]
        assert first == second and settled(hall, number, expected) == expected, point
        assert hall.desk.rows("case") == cases + (not asked.number) + expected.count("child"), point
        if died:
            return
    raise AssertionError(f"{flow} does not pass “{point}” any more")


def is_deadly(hall: Hall, asked: Asked, key: str, point: str) -> bool:
    """Has the node died of it? Its answer may have been heard before."""
    try:
        _, passed = hall.post(asked.path, asked.body, key=key, point=point)
    except (OSError, HTTPException):
        passed = [point]
    if point not in passed:
        return False
    hall.node.await_end()
    return True


def settled(hall: Hall, number: str, expected: list[str]) -> list[str]:
    """What has happened to a case, when the bell has rung and done what was left to it."""
    hall.post("/faults/ring?days=0", {})
    until = time.monotonic() + 10
    while (state := hall.state(number)) != expected and time.monotonic() < until:
        time.sleep(0.05)
    return state
