"""What a request to the API may see: with the token of the settings everything, with that of an account what the account may.

What may not be seen is answered as what is not there (`services.sight`). One gate asks that of whatever an address begins with,
whatever is asked about it; what is beneath it is its own. A list leaves out what may not be seen, and goes on behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from flask import request
from sqlalchemy import Connection

from engine.case import local_day
from engine.errors import NotFound
from engine.sight import sees, served_of
from services import inbox, permit_register, project_files, sight
from services.database import reading as read
from services.sight import Onlooker
from services.store import platform_messages, reading
from services.store.rows import CaseRow
from services.watching import PAGE, walked
from services.web import auth
from services.web.auth import API
from services.web.door import door, now

_Row = TypeVar("_Row")

Fetch = Callable[[_Row | None, int], Sequence[_Row]]
"""At most so many rows of a list, after one of them; None: from where the list was asked to begin."""


def onlooker(connection: Connection) -> Onlooker | None:
    """Who looks; None: the operator, who sees everything."""
    bearer = auth.bearer()
    return None if bearer is None else sight.onlooker(connection, door().office, bearer.person, now())


def case_here(connection: Connection, number: str) -> CaseRow:
    """The case as this request may look at it. Raises NotFound."""
    bearer = auth.bearer()
    if bearer is not None:
        return sight.visible_case(connection, door().office, bearer.person, number, now())
    row = reading.peek_case(connection, number)
    if row is None:
        raise NotFound("case", number)
    return row


def is_seen(connection: Connection, number: str) -> bool:
    """Is the case there for this request?"""
    try:
        case_here(connection, number)
    except NotFound:
        return False
    return True


def require_sight() -> None:
    """The gate: what the token of an account may not see is not there. Raises NotFound."""
    rule = request.url_rule.rule if request.url_rule else ""
    look = next((look for address, look in WITHIN_SIGHT.items() if rule == address or rule.startswith(f"{address}/")), None)
    if look is not None and auth.bearer() is not None:
        with read(door().database) as connection:
            look(connection, str(next(iter((request.view_args or {}).values()))))


def page(
    connection: Connection, fetch: Fetch[_Row], case_of: Callable[[_Row], int], most: int,
) -> tuple[list[_Row], _Row | None]:
    """A page of a list of what belongs to cases, and after which row the list goes on; None: nothing follows."""
    return page_seen_by(connection, onlooker(connection), fetch, case_of, most)


def page_seen_by(
    connection: Connection, who: Onlooker | None, fetch: Fetch[_Row], case_of: Callable[[_Row], int], most: int,
) -> tuple[list[_Row], _Row | None]:
    """As `page`, of what `who` sees; None: everything."""
    def seen(who: Onlooker, rows: Sequence[_Row]) -> list[bool]:
        visible = sight.visible_ids(connection, who, [case_of(row) for row in rows])
        return [case_of(row) in visible for row in rows]

    return _page(who, fetch, seen, most)


def page_of_parks(
    connection: Connection, fetch: Fetch[_Row], park_of: Callable[[_Row], str], most: int,
) -> tuple[list[_Row], _Row | None]:
    """The same of what belongs to parks."""
    return _page(onlooker(connection), fetch, lambda who, rows: [who.sees_park(park_of(row)) for row in rows], most)


def _page(
    who: Onlooker | None, fetch: Fetch[_Row], seen: Callable[[Onlooker, Sequence[_Row]], list[bool]], most: int,
) -> tuple[list[_Row], _Row | None]:
    if who is None or who.sees_all:
        rows = list(fetch(None, most + 1))
        return rows[:most], rows[most - 1] if len(rows) > most else None

    def judged(last: tuple[_Row, bool] | None) -> list[tuple[_Row, bool]]:
        rows = fetch(last and last[0], PAGE)
        return list(zip(rows, seen(who, rows), strict=True))

    found, last = walked(judged, lambda row: row[1], most)
    return [row for row, _ in found], last and last[0]


def _task(connection: Connection, id: str) -> None:
    bearer = auth.bearer()
    assert bearer is not None
    sight.visible_task(connection, door().office, bearer.person, id, now())


def _project(connection: Connection, name: str) -> None:
    who = onlooker(connection)
    if who is not None and not who.sees_park(project_files.row_of(connection, name).park):
        raise project_files.unknown(name)


def _permit(connection: Connection, number: str) -> None:
    _, case = permit_register.permit(connection, number)
    _unless_seen(connection, case, permit_register.unknown(number))


def _notification(connection: Connection, id: str) -> None:
    _unless_seen(connection, inbox.case_of(id), inbox.unknown(id))


def _external_task(connection: Connection, id: str) -> None:
    """A program's account sees no case, and the external tasks within its scope."""
    bearer = auth.bearer()
    assert bearer is not None
    row = reading.peek_case(connection, id.rpartition("-")[0])
    door().office.refresh(connection)
    scopes = served_of(door().office.people, bearer.person, local_day(now()))
    if row is None or not sees(scopes, row.park, (row.department,), row.process):
        raise NotFound("external task", id)
def _platform_message(connection: Connection, id: str) -> None:
    row = platform_messages.message(connection, int(id))
    missing = NotFound("message of a platform", id)
    if row is None:
        raise missing
    if row.case:
        _unless_seen(connection, row.case, missing)


def _unless_seen(connection: Connection, number: str, missing: NotFound) -> None:
    if not is_seen(connection, number):
        raise missing


WITHIN_SIGHT: Mapping[str, Callable[[Connection, str], object]] = {
    f"{API}/cases/<number>": case_here,
    f"{API}/tasks/<id>": _task,
    f"{API}/projects/<project>": _project,
    f"{API}/permits/<number>": _permit,
    f"{API}/notifications/<id>": _notification,
    f"{API}/external-tasks/<id>": _external_task,
    f"{API}/platform-messages/<int:id>": _platform_message,
}
"""What an address may begin with that is not everybody's: how it is looked at. A test holds the routes against it."""
