"""The statements of decision lists: versions as they were entered and approved. A row is changed once, by the decision about
it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, String, bindparam, func, insert, or_, select, update

from services import tables as t


class ListRow(NamedTuple):
    """A version as it was entered. `body`: JSON of its rows. Until somebody has decided, `decided_by` and `is_approved` are
    None;
    `version` and `in_force_on` are None unless it was approved."""

    id: int
    list: str
    version: int | None
    hit: str
    body: bytes
    document: str
    valid_from: str
    in_force_on: str | None
    entered_by: str
    entered_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    is_approved: bool | None


_C = t.decision_list.c
_LIST = bindparam("list", type_=String)
_PAGE = (select(t.decision_list).where(_C.id > bindparam("after"), or_(_LIST.is_(None), _C.list == _LIST))
         .order_by(_C.id).limit(bindparam("most")))
_ONE = select(t.decision_list).where(_C.id == bindparam("id"))
_APPROVED = select(t.decision_list).where(_C.is_approved.is_(True)).order_by(_C.list, _C.version)
_LATEST = select(func.coalesce(func.max(_C.version), 0), func.max(_C.in_force_on)).where(_C.list == bindparam("list"))
_INSERT = insert(t.decision_list)
_DECIDE = (update(t.decision_list).where(_C.id == bindparam("of_id"), _C.is_approved.is_(None))
           .values({name: bindparam(name) for name in ("version", "in_force_on", "decided_by", "decided_at", "is_approved")}))


def versions_page(connection: Connection, *, code: str | None, after: int, most: int) -> list[ListRow]:
    """Versions in the order they were entered; `code` None: of all lists."""
    return [ListRow._make(row) for row in connection.execute(_PAGE, {"list": code, "after": after, "most": most})]


def version(connection: Connection, version_id: int) -> ListRow | None:
    """One version; None: there is none of this number."""
    row = connection.execute(_ONE, {"id": version_id}).first()
    return ListRow._make(row) if row else None


def approved(connection: Connection) -> list[ListRow]:
    """Every approved version, by list and version."""
    return [ListRow._make(row) for row in connection.execute(_APPROVED)]


def latest(connection: Connection, code: str) -> tuple[int, str]:
    """The last version of a list, 0 for none, and the last day on which one comes into force, "" for none."""
    number, on = connection.execute(_LATEST, {"list": code}).one()
    return int(number), on or ""


def insert_version(connection: Connection, row: ListRow) -> None:
    """Write a version."""
    connection.execute(_INSERT, row._asdict())


def decide(connection: Connection, row: ListRow) -> bool:
    """Write the decision about a version; False: somebody else has decided meanwhile."""
    given = {name: getattr(row, name) for name in ("version", "in_force_on", "decided_by", "decided_at", "is_approved")}
    return connection.execute(_DECIDE, {"of_id": row.id, **given}).rowcount == 1
