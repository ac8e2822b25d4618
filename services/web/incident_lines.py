"""Open incidents as pages and API show them, and having several tried again, each in a transaction of its own.

Whoever administers a department or a park is shown those of the cases he sees. Whoever keeps the machine (系统管理员, or the
token of the settings) is shown all, and sees no more of a case by that; numbers of people in what failed are masked. """

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from engine.errors import NotFound, Refusal
from services import errands, incidents, sight
from services.acting import Command
from services.database import reading as read
from services.database import writing as write
from services.incidents import Way
from services.masking import hidden
from services.sight import Onlooker
from services.store.incidents import Standing
from services.web.door import door
from services.web.seeing import page_seen_by

KEEPER = "system_admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An open incident with what can be done about it. `node`: where it is, as the diagram calls it, "" where nobody has."""

    found: Standing
    node: str
    message: str
    error: str
    ways: tuple[Way, ...]
    changeable: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What came of one. `refused`: why it was not tried again, None when it was."""

    case: str
    seq: int
    version: int | None = None
    refused: Refusal | None = None


def looks(connection: Connection, person: str | None, roles: frozenset[str], at: datetime) -> Onlooker | None:
    """Who looks at incidents; None: somebody who is shown all. `person` None: the operator."""
    return None if person is None or KEEPER in roles else sight.onlooker(connection, door().office, person, at)


def page(
    connection: Connection, who: Onlooker | None, *, after: tuple[int, int], code: str | None, most: int,
) -> tuple[list[Line], tuple[int, int] | None]:
    """A page of incidents, and after which key the list goes on; None: nothing follows."""
    def fetch(last: Standing | None, many: int) -> list[Standing]:
        key = (last.incident.case_id, last.incident.seq) if last is not None else after
        return incidents.page(connection, after=key, code=code, most=many)

    rows, last = page_seen_by(connection, who, fetch, lambda row: row.incident.case_id, most)
    return [_line(connection, row) for row in rows], last and (last.incident.case_id, last.incident.seq)


def retry(
    named: Sequence[tuple[str, int]], *, person: str | None, roles: frozenset[str], by: str, at: datetime, reason: str,
    data: Mapping[str, object], by_hand: bool,
) -> list[Tried]:
    """Have them tried again, one after the other; what is refused of one does not hold up the others."""
    return [_retried(case, seq, person, roles, Command(number=case, by=by, now=at), reason, data, by_hand)
            for case, seq in named]


def _retried(
    case: str, seq: int, person: str | None, roles: frozenset[str], command: Command, reason: str, data: Mapping[str, object],
    by_hand: bool,
) -> Tried:
    try:
        with read(door().database) as connection:
            _require_seen(connection, person, roles, command)
        with write(door().database) as connection:
            stepped = incidents.retry(connection, door().office, command, seq=seq, reason=reason, data=data, by_hand=by_hand)
    except Refusal as refusal:
        return Tried(case=case, seq=seq, refused=refusal)
    if stepped.asks:
        errands.run_now(door().database, door().office, now=command.now)
    return Tried(case=case, seq=seq, version=stepped.version)


def _require_seen(connection: Connection, person: str | None, roles: frozenset[str], command: Command) -> None:
    """Whoever may not see a case is told that there is none. Raises NotFound."""
    if person is not None and KEEPER not in roles:
        sight.visible_case(connection, door().office, person, command.number, command.now)
    elif not incidents.is_there(connection, command.number):
        raise NotFound("case", command.number)


def _line(connection: Connection, found: Standing) -> Line:
    possible = incidents.ways(found)
    nodes = door().office.deployment(connection, found.definition_id).nodes.values()
    node = next((each.name for each in nodes if each.id == found.incident.node and each.name), "")
    return Line(found=found, node=node, message=hidden(found.incident.message), error=hidden(found.error or ""), ways=possible,
                changeable=incidents.changeable(door().office, connection, found) if Way.RETRY in possible else ())
