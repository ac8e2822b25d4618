"""Nodes that share one PostgreSQL: who does what, who dies, who ends, and what the others make of it."""

from __future__ import annotations

import signal
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url

from services import migrations, presence
from services.database import connect, writing
from services.migrations import SchemaRefused
from services.office import Office
from services.readiness import Threshold
from services.serving import Role, serve
from services.settings import SettingRefused, Settings
from tests.services.nodes import Node, node, until
from tests.services.test_serving import _accepted


def told(database: Engine, kind: str) -> int:
    """How many facts there are of a kind."""
    with database.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM fact WHERE kind = :kind"), {"kind": kind}).scalar_one())


def jobs(database: Engine) -> dict[str, int]:
    """How many jobs there are, by what has become of them."""
    with database.connect() as connection:
        return dict(connection.execute(text("SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY status")).all())  # type: ignore[arg-type]


def made(database: Engine) -> int:
    """How many jobs there have ever been."""
    with database.connect() as connection:
        return int(connection.execute(text("SELECT last_value FROM procrastinate_jobs_id_seq")).scalar_one())


def test_a_web_node_answers_and_a_worker_fires_what_is_due(postgres_url: str, office: Office, tmp_path: Path) -> None:
    database = connect(postgres_url)
    number = _accepted(database, office, datetime.now(UTC) - timedelta(days=60))

    with node(postgres_url, tmp_path, role="web") as web:
        time.sleep(2.5)
        without = told(database, "CardIssued")
        with node(postgres_url, tmp_path, role="worker") as worker:
            assert until(lambda: told(database, "CardIssued") > 0)
            status, case = web.ask("GET", f"/api/v1/cases/{number}")
            ended = worker.end(), web.end()

    assert without == 0 and status == 200 and case["number"] == number and ended == (0, 0)
    database.dispose()


def test_finished_jobs_are_removed(postgres_url: str, tmp_path: Path) -> None:
    database = connect(postgres_url)

    with node(postgres_url, tmp_path, role="worker"):
        assert until(lambda: made(database) > 12)
        kept = jobs(database)

    assert set(kept) <= {"todo", "doing"} and sum(kept.values()) < 12
    database.dispose()


def test_on_sqlite_there_is_one_node_which_does_everything(sqlite_url: str) -> None:
    for role in (Role.WEB, Role.WORKER):
        with pytest.raises(SettingRefused, match="on SQLite there is one node"):
            serve(Settings(database=sqlite_url), role=role)


def test_the_jobs_of_a_dead_worker_are_found_and_done_again(postgres_url: str, tmp_path: Path) -> None:
    """As one leaves it that was killed in the middle of a job: taken up, and never finished."""
    database = connect(postgres_url)
    with writing(database) as connection:
        worker = connection.execute(text(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '60 s') RETURNING id")).scalar_one()
        connection.execute(text("INSERT INTO procrastinate_jobs (queue_name, task_name, status, worker_id)"
                                " VALUES ('hall', 'catch_up', 'doing', :worker)"), {"worker": worker})

    with node(postgres_url, tmp_path, role="worker") as living:
        assert until(lambda: "a worker died in the middle of job" in living.told, seconds=30)
        assert until(lambda: _doing_of(database, worker) == 0)

    database.dispose()


def _doing_of(database: Engine, worker: int) -> int:
    with database.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM procrastinate_jobs WHERE worker_id = :worker OR (worker_id IS "
                                           "NULL AND status = 'doing')"), {"worker": worker}).scalar_one())


