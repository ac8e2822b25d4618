"""Writing very many rows: `COPY` on PostgreSQL, one prepared statement on SQLite.

The driver's own way, past SQLAlchemy, for what would take ten times as long row by row. Inside the caller's transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, cast

import psycopg
from sqlalchemy import Column, Connection, Table

from services.database import Instant

_INSTANT = Instant()


def copy(connection: Connection, table: Table, rows: Iterable[Sequence[Any]], columns: Sequence[Column[Any]] = ()) -> None:
    """Write rows, their values in the order of `columns`; () are those of the table, as they stand."""
    columns = columns or list(table.columns)
    names = ", ".join(f'"{column.name}"' for column in columns)
    places = [at for at, column in enumerate(columns) if isinstance(column.type, Instant)]
    driver = connection.connection.dbapi_connection
    assert driver is not None
    stored = (_stored(row, places) for row in rows)
    if isinstance(driver, psycopg.Connection):
        with driver.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as written:
            for row in stored:
                written.write_row(row)
    else:
        marks = ", ".join("?" * len(columns))
        sqlite = cast(sqlite3.Connection, driver)
        sqlite.executemany(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', stored)


def _stored(row: Sequence[Any], places: Sequence[int]) -> list[Any]:
    """A row as the driver is given it: instants as numbers."""
    values = list(row)
    for place in places:
        values[place] = _INSTANT.process_bind_param(values[place], None)
    return values
