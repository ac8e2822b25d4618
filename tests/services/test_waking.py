"""A step whose facts have to leave asks the cluster's workers to look, in its own transaction and once."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, Engine, text

from services import cases
from services.database import connect, writing
from services.office import Office
from services.store import waking
from tests.services.desk import Desk


@pytest.fixture
def hall(postgres_url: str, office: Office) -> Desk:
    """A desk on PostgreSQL, where nobody takes jobs up."""
    return Desk(database=connect(postgres_url), office=office)


def jobs(database: Engine) -> list[tuple[str, str, str | None]]:
    """The jobs nobody has taken up."""
    with database.connect() as connection:
        return [tuple(row) for row in connection.execute(text(  # type: ignore[misc]
            "SELECT queue_name, task_name, queueing_lock FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id"))]


def take_up(connection: Connection) -> None:
    connection.execute(text("UPDATE procrastinate_jobs SET status = 'doing'"))


def test_a_step_whose_facts_leave_asks_once_until_somebody_has_come(hall: Desk) -> None:
    hall.open()
    hall.open()
    asked_by_two = jobs(hall.database)
    with writing(hall.database) as connection:
        take_up(connection)
    hall.open()

    assert asked_by_two == jobs(hall.database) == [("wire", "send", None)]
    hall.database.dispose()


def test_a_step_that_is_rolled_back_has_asked_nobody(hall: Desk) -> None:
    with hall.database.connect() as connection, connection.begin() as transaction:
        cases.open_case(connection, hall.office, process="company_setup", data={}, by="王", now=hall.now)
        transaction.rollback()

    assert jobs(hall.database) == []
    hall.database.dispose()


def test_help_is_called_from_each_other_worker_once(hall: Desk) -> None:
    with writing(hall.database) as connection:
        waking.call_for_help(connection, most=8)
        nobody = connection.execute(text("SELECT count(*) FROM procrastinate_jobs")).scalar_one()
        connection.execute(text("INSERT INTO procrastinate_workers DEFAULT VALUES"))
        connection.execute(text("INSERT INTO procrastinate_workers DEFAULT VALUES"))
        connection.execute(text("INSERT INTO procrastinate_workers DEFAULT VALUES"))
        waking.call_for_help(connection, most=8)
        waking.call_for_help(connection, most=8)

    assert nobody == 0 and jobs(hall.database) == [("bell", "ring", "ring:1"), ("bell", "ring", "ring:2")]
    hall.database.dispose()
