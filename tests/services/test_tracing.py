"""Traces: of a request, its transaction, a pass and a delivery; nothing is imported or sent unless they are asked for."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from services import tracing
from services.cli import run
from tests.services.forking import ROOT
from tests.services.nodes import node, until

NAME = "欧阳标记"


class _Collector(BaseHTTPRequestHandler):
    got: list[bytes]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append(gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body)
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def collector() -> Iterator[tuple[int, list[bytes]]]:
    """Somebody who collects traces: his port, and what he got."""
    got: list[bytes] = []
    server = HTTPServer(("127.0.0.1", 0), type("Bound", (_Collector,), {"got": got}))
    Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1], got
    server.shutdown()


def test_a_request_its_transaction_and_a_pass_are_traced_and_name_nobody(
    sqlite_url: str, tmp_path: Path, collector: tuple[int, list[bytes]],
) -> None:
    port, got = collector
    trace = "0af7651916cd43dd8448eb211c80319c"

    with node(sqlite_url, tmp_path, JIBAN_OTLP_ENDPOINT=f"http://127.0.0.1:{port}") as serving:
        serving.ask("POST", "/api/v1/cases", {"process": "company_setup", "data": {"agent": NAME}},
                    traceparent=f"00-{trace}-b7ad6b7169203331-01")
        serving.ask("POST", "/api/v1/cases", {"process": NAME, "data": {}})
        assert serving.end() == 0
    assert until(lambda: b"pass ring" in b"".join(got))

    told = b"".join(got)
    assert b"POST /api/v1/cases" in told and b"transaction" in told and bytes.fromhex(trace) in told
    assert NAME.encode() not in told


def test_without_being_asked_for_nothing_of_it_is_imported() -> None:
    program = ("import sys, services.serving; from services import tracing\nwith tracing.span('x'): pass\n"
               "print([name for name in sys.modules if name.startswith('opentelemetry')])")

    said = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)},
                          capture_output=True, text=True, check=True).stdout

    assert said == "[]\n"


def test_asked_for_without_the_packages_it_is_said_in_one_sentence(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.resources", None)
    monkeypatch.setenv("JIBAN_DATABASE", sqlite_url)
    monkeypatch.setenv("JIBAN_OTLP_ENDPOINT", "http://127.0.0.1:4318")
    monkeypatch.setattr("services.logs.start", lambda **given: None)

    status = run(["serve"])

    assert status == 1 and "pip install 'jiban[telemetry]'" in capsys.readouterr().err
    assert tracing._tracer is None
