"""What an office enters or ends through the API, each in a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from flask import Response
from pydantic import BaseModel
from sqlalchemy import Connection

from services.database import writing as write
from services.web.door import door, now
from services.web.sent import as_json

Entering: TypeAlias = Callable[[Connection, datetime], BaseModel]


def perform(command: Entering) -> Response:
    """Enter or end a ruling in a transaction of its own."""
    at = now()
    with write(door().database) as connection:
        shape = command(connection, at)
    return as_json(shape)
