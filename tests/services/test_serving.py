"""`serve` in a process of its own: it listens, works, refuses what it cannot do, and stops when told."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url

from services import cases
from services.database import connect, reading, writing
from services.migrations import SchemaRefused
from services.office import Office
from services.serving import serve
from services.settings import SettingRefused, Settings
from services.store import reading as stored

ROOT = Path(__file__).resolve().parents[2]
START = "from services.serving import serve; from services.settings import from_environment; serve(from_environment())"
BEARER = {"Authorization": "Bearer t", "Content-Type": "application/json"}


@contextmanager
def _serving(url: str, **settings: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A server on a free port, and that port."""
    environment = os.environ | {"JIBAN_DATABASE": url, "JIBAN_PORT": "0", "JIBAN_TOKEN": "t"} | settings
    with subprocess.Popen([sys.executable, "-c", START], cwd=ROOT, env=environment, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            greeting = server.stdout.readline()
            yield server, int(greeting.split("http://")[1].split("/")[0].rsplit(":", 1)[1])
        finally:
            server.kill()


def _ask(port: int, method: str, path: str, body: object = None) -> tuple[int, dict[str, object]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(method, path, None if body is None else json.dumps(body), BEARER)
    answer = connection.getresponse()
    told = json.loads(answer.read())
    connection.close()
    return answer.status, told


def _drive(port: int, number_of: int) -> int:
    """Open a case over the wire and accept it; the version it comes to."""
    _, moved = _ask(port, "POST", "/api/v1/cases", {"process": "company_setup", "data": {"remarks": str(number_of)}})
    for outcome in ("received", "accept"):
        status, moved = _ask(port, "POST", f"/api/v1/tasks/{moved['tasks'][0]['id']}/complete", {"outcome": outcome})  # type: ignore[index]
        assert status == 200, moved
    return int(str(moved["version"]))


def test_many_clerks_at_once_over_the_wire_and_a_clean_stop(database_url: str) -> None:
    with _serving(database_url) as (server, port):
        with ThreadPoolExecutor(8) as clerks:
            versions = list(clerks.map(lambda number: _drive(port, number), range(24)))
        server.send_signal(signal.SIGTERM)
        code = server.wait(timeout=20)

    with reading(connect(database_url)) as connection:
        assert len(stored.cases_page(connection, most=100)) == 24
    assert versions == [3] * 24 and code == 0


def test_the_bell_fires_what_is_due(sqlite_url: str, office: Office) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=60)
    database = connect(sqlite_url)
    number = _accepted(database, office, long_ago)

    with _serving(sqlite_url, JIBAN_TICK_SECONDS="0.2") as (_, port):
        kinds: list[object] = []
        until = time.monotonic() + 15
        while "CardIssued" not in kinds and time.monotonic() < until:
            time.sleep(0.2)
            facts = _ask(port, "GET", f"/api/v1/cases/{number}")[1]["facts"]
            kinds = [fact["kind"] for fact in facts]  # type: ignore[attr-defined]

    assert "DeadlineLapsed" in kinds and "CardIssued" in kinds


def _accepted(database: Engine, office: Office, at: datetime) -> str:
    with writing(database) as connection:
        number = cases.open_case(connection, office, process="company_setup", data={}, by="王", now=at).number
        for outcome in ("received", "accept"):
            task = stored.tasks_page(connection, number=number, most=1)[0][2]
            cases.complete_task(connection, office, cases.Completion(
                task=f"{number}-{task.token}", outcome=outcome, data={}, by="王"), now=at)
    return number


def test_a_body_far_too_large_is_refused_over_the_wire(sqlite_url: str) -> None:
    with _serving(sqlite_url) as (_, port):
        status, told = _ask(port, "POST", "/api/v1/cases", {"process": "x" * 2_000_000})

    assert status == 413 and told["type"] == "urn:jiban:problem:too_large"


def test_without_a_token_it_serves_and_says_how_to_set_one(sqlite_url: str) -> None:
    with _serving(sqlite_url, JIBAN_TOKEN="") as (server, port):
        assert server.stdout is not None
        hint = server.stdout.readline()
        status, told = _ask(port, "GET", "/healthz")

    assert "JIBAN_TOKEN is not set" in hint and (status, told) == (200, {"status": "ok"})


def test_a_database_that_was_not_migrated_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SchemaRefused, match="jiban migrate"):
        serve(Settings(database=f"sqlite:///{tmp_path / 'new.db'}"))


def test_a_port_in_use_is_refused(sqlite_url: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()

        with pytest.raises(SettingRefused, match="choose another port"):
            serve(Settings(database=sqlite_url, port=taken.getsockname()[1]))


def test_an_outage_of_the_database_stops_neither_the_bell_nor_the_door(postgres_url: str) -> None:
    """The database of PostgreSQL lets nobody in for a while, and throws everybody out."""
    url = make_url(postgres_url)
    admin = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")

    def let_in(is_open: bool) -> None:
        with admin.connect() as connection:
            connection.execute(text(f'ALTER DATABASE "{url.database}" ALLOW_CONNECTIONS {is_open}'))
            if not is_open:
                connection.execute(text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"),
                                   {"name": url.database})

    with _serving(postgres_url, JIBAN_TICK_SECONDS="0.2") as (server, port):
        let_in(False)
        time.sleep(0.6)
        out, problem = _ask(port, "GET", "/api/v1/cases")
        unready = _ask(port, "GET", "/readyz")[0]
        let_in(True)
        back = _ask(port, "GET", "/readyz")[0]
        server.send_signal(signal.SIGINT)
        code = server.wait(timeout=20)
        log = server.stderr.read() if server.stderr else ""

    admin.dispose()
    assert (out, problem["type"], unready, back, code) == (503, "urn:jiban:problem:unavailable", 503, 200, 0)
    assert "the workers wait for the database" in log and "Traceback" not in log


def test_only_the_named_proxy_is_believed_about_who_asks(sqlite_url: str) -> None:
    """Behind it each browser has its own count of failures; without it nobody can pretend to be another address."""
    kept: list[list[str]] = []
    for settings in ({"JIBAN_PROXY": "127.0.0.1"}, {}):
        with _serving(sqlite_url, **settings) as (_, port):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            headers = {"X-Forwarded-For": "10.0.0.7", "X-Forwarded-Proto": "https"}
            connection.request("GET", "/sign-in", headers=headers)
            form = connection.getresponse()
            cookie, shown = form.headers["Set-Cookie"], form.read().decode()
            mark = shown.split('name="csrf" value="')[1].split('"')[0]
            connection.request("POST", "/sign-in", f"csrf={mark}&account=x&password=x", headers | {
                "Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie.split(";")[0]})
            assert connection.getresponse().status == 422 and ("Secure" in cookie) is bool(settings)
            connection.close()
        with connect(sqlite_url).connect() as opened:
            kept.append(sorted(opened.execute(text("SELECT DISTINCT key FROM throttle")).scalars()))

    assert kept == [["10.0.0.7"], ["10.0.0.7", "127.0.0.1"]]
