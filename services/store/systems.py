"""The statements of the register of connected systems 系统对接台账 and of its rectifications. Rows are appended, never changed.

Whoever enters a check takes the next number of the register first, which on PostgreSQL makes writers take turns, so that no
cell gets the same version twice.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, String, and_, bindparam, func, insert, or_, select

from services import tables as t


class CheckRow(NamedTuple):
    """What somebody has entered for a cell."""

    id: int
    park: str
    system: str
    item: str
    version: int
    is_in_place: bool
    evidence: str
    checked_on: str
    entered_by: str
    entered_at: datetime


class RectificationRow(NamedTuple):
    """A rectification as it was ordered."""

    id: int
    park: str
    system: str
    item: str
    department: str
    owner: str
    text: str
    due_on: str
    ordered_by: str
    ordered_at: datetime


class EventRow(NamedTuple):
    """What has happened to a rectification since."""

    rectification_id: int
    place: int
    kind: str
    by: str
    natural: str
    at: datetime
    text: str
    due_on: str | None


_C, _R, _E = t.system_check.c, t.rectification.c, t.rectification_event.c
_ON = bindparam("on", type_=String)
_PARK, _SYSTEM, _ITEM = (bindparam(name, type_=String) for name in ("of_park", "of_system", "of_item"))
_NEWEST = (select(_C.park, _C.system, _C.item, func.max(_C.version).label("version")).where(_C.checked_on <= _ON)
           .where(or_(_PARK == "", _C.park == _PARK), or_(_SYSTEM == "", _C.system == _SYSTEM))
           .group_by(_C.park, _C.system, _C.item).subquery())
_MATRIX = (select(t.system_check).join_from(t.system_check, _NEWEST, and_(
    *(_C[name] == _NEWEST.c[name] for name in ("park", "system", "item", "version")))).order_by(_C.id))
_CELL = and_(_C.park == _PARK, _C.system == _SYSTEM, _C.item == _ITEM)
_HISTORY = select(t.system_check).where(_CELL).order_by(_C.version)
_LATEST = select(t.system_check).where(_CELL).order_by(_C.version.desc()).limit(1)
_ALL = select(t.system_check).where(_C.id > bindparam("after")).order_by(_C.id).limit(bindparam("most"))
_INSERT = insert(t.system_check)
_TASKS = (select(t.rectification)
          .where(_R.id > bindparam("after"), or_(bindparam("of_department", type_=String) == "",
                                                 _R.department == bindparam("of_department", type_=String)))
          .order_by(_R.id).limit(bindparam("most")))
_TASK = select(t.rectification).where(_R.id == bindparam("of_id"))
_EVENTS = (select(t.rectification_event).where(_E.rectification_id.in_(bindparam("ids", expanding=True)))
           .order_by(_E.rectification_id, _E.place))
_INSERT_TASK = insert(t.rectification)
_INSERT_EVENT = insert(t.rectification_event)


def matrix(connection: Connection, *, on: str, park: str = "", system: str = "") -> list[CheckRow]:
    """The newest entry of every cell among those checked up to a day; "" in a place: everywhere."""
    given = {"on": on, "of_park": park, "of_system": system}
    return [CheckRow._make(row) for row in connection.execute(_MATRIX, given)]


def history(connection: Connection, *, park: str, system: str, item: str) -> list[CheckRow]:
    """Every version of a cell."""
    given = {"of_park": park, "of_system": system, "of_item": item}
    return [CheckRow._make(row) for row in connection.execute(_HISTORY, given)]


def latest(connection: Connection, *, park: str, system: str, item: str) -> CheckRow | None:
    """The newest version of a cell; None: nobody has entered it."""
    row = connection.execute(_LATEST, {"of_park": park, "of_system": system, "of_item": item}).first()
    return CheckRow._make(row) if row else None


def entries(connection: Connection, *, after: int, most: int) -> list[CheckRow]:
    """Every entry in the order of entering, from number `after` + 1."""
    return [CheckRow._make(row) for row in connection.execute(_ALL, {"after": after, "most": most})]


def insert_check(connection: Connection, row: CheckRow) -> None:
    """Append an entry."""
    connection.execute(_INSERT, row._asdict())


def rectifications(connection: Connection, *, department: str, after: int, most: int) -> list[RectificationRow]:
    """Rectifications in the order they were ordered; "" for every department's."""
    given = {"of_department": department, "after": after, "most": most}
    return [RectificationRow._make(row) for row in connection.execute(_TASKS, given)]


def rectification(connection: Connection, id: int) -> RectificationRow | None:
    """One; None: there is none of this number."""
    row = connection.execute(_TASK, {"of_id": id}).first()
    return RectificationRow._make(row) if row else None


def events_of(connection: Connection, ids: list[int]) -> list[EventRow]:
    """What has happened to some rectifications, in order."""
    return [EventRow._make(row) for row in connection.execute(_EVENTS, {"ids": ids})] if ids else []


def insert_rectification(connection: Connection, row: RectificationRow) -> None:
    """Append a rectification."""
    connection.execute(_INSERT_TASK, row._asdict())


def insert_event(connection: Connection, row: EventRow) -> None:
    """Append what has happened to one."""
    connection.execute(_INSERT_EVENT, row._asdict())
