"""The secrets of a database, made with its tables."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select

from services import tables as t

_SECRET = select(t.secret.c.value).where(t.secret.c.name == bindparam("name"))


def secret(connection: Connection, name: str) -> bytes:
    """Random bytes nobody else has."""
    return bytes(connection.execute(_SECRET, {"name": name}).scalar_one())
