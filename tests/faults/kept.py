"""Whatever a node said is done must be in the database, once."""

from __future__ import annotations

from collections.abc import Sequence

import orjson
from sqlalchemy import text

from services.database import reading
from tests.faults.clerks import Request
from tests.services.desk import Desk


def decisions(desk: Desk) -> dict[str, str | None]:
    """The tasks that have been decided, with the outcome of each."""
    with reading(desk.database) as connection:
        rows = connection.execute(text(
            'SELECT number, decides, body FROM fact JOIN "case" ON "case".id = case_id WHERE decides IS NOT NULL')).all()
    return {f"{number}-{token}": orjson.loads(bytes(body))["data"].get("outcome") for number, token, body in rows}


def numbers(desk: Desk) -> list[str]:
    """The numbers of all cases, in order."""
    with reading(desk.database) as connection:
        return sorted(connection.execute(text('SELECT number FROM "case"')).scalars())


def assert_kept(desk: Desk, done: Sequence[tuple[Request, str]]) -> None:
    """Whatever was acknowledged is there, with the outcome it was given, and some timers have fired meanwhile."""
    decided, opened = decisions(desk), set(numbers(desk))
    for request, number in done:
        assert number in opened
        if "outcome" in request.body:
            assert decided[request.path.split("/")[4]] == request.body["outcome"]
    acknowledged = [number for request, number in done if request.path == "/api/v1/cases"]
    assert len(acknowledged) == len(set(acknowledged)), "two requests were told of one case"
    assert fired(desk) > 0


def fired(desk: Desk) -> int:
    """How often a timer has gone off."""
    with reading(desk.database) as connection:
        return int(connection.execute(text("SELECT count(*) FROM fact WHERE kind = 'TimerFired'")).scalar_one())
