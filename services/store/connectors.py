"""The statements of connectors, built once at import. Commits nothing."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, insert, select, update

from services import tables as t


class ConnectorRow(NamedTuple):
    """A version of a connector, without its secret. `sends`, `reads`, `errors`: JSON. `is_latest`: no version follows it.
    `ended_at` None: it is asked. `reason`: why it ended, "" while it has not."""

    id: int
    name: str
    version: int
    topic: str
    url: str
    method: str
    sends: str
    reads: str
    errors: str
    seconds: int
    is_latest: bool
    entered_by: str
    entered_at: datetime
    ended_by: str | None
    ended_at: datetime | None
    reason: str = ""


_COLUMNS = [t.connector.c[name] for name in ConnectorRow._fields]
_INSERT = insert(t.connector)
_LATEST = select(*_COLUMNS, t.connector.c.secret).where(t.connector.c.name == bindparam("name"), t.connector.c.is_latest)
_PAGE = select(*_COLUMNS).where(t.connector.c.id > bindparam("after")).order_by(t.connector.c.id).limit(bindparam("most"))
_IN_FORCE = (select(*_COLUMNS, t.connector.c.secret).where(t.connector.c.is_latest, t.connector.c.ended_at.is_(None))
             .order_by(t.connector.c.topic))
_FOLLOWED = update(t.connector).where(t.connector.c.id == bindparam("of_id")).values(is_latest=False)
_END = (update(t.connector).where(t.connector.c.id == bindparam("of_id"))
        .values(ended_by=bindparam("by"), ended_at=bindparam("at"), reason=bindparam("why")))


def insert_version(connection: Connection, row: ConnectorRow, secret: str) -> None:
    """Write a version."""
    connection.execute(_INSERT, {**row._asdict(), "secret": secret})


def latest(connection: Connection, name: str) -> tuple[ConnectorRow, str] | None:
    """The latest version of a name, with its secret; None: there is none."""
    row = connection.execute(_LATEST, {"name": name}).first()
    return None if row is None else (ConnectorRow._make(row[:-1]), str(row[-1]))


def page(connection: Connection, *, after: int = 0, most: int) -> list[ConnectorRow]:
    """Every version of every connector, in the order of entering."""
    return [ConnectorRow._make(row) for row in connection.execute(_PAGE, {"after": after, "most": most})]


def in_force(connection: Connection) -> list[tuple[ConnectorRow, str]]:
    """The connectors that are asked, with their secrets: for whoever signs."""
    return [(ConnectorRow._make(row[:-1]), str(row[-1])) for row in connection.execute(_IN_FORCE)]


def follow(connection: Connection, id: int) -> None:
    """Another version follows this one."""
    connection.execute(_FOLLOWED, {"of_id": id})


def end(connection: Connection, id: int, *, by: str, at: datetime, reason: str) -> None:
    """It is asked no more."""
    connection.execute(_END, {"of_id": id, "by": by, "at": at, "why": reason})
