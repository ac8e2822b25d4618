"""`serve` in a process of its own: it listens, works, refuses what it cannot do, and stops when told."""

import http.client
import signal
import socket
from concurrent.futures import ThreadPoolExecutor
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
from tests.services.nodes import Node, node, until


def _drive(serving: Node, number_of: int) -> int:
    """Open a case over the wire and accept it; the version it comes to."""
    _, moved = serving.ask("POST", "/api/v1/cases", {"process": "company_setup", "data": {"remarks": str(number_of)}})
    for outcome in ("received", "accept"):
        status, moved = serving.ask("POST", f"/api/v1/tasks/{moved['tasks'][0]['id']}/complete", {"outcome": outcome})
        assert status == 200, moved
    return int(str(moved["version"]))


def test_many_clerks_at_once_over_the_wire_and_a_clean_stop(database_url: str, tmp_path: Path) -> None:
    with node(database_url, tmp_path) as serving:
        with ThreadPoolExecutor(8) as clerks:
            versions = list(clerks.map(lambda number: _drive(serving, number), range(24)))
        code = serving.end()

    with reading(connect(database_url)) as connection:
        assert len(stored.cases_page(connection, most=100)) == 24
    assert versions == [3] * 24 and code == 0


def test_the_bell_fires_what_is_due(sqlite_url: str, office: Office, tmp_path: Path) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=60)
    database = connect(sqlite_url)
    number = _accepted(database, office, long_ago)

    with node(sqlite_url, tmp_path, JIBAN_TICK_SECONDS="0.2") as serving:
        def kinds() -> list[str]:
            return [fact["kind"] for fact in serving.ask("GET", f"/api/v1/cases/{number}")[1]["facts"]]

        assert until(lambda: "CardIssued" in kinds()) and "DeadlineLapsed" in kinds()


def _accepted(database: Engine, office: Office, at: datetime) -> str:
    with writing(database) as connection:
        number = cases.open_case(connection, office, process="company_setup", data={}, by="王", now=at).number
        for outcome in ("received", "accept"):
            task = stored.tasks_page(connection, number=number, most=1)[0][2]
            cases.complete_task(connection, office, cases.Completion(
                task=f"{number}-{task.token}", outcome=outcome, data={}, by="王"), now=at)
    return number


def test_a_body_far_too_large_is_refused_over_the_wire(sqlite_url: str, tmp_path: Path) -> None:
    with node(sqlite_url, tmp_path) as serving:
        status, told = serving.ask("POST", "/api/v1/cases", {"process": "x" * 2_000_000})

    assert status == 413 and told["type"] == "urn:jiban:problem:too_large"


def test_without_a_token_it_serves_and_says_how_to_set_one(sqlite_url: str, tmp_path: Path) -> None:
    with node(sqlite_url, tmp_path, JIBAN_TOKEN="") as serving:
        hint = serving.process.line(1)
        status, told = serving.ask("GET", "/healthz")

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


def test_an_outage_of_the_database_stops_neither_the_bell_nor_the_door(postgres_url: str, tmp_path: Path) -> None:
    """The database of PostgreSQL lets nobody in for a while, and throws everybody out."""
    url = make_url(postgres_url)
    admin = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")

    def let_in(is_open: bool) -> None:
        with admin.connect() as connection:
            connection.execute(text(f'ALTER DATABASE "{url.database}" ALLOW_CONNECTIONS {is_open}'))
            if not is_open:
                connection.execute(text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"),
                                   {"name": url.database})

    with node(postgres_url, tmp_path, JIBAN_TICK_SECONDS="0.2") as serving:
        let_in(False)
        until(lambda: "the workers wait for the database" in serving.told)
        out, problem = serving.ask("GET", "/api/v1/cases")
        unready = serving.ask("GET", "/readyz")[0]
        let_in(True)
        back = serving.ask("GET", "/readyz")[0]
        code = serving.end(number=signal.SIGINT)

    admin.dispose()
    assert (out, problem["type"], unready, back, code) == (503, "urn:jiban:problem:unavailable", 503, 200, 0)
    assert "the workers wait for the database" in serving.told and "Traceback" not in serving.told


def test_only_the_named_proxy_is_believed_about_who_asks(sqlite_url: str, tmp_path: Path) -> None:
    """Behind it each browser has its own count of failures; without it nobody can pretend to be another address."""
    kept: list[list[str]] = []
    for settings in ({"JIBAN_PROXY": "127.0.0.1"}, {}):
        with node(sqlite_url, tmp_path, **settings) as serving:
            connection = http.client.HTTPConnection("127.0.0.1", serving.port, timeout=20)
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
