"""Statements compiled once for all databases of a kind that the tests of this process open.

SQLAlchemy keeps what it has compiled for each engine, by its dialect: a program has one of each, and compiles each statement once.
A test has a database of its own, and would compile all of its statements again: a sixth of a run.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, create_engine

from services import database

_FIRST: dict[str, tuple[Engine, dict[Any, Any]]] = {}


def share() -> None:
    """From now on `services.database.connect` gives each engine the dialect and the statements of the first of its kind."""
    database.create_engine = _sharing  # type: ignore[attr-defined]


def _sharing(*given: Any, **named: Any) -> Engine:
    made = create_engine(*given, **named)
    first, compiled = _FIRST.setdefault(made.name, (made, {}))
    made.dialect = first.dialect
    made.update_execution_options(compiled_cache=compiled)
    return made
