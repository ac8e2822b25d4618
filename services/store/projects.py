"""The statements of projects: their rows, their events, and the cases that belong to them.

An event is appended behind the guard of the row's `seq`: whoever read a project that has moved on since is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, String, bindparam, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from engine.errors import Forbidden, Stale
from engine.sentences import say
from services import tables as t


class ProjectRow(NamedTuple):
    """A project as it is listed."""

    id: int
    number: str
    code: str
    name: str
    park: str
    stage: str
    seq: int


class EventRow(NamedTuple):
    """What happened to a project."""

    project_id: int
    seq: int
    kind: str
    at: datetime
    by: str
    body: bytes


class LinkRow(NamedTuple):
    """A case that belongs to a project, for an item of its plan or "". `project`: the key the case itself bears."""

    case_id: int
    number: str
    process: str
    definition_id: int
    state: str
    standing: str | None
    project: str
    item: str


_P, _E, _L = t.project.c, t.project_event.c, t.project_case.c
_ROW = [_P[name] for name in ProjectRow._fields]
_FOUND = select(*_ROW).where(or_(_P.number == bindparam("name"), (_P.code == bindparam("name")) & (_P.code != "")))
_HELD = _FOUND.with_for_update()
_PARK, _STAGE = bindparam("park", type_=String), bindparam("stage", type_=String)
_PAGE = (
    select(*_ROW).where(_P.id > bindparam("after"), or_(_PARK.is_(None), _P.park == _PARK),
                        or_(_STAGE.is_(None), _P.stage == _STAGE))
    .order_by(_P.id).limit(bindparam("most")))
_EVENTS = (select(*(_E[name] for name in EventRow._fields)).where(_E.project_id == bindparam("of_project"),
                                                                 _E.seq > bindparam("after"))
           .order_by(_E.seq).limit(bindparam("most")))
_LINKS = (
    select(t.case.c.id, t.case.c.number, t.case.c.process, t.case.c.definition_id, t.case.c.state, t.case.c.standing,
           t.case.c.project, _L.item)
    .join_from(t.project_case, t.case, _L.case_id == t.case.c.id)
    .where(_L.project_id == bindparam("of_project")).order_by(_L.case_id).limit(bindparam("most")))
_BEARING = (
    select(t.case.c.id, t.case.c.number, t.case.c.process, t.case.c.definition_id, t.case.c.state, t.case.c.standing,
           t.case.c.project)
    .where(t.case.c.project.in_([bindparam("number"), bindparam("code")]), t.case.c.project != "")
    .order_by(t.case.c.id).limit(bindparam("most")))
_DECISIONS = (
    select(t.fact.c.case_id, t.fact.c.body)
    .where(t.fact.c.case_id.in_(bindparam("ids", expanding=True)), t.fact.c.kind.in_(("DecisionMade", "CaseBroughtIn"))))
_LINKED = (select(_P.number).join_from(t.project_case, t.project, _L.project_id == _P.id)
           .where(_L.case_id == bindparam("of_case")))
_CASE_ID = select(t.case.c.id).where(t.case.c.number == bindparam("number"))
_INSERT = insert(t.project)
_CHANGE = (
    update(t.project).where(_P.id == bindparam("of_project"), _P.seq == bindparam("read_seq"))
    .values({name: bindparam(name) for name in ProjectRow._fields[2:]}))
_APPEND, _LINK = insert(t.project_event), insert(t.project_case)


def find(connection: Connection, name: str, *, held: bool = False) -> ProjectRow | None:
    """A project by its number or its code. `held`: locked until the transaction ends."""
    row = connection.execute(_HELD if held else _FOUND, {"name": name}).first()
    return ProjectRow._make(row) if row else None


def page(connection: Connection, *, park: str | None, stage: str | None, after: int, most: int) -> list[ProjectRow]:
    """Projects in the order they were entered; None asks for all."""
    given = {"park": park, "stage": stage, "after": after, "most": most}
    return [ProjectRow._make(row) for row in connection.execute(_PAGE, given)]


def events_of(connection: Connection, project_id: int, *, after: int = 0, most: int = 100_000) -> list[EventRow]:
    """What happened to a project, in order."""
    given = {"of_project": project_id, "after": after, "most": most}
    return [EventRow._make(row) for row in connection.execute(_EVENTS, given)]


def links_of(connection: Connection, project_id: int, most: int) -> list[LinkRow]:
    """The cases that were opened for a project or attached to it, in the order they were opened."""
    return [LinkRow._make(row) for row in connection.execute(_LINKS, {"of_project": project_id, "most": most})]


def bearing(connection: Connection, number: str, code: str, most: int) -> list[LinkRow]:
    """The cases that bear a project's number or code, whoever opened them."""
    given = {"number": number, "code": code or number, "most": most}
    return [LinkRow._make((*row, "")) for row in connection.execute(_BEARING, given)]


def decisions_of(connection: Connection, case_ids: Sequence[int]) -> list[tuple[int, bytes]]:
    """(case id, body) of every decision in some cases, in one statement."""
    return [(row[0], row[1]) for row in connection.execute(_DECISIONS, {"ids": list(case_ids)})] if case_ids else []


def linked_to(connection: Connection, case_id: int) -> str | None:
    """The number of the project a case is linked to."""
    found: str | None = connection.execute(_LINKED, {"of_case": case_id}).scalar_one_or_none()
    return found


def case_id(connection: Connection, number: str) -> int | None:
    """The key of a case."""
    found: int | None = connection.execute(_CASE_ID, {"number": number}).scalar_one_or_none()
    return found


def insert_project(connection: Connection, row: ProjectRow, event: EventRow) -> None:
    """Write a new project with its first event."""
    connection.execute(_INSERT, row._asdict())
    connection.execute(_APPEND, event._asdict())


def append(connection: Connection, row: ProjectRow, event: EventRow) -> None:
    """Append an event; `row` as it becomes, whose `seq` is the event's. Raises Stale when the project has moved on, Forbidden
    when another has its code."""
    given = {**row._asdict(), "of_project": row.id, "read_seq": row.seq - 1}
    try:
        changed = connection.execute(_CHANGE, {name: value for name, value in given.items() if name not in ("id", "number")})
    except IntegrityError as error:
        raise Forbidden("give a code", say(
            "another project has the code {code} already; compare the two files", code=row.code)) from error
    if changed.rowcount == 0:
        raise Stale(row.number, row.seq - 1, None)
    connection.execute(_APPEND, event._asdict())


def link(connection: Connection, *, project_id: int, of_case: int, item: str) -> None:
    """Write that a case belongs to a project."""
    connection.execute(_LINK, {"case_id": of_case, "project_id": project_id, "item": item})
