"""The disk is full: a clear answer, nothing half-written, and work goes on when there is room again."""

from __future__ import annotations

import sqlite3

import pytest
from sqlalchemy import Engine, event, text

from services.database import DatabaseUnavailable, connect
from services.office import Office
from services.settings import SHELF, Settings
from services.web.app import create_app
from tests.services.desk import Desk

pytestmark = pytest.mark.faults

ROOM = 12
"""Pages left: a few steps."""


def without_room(url: str) -> Engine:
    """The database on a disk with little room left."""
    database = connect(url)
    with database.connect() as connection:
        pages = int(connection.execute(text("PRAGMA page_count")).scalar_one())
    database.dispose()

    @event.listens_for(database, "connect")
    def _limit(connection: sqlite3.Connection, record: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages + ROOM}")

    return database


def test_a_full_disk_is_said_and_nothing_is_half_written(sqlite_url: str, office: Office) -> None:
    full = Desk(database=without_room(sqlite_url), office=office)
    opened: list[str] = []

    with pytest.raises(DatabaseUnavailable, match="full; nothing was half-written") as refused:
        for _ in range(1000):
            opened.append(full.open(remarks="一" * 1500))

    assert len(opened) > 1 and "\n" not in str(refused.value)
    assert full.rows("case") == len(opened) == full.rows("outbox") and full.problems() == []
    full.database.dispose()
    roomy = Desk(database=connect(sqlite_url), office=office)
    roomy.complete(opened[-1], "register")
    assert roomy.problems() == []
    roomy.database.dispose()


def test_a_full_disk_is_answered_503_and_reading_goes_on(sqlite_url: str, office: Office) -> None:
    full = Desk(database=without_room(sqlite_url), office=office)
    client = create_app(full.database, office, Settings(shelf=SHELF, token="t")).test_client()
    headers = {"Authorization": "Bearer t"}
    body = {"process": "company_setup", "data": {"remarks": "一" * 1500}}

    answers = [client.post("/api/v1/cases", json=body, headers=headers) for _ in range(80)]

    refused = [answer for answer in answers if answer.status_code != 201]
    assert {answer.status_code for answer in refused} == {503}
    assert all(answer.mimetype == "application/problem+json" for answer in refused)
    listed = client.get("/api/v1/cases", headers=headers)
    assert listed.status_code == 200 and len(listed.json["items"]) == min(50, full.rows("case"))
    assert full.problems() == []
    full.database.dispose()
