"""Worker programs and the server they work for are killed at the worst moment: each external task is done once."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from services.database import connect
from services.office import Office
from tests.faults.nodes import TOKEN, Node
from tests.services.desk import Desk
from tests.services.forking import ROOT
from tests.services.served import handed_in

pytestmark = pytest.mark.faults


@contextmanager
def working(server: Node, name: str, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker program; whatever happens, it does not outlive the test."""
    address = f"http://127.0.0.1:{server.port}"
    process = subprocess.Popen([sys.executable, "-m", "tests.faults.slow_worker", address, TOKEN, name, str(folder)], cwd=ROOT)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def until(holds: Callable[[], bool]) -> None:
    """Wait until it holds."""
    for _ in range(600):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("it never came about")


@pytest.fixture
def desk(sqlite_url: str, office: Office) -> Iterator[Desk]:
    """A desk beside the server, on its database."""
    desk = Desk(database=connect(sqlite_url), office=office)
    yield desk
    desk.database.dispose()


@pytest.fixture
def server(sqlite_url: str, tmp_path: Path) -> Iterator[Node]:
    """A server that is running."""
    server = Node(url=sqlite_url, log=tmp_path / "server.log")
    server.start()
    yield server
    if server.port is not None:
        server.kill()


def is_done(desk: Desk, number: str) -> bool:
    """Has the case gone past its service task?"""
    return [task.node for task in desk.tasks(number)] == ["look"]


def test_a_worker_killed_at_work_costs_nothing_and_its_task_is_done_once(
    desk: Desk, server: Node, tmp_path: Path,
) -> None:
    number = handed_in(desk)

    with working(server, "first", tmp_path) as first:
        until(lambda: any(tmp_path.glob("first-*")))
        first.send_signal(signal.SIGKILL)
    (tmp_path / "go").touch()
    with working(server, "second", tmp_path):
        until(lambda: is_done(desk, number))

    told, = desk.facts(number, "ExternalTaskCompleted")
    assert told["data"]["worker"] == "second" and desk.problems() == []


def test_a_worker_outlives_a_killed_server_and_its_answer_counts_once(
    desk: Desk, server: Node, tmp_path: Path,
) -> None:
    number = handed_in(desk)

    with working(server, "only", tmp_path):
        until(lambda: any(tmp_path.glob("only-*")))
        port = server.port
        server.kill()
        (tmp_path / "go").touch()
        time.sleep(1)
        again = Node(url=server.url, log=server.log, settings={"JIBAN_PORT": str(port)})
        again.start()
        until(lambda: is_done(desk, number))
        again.kill()

    assert len(desk.facts(number, "ExternalTaskCompleted")) == 1 and desk.problems() == []


def test_a_worker_told_to_stop_finishes_the_task_at_hand_and_takes_no_other(
    desk: Desk, server: Node, tmp_path: Path,
) -> None:
    number = handed_in(desk)

    with working(server, "only", tmp_path) as worker:
        until(lambda: any(tmp_path.glob("only-*")))
        worker.send_signal(signal.SIGTERM)
        time.sleep(3)  # longer than its lock: it is extended
        (tmp_path / "go").touch()
        assert worker.wait(timeout=20) == 0

    assert is_done(desk, number) and len(list(tmp_path.glob("only-*"))) == 1 and desk.problems() == []


def test_the_example_serves_the_example_diagram(desk: Desk, server: Node) -> None:
    desk.deploy(registry_check=(ROOT / "bpmn/examples/registry_check.bpmn").read_bytes())
    known = desk.open("registry_check", credit_code="91430600MA4L16JQ9B")
    unknown = desk.open("registry_check", credit_code="12")

    with subprocess.Popen([sys.executable, "-m", "webhooks.example_worker", f"http://127.0.0.1:{server.port}"], cwd=ROOT,
                          env={"JIBAN_TOKEN": TOKEN, "PATH": ""}) as worker:
        until(lambda: bool(desk.tasks(known)) and bool(desk.tasks(unknown)))
        worker.send_signal(signal.SIGTERM)

    assert [task.node for task in (*desk.tasks(known), *desk.tasks(unknown))] == ["confirm", "ask"]
    assert desk.problems() == []
