"""The statements of the demonstration's one row, and of the tables it fills."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, Connection, bindparam, case, delete, exists, insert, or_, select, update

from services import tables as t
from services.database import Instant
from services.store.endpoints import EDITIONS


class DemonstrationRow(NamedTuple):
    """The row. `ahead`: microseconds by which its clock is ahead of the machine's, negative when it is behind; `until`: where
    the clock was moved to, None when it has come there; `prepared_at`: None while the office is not all entered."""

    begun_at: datetime
    ahead: int
    until: datetime | None
    prepared_at: datetime | None


_ONE = 1
_D = t.demonstration.c
_AHEAD, _UNTIL = bindparam("given_ahead", type_=BigInteger), bindparam("given_until", type_=Instant)
_FIND = select(*(_D[name] for name in DemonstrationRow._fields)).where(_D.id == _ONE)
_INSERT = insert(t.demonstration)
_PREPARED = update(t.demonstration).where(_D.id == _ONE).values(prepared_at=bindparam("given", type_=Instant), until=None)
_SEND = (update(t.demonstration)
         .where(_D.id == _ONE, or_(_D.until.is_(None), _D.until < _UNTIL)).values(until=_UNTIL))
_REACH = (update(t.demonstration).where(_D.id == _ONE)
          .values(ahead=case((_D.ahead < _AHEAD, _AHEAD), else_=_D.ahead)))
_ARRIVE = update(t.demonstration).where(_D.id == _ONE, _D.until <= _UNTIL).values(until=None)
_MADE_WITH_TABLES = frozenset({"secret", "queue_script"})
_KEPT = frozenset({"definition", "counter", "answer", "demonstration"}) | _MADE_WITH_TABLES
"""What is there before anybody has worked: deployed diagrams with their numbers, the secrets of the database, and which
scripts made its queue."""
_HOLDS = {table.name: select(exists(select(1).select_from(table)))
          for table in t.metadata.sorted_tables if table.name not in _KEPT}
_CLEAR = (*(delete(table) for table in reversed(t.metadata.sorted_tables) if table.name not in {"counter", *_MADE_WITH_TABLES}),
          delete(t.counter).where(t.counter.c.name != EDITIONS))


def find(connection: Connection) -> DemonstrationRow | None:
    """The row; None in a real office's database."""
    row = connection.execute(_FIND).first()
    return DemonstrationRow._make(row) if row else None


def insert_row(connection: Connection, *, begun_at: datetime, ahead: int) -> None:
    """From now on the database is a demonstration that is being prepared."""
    connection.execute(_INSERT, {"id": _ONE, "begun_at": begun_at, "ahead": ahead})


def prepared(connection: Connection, at: datetime) -> None:
    """Its office is all entered."""
    connection.execute(_PREPARED, {"given": at})


def send(connection: Connection, until: datetime) -> None:
    """The clock is to go on to an instant; if it is on its way to a later one, it stays so."""
    connection.execute(_SEND, {"given_until": until})


def reach(connection: Connection, ahead: int) -> None:
    """The clock is ahead by at least so much."""
    connection.execute(_REACH, {"given_ahead": ahead})


def arrive(connection: Connection, at: datetime) -> None:
    """The clock has come to where it was moved, if that was no later."""
    connection.execute(_ARRIVE, {"given_until": at})


def foreign(connection: Connection) -> str | None:
    """The name of a table in which somebody has entered something; None when nobody has."""
    return next((name for name, holds in _HOLDS.items() if connection.execute(holds).scalar_one()), None)


def clear(connection: Connection) -> None:
    """Empty every table, but for what is made with the tables and never again."""
    for statement in _CLEAR:
        connection.execute(statement)
