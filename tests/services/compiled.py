"""What is compiled once for all tests of this process, though each has a database of its own.

Statements: SQLAlchemy keeps what it has compiled for each engine, by its dialect; a program has one of each and compiles each
statement once, a test would compile all of its own again, a quarter of a run. So engines of a kind share what is kept, and
their dialects, each with listeners of its own, count as the same key. Diagrams: a definition is a value that follows from the
bytes of its file alone, and a hall reads each once; here each file is read once for all halls.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import Engine, create_engine
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from services import database, deployments

_COMPILED: dict[str, dict[Any, Any]] = {}
_DIAGRAMS = 256


def share() -> None:
    """From now on engines of `services.database.connect`, and what `services.deployments` reads, share what is made."""
    database.create_engine = _sharing  # type: ignore[attr-defined]
    for kind in (database._Sqlite, PGDialect_psycopg):
        kind.__eq__ = lambda self, other: type(self) is type(other)  # type: ignore[assignment, method-assign]
        kind.__hash__ = lambda self: hash(type(self))  # type: ignore[assignment, method-assign]
    deployments.read_definition = lru_cache(_DIAGRAMS)(deployments.read_definition)  # type: ignore[attr-defined]


def _sharing(*given: Any, **named: Any) -> Engine:
    made = create_engine(*given, **named)
    made.update_execution_options(compiled_cache=_COMPILED.setdefault(made.name, {}))
    return made
