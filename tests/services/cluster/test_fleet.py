"""`jiban cluster`: several nodes on one machine, as somebody tries them in a terminal."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from socket import socket

import pytest

from services.cli import run
from services.fleet import Fleet, NodeFailed
from tests.services.forking import ROOT
from tests.services.nodes import until

BACK = re.compile(r"node 1 has died.*\n(.*\n)*?node 1 \| Jiban serves")


def free_after() -> int:
    """A port after which two are free."""
    while True:
        with socket() as first, socket() as second:
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port - 1


@contextmanager
def cluster(url: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Two nodes, ended in the end."""
    environment = os.environ | {"JIBAN_DATABASE": url, "JIBAN_PORT": str(free_after()), "PYTHONPATH": str(ROOT)}
    with log.open("wb") as told, subprocess.Popen([sys.executable, "-m", "services.cli", "cluster", "--nodes", "2", "--json"],
                                                  cwd=ROOT, env=environment, stdout=told, stderr=told) as process:
        try:
            yield process
        finally:
            process.terminate()
            process.wait(timeout=60)


def ports(log: Path) -> list[int]:
    """Where they serve, once all of them do."""
    lines = [line for line in log.read_text("utf-8").splitlines() if line.startswith("{")]
    return [int(port) for port in json.loads(lines[0])["ports"]] if lines else []


def is_ready(port: int) -> bool:
    """Does a node take requests?"""
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def nodes_of(process: subprocess.Popen[bytes]) -> list[int]:
    """The ids of its nodes, oldest first."""
    return [int(id) for id in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]


@pytest.mark.skipif(sys.platform != "linux", reason="the nodes are found in /proc")
def test_a_node_that_dies_is_started_again_and_one_signal_ends_all(postgres_url: str, tmp_path: Path) -> None:
    log = tmp_path / "cluster.log"

    with cluster(postgres_url, log) as process:
        assert until(lambda: ports(log), seconds=60), log.read_text("utf-8")
        first, second = ports(log)
        dead, kept = nodes_of(process)
        os.kill(dead, signal.SIGKILL)
        is_back = until(lambda: BACK.search(log.read_text("utf-8")), seconds=60)
        are_ready = is_ready(first), is_ready(second)
        nodes = nodes_of(process)
        process.terminate()
        ended = process.wait(timeout=60)

    assert second == first + 1 and is_back and are_ready == (True, True)
    assert dead not in nodes and kept in nodes and len(nodes) == 2
    assert ended == 0 and not any(Path(f"/proc/{node}").exists() for node in nodes)


def test_a_node_that_cannot_serve_is_named_with_what_it_said_and_none_is_left_behind() -> None:
    said: list[str] = []
    fleet = Fleet([{"JIBAN_TICK_SECONDS": "soon", "PYTHONPATH": str(ROOT)}] * 2, told=said.append)

    with pytest.raises(NodeFailed, match=r"^node 1 has not begun to serve: .*JIBAN_TICK_SECONDS.*soon"):
        fleet.start()

    assert said and not any(node.is_alive() for node in fleet.nodes)


def test_several_nodes_on_sqlite_are_refused_with_the_way_out(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("JIBAN_DATABASE", sqlite_url)

    status = run(["cluster", "--nodes", "3"])

    assert status == 1 and "name one, like postgresql://" in capsys.readouterr().err
