"""A PostgreSQL that does not answer is given up, and gives up a transaction that is left lying."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import make_url, text

from services import patience
from services.bench.postgres import PostgresServer
from services.database import DatabaseUnavailable, OutcomeUnknown, connect, reading, writing
from services.office import Office
from services.settings import SHELF, Settings
from services.web.app import create_app
from tests.faults.proxy import AtCommit, Proxy, Weather

INSERT = text("INSERT INTO counter (name, value) VALUES ('patience', 1)")
COUNT = text("SELECT count(*) FROM counter WHERE name = 'patience'")


@pytest.fixture
def proxy(postgres: PostgresServer) -> Iterator[Proxy]:
    """A network that can be cut."""
    with Proxy(folder=postgres.folder) as opened:
        yield opened


def through(proxy: Proxy, url: str) -> str:
    """The address of a database behind a proxy."""
    return f"postgresql+psycopg://postgres@127.0.0.1:{proxy.port}/{make_url(url).database}"


def test_a_server_that_is_never_heard_of_again_is_given_up(postgres_url: str, proxy: Proxy) -> None:
    database = connect(through(proxy, postgres_url), answer_seconds=0.5)
    begun = time.monotonic()

    with pytest.raises(DatabaseUnavailable, match=r"not answered within 0\.5 s"), writing(database) as connection:
        connection.execute(INSERT)
        proxy.weather = Weather.SILENT
        connection.execute(COUNT)

    assert time.monotonic() - begun < 5
    proxy.clear()
    with reading(database) as connection:
        assert connection.execute(COUNT).scalar_one() == 0
    database.dispose()


def test_a_statement_that_nobody_waits_for_any_longer_is_ended_on_the_server(postgres_url: str) -> None:
    database = connect(postgres_url, answer_seconds=0.3)

    with pytest.raises(DatabaseUnavailable), reading(database) as connection:
        connection.execute(text("SELECT pg_sleep(20)"))

    with reading(database) as connection:
        assert connection.execute(text(
            "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active'")).scalar_one() == 0
    database.dispose()


def test_a_server_that_takes_a_connection_and_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(patience.ALIVE, "connect_timeout", 2)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        database = connect(f"postgresql+psycopg://nobody@127.0.0.1:{mute.getsockname()[1]}/nothing")
        begun = time.monotonic()

        with pytest.raises(DatabaseUnavailable), reading(database):
            pass

    assert time.monotonic() - begun < 10


def test_a_transaction_that_is_left_lying_lets_go_of_what_it_holds(postgres_url: str) -> None:
    frozen, other = connect(postgres_url, lease_seconds=0.3), connect(postgres_url)
    with writing(other) as connection:
        connection.execute(INSERT)

    with pytest.raises(DatabaseUnavailable), writing(frozen) as held:
        held.execute(text("UPDATE counter SET value = 2 WHERE name = 'patience'"))
        with writing(other) as connection:
            connection.execute(text("UPDATE counter SET value = 3 WHERE name = 'patience'"))
        held.execute(COUNT)

    with reading(other) as connection:
        assert connection.execute(text("SELECT value FROM counter WHERE name = 'patience'")).scalar_one() == 3
    frozen.dispose()
    other.dispose()


@pytest.mark.parametrize(("at", "kept"), [(AtCommit.BEFORE, 0), (AtCommit.AFTER, 1)])
def test_of_a_connection_that_is_lost_in_a_commit_nobody_knows_how_it_ended(
    postgres_url: str, proxy: Proxy, at: AtCommit, kept: int,
) -> None:
    database = connect(through(proxy, postgres_url))

    with pytest.raises(OutcomeUnknown, match="read again before repeating it"), writing(database) as connection:
        connection.execute(INSERT)
        proxy.at_commit = at

    with reading(database) as connection:
        assert connection.execute(COUNT).scalar_one() == kept
    database.dispose()


def test_who_asks_again_under_the_key_of_what_was_lost_in_a_commit_is_told_exactly(
    postgres_url: str, proxy: Proxy, office: Office,
) -> None:
    database = connect(through(proxy, postgres_url))
    client = create_app(database, replace(office), Settings(shelf=SHELF, token="t")).test_client()
    headers, body = {"Authorization": "Bearer t", "Idempotency-Key": "k"}, {"process": "company_setup", "data": {}}
    client.get("/api/v1/cases", headers=headers)

    proxy.at_commit = AtCommit.AFTER
    lost = client.post("/api/v1/cases", json=body, headers=headers)
    first, second = (client.post("/api/v1/cases", json=body, headers=headers) for _ in range(2))

    assert (lost.status_code, lost.json["type"]) == (503, "urn:jiban:problem:outcome_unknown")
    assert "under the same Idempotency-Key" in lost.json["detail"] and lost.headers["Retry-After"] == "5"
    assert (first.status_code, first.json) == (201, second.json)
    assert len(client.get("/api/v1/cases", headers=headers).json["items"]) == 1
    database.dispose()
