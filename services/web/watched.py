"""What a supervisor may watch: the scopes of his role, and the processes in them; for his pages and the API alike."""

from __future__ import annotations

from sqlalchemy import Connection

from engine.case import local_day
from engine.duties import SUPERVISOR_ROLE
from engine.errors import NotFound
from engine.sight import Scope, scopes_of
from services import dossiers
from services.store import clocks as clock_store
from services.store import reading
from services.store.rows import CaseRow, DefinitionRow
from services.store.watching import Place
from services.watching import Within
from services.web.door import door, now


def scopes(account: str) -> tuple[Scope, ...]:
    """Where an account may watch. The one place that knows it; the office has been refreshed."""
    return scopes_of(door().office.people, account, local_day(now()), {SUPERVISOR_ROLE})


def case_within(connection: Connection, within: Within, number: str) -> CaseRow:
    """A case that may be watched. Raises NotFound, in the same words whether it is elsewhere or nowhere."""
    row = dossiers.find(connection, number)
    if not within.holds(Place(row.park, row.department, row.process)):
        raise NotFound("case", number)
    return row


def matters(connection: Connection, within: Within) -> dict[str, str]:
    """The processes something of which may be seen, by id, in the order of their names."""
    found = {process: name for process, name in clock_store.matters(connection).items()
             if any(scope.process in ("", process) for scope in within.scopes)}
    return dict(sorted(found.items(), key=lambda each: each[1]))


def newest(connection: Connection, within: Within, process: str) -> DefinitionRow:
    """The newest version of such a process. Raises NotFound."""
    row = reading.latest_definition(connection, process) if process in matters(connection, within) else None
    if row is None:
        raise NotFound("process", process)
    return row


def of_process(within: Within, process: str) -> Within:
    """The same, of one process."""
    return Within(scopes=within.scopes, park=within.park, department=within.department, process=process)