def test_a_node_told_to_end_lets_whoever_is_being_answered_have_his_answer(postgres_url: str, tmp_path: Path) -> None:
    """A request waits for a row that somebody else holds; meanwhile the node is told to end."""
    database = connect(postgres_url)
    with node(postgres_url, tmp_path, JIBAN_DRAIN_SECONDS="1.5") as serving:
        number = serving.ask("POST", "/api/v1/cases", {"process": "company_setup", "data": {}})[1]["number"]
        answers: list[tuple[int, object]] = []
        with database.connect() as holding, holding.begin():
            holding.execute(text('SELECT 1 FROM "case" WHERE number = :number FOR UPDATE'), {"number": number})
            asking = threading.Thread(target=lambda: answers.append(_complete(serving, number)))
            asking.start()
            time.sleep(1)
            serving.process.signal(signal.SIGTERM)
            time.sleep(0.5)
            unready = serving.ask("GET", "/readyz")
            time.sleep(2)
            with pytest.raises(ConnectionRefusedError):
                serving.ask("GET", "/healthz")
        asking.join()
        code = serving.process.wait(20)

    assert unready[0] == 503 and unready[1]["detail"] == "this process has been told to end"
    assert [status for status, _ in answers] == [200] and code == 0
    database.dispose()


def _complete(serving: Node, number: str) -> tuple[int, object]:
    task = serving.ask("GET", f"/api/v1/tasks?case={number}")[1]["items"][0]["id"]
    return serving.ask("POST", f"/api/v1/tasks/{task}/complete", {"outcome": "received"})


def test_what_takes_longer_than_it_may_is_broken_off(postgres_url: str, tmp_path: Path) -> None:
    """With a tenth of the patience; the case stays as it was."""
    database = connect(postgres_url)
    with node(postgres_url, tmp_path, JIBAN_STOP_SECONDS="2") as serving:
        number = serving.ask("POST", "/api/v1/cases", {"process": "company_setup", "data": {}})[1]["number"]
        with database.connect() as holding, holding.begin():
            holding.execute(text('SELECT 1 FROM "case" WHERE number = :number FOR UPDATE'), {"number": number})
            asking = threading.Thread(target=lambda: _forget(serving, number))
            asking.start()
            time.sleep(1)
            begun = time.monotonic()
            code = serving.end()
            took = time.monotonic() - begun
        asking.join()

    assert code == 0 and took < 6 and "broken off" in serving.told
    assert told(database, "TaskCompleted") == 0
    database.dispose()


def _forget(serving: Node, number: str) -> None:
    with suppress(OSError):
        _complete(serving, number)


def test_a_node_that_is_started_without_its_database_waits_and_takes_up_work_within_five_seconds(
    postgres_url: str, tmp_path: Path,
) -> None:
    url = make_url(postgres_url)
    admin = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'ALTER DATABASE "{url.database}" RENAME TO "absent"'))

    with node(postgres_url, tmp_path) as serving:
        away = serving.ask("GET", "/readyz")[0], serving.ask("GET", "/healthz")[0], serving.ask("GET", "/api/v1/cases")[0]
        with admin.connect() as connection:
            connection.execute(text(f'ALTER DATABASE "absent" RENAME TO "{url.database}"'))
        back = until(lambda: serving.ask("GET", "/readyz")[0] == 200, seconds=5)
        opened = serving.ask("POST", "/api/v1/cases", {"process": "company_setup", "data": {}})[0]
        code = serving.end()

    admin.dispose()
    assert away == (503, 200, 503) and back and opened == 201 and code == 0


def test_nobody_migrates_under_a_node_that_serves_and_no_node_begins_while_somebody_migrates(
    postgres_url: str, tmp_path: Path,
) -> None:
    """As if this release had one revision more than the database."""
    database = connect(postgres_url)
    current = migrations.head()

    with node(postgres_url, tmp_path) as serving:
        assert until(lambda: serving.ask("GET", "/readyz")[0] == 200)
        migrations.migrate(database)  # nothing has to change: nobody is in the way
        with writing(database) as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '0020'"))
        with pytest.raises(SchemaRefused, match="1 nodes serve this database"):
            migrations.migrate(database)
        refused = serving.ask("GET", "/readyz")
        with writing(database) as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :current"), {"current": current})
        assert serving.end() == 0
    with database.connect() as connection, connection.begin():
        alone = presence.be_alone(connection)
        with pytest.raises(SchemaRefused, match="somebody is migrating"):
            Threshold(database=database).cross()
    Threshold(database=database).cross()

    assert refused[0] == 503 and "run `jiban migrate`" in refused[1]["detail"] and alone == 0
    database.dispose()
