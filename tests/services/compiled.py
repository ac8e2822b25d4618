"""Statements compiled once for all databases of a kind that the tests of this process open.

SQLAlchemy keeps what it has compiled for each engine, by its dialect: a program has one of each and compiles each statement
once. A test has a database of its own, and would compile all of its statements again: a quarter of a run. So engines of a kind
share what is kept, and their dialects, each with listeners of its own, count as the same key.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, create_engine
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from services import database

_COMPILED: dict[str, dict[Any, Any]] = {}


def share() -> None:
    """From now on `services.database.connect` gives the engines of a kind one place for what is compiled."""
    database.create_engine = _sharing  # type: ignore[attr-defined]
    for kind in (database._Sqlite, PGDialect_psycopg):
        kind.__eq__ = lambda self, other: type(self) is type(other)  # type: ignore[assignment, method-assign]
        kind.__hash__ = lambda self: hash(type(self))  # type: ignore[assignment, method-assign]


def _sharing(*given: Any, **named: Any) -> Engine:
    made = create_engine(*given, **named)
    made.update_execution_options(compiled_cache=_COMPILED.setdefault(made.name, {}))
    return made
