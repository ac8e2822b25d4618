"""The statements of incidents over all cases, built once at import. Commits nothing."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, exists, func, select, tuple_

from services import tables as t
from services.store.rows import IncidentRow


class Standing(NamedTuple):
    """An open incident, and what it holds up: an external task with its topic, a timer, a clock that was silenced, an errand
    that was set aside. `topic` None: no external task; `error` of its last failure."""

    number: str
    version: int
    process: str
    park: str
    department: str
    definition_id: int
    topic: str | None
    error: str | None
    is_timer: bool
    is_clock: bool
    is_errand: bool
    incident: IncidentRow


_INCIDENT = [t.incident.c[name] for name in IncidentRow._fields]
_OF_TOKEN = (t.external_task.c.case_id == t.incident.c.case_id) & (t.external_task.c.token == t.incident.c.token)
_TIMER = exists(select(t.timer.c.token).where(
    t.timer.c.case_id == t.incident.c.case_id, t.timer.c.token == t.incident.c.token, t.timer.c.due_at.is_(None)))
_CLOCK = exists(select(t.clock.c.clock).where(
    t.clock.c.case_id == t.incident.c.case_id, t.clock.c.node == t.incident.c.node, t.clock.c.rings_at.is_(None),
    t.clock.c.due.is_not(None), t.incident.c.token.is_(None)))
_ERRAND = exists(select(t.errand.c.token).where(
    t.errand.c.token == t.incident.c.token, t.errand.c.due_at.is_(None)))
_PAGE = (
    select(t.case.c.number, t.case.c.version, t.case.c.process, t.case.c.park, t.case.c.department, t.case.c.definition_id,
           t.external_task.c.topic, t.external_task.c.error, _TIMER, _CLOCK, _ERRAND, *_INCIDENT)
    .join_from(t.incident, t.case, t.case.c.id == t.incident.c.case_id).join(t.external_task, _OF_TOKEN, isouter=True)
    .where(tuple_(t.incident.c.case_id, t.incident.c.seq) > tuple_(bindparam("case_id"), bindparam("seq")))
    .order_by(t.incident.c.case_id, t.incident.c.seq).limit(bindparam("most")))
_PAGE_OF_CODE = _PAGE.where(t.incident.c.code == bindparam("code"))
_ONE = (
    select(t.case.c.number, t.case.c.version, t.case.c.process, t.case.c.park, t.case.c.department, t.case.c.definition_id,
           t.external_task.c.topic, t.external_task.c.error, _TIMER, _CLOCK, _ERRAND, *_INCIDENT)
    .join_from(t.incident, t.case, t.case.c.id == t.incident.c.case_id).join(t.external_task, _OF_TOKEN, isouter=True)
    .where(t.case.c.number == bindparam("number"), t.incident.c.seq == bindparam("seq")))
_CODES = select(t.incident.c.code, func.count()).group_by(t.incident.c.code).order_by(t.incident.c.code)
_SILENCED = select(t.clock.c.clock).where(
    t.clock.c.case_id == bindparam("case_id"), t.clock.c.node == bindparam("node"), t.clock.c.rings_at.is_(None),
    t.clock.c.due.is_not(None))
_WIDTH = len(Standing._fields) - 1


def page(connection: Connection, *, after: tuple[int, int] = (0, -1), code: str | None = None, most: int) -> list[Standing]:
    """Open incidents in the order of their cases, after the key (case id, number of the fact); `code`: of one kind."""
    given = {"case_id": after[0], "seq": after[1], "most": most, **({"code": code} if code is not None else {})}
    return [_standing(row) for row in connection.execute(_PAGE if code is None else _PAGE_OF_CODE, given)]


def one(connection: Connection, number: str, seq: int) -> Standing | None:
    """An open incident of a case; None: there is none of this number."""
    row = connection.execute(_ONE, {"number": number, "seq": seq}).first()
    return None if row is None else _standing(row)


def codes(connection: Connection) -> dict[str, int]:
    """How many are open, by kind."""
    return {row[0]: row[1] for row in connection.execute(_CODES)}


def silenced(connection: Connection, case_id: int, node: str) -> list[str]:
    """The clocks drawn at a node (or of the whole case) that ring no more, though they run."""
    return [str(name) for name in connection.execute(_SILENCED, {"case_id": case_id, "node": node}).scalars()]


def _standing(row: Row[Any]) -> Standing:
    values = tuple(row)
    return Standing._make((*values[:_WIDTH], IncidentRow._make(values[_WIDTH:])))
